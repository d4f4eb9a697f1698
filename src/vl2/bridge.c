/* SPDX-License-Identifier: Apache-2.0 */
/* Learned routes to foreign MACs; they do not age, the oldest gives way. */
#include "vl2/bridge.h"

static void remove_route(struct zt_bridge *bridge, struct zt_bridge_route *route)
{
    HASH_DEL(bridge->routes, route);
    zt_free(route);
}

void zt_bridge_clear(struct zt_bridge *bridge)
{
    struct zt_bridge_route *route, *next;

    HASH_ITER(hh, bridge->routes, route, next)
    remove_route(bridge, route);
}

void zt_bridge_learn(struct zt_bridge *bridge, struct zt_mac mac, zt_address member)
{
    struct zt_bridge_route *route;

    HASH_FIND(hh, bridge->routes, &mac, sizeof mac, route);
    if (route != NULL) {
        route->member = member;
        return;
    }
    route = zt_alloc(sizeof *route);
    if (route == NULL)
        return;
    if (HASH_COUNT(bridge->routes) >= ZT_MAX_BRIDGE_ROUTES)
        remove_route(bridge, bridge->routes);
    route->mac = mac;
    route->member = member;
    HASH_ADD(hh, bridge->routes, mac, sizeof route->mac, route);
    if (route->hh.tbl == NULL)
        zt_free(route);
}

zt_address zt_bridge_route_to(const struct zt_bridge *bridge, struct zt_mac mac)
{
    struct zt_bridge_route *route;

    HASH_FIND(hh, bridge->routes, &mac, sizeof mac, route);
    return route == NULL ? 0 : route->member;
}

size_t zt_bridge_list(const struct zt_config *config, zt_address self, zt_address *out,
                      size_t capacity)
{
    size_t count = 0;

    for (size_t i = 0; i < config->specialist_count && count < capacity; i++) {
        zt_address address = config->specialists[i] & ZT_SPECIALIST_ADDRESS;

        if ((config->specialists[i] & ZT_SPECIALIST_BRIDGE) != 0 && address != self)
            out[count++] = address;
    }
    return count;
}

size_t zt_bridge_targets(const struct zt_bridge *bridge, const struct zt_config *config,
                         zt_address self, struct zt_mac mac, struct zt_rng *rng,
                         zt_address targets[ZT_MAX_BRIDGE_COPIES])
{
    zt_address all[ZT_MAX_SPECIALISTS];
    zt_address known = zt_bridge_route_to(bridge, mac);
    size_t count, taken;

    if (known != 0 && known != self &&
        zt_config_has_specialist(config, known, ZT_SPECIALIST_BRIDGE)) {
        targets[0] = known;
        return 1;
    }
    count = zt_bridge_list(config, self, all, ZT_MAX_SPECIALISTS);
    for (taken = 0; taken < count && taken < ZT_MAX_BRIDGE_COPIES; taken++) {
        size_t pick = taken;

        if (count > ZT_MAX_BRIDGE_COPIES)
            pick += zt_rng_below(rng, (uint32_t)(count - taken));
        targets[taken] = all[pick];
        all[pick] = all[taken];
    }
    return taken;
}
