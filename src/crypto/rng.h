/* SPDX-License-Identifier: Apache-2.0 */
/* A generator expanded from a 32-byte seed: the core's only randomness. */
#ifndef ZT_CRYPTO_RNG_H
#define ZT_CRYPTO_RNG_H

#include <stddef.h>
#include <stdint.h>

struct zt_rng {
    uint8_t key[32];
    uint64_t nonce;
    uint8_t block[512];
    size_t at; /* bytes of block already used */
};

void zt_rng_init(struct zt_rng *rng, const uint8_t seed[32]);
/* Stirs more entropy in, after a fork for instance. */
void zt_rng_stir(struct zt_rng *rng, const uint8_t seed[32]);
void zt_rng_bytes(struct zt_rng *rng, void *out, size_t length);
uint32_t zt_rng_u32(struct zt_rng *rng);
uint64_t zt_rng_u64(struct zt_rng *rng);
/* Uniform below bound (at least 1), without bias. */
uint32_t zt_rng_below(struct zt_rng *rng, uint32_t bound);
void zt_rng_wipe(struct zt_rng *rng);

#endif
