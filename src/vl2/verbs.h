/* SPDX-License-Identifier: Apache-2.0 */
/* Which packet goes to which handler. */
#ifndef ZT_VL2_VERBS_H
#define ZT_VL2_VERBS_H

#include "vl2/state.h"

/* Judges one packet from VL1, as the door promises in zt_vl2_packet. */
enum zt_drop zt_vl2_dispatch(struct zt_vl2 *vl2, struct zt_inbound *in);

#endif
