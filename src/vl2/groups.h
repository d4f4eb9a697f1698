/* SPDX-License-Identifier: Apache-2.0 */
/* The multicast groups we listen to on one network: the host's, those that our addresses imply, and
   those of hosts bridged behind us. docs/wire.md 11.4, 16.2. */
#ifndef ZT_VL2_GROUPS_H
#define ZT_VL2_GROUPS_H

#include "base/table.h"
#include "vl2/config.h"

struct zt_bridged_group {
    uint8_t key[10]; /* MAC and ADI: no padding */
    struct zt_group group;
    int64_t seen_ms;
    UT_hash_handle hh;
};

/* Zeroed is empty. */
struct zt_groups {
    struct zt_group *list; /* owned: first those the host asked for, then the implied ones */
    size_t explicit_count, count, capacity;
    struct zt_bridged_group *bridged; /* in order of first sight */
};

void zt_groups_clear(struct zt_groups *groups);
/* True: the host's wish is noted. *is_new: it was not listened to before. False: full or no memory.
   */
bool zt_groups_subscribe(struct zt_groups *groups, const struct zt_group *group, bool *is_new);
/* True if the host had asked for it. What our addresses imply comes back with zt_groups_imply. */
bool zt_groups_unsubscribe(struct zt_groups *groups, const struct zt_group *group);
/* Replaces the implied groups by those of this config; NULL: none. */
void zt_groups_imply(struct zt_groups *groups, const struct zt_config *config);
/* A bridged host sent to the group, which suggests that hosts behind us want it. True: it is new.
   */
bool zt_groups_bridged(struct zt_groups *groups, const struct zt_group *group, int64_t now_ms);
/* Listened to, by us or behind us? */
bool zt_groups_has(const struct zt_groups *groups, const struct zt_group *group);
void zt_groups_clean(struct zt_groups *groups, int64_t now_ms);

#endif
