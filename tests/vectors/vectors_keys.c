/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of what keys do: session keys agreed between identities, and signatures. */
#include "vectors.h"

#include "crypto/digest.h"

#include <string.h>

static const char *check_derived(const json_t *entry, const struct zt_session_key *key)
{
    uint8_t out[48];

    zt_kdf(out, key->bytes, '0', 0, 0);
    if (!vectors_same(vectors_bytes(entry, "kbkdf_label_0"), out, sizeof out) ||
        !vectors_same(vectors_bytes(entry, "aes_k0"), out, 32))
        return "k0 differs";
    zt_kdf(out, key->bytes, '1', 0, 0);
    if (!vectors_same(vectors_bytes(entry, "kbkdf_label_1"), out, sizeof out) ||
        !vectors_same(vectors_bytes(entry, "aes_k1"), out, 32))
        return "k1 differs";
    return NULL;
}

static const char *check_pair(const json_t *root, const json_t *entry)
{
    struct vectors_bytes expected = vectors_bytes(entry, "key48");
    struct zt_identity a, b;
    struct zt_session_key key;

    (void)root;
    if (!vectors_identity(json_object_get(entry, "a_secret_string"), &a) ||
        !vectors_identity(json_object_get(entry, "b_secret_string"), &b))
        return "identity refused";
    if (!zt_identity_agree(&key, &b, &a) || !vectors_same(expected, key.bytes, sizeof key.bytes))
        return "key agreed by b differs";
    if (!zt_identity_agree(&key, &a, &b) || !vectors_same(expected, key.bytes, sizeof key.bytes))
        return "key agreed by a differs";
    if (!vectors_same(vectors_bytes(entry, "salsa_key32"), key.bytes, 32))
        return "Salsa20 key differs";
    return check_derived(entry, &key);
}

static const char *check_kdf(const json_t *root, const json_t *entry)
{
    struct zt_session_key key;
    uint8_t out[48];

    (void)root;
    if (!vectors_key(entry, "key48", &key))
        return "key of wrong length";
    zt_kdf(out, key.bytes, (uint8_t)vectors_integer(entry, "label"),
           (uint8_t)vectors_integer(entry, "context"),
           (uint32_t)vectors_integer(entry, "iteration"));
    return vectors_expect(vectors_same(vectors_bytes(entry, "out48"), out, sizeof out),
                          "output differs");
}

/* Only the first 48 bytes are in use; a longer key must begin with them. */
static const char *check_other_length(const json_t *root, const json_t *entry)
{
    struct vectors_bytes expected = vectors_bytes(entry, "key");
    struct zt_identity a, b;
    struct zt_session_key key;

    (void)root;
    if (!vectors_identity(json_object_get(entry, "a"), &a) ||
        !vectors_identity(json_object_get(entry, "b"), &b))
        return "identity refused";
    if (!zt_identity_agree(&key, a.has_secret ? &a : &b, a.has_secret ? &b : &a))
        return "no agreement";

    size_t length = expected.length < sizeof key.bytes ? expected.length : sizeof key.bytes;

    return vectors_expect(memcmp(expected.at, key.bytes, length) == 0, "key differs");
}

void vectors_agree(struct vectors_run *run, const json_t *root)
{
    vectors_each(run, root, "pairs", check_pair);
    vectors_each(run, root, "kbkdf", check_kdf);
    vectors_each(run, root, "other_lengths", check_other_length);
}

static bool verifies(const struct zt_identity *signer, struct vectors_bytes message,
                     struct vectors_bytes signature)
{
    return signature.length == ZT_SIGNATURE_SIZE &&
           zt_identity_verify(signer, message.at, message.length, signature.at);
}

static const char *check_signature(const json_t *root, const json_t *entry)
{
    struct vectors_bytes message = vectors_bytes(entry, "message");
    struct vectors_bytes expected = vectors_bytes(entry, "signature");
    struct zt_identity signer;
    uint8_t signature[ZT_SIGNATURE_SIZE];

    (void)root;
    if (!vectors_identity(json_object_get(entry, "signer_secret_string"), &signer))
        return "identity refused";
    zt_identity_sign(signature, &signer, message.at, message.length);
    if (!vectors_same(expected, signature, sizeof signature))
        return "signature differs";
    return vectors_expect(verifies(&signer, message, expected) == vectors_true(entry, "verify"),
                          "verdict differs");
}

/* S with the group order added is a second form of a good signature, which we refuse. */
static bool is_second_form(const json_t *entry)
{
    return strstr(vectors_text(entry, "why"), "plus the group order") != NULL;
}

static const char *check_altered(const json_t *root, const json_t *entry)
{
    struct zt_identity signer;

    (void)root;
    if (!vectors_identity(json_object_get(entry, "signer_public_string"), &signer))
        return "identity refused";

    bool genuine =
        verifies(&signer, vectors_bytes(entry, "message"), vectors_bytes(entry, "signature"));

    if (genuine == vectors_true(entry, "verify") || (!genuine && is_second_form(entry)))
        return NULL;
    return "verdict differs";
}

void vectors_sign(struct vectors_run *run, const json_t *root)
{
    vectors_each(run, root, "cases", check_signature);
    vectors_each(run, root, "altered", check_altered);
}
