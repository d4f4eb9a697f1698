/* SPDX-License-Identifier: Apache-2.0 */
/* X25519, and checking Ed25519, on libcrypto, in the protocol's key and 96-byte signature forms. docs/wire.md 2. */
#include "crypto/agree.h"

#include "crypto/algorithms.h"
#include "crypto/digest.h"
#include "crypto/wipe.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

enum { KEY_HALF = 32, DIGEST_KEPT = 32, ED25519_SIGNATURE = 64 };

/* The public key of a secret one. libcrypto fails here only for want of memory. */
static void derive_public(int type, uint8_t out[KEY_HALF], const uint8_t secret[KEY_HALF])
{
    size_t length = KEY_HALF;
    EVP_PKEY *key = zt_libcrypto_secret(type, secret);

    OPENSSL_assert(key != NULL);
    OPENSSL_assert(EVP_PKEY_get_raw_public_key(key, out, &length) == 1);
    EVP_PKEY_free(key);
}

void zt_public_key_of_x25519(uint8_t out[32], const uint8_t secret[32])
{
    derive_public(EVP_PKEY_X25519, out, secret);
}

void zt_public_key_of(struct zt_public_key *out, const struct zt_secret_key *secret)
{
    derive_public(EVP_PKEY_X25519, out->bytes, secret->bytes);
    derive_public(EVP_PKEY_ED25519, out->bytes + KEY_HALF, secret->bytes + KEY_HALF);
}

static bool derive_raw(uint8_t raw[KEY_HALF], EVP_PKEY *mine, EVP_PKEY *theirs)
{
    size_t length = KEY_HALF;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(mine, NULL);
    bool derived = context != NULL && EVP_PKEY_derive_init(context) == 1 &&
                   EVP_PKEY_derive_set_peer(context, theirs) == 1 &&
                   EVP_PKEY_derive(context, raw, &length) == 1 && length == KEY_HALF;

    EVP_PKEY_CTX_free(context);
    return derived;
}

bool zt_agree(struct zt_session_key *out, const struct zt_secret_key *mine,
              const struct zt_public_key *theirs)
{
    uint8_t raw[KEY_HALF];
    uint8_t digest[64];
    EVP_PKEY *my_key = zt_libcrypto_secret(EVP_PKEY_X25519, mine->bytes);
    EVP_PKEY *their_key = zt_libcrypto_public(EVP_PKEY_X25519, theirs->bytes);
    bool agreed = my_key != NULL && their_key != NULL && derive_raw(raw, my_key, their_key);

    if (agreed) {
        zt_sha512(digest, raw, sizeof raw, NULL, 0);
        memcpy(out->bytes, digest, sizeof out->bytes);
        zt_wipe(digest, sizeof digest);
    }
    zt_wipe(raw, sizeof raw);
    EVP_PKEY_free(their_key);
    EVP_PKEY_free(my_key);
    return agreed;
}

bool zt_verify(const struct zt_public_key *key, const void *message, size_t length,
               const uint8_t signature[ZT_SIGNATURE_SIZE])
{
    uint8_t digest[64];

    zt_sha512(digest, message, length, NULL, 0);
    if (!zt_equal_secret(digest, signature + ED25519_SIGNATURE, DIGEST_KEPT))
        return false;

    EVP_PKEY *signer = zt_libcrypto_public(EVP_PKEY_ED25519, key->bytes + KEY_HALF);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool genuine =
        signer != NULL && context != NULL &&
        EVP_DigestVerifyInit(context, NULL, NULL, NULL, signer) == 1 &&
        EVP_DigestVerify(context, signature, ED25519_SIGNATURE, digest, DIGEST_KEPT) == 1;

    EVP_MD_CTX_free(context);
    EVP_PKEY_free(signer);
    return genuine;
}
