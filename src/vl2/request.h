/* SPDX-License-Identifier: Apache-2.0 */
/* A member asks its controller for a configuration and takes what comes back. docs/wire.md 12.1 to
   12.3. */
#ifndef ZT_VL2_REQUEST_H
#define ZT_VL2_REQUEST_H

#include "vl2/state.h"

/* Asks now, or when a second has passed since the last time; sets when to ask next. */
void zt_request_send(struct zt_vl2 *vl2, struct zt_network *network);
/* A dictionary came whole, from whomever: installs it. *parsed: it is one. */
enum zt_drop zt_request_answered(struct zt_vl2 *vl2, struct zt_network *network,
                                 const uint8_t *text, size_t length, bool *parsed);
/* The controller said no. info: the dictionary of AUTHENTICATION_REQUIRED; length 0: none. */
void zt_request_refused(struct zt_vl2 *vl2, struct zt_network *network, uint8_t code,
                        const uint8_t *info, size_t length);
enum zt_drop zt_request_ok_receive(struct zt_vl2 *vl2, struct zt_inbound *in);
enum zt_drop zt_request_push_receive(struct zt_vl2 *vl2, struct zt_inbound *in);
enum zt_drop zt_request_error_receive(struct zt_vl2 *vl2, struct zt_inbound *in, uint8_t code,
                                      struct zt_reader *body);

#endif
