/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a network record: a table, each with the function that accepts what a client sends for it. */
#include "controller/model.h"

#include "base/mem.h"
#include "base/text.h"
#include "controller/coerce.h"
#include "controller/judge.h"
#include "controller/rules_json.h"

#include <string.h>

/* Normalises one given value. A new reference, or NULL: then text says why it is refused. */
typedef json_t *(*accept_function)(const json_t *given, char *text, size_t text_size);

static json_t *accept_bool(const json_t *given, char *text, size_t text_size)
{
    bool value;

    if (zt_coerce_bool(&value, given))
        return json_boolean(value);
    zt_format(text, text_size, "not a boolean");
    return NULL;
}

static json_t *accept_text(const json_t *given, char *text, size_t text_size)
{
    json_t *value = zt_coerce_text(given);

    if (value && json_string_length(value) <= ZT_MAX_BODY_TEXT)
        return value;
    json_decref(value);
    zt_format(text, text_size, "not a text of at most %d bytes", ZT_MAX_BODY_TEXT);
    return NULL;
}

static json_t *accept_count(const json_t *given, char *text, size_t text_size)
{
    int64_t value;

    if (zt_coerce_integer(&value, given) && value >= 0)
        return json_integer(value);
    zt_format(text, text_size, "not a number of 0 or more");
    return NULL;
}

static json_t *accept_mtu(const json_t *given, char *text, size_t text_size)
{
    int64_t value;

    if (!zt_coerce_integer(&value, given)) {
        zt_format(text, text_size, "not a number");
        return NULL;
    }
    value = value < ZT_MIN_MTU ? ZT_MIN_MTU : value;
    return json_integer(value > ZT_MAX_MTU ? ZT_MAX_MTU : value);
}

/* Is name one of the comma separated words? */
static bool has_word(const char *words, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = words; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == 0))
            return true;
    }
    return false;
}

static bool mode_is_on(const json_t *given, const char *name)
{
    if (json_is_string(given))
        return has_word(json_string_value(given), name);
    return zt_json_bool(given, name, false);
}

static json_t *accept_v4_mode(const json_t *given, char *text, size_t text_size)
{
    (void)text;
    (void)text_size;
    return json_pack("{s:b}", "zt", mode_is_on(given, "zt"));
}

static json_t *accept_v6_mode(const json_t *given, char *text, size_t text_size)
{
    (void)text;
    (void)text_size;
    return json_pack("{s:b, s:b, s:b}", "6plane", mode_is_on(given, "6plane"), "rfc4193",
                     mode_is_on(given, "rfc4193"), "zt", mode_is_on(given, "zt"));
}

bool zt_route_from_json(struct zt_route *route, const json_t *entry)
{
    uint16_t most;

    memset(route, 0, sizeof *route);
    if (!zt_endpoint_parse(&route->target, zt_json_text(entry, "target", ""), UINT16_MAX))
        return false;
    most = route->target.family == ZT_FAMILY_IPV4 ? 32 : 128;
    if (route->target.port > most)
        return false;
    if (!zt_endpoint_parse(&route->via, zt_json_text(entry, "via", ""), 0) ||
        route->via.family != route->target.family)
        memset(&route->via, 0, sizeof route->via);
    route->via.port = 0;
    return true;
}

static json_t *refuse_array(char *text, size_t text_size, size_t most)
{
    zt_format(text, text_size, "not an array of at most %zu entries", most);
    return NULL;
}

/* In what was stored, entries without a valid target are left out, and a gateway of the other family becomes
   null: docs/wire.md 19.1. A change with such entries has been refused before; see judge.h. */
static json_t *accept_routes(const json_t *given, char *text, size_t text_size)
{
    json_t *routes = json_array();

    if (!json_is_array(given) || json_array_size(given) > ZT_MAX_ROUTES) {
        json_decref(routes);
        return refuse_array(text, text_size, ZT_MAX_ROUTES);
    }
    for (size_t i = 0; i < json_array_size(given); i++) {
        char target[ZT_ENDPOINT_TEXT], via[ZT_ENDPOINT_TEXT];
        struct zt_route route;

        if (!zt_route_from_json(&route, json_array_get(given, i)))
            continue;
        zt_endpoint_text(&route.target, true, target);
        zt_endpoint_text(&route.via, false, via);
        (void)json_array_append_new(routes, json_pack("{s:s, s:s?}", "target", target, "via",
                                                      route.via.family ? via : NULL));
    }
    return routes;
}

bool zt_pool_from_json(struct zt_pool *pool, const json_t *entry)
{
    if (!zt_endpoint_parse(&pool->first, zt_json_text(entry, "ipRangeStart", ""), 0) ||
        !zt_endpoint_parse(&pool->last, zt_json_text(entry, "ipRangeEnd", ""), 0))
        return false;
    pool->first.port = pool->last.port = 0;
    return pool->first.family == pool->last.family;
}

static json_t *accept_pools(const json_t *given, char *text, size_t text_size)
{
    json_t *pools = json_array();

    if (!json_is_array(given) || json_array_size(given) > ZT_MAX_POOLS) {
        json_decref(pools);
        return refuse_array(text, text_size, ZT_MAX_POOLS);
    }
    for (size_t i = 0; i < json_array_size(given); i++) {
        char first[ZT_ENDPOINT_TEXT], last[ZT_ENDPOINT_TEXT];
        struct zt_pool pool;

        if (!zt_pool_from_json(&pool, json_array_get(given, i)))
            continue;
        zt_endpoint_text(&pool.first, false, first);
        zt_endpoint_text(&pool.last, false, last);
        (void)json_array_append_new(
            pools, json_pack("{s:s, s:s}", "ipRangeStart", first, "ipRangeEnd", last));
    }
    return pools;
}

/* A set of rules, read and written again. */
static json_t *accept_rule_set(const json_t *given, size_t most, char *text, size_t text_size)
{
    size_t count = 0;
    struct zt_rule *rules = zt_alloc(most * sizeof *rules);
    json_t *accepted = NULL;

    if (!rules)
        zt_format(text, text_size, "out of memory");
    else if (zt_rules_from_json(rules, most, &count, given, text, text_size))
        accepted = zt_rules_to_json(rules, count);
    zt_free(rules);
    return accepted;
}

static json_t *accept_rules(const json_t *given, char *text, size_t text_size)
{
    return accept_rule_set(given, ZT_MAX_RULES, text, text_size);
}

/* Keeps the array sorted by id; a later entry replaces an earlier one of the same id. Takes item. */
static void insert_by_id(json_t *array, json_t *item)
{
    int64_t id = zt_json_integer(item, "id", 0);
    size_t at = 0;

    while (at < json_array_size(array) && zt_json_integer(json_array_get(array, at), "id", 0) < id)
        at++;
    if (at < json_array_size(array) && zt_json_integer(json_array_get(array, at), "id", 0) == id)
        (void)json_array_set_new(array, at, item);
    else
        (void)json_array_insert_new(array, at, item);
}

static json_t *accept_capability(const json_t *entry, char *text, size_t text_size)
{
    int64_t id = zt_json_integer(entry, "id", -1);
    const json_t *given = json_object_get(entry, "rules");
    json_t *rules;

    if (id < 0) {
        zt_format(text, text_size, "id is missing or wrong");
        return NULL;
    }
    rules = given ? accept_rule_set(given, ZT_MAX_CAPABILITY_RULES, text, text_size) : json_array();
    if (!rules)
        return NULL;
    return json_pack("{s:I, s:b, s:o}", "id", (json_int_t)(id & UINT32_MAX), "default",
                     zt_json_bool(entry, "default", false), "rules", rules);
}

static json_t *accept_capabilities(const json_t *given, char *text, size_t text_size)
{
    json_t *accepted;

    if (!json_is_array(given) || json_array_size(given) > ZT_MAX_CAPABILITIES)
        return refuse_array(text, text_size, ZT_MAX_CAPABILITIES);
    accepted = json_array();
    for (size_t i = 0; i < json_array_size(given); i++) {
        char why[128] = "";
        json_t *item = accept_capability(json_array_get(given, i), why, sizeof why);

        if (!item) {
            zt_format(text, text_size, "capability %zu: %s", i, why);
            json_decref(accepted);
            return NULL;
        }
        insert_by_id(accepted, item);
    }
    return accepted;
}

static json_t *accept_tags(const json_t *given, char *text, size_t text_size)
{
    json_t *accepted;

    if (!json_is_array(given) || json_array_size(given) > ZT_MAX_TAGS)
        return refuse_array(text, text_size, ZT_MAX_TAGS);
    accepted = json_array();
    for (size_t i = 0; i < json_array_size(given); i++) {
        const json_t *entry = json_array_get(given, i);
        int64_t id, value;

        if (!zt_coerce_integer(&id, json_object_get(entry, "id")) || id < 0) {
            zt_format(text, text_size, "tag %zu: id is missing or wrong", i);
            json_decref(accepted);
            return NULL;
        }
        id &= UINT32_MAX;
        if (zt_coerce_integer(&value, json_object_get(entry, "default")))
            insert_by_id(accepted, json_pack("{s:I, s:I}", "id", (json_int_t)id, "default",
                                             (json_int_t)(value & UINT32_MAX)));
        else
            insert_by_id(accepted, json_pack("{s:I, s:n}", "id", (json_int_t)id, "default"));
    }
    return accepted;
}

/* Old records hold [null] or null here: no tokens. */
static json_t *accept_tokens(const json_t *given, char *text, size_t text_size)
{
    json_t *accepted = json_object();
    const char *token;
    json_t *expiry;

    (void)text;
    (void)text_size;
    json_object_foreach((json_t *)(uintptr_t)given, token, expiry)
    {
        if (json_is_number(expiry) && json_number_value(expiry) >= 0)
            (void)json_object_set(accepted, token, expiry);
    }
    return accepted;
}

static json_t *accept_dns(const json_t *given, char *text, size_t text_size)
{
    const char *domain = zt_json_text(given, "domain", "");
    const json_t *servers = json_object_get(given, "servers");
    json_t *accepted;

    if (!json_is_object(given))
        return json_array();
    if (strlen(domain) >= ZT_MAX_DNS_DOMAIN) {
        zt_format(text, text_size, "domain is longer than %d bytes", ZT_MAX_DNS_DOMAIN - 1);
        return NULL;
    }
    accepted = json_array();
    for (size_t i = 0; i < json_array_size(servers); i++) {
        struct zt_endpoint server;
        char server_text[ZT_ENDPOINT_TEXT];
        const char *entry = json_string_value(json_array_get(servers, i));

        if (!entry || !zt_endpoint_parse(&server, entry, 0))
            continue;
        zt_endpoint_text(&server, false, server_text);
        (void)json_array_append_new(accepted, json_string(server_text));
    }
    return json_pack("{s:s, s:o}", "domain", domain, "servers", accepted);
}

/* Ten hexadecimal digits, or null for anything else. */
static json_t *accept_trace_target(const json_t *given, char *text, size_t text_size)
{
    uint64_t target;

    (void)text;
    (void)text_size;
    if (json_is_string(given) && zt_hex_number(&target, json_string_value(given), 10))
        return json_string(json_string_value(given));
    return json_null();
}

static json_t *accept_object(const json_t *given, char *text, size_t text_size)
{
    if (json_is_object(given))
        return json_deep_copy(given);
    zt_format(text, text_size, "not an object");
    return NULL;
}

/* docs/wire.md 19.1 */
static const struct field {
    const char *name;
    accept_function accept;
    const char *otherwise; /* JSON text of the default */
} fields[] = {
    { "name", accept_text, "\"\"" },
    { "private", accept_bool, "true" },
    { "enableBroadcast", accept_bool, "true" },
    { "multicastLimit", accept_count, "32" },
    { "mtu", accept_mtu, "2800" },
    { "v4AssignMode", accept_v4_mode, "{\"zt\":false}" },
    { "v6AssignMode", accept_v6_mode, "{\"6plane\":false,\"rfc4193\":false,\"zt\":false}" },
    { "routes", accept_routes, "[]" },
    { "ipAssignmentPools", accept_pools, "[]" },
    { "rules", accept_rules, "[{\"type\":\"ACTION_ACCEPT\"}]" },
    { "rulesSource", accept_text, "\"\"" },
    { "capabilities", accept_capabilities, "[]" },
    { "tags", accept_tags, "[]" },
    { "authTokens", accept_tokens, "{}" },
    { "dns", accept_dns, "[]" },
    { "remoteTraceTarget", accept_trace_target, "null" },
    { "remoteTraceLevel", accept_count, "0" },
    { "ssoEnabled", accept_bool, "false" },
    { "clientId", accept_text, "\"\"" },
    { "authorizationEndpoint", accept_text, "\"\"" },
    { "certificateTimeoutWindowSize", accept_count, "1800000" },
    { "extra", accept_object, "{}" },
};

static bool apply_fields(json_t *record, const json_t *given, struct zt_api_error *error)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const json_t *value = json_object_get(given, fields[i].name);
        char text[192] = "out of memory";
        json_t *accepted;

        if (!value)
            continue;
        accepted = fields[i].accept(value, text, sizeof text);
        if (!accepted) {
            (void)zt_refuse(error, 400, "%s: %s", fields[i].name, text);
            return false;
        }
        (void)json_object_set_new(record, fields[i].name, accepted);
    }
    return true;
}

static void apply_defaults(json_t *record, zt_nwid nwid, int64_t now_ms)
{
    char id[ZT_NWID_TEXT];

    zt_hex_number_write(id, nwid, 16);
    (void)json_object_set_new(record, "id", json_string(id));
    (void)json_object_set_new(record, "nwid", json_string(id));
    (void)json_object_set_new(record, "objtype", json_string("network"));
    (void)json_object_set_new(record, "creationTime", json_integer(now_ms));
    (void)json_object_set_new(record, "revision", json_integer(0));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        (void)json_object_set_new(record, fields[i].name,
                                  json_loads(fields[i].otherwise, JSON_DECODE_ANY, NULL));
}

json_t *zt_network_json_change(const json_t *old, zt_nwid nwid, int64_t now_ms, const json_t *body,
                               struct zt_api_error *error)
{
    json_t *record;

    if (!json_is_object(body))
        return zt_refuse(error, 400, "the body must be a JSON object");
    if (!zt_judge_network(body, error))
        return NULL;
    record = old ? json_copy((json_t *)(uintptr_t)old) : json_object();
    if (!old)
        apply_defaults(record, nwid, now_ms);
    if (apply_fields(record, body, error))
        return record;
    json_decref(record);
    return NULL;
}

json_t *zt_network_json_load(zt_nwid nwid, const json_t *stored, struct zt_api_error *error)
{
    json_t *record = json_object();
    char id[ZT_NWID_TEXT];

    apply_defaults(record, nwid, 0);
    (void)json_object_update(record, (json_t *)(uintptr_t)stored);
    zt_hex_number_write(id, nwid, 16);
    (void)json_object_set_new(record, "id", json_string(id));
    (void)json_object_set_new(record, "nwid", json_string(id));
    if (apply_fields(record, stored, error))
        return record;
    json_decref(record);
    return NULL;
}
