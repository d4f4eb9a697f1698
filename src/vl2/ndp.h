/* SPDX-License-Identifier: Apache-2.0 */
/* Address resolution without flooding: ARP requests get a group of their own, and solicitations for
   automatic addresses are answered on the spot. docs/wire.md 11.5. */
#ifndef ZT_VL2_NDP_H
#define ZT_VL2_NDP_H

#include "vl2/frame.h"

#define ZT_NDP_ADVERTISEMENT 72

/* Is this an IPv4 ARP request? Then *group becomes that of its target. */
bool zt_arp_group(const struct zt_frame *frame, struct zt_group *group);
/* Is this a solicitation for another member's automatic address, and do we emulate those? Then
   *answer is the advertisement that the host gets instead, its payload in bytes. */
bool zt_ndp_answer(const struct zt_network *network, zt_address self, const struct zt_frame *frame,
                   uint8_t bytes[ZT_NDP_ADVERTISEMENT], struct zt_frame *answer);

#endif
