/* SPDX-License-Identifier: Apache-2.0 */
/* The local API of a root or controller: which part of it answers a path. docs/wire.md 20.2, 20.3 */
#include "cmd/api.h"

#include "cmd/api_parts.h"

#include <string.h>

/* "/word" or "/word/rest". The rest, "" if there is none; NULL: another path. */
static const char *behind(const char *path, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(path, word, length) != 0 || (path[length] != 0 && path[length] != '/'))
        return NULL;
    return path + length;
}

static json_t *no_controller(int *status)
{
    return zt_api_error(status, 404, "this process runs no controller");
}

static json_t *controllers(const struct zt_api *api, const struct zt_api_call *call, int *status)
{
    if (!api->keeper)
        return no_controller(status);
    return zt_keeper_route(api->keeper, call->method, call->path, call->body, status);
}

/* The node's, and the controller's if there is one. */
static json_t *counters(const struct zt_api *api, const struct zt_api_call *call, int *status)
{
    json_t *result = zt_api_counters(api->service, call, status);

    if (*status == 200 && api->keeper)
        (void)json_object_set_new(result, "controller", zt_keeper_counters(api->keeper));
    return result;
}

static const struct {
    const char *word;
    json_t *(*answer)(struct zt_service *service, const struct zt_api_call *call, int *status);
} parts[] = {
    { "/status", zt_api_status },
    { "/peer", zt_api_peers },
    { "/moon", zt_api_moons },
    { "/rules", zt_api_rules },
};

json_t *zt_api_route(const struct zt_api *api, const char *method, const char *path,
                     const json_t *body, int *status)
{
    struct zt_api_call call = { .method = method, .path = path, .body = body };

    *status = 200;
    if (behind(path, "/controller") || behind(path, "/unstable"))
        return controllers(api, &call, status);
    call.rest = behind(path, "/counters");
    if (call.rest)
        return counters(api, &call, status);
    call.rest = behind(path, "/network");
    if (call.rest)
        return zt_api_networks(api->service, api->policies, &call, status);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        call.rest = behind(path, parts[i].word);
        if (call.rest)
            return parts[i].answer(api->service, &call, status);
    }
    return zt_api_error(status, 404, "no such path");
}

char *zt_api_list(const struct zt_api *api, zt_nwid nwid, const struct zt_list_form *form,
                  size_t *length, int *status)
{
    json_t *error;
    char *text;

    if (api->keeper)
        return zt_keeper_list(api->keeper, nwid, form, length, status);
    error = no_controller(status);
    text = json_dumps(error, JSON_COMPACT);
    json_decref(error);
    *length = text ? strlen(text) : 0;
    return text;
}
