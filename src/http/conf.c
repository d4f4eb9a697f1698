/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and rewriting local.conf. */
#include "http/conf.h"

#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOST_FILE (1u << 20)

static json_t *fail(char *error, size_t error_size, int code)
{
    char text[ZT_ERROR_TEXT];

    zt_error_text(code, text);
    zt_format(error, error_size, ZT_CONF_FILE ": %s", text);
    return NULL;
}

json_t *zt_conf_read(struct zt_folder *folder, char *error, size_t error_size)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    json_error_t where;
    json_t *conf;
    int code = folder ? zt_file_read(folder, ZT_CONF_FILE, MOST_FILE, &bytes, &length) : -ENOENT;

    if (code == -ENOENT)
        return json_object();
    if (code != 0)
        return fail(error, error_size, code);
    conf = json_loadb((const char *)bytes, length, JSON_REJECT_DUPLICATES, &where);
    free(bytes);
    if (json_is_object(conf))
        return conf;
    zt_format(error, error_size, ZT_CONF_FILE ": %s%s (line %d)", conf ? "not an object" : "",
              conf ? "" : where.text, where.line);
    json_decref(conf);
    return NULL;
}

bool zt_conf_allowed(const json_t *conf, struct zt_prefixes *prefixes, char *error,
                     size_t error_size)
{
    const json_t *list = json_object_get(json_object_get(conf, "settings"), "allowManagementFrom");

    if (list && !json_is_array(list)) {
        zt_format(error, error_size, ZT_CONF_FILE ": settings.allowManagementFrom: not an array");
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text && zt_prefixes_add(prefixes, text))
            continue;
        zt_format(error, error_size,
                  ZT_CONF_FILE ": settings.allowManagementFrom: %s is not IP/BITS, or there are "
                               "more than %d",
                  text ? text : "an entry", ZT_MAX_HTTP_PREFIXES);
        return false;
    }
    return true;
}

bool zt_conf_change(struct zt_folder *folder, const json_t *changes, zt_conf_judge judge,
                    char *error, size_t error_size)
{
    json_t *conf = zt_conf_read(folder, error, error_size);
    json_t *settings = json_object_get(conf, "settings");
    struct zt_prefixes prefixes = { 0 };
    char *text = NULL;
    int code = -ENOMEM;

    if (!conf)
        return false;
    settings = json_is_object(settings) ? json_copy(settings) : json_object();
    (void)json_object_update(settings, (json_t *)(uintptr_t)changes);
    (void)json_object_set_new(conf, "settings", settings);
    if (!zt_conf_allowed(conf, &prefixes, error, error_size) ||
        (judge && !judge(conf, error, error_size))) {
        json_decref(conf);
        return false;
    }
    text = json_dumps(conf, JSON_INDENT(4));
    json_decref(conf);
    if (text && strlen(text) > MOST_FILE) /* which nobody could read again */
        code = -EFBIG;
    else if (text)
        code = folder ? zt_file_write(folder, ZT_CONF_FILE, text, strlen(text), 0) : 0;
    free(text);
    if (code != 0)
        (void)fail(error, error_size, code);
    return code == 0;
}
