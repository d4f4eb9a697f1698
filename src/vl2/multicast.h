/* SPDX-License-Identifier: Apache-2.0 */
/* Sending to a multicast group, and finding out who belongs to it. docs/wire.md 16. */
#ifndef ZT_VL2_MULTICAST_H
#define ZT_VL2_MULTICAST_H

#include "vl2/frame.h"

#define ZT_MULTICAST_CERTIFICATE 0x01
#define ZT_MULTICAST_GATHER 0x02
#define ZT_MULTICAST_SOURCE 0x04
#define ZT_MULTICAST_REPLICATE 0x08

/* Sends a frame that passed the first filter to all members of the group, now or as they become
   known. origin: the member for whom we replicate; 0: it is ours. */
enum zt_drop zt_multicast_send(struct zt_vl2 *vl2, struct zt_network *network,
                               const struct zt_frame *frame, const struct zt_group *group,
                               zt_address origin);
/* A node wants the group: remembered, and sent what waits for members of it. */
void zt_multicast_heard(struct zt_vl2 *vl2, zt_nwid nwid, const struct zt_group *group,
                        zt_address address);
/* Timers of waiting frames: each repeats its gather while nobody is known, and expires after 5 s.
   */
void zt_multicast_tick(struct zt_vl2 *vl2, struct zt_network *network);
int64_t zt_multicast_due_ms(const struct zt_network *network);
void zt_multicast_clean(struct zt_vl2 *vl2, struct zt_network *network);

/* MULTICAST_GATHER, in gather.c. */
void zt_gather_send(struct zt_vl2 *vl2, struct zt_network *network, const struct zt_group *group,
                    uint32_t wanted);
/* Writes total, count and addresses of the group for an asker. */
void zt_gather_write(struct zt_vl2 *vl2, const struct zt_network *network, zt_nwid nwid,
                     const struct zt_group *group, zt_address asker, uint32_t wanted,
                     struct zt_writer *out);
/* Would zt_gather_write have anybody to list? */
bool zt_gather_has(const struct zt_vl2 *vl2, const struct zt_network *network, zt_nwid nwid,
                   const struct zt_group *group, zt_address asker);
/* Reads total, count and addresses, and remembers them. */
enum zt_drop zt_gather_read(struct zt_vl2 *vl2, zt_nwid nwid, const struct zt_group *group,
                            struct zt_reader *in);
enum zt_drop zt_gather_receive(struct zt_vl2 *vl2, struct zt_inbound *in);
enum zt_drop zt_gather_ok_receive(struct zt_vl2 *vl2, struct zt_inbound *in);

/* MULTICAST_FRAME from others, in multicast_receive.c. */
enum zt_drop zt_multicast_receive(struct zt_vl2 *vl2, struct zt_inbound *in);
enum zt_drop zt_multicast_ok_receive(struct zt_vl2 *vl2, struct zt_inbound *in);
/* ERROR 8: the sender does not want the group. body follows the code. */
enum zt_drop zt_multicast_unwanted(struct zt_vl2 *vl2, struct zt_inbound *in,
                                   struct zt_reader *body);

#endif
