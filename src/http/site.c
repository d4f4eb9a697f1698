/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ask, and which of the APIs is asked. docs/wire.md 20.1, docs/http.md. */
#include "http/site.h"

#include "base/text.h"
#include "http/conf.h"
#include "os/host.h"

#include <stdlib.h>
#include <string.h>

bool zt_site_open(struct zt_site *site, const struct zt_http_options *options, char *error,
                  size_t error_size)
{
    json_t *conf = zt_conf_read(options->folder, error, error_size);
    bool is_good;

    *site = (struct zt_site){ .home = options->home,
                              .folder = options->folder,
                              .backend = options->backend,
                              .judge = options->judge,
                              .started_ms = zt_host_mono_ms() };
    for (size_t i = 0; i < options->allow_count && i < ZT_MAX_HTTP_PREFIXES; i++)
        site->allowed.list[site->allowed.count++] = options->allow[i];
    is_good = conf && zt_conf_allowed(conf, &site->allowed, error, error_size);
    json_decref(conf);
    if (!is_good ||
        !zt_token_open(&site->token, site->folder, ZT_AUTH_TOKEN_FILE, error, error_size) ||
        !zt_token_open(&site->metrics_token, site->folder, ZT_METRICS_TOKEN_FILE, error,
                       error_size))
        return false;
    site->account = zt_account_open(site->folder, error, error_size);
    if (!site->account)
        return false;
    site->desk = zt_monitor_new();
    if (site->desk && zt_allowance_open(&site->allowance, site->started_ms))
        return true;
    zt_format(error, error_size, "out of memory");
    return false;
}

void zt_site_close(struct zt_site *site)
{
    zt_account_close(site->account);
    zt_allowance_close(&site->allowance);
    if (site->desk)
        zt_monitor_free(site->desk);
    memset(site, 0, sizeof *site);
}

json_t *zt_site_ask(struct zt_site *site, const char *method, const char *path, const json_t *body,
                    int *status)
{
    return site->backend.route(site->backend.context, method, path, body, status);
}

void zt_site_list(struct zt_site *site, uint64_t nwid, const struct zt_list_form *form,
                  struct zt_http_answer *answer)
{
    *answer = (struct zt_http_answer){ .type = "application/json" };
    answer->text =
        site->backend.list(site->backend.context, nwid, form, &answer->length, &answer->status);
    if (!answer->text)
        zt_http_complain(answer, 500, "out of memory");
}

const char *zt_site_hosted_path(const char *path)
{
    if (strncmp(path, "/api/v1/", 8) == 0)
        return path + 7;
    return strncmp(path, "/api/", 5) == 0 ? path + 4 : NULL;
}

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
           strcmp(path, "/openapi.json") == 0 || strncmp(path, "/app", 4) == 0;
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
    if (zt_site_hosted_path(request->path))
        return refuses_hosted(site, request, answer);
    return is_admin(site, request, given) ? false : refuse(answer);
}

static bool refuse_length(struct zt_http_answer *answer)
{
    zt_http_complain(answer, 413, "the body is longer than %u bytes", ZT_MAX_HTTP_BODY);
    return true;
}

bool zt_site_refuses(struct zt_site *site, const struct zt_http_request *request,
                     struct zt_http_answer *answer)
{
    if (refuses_caller(site, request, answer))
        return true;
    return request->announced_length > ZT_MAX_HTTP_BODY && refuse_length(answer);
}

/* A name that a script may call, and nothing that could be more than a name. */
static bool is_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$.";
    size_t length = strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ_$.");

    return length > 0 && length <= 64 && text[length] == 0 && strchr(letters, text[0]);
}

/* name(<body>); docs/wire.md 20.1 */
static void wrap(struct zt_http_answer *answer, const char *name)
{
    size_t size = answer->length + strlen(name) + 4;
    char *text = malloc(size);

    if (text)
        zt_format(text, size, "%s(%s);", name, answer->text ? answer->text : "");
    free(answer->text);
    answer->text = text;
    answer->length = text ? size - 1 : 0;
    answer->type = "application/javascript";
}

static void dispatch(struct zt_site *site, const struct zt_http_request *request,
                     struct zt_http_answer *answer)
{
    const char *hosted = zt_site_hosted_path(request->path);

    if (hosted)
        zt_hosted_answer(site, request, hosted, answer);
    else if (zt_http_gets(request, "/metrics"))
        zt_metrics_answer(site, answer);
    else if (zt_http_gets(request, "/openapi.json"))
        zt_http_say_text(answer, 200, "application/json", zt_openapi);
    else
        zt_local_answer(site, request, answer);
}

void zt_site_answer(struct zt_site *site, const struct zt_http_request *request,
                    struct zt_http_answer *answer)
{
    if (request->is_too_long) {
        (void)refuse_length(answer);
        return;
    }
    if (request->jsonp && !is_name(request->jsonp)) {
        zt_http_complain(answer, 400, "jsonp: not the name of a function");
        return;
    }
    dispatch(site, request, answer);
    if (zt_site_hosted_path(request->path))
        answer->allowance = zt_allowance_state(&site->allowance, zt_host_now());
    if (request->jsonp && strcmp(answer->type, "application/json") == 0)
        wrap(answer, request->jsonp);
}
