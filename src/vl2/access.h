/* SPDX-License-Identifier: Apache-2.0 */
/* Access to a network: who may send frames, likes and gathers. docs/wire.md 13.11. */
#ifndef ZT_VL2_ACCESS_H
#define ZT_VL2_ACCESS_H

#include "vl2/state.h"

/* Is the gate open for this sender? If so our groups are announced to it when that is due. */
bool zt_access_admits(struct zt_vl2 *vl2, struct zt_network *network,
                      const struct zt_identity *sender);
/* The gate was closed for a frame: asks the sender for its certificate, at most once a second, and
   has the packet wait for it. */
enum zt_drop zt_access_refuse(struct zt_vl2 *vl2, struct zt_network *network,
                              struct zt_inbound *in);
/* May this sender keep likes here and gather: admitted, or we serve everyone as a root, or our
   controller knows it? docs/wire.md 16.2. network: NULL if not joined. */
bool zt_access_serves(struct zt_vl2 *vl2, struct zt_network *network, zt_nwid nwid,
                      const struct zt_identity *sender);

#endif
