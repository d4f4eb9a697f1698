/* SPDX-License-Identifier: Apache-2.0 */
/* Local endpoints, overlay subnets, physical networks and hints; the path check. */
#include "vl1/surroundings.h"
#include "vl1/state.h"

#include <string.h>

void zt_surroundings_clear(struct zt_surroundings *surroundings)
{
    zt_free(surroundings->local);
    zt_free(surroundings->overlay);
    zt_free(surroundings->physical);
    zt_free(surroundings->hints);
    zt_free(surroundings->designated);
    *surroundings = (struct zt_surroundings){ 0 };
}

/* The list that takes the place of former, which is freed. NULL, and nothing is freed, when out of
   memory. */
static void *replace(void *former, const void *items, size_t count, size_t size)
{
    void *list = zt_alloc(count > 0 ? count * size : size);

    if (!list)
        return NULL;
    if (count > 0)
        memcpy(list, items, count * size);
    zt_free(former);
    return list;
}

const struct zt_physical *zt_surroundings_physical(const struct zt_surroundings *surroundings,
                                                   const struct zt_endpoint *endpoint)
{
    const struct zt_physical *found = NULL;

    for (size_t i = 0; i < surroundings->physical_count; i++) {
        const struct zt_physical *entry = &surroundings->physical[i];

        if (zt_endpoint_in(&entry->network, endpoint) &&
            (!found || entry->network.port > found->network.port))
            found = entry;
    }
    return found;
}

uint16_t zt_surroundings_mtu(const struct zt_surroundings *surroundings,
                             const struct zt_endpoint *endpoint)
{
    const struct zt_physical *entry = zt_surroundings_physical(surroundings, endpoint);

    if (!entry || entry->mtu == 0)
        return ZT_DEFAULT_UDP_PAYLOAD;
    if (entry->mtu < ZT_MIN_UDP_PAYLOAD)
        return ZT_MIN_UDP_PAYLOAD;
    return entry->mtu > ZT_MAX_UDP_PAYLOAD ? ZT_MAX_UDP_PAYLOAD : entry->mtu;
}

uint64_t zt_surroundings_trusted_path(const struct zt_surroundings *surroundings,
                                      const struct zt_endpoint *endpoint)
{
    const struct zt_physical *entry = zt_surroundings_physical(surroundings, endpoint);

    return entry ? entry->trusted_path_id : 0;
}

bool zt_surroundings_trusts(const struct zt_surroundings *surroundings, uint64_t trusted_path_id,
                            const struct zt_endpoint *endpoint)
{
    if (trusted_path_id == 0)
        return false;
    for (size_t i = 0; i < surroundings->physical_count; i++) {
        const struct zt_physical *entry = &surroundings->physical[i];

        if (entry->trusted_path_id == trusted_path_id && zt_endpoint_in(&entry->network, endpoint))
            return true;
    }
    return false;
}

const struct zt_endpoint *zt_surroundings_next_hint(struct zt_surroundings *surroundings,
                                                    zt_address peer)
{
    for (size_t tried = 0; tried < surroundings->hint_count; tried++) {
        const struct zt_hint *hint =
            &surroundings->hints[surroundings->hint_next++ % surroundings->hint_count];

        if (hint->peer == peer)
            return &hint->endpoint;
    }
    return NULL;
}

static bool is_in_overlay(const struct zt_surroundings *surroundings,
                          const struct zt_endpoint *endpoint)
{
    for (size_t i = 0; i < surroundings->overlay_count; i++) {
        if (zt_endpoint_in(&surroundings->overlay[i], endpoint))
            return true;
    }
    return false;
}

static bool is_blacklisted(const struct zt_surroundings *surroundings,
                           const struct zt_endpoint *endpoint)
{
    for (size_t i = 0; i < surroundings->physical_count; i++) {
        const struct zt_physical *entry = &surroundings->physical[i];

        if (entry->blacklist && zt_endpoint_in(&entry->network, endpoint))
            return true;
    }
    return false;
}

bool zt_path_allowed(const struct zt_vl1 *vl1, const struct zt_peer *peer,
                     const struct zt_endpoint *endpoint)
{
    const struct zt_surroundings *surroundings = &vl1->surroundings;

    if (endpoint->port == 0 || !zt_endpoint_usable(endpoint, vl1->options.allow_loopback))
        return false;
    if (peer->role != ZT_WORLD_NONE && !zt_roots_may_be_at(&vl1->roots, peer, endpoint))
        return false;
    return !is_in_overlay(surroundings, endpoint) && !is_blacklisted(surroundings, endpoint);
}

void zt_vl1_set_local_endpoints(struct zt_vl1 *vl1, const struct zt_endpoint *endpoints,
                                size_t count)
{
    struct zt_surroundings *surroundings = &vl1->surroundings;
    struct zt_endpoint usable[ZT_MAX_LOCAL_ENDPOINTS];
    size_t usable_count = 0;

    for (size_t i = 0; i < count && usable_count < ZT_MAX_LOCAL_ENDPOINTS; i++) {
        if (zt_endpoint_usable(&endpoints[i], vl1->options.allow_loopback))
            usable[usable_count++] = endpoints[i];
    }
    if (usable_count == surroundings->local_count &&
        (usable_count == 0 ||
         memcmp(usable, surroundings->local, usable_count * sizeof *usable) == 0))
        return;
    struct zt_endpoint *list = replace(surroundings->local, usable, usable_count, sizeof *list);
    if (!list)
        return;
    surroundings->local = list;
    surroundings->local_count = usable_count;
    surroundings->has_moved = true;
    zt_ping_soon(vl1);
}

void zt_vl1_set_overlay(struct zt_vl1 *vl1, const struct zt_endpoint *subnets, size_t count)
{
    struct zt_surroundings *surroundings = &vl1->surroundings;

    if (count > ZT_MAX_OVERLAY_SUBNETS)
        count = ZT_MAX_OVERLAY_SUBNETS;
    struct zt_endpoint *list = replace(surroundings->overlay, subnets, count, sizeof *list);
    if (!list)
        return;
    surroundings->overlay = list;
    surroundings->overlay_count = count;
}

static void refresh_paths(struct zt_vl1 *vl1)
{
    for (struct zt_peer *peer = vl1->topology.peers; peer; peer = peer->hh.next) {
        for (size_t i = 0; i < peer->path_count; i++) {
            struct zt_path *path = &peer->paths[i];

            path->mtu = zt_surroundings_mtu(&vl1->surroundings, &path->link.remote);
            path->trusted_path_id =
                zt_surroundings_trusted_path(&vl1->surroundings, &path->link.remote);
        }
    }
}

void zt_vl1_set_physical(struct zt_vl1 *vl1, const struct zt_physical *entries, size_t count)
{
    struct zt_surroundings *surroundings = &vl1->surroundings;

    if (count > ZT_MAX_TRUSTED_PATHS)
        count = ZT_MAX_TRUSTED_PATHS;
    struct zt_physical *list = replace(surroundings->physical, entries, count, sizeof *list);
    if (!list)
        return;
    surroundings->physical = list;
    surroundings->physical_count = count;
    refresh_paths(vl1);
}

bool zt_vl1_add_hint(struct zt_vl1 *vl1, zt_address peer, const struct zt_endpoint *endpoint)
{
    struct zt_surroundings *surroundings = &vl1->surroundings;
    size_t count = surroundings->hint_count;

    if (count == ZT_MAX_HINTS)
        return false;
    struct zt_hint *list = zt_alloc((count + 1) * sizeof *list);
    if (!list)
        return false;
    if (count > 0)
        memcpy(list, surroundings->hints, count * sizeof *list);
    list[count] = (struct zt_hint){ peer, *endpoint };
    zt_free(surroundings->hints);
    surroundings->hints = list;
    surroundings->hint_count = count + 1;
    return true;
}

void zt_vl1_set_designated(struct zt_vl1 *vl1, const zt_address *addresses, size_t count)
{
    struct zt_surroundings *surroundings = &vl1->surroundings;

    if (count > ZT_MAX_DESIGNATED)
        count = ZT_MAX_DESIGNATED;
    zt_address *list = replace(surroundings->designated, addresses, count, sizeof *list);
    if (!list)
        return;
    surroundings->designated = list;
    surroundings->designated_count = count;
}
