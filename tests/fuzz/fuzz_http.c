/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to the HTTP APIs without a server: who asks, what, with which body, several after each other on
   one controller. A request is lines: method and path, token, authorization, jsonp; then the body. */
#include "fuzz.h"
#include "fuzz_node.h"

#include "controller/controller.h"
#include "http/admission.h"
#include "http/dispatch.h"

#include <string.h>

#define END_OF_REQUEST 0x1e

static json_t *status_json(void)
{
    return json_pack("{s:s, s:I, s:b, s:s}", "address", "0000000001", "clock",
                     (json_int_t)1700000000000, "online", 1, "version", "1.14.2");
}

static json_t *answer(void *context, const char *method, const char *path, const json_t *body,
                      int *status)
{
    struct zt_instant now = { 1000, 1700000000000 };

    *status = 200;
    if (strcmp(path, "/status") == 0)
        return status_json();
    if (strcmp(path, "/counters") == 0)
        return json_pack("{s:{}, s:[], s:[{s:s}]}", "node", "networks", "peers", "address", "a");
    if (strcmp(path, "/rules") == 0)
        return json_pack("{s:{s:[]}, s:{}, s:{}}", "config", "rules", "capabilitiesByName",
                         "tagsByName");
    return zt_controller_route(context, now, method, path, body, status);
}

static char *list(void *context, uint64_t nwid, const struct zt_list_form *form, size_t *length,
                  int *status)
{
    struct zt_instant now = { 1000, 1700000000000 };

    return zt_controller_list_members(context, now, nwid, form, length, status);
}

/* Cuts the next line off *rest, which may be NULL: then there is none. */
static char *line_of(char **rest)
{
    char *line = strsep(rest, "\n");

    return line && *line ? line : NULL;
}

static void judge(const struct zt_site *site, const struct zt_http_request *request,
                  const struct zt_http_answer *got)
{
    bool has_token = zt_token_is(&site->token, request->auth_header);
    json_t *json;

    FUZZ_CLAIM(got->text != NULL && got->length == strlen(got->text));
    FUZZ_CLAIM(got->status >= 200 && got->status < 600);
    FUZZ_CLAIM(has_token || request->authorization || got->status != 200 ||
               strcmp(request->path, "/health") == 0 || strcmp(request->path, "/sso") == 0 ||
               strcmp(request->path, "/openapi.json") == 0);
    if (strcmp(got->type, "application/json") != 0)
        return;
    json = json_loadb(got->text, got->length, JSON_DECODE_ANY, NULL);
    FUZZ_CLAIM(json != NULL);
    json_decref(json);
}

static void ask(struct zt_site *site, char *text)
{
    static const uint8_t loopback[4] = { 127, 0, 0, 1 };
    char *rest = text, *first = line_of(&rest), *path = first ? strchr(first, ' ') : NULL;
    struct zt_http_request request = { .remote = zt_endpoint_v4(loopback, 1), .method = first };
    struct zt_http_answer got = { 0 };

    if (!path)
        return;
    *path++ = 0;
    request.path = path;
    request.auth_header = line_of(&rest);
    request.authorization = line_of(&rest);
    request.jsonp = line_of(&rest);
    request.body = rest ? rest : "";
    request.body_length = strlen(request.body);
    if (!zt_admission_refuses(site, &request, &got))
        zt_dispatch(site, &request, &got);
    judge(site, &request, &got);
    zt_http_answer_clear(&got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[65536];
    static const char separator[] = { END_OF_REQUEST, 0 };
    const uint8_t seed[32] = { 0 };
    char error[256], *rest = text, *one;
    struct zt_store *store = zt_store_mem_open();
    struct zt_controller *controller =
        zt_controller_new(fuzz_root(), store, seed, NULL, error, sizeof error);
    struct zt_http_options options = { .home = "home", .backend = { controller, answer, list } };
    struct zt_site site;

    FUZZ_CLAIM(controller && zt_site_open(&site, &options, error, sizeof error));
    strcpy(site.token.text, "secret");
    memset(site.token.text + 6, 0, sizeof site.token.text - 6);
    if (size > 0 && size < sizeof text) {
        memcpy(text, data, size);
        text[size] = 0;
        while ((one = strsep(&rest, separator)) != NULL)
            ask(&site, one);
    }
    zt_site_close(&site);
    zt_controller_free(controller);
    store->functions->close(store);
    return 0;
}
