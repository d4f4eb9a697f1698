/* SPDX-License-Identifier: Apache-2.0 */
/* Peers come, fall silent and are forgotten; their paths are gained and lost. */
#include "vl1/topology.h"
#include "crypto/wipe.h"
#include "vl1/state.h"

#include <assert.h>
#include <utlist.h>

#define LIST_GRAIN_MS 1000 /* how exact the order of silence is */
#define KEYS_IDLE_MS 60000
#define FEW_PATHLESS (ZT_MAX_PEERS / 16)

struct zt_peer *zt_topology_find(const struct zt_vl1 *vl1, zt_address address)
{
    struct zt_peer *peer = vl1->topology.last;

    if (peer && peer->identity.address == address)
        return peer;
    HASH_FIND(hh, vl1->topology.peers, &address, sizeof address, peer);
    return peer;
}

static void enlist(struct zt_topology *topology, struct zt_peer *peer)
{
    topology->pathless += !peer->is_direct;
    DL_APPEND(topology->silent[peer->is_direct], peer);
}

static void delist(struct zt_topology *topology, struct zt_peer *peer)
{
    topology->pathless -= !peer->is_direct;
    DL_DELETE(topology->silent[peer->is_direct], peer);
}

static void drop_peer(struct zt_vl1 *vl1, struct zt_peer *peer)
{
    struct zt_topology *topology = &vl1->topology;

    HASH_DEL(topology->peers, peer);
    if (topology->last == peer)
        topology->last = NULL;
    delist(topology, peer);
    zt_peer_free(peer);
}

/* The first of a list that is no root, or NULL. */
static struct zt_peer *longest_silent(const struct zt_roots *roots, struct zt_peer *list)
{
    struct zt_peer *peer;

    DL_FOREACH(list, peer)
    {
        zt_address address = peer->identity.address;

        if (zt_roots_role(roots, address) == ZT_WORLD_NONE && !zt_roots_is_seed(roots, address))
            return peer;
    }
    return NULL;
}

static void make_room(struct zt_vl1 *vl1)
{
    struct zt_topology *topology = &vl1->topology;
    bool spares_pathless = topology->pathless < FEW_PATHLESS;

    if (HASH_COUNT(topology->peers) < ZT_MAX_PEERS)
        return;
    struct zt_peer *victim = longest_silent(&vl1->roots, topology->silent[spares_pathless]);
    if (!victim)
        victim = longest_silent(&vl1->roots, topology->silent[!spares_pathless]);
    assert(victim); /* roots are far fewer than peers */
    zt_cache_save(vl1, victim);
    drop_peer(vl1, victim);
}

static struct zt_peer *insert(struct zt_vl1 *vl1, const struct zt_identity *identity,
                              const struct zt_session_key *key)
{
    struct zt_topology *topology = &vl1->topology;
    struct zt_peer *peer = zt_peer_new(identity, key, vl1->now.mono_ms);

    if (!peer)
        return NULL;
    HASH_ADD(hh, topology->peers, identity.address, sizeof peer->identity.address, peer);
    if (!peer->hh.tbl) {
        zt_peer_free(peer);
        return NULL;
    }
    enlist(topology, peer);
    peer->role = zt_roots_role(&vl1->roots, identity->address);
    zt_event(vl1, ZT_EVENT_PEER_RELAY, identity->address);
    zt_queue_wake(vl1);
    return peer;
}

struct zt_peer *zt_topology_add(struct zt_vl1 *vl1, const struct zt_identity *identity,
                                const struct zt_session_key *key)
{
    struct zt_session_key agreed;

    assert(!zt_topology_find(vl1, identity->address));
    assert(identity->address != vl1->self.address);

    if (!key && !zt_identity_agree(&agreed, &vl1->self, identity))
        return NULL;
    make_room(vl1);
    struct zt_peer *peer = insert(vl1, identity, key ? key : &agreed);
    if (!key)
        zt_wipe(&agreed, sizeof agreed);
    return peer;
}

void zt_topology_heard(struct zt_vl1 *vl1, struct zt_peer *peer)
{
    struct zt_topology *topology = &vl1->topology;
    int64_t now_ms = vl1->now.mono_ms;

    peer->heard_ms = now_ms;
    topology->last = peer;
    if (!zt_interval_passed(&peer->listed_ms, LIST_GRAIN_MS, now_ms))
        return;
    delist(topology, peer);
    enlist(topology, peer);
}

void zt_topology_sweep(struct zt_vl1 *vl1)
{
    int64_t now_ms = vl1->now.mono_ms;
    struct zt_peer *peer;
    struct zt_peer *next;

    HASH_ITER(hh, vl1->topology.peers, peer, next)
    {
        zt_peer_prune(vl1, peer);
        if (!zt_peer_is_alive(peer, now_ms) && peer->role == ZT_WORLD_NONE) {
            zt_cache_save(vl1, peer);
            drop_peer(vl1, peer);
            continue;
        }
        /* Scheduled keys take kilobytes, and a root has many idle peers. */
        if (peer->siv && now_ms - peer->heard_ms >= KEYS_IDLE_MS) {
            zt_gmac_siv_free(peer->siv);
            peer->siv = NULL;
        }
    }
}

void zt_topology_clear(struct zt_topology *topology)
{
    struct zt_peer *peer;
    struct zt_peer *next;

    HASH_ITER(hh, topology->peers, peer, next)
    {
        HASH_DEL(topology->peers, peer);
        zt_peer_free(peer);
    }
    *topology = (struct zt_topology){ 0 };
}

/* Says what changed, if anything did, since the last event about this peer. */
static void tell_reach(struct zt_vl1 *vl1, struct zt_peer *peer)
{
    bool is_direct = peer->path_count > 0;

    if (is_direct == peer->is_direct)
        return;
    delist(&vl1->topology, peer);
    peer->is_direct = is_direct;
    enlist(&vl1->topology, peer);
    zt_event(vl1, is_direct ? ZT_EVENT_PEER_DIRECT : ZT_EVENT_PEER_RELAY, peer->identity.address);
}

void zt_peer_gained_path(struct zt_vl1 *vl1, struct zt_peer *peer)
{
    zt_event(vl1, ZT_EVENT_PATH_NEW, peer->identity.address);
    tell_reach(vl1, peer);
    zt_peer_forget_cached(peer);
    zt_queue_wake(vl1);
}

void zt_peer_lost_path(struct zt_vl1 *vl1, struct zt_peer *peer)
{
    zt_event(vl1, ZT_EVENT_PATH_DEAD, peer->identity.address);
    tell_reach(vl1, peer);
}

void zt_peer_remember(struct zt_peer *peer, const struct zt_endpoint *endpoint)
{
    struct zt_endpoint *cached = zt_alloc(ZT_MAX_REMEMBERED * sizeof *cached);
    size_t count = 1;

    if (!cached)
        return;
    cached[0] = *endpoint;
    for (size_t i = 0; i < peer->cached_count && count < ZT_MAX_REMEMBERED; i++) {
        if (!zt_endpoint_equal(&peer->cached[i], endpoint))
            cached[count++] = peer->cached[i];
    }
    zt_peer_forget_cached(peer);
    peer->cached = cached;
    peer->cached_count = count;
}

void zt_peer_prune(struct zt_vl1 *vl1, struct zt_peer *peer)
{
    for (size_t i = peer->path_count; i-- > 0;) {
        if (!zt_path_is_expired(&peer->paths[i], vl1->now.mono_ms))
            continue;
        if (peer->path_count == 1)
            zt_peer_remember(peer, &peer->paths[i].link.remote);
        zt_peer_remove_path(peer, i);
        zt_peer_lost_path(vl1, peer);
    }
}
