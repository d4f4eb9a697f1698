/* SPDX-License-Identifier: Apache-2.0 */
/* The keyed hash of all tables: SipHash with one round a word and three at the end. */
#include "base/table.h"

static struct {
    uint64_t low;
    uint64_t high;
} table_key;

/* Little-endian, as SipHash is defined; the compiler makes one load of it. */
static uint64_t load_word(const uint8_t *from)
{
    uint64_t word = 0;

    for (unsigned i = 0; i < 8; i++)
        word |= (uint64_t)from[i] << (8 * i);
    return word;
}

static uint64_t rotate(uint64_t word, unsigned count)
{
    return word << count | word >> (64 - count);
}

static void mix(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static void absorb(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    mix(v);
    v[0] ^= word;
}

/* The last bytes, fewer than eight, and the length modulo 256 at the top. */
static uint64_t last_word(const uint8_t *tail, size_t length)
{
    uint8_t word[8] = { 0 };

    for (size_t i = 0; i < length % 8; i++)
        word[i] = tail[i];
    word[7] = (uint8_t)length;
    return load_word(word);
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
    uint64_t v[4] = { table_key.low ^ UINT64_C(0x736f6d6570736575),
                      table_key.high ^ UINT64_C(0x646f72616e646f6d),
                      table_key.low ^ UINT64_C(0x6c7967656e657261),
                      table_key.high ^ UINT64_C(0x7465646279746573) };

    for (; at != tail; at += 8)
        absorb(v, load_word(at));
    absorb(v, last_word(tail, length));
    v[2] ^= 0xff;
    for (unsigned i = 0; i < 3; i++)
        mix(v);

    uint64_t hash = v[0] ^ v[1] ^ v[2] ^ v[3];

    return (uint32_t)(hash ^ hash >> 32);
}
