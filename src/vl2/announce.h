/* SPDX-License-Identifier: Apache-2.0 */
/* MULTICAST_LIKE: telling others which groups we listen to, and hearing it from them. docs/wire.md
   16.2. */
#ifndef ZT_VL2_ANNOUNCE_H
#define ZT_VL2_ANNOUNCE_H

#include "vl2/state.h"

#define ZT_ANNOUNCE_INTERVAL_MS 60000

/* Sends all groups of the network to one node. */
void zt_announce_to(struct zt_vl2 *vl2, struct zt_network *network, zt_address address);
/* Sends all groups to everyone concerned; members at most every 60 s. */
void zt_announce_all(struct zt_vl2 *vl2, struct zt_network *network);
/* Sends one new group to everyone concerned, at once. */
void zt_announce_group(struct zt_vl2 *vl2, struct zt_network *network,
                       const struct zt_group *group);
enum zt_drop zt_like_receive(struct zt_vl2 *vl2, struct zt_inbound *in);

#endif
