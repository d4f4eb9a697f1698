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

/* The public form, but with the secret's length instead of 0, and the secret. */
static bool ends_in_secret(struct vectors_bytes bytes, struct vectors_bytes public,
                           const struct zt_identity *identity)
{
    size_t length = sizeof identity->secret.bytes;

    return bytes.length == public.length + length &&
           memcmp(bytes.at, public.at, public.length - 1) == 0 &&
           bytes.at[public.length - 1] == length &&
           memcmp(bytes.at + public.length, identity->secret.bytes, length) == 0;
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
    if (vectors_integer(entry, "type") != 0)
        return "type differs";
    if (!ends_in_secret(with_secret, binary, &identity))
        return "binary form with the secret differs";
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

/* Is every field there in its full length? Then nothing but its address, which may be reserved, or a
   secret of another key is a reason to refuse it. */
static bool is_well_formed(const char *text)
{
    static const size_t lengths[] = { 10, 1, 128 };
    size_t at = 0;

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        if (strspn(text + at, "0123456789abcdefABCDEF") != lengths[i])
            return false;
        at += lengths[i];
        if (i < 2 && text[at++] != ':')
            return false;
    }
    return text[at] == 0 && text[11] == '0' && strncmp(text, "ff", 2) != 0 &&
           strncmp(text, "0000000000", 10) != 0;
}

/* A parser may be stricter than the one that made the vectors, but must not take what it refused. */
static const char *check_text(const json_t *root, const json_t *entry)
{
    struct zt_identity identity;
    bool parsed = vectors_identity(json_object_get(entry, "string"), &identity);

    (void)root;
    if (!vectors_true(entry, "parse_ok"))
        return vectors_expect(!parsed, "must be refused");
    if (!parsed)
        return vectors_expect(!is_well_formed(vectors_text(entry, "string")),
                              "refused, though well formed");
    if (!has_text(&identity, false, vectors_text(entry, "parsed_public_string")) ||
        identity.has_secret != vectors_true(entry, "has_secret"))
        return "parsed differently";
    if (zt_identity_prove(&identity) != vectors_true(entry, "locally_valid"))
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
    vectors_each(run, root, "memory_hard_hash", vectors_digest);
    vectors_each(run, root, "binary", check_binary);
}
