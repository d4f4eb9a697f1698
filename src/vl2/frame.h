/* SPDX-License-Identifier: Apache-2.0 */
/* FRAME and EXT_FRAME: Ethernet frames to and from one other member. docs/wire.md 15. */
#ifndef ZT_VL2_FRAME_H
#define ZT_VL2_FRAME_H

#include "vl2/state.h"

/* A frame taken apart; payload borrowed. */
struct zt_frame {
    struct zt_mac to, from;
    uint16_t type;
    const uint8_t *payload;
    size_t length;
};

/* Hands a frame to the host. NO_ROOM: the effect ring is full. */
enum zt_drop zt_frame_deliver(struct zt_vl2 *vl2, const struct zt_network *network,
                              const struct zt_frame *frame);
/* Hands over an accepted frame; a dropped one only for those who asked for drops to be reported. Counts it.
   Returns the judgement. */
enum zt_drop zt_frame_finish(struct zt_vl2 *vl2, struct zt_network *network,
                             const struct zt_frame *frame, enum zt_drop judgement);
/* As FRAME, whose MACs follow from sender and receiver. */
enum zt_drop zt_frame_send(struct zt_vl2 *vl2, const struct zt_network *network,
                           const struct zt_frame *frame, zt_address to);
/* As EXT_FRAME with the first `length` bytes of the payload. */
enum zt_drop zt_frame_send_extended(struct zt_vl2 *vl2, const struct zt_network *network,
                                    const struct zt_frame *frame, size_t length, zt_address to,
                                    uint8_t flags, unsigned send_flags);
/* After the filter: may the frame be handed over with these MACs? Learns routes to bridged hosts.
   */
enum zt_drop zt_frame_judge_macs(struct zt_network *network, const struct zt_frame *frame,
                                 zt_address sender);
enum zt_drop zt_frame_receive(struct zt_vl2 *vl2, struct zt_inbound *in);
enum zt_drop zt_ext_frame_receive(struct zt_vl2 *vl2, struct zt_inbound *in);

#endif
