/* SPDX-License-Identifier: Apache-2.0 */
/* How often each peer may hand us credentials. docs/wire.md 13.9. */
#ifndef ZT_VL2_SENDERS_H
#define ZT_VL2_SENDERS_H

#include "base/rate.h"
#include "base/table.h"
#include "vl1/address.h"

struct zt_sender {
    zt_address address;
    int64_t credentials_ms;     /* last packet with more than revocations */
    struct zt_rate revocations; /* packets with nothing else */
    struct zt_rate claims;      /* signatures outside of such packets */
    UT_hash_handle hh;
};

/* In order of first appearance. Zeroed is empty. */
struct zt_senders {
    struct zt_sender *table;
};

void zt_senders_clear(struct zt_senders *senders);
/* May the peer's packet be looked at now? Each kind has its own limit, since a flooded revocation
   must not be lost to a credential push of the same second. */
bool zt_senders_allow(struct zt_senders *senders, zt_address address, bool only_revocations,
                      int64_t now_ms);
/* May a signature be checked that the peer says is a controller's: a certificate inside a frame, a
   piece of a configuration? Checking costs us far more than claiming costs the peer. */
bool zt_senders_may_claim(struct zt_senders *senders, zt_address address, int64_t now_ms);
/* Forgets those whose limits are full again. */
void zt_senders_clean(struct zt_senders *senders, int64_t now_ms);

#endif
