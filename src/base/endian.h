/* SPDX-License-Identifier: Apache-2.0 */
/* Big-endian loads and stores at any alignment. Here in full, as the data path and proofs of work do little
   else: each becomes one instruction. */
#ifndef ZT_BASE_ENDIAN_H
#define ZT_BASE_ENDIAN_H

#include <assert.h>
#include <stdint.h>

static inline uint16_t zt_load_u16(const uint8_t *from)
{
    return (uint16_t)(from[0] << 8 | from[1]);
}

static inline uint32_t zt_load_u32(const uint8_t *from)
{
    return (uint32_t)zt_load_u16(from) << 16 | zt_load_u16(from + 2);
}

static inline uint64_t zt_load_u40(const uint8_t *from)
{
    return (uint64_t)from[0] << 32 | zt_load_u32(from + 1);
}

static inline uint64_t zt_load_u64(const uint8_t *from)
{
    return (uint64_t)zt_load_u32(from) << 32 | zt_load_u32(from + 4);
}

static inline void zt_store_u16(uint8_t *to, uint16_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static inline void zt_store_u32(uint8_t *to, uint32_t value)
{
    zt_store_u16(to, (uint16_t)(value >> 16));
    zt_store_u16(to + 2, (uint16_t)value);
}

static inline void zt_store_u40(uint8_t *to, uint64_t value)
{
    assert(value >> 40 == 0);

    to[0] = (uint8_t)(value >> 32);
    zt_store_u32(to + 1, (uint32_t)value);
}

static inline void zt_store_u64(uint8_t *to, uint64_t value)
{
    zt_store_u32(to, (uint32_t)(value >> 32));
    zt_store_u32(to + 4, (uint32_t)value);
}

#endif
