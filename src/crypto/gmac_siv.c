/* SPDX-License-Identifier: Apache-2.0 */
/* AES-GMAC-SIV on libcrypto's AES and GMAC, keys scheduled once per peer. docs/wire.md 2.6. */
#include "crypto/gmac_siv.h"
#include "crypto/algorithms.h"
#include "crypto/digest.h"
#include "crypto/wipe.h"
#include "base/bytes.h"
#include "base/mem.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/modes.h>
#include <string.h>

enum { BLOCK = 16, STREAM_BLOCKS = 32, KDF_LABEL_GMAC = 0x30, KDF_LABEL_CIPHER = 0x31 };

/* Single blocks and the stream come from AES in ECB mode, and GMAC from the hash that GCM is made of: to
   start a stream or a GCM message by EVP costs several times what a short packet's bytes do. */
struct zt_gmac_siv {
    EVP_CIPHER_CTX *mask;    /* k0: encrypts single blocks for gmac */
    GCM128_CONTEXT *gmac;    /* k0: is given nothing but associated data */
    EVP_CIPHER_CTX *encrypt; /* k1: the tag, and the key stream */
    EVP_CIPHER_CTX *decrypt; /* k1: the tag back */
};

/* A context with its key scheduled; NULL when out of memory. */
static EVP_CIPHER_CTX *schedule(const uint8_t *key, int encrypt)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

    if (context == NULL)
        return NULL;
    if (EVP_CipherInit_ex2(context, zt_algorithms()->aes_ecb, key, NULL, encrypt, NULL) != 1) {
        EVP_CIPHER_CTX_free(context);
        return NULL;
    }
    EVP_CIPHER_CTX_set_padding(context, 0);
    return context;
}

/* Whole blocks through a scheduled context, which takes no memory and has nothing to refuse. */
static void transform(EVP_CIPHER_CTX *context, uint8_t *out, const uint8_t *in, size_t length)
{
    int done;

    assert(length % BLOCK == 0 && length <= STREAM_BLOCKS * BLOCK);
    OPENSSL_assert(EVP_CipherUpdate(context, out, &done, in, (int)length) == 1);
}

static void encrypt_block(const unsigned char in[BLOCK], unsigned char out[BLOCK], const void *key)
{
    const struct zt_gmac_siv *siv = key;

    transform(siv->mask, out, in, BLOCK);
}

struct zt_gmac_siv *zt_gmac_siv_new(const struct zt_session_key *key)
{
    struct zt_gmac_siv *siv = zt_alloc(sizeof *siv);
    uint8_t derived[48];

    if (siv == NULL)
        return NULL;
    zt_kdf(derived, key->bytes, KDF_LABEL_GMAC, 0, 0);
    siv->mask = schedule(derived, 1);
    if (siv->mask != NULL)
        siv->gmac = CRYPTO_gcm128_new(siv, encrypt_block);
    zt_kdf(derived, key->bytes, KDF_LABEL_CIPHER, 0, 0);
    siv->encrypt = schedule(derived, 1);
    siv->decrypt = schedule(derived, 0);
    zt_wipe(derived, sizeof derived);
    if (siv->gmac != NULL && siv->encrypt != NULL && siv->decrypt != NULL)
        return siv;
    zt_gmac_siv_free(siv);
    return NULL;
}

void zt_gmac_siv_free(struct zt_gmac_siv *siv)
{
    if (siv == NULL)
        return;
    CRYPTO_gcm128_release(siv->gmac); /* wipes it */
    EVP_CIPHER_CTX_free(siv->mask);
    EVP_CIPHER_CTX_free(siv->encrypt);
    EVP_CIPHER_CTX_free(siv->decrypt);
    zt_free(siv);
}

/* GMAC over aad, padded to a block, and body; its two halves folded into 8 bytes. */
static void authenticate(struct zt_gmac_siv *siv, uint8_t folded[8], const uint8_t id[8],
                         const uint8_t aad[11], const uint8_t *body, size_t length)
{
    uint8_t nonce[12] = { 0 };
    uint8_t padded[BLOCK] = { 0 };
    uint8_t tag[BLOCK];

    memcpy(nonce, id, 8);
    memcpy(padded, aad, 11);
    CRYPTO_gcm128_setiv(siv->gmac, nonce, sizeof nonce);
    OPENSSL_assert(CRYPTO_gcm128_aad(siv->gmac, padded, sizeof padded) == 0);
    OPENSSL_assert(CRYPTO_gcm128_aad(siv->gmac, body, length) == 0);
    CRYPTO_gcm128_tag(siv->gmac, tag, BLOCK);
    for (unsigned i = 0; i < 8; i++)
        folded[i] = tag[i] ^ tag[i + 8];
}

/* The next blocks of the key stream: their counters, encrypted. */
static void make_stream(struct zt_gmac_siv *siv, const uint8_t first[BLOCK], uint32_t counter,
                        uint8_t *stream, size_t blocks)
{
    for (size_t i = 0; i < blocks; i++) {
        memcpy(stream + i * BLOCK, first, 12);
        zt_store_u32(stream + i * BLOCK + 12, counter + (uint32_t)i);
    }
    transform(siv->encrypt, stream, stream, blocks * BLOCK);
}

/* Eight bytes at a time: the compiler does not find that by itself. */
static void add_stream(uint8_t *body, const uint8_t *stream, size_t length)
{
    size_t at = 0;

    for (; length - at >= 8; at += 8) {
        uint64_t word, mask;
        memcpy(&word, body + at, 8);
        memcpy(&mask, stream + at, 8);
        word ^= mask;
        memcpy(body + at, &word, 8);
    }
    for (; at < length; at++)
        body[at] ^= stream[at];
}

/* Applies the key stream that belongs to tag: counter mode. The cleared bit keeps the 32-bit counter from
   overflowing. */
static void apply_stream(struct zt_gmac_siv *siv, const uint8_t tag[16], uint8_t *body,
                         size_t length)
{
    uint8_t stream[STREAM_BLOCKS * BLOCK];
    uint32_t counter = zt_load_u32(tag + 12) & 0x7fffffff;

    while (length > 0) {
        size_t piece = length < sizeof stream ? length : sizeof stream;
        size_t blocks = (piece + BLOCK - 1) / BLOCK;
        make_stream(siv, tag, counter, stream, blocks);
        add_stream(body, stream, piece);
        counter += (uint32_t)blocks;
        body += piece;
        length -= piece;
    }
}

void zt_gmac_siv_seal(struct zt_gmac_siv *siv, const uint8_t id[8], const uint8_t aad[11],
                      uint8_t *body, size_t length, uint8_t tag[16])
{
    uint8_t clear_tag[BLOCK];

    memcpy(clear_tag, id, 8);
    authenticate(siv, clear_tag + 8, id, aad, body, length);
    transform(siv->encrypt, tag, clear_tag, BLOCK);
    apply_stream(siv, tag, body, length);
}

bool zt_gmac_siv_open(struct zt_gmac_siv *siv, const uint8_t tag[16], const uint8_t aad[11],
                      uint8_t *body, size_t length)
{
    uint8_t clear_tag[BLOCK];
    uint8_t folded[8];

    apply_stream(siv, tag, body, length);
    transform(siv->decrypt, clear_tag, tag, BLOCK);
    authenticate(siv, folded, clear_tag, aad, body, length);
    return zt_equal_secret(folded, clear_tag + 8, 8);
}
