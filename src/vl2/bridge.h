/* SPDX-License-Identifier: Apache-2.0 */
/* Behind which member a foreign MAC lives, and which bridges get a frame for an unknown one.
   docs/wire.md 11.8. */
#ifndef ZT_VL2_BRIDGE_H
#define ZT_VL2_BRIDGE_H

#include "base/table.h"
#include "crypto/rng.h"
#include "vl2/config.h"

struct zt_bridge_route {
    struct zt_mac mac;
    zt_address member;
    UT_hash_handle hh;
};

/* In order of learning. Zeroed is empty. */
struct zt_bridge {
    struct zt_bridge_route *routes;
};

void zt_bridge_clear(struct zt_bridge *bridge);
/* A frame from this MAC came by this member. */
void zt_bridge_learn(struct zt_bridge *bridge, struct zt_mac mac, zt_address member);
zt_address zt_bridge_route_to(const struct zt_bridge *bridge, struct zt_mac mac); /* 0: unknown */
/* The members that have to get a frame for this MAC: its bridge if known and still one, else the
   active bridges, a random choice if there are too many. Never self. Returns how many. */
size_t zt_bridge_targets(const struct zt_bridge *bridge, const struct zt_config *config,
                         zt_address self, struct zt_mac mac, struct zt_rng *rng,
                         zt_address targets[ZT_MAX_BRIDGE_COPIES]);
/* Active bridges other than self, in the config's order; at most capacity. */
size_t zt_bridge_list(const struct zt_config *config, zt_address self, zt_address *out,
                      size_t capacity);

#endif
