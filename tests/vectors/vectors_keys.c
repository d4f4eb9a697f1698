/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of what keys do: session keys agreed between identities, and signatures. */
#include "vectors.h"

#include "crypto/digest.h"

#include <openssl/evp.h>
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
    if (!a.has_secret || !b.has_secret)
        return "no secret";
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

/* The raw result of X25519, which our own code never shows. */
static bool agree_raw(uint8_t raw[32], const struct zt_identity *mine,
                      const struct zt_identity *theirs)
{
    EVP_PKEY *secret = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, mine->secret.bytes, 32);
    EVP_PKEY *public = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, theirs->key.bytes, 32);
    EVP_PKEY_CTX *context = secret == NULL ? NULL : EVP_PKEY_CTX_new(secret, NULL);
    size_t length = 32;
    bool agreed = context != NULL && public != NULL && EVP_PKEY_derive_init(context) == 1 &&
                  EVP_PKEY_derive_set_peer(context, public) == 1 &&
                  EVP_PKEY_derive(context, raw, &length) == 1;

    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(public);
    EVP_PKEY_free(secret);
    return agreed;
}

/* A longer key goes on with the SHA-512 of its last 64 bytes. */
static void stretch(uint8_t *out, size_t length, const uint8_t raw[32])
{
    uint8_t piece[64], next[64];

    zt_sha512(piece, raw, 32, NULL, 0);
    for (size_t done = 0; done < length; done += sizeof piece) {
        memcpy(out + done, piece, length - done < sizeof piece ? length - done : sizeof piece);
        zt_sha512(next, piece, sizeof piece, NULL, 0);
        memcpy(piece, next, sizeof piece);
    }
}

/* Only the first 48 bytes are in use. */
static const char *check_other_length(const json_t *root, const json_t *entry)
{
    struct vectors_bytes expected = vectors_bytes(entry, "key");
    uint8_t *stretched = vectors_scratch(expected.length);
    struct zt_identity a, b;
    struct zt_session_key key;
    uint8_t raw[32];

    (void)root;
    if (!vectors_identity(json_object_get(entry, "a"), &a) ||
        !vectors_identity(json_object_get(entry, "b"), &b))
        return "identity refused";
    if (!a.has_secret && !b.has_secret)
        return "no secret";
    if (!zt_identity_agree(&key, a.has_secret ? &a : &b, a.has_secret ? &b : &a) ||
        !agree_raw(raw, a.has_secret ? &a : &b, a.has_secret ? &b : &a))
        return "no agreement";
    if (vectors_size(entry, "length", SIZE_MAX) != expected.length)
        return "length differs";

    size_t ours = expected.length < sizeof key.bytes ? expected.length : sizeof key.bytes;

    if (memcmp(expected.at, key.bytes, ours) != 0)
        return "key differs";
    stretch(stretched, expected.length, raw);
    return vectors_expect(vectors_same(expected, stretched, expected.length),
                          "stretched key differs");
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
    if (!signer.has_secret)
        return "no secret";
    zt_identity_sign(signature, &signer, message.at, message.length);
    if (!vectors_same(expected, signature, sizeof signature))
        return "signature differs";
    return vectors_expect(verifies(&signer, message, expected) == vectors_true(entry, "verify"),
                          "verdict differs");
}

/* Is S, the little-endian number of bytes 32 to 63, the group order or more? Then it is a second form of
   a signature, which we refuse and others may take. */
static bool is_second_form(struct vectors_bytes signature)
{
    static const uint8_t order[32] = { 0x10, [15] = 0, 0x14, 0xde, 0xf9, 0xde, 0xa2, 0xf7, 0x9c,
                                       0xd6, 0x58,     0x12, 0x63, 0x1a, 0x5c, 0xf5, 0xd3, 0xed };

    if (signature.length != ZT_SIGNATURE_SIZE)
        return false;
    for (size_t i = 0; i < sizeof order; i++) {
        if (signature.at[63 - i] != order[i])
            return signature.at[63 - i] > order[i];
    }
    return true;
}

static const char *check_altered(const json_t *root, const json_t *entry)
{
    struct vectors_bytes signature = vectors_bytes(entry, "signature");
    bool recorded = vectors_true(entry, "verify");
    struct zt_identity signer;

    (void)vectors_entry(root, "cases", vectors_integer(entry, "base_index"));
    if (!vectors_identity(json_object_get(entry, "signer_public_string"), &signer))
        return "identity refused";

    bool genuine = verifies(&signer, vectors_bytes(entry, "message"), signature);

    if (genuine == recorded || (!genuine && is_second_form(signature)))
        return NULL;
    return "verdict differs";
}

void vectors_sign(struct vectors_run *run, const json_t *root)
{
    vectors_each(run, root, "cases", check_signature);
    vectors_each(run, root, "altered", check_altered);
}
