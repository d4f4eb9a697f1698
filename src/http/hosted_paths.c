/* SPDX-License-Identifier: Apache-2.0 */
/* The hosted API, version 1: its paths. docs/http.md */
#include "http/apis.h"
#include "http/hosted.h"

#include "base/text.h"

#include <string.h>

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
    char text[ZT_MAX_HOSTED_PATH];

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
