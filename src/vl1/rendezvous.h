/* SPDX-License-Identifier: Apache-2.0 */
/* Which pairs of peers were introduced to each other lately. docs/wire.md 5.7. */
#ifndef ZT_VL1_RENDEZVOUS_H
#define ZT_VL1_RENDEZVOUS_H

#include "base/table.h"
#include "vl1/vl1.h"

struct zt_peer;

struct zt_introduction {
    UT_hash_handle hh;
    zt_address pair[2]; /* the smaller first */
    int64_t at_ms;
};

struct zt_introductions {
    struct zt_introduction *pairs; /* hash table, the oldest first; owned */
};

/* Tells two peers where the other is, at most once in 30 s. */
void zt_introduce(struct zt_vl1 *vl1, struct zt_peer *a, struct zt_peer *b);
void zt_introductions_expire(struct zt_vl1 *vl1);
void zt_introductions_clear(struct zt_introductions *introductions);

#endif
