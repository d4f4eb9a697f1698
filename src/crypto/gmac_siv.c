/* SPDX-License-Identifier: Apache-2.0 */
/* AES-GMAC-SIV on libcrypto's AES and GMAC, keys scheduled once per peer. docs/wire.md 2.6. */
#include "crypto/gmac_siv.h"
#include "crypto/algorithms.h"
#include "crypto/digest.h"
#include "crypto/wipe.h"
#include "base/mem.h"

#include <assert.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <string.h>

enum { BLOCK = 16, KDF_LABEL_GMAC = 0x30, KDF_LABEL_CIPHER = 0x31 };

struct zt_gmac_siv {
    EVP_CIPHER_CTX *gmac;    /* k0: GCM that is given nothing but associated data */
    EVP_CIPHER_CTX *counter; /* k1: CTR for the body */
    EVP_CIPHER_CTX *encrypt; /* k1: a single block, for the tag; much faster than a new CTR start */
    EVP_CIPHER_CTX *decrypt; /* k1: a single block back */
};

/* A context with its key scheduled; NULL when out of memory. */
static EVP_CIPHER_CTX *schedule(const EVP_CIPHER *cipher, const uint8_t *key, int encrypt)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

    if (context == NULL)
        return NULL;
    if (EVP_CipherInit_ex2(context, cipher, key, NULL, encrypt, NULL) != 1) {
        EVP_CIPHER_CTX_free(context);
        return NULL;
    }
    return context;
}

/* The same for single blocks. Only these know padding: a stream that is told to have none is told
   again at each start, which is slow. */
static EVP_CIPHER_CTX *schedule_block(const EVP_CIPHER *cipher, const uint8_t *key, int encrypt)
{
    EVP_CIPHER_CTX *context = schedule(cipher, key, encrypt);

    if (context != NULL)
        EVP_CIPHER_CTX_set_padding(context, 0);
    return context;
}

struct zt_gmac_siv *zt_gmac_siv_new(const struct zt_session_key *key)
{
    const struct zt_algorithms *algorithms = zt_algorithms();
    struct zt_gmac_siv *siv = zt_alloc(sizeof *siv);
    uint8_t derived[48];

    if (siv == NULL)
        return NULL;
    zt_kdf(derived, key->bytes, KDF_LABEL_GMAC, 0, 0);
    siv->gmac = schedule(algorithms->aes_gcm, derived, 1);
    zt_kdf(derived, key->bytes, KDF_LABEL_CIPHER, 0, 0);
    siv->counter = schedule(algorithms->aes_ctr, derived, 1);
    siv->encrypt = schedule_block(algorithms->aes_ecb, derived, 1);
    siv->decrypt = schedule_block(algorithms->aes_ecb, derived, 0);
    zt_wipe(derived, sizeof derived);
    if (siv->gmac != NULL && siv->counter != NULL && siv->encrypt != NULL && siv->decrypt != NULL)
        return siv;
    zt_gmac_siv_free(siv);
    return NULL;
}

void zt_gmac_siv_free(struct zt_gmac_siv *siv)
{
    if (siv == NULL)
        return;
    EVP_CIPHER_CTX_free(siv->gmac);
    EVP_CIPHER_CTX_free(siv->counter);
    EVP_CIPHER_CTX_free(siv->encrypt);
    EVP_CIPHER_CTX_free(siv->decrypt);
    zt_free(siv);
}

/* Feeds bytes to a scheduled context, which takes no memory and has nothing to refuse. */
static void update(EVP_CIPHER_CTX *context, uint8_t *out, const uint8_t *in, size_t length)
{
    int done;

    assert(length <= INT_MAX);
    OPENSSL_assert(EVP_CipherUpdate(context, out, &done, in, (int)length) == 1);
}

/* GMAC over aad, padded to a block, and body; its two halves folded into 8 bytes. */
static void authenticate(struct zt_gmac_siv *siv, uint8_t folded[8], const uint8_t id[8],
                         const uint8_t aad[11], const uint8_t *body, size_t length)
{
    uint8_t nonce[12] = { 0 };
    uint8_t padded[BLOCK] = { 0 };
    uint8_t tag[BLOCK];
    int done;

    memcpy(nonce, id, 8);
    memcpy(padded, aad, 11);
    OPENSSL_assert(EVP_CipherInit_ex2(siv->gmac, NULL, NULL, nonce, 1, NULL) == 1);
    update(siv->gmac, NULL, padded, sizeof padded);
    if (length > 0)
        update(siv->gmac, NULL, body, length);
    OPENSSL_assert(EVP_CipherFinal_ex(siv->gmac, tag, &done) == 1);
    OPENSSL_assert(EVP_CIPHER_CTX_ctrl(siv->gmac, EVP_CTRL_AEAD_GET_TAG, BLOCK, tag) == 1);
    for (unsigned i = 0; i < 8; i++)
        folded[i] = tag[i] ^ tag[i + 8];
}

/* Applies the key stream that belongs to tag. The cleared bit keeps the 32-bit counter from
   overflowing. */
static void apply_stream(struct zt_gmac_siv *siv, const uint8_t tag[16], uint8_t *body,
                         size_t length)
{
    uint8_t first[BLOCK];

    memcpy(first, tag, BLOCK);
    first[12] &= 0x7f;
    OPENSSL_assert(EVP_CipherInit_ex2(siv->counter, NULL, NULL, first, 1, NULL) == 1);
    if (length > 0)
        update(siv->counter, body, body, length);
}

void zt_gmac_siv_seal(struct zt_gmac_siv *siv, const uint8_t id[8], const uint8_t aad[11],
                      uint8_t *body, size_t length, uint8_t tag[16])
{
    uint8_t clear_tag[BLOCK];

    memcpy(clear_tag, id, 8);
    authenticate(siv, clear_tag + 8, id, aad, body, length);
    update(siv->encrypt, tag, clear_tag, BLOCK);
    apply_stream(siv, tag, body, length);
}

bool zt_gmac_siv_open(struct zt_gmac_siv *siv, const uint8_t tag[16], const uint8_t aad[11],
                      uint8_t *body, size_t length)
{
    uint8_t clear_tag[BLOCK];
    uint8_t folded[8];

    apply_stream(siv, tag, body, length);
    update(siv->decrypt, clear_tag, tag, BLOCK);
    authenticate(siv, folded, clear_tag, aad, body, length);
    return zt_equal_secret(folded, clear_tag + 8, 8);
}
