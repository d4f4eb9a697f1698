/* SPDX-License-Identifier: Apache-2.0 */
/* Read-only answers about peers, paths and roots, for the layers above. */
#include "vl1/state.h"

#include <assert.h>

const struct zt_identity *zt_vl1_self(const struct zt_vl1 *vl1)
{
    return &vl1->self;
}

const struct zt_identity *zt_vl1_identity_of(struct zt_vl1 *vl1, zt_address address)
{
    const struct zt_peer *peer = zt_topology_find(vl1, address);

    if (address == vl1->self.address)
        return &vl1->self;
    return peer ? &peer->identity : NULL;
}

bool zt_vl1_is_upstream(const struct zt_vl1 *vl1, zt_address address)
{
    for (size_t i = 0; i < vl1->roots.upstream_count; i++) {
        if (vl1->roots.upstreams[i] == address)
            return true;
    }
    return false;
}

bool zt_vl1_am_upstream(const struct zt_vl1 *vl1)
{
    return vl1->roots.am_upstream;
}

bool zt_vl1_is_online(const struct zt_vl1 *vl1)
{
    return vl1->roots.is_online;
}

size_t zt_vl1_upstreams(const struct zt_vl1 *vl1, zt_address *out, size_t capacity)
{
    size_t count = 0;

    while (count < vl1->roots.upstream_count && count < capacity) {
        out[count] = vl1->roots.upstreams[count];
        count++;
    }
    return count;
}

zt_address zt_vl1_best_upstream(struct zt_vl1 *vl1)
{
    const struct zt_peer *peer = zt_roots_best(vl1);

    return peer ? peer->identity.address : 0;
}

int zt_vl1_latency(struct zt_vl1 *vl1, zt_address address)
{
    struct zt_peer *peer = zt_topology_find(vl1, address);
    const struct zt_path *path = peer ? zt_peer_best_path(peer, vl1->now.mono_ms) : NULL;

    return path ? path->latency_ms : ZT_LATENCY_UNKNOWN;
}

const struct zt_counters *zt_vl1_counters(const struct zt_vl1 *vl1)
{
    return &vl1->counters;
}

void zt_vl1_count(struct zt_vl1 *vl1, enum zt_drop reason)
{
    assert((unsigned)reason < ZT_DROP_COUNT);
    vl1->counters.drops[reason]++;
    if (reason != ZT_DROP_NONE)
        zt_log_trace(vl1->options.log, "vl1", "dropped: %s", zt_drop_text(reason));
}

static struct zt_path_status path_status(const struct zt_path *path, int64_t now_ms)
{
    return (struct zt_path_status){ .link = path->link,
                                    .sent_ms = path->sent_ms,
                                    .heard_ms = path->heard_ms,
                                    .latency_ms = path->latency_ms,
                                    .trusted_path_id = path->trusted_path_id,
                                    .alive = zt_path_is_alive(path, now_ms),
                                    .expired = zt_path_is_expired(path, now_ms) };
}

/* The best path is found anew: asking for a status must not change what is remembered. */
static void fill_paths(const struct zt_vl1 *vl1, const struct zt_peer *peer,
                       struct zt_peer_status *status)
{
    int64_t now_ms = vl1->now.mono_ms;
    int64_t least = INT64_MAX;
    struct zt_path_status *best = NULL;

    status->path_count = peer->path_count;
    status->latency_ms = ZT_LATENCY_UNKNOWN;
    for (size_t i = 0; i < peer->path_count; i++) {
        status->paths[i] = path_status(&peer->paths[i], now_ms);
        int64_t quality = zt_path_quality(&peer->paths[i], now_ms);
        if (status->paths[i].expired || quality > least)
            continue;
        least = quality;
        best = &status->paths[i];
    }
    if (!best)
        return;
    best->preferred = true;
    status->latency_ms = best->latency_ms;
}

static void fill_status(const struct zt_vl1 *vl1, const struct zt_peer *peer,
                        struct zt_peer_status *status)
{
    *status = (struct zt_peer_status){ .address = peer->identity.address,
                                       .identity = peer->identity,
                                       .protocol = peer->protocol,
                                       .major = peer->major,
                                       .minor = peer->minor,
                                       .revision = peer->revision,
                                       .role = peer->role,
                                       .cipher = zt_peer_cipher(peer),
                                       .tally = peer->tally };
    fill_paths(vl1, peer, status);
}

size_t zt_vl1_peer_count(const struct zt_vl1 *vl1)
{
    return HASH_COUNT(vl1->topology.peers);
}

bool zt_vl1_peer_at(const struct zt_vl1 *vl1, size_t index, struct zt_peer_status *status)
{
    const struct zt_peer *peer = vl1->topology.peers;

    while (peer && index > 0) {
        peer = peer->hh.next;
        index--;
    }
    if (!peer)
        return false;
    fill_status(vl1, peer, status);
    return true;
}

bool zt_vl1_peer_after(const struct zt_vl1 *vl1, zt_address address, struct zt_peer_status *status)
{
    const struct zt_peer *before = address ? zt_topology_find(vl1, address) : NULL;
    const struct zt_peer *peer = before ? before->hh.next : vl1->topology.peers;

    if (!peer || (address && !before))
        return false;
    fill_status(vl1, peer, status);
    return true;
}

bool zt_vl1_peer_status(const struct zt_vl1 *vl1, zt_address address, struct zt_peer_status *status)
{
    const struct zt_peer *peer = zt_topology_find(vl1, address);

    if (!peer)
        return false;
    fill_status(vl1, peer, status);
    return true;
}

const struct zt_world *zt_vl1_planet(const struct zt_vl1 *vl1)
{
    return &vl1->roots.planet;
}

const struct zt_world *zt_vl1_moon_at(const struct zt_vl1 *vl1, size_t index)
{
    return index < vl1->roots.moon_count ? vl1->roots.moons[index] : NULL;
}

uint64_t zt_vl1_awaited_moon_at(const struct zt_vl1 *vl1, size_t index)
{
    return index < vl1->roots.seed_count ? vl1->roots.seeds[index].moon : 0;
}

size_t zt_vl1_surfaces(const struct zt_vl1 *vl1, struct zt_endpoint *out, size_t capacity)
{
    return zt_surfaces_list(&vl1->surfaces, out, capacity);
}
