/* SPDX-License-Identifier: Apache-2.0 */
/* /network: which networks this node is a member of, joining, their local settings, leaving. docs/wire.md 20.2 */
#include "cmd/api_parts.h"

#include "base/text.h"

#include <string.h>

static json_t *routes_json(const struct zt_config *config)
{
    json_t *list = json_array();

    for (size_t i = 0; i < config->route_count; i++) {
        const struct zt_route *route = &config->routes[i];
        bool has_via = route->via.family != ZT_FAMILY_NONE;

        (void)json_array_append_new(
            list, json_pack("{s:o, s:o, s:i, s:i}", "target", zt_api_endpoint(&route->target, true),
                            "via", has_via ? zt_api_endpoint(&route->via, false) : json_null(),
                            "flags", (int)route->flags, "metric", (int)route->metric));
    }
    return list;
}

static json_t *endpoints_json(const struct zt_endpoint *list, size_t count, bool with_bits)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(array, zt_api_endpoint(&list[i], with_bits));
    return array;
}

static json_t *groups_json(const struct zt_network_status *network)
{
    json_t *list = json_array();

    for (size_t i = 0; i < network->group_count; i++) {
        char mac[ZT_MAC_TEXT];

        zt_mac_text(network->groups[i].mac, mac);
        (void)json_array_append_new(
            list, json_pack("{s:s, s:I}", "mac", mac, "adi", (json_int_t)network->groups[i].adi));
    }
    return list;
}

static void put_config(json_t *json, const struct zt_config *config)
{
    bool is_bridge =
        config->member && zt_config_has_specialist(config, config->member, ZT_SPECIALIST_BRIDGE);
    json_t *known = json_pack(
        "{s:s, s:s, s:i, s:b, s:b, s:I, s:I, s:o, s:o, s:{s:s, s:o}}", "name", config->name, "type",
        config->is_public ? "PUBLIC" : "PRIVATE", "mtu", (int)config->mtu, "bridge", is_bridge,
        "broadcastEnabled", (config->flags & ZT_CONFIG_FLAG_BROADCAST) != 0, "netconfRevision",
        (json_int_t)config->revision, "configTimestamp", (json_int_t)config->issued_ms,
        "assignedAddresses", endpoints_json(config->assigned, config->assigned_count, true),
        "routes", routes_json(config), "dns", "domain", config->dns.domain, "servers",
        endpoints_json(config->dns.servers, config->dns.server_count, false));

    if (known) /* a name from another controller may be no text */
        (void)json_object_update(json, known);
    json_decref(known);
}

static const char *state_name(enum zt_network_state state)
{
    static const char *const names[] = {
        [ZT_NETWORK_REQUESTING] = "REQUESTING_CONFIGURATION",
        [ZT_NETWORK_OK] = "OK",
        [ZT_NETWORK_ACCESS_DENIED] = "ACCESS_DENIED",
        [ZT_NETWORK_NOT_FOUND] = "NOT_FOUND",
        [ZT_NETWORK_PORT_ERROR] = "PORT_ERROR",
        [ZT_NETWORK_CLIENT_TOO_OLD] = "CLIENT_TOO_OLD",
        [ZT_NETWORK_AUTHENTICATION_REQUIRED] = "AUTHENTICATION_REQUIRED",
    };

    return names[state];
}

/* A member of single sign-on, and only of it: where to authenticate, and until when that was done. A refusal says
   by itself where. */
static void put_sso(json_t *json, const struct zt_network_status *network)
{
    const struct zt_sso *sso = network->config ? network->config->sso : NULL;
    bool is_refused = network->state == ZT_NETWORK_AUTHENTICATION_REQUIRED;
    const char *url = network->authentication_url;
    json_t *text;

    if (!is_refused && (!sso || !sso->enabled))
        return;
    if (!is_refused)
        url = sso->version == 0 ? sso->url : sso->issuer;
    text = json_string(url);
    (void)json_object_set_new(json, "ssoEnabled", json_true());
    (void)json_object_set_new(json, "authenticationURL", text ? text : json_string(""));
    (void)json_object_set_new(json, "authenticationExpiryTime",
                              json_integer(is_refused ? 0 : sso->expiry_ms));
}

static json_t *network_json(const struct zt_network_status *network,
                            const struct zt_network_policy *policy)
{
    char mac[ZT_MAC_TEXT];
    json_t *json;

    zt_mac_text(network->mac, mac);
    json =
        json_pack("{s:o, s:o, s:s, s:s, s:s, s:s, s:i, s:b, s:b, s:b, s:i, s:i, s:s, s:[], s:[],"
                  " s:o, s:{s:s, s:[]}}",
                  "id", zt_api_hex(network->nwid, 16), "nwid", zt_api_hex(network->nwid, 16), "mac",
                  mac, "name", "", "status", state_name(network->state), "type", "PRIVATE", "mtu",
                  ZT_DEFAULT_MTU, "dhcp", 0, "bridge", 0, "broadcastEnabled", 0, "portError", 0,
                  "netconfRevision", 0, "portDeviceName", "", "assignedAddresses", "routes",
                  "multicastSubscriptions", groups_json(network), "dns", "domain", "", "servers");
    for (size_t at = 0; at < ZT_POLICY_SWITCHES; at++)
        (void)json_object_set_new(json, zt_network_policy_name(at),
                                  json_boolean(zt_network_policy_is_set(policy, at)));
    if (network->config)
        put_config(json, network->config);
    put_sso(json, network);
    return json;
}

static json_t *list_networks(struct zt_service *service, struct zt_policies *policies)
{
    json_t *list = json_array();
    struct zt_network_status network;
    struct zt_node *node = zt_service_lock(service);

    for (size_t i = 0; node && zt_vl2_network_at(zt_node_vl2(node), i, &network); i++) {
        const struct zt_network_policy policy = zt_policies_of(policies, network.nwid);

        (void)json_array_append_new(list, network_json(&network, &policy));
    }
    zt_service_unlock(service);
    return list;
}

/* NULL: not joined. */
static json_t *one_network(struct zt_service *service, struct zt_policies *policies, zt_nwid nwid)
{
    const struct zt_network_policy policy = zt_policies_of(policies, nwid);
    struct zt_network_status network;
    struct zt_node *node = zt_service_lock(service);
    json_t *json = NULL;

    if (node && zt_vl2_network_status(zt_node_vl2(node), nwid, &network))
        json = network_json(&network, &policy);
    zt_service_unlock(service);
    return json;
}

/* Or, if it is joined, only changes the settings; which come first, so that a network is never in force without
   them. */
static json_t *join(struct zt_service *service, struct zt_policies *policies, zt_nwid nwid,
                    const json_t *body, int *status)
{
    char error[ZT_POLICIES_ERROR];
    json_t *json;

    if (!zt_policies_change(policies, nwid, body, error))
        return zt_api_error(status, 503, error);
    if (zt_service_join(service, nwid) != 0) {
        zt_policies_forget(policies, nwid);
        return zt_api_error(status, 400, "no more networks can be joined");
    }
    json = one_network(service, policies, nwid);
    return json ? json : zt_api_error(status, 503, "the node is not running yet");
}

json_t *zt_api_networks(struct zt_service *service, struct zt_policies *policies,
                        const struct zt_api_call *call, int *status)
{
    bool gets = strcmp(call->method, "GET") == 0;
    json_t *json;
    uint64_t nwid;

    if (!*call->rest)
        return gets ? list_networks(service, policies) : zt_api_no_method(status);
    if (!zt_hex_number(&nwid, call->rest + 1, 16) || nwid == 0)
        return zt_api_error(status, 404, "not a network's id of 16 digits");
    if (strcmp(call->method, "POST") == 0 || strcmp(call->method, "PUT") == 0)
        return join(service, policies, nwid, call->body, status);
    json = one_network(service, policies, nwid);
    if (gets) {
        *status = json ? 200 : 404;
        return json ? json : json_object();
    }
    if (strcmp(call->method, "DELETE") != 0) {
        json_decref(json);
        return zt_api_no_method(status);
    }
    if (!json)
        return json_object();
    json_decref(json);
    (void)zt_service_leave(service, nwid);
    zt_policies_forget(policies, nwid);
    return json_pack("{s:b}", "result", 1);
}
