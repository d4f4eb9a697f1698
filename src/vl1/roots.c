/* SPDX-License-Identifier: Apache-2.0 */
/* Accepting planets and moons, orbiting, and the choice of the best upstream. */
#include "vl1/roots.h"
#include "vl1/state.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define BEST_LIFE_MS 100
#define SILENCE_STEP_MS 61000
#define QUALITY_DEAD UINT64_C(4294967295)

void zt_roots_clear(struct zt_roots *roots)
{
    for (size_t i = 0; i < roots->moon_count; i++)
        zt_free(roots->moons[i]);
    roots->moon_count = 0;
}

const struct zt_world *zt_roots_world(const struct zt_roots *roots, size_t index)
{
    bool has_planet = roots->planet.type != ZT_WORLD_NONE;

    if (has_planet && index == 0)
        return &roots->planet;
    index -= has_planet;
    return index < roots->moon_count ? roots->moons[index] : NULL;
}

const struct zt_world *zt_roots_moon(const struct zt_roots *roots, uint64_t id)
{
    for (size_t i = 0; i < roots->moon_count; i++) {
        if (roots->moons[i]->id == id)
            return roots->moons[i];
    }
    return NULL;
}

bool zt_roots_is_seed(const struct zt_roots *roots, zt_address address)
{
    for (size_t i = 0; i < roots->seed_count; i++) {
        if (roots->seeds[i].address == address)
            return true;
    }
    return false;
}

enum zt_world_type zt_roots_role(const struct zt_roots *roots, zt_address address)
{
    const struct zt_world *world;

    for (size_t i = 0; (world = zt_roots_world(roots, i)) != NULL; i++) {
        if (zt_world_root(world, address))
            return world->type;
    }
    return ZT_WORLD_NONE;
}

static bool lists_ip(const struct zt_root *root, const struct zt_endpoint *endpoint)
{
    for (size_t i = 0; i < root->endpoint_count; i++) {
        if (zt_endpoint_same_ip(&root->endpoints[i], endpoint))
            return true;
    }
    return root->endpoint_count == 0;
}

bool zt_roots_may_be_at(const struct zt_roots *roots, const struct zt_peer *peer,
                        const struct zt_endpoint *endpoint)
{
    const struct zt_world *world;

    for (size_t i = 0; (world = zt_roots_world(roots, i)) != NULL; i++) {
        const struct zt_root *root = zt_world_root(world, peer->identity.address);

        if (root && lists_ip(root, endpoint))
            return true;
    }
    return false;
}

static bool is_listed(const struct zt_roots *roots, zt_address address)
{
    for (size_t i = 0; i < roots->upstream_count; i++) {
        if (roots->upstreams[i] == address)
            return true;
    }
    return false;
}

static void add_root(struct zt_vl1 *vl1, const struct zt_root *root)
{
    struct zt_roots *roots = &vl1->roots;
    zt_address address = root->identity.address;

    if (address == vl1->self.address) {
        roots->am_upstream |= zt_identity_equal(&root->identity, &vl1->self);
        return;
    }
    if (is_listed(roots, address))
        return;
    assert(roots->upstream_count < ZT_MAX_UPSTREAMS);
    roots->upstreams[roots->upstream_count++] = address;
    /* The world's signature vouches for the identity; out of memory is retried by WHOIS. */
    if (!zt_topology_find(vl1, address))
        (void)zt_topology_add(vl1, &root->identity, NULL);
}

static void recompute(struct zt_vl1 *vl1)
{
    struct zt_roots *roots = &vl1->roots;
    const struct zt_world *world;

    roots->upstream_count = 0;
    roots->am_upstream = false;
    roots->best_ms = ZT_NEVER_MS;
    for (size_t i = 0; (world = zt_roots_world(roots, i)) != NULL; i++) {
        for (size_t j = 0; j < world->root_count; j++)
            add_root(vl1, &world->roots[j]);
    }
    for (struct zt_peer *peer = vl1->topology.peers; peer; peer = peer->hh.next)
        peer->role = zt_roots_role(roots, peer->identity.address);
    zt_roots_check_online(vl1);
    zt_ping_soon(vl1);
}

static void save_world(struct zt_vl1 *vl1, const struct zt_world *world)
{
    uint8_t *bytes = zt_alloc(ZT_MAX_WORLD);

    if (!bytes)
        return;
    struct zt_writer out = zt_writer_of(bytes, ZT_MAX_WORLD);
    zt_world_write(world, &out);
    if (!out.failed)
        zt_save(vl1, world->type == ZT_WORLD_PLANET ? ZT_OBJECT_PLANET : ZT_OBJECT_MOON,
                world->type == ZT_WORLD_PLANET ? 0 : world->id, bytes, zt_writer_length(&out));
    zt_free(bytes);
}

static enum zt_drop judge_update(const struct zt_world *held, const struct zt_world *next)
{
    if (next->type != held->type || next->id != held->id)
        return ZT_DROP_FOREIGN;
    if (next->updated_ms <= held->updated_ms)
        return ZT_DROP_STALE;
    return zt_world_may_replace(held, next) ? ZT_DROP_NONE : ZT_DROP_FORGED;
}

/* The first planet is taken on trust, but only from the user or the disk. */
static enum zt_drop offer_planet(struct zt_vl1 *vl1, const struct zt_world *next, zt_address from)
{
    struct zt_world *held = &vl1->roots.planet;

    if (held->type == ZT_WORLD_NONE && from != 0)
        return ZT_DROP_FOREIGN;
    if (held->type != ZT_WORLD_NONE) {
        enum zt_drop judgement = judge_update(held, next);
        if (judgement != ZT_DROP_NONE)
            return judgement;
    }
    *held = *next;
    return ZT_DROP_NONE;
}

static void remove_seeds(struct zt_roots *roots, uint64_t moon)
{
    size_t kept = 0;

    for (size_t i = 0; i < roots->seed_count; i++) {
        if (roots->seeds[i].moon != moon)
            roots->seeds[kept++] = roots->seeds[i];
    }
    roots->seed_count = kept;
}

/* A new moon from the network must be one we asked this seed for, and the seed one of its roots. */
static bool is_wanted(const struct zt_roots *roots, const struct zt_world *next, zt_address from)
{
    if (from == 0)
        return true;
    for (size_t i = 0; i < roots->seed_count; i++) {
        if (roots->seeds[i].moon == next->id && roots->seeds[i].address == from &&
            zt_world_root(next, from))
            return true;
    }
    return false;
}

static enum zt_drop offer_moon(struct zt_vl1 *vl1, const struct zt_world *next, zt_address from)
{
    struct zt_roots *roots = &vl1->roots;

    for (size_t i = 0; i < roots->moon_count; i++) {
        if (roots->moons[i]->id != next->id)
            continue;
        enum zt_drop judgement = judge_update(roots->moons[i], next);
        if (judgement == ZT_DROP_NONE)
            *roots->moons[i] = *next;
        return judgement;
    }
    if (!is_wanted(roots, next, from))
        return ZT_DROP_FOREIGN;
    if (roots->moon_count == ZT_MAX_MOONS)
        return ZT_DROP_NO_ROOM;
    struct zt_world *moon = zt_alloc(sizeof *moon);
    if (!moon)
        return ZT_DROP_NO_MEMORY;

    *moon = *next;
    roots->moons[roots->moon_count++] = moon;
    remove_seeds(roots, next->id);
    zt_log_info(vl1->options.log, "vl1", "moon %016" PRIx64 " taken on first sight, from %s",
                next->id, from ? "its seed" : "the user");
    return ZT_DROP_NONE;
}

enum zt_drop zt_roots_offer(struct zt_vl1 *vl1, const struct zt_world *next, zt_address from)
{
    enum zt_drop judgement = ZT_DROP_MALFORMED;

    if (next->type == ZT_WORLD_PLANET)
        judgement = offer_planet(vl1, next, from);
    if (next->type == ZT_WORLD_MOON)
        judgement = offer_moon(vl1, next, from);
    if (judgement != ZT_DROP_NONE)
        return judgement;
    save_world(vl1, next);
    recompute(vl1);
    return ZT_DROP_NONE;
}

enum zt_drop zt_vl1_offer_world(struct zt_vl1 *vl1, struct zt_instant now, const uint8_t *bytes,
                                size_t length)
{
    struct zt_reader in = zt_reader_of(bytes, length);
    struct zt_world world;

    zt_vl1_enter(vl1, now);
    if (!zt_world_read(&world, &in))
        return ZT_DROP_MALFORMED;
    return zt_roots_offer(vl1, &world, 0);
}

bool zt_vl1_orbit(struct zt_vl1 *vl1, struct zt_instant now, uint64_t moon, zt_address seed)
{
    struct zt_roots *roots = &vl1->roots;

    zt_vl1_enter(vl1, now);
    if (zt_roots_moon(roots, moon))
        return true;
    if (zt_address_is_reserved(seed) || seed == vl1->self.address)
        return false;
    remove_seeds(roots, moon);
    if (roots->seed_count == ZT_MAX_MOONS)
        return false;
    roots->seeds[roots->seed_count++] = (struct zt_seed){ moon, seed };
    struct zt_peer *peer = zt_topology_find(vl1, seed);
    if (peer) /* only a HELLO asks for moons, and one that we are in touch with gets the next in minutes */
        peer->greeted_ms = ZT_NEVER_MS;
    zt_ping_soon(vl1);
    return true;
}

bool zt_vl1_deorbit(struct zt_vl1 *vl1, struct zt_instant now, uint64_t moon)
{
    struct zt_roots *roots = &vl1->roots;
    size_t seeds_before = roots->seed_count;

    zt_vl1_enter(vl1, now);
    remove_seeds(roots, moon);
    for (size_t i = 0; i < roots->moon_count; i++) {
        if (roots->moons[i]->id != moon)
            continue;
        zt_free(roots->moons[i]);
        roots->moon_count--;
        memmove(&roots->moons[i], &roots->moons[i + 1],
                (roots->moon_count - i) * sizeof *roots->moons);
        zt_save(vl1, ZT_OBJECT_MOON, moon, NULL, 0);
        recompute(vl1);
        return true;
    }
    return roots->seed_count < seeds_before;
}

static uint64_t upstream_quality(struct zt_peer *peer, int64_t now_ms)
{
    const struct zt_path *path = zt_peer_best_path(peer, now_ms);
    uint64_t latency = ZT_LATENCY_WORST;

    if (now_ms - peer->heard_ms >= ZT_PEER_ACTIVITY_MS)
        return QUALITY_DEAD;
    if (path && path->latency_ms > 0)
        latency = (uint64_t)path->latency_ms;
    return latency * (uint64_t)((now_ms - peer->heard_ms) / SILENCE_STEP_MS + 1);
}

static zt_address find_best(struct zt_vl1 *vl1)
{
    const struct zt_roots *roots = &vl1->roots;
    zt_address best = 0;
    uint64_t least = UINT64_MAX;

    for (size_t i = 0; i < roots->upstream_count; i++) {
        struct zt_peer *peer = zt_topology_find(vl1, roots->upstreams[i]);

        if (!peer)
            continue;
        uint64_t quality = upstream_quality(peer, vl1->now.mono_ms);
        if (quality > least || (quality == least && roots->upstreams[i] < best))
            continue;
        least = quality;
        best = roots->upstreams[i];
    }
    return best;
}

struct zt_peer *zt_roots_best(struct zt_vl1 *vl1)
{
    struct zt_roots *roots = &vl1->roots;

    if (vl1->now.mono_ms - roots->best_ms >= BEST_LIFE_MS) {
        roots->best = find_best(vl1);
        roots->best_ms = vl1->now.mono_ms;
    }
    return zt_topology_find(vl1, roots->best);
}

static bool is_recent(const struct zt_vl1 *vl1, zt_address address)
{
    const struct zt_peer *peer = zt_topology_find(vl1, address);

    return peer && vl1->now.mono_ms - peer->heard_ms < ZT_PEER_ACTIVITY_MS;
}

static bool hears_upstream(const struct zt_vl1 *vl1)
{
    const struct zt_roots *roots = &vl1->roots;

    for (size_t i = 0; i < roots->upstream_count; i++) {
        if (is_recent(vl1, roots->upstreams[i]))
            return true;
    }
    for (size_t i = 0; i < roots->seed_count; i++) {
        if (is_recent(vl1, roots->seeds[i].address))
            return true;
    }
    return false;
}

void zt_roots_check_online(struct zt_vl1 *vl1)
{
    bool is_online = vl1->roots.am_upstream || hears_upstream(vl1);

    if (is_online == vl1->roots.is_online)
        return;
    vl1->roots.is_online = is_online;
    zt_event(vl1, is_online ? ZT_EVENT_ONLINE : ZT_EVENT_OFFLINE, 0);
}
