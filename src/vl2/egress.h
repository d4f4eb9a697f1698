/* SPDX-License-Identifier: Apache-2.0 */
/* Where a frame from the host goes. docs/wire.md 15.1. */
#ifndef ZT_VL2_EGRESS_H
#define ZT_VL2_EGRESS_H

#include "vl2/frame.h"

enum zt_drop zt_egress_frame(struct zt_vl2 *vl2, struct zt_network *network,
                             const struct zt_frame *frame);

#endif
