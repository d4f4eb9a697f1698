/* SPDX-License-Identifier: Apache-2.0 */
/* Which methods each path of the two APIs knows, as docs/openapi.json has them. */
#include "http/methods.h"

#include <string.h>

#define READ "GET, HEAD"
#define SET "POST, PUT"

/* {...} stands for one or more letters of a word. The first that fits is the one. */
static const struct {
    const char *form, *allow;
} paths[] = {
    { "/health", READ },
    { "/openapi.json", READ },
    { "/sso", READ },
    { "/status", READ },
    { "/config", READ },
    { "/config/settings", SET },
    { "/metrics", READ },
    { "/peer", READ },
    { "/peer/{address}", READ },
    { "/moon", READ },
    { "/moon/{id}", READ ", " SET ", DELETE" },
    { "/network", READ },
    { "/network/{nwid}", READ ", " SET ", DELETE" },
    { "/controller", READ },
    { "/controller/network", READ ", " SET },
    { "/controller/network/{address}______", SET },
    { "/controller/network/{nwid}", READ ", " SET ", DELETE" },
    { "/controller/network/{nwid}/member", READ },
    { "/controller/network/{nwid}/member/{address}", READ ", " SET ", DELETE" },
    { "/unstable/controller/network", READ },
    { "/unstable/controller/network/{nwid}", READ },
    { "/unstable/controller/network/{nwid}/member", READ },
    { "/api/v1/status", READ },
    { "/api/v1/self", READ },
    { "/api/v1/randomToken", READ },
    { "/api/v1/network", READ ", " SET },
    { "/api/v1/network/{nwid}", READ ", " SET ", DELETE" },
    { "/api/v1/network/{nwid}/member", READ },
    { "/api/v1/network/{nwid}/member/{address}", READ ", " SET ", DELETE" },
    { "/api/v1/user/{userId}", READ ", " SET ", DELETE" },
    { "/api/v1/user/{userId}/token", SET },
    { "/api/v1/user/{userId}/token/{tokenName}", "DELETE" },
    { "/api/v1/org", READ },
    { "/api/v1/org/{orgId}", READ },
    { "/api/v1/org/{orgId}/user", READ },
    { "/api/v1/org-invitation", READ ", " SET },
};

static bool is_word(const char *form, size_t form_length, const char *text, size_t length)
{
    const char *open = memchr(form, '{', form_length), *close = memchr(form, '}', form_length);
    size_t before, after;

    if (!open || !close)
        return length == form_length && memcmp(form, text, length) == 0;
    before = (size_t)(open - form);
    after = form_length - (size_t)(close + 1 - form);
    return length > before + after && memcmp(form, text, before) == 0 &&
           memcmp(close + 1, text + length - after, after) == 0;
}

static bool is_path(const char *form, const char *path)
{
    while (*form == '/' && *path == '/') {
        size_t form_length = strcspn(++form, "/"), length = strcspn(++path, "/");

        if (!is_word(form, form_length, path, length))
            return false;
        form += form_length;
        path += length;
    }
    return *form == 0 && *path == 0;
}

void zt_methods_refuse(struct zt_http_answer *answer, const char *path)
{
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (is_path(paths[i].form, path)) {
            zt_http_complain(answer, 405, "this path does not know that method");
            answer->allow = paths[i].allow;
            return;
        }
    zt_http_complain(answer, 404, "no such path");
}
