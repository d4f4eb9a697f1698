/* SPDX-License-Identifier: Apache-2.0 */
/* An invitation: a network and the planet by which it is reached, as one word to hand on. */
#ifndef ZT_CMD_INVITE_H
#define ZT_CMD_INVITE_H

#include "base/bytes.h"
#include "base/limits.h"
#include "vl1/address.h"

#include <stddef.h>

/* "zt1-" and the base64url form of network id and planet. */
#define ZT_INVITE_TEXT (4 + (8 + ZT_MAX_WORLD + 2) / 3 * 4 + 1)

struct zt_invite {
    uint64_t nwid;
    size_t planet_length;
    uint8_t planet[ZT_MAX_WORLD];
};

void zt_invite_write(char out[ZT_INVITE_TEXT], const struct zt_invite *invite);
/* False: not an invitation, or its planet is none. */
ZT_MUST_USE bool zt_invite_read(struct zt_invite *invite, const char *text);

#endif
