/* SPDX-License-Identifier: Apache-2.0 */
/* The proof of work that makes an address: finding a key that earns one, and proving that a key did. It runs on
   values and memory of fixed sizes, and sanitizers do not watch it (CMakeLists.txt). */
#include "vl1/identity.h"

#include "base/mem.h"
#include "crypto/digest.h"
#include "crypto/salsa.h"

#include <string.h>

#define BLOCK_SIZE 64
#define WORD_SIZE 8
#define WORD_COUNT (ZT_PROOF_MEMORY / WORD_SIZE)
#define STEP_COUNT (WORD_COUNT / 2)
#define STEPS_PER_BATCH 64 /* key stream made at once: enough for any vector unit */
#define HASHCASH_BELOW 17  /* one key in fifteen passes */
#define DIGEST_AT_ADDRESS 59

_Static_assert(STEP_COUNT % STEPS_PER_BATCH == 0, "whole batches");

static void xor_block(uint8_t *to, const uint8_t *a, const uint8_t *b)
{
    for (size_t i = 0; i < BLOCK_SIZE; i++)
        to[i] = a[i] ^ b[i];
}

/* Each block is the one before XOR the next of the key stream. */
static void fill_memory(uint8_t *memory, struct zt_salsa *stream)
{
    zt_salsa_xor(stream, memory, NULL, ZT_PROOF_MEMORY);
    for (size_t at = BLOCK_SIZE; at < ZT_PROOF_MEMORY; at += BLOCK_SIZE)
        xor_block(memory + at, memory + at, memory + at - BLOCK_SIZE);
}

static void swap_words(uint8_t *a, uint8_t *b)
{
    uint8_t kept[WORD_SIZE];

    memcpy(kept, a, WORD_SIZE);
    memcpy(a, b, WORD_SIZE);
    memcpy(b, kept, WORD_SIZE);
}

/* Two words of the memory, read in order, say which words trade places. */
static void mix_digest(uint8_t digest[64], uint8_t *memory, struct zt_salsa *stream)
{
    uint8_t batch[STEPS_PER_BATCH * BLOCK_SIZE];

    for (size_t step = 0; step < STEP_COUNT; step++) {
        const uint8_t *pair = memory + step * 2 * WORD_SIZE;
        size_t mine = zt_load_u64(pair) % 8;
        size_t theirs = zt_load_u64(pair + WORD_SIZE) % WORD_COUNT;

        if (step % STEPS_PER_BATCH == 0)
            zt_salsa_xor(stream, batch, NULL, sizeof batch);
        swap_words(memory + theirs * WORD_SIZE, digest + mine * WORD_SIZE);
        xor_block(digest, digest, batch + step % STEPS_PER_BATCH * BLOCK_SIZE);
    }
}

void zt_identity_digest(uint8_t digest[64], const struct zt_public_key *key, uint8_t *memory)
{
    struct zt_salsa stream;

    zt_sha512(digest, key->bytes, sizeof key->bytes, NULL, 0);
    zt_salsa_init(&stream, digest, digest + 32, 20);
    fill_memory(memory, &stream);
    mix_digest(digest, memory, &stream);
}

/* The address a key earns by its digest; 0 if it earns none. */
static zt_address earned_address(const struct zt_public_key *key, uint8_t *memory)
{
    uint8_t digest[64];

    zt_identity_digest(digest, key, memory);
    if (digest[0] >= HASHCASH_BELOW)
        return 0;

    zt_address address = zt_load_u40(digest + DIGEST_AT_ADDRESS);

    return zt_address_is_reserved(address) ? 0 : address;
}

bool zt_identity_prove_in(const struct zt_identity *identity, uint8_t *memory)
{
    return !zt_address_is_reserved(identity->address) &&
           earned_address(&identity->key, memory) == identity->address;
}

bool zt_identity_prove(const struct zt_identity *identity)
{
    uint8_t *memory = zt_alloc(ZT_PROOF_MEMORY);

    if (memory == NULL)
        return false;

    bool proven = zt_identity_prove_in(identity, memory);

    zt_free(memory);
    return proven;
}

/* The next candidate: the Ed25519 half stays, two counters inside the X25519 secret step. */
static void step_key(struct zt_identity *identity)
{
    uint8_t *secret = identity->secret.bytes;

    zt_store_u64(secret + 8, zt_load_u64(secret + 8) + 1);
    zt_store_u64(secret + 16, zt_load_u64(secret + 16) - 1);
    zt_public_key_of_x25519(identity->key.bytes, secret);
}

void zt_identity_begin(struct zt_identity *identity, struct zt_rng *rng)
{
    *identity = (struct zt_identity){ .has_secret = true };
    zt_rng_bytes(rng, identity->secret.bytes, sizeof identity->secret.bytes);
    zt_public_key_of(&identity->key, &identity->secret);
}

bool zt_identity_try(struct zt_identity *identity, uint8_t *memory)
{
    identity->address = earned_address(&identity->key, memory);
    if (identity->address != 0)
        return true;
    step_key(identity);
    return false;
}

bool zt_identity_generate(struct zt_identity *identity, struct zt_rng *rng)
{
    uint8_t *memory = zt_alloc(ZT_PROOF_MEMORY);

    if (memory == NULL)
        return false;

    zt_identity_begin(identity, rng);
    while (!zt_identity_try(identity, memory))
        continue;
    zt_free(memory);
    return true;
}
