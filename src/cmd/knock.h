/* SPDX-License-Identifier: Apache-2.0 */
/* What the network says of a way to somewhere: whether it goes out at all, and how much fits through it. */
#ifndef ZT_CMD_KNOCK_H
#define ZT_CMD_KNOCK_H

#include "base/endpoint.h"

#define ZT_MAX_KNOCKS 64
#define ZT_KNOCK_LENGTH 1432 /* bytes: the largest datagram that nodes send, docs/wire.md 4.2 */

struct zt_knock {
    struct zt_endpoint at;
    size_t length; /* of the datagram, 1 to ZT_KNOCK_LENGTH */
    int error; /* errno that the datagram met here or on its way; 0: none, or one that nobody told */
    int room;  /* bytes of a datagram that fit through, as far as known; 0: unknown */
};

/* Sends to each endpoint a datagram that nobody may divide and that says nothing to its receiver, and listens for a
   third of a second. */
void zt_knock(struct zt_knock *knocks, size_t count);

#endif
