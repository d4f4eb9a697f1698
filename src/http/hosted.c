/* SPDX-License-Identifier: Apache-2.0 */
/* The hosted API, version 1: what its parts share. docs/http.md */
#include "http/hosted.h"

#include "base/text.h"
#include "http/methods.h"

#include <string.h>

enum zt_hosted_verb zt_hosted_verb(const struct zt_hosted *hosted)
{
    if (strcmp(hosted->request->method, "GET") == 0)
        return ZT_HOSTED_GET;
    if (zt_http_sets(hosted->request))
        return ZT_HOSTED_SET;
    return strcmp(hosted->request->method, "DELETE") == 0 ? ZT_HOSTED_DELETE : ZT_HOSTED_OTHER;
}

void zt_hosted_no_path(struct zt_hosted *hosted)
{
    zt_http_complain(hosted->answer, 404, "no such path");
}

void zt_hosted_no_method(struct zt_hosted *hosted)
{
    char path[ZT_MAX_HOSTED_PATH + sizeof "/api/v1"];

    zt_format(path, sizeof path, "/api/v1%s", zt_http_hosted_path(hosted->request->path));
    zt_methods_refuse(hosted->answer, path);
}

bool zt_hosted_id(char *out, const char *text, unsigned digits)
{
    size_t length = strlen(text);
    uint64_t number;

    if (length == 0 || length > digits || !zt_hex_number(&number, text, (unsigned)length) ||
        number == 0)
        return false;
    zt_hex_number_write(out, number, digits);
    return true;
}

json_t *zt_hosted_ask(struct zt_hosted *hosted, const char *method, const char *path,
                      const json_t *body)
{
    int status = 500;
    json_t *json = zt_site_ask(hosted->site, method, path, body, &status);

    if (json && status == 200)
        return json;
    zt_http_say(hosted->answer, status, json);
    return NULL;
}

json_t *zt_hosted_given(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return json_is_null(value) ? NULL : value;
}

void zt_hosted_copy(json_t *to, const json_t *from, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_t *value = zt_hosted_given(from, names[i]);

        if (value)
            (void)json_object_set(to, names[i], value);
    }
}
