/* SPDX-License-Identifier: Apache-2.0 */
/* The controller's part of the local API: method and path to calls. docs/wire.md 20.3. */
#include "base/text.h"
#include "controller/refuse.h"
#include "controller/state.h"

#include <string.h>

enum method { METHOD_GET, METHOD_SET, METHOD_DELETE, METHOD_OTHER };

struct call {
    struct zt_controller *controller;
    struct zt_instant now;
    enum method method;
    const json_t *body;
    struct zt_api_error error;
};

static enum method method_named(const char *name)
{
    if (strcmp(name, "GET") == 0)
        return METHOD_GET;
    if (strcmp(name, "POST") == 0 || strcmp(name, "PUT") == 0)
        return METHOD_SET;
    return strcmp(name, "DELETE") == 0 ? METHOD_DELETE : METHOD_OTHER;
}

static json_t *no_such_method(struct call *call)
{
    return zt_refuse(&call->error, 405, "this path does not know that method");
}

/* Moves *path behind prefix; false if it does not begin so. */
static bool skip(const char **path, const char *prefix)
{
    size_t length = strlen(prefix);

    if (strncmp(*path, prefix, length) != 0)
        return false;
    *path += length;
    return true;
}

/* Reads `digits` hexadecimal digits up to the next '/' or the end. */
static bool take_id(const char **path, uint64_t *id, unsigned digits)
{
    char text[17];

    if (strcspn(*path, "/") != digits)
        return false;
    zt_format(text, sizeof text, "%.*s", (int)digits, *path);
    *path += digits;
    return zt_hex_number(id, text, digits);
}

static json_t *status(struct call *call)
{
    if (call->method != METHOD_GET)
        return no_such_method(call);
    return json_pack("{s:b, s:i, s:I, s:b}", "controller", 1, "apiVersion", 4, "clock",
                     (json_int_t)call->now.wall_ms, "databaseReady",
                     !call->controller->is_store_away);
}

static json_t *networks(struct call *call)
{
    if (call->method == METHOD_GET)
        return zt_controller_networks(call->controller);
    if (call->method == METHOD_SET)
        return zt_controller_set_network(call->controller, call->now, 0, call->body, &call->error);
    return no_such_method(call);
}

static json_t *network(struct call *call, zt_nwid nwid)
{
    switch (call->method) {
    case METHOD_GET:
        return zt_controller_network(call->controller, nwid, &call->error);
    case METHOD_SET:
        return zt_controller_set_network(call->controller, call->now, nwid, call->body,
                                         &call->error);
    case METHOD_DELETE:
        return zt_controller_delete_network(call->controller, call->now, nwid, &call->error);
    default:
        return no_such_method(call);
    }
}

static json_t *member(struct call *call, zt_nwid nwid, zt_address address)
{
    switch (call->method) {
    case METHOD_GET:
        return zt_controller_member(call->controller, nwid, address, &call->error);
    case METHOD_SET:
        return zt_controller_set_member(call->controller, call->now, nwid, address, call->body,
                                        &call->error);
    case METHOD_DELETE:
        return zt_controller_delete_member(call->controller, call->now, nwid, address,
                                           &call->error);
    default:
        return no_such_method(call);
    }
}

static json_t *members(struct call *call, zt_nwid nwid)
{
    if (call->method != METHOD_GET)
        return no_such_method(call);
    return zt_controller_members(call->controller, nwid, &call->error);
}

static json_t *no_such_path(struct call *call)
{
    return zt_refuse(&call->error, 404, "no such path");
}

/* "<address>______": the older way to ask for a new network. */
static bool is_creation(const char *rest, const struct zt_controller *controller, bool *is_own)
{
    char text[ZT_ADDRESS_TEXT];
    uint64_t address;

    if (strlen(rest) != 16 || strcmp(rest + 10, "______") != 0)
        return false;
    zt_format(text, sizeof text, "%.10s", rest);
    *is_own = zt_hex_number(&address, text, 10) && address == controller->self.address;
    return true;
}

static json_t *below_network(struct call *call, const char *rest)
{
    uint64_t nwid, address;
    bool is_own;

    if (is_creation(rest, call->controller, &is_own)) {
        if (call->method != METHOD_SET)
            return no_such_method(call);
        return is_own ? networks(call)
                      : zt_refuse(&call->error, 400, "not the address of this controller");
    }
    if (!take_id(&rest, &nwid, 16) || nwid == 0)
        return no_such_path(call);
    if (*rest == 0)
        return network(call, nwid);
    if (!skip(&rest, "/member"))
        return no_such_path(call);
    if (*rest == 0)
        return members(call, nwid);
    if (!skip(&rest, "/") || !take_id(&rest, &address, 10) || *rest != 0)
        return no_such_path(call);
    return member(call, nwid, address);
}

static json_t *full_network(const struct call *call, const struct zt_hosted_network *entry)
{
    json_t *json = json_copy(entry->record->json);
    struct zt_hosted_member *at, *next;
    json_int_t authorized = 0, online = 0;

    HASH_ITER(hh, entry->members, at, next)
    {
        authorized += at->record.authorized;
        online += at->has_asked && call->now.wall_ms - at->asked_wall_ms < ZT_ONLINE_MS;
    }
    (void)json_object_set_new(json, "meta",
                              json_pack("{s:I, s:I, s:I}", "authorizedMemberCount", authorized,
                                        "onlineMemberCount", online, "totalMemberCount",
                                        (json_int_t)HASH_COUNT(entry->members)));
    return json;
}

static json_t *all_networks(struct call *call)
{
    json_t *data = json_array();
    struct zt_hosted_network *entry, *next;

    HASH_ITER(hh, call->controller->networks, entry, next)
    {
        (void)json_array_append_new(data, full_network(call, entry));
    }
    return json_pack("{s:o, s:{s:I}}", "data", data, "meta", "networkCount",
                     (json_int_t)HASH_COUNT(call->controller->networks));
}

static json_t *all_members(struct call *call, zt_nwid nwid)
{
    const struct zt_hosted_network *entry = zt_hosting_network(call->controller, nwid);
    struct zt_hosted_member *at, *next;
    json_int_t authorized = 0;
    json_t *data;

    if (!entry)
        return zt_refuse(&call->error, 404, "no network %016llx", (unsigned long long)nwid);
    data = json_array();
    HASH_ITER(hh, entry->members, at, next)
    {
        authorized += at->record.authorized;
        (void)json_array_append_new(data, zt_known_member_json(call->controller, at));
    }
    return json_pack("{s:o, s:{s:I, s:I}}", "data", data, "meta", "authorizedCount", authorized,
                     "totalCount", (json_int_t)json_array_size(data));
}

static json_t *one_full_network(struct call *call, zt_nwid nwid)
{
    const struct zt_hosted_network *entry = zt_hosting_network(call->controller, nwid);

    return entry ? full_network(call, entry)
                 : zt_refuse(&call->error, 404, "no network %016llx", (unsigned long long)nwid);
}

/* Whole lists in one answer, for user interfaces. */
static json_t *unstable(struct call *call, const char *rest)
{
    uint64_t nwid;

    if (call->method != METHOD_GET)
        return no_such_method(call);
    if (*rest == 0)
        return all_networks(call);
    if (!skip(&rest, "/") || !take_id(&rest, &nwid, 16))
        return no_such_path(call);
    if (*rest == 0)
        return one_full_network(call, nwid);
    return strcmp(rest, "/member") == 0 ? all_members(call, nwid) : no_such_path(call);
}

static json_t *dispatch(struct call *call, const char *path)
{
    if (skip(&path, "/unstable/controller/network"))
        return unstable(call, path);
    if (!skip(&path, "/controller"))
        return no_such_path(call);
    if (*path == 0)
        return status(call);
    if (!skip(&path, "/network"))
        return no_such_path(call);
    if (*path == 0)
        return networks(call);
    return skip(&path, "/") ? below_network(call, path) : no_such_path(call);
}

json_t *zt_controller_route(struct zt_controller *controller, struct zt_instant now,
                            const char *method, const char *path, const json_t *body,
                            int *status_out)
{
    struct call call = { .controller = controller,
                         .now = now,
                         .method = method_named(method),
                         .body = body,
                         .error = { 500, "out of memory" } };
    json_t *result;

    controller->wall_ms = now.wall_ms;
    result = dispatch(&call, path);
    *status_out = result ? 200 : call.error.status;
    if (result)
        return result;
    return json_pack("{s:i, s:s}", "error", call.error.status, "description", call.error.text);
}
