/* SPDX-License-Identifier: Apache-2.0 */
/* The wire side of a controller: requests go to it as effects, its answers go out signed.
   docs/wire.md 18.1. */
#ifndef ZT_VL2_SERVE_H
#define ZT_VL2_SERVE_H

#include "vl2/state.h"

/* A member asks us for a config. zt_vl2_answer, in the door, is the way back. */
enum zt_drop zt_serve_request(struct zt_vl2 *vl2, struct zt_inbound *in);

#endif
