/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of the memory-hard digest with its states on the way. It is computed here a second time, one
   block after the other as docs/wire.md 1.2 has it, and compared with ours in the end. */
#include "vectors.h"

#include "crypto/digest.h"
#include "crypto/salsa.h"

#include <string.h>

#define BLOCK 64
#define WORD 8
#define HASHCASH_BELOW 17

struct digest {
    struct zt_salsa stream;
    uint8_t state[BLOCK];
    uint8_t *memory;
    size_t steps;
    size_t digest_word, memory_word; /* of the last step */
};

static void add_stream(struct digest *digest, uint8_t block[BLOCK])
{
    uint8_t mask[BLOCK];

    zt_salsa_xor_portable(&digest->stream, mask, NULL, BLOCK);
    for (size_t i = 0; i < BLOCK; i++)
        block[i] ^= mask[i];
}

static void fill(struct digest *digest)
{
    uint8_t block[BLOCK] = { 0 };

    for (size_t at = 0; at < ZT_PROOF_MEMORY; at += BLOCK) {
        add_stream(digest, block);
        memcpy(digest->memory + at, block, BLOCK);
    }
}

static void step(struct digest *digest)
{
    const uint8_t *pair = digest->memory + digest->steps * 2 * WORD;
    uint8_t kept[WORD];

    digest->digest_word = zt_load_u64(pair) % 8;
    digest->memory_word = zt_load_u64(pair + WORD) % (ZT_PROOF_MEMORY / WORD);

    uint8_t *mine = digest->state + digest->digest_word * WORD;
    uint8_t *theirs = digest->memory + digest->memory_word * WORD;

    memcpy(kept, mine, WORD);
    memcpy(mine, theirs, WORD);
    memcpy(theirs, kept, WORD);
    add_stream(digest, digest->state);
    digest->steps++;
}

static bool is_hash(const json_t *entry, const char *key, const uint8_t *bytes, size_t length)
{
    uint8_t hash[64];

    zt_sha512(hash, bytes, length, NULL, 0);
    return vectors_same(vectors_bytes(entry, key), hash, sizeof hash);
}

static bool begins_with(const json_t *entry, const char *key, const uint8_t *bytes, size_t length)
{
    return vectors_same(vectors_bytes(entry, key), bytes, length);
}

static const char *check_fill(struct digest *digest, const json_t *entry)
{
    const uint8_t *memory = digest->memory;

    fill(digest);
    if (!begins_with(entry, "memory_first_192_after_fill", memory, 192) ||
        !begins_with(entry, "memory_last_64_after_fill", memory + ZT_PROOF_MEMORY - 64, 64) ||
        !is_hash(entry, "sha512_of_memory_after_fill", memory, ZT_PROOF_MEMORY))
        return "memory after filling differs";
    return NULL;
}

/* The samples are in order of their steps. */
static const char *check_samples(struct digest *digest, const json_t *entry, size_t total)
{
    const json_t *samples = json_object_get(entry, "lookup_samples");

    for (size_t i = 0; i < json_array_size(samples); i++) {
        const json_t *sample = json_array_get(samples, i);
        size_t done = vectors_size(sample, "steps_done", total);

        if (done < digest->steps)
            return "samples are not in order";
        while (digest->steps < done)
            step(digest);
        if (vectors_size(sample, "digest_word_index", 7) != digest->digest_word ||
            vectors_size(sample, "memory_word_index", SIZE_MAX) != digest->memory_word ||
            !vectors_same(vectors_bytes(sample, "digest"), digest->state, BLOCK))
            return "sample differs";
    }
    while (digest->steps < total)
        step(digest);
    return NULL;
}

static const char *check_end(const struct digest *digest, const json_t *entry)
{
    zt_address address = zt_load_u40(digest->state + 59);

    if (!vectors_same(vectors_bytes(entry, "final_digest"), digest->state, BLOCK) ||
        !is_hash(entry, "sha512_of_memory_at_end", digest->memory, ZT_PROOF_MEMORY))
        return "digest or memory at the end differs";
    if (address != vectors_number(entry, "address_from_digest", 10) ||
        (digest->state[0] < HASHCASH_BELOW) != vectors_true(entry, "hashcash_ok"))
        return "address or hashcash differs";
    return NULL;
}

/* What our own code makes of the key must be the same. */
static const char *check_ours(const struct digest *digest, const json_t *entry,
                              const struct zt_public_key *key)
{
    uint8_t *memory = vectors_scratch(ZT_PROOF_MEMORY);
    struct zt_identity identity = { .key = *key, .address = zt_load_u40(digest->state + 59) };
    bool earns = vectors_true(entry, "hashcash_ok") && !zt_address_is_reserved(identity.address);
    uint8_t ours[BLOCK];

    zt_identity_digest(ours, key, memory);
    if (memcmp(ours, digest->state, BLOCK) != 0 ||
        memcmp(memory, digest->memory, ZT_PROOF_MEMORY) != 0)
        return "our digest or memory differs";
    return vectors_expect(zt_identity_prove(&identity) == earns, "proof differs");
}

const char *vectors_digest(const json_t *root, const json_t *entry)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "public_key");
    struct digest digest = { .memory = vectors_scratch(ZT_PROOF_MEMORY) };
    size_t total = ZT_PROOF_MEMORY / WORD / 2;
    struct zt_public_key key;
    const char *wrong;

    (void)root;
    if (bytes.length != sizeof key.bytes)
        return "key of wrong length";
    memcpy(key.bytes, bytes.at, bytes.length);
    zt_sha512(digest.state, key.bytes, sizeof key.bytes, NULL, 0);
    if (!vectors_same(vectors_bytes(entry, "sha512_of_public_key"), digest.state, BLOCK))
        return "hash of the key differs";
    if (vectors_size(entry, "lookup_steps_total", SIZE_MAX) != total)
        return "number of steps differs";
    zt_salsa_init(&digest.stream, digest.state, digest.state + 32, 20);
    wrong = check_fill(&digest, entry);
    if (wrong == NULL)
        wrong = check_samples(&digest, entry, total);
    if (wrong == NULL)
        wrong = check_end(&digest, entry);
    return wrong == NULL ? check_ours(&digest, entry, &key) : wrong;
}
