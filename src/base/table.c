/* SPDX-License-Identifier: Apache-2.0 */
/* The keyed hash of all tables: SipHash with one round a word and three at the end. */
#include "base/table.h"

static struct {
    uint64_t low;
    uint64_t high;
} table_key;

/* Words and not an array, so that they stay in registers: tables are asked several times a packet. */
struct state {
    uint64_t v0, v1, v2, v3;
};

/* Little-endian, as SipHash is defined; written out, the compiler makes one load of it. */
static inline uint64_t load_word(const uint8_t *from)
{
    return (uint64_t)from[0] | (uint64_t)from[1] << 8 | (uint64_t)from[2] << 16 |
           (uint64_t)from[3] << 24 | (uint64_t)from[4] << 32 | (uint64_t)from[5] << 40 |
           (uint64_t)from[6] << 48 | (uint64_t)from[7] << 56;
}

static inline uint64_t rotate(uint64_t word, unsigned count)
{
    return word << count | word >> (64 - count);
}

static inline struct state mix(struct state s)
{
    s.v0 += s.v1;
    s.v2 += s.v3;
    s.v1 = rotate(s.v1, 13) ^ s.v0;
    s.v3 = rotate(s.v3, 16) ^ s.v2;
    s.v0 = rotate(s.v0, 32);
    s.v2 += s.v1;
    s.v0 += s.v3;
    s.v1 = rotate(s.v1, 17) ^ s.v2;
    s.v3 = rotate(s.v3, 21) ^ s.v0;
    s.v2 = rotate(s.v2, 32);
    return s;
}

static inline struct state absorb(struct state s, uint64_t word)
{
    s.v3 ^= word;
    s = mix(s);
    s.v0 ^= word;
    return s;
}

/* The last bytes, fewer than eight, and the length modulo 256 at the top. */
static inline uint64_t last_word(const uint8_t *tail, size_t length)
{
    uint64_t word = (uint64_t)length << 56;

    for (unsigned i = 0; i < length % 8; i++)
        word |= (uint64_t)tail[i] << (8 * i);
    return word;
}

void zt_table_seed(const uint8_t key[16])
{
    table_key.low = load_word(key);
    table_key.high = load_word(key + 8);
}

uint32_t zt_table_hash(const void *key, size_t length)
{
    const uint8_t *at = key;
    const uint8_t *tail = at + (length - length % 8);
    struct state s = { table_key.low ^ UINT64_C(0x736f6d6570736575),
                       table_key.high ^ UINT64_C(0x646f72616e646f6d),
                       table_key.low ^ UINT64_C(0x6c7967656e657261),
                       table_key.high ^ UINT64_C(0x7465646279746573) };

    for (; at != tail; at += 8)
        s = absorb(s, load_word(at));
    s = absorb(s, last_word(tail, length));
    s.v2 ^= 0xff;
    s = mix(mix(mix(s)));

    uint64_t hash = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;

    return (uint32_t)(hash ^ hash >> 32);
}
