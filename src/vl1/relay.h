/* SPDX-License-Identifier: Apache-2.0 */
/* Forwarding packets between others, unread. docs/wire.md 5.6. */
#ifndef ZT_VL1_RELAY_H
#define ZT_VL1_RELAY_H

#include "vl1/vl1.h"

/* Forwards a head; raises its hop count in place. */
enum zt_drop zt_relay_packet(struct zt_vl1 *vl1, const struct zt_link *from, uint8_t *bytes,
                             size_t length);
enum zt_drop zt_relay_fragment(struct zt_vl1 *vl1, const struct zt_link *from, uint8_t *bytes,
                               size_t length);

#endif
