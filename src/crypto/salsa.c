/* SPDX-License-Identifier: Apache-2.0 */
/* Salsa20 with 12 or 20 rounds, portable; whole blocks go to the vector units first. */
#include "crypto/salsa.h"
#include "crypto/wipe.h"

#include <assert.h>
#include <string.h>

enum { BLOCK = 64, COUNTER_LOW = 8, COUNTER_HIGH = 9 };

static uint32_t load_word(const uint8_t *from)
{
    return (uint32_t)from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 |
           (uint32_t)from[3] << 24;
}

static void store_word(uint8_t *to, uint32_t word)
{
    to[0] = (uint8_t)word;
    to[1] = (uint8_t)(word >> 8);
    to[2] = (uint8_t)(word >> 16);
    to[3] = (uint8_t)(word >> 24);
}

void zt_salsa_init(struct zt_salsa *salsa, const uint8_t key[32], const uint8_t nonce[8],
                   int rounds)
{
    assert(rounds == 12 || rounds == 20);

    /* "expand 32-byte k" down the diagonal */
    salsa->state[0] = 0x61707865;
    salsa->state[5] = 0x3320646e;
    salsa->state[10] = 0x79622d32;
    salsa->state[15] = 0x6b206574;
    for (unsigned i = 0; i < 4; i++) {
        salsa->state[1 + i] = load_word(key + 4 * i);
        salsa->state[11 + i] = load_word(key + 16 + 4 * i);
    }
    salsa->state[6] = load_word(nonce);
    salsa->state[7] = load_word(nonce + 4);
    salsa->state[COUNTER_LOW] = 0;
    salsa->state[COUNTER_HIGH] = 0;
    salsa->rounds = rounds;
}

void zt_salsa_wipe(struct zt_salsa *salsa)
{
    zt_wipe(salsa, sizeof *salsa);
}

static uint32_t rotate(uint32_t word, int count)
{
    return word << count | word >> (32 - count);
}

static inline void mix(uint32_t x[16], unsigned a, unsigned b, unsigned c, unsigned d)
{
    x[b] ^= rotate(x[a] + x[d], 7);
    x[c] ^= rotate(x[b] + x[a], 9);
    x[d] ^= rotate(x[c] + x[b], 13);
    x[a] ^= rotate(x[d] + x[c], 18);
}

/* Only constant indices, so that compilers keep x in registers. */
static void make_block(struct zt_salsa *salsa, uint8_t out[BLOCK])
{
    const uint32_t *s = salsa->state;
    uint32_t x[16] = { s[0], s[1], s[2],  s[3],  s[4],  s[5],  s[6],  s[7],
                       s[8], s[9], s[10], s[11], s[12], s[13], s[14], s[15] };

    for (int i = 0; i < salsa->rounds; i += 2) {
        mix(x, 0, 4, 8, 12); /* columns */
        mix(x, 5, 9, 13, 1);
        mix(x, 10, 14, 2, 6);
        mix(x, 15, 3, 7, 11);
        mix(x, 0, 1, 2, 3); /* rows */
        mix(x, 5, 6, 7, 4);
        mix(x, 10, 11, 8, 9);
        mix(x, 15, 12, 13, 14);
    }
    store_word(out + 0, x[0] + s[0]);
    store_word(out + 4, x[1] + s[1]);
    store_word(out + 8, x[2] + s[2]);
    store_word(out + 12, x[3] + s[3]);
    store_word(out + 16, x[4] + s[4]);
    store_word(out + 20, x[5] + s[5]);
    store_word(out + 24, x[6] + s[6]);
    store_word(out + 28, x[7] + s[7]);
    store_word(out + 32, x[8] + s[8]);
    store_word(out + 36, x[9] + s[9]);
    store_word(out + 40, x[10] + s[10]);
    store_word(out + 44, x[11] + s[11]);
    store_word(out + 48, x[12] + s[12]);
    store_word(out + 52, x[13] + s[13]);
    store_word(out + 56, x[14] + s[14]);
    store_word(out + 60, x[15] + s[15]);
    if (++salsa->state[COUNTER_LOW] == 0)
        salsa->state[COUNTER_HIGH]++;
}

void zt_salsa_xor_portable(struct zt_salsa *salsa, uint8_t *out, const uint8_t *in, size_t length)
{
    uint8_t block[BLOCK];

    for (size_t done = 0; done < length; done += BLOCK) {
        size_t count = length - done < BLOCK ? length - done : BLOCK;

        make_block(salsa, block);
        for (size_t i = 0; i < count; i++)
            out[done + i] = in != NULL ? in[done + i] ^ block[i] : block[i];
    }
    zt_wipe(block, sizeof block);
}

void zt_salsa_xor(struct zt_salsa *salsa, uint8_t *out, const uint8_t *in, size_t length)
{
    size_t done = zt_salsa_xor_simd(salsa, out, in, length);

    zt_salsa_xor_portable(salsa, out + done, in != NULL ? in + done : NULL, length - done);
}
