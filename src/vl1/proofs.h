/* SPDX-License-Identifier: Apache-2.0 */
/* HELLOs of strangers whose identities are being proved elsewhere, since a proof is slow.
   docs/wire.md 1.3, 6.13. */
#ifndef ZT_VL1_PROOFS_H
#define ZT_VL1_PROOFS_H

#include "vl1/vl1.h"

struct zt_proof {
    uint64_t ticket;
    struct zt_identity identity;
    struct zt_session_key key; /* agreed already, to check the HELLO */
    struct zt_link link;
    int64_t since_ms;
    size_t length;
    uint8_t packet[]; /* the HELLO */
};

struct zt_proofs {
    uint64_t last_ticket;
    size_t count;
    struct zt_proof **pending; /* oldest first; owned, with what it lists; NULL before the first */
};

/* Keeps the HELLO and asks for the proof. ZT_DROP_DEFERRED, or why not. */
enum zt_drop zt_proofs_begin(struct zt_vl1 *vl1, const struct zt_identity *identity,
                             const struct zt_session_key *key, const struct zt_link *link,
                             const uint8_t *packet, size_t length);
/* Gives up those whose answer never came. */
void zt_proofs_expire(struct zt_vl1 *vl1);
void zt_proofs_clear(struct zt_proofs *proofs);

#endif
