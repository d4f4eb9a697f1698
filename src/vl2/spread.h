/* SPDX-License-Identifier: Apache-2.0 */
/* Multicast frames that wait for more members of their group, and when groups were gathered last.
   docs/wire.md 16.5. */
#ifndef ZT_VL2_SPREAD_H
#define ZT_VL2_SPREAD_H

#include "base/limits.h"
#include "base/table.h"
#include "vl2/ether.h"

struct zt_queued {
    struct zt_group group;
    struct zt_mac from;
    zt_address origin; /* for whom we replicate; 0: ourselves */
    uint16_t type;
    uint32_t gather;    /* how many more members recipients are asked for */
    size_t sent, limit; /* recipients */
    int64_t started_ms;
    unsigned retries; /* gathers made for it after the first */
    size_t length;
    uint8_t payload[];
};

struct zt_gathering {
    uint8_t key[10]; /* MAC and ADI */
    int64_t gathered_ms;
    UT_hash_handle hh;
};

/* Zeroed is empty. */
struct zt_spread {
    struct zt_queued *queue[ZT_MAX_MULTICAST_QUEUE]; /* owned; the oldest first */
    size_t count;
    struct zt_gathering *gatherings; /* the longest ago first */
};

void zt_spread_clear(struct zt_spread *spread);
/* The newest entry, zeroed but for payload and length; the oldest gives way. NULL when out of
   memory. */
struct zt_queued *zt_spread_push(struct zt_spread *spread, const uint8_t *payload, size_t length);
void zt_spread_remove(struct zt_spread *spread, size_t index);
/* When members of this group were last asked for; ZT_NEVER_MS: never. */
int64_t zt_spread_gathered_ms(const struct zt_spread *spread, const struct zt_group *group);
void zt_spread_gathered(struct zt_spread *spread, const struct zt_group *group, int64_t now_ms);
/* Forgets gathers older than life_ms. */
void zt_spread_clean(struct zt_spread *spread, int64_t life_ms, int64_t now_ms);

#endif
