/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a network record: a table, each with the function that accepts what a client sends for it. */
#include "controller/model.h"

#include "base/text.h"
#include "controller/coerce.h"
#include "controller/judge.h"
#include "controller/model_lists.h"
#include "controller/refuse.h"

#include <string.h>

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
    zt_accept *accept;
    const char *otherwise; /* JSON text of the default */
} fields[] = {
    { "name", accept_text, "\"\"" },
    { "private", accept_bool, "true" },
    { "enableBroadcast", accept_bool, "true" },
    { "multicastLimit", accept_count, "32" },
    { "mtu", accept_mtu, "2800" },
    { "v4AssignMode", accept_v4_mode, "{\"zt\":false}" },
    { "v6AssignMode", accept_v6_mode, "{\"6plane\":false,\"rfc4193\":false,\"zt\":false}" },
    { "routes", zt_accept_routes, "[]" },
    { "ipAssignmentPools", zt_accept_pools, "[]" },
    { "rules", zt_accept_rules, "[{\"type\":\"ACTION_ACCEPT\"}]" },
    { "rulesSource", accept_text, "\"\"" },
    { "capabilities", zt_accept_capabilities, "[]" },
    { "tags", zt_accept_tags, "[]" },
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
