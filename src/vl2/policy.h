/* SPDX-License-Identifier: Apache-2.0 */
/* Applying a network's rules to one frame, and sending the copies that they ask for. docs/wire.md
   14.8. */
#ifndef ZT_VL2_POLICY_H
#define ZT_VL2_POLICY_H

#include "vl2/frame.h"

/* May a frame of ours go to this member (0: not known)? member: its record, NULL if there is none.
   no_tee: copies were sent before. NONE, FILTERED or REDIRECTED. */
enum zt_drop zt_policy_outbound(struct zt_vl2 *vl2, const struct zt_network *network,
                                const struct zt_frame *frame, zt_address to,
                                const struct zt_member *member, bool no_tee);
/* May a frame that this member sent come in? *super: whatever its MACs. */
enum zt_drop zt_policy_inbound(struct zt_vl2 *vl2, const struct zt_network *network,
                               const struct zt_frame *frame, zt_address sender, bool *super);

#endif
