/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of identities: text and binary forms, the memory-hard digest, validity. */
#include "vectors.h"

#include "crypto/digest.h"

#include <string.h>

static bool has_text(const struct zt_identity *identity, bool with_secret, const char *expected)
{
    char text[ZT_IDENTITY_TEXT];

    zt_identity_text(identity, with_secret, text);
    return strcmp(text, expected) == 0;
}

static bool has_binary(const struct zt_identity *identity, struct vectors_bytes expected)
{
    uint8_t bytes[ZT_IDENTITY_SIZE];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    zt_identity_write(identity, &out);
    return !out.failed && vectors_same(expected, bytes, zt_writer_length(&out));
}

static bool reads_as(struct vectors_bytes bytes, size_t consumed,
                     const struct zt_identity *expected)
{
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);
    struct zt_identity identity;

    zt_identity_read(&identity, &in);
    return !in.failed && zt_reader_left(&in) == bytes.length - consumed &&
           zt_identity_equal(&identity, expected);
}

/* Both text forms, read and written. */
static const char *check_texts(const json_t *entry, struct zt_identity *identity)
{
    struct zt_identity public;

    if (!vectors_identity(json_object_get(entry, "public_string"), &public) ||
        !vectors_identity(json_object_get(entry, "secret_string"), identity))
        return "text refused";
    if (public.has_secret || !identity->has_secret || !zt_identity_equal(&public, identity))
        return "text forms disagree";
    if (identity->address != vectors_number(entry, "address", 10))
        return "address differs";
    if (!vectors_same(vectors_bytes(entry, "public_key"), identity->key.bytes, 64) ||
        !vectors_same(vectors_bytes(entry, "secret_key"), identity->secret.bytes, 64))
        return "keys differ";
    if (!has_text(identity, false, vectors_text(entry, "public_string")) ||
        !has_text(identity, true, vectors_text(entry, "secret_string")))
        return "text differs";
    return NULL;
}

static const char *check_valid(const json_t *root, const json_t *entry)
{
    struct vectors_bytes binary = vectors_bytes(entry, "binary_public");
    struct vectors_bytes with_secret = vectors_bytes(entry, "binary_with_secret");
    struct zt_identity identity;
    const char *wrong = check_texts(entry, &identity);
    uint8_t hash[48];

    (void)root;
    if (wrong != NULL)
        return wrong;
    if (!has_binary(&identity, binary) || !reads_as(binary, binary.length, &identity) ||
        !reads_as(with_secret, with_secret.length, &identity))
        return "binary form differs";
    zt_identity_hash(hash, &identity);
    if (!vectors_same(vectors_bytes(entry, "sha384_address_and_public_key"), hash, sizeof hash))
        return "hash differs";
    if (zt_identity_prove(&identity) != vectors_true(entry, "locally_valid"))
        return "proof differs";
    return NULL;
}

/* A parser may be stricter than the one that made the vectors, but must not take what it refused. */
static const char *check_text(const json_t *root, const json_t *entry)
{
    struct zt_identity identity;
    bool parsed = vectors_identity(json_object_get(entry, "string"), &identity);

    (void)root;
    if (!parsed)
        return NULL;
    if (!vectors_true(entry, "parse_ok"))
        return "must be refused";
    if (!has_text(&identity, false, vectors_text(entry, "parsed_public_string")) ||
        identity.has_secret != vectors_true(entry, "has_secret"))
        return "parsed differently";
    if (zt_identity_prove(&identity) != vectors_true(entry, "locally_valid"))
        return "proof differs";
    return NULL;
}

static bool states_digest(const json_t *entry, const uint8_t digest[64], const uint8_t *memory)
{
    uint8_t hash[64];

    zt_sha512(hash, memory, ZT_PROOF_MEMORY, NULL, 0);
    return vectors_same(vectors_bytes(entry, "final_digest"), digest, 64) &&
           vectors_same(vectors_bytes(entry, "sha512_of_memory_at_end"), hash, sizeof hash) &&
           vectors_number(entry, "address_from_digest", 10) == zt_load_u40(digest + 59);
}

static const char *check_digest(const json_t *root, const json_t *entry)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "public_key");
    uint8_t *memory = vectors_scratch(ZT_PROOF_MEMORY);
    struct zt_identity identity = { 0 };
    uint8_t digest[64];

    (void)root;
    if (bytes.length != sizeof identity.key.bytes)
        return "key of wrong length";
    memcpy(identity.key.bytes, bytes.at, bytes.length);
    zt_identity_digest(digest, &identity.key, memory);
    if (!states_digest(entry, digest, memory))
        return "digest or memory differs";
    identity.address = zt_load_u40(digest + 59);
    if (zt_identity_prove(&identity) != vectors_true(entry, "hashcash_ok"))
        return "proof differs";
    return NULL;
}

/* The binary form is refused for a reserved address too, where the maker of the vectors waits. */
static const char *check_binary(const json_t *root, const json_t *entry)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "bytes");
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);
    struct zt_identity identity, expected;

    (void)root;
    zt_identity_read(&identity, &in);
    if (!vectors_true(entry, "ok") || zt_address_is_reserved(identity.address))
        return vectors_expect(in.failed, "must be refused");
    if (!vectors_identity(json_object_get(entry, "string"), &expected))
        return "text refused";
    return vectors_expect(reads_as(bytes, (size_t)vectors_integer(entry, "consumed"), &expected),
                          "read differently");
}

void vectors_identities(struct vectors_run *run, const json_t *root)
{
    vectors_each(run, root, "valid", check_valid);
    vectors_each(run, root, "invalid", check_text);
    vectors_each(run, root, "lenient", check_text);
    vectors_each(run, root, "memory_hard_hash", check_digest);
    vectors_each(run, root, "binary", check_binary);
}
