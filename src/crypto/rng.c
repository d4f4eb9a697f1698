/* SPDX-License-Identifier: Apache-2.0 */
/* A generator expanded from a 32-byte seed: the key stream of Salsa20, whose first bytes replace the
   key at each refill, so that a captured state tells nothing about the past. */
#include "crypto/rng.h"
#include "crypto/digest.h"
#include "crypto/salsa.h"
#include "crypto/wipe.h"
#include "base/bytes.h"

#include <assert.h>
#include <string.h>

void zt_rng_init(struct zt_rng *rng, const uint8_t seed[32])
{
    memset(rng, 0, sizeof *rng);
    memcpy(rng->key, seed, sizeof rng->key);
    rng->at = sizeof rng->block;
}

void zt_rng_stir(struct zt_rng *rng, const uint8_t seed[32])
{
    uint8_t digest[64];

    zt_sha512(digest, rng->key, sizeof rng->key, seed, 32);
    memcpy(rng->key, digest, sizeof rng->key);
    zt_wipe(digest, sizeof digest);
    zt_wipe(rng->block, sizeof rng->block);
    rng->at = sizeof rng->block;
}

static void refill(struct zt_rng *rng)
{
    struct zt_salsa salsa;
    uint8_t nonce[8];

    zt_store_u64(nonce, rng->nonce++);
    zt_salsa_init(&salsa, rng->key, nonce, 20);
    zt_salsa_xor(&salsa, rng->block, NULL, sizeof rng->block);
    zt_salsa_wipe(&salsa);
    memcpy(rng->key, rng->block, sizeof rng->key);
    zt_wipe(rng->block, sizeof rng->key);
    rng->at = sizeof rng->key;
}

void zt_rng_bytes(struct zt_rng *rng, void *out, size_t length)
{
    uint8_t *to = out;

    while (length > 0) {
        if (rng->at == sizeof rng->block)
            refill(rng);

        size_t ready = sizeof rng->block - rng->at;
        size_t count = length < ready ? length : ready;

        memcpy(to, rng->block + rng->at, count);
        memset(rng->block + rng->at, 0, count); /* what was handed out is not kept */
        rng->at += count;
        to += count;
        length -= count;
    }
}

uint32_t zt_rng_u32(struct zt_rng *rng)
{
    uint8_t bytes[4];

    zt_rng_bytes(rng, bytes, sizeof bytes);
    return zt_load_u32(bytes);
}

uint64_t zt_rng_u64(struct zt_rng *rng)
{
    uint8_t bytes[8];

    zt_rng_bytes(rng, bytes, sizeof bytes);
    return zt_load_u64(bytes);
}

uint32_t zt_rng_below(struct zt_rng *rng, uint32_t bound)
{
    assert(bound > 0);

    /* Numbers under 2^32 mod bound are drawn again: they would favour the low results. */
    uint32_t unfair = (0 - bound) % bound;
    uint32_t number;

    do
        number = zt_rng_u32(rng);
    while (number < unfair);
    return number % bound;
}

void zt_rng_wipe(struct zt_rng *rng)
{
    zt_wipe(rng, sizeof *rng);
    rng->at = sizeof rng->block;
}
