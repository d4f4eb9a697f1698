/* SPDX-License-Identifier: Apache-2.0 */
/* Network records as deciding needs them: read once from their JSON form. */
#include "controller/model.h"

#include "base/mem.h"
#include "base/text.h"
#include "controller/coerce.h"
#include "controller/model_lists.h"
#include "controller/refuse.h"
#include "controller/rules_json.h"

static void read_lists(struct zt_network_record *record, const json_t *json)
{
    const json_t *routes = json_object_get(json, "routes");
    const json_t *pools = json_object_get(json, "ipAssignmentPools");
    const json_t *tags = json_object_get(json, "tags");

    for (size_t i = 0; i < json_array_size(routes); i++)
        record->route_count +=
            zt_route_from_json(&record->routes[record->route_count], json_array_get(routes, i));
    for (size_t i = 0; i < json_array_size(pools); i++)
        record->pool_count +=
            zt_pool_from_json(&record->pools[record->pool_count], json_array_get(pools, i));
    for (size_t i = 0; i < json_array_size(tags); i++) {
        const json_t *entry = json_array_get(tags, i);
        struct zt_tag_record *tag = &record->tags[record->tag_count++];

        tag->id = (uint32_t)zt_json_integer(entry, "id", 0);
        tag->has_default = json_is_integer(json_object_get(entry, "default"));
        tag->value = (uint32_t)zt_json_integer(entry, "default", 0);
    }
}

static void read_dns(struct zt_network_record *record, const json_t *dns)
{
    const json_t *servers = json_object_get(dns, "servers");

    zt_format(record->dns.domain, sizeof record->dns.domain, "%s", zt_json_text(dns, "domain", ""));
    for (size_t i = 0;
         i < json_array_size(servers) && record->dns.server_count < ZT_MAX_DNS_SERVERS; i++) {
        struct zt_endpoint *server = &record->dns.servers[record->dns.server_count];
        const char *text = json_string_value(json_array_get(servers, i));

        if (text && zt_endpoint_parse(server, text, 0))
            record->dns.server_count++;
    }
}

static void read_scalars(struct zt_network_record *record, const json_t *json)
{
    const json_t *v6 = json_object_get(json, "v6AssignMode");

    record->revision = (uint64_t)zt_json_integer(json, "revision", 0);
    record->is_private = zt_json_bool(json, "private", true);
    record->has_broadcast = zt_json_bool(json, "enableBroadcast", true);
    record->sso_enabled = zt_json_bool(json, "ssoEnabled", false);
    zt_format(record->name, sizeof record->name, "%s", zt_json_text(json, "name", ""));
    record->mtu = (unsigned)zt_json_integer(json, "mtu", ZT_DEFAULT_MTU);
    record->multicast_limit =
        (uint64_t)zt_json_integer(json, "multicastLimit", ZT_DEFAULT_MULTICAST_LIMIT);
    record->window_ms = zt_json_integer(json, "certificateTimeoutWindowSize", ZT_WINDOW_DEFAULT_MS);
    if (record->window_ms < ZT_WINDOW_MIN_MS)
        record->window_ms = ZT_WINDOW_MIN_MS;
    if (record->window_ms > ZT_WINDOW_MAX_MS)
        record->window_ms = ZT_WINDOW_MAX_MS;
    if (!zt_hex_number(&record->trace_target, zt_json_text(json, "remoteTraceTarget", ""), 10))
        record->trace_target = 0;
    record->trace_level = (uint64_t)zt_json_integer(json, "remoteTraceLevel", 0);
    record->v4_pools = zt_json_bool(json_object_get(json, "v4AssignMode"), "zt", false);
    record->v6_pools = zt_json_bool(v6, "zt", false);
    record->v6_6plane = zt_json_bool(v6, "6plane", false);
    record->v6_rfc4193 = zt_json_bool(v6, "rfc4193", false);
}

static bool read_capabilities(struct zt_network_record *record, const json_t *array, char *text,
                              size_t text_size)
{
    for (size_t i = 0; i < record->capability_count; i++) {
        const json_t *entry = json_array_get(array, i);
        struct zt_capability_record *capability = &record->capabilities[i];

        capability->id = (uint32_t)zt_json_integer(entry, "id", 0);
        capability->by_default = zt_json_bool(entry, "default", false);
        if (!zt_rules_from_json(capability->rules, ZT_MAX_CAPABILITY_RULES, &capability->rule_count,
                                json_object_get(entry, "rules"), text, text_size))
            return false;
    }
    return true;
}

/* Room for all entries of an array, and never for none. */
static void *room_for(const json_t *json, const char *name, size_t size)
{
    return zt_alloc((json_array_size(json_object_get(json, name)) + 1) * size);
}

static bool make_room(struct zt_network_record *record, const json_t *json)
{
    record->routes = room_for(json, "routes", sizeof *record->routes);
    record->pools = room_for(json, "ipAssignmentPools", sizeof *record->pools);
    record->tags = room_for(json, "tags", sizeof *record->tags);
    record->rules = room_for(json, "rules", sizeof *record->rules);
    record->capabilities = room_for(json, "capabilities", sizeof *record->capabilities);
    return record->routes && record->pools && record->tags && record->rules && record->capabilities;
}

struct zt_network_record *zt_network_record_new(zt_nwid nwid, json_t *json,
                                                struct zt_api_error *error)
{
    struct zt_network_record *record = zt_alloc(sizeof *record);
    char text[192] = "";

    if (!record)
        return zt_refuse(error, 500, "out of memory");
    record->nwid = nwid;
    record->json = json_incref(json);
    if (!make_room(record, json)) {
        zt_network_record_free(record);
        return zt_refuse(error, 500, "out of memory");
    }
    record->capability_count = json_array_size(json_object_get(json, "capabilities"));
    read_scalars(record, json);
    read_lists(record, json);
    read_dns(record, json_object_get(json, "dns"));
    if (zt_rules_from_json(record->rules, ZT_MAX_RULES, &record->rule_count,
                           json_object_get(json, "rules"), text, sizeof text) &&
        read_capabilities(record, json_object_get(json, "capabilities"), text, sizeof text))
        return record;
    zt_network_record_free(record);
    return zt_refuse(error, 400, "rules: %s", text);
}

void zt_network_record_free(struct zt_network_record *record)
{
    if (!record)
        return;
    json_decref(record->json);
    zt_free(record->routes);
    zt_free(record->pools);
    zt_free(record->tags);
    zt_free(record->rules);
    zt_free(record->capabilities);
    zt_free(record);
}

const struct zt_capability_record *zt_network_capability(const struct zt_network_record *record,
                                                         uint32_t id)
{
    for (size_t i = 0; i < record->capability_count; i++)
        if (record->capabilities[i].id == id)
            return &record->capabilities[i];
    return NULL;
}
