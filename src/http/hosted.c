/* SPDX-License-Identifier: Apache-2.0 */
/* The hosted API, version 1: its paths. docs/http.md */
#include "http/hosted.h"

#include "base/text.h"

#include <string.h>

#define MOST_PATH 512

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
    zt_http_complain(hosted->answer, 405, "this path does not know that method");
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

/* Cuts text at its slashes. False: too many words, or an empty one. */
static bool split(struct zt_hosted *hosted, char *text)
{
    while (text) {
        char *slash = strchr(text, '/');

        if (slash)
            *slash++ = 0;
        if (!*text || hosted->word_count == ZT_MAX_HOSTED_WORDS)
            return false;
        hosted->words[hosted->word_count++] = text;
        text = slash;
    }
    return true;
}

/* The ids of the one user and the one organisation follow from who we are. False: answered. */
static bool introduce(struct zt_hosted *hosted)
{
    json_t *status = zt_hosted_ask(hosted, "GET", "/status", NULL);
    const char *address = json_string_value(json_object_get(status, "address"));

    if (!status)
        return false;
    zt_format(hosted->controller, sizeof hosted->controller, "%s", address ? address : "");
    zt_format(hosted->user, sizeof hosted->user, "00000000-0000-4000-8000-00%s",
              hosted->controller);
    zt_format(hosted->org, sizeof hosted->org, "00000000-0000-4000-8001-00%s", hosted->controller);
    hosted->now_ms = (int64_t)json_integer_value(json_object_get(status, "clock"));
    json_decref(status);
    return true;
}

static const struct {
    const char *word;
    size_t most; /* words of the path */
    void (*answer)(struct zt_hosted *hosted);
} places[] = {
    { "network", 4, zt_hosted_networks },
    { "status", 1, zt_hosted_status },
    { "self", 1, zt_hosted_self },
    { "randomToken", 1, zt_hosted_random_token },
    { "user", 4, zt_hosted_user },
    { "org", 3, zt_hosted_org },
    { "org-invitation", 2, zt_hosted_invitation },
};

void zt_hosted_answer(struct zt_site *site, const struct zt_http_request *request, const char *path,
                      struct zt_http_answer *answer)
{
    struct zt_hosted hosted = { .site = site, .request = request, .answer = answer };
    char text[MOST_PATH];

    if (strlen(path) >= sizeof text) {
        zt_hosted_no_path(&hosted);
        return;
    }
    zt_format(text, sizeof text, "%s", path + 1);
    if (!split(&hosted, text)) {
        zt_hosted_no_path(&hosted);
        return;
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (strcmp(places[i].word, hosted.words[0]) != 0 || hosted.word_count > places[i].most)
            continue;
        if (introduce(&hosted))
            places[i].answer(&hosted);
        return;
    }
    zt_hosted_no_path(&hosted);
}
