/* SPDX-License-Identifier: Apache-2.0 */
/* Signing: libcrypto's key and context, set up once for all signatures. docs/wire.md 2. */
#include "crypto/signer.h"

#include "base/mem.h"
#include "crypto/algorithms.h"
#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

enum { KEY_HALF = 32, DIGEST_KEPT = 32, ED25519_SIGNATURE = 64 };

struct zt_signer {
    EVP_PKEY *key;       /* owned */
    EVP_MD_CTX *ready;   /* owned; set up for the key, never signs itself */
    EVP_MD_CTX *working; /* owned; the copy that signs */
};

static bool set_up(struct zt_signer *signer, const struct zt_secret_key *secret,
                   const struct zt_public_key *key)
{
    uint8_t own[KEY_HALF];
    size_t own_length = sizeof own;

    signer->key = zt_libcrypto_secret(EVP_PKEY_ED25519, secret->bytes + KEY_HALF);
    signer->ready = EVP_MD_CTX_new();
    signer->working = EVP_MD_CTX_new();
    return signer->key && signer->ready && signer->working &&
           EVP_PKEY_get_raw_public_key(signer->key, own, &own_length) == 1 &&
           memcmp(own, key->bytes + KEY_HALF, KEY_HALF) == 0 &&
           EVP_DigestSignInit(signer->ready, NULL, NULL, NULL, signer->key) == 1;
}

struct zt_signer *zt_signer_new(const struct zt_secret_key *secret, const struct zt_public_key *key)
{
    struct zt_signer *signer = zt_alloc(sizeof *signer);

    if (!signer || set_up(signer, secret, key))
        return signer;
    zt_signer_free(signer);
    return NULL;
}

void zt_signer_free(struct zt_signer *signer)
{
    if (!signer)
        return;
    EVP_MD_CTX_free(signer->working);
    EVP_MD_CTX_free(signer->ready);
    EVP_PKEY_free(signer->key);
    zt_free(signer);
}

void zt_signer_sign(struct zt_signer *signer, uint8_t out[ZT_SIGNATURE_SIZE], const void *message,
                    size_t length)
{
    uint8_t digest[64];
    size_t signature_length = ED25519_SIGNATURE;

    zt_sha512(digest, message, length, NULL, 0);
    /* A context signs once; a copy costs much less than looking the algorithm up again. */
    OPENSSL_assert(EVP_MD_CTX_copy_ex(signer->working, signer->ready) == 1);
    OPENSSL_assert(EVP_DigestSign(signer->working, out, &signature_length, digest, DIGEST_KEPT) ==
                   1);
    memcpy(out + ED25519_SIGNATURE, digest, DIGEST_KEPT);
}

void zt_sign(uint8_t out[ZT_SIGNATURE_SIZE], const struct zt_secret_key *secret,
             const struct zt_public_key *key, const void *message, size_t length)
{
    struct zt_signer *signer = zt_signer_new(secret, key);

    OPENSSL_assert(signer != NULL);
    zt_signer_sign(signer, out, message, length);
    zt_signer_free(signer);
}
