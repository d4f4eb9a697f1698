/* SPDX-License-Identifier: Apache-2.0 */
/* The worlds we follow and the set of upstreams that results. docs/wire.md 5.3 to 5.5. */
#ifndef ZT_VL1_ROOTS_H
#define ZT_VL1_ROOTS_H

#include "vl1/vl1.h"

struct zt_peer;

#define ZT_MAX_UPSTREAMS ((ZT_MAX_MOONS + 1) * ZT_MAX_ROOTS)

/* A moon wanted but not held yet, and one of its roots that will have it. */
struct zt_seed {
    uint64_t moon;
    zt_address address;
};

struct zt_roots {
    struct zt_world planet; /* type NONE: none yet */
    size_t moon_count;
    struct zt_world *moons[ZT_MAX_MOONS]; /* owned */
    size_t seed_count;
    struct zt_seed seeds[ZT_MAX_MOONS];
    size_t upstream_count; /* derived from the worlds, as is am_upstream */
    zt_address upstreams[ZT_MAX_UPSTREAMS];
    bool am_upstream;
    zt_address best; /* remembered for a tenth of a second */
    int64_t best_ms;
    bool is_online;
};

void zt_roots_clear(struct zt_roots *roots);
/* Judges a world. from: the peer that sent it, 0 for the user or the disk. */
enum zt_drop zt_roots_offer(struct zt_vl1 *vl1, const struct zt_world *next, zt_address from);
bool zt_roots_is_seed(const struct zt_roots *roots, zt_address address);
/* Of which kind of world it is a root. */
enum zt_world_type zt_roots_role(const struct zt_roots *roots, zt_address address);
/* Roots are pinned to the IPs that the worlds list for them. */
bool zt_roots_may_be_at(const struct zt_roots *roots, const struct zt_peer *root,
                        const struct zt_endpoint *endpoint);
const struct zt_world *zt_roots_moon(const struct zt_roots *roots, uint64_t id); /* or NULL */
/* The upstream to ask and to relay by, or NULL. docs/wire.md 5.5. */
struct zt_peer *zt_roots_best(struct zt_vl1 *vl1);
/* Worlds in order: planet, then moons. NULL past the end. */
const struct zt_world *zt_roots_world(const struct zt_roots *roots, size_t index);
/* Are we online? Says so by an event when it changes. docs/wire.md 6.12. */
void zt_roots_check_online(struct zt_vl1 *vl1);

#endif
