/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing a configuration with its record, member by member. */
#include "vectors_config.h"

#include "vectors_grants.h"

#include <string.h>

static bool numbers_are(const struct zt_config *config, const json_t *decoded)
{
    const json_t *target = json_object_get(decoded, "remote_trace_target");

    return config->nwid == vectors_number(decoded, "network_id", 16) &&
           config->issued_ms == vectors_integer(decoded, "timestamp") &&
           config->window_ms == vectors_integer(decoded, "credential_time_max_delta") &&
           (int64_t)config->revision == vectors_integer(decoded, "revision") &&
           config->member == vectors_number(decoded, "issued_to", 10) &&
           config->trace_target ==
               (json_is_null(target) ? 0 : vectors_number(decoded, "remote_trace_target", 10)) &&
           (int64_t)config->trace_level == vectors_integer(decoded, "remote_trace_level") &&
           config->flags == vectors_number(decoded, "flags", 16) &&
           (int64_t)config->mtu == vectors_integer(decoded, "mtu") &&
           (int64_t)config->multicast_limit == vectors_integer(decoded, "multicast_limit") &&
           strcmp(vectors_text(decoded, "type"), config->is_public ? "public" : "private") == 0 &&
           strcmp(config->name, vectors_text(decoded, "name")) == 0;
}

/* Flags stand there a second time by name. */
static bool flags_are(const struct zt_config *config, const json_t *decoded)
{
    static const struct {
        const char *name;
        uint64_t flag;
    } flags[] = {
        { "enable_broadcast", ZT_CONFIG_FLAG_BROADCAST },
        { "ndp_emulation", ZT_CONFIG_FLAG_NDP_EMULATION },
        { "unsupported_match_result", ZT_CONFIG_FLAG_UNKNOWN_MATCHES },
        { "disable_compression", ZT_CONFIG_FLAG_NO_COMPRESSION },
    };

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (vectors_true(decoded, flags[i].name) != ((config->flags & flags[i].flag) != 0))
            return false;
    }
    return true;
}

static bool sso_is(const struct zt_sso *sso, const json_t *decoded)
{
    return vectors_true(decoded, "sso_enabled") == (sso != NULL && sso->enabled) &&
           vectors_size(decoded, "sso_version", SIZE_MAX) == (sso == NULL ? 0 : sso->version);
}

static bool endpoint_is(const struct zt_endpoint *endpoint, const json_t *text)
{
    char written[ZT_ENDPOINT_TEXT];

    if (json_is_null(text))
        return endpoint->family == ZT_FAMILY_NONE;
    zt_endpoint_text(endpoint, true, written);
    return strcmp(written, json_string_value(text)) == 0;
}

static bool endpoints_are(const struct zt_endpoint *endpoints, size_t count, const json_t *list)
{
    if (json_array_size(list) != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!endpoint_is(&endpoints[i], json_array_get(list, i)))
            return false;
    return true;
}

static bool routes_are(const struct zt_config *config, const json_t *list)
{
    if (json_array_size(list) != config->route_count)
        return false;
    for (size_t i = 0; i < config->route_count; i++) {
        const struct zt_route *route = &config->routes[i];
        const json_t *entry = json_array_get(list, i);

        if (!endpoint_is(&route->target, json_object_get(entry, "target")) ||
            !endpoint_is(&route->via, json_object_get(entry, "via")) ||
            route->flags != vectors_integer(entry, "flags") ||
            route->metric != vectors_integer(entry, "metric"))
            return false;
    }
    return true;
}

static bool specialists_are(const struct zt_config *config, const json_t *list)
{
    if (json_array_size(list) != config->specialist_count)
        return false;
    for (size_t i = 0; i < config->specialist_count; i++) {
        const json_t *entry = json_array_get(list, i);
        zt_address address = vectors_number(entry, "address", 10);

        if (config->specialists[i] != vectors_number(entry, "raw", 16) ||
            zt_config_has_specialist(config, address, ZT_SPECIALIST_BRIDGE) !=
                vectors_true(entry, "active_bridge") ||
            zt_config_has_specialist(config, address, ZT_SPECIALIST_ANCHOR) !=
                vectors_true(entry, "anchor") ||
            zt_config_has_specialist(config, address, ZT_SPECIALIST_REPLICATOR) !=
                vectors_true(entry, "multicast_replicator"))
            return false;
    }
    return true;
}

static bool tags_are(const struct zt_config *config, const json_t *list)
{
    if (json_array_size(list) != config->tag_count)
        return false;
    for (size_t i = 0; i < config->tag_count; i++) {
        const struct zt_tag *tag = &config->tags[i];
        const json_t *entry = json_array_get(list, i);

        if (tag->id != vectors_integer(entry, "id") ||
            tag->value != vectors_integer(entry, "value") ||
            tag->issued_ms != vectors_integer(entry, "timestamp") ||
            tag->member != vectors_number(entry, "issued_to", 10))
            return false;
    }
    return true;
}

static bool capabilities_are(const struct zt_config *config, const json_t *list)
{
    if (json_array_size(list) != config->capability_count)
        return false;
    for (size_t i = 0; i < config->capability_count; i++) {
        const struct zt_capability *capability = &config->capabilities[i];
        const json_t *entry = json_array_get(list, i);

        if (capability->id != vectors_integer(entry, "id") ||
            capability->issued_ms != vectors_integer(entry, "timestamp") ||
            zt_capability_member(capability) != vectors_number(entry, "issued_to", 10) ||
            !vectors_rules_are(json_object_get(entry, "rules"), capability->rules,
                               capability->rule_count))
            return false;
    }
    return true;
}

static bool ownerships_are(const struct zt_config *config, const json_t *list)
{
    if (json_array_size(list) != config->ownership_count)
        return false;
    for (size_t i = 0; i < config->ownership_count; i++) {
        const struct zt_ownership *ownership = &config->ownerships[i];
        const json_t *entry = json_array_get(list, i);

        if (ownership->id != vectors_integer(entry, "id") ||
            ownership->issued_ms != vectors_integer(entry, "timestamp") ||
            ownership->member != vectors_number(entry, "issued_to", 10) ||
            !vectors_things_are(ownership, json_object_get(entry, "things")))
            return false;
    }
    return true;
}

static bool com_is(const struct zt_com *com, const json_t *expected)
{
    if (expected == NULL || json_is_null(expected))
        return com->count == 0;
    return com->signer == vectors_number(expected, "signed_by", 10) &&
           vectors_qualifiers_are(com, json_object_get(expected, "qualifiers"));
}

const char *vectors_config_means(const struct zt_config *config, const json_t *decoded)
{
    const json_t *dns = json_object_get(decoded, "dns");

    if (!numbers_are(config, decoded) || !flags_are(config, decoded) ||
        !sso_is(config->sso, decoded))
        return "numbers differ";
    if (!routes_are(config, json_object_get(decoded, "routes")) ||
        !endpoints_are(config->assigned, config->assigned_count,
                       json_object_get(decoded, "static_ips")) ||
        !specialists_are(config, json_object_get(decoded, "specialists")))
        return "addresses differ";
    if (!vectors_rules_are(json_object_get(decoded, "rules"), config->rules, config->rule_count))
        return "rules differ";
    if (!tags_are(config, json_object_get(decoded, "tags")) ||
        !capabilities_are(config, json_object_get(decoded, "capabilities")) ||
        !ownerships_are(config, json_object_get(decoded, "certificates_of_ownership")) ||
        !com_is(&config->com, json_object_get(decoded, "com")))
        return "credentials differ";
    if (strcmp(config->dns.domain, vectors_text(dns, "domain")) != 0 ||
        !endpoints_are(config->dns.servers, config->dns.server_count,
                       json_object_get(dns, "servers")))
        return "DNS differs";
    return NULL;
}
