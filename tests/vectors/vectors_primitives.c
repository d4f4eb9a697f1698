/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of the primitives: our own Salsa20, and libcrypto as this machine has it. */
#include "vectors.h"

#include "crypto/digest.h"
#include "crypto/poly1305.h"
#include "crypto/salsa.h"

#include <openssl/evp.h>

static bool start_salsa(struct zt_salsa *salsa, const json_t *entry)
{
    struct vectors_bytes key = vectors_bytes(entry, "key");
    struct vectors_bytes iv = vectors_bytes(entry, "iv");
    int64_t rounds = vectors_integer(entry, "rounds");

    if (key.length != 32 || iv.length != 8 || (rounds != 12 && rounds != 20))
        return false;
    zt_salsa_init(salsa, key.at, iv.at, (int)rounds);
    return true;
}

static const char *check_salsa(const json_t *root, const json_t *entry)
{
    struct vectors_bytes expected = vectors_bytes(entry, "keystream");
    uint8_t *out = vectors_scratch(expected.length);
    struct zt_salsa salsa;

    (void)root;
    if (!start_salsa(&salsa, entry))
        return "key, iv or rounds of another kind";
    zt_salsa_xor(&salsa, out, NULL, expected.length);
    if (!vectors_same(expected, out, expected.length))
        return "key stream differs";
    if (!start_salsa(&salsa, entry))
        return "key, iv or rounds of another kind";
    zt_salsa_xor_portable(&salsa, out, NULL, expected.length);
    return vectors_expect(vectors_same(expected, out, expected.length),
                          "portable key stream differs");
}

static const char *check_successive_calls(const json_t *root, const json_t *entry)
{
    const json_t *calls = json_object_get(entry, "keystream_of_each_call");
    struct zt_salsa salsa;

    (void)root;
    if (!start_salsa(&salsa, entry))
        return "key, iv or rounds of another kind";
    for (size_t i = 0; i < json_array_size(calls); i++) {
        struct vectors_bytes expected = vectors_bytes_of(json_array_get(calls, i));
        uint8_t *out = vectors_scratch(expected.length);

        zt_salsa_xor(&salsa, out, NULL, expected.length);
        if (!vectors_same(expected, out, expected.length))
            return "key stream of a later call differs";
    }
    return NULL;
}

static const char *check_poly1305(const json_t *root, const json_t *entry)
{
    struct vectors_bytes key = vectors_bytes(entry, "key");
    struct vectors_bytes message = vectors_bytes(entry, "message");
    uint8_t tag[16];

    (void)root;
    if (key.length != 32)
        return "key of wrong length";
    zt_poly1305(tag, key.at, message.at, message.length);
    return vectors_expect(vectors_same(vectors_bytes(entry, "tag"), tag, sizeof tag),
                          "tag differs");
}

static const char *check_sha2(const json_t *root, const json_t *entry)
{
    struct vectors_bytes message = vectors_bytes(entry, "message");
    size_t half = message.length / 2;
    uint8_t digest[64];

    (void)root;
    zt_sha512(digest, message.at, half, message.at + half, message.length - half);
    if (!vectors_same(vectors_bytes(entry, "sha512"), digest, 64))
        return "SHA-512 differs";
    zt_sha384(digest, message.at, half, message.at + half, message.length - half);
    return vectors_expect(vectors_same(vectors_bytes(entry, "sha384"), digest, 48),
                          "SHA-384 differs");
}

/* One use of a libcrypto cipher: as GMAC (out NULL) input is only authenticated. */
static bool run_cipher(const EVP_CIPHER *cipher, const uint8_t *key, const uint8_t *iv,
                       uint8_t *out, struct vectors_bytes in, uint8_t *tag)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t unused[16];
    int length = 0;
    bool ok = context != NULL && EVP_EncryptInit_ex2(context, cipher, key, iv, NULL) == 1 &&
              EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
              EVP_EncryptUpdate(context, out, &length, in.at, (int)in.length) == 1 &&
              EVP_EncryptFinal_ex(context, unused, &length) == 1;

    if (ok && tag != NULL)
        ok = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, tag) == 1;
    EVP_CIPHER_CTX_free(context);
    return ok;
}

/* The bytes of a key or such, which must be so many. NULL: they are not. */
static const uint8_t *exactly(const json_t *entry, const char *key, size_t length)
{
    struct vectors_bytes bytes = vectors_bytes(entry, key);

    return bytes.length == length ? bytes.at : NULL;
}

static const char *check_aes_block(const json_t *root, const json_t *entry)
{
    struct vectors_bytes plain = vectors_bytes(entry, "plain");
    const uint8_t *key = exactly(entry, "key", 32);
    uint8_t *out = vectors_scratch(plain.length);

    (void)root;
    if (key == NULL)
        return "key of wrong length";
    if (!run_cipher(EVP_aes_256_ecb(), key, NULL, out, plain, NULL))
        return "libcrypto refuses";
    return vectors_expect(vectors_same(vectors_bytes(entry, "cipher"), out, plain.length),
                          "differs");
}

static const char *check_gmac(const json_t *root, const json_t *entry)
{
    struct vectors_bytes message = vectors_bytes(entry, "message");
    const uint8_t *key = exactly(entry, "key", 32);
    const uint8_t *nonce = exactly(entry, "iv12", 12);
    uint8_t tag[16];

    (void)root;
    if (key == NULL || nonce == NULL)
        return "key or iv of wrong length";
    if (!run_cipher(EVP_aes_256_gcm(), key, nonce, NULL, message, tag))
        return "libcrypto refuses";
    return vectors_expect(vectors_same(vectors_bytes(entry, "tag"), tag, sizeof tag),
                          "tag differs");
}

static const char *check_aes_ctr(const json_t *root, const json_t *entry)
{
    struct vectors_bytes expected = vectors_bytes(entry, "keystream");
    struct vectors_bytes zeros = { vectors_scratch(expected.length), expected.length };
    const uint8_t *key = exactly(entry, "key", 32);
    const uint8_t *start = exactly(entry, "start_block", 16);
    uint8_t *out = vectors_scratch(expected.length);

    (void)root;
    if (key == NULL || start == NULL)
        return "key or block of wrong length";
    if (!run_cipher(EVP_aes_256_ctr(), key, start, out, zeros, NULL))
        return "libcrypto refuses";
    return vectors_expect(vectors_same(expected, out, expected.length), "key stream differs");
}

void vectors_primitives(struct vectors_run *run, const json_t *root)
{
    vectors_each(run, root, "salsa20", check_salsa);
    vectors_each(run, root, "salsa20_successive_calls", check_successive_calls);
    vectors_each(run, root, "poly1305", check_poly1305);
    vectors_each(run, root, "aes256_block", check_aes_block);
    vectors_each(run, root, "gmac", check_gmac);
    vectors_each(run, root, "aes256_ctr", check_aes_ctr);
    vectors_each(run, root, "sha2", check_sha2);
}
