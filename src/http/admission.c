/* SPDX-License-Identifier: Apache-2.0 */
/* Judging who asks: address, token, and how much the account may ask. docs/wire.md 20.1 */
#include "http/admission.h"

#include "http/apis.h"
#include "os/host.h"

#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* What follows "<scheme> ", in any case, and further blanks; NULL if it is another scheme. */
static const char *credential(const char *authorization, const char *scheme)
{
    size_t length = strlen(scheme);

    if (!authorization)
        return NULL;
    for (size_t i = 0; i < length; i++)
        if (lower(authorization[i]) != scheme[i])
            return NULL;
    if (authorization[length] != ' ')
        return NULL;
    return authorization + length + strspn(authorization + length, " ");
}

/* The first one present counts. */
static const char *token_of(const struct zt_http_request *request)
{
    if (request->auth_header)
        return request->auth_header;
    if (request->auth_query)
        return request->auth_query;
    return credential(request->authorization, "bearer");
}

/* May this one administer all? */
static bool is_admin(const struct zt_site *site, const struct zt_http_request *request,
                     const char *given)
{
    return request->is_owner || zt_token_is(&site->token, given);
}

static bool refuse(struct zt_http_answer *answer)
{
    zt_http_say(answer, 401, json_object());
    return true;
}

static bool refuse_more(struct zt_site *site, struct zt_http_answer *answer)
{
    zt_http_complain(answer, 429, "more than %d requests a second", ZT_HOSTED_PER_SECOND);
    answer->allowance = zt_allowance_state(&site->allowance, zt_host_now());
    return true;
}

/* Tokens of the account, or the one that administers all. Who has none uses up nothing. */
static bool refuses_hosted(struct zt_site *site, const struct zt_http_request *request,
                           struct zt_http_answer *answer)
{
    const char *given = credential(request->authorization, "token");

    given = given ? given : token_of(request);
    if (is_admin(site, request, given) || (given && zt_account_knows(site->account, given)))
        return !zt_allowance_take(&site->allowance, zt_host_mono_ms()) && refuse_more(site, answer);
    if (!given || strlen(given) >= ZT_MIN_API_TOKEN)
        return refuse(answer);
    zt_http_complain(answer, 400, "a token has at least %d characters", ZT_MIN_API_TOKEN);
    return true;
}

static bool is_open(const char *path)
{
    return strcmp(path, "/health") == 0 || strcmp(path, "/sso") == 0 ||
           strcmp(path, "/openapi.json") == 0 || zt_app_path(path);
}

static bool refuses_caller(struct zt_site *site, const struct zt_http_request *request,
                           struct zt_http_answer *answer)
{
    const char *given = token_of(request);

    if (strcmp(request->path, "/metrics") == 0) {
        if (zt_token_is(&site->metrics_token, given) || is_admin(site, request, given))
            return false;
        return refuse(answer);
    }
    if (!request->is_owner && !zt_prefixes_admit(&site->allowed, &request->remote))
        return refuse(answer);
    if (is_open(request->path))
        return false;
    if (zt_http_hosted_path(request->path))
        return refuses_hosted(site, request, answer);
    return is_admin(site, request, given) ? false : refuse(answer);
}

bool zt_admission_refuses(struct zt_site *site, const struct zt_http_request *request,
                          struct zt_http_answer *answer)
{
    if (refuses_caller(site, request, answer))
        return true;
    if (request->announced_length <= ZT_MAX_HTTP_BODY)
        return false;
    zt_http_refuse_length(answer);
    return true;
}
