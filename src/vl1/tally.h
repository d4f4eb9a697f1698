/* SPDX-License-Identifier: Apache-2.0 */
/* What came and went, by verb and by peer: for those who watch. docs/wire.md 20.2 */
#ifndef ZT_VL1_TALLY_H
#define ZT_VL1_TALLY_H

#include "vl1/vl1.h"

struct zt_peer;

/* An authentic packet was judged. */
void zt_tally_in(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_inbound *in,
                 enum zt_drop reason);
/* A packet in clear, uncompressed or not, is about to be armed and sent. */
void zt_tally_out(struct zt_vl1 *vl1, struct zt_peer *peer, const uint8_t *packet, size_t length);
/* A round trip to the peer was measured. */
void zt_tally_latency(struct zt_peer *peer, int64_t round_trip_ms);

#endif
