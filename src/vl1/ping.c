/* SPDX-License-Identifier: Apache-2.0 */
/* Which peers are kept in touch with, how often, and by which packets. */
#include "vl1/ping.h"
#include "vl1/state.h"

#include <assert.h>

#define LOW_BANDWIDTH_FACTOR 5
#define SENT_IPV4 1u
#define SENT_IPV6 2u

static int64_t ping_interval(const struct zt_vl1 *vl1)
{
    return vl1->options.low_bandwidth ? ZT_PING_CHECK_MS * LOW_BANDWIDTH_FACTOR : ZT_PING_CHECK_MS;
}

void zt_ping_soon(struct zt_vl1 *vl1)
{
    vl1->timers.ping_ms = vl1->now.mono_ms;
}

static unsigned family_bit(const struct zt_endpoint *endpoint)
{
    return endpoint->family == ZT_FAMILY_IPV4 ? SENT_IPV4 : SENT_IPV6;
}

static unsigned top_priority(const struct zt_peer *peer)
{
    unsigned top = 0;

    for (size_t i = 0; i < peer->path_count; i++) {
        if (peer->paths[i].priority > top)
            top = peer->paths[i].priority;
    }
    return top;
}

/* A redirect raised some paths above the others: those below are given up. docs/wire.md 6.15. */
static void remove_outranked(struct zt_vl1 *vl1, struct zt_peer *peer)
{
    unsigned top = top_priority(peer);

    for (size_t i = peer->path_count; i-- > 0;) {
        if (peer->paths[i].priority == top)
            continue;
        zt_peer_remove_path(peer, i);
        zt_peer_lost_path(vl1, peer);
    }
}

/* Heartbeats keep NAT mappings open; a full round of HELLOs refreshes versions and surfaces. */
static unsigned send_heartbeats(struct zt_vl1 *vl1, struct zt_peer *peer, bool is_full)
{
    unsigned sent = 0;

    for (size_t i = 0; i < peer->path_count; i++) {
        struct zt_path *path = &peer->paths[i];
        /* We need to hear, not only to speak: else one way traffic would look like a dead path. */
        bool is_quiet = zt_path_needs_heartbeat(path, vl1->now.mono_ms) ||
                        vl1->now.mono_ms - path->heard_ms >= ZT_PATH_HEARTBEAT_MS;

        if (!is_full && !is_quiet)
            continue;
        if (is_full) {
            struct zt_link link = zt_link_from_all(vl1, path->link.socket, &path->link.remote);

            zt_hello_send(vl1, peer, &link);
        } else {
            zt_probe(vl1, peer, &path->link);
        }
        zt_path_sent(path, vl1->now.mono_ms);
        sent |= family_bit(&path->link.remote);
    }
    return sent;
}

static unsigned keep_alive(struct zt_vl1 *vl1, struct zt_peer *peer, bool is_full)
{
    zt_peer_prune(vl1, peer);
    remove_outranked(vl1, peer);
    return send_heartbeats(vl1, peer, is_full);
}

/* Ordinary peers get the full round once a minute. */
static bool is_full_due(struct zt_vl1 *vl1, struct zt_peer *peer)
{
    return zt_interval_passed(&peer->greeted_ms, ZT_FULL_HELLO_MS, vl1->now.mono_ms);
}

/* A HELLO to one random listed endpoint of the family. */
static unsigned greet_at_random(struct zt_vl1 *vl1, struct zt_peer *peer, enum zt_family family)
{
    const struct zt_world *world;
    const struct zt_endpoint *chosen = NULL;
    uint32_t count = 0;

    for (size_t i = 0; (world = zt_roots_world(&vl1->roots, i)) != NULL; i++) {
        const struct zt_root *root = zt_world_root(world, peer->identity.address);

        for (size_t j = 0; root && j < root->endpoint_count; j++) {
            if (root->endpoints[j].family != (uint8_t)family)
                continue;
            if (zt_rng_below(vl1->options.rng, ++count) == 0)
                chosen = &root->endpoints[j];
        }
    }
    if (!chosen)
        return 0;
    struct zt_link link = { .socket = ZT_LINK_ALL_SOCKETS, .remote = *chosen };
    zt_hello_send(vl1, peer, &link);
    return family_bit(chosen);
}

/* Nothing known works: by way of the best upstream, addressed to the peer. */
static void greet_by_relay(struct zt_vl1 *vl1, struct zt_peer *peer)
{
    struct zt_peer *upstream = zt_roots_best(vl1);

    if (!upstream || upstream == peer)
        return;
    struct zt_path *path = zt_peer_best_path(upstream, vl1->now.mono_ms);
    if (path)
        zt_hello_send(vl1, peer, &path->link);
}

/* A root that restarted doesn't know us any more, and only a HELLO changes that: silence of a root
   counts like having no path. */
static bool is_greeting_due(const struct zt_vl1 *vl1, struct zt_peer *peer)
{
    int64_t now_ms = vl1->now.mono_ms;
    int64_t scale = 2;

    if (peer->role != ZT_WORLD_NONE) {
        const struct zt_path *path = zt_peer_best_path(peer, now_ms);
        int64_t patience_ms = ZT_PATH_ALIVE_MS + ping_interval(vl1);

        scale = path && now_ms - path->heard_ms < patience_ms ? 16 : 0;
    }
    return now_ms - peer->greeted_ms > ZT_PATH_HEARTBEAT_MS * scale;
}

static void keep_in_touch(struct zt_vl1 *vl1, zt_address address)
{
    struct zt_peer *peer = zt_topology_find(vl1, address);

    if (!peer) {
        zt_whois_ask(vl1, address);
        return;
    }
    if (!is_greeting_due(vl1, peer)) {
        (void)send_heartbeats(vl1, peer, false);
        return;
    }
    bool is_full = is_full_due(vl1, peer) || peer->role != ZT_WORLD_NONE;
    unsigned sent = keep_alive(vl1, peer, is_full);
    if (!(sent & SENT_IPV4))
        sent |= greet_at_random(vl1, peer, ZT_FAMILY_IPV4);
    if (!(sent & SENT_IPV6))
        sent |= greet_at_random(vl1, peer, ZT_FAMILY_IPV6);
    if (is_full && peer->role != ZT_WORLD_NONE)
        peer->greeted_ms = vl1->now.mono_ms;
    if (sent == 0 && peer->path_count == 0)
        greet_by_relay(vl1, peer);
}

static bool is_kept_in_touch(const struct zt_vl1 *vl1, const struct zt_peer *peer)
{
    zt_address address = peer->identity.address;

    if (peer->role != ZT_WORLD_NONE || zt_roots_is_seed(&vl1->roots, address))
        return true;
    for (size_t i = 0; i < vl1->surroundings.designated_count; i++) {
        if (vl1->surroundings.designated[i] == address)
            return true;
    }
    return false;
}

static void check_set(struct zt_vl1 *vl1)
{
    const struct zt_roots *roots = &vl1->roots;

    for (size_t i = 0; i < roots->upstream_count; i++)
        keep_in_touch(vl1, roots->upstreams[i]);
    for (size_t i = 0; i < roots->seed_count; i++) {
        if (zt_roots_role(roots, roots->seeds[i].address) == ZT_WORLD_NONE)
            keep_in_touch(vl1, roots->seeds[i].address);
    }
    for (size_t i = 0; i < vl1->surroundings.designated_count; i++) {
        zt_address address = vl1->surroundings.designated[i];

        if (address != vl1->self.address && zt_roots_role(roots, address) == ZT_WORLD_NONE)
            keep_in_touch(vl1, address);
    }
}

static void check_active(struct zt_vl1 *vl1)
{
    int64_t now_ms = vl1->now.mono_ms;

    for (struct zt_peer *peer = vl1->topology.peers; peer; peer = peer->hh.next) {
        if (peer->path_count == 0 || now_ms - peer->active_ms >= ZT_PEER_ACTIVITY_MS ||
            is_kept_in_touch(vl1, peer))
            continue;
        (void)keep_alive(vl1, peer, is_full_due(vl1, peer));
    }
}

/* We are somewhere else: active peers must hear from there, or they go on sending to where we were. A
   root stays where it is, and has too many peers. */
static void greet_after_move(struct zt_vl1 *vl1)
{
    int64_t now_ms = vl1->now.mono_ms;

    vl1->surroundings.has_moved = false;
    if (zt_vl1_am_upstream(vl1))
        return;
    for (struct zt_peer *peer = vl1->topology.peers; peer; peer = peer->hh.next) {
        if (now_ms - peer->active_ms >= ZT_PEER_ACTIVITY_MS)
            continue;
        for (size_t i = 0; i < peer->path_count; i++) {
            struct zt_link link =
                zt_link_from_all(vl1, peer->paths[i].link.socket, &peer->paths[i].link.remote);

            zt_hello_send(vl1, peer, &link);
        }
        peer->sought_ms = ZT_NEVER_MS;
        zt_send_seek(vl1, peer->identity.address);
    }
}

static void check_pings(struct zt_vl1 *vl1)
{
    check_set(vl1);
    if (vl1->surroundings.has_moved)
        greet_after_move(vl1);
    check_active(vl1);
    zt_roots_check_online(vl1);
}

static void keep_house(struct zt_vl1 *vl1)
{
    int64_t now_ms = vl1->now.mono_ms;

    zt_topology_sweep(vl1);
    zt_surfaces_expire(&vl1->surfaces, now_ms);
    zt_introductions_expire(vl1);
    zt_trusted_links_expire(vl1);
    zt_proofs_expire(vl1);
    zt_whois_expire(vl1);
    zt_reassembly_tick(&vl1->reassembly, now_ms);
    zt_drafts_expire(&vl1->drafts, now_ms);
}

void zt_timers_run(struct zt_vl1 *vl1)
{
    struct zt_timers *timers = &vl1->timers;
    int64_t now_ms = vl1->now.mono_ms;

    if (now_ms >= timers->ping_ms) {
        timers->ping_ms = now_ms + ping_interval(vl1);
        check_pings(vl1);
    }
    if (now_ms >= timers->retry_ms)
        zt_queue_retry(vl1);
    if (now_ms >= timers->housekeeping_ms) {
        timers->housekeeping_ms = now_ms + ZT_HOUSEKEEPING_MS;
        keep_house(vl1);
    }
}
