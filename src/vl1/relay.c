/* SPDX-License-Identifier: Apache-2.0 */
/* A root's main work: straight to the target if it has a path, else to a better upstream. */
#include "vl1/relay.h"
#include "vl1/state.h"

/* A leaf relays only for those who proved to be fellow members: then it can serve in an emergency
   without serving everybody. */
static bool relays_for(const struct zt_vl1 *vl1, const struct zt_link *from)
{
    return vl1->roots.am_upstream || zt_trusted_links_has(vl1, from);
}

static enum zt_drop forward(struct zt_vl1 *vl1, struct zt_path *path, const uint8_t *bytes,
                            size_t length)
{
    if (!zt_emit(vl1, &path->link, bytes, length, 0))
        return ZT_DROP_NO_ROOM;
    zt_path_sent(path, vl1->now.mono_ms);
    vl1->counters.relayed++;
    return ZT_DROP_NONE;
}

/* Never back to where it came from: two roots that both miss a node would play ping-pong. */
static struct zt_path *path_by_upstream(struct zt_vl1 *vl1, const struct zt_link *from,
                                        zt_address source)
{
    struct zt_peer *upstream = zt_roots_best(vl1);

    if (!upstream || upstream->identity.address == source || zt_peer_path(upstream, from))
        return NULL;
    return zt_peer_any_path(upstream, vl1->now.mono_ms);
}

/* A source address is easily forged. Only a packet that came by a path of its source, or from another
   root that relayed it, makes us introduce the two. */
static bool came_from(const struct zt_vl1 *vl1, struct zt_peer *sender, const struct zt_link *from)
{
    if (zt_peer_path(sender, from))
        return true;
    for (size_t i = 0; i < vl1->roots.upstream_count; i++) {
        struct zt_peer *upstream = zt_topology_find(vl1, vl1->roots.upstreams[i]);

        if (upstream && zt_peer_path(upstream, from))
            return true;
    }
    return false;
}

/* source: 0 for fragments, which don't tell. */
static enum zt_drop route(struct zt_vl1 *vl1, const struct zt_link *from, zt_address source,
                          const uint8_t *bytes, size_t length)
{
    struct zt_peer *target = zt_topology_find(vl1, zt_packet_destination(bytes));
    struct zt_path *path = target ? zt_peer_best_path(target, vl1->now.mono_ms) : NULL;

    if (!path) {
        path = path_by_upstream(vl1, from, source);
        return path ? forward(vl1, path, bytes, length) : ZT_DROP_NO_ROUTE;
    }
    enum zt_drop reason = forward(vl1, path, bytes, length);
    struct zt_peer *sender = source ? zt_topology_find(vl1, source) : NULL;
    if (sender && reason == ZT_DROP_NONE && came_from(vl1, sender, from))
        zt_introduce(vl1, target, sender);
    return reason;
}

enum zt_drop zt_relay_packet(struct zt_vl1 *vl1, const struct zt_link *from, uint8_t *bytes,
                             size_t length)
{
    unsigned hops = zt_packet_hops(bytes);

    if (!relays_for(vl1, from))
        return ZT_DROP_NOT_RELAYING;
    if (hops >= ZT_MAX_HOPS)
        return ZT_DROP_HOP_LIMIT;
    bytes[ZT_AT_FLAGS]++; /* hops are the lowest bits and below their limit */
    return route(vl1, from, zt_packet_source(bytes), bytes, length);
}

enum zt_drop zt_relay_fragment(struct zt_vl1 *vl1, const struct zt_link *from, uint8_t *bytes,
                               size_t length)
{
    unsigned hops = bytes[ZT_FRAGMENT_AT_HOPS];

    if (!relays_for(vl1, from))
        return ZT_DROP_NOT_RELAYING;
    if (hops >= ZT_MAX_HOPS)
        return ZT_DROP_HOP_LIMIT;
    bytes[ZT_FRAGMENT_AT_HOPS] = (uint8_t)(hops + 1);
    return route(vl1, from, 0, bytes, length);
}
