/* SPDX-License-Identifier: Apache-2.0 */
/* Salsa20 with 12 or 20 rounds. docs/wire.md 2.1. */
#ifndef ZT_CRYPTO_SALSA_H
#define ZT_CRYPTO_SALSA_H

#include <stddef.h>
#include <stdint.h>

struct zt_salsa {
    uint32_t state[16];
    int rounds; /* 12 or 20 */
};

void zt_salsa_init(struct zt_salsa *salsa, const uint8_t key[32], const uint8_t nonce[8],
                   int rounds);
/* out = in XOR key stream; in NULL gives the key stream itself; in == out is fine. Each call starts on
   a new 64-byte block. */
void zt_salsa_xor(struct zt_salsa *salsa, uint8_t *out, const uint8_t *in, size_t length);
void zt_salsa_wipe(struct zt_salsa *salsa);

/* The portable code alone, which the vectorised one is checked against. */
void zt_salsa_xor_portable(struct zt_salsa *salsa, uint8_t *out, const uint8_t *in, size_t length);
/* As much as the vector units of this machine are good for, from the start and possibly nothing. Returns
   the bytes done: all, or whole blocks. */
size_t zt_salsa_xor_simd(struct zt_salsa *salsa, uint8_t *out, const uint8_t *in, size_t length);

#endif
