/* SPDX-License-Identifier: Apache-2.0 */
/* What an authenticated packet proves: that its sender lives, that it is trusted, that a link
   works. docs/wire.md 6.2, 6.3. */
#ifndef ZT_VL1_LEARN_H
#define ZT_VL1_LEARN_H

#include "base/table.h"
#include "vl1/peer.h"
#include "vl1/vl1.h"

struct zt_trusted_link {
    UT_hash_handle hh;
    struct zt_link link;
    int64_t trusted_ms;
};

/* Links by which a packet came that proved a relationship: whoever uses them may relay by us. */
struct zt_trusted_links {
    struct zt_trusted_link *links; /* hash table, the longest unproved first; owned */
};

/* Run for every authenticated packet that its handler did not drop. */
void zt_learn(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_inbound *in);
/* A peer told at which endpoint it sees us. */
void zt_learn_surface(struct zt_vl1 *vl1, const struct zt_peer *peer, const struct zt_link *link,
                      const struct zt_endpoint *mine);

bool zt_trusted_links_has(const struct zt_vl1 *vl1, const struct zt_link *link);
void zt_trusted_links_expire(struct zt_vl1 *vl1);
void zt_trusted_links_clear(struct zt_trusted_links *trusted);

#endif
