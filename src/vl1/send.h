/* SPDX-License-Identifier: Apache-2.0 */
/* Composing a packet and sending it: over a given link, by the best way, or parked until there
   is one. docs/wire.md 2.4, 3.4, 6.5. */
#ifndef ZT_VL1_SEND_H
#define ZT_VL1_SEND_H

#include "vl1/packet.h"
#include "vl1/peer.h"
#include "vl1/vl1.h"

/* One packet being composed. VL1 and the layer above have one each, so that a question VL1 asks on
   the way doesn't overwrite what the layer above is composing. */
struct zt_draft {
    uint8_t packet[ZT_MAX_PACKET];
    struct zt_writer out;
    struct zt_link link; /* for replies */
    bool is_reply;       /* goes over link */
};

#define ZT_SEND_UNPARKED 4u /* drop instead of parking: it is asked again anyway */

struct zt_writer *zt_draft_start(struct zt_vl1 *vl1, struct zt_draft *draft, zt_address destination,
                                 enum zt_verb verb);
/* Starts OK or ERROR, with verb and id of what it answers written. */
struct zt_writer *zt_draft_reply(struct zt_vl1 *vl1, struct zt_draft *draft, zt_address destination,
                                 const struct zt_link *link, enum zt_verb reply,
                                 enum zt_verb asked_verb, uint64_t asked_id);
/* Sends replies over their link, others by the best way. */
enum zt_drop zt_draft_send(struct zt_vl1 *vl1, struct zt_draft *draft, unsigned flags);
/* Sends over a given link with a given suite, whatever the peer's best way is. */
enum zt_drop zt_draft_send_over(struct zt_vl1 *vl1, struct zt_draft *draft, struct zt_peer *peer,
                                const struct zt_link *link, enum zt_cipher cipher, unsigned flags);
/* A packet in clear, by the best way. False: there is none yet, and the packet is untouched. */
bool zt_send_try(struct zt_vl1 *vl1, uint8_t *packet, size_t length, unsigned flags,
                 enum zt_drop *result);
/* ECHO, or HELLO where the peer doesn't know ECHO. docs/wire.md 4.24. */
void zt_probe(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_link *link);
/* The link that reaches an endpoint from all our sockets; in low-bandwidth mode only from one. */
struct zt_link zt_link_from_all(const struct zt_vl1 *vl1, uint32_t socket,
                                const struct zt_endpoint *remote);

#endif
