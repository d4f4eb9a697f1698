/* SPDX-License-Identifier: Apache-2.0 */
/* Putting a config dictionary together from its chunks. docs/wire.md 12.3. */
#ifndef ZT_VL2_UPDATES_H
#define ZT_VL2_UPDATES_H

#include "base/limits.h"
#include "vl1/drop.h"
#include "vl2/config.h"

struct zt_update {
    uint64_t id; /* 0: slot is free */
    uint32_t total, have;
    uint8_t *text; /* owned; NULL once complete */
    struct zt_range {
        uint32_t offset, length;
    } * ranges; /* owned: what is there, ZT_MAX_CONFIG_CHUNKS of them */
    size_t range_count;
    uint64_t used; /* order of use; the least gives way */
};

/* Zeroed is empty. */
struct zt_updates {
    struct zt_update slots[ZT_MAX_CONFIG_UPDATES];
    uint64_t uses;
};

void zt_updates_clear(struct zt_updates *updates);
/* Could this chunk be added? Changes nothing; asked before its signature is checked. */
enum zt_drop zt_updates_judge(const struct zt_updates *updates, const struct zt_chunk *chunk);
/* Adds a chunk whose signature is good. *complete: the update if this was its last missing chunk,
   to be given to zt_updates_finish after use, else NULL. */
enum zt_drop zt_updates_add(struct zt_updates *updates, const struct zt_chunk *chunk,
                            struct zt_update **complete);
/* Frees the text; what was received is remembered so that copies are known as such. */
void zt_updates_finish(struct zt_update *update);

#endif
