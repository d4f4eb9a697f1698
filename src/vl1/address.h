/* SPDX-License-Identifier: Apache-2.0 */
/* The 40-bit node address. docs/wire.md 0.3. */
#ifndef ZT_VL1_ADDRESS_H
#define ZT_VL1_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef uint64_t zt_address; /* 0: none */
typedef uint64_t zt_nwid;    /* network id: controller address in the upper 40 bits */

#define ZT_ADDRESS_TEXT 11 /* ten digits and a 0 */
#define ZT_NWID_TEXT 17

/* 0 and anything that begins with ff can't be an address. */
static inline bool zt_address_is_reserved(zt_address address)
{
    return address == 0 || address >> 32 >= 0xff;
}

static inline zt_address zt_nwid_controller(zt_nwid nwid)
{
    return nwid >> 24;
}

#endif
