/* SPDX-License-Identifier: Apache-2.0 */
/* NETWORK_CREDENTIALS: showing ours to other members, and judging theirs. docs/wire.md 13.8 to
   13.10. */
#ifndef ZT_VL2_CREDENTIALS_H
#define ZT_VL2_CREDENTIALS_H

#include "vl2/state.h"

/* Each judges one credential, whoever brought it, and files it under the member it is about.
   DEFERRED: the signer's identity is not known yet and was asked for. from: who brought it, not to
   get it back. */
enum zt_drop zt_credentials_offer_com(struct zt_vl2 *vl2, const struct zt_com *com);
/* A certificate inside another packet, which may come at any rate: new ones are limited by sender. */
enum zt_drop zt_credentials_offer_inline(struct zt_vl2 *vl2, const struct zt_com *com,
                                         zt_address from);
enum zt_drop zt_credentials_offer_revocation(struct zt_vl2 *vl2,
                                             const struct zt_revocation *revocation,
                                             zt_address from);
enum zt_drop zt_credentials_receive(struct zt_vl2 *vl2, struct zt_inbound *in);

/* Sending, in credentials_send.c. */
/* Before a frame to the member: shows it all our credentials if it has not got the current ones. */
void zt_credentials_push_if_due(struct zt_vl2 *vl2, struct zt_network *network,
                                struct zt_member *member);
/* ERROR 6: this node wants to see our certificate. body follows the code. */
enum zt_drop zt_credentials_demanded(struct zt_vl2 *vl2, struct zt_inbound *in,
                                     struct zt_reader *body);
/* A revocation alone. */
void zt_credentials_send_revocation(struct zt_vl2 *vl2, zt_address to,
                                    const struct zt_revocation *revocation);

#endif
