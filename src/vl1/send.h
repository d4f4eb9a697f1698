/* SPDX-License-Identifier: Apache-2.0 */
/* Composing a packet and sending it: over a given link, by the best way, or parked until there
   is one. docs/wire.md 2.4, 3.4, 6.5. */
#ifndef ZT_VL1_SEND_H
#define ZT_VL1_SEND_H

#include "vl1/packet.h"
#include "vl1/peer.h"
#include "vl1/vl1.h"

/* One packet being composed. */
struct zt_draft {
    uint8_t small[ZT_DEFAULT_UDP_PAYLOAD];
    uint8_t
        *large; /* ZT_MAX_PACKET bytes, for the draft that may need them, while it does; owned */
    int64_t used_ms;
    uint8_t *packet; /* one of these */
    struct zt_writer out;
    struct zt_link link; /* for replies */
    bool is_reply;       /* goes over link */
};

/* Questions that VL1 asks on the way must not overwrite what the layer above is composing, so they
   have a draft of their own; they are small. Answers and the layer above share the large one: a
   handler that answers never interrupts a composition. */
struct zt_drafts {
    struct zt_draft question;
    struct zt_draft answer;
};

void zt_drafts_clear(struct zt_drafts *drafts);
/* Frees the large buffer if it was not used lately. */
void zt_drafts_expire(struct zt_drafts *drafts, int64_t now_ms);

#define ZT_SEND_UNPARKED 4u /* drop instead of parking: it is asked again anyway */

/* Without memory for a large packet only a small one fits. */
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
/* Where might it be? Greets endpoints that the user or the cache know, if the peer has no path. */
void zt_send_seek(struct zt_vl1 *vl1, zt_address address);
/* A packet in clear, by the best way. False: there is none yet, and the packet is untouched. */
bool zt_send_try(struct zt_vl1 *vl1, uint8_t *packet, size_t length, unsigned flags,
                 enum zt_drop *result);
/* ECHO, or HELLO where the peer doesn't know ECHO. docs/wire.md 4.24. */
void zt_probe(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_link *link);
/* The link that reaches an endpoint from all our sockets; in low-bandwidth mode only from one. */
struct zt_link zt_link_from_all(const struct zt_vl1 *vl1, uint32_t socket,
                                const struct zt_endpoint *remote);

#endif
