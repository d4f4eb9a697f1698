/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of arming one packet, done here once more with libcrypto and single primitives, so that a
   difference shows in which step it is. docs/wire.md 2.5, 2.6. */
#include "vectors.h"

#include "crypto/digest.h"
#include "crypto/poly1305.h"
#include "crypto/salsa.h"
#include "vl1/packet.h"

#include <openssl/evp.h>
#include <string.h>

#define AAD_SIZE 11
#define BLOCK 16

/* Helpers are left out of some cases: what is not there agrees. */
static bool is_step(const json_t *entry, const char *key, const void *bytes, size_t length)
{
    return json_object_get(entry, key) == NULL ||
           vectors_same(vectors_bytes(entry, key), bytes, length);
}

static const char *check_salsa_steps(const json_t *entry, const struct zt_session_key *key,
                                     struct vectors_bytes armored)
{
    uint8_t mangled[32], first[64], tag[16];
    struct zt_salsa salsa;

    memcpy(mangled, key->bytes, sizeof mangled);
    for (size_t i = 0; i < 18; i++)
        mangled[i] ^= armored.at[i];
    mangled[18] ^= armored.at[ZT_AT_FLAGS] & 0xf8;
    mangled[19] ^= (uint8_t)(armored.length & 0xff);
    mangled[20] ^= (uint8_t)(armored.length >> 8 & 0xff);
    if (!is_step(entry, "mangled_key32", mangled, sizeof mangled))
        return "mangled key differs";
    zt_salsa_init(&salsa, mangled, armored.at, 12);
    zt_salsa_xor_portable(&salsa, first, NULL, sizeof first);
    if (!is_step(entry, "poly1305_key", first, 32))
        return "Poly1305 key differs";
    zt_poly1305(tag, first, armored.at + ZT_AT_VERB, armored.length - ZT_AT_VERB);
    if (!is_step(entry, "poly1305_tag16", tag, sizeof tag))
        return "Poly1305 tag differs";
    return vectors_expect(memcmp(tag, armored.at + ZT_AT_MAC, 8) == 0, "MAC differs");
}

static bool encrypt_block(const uint8_t key[32], const uint8_t in[BLOCK], uint8_t out[BLOCK])
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int length = 0;
    bool good = context != NULL &&
                EVP_EncryptInit_ex2(context, EVP_aes_256_ecb(), key, NULL, NULL) == 1 &&
                EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
                EVP_EncryptUpdate(context, out, &length, in, BLOCK) == 1;

    EVP_CIPHER_CTX_free(context);
    return good;
}

/* GCM without anything to encrypt. */
static bool authenticate(const uint8_t key[32], const uint8_t nonce[12], const uint8_t *aad,
                         const uint8_t *body, size_t length, uint8_t tag[BLOCK])
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t unused[BLOCK];
    int done = 0;
    bool good = context != NULL &&
                EVP_EncryptInit_ex2(context, EVP_aes_256_gcm(), key, nonce, NULL) == 1 &&
                EVP_EncryptUpdate(context, NULL, &done, aad, BLOCK) == 1 &&
                EVP_EncryptUpdate(context, NULL, &done, body, (int)length) == 1 &&
                EVP_EncryptFinal_ex(context, unused, &done) == 1 &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, BLOCK, tag) == 1;

    EVP_CIPHER_CTX_free(context);
    return good;
}

static const char *check_siv_steps(const json_t *entry, const struct zt_session_key *key,
                                   struct vectors_bytes armored, struct vectors_bytes plain)
{
    uint8_t k0[48], k1[48], aad[BLOCK] = { 0 }, nonce[12] = { 0 };
    uint8_t tag[BLOCK], before[BLOCK], after[BLOCK], start[BLOCK];

    zt_kdf(k0, key->bytes, '0', 0, 0);
    zt_kdf(k1, key->bytes, '1', 0, 0);
    if (!is_step(entry, "aes_k0", k0, 32) || !is_step(entry, "aes_k1", k1, 32))
        return "AES keys differ";
    memcpy(aad, armored.at + ZT_AT_DESTINATION, AAD_SIZE);
    aad[AAD_SIZE - 1] &= 0xf8;
    if (!is_step(entry, "aad11", aad, AAD_SIZE))
        return "AAD differs";
    memcpy(nonce, plain.at, 8);
    if (!authenticate(k0, nonce, aad, plain.at + ZT_AT_VERB, plain.length - ZT_AT_VERB, tag) ||
        !is_step(entry, "gmac_tag16", tag, sizeof tag))
        return "GMAC differs";
    memcpy(before, plain.at, 8);
    for (size_t i = 0; i < 8; i++)
        before[8 + i] = tag[i] ^ tag[8 + i];
    if (!encrypt_block(k1, before, after) ||
        !is_step(entry, "block_before_aes_k1", before, sizeof before) ||
        !is_step(entry, "block_after_aes_k1", after, sizeof after))
        return "encrypted tag differs";
    memcpy(start, after, sizeof start);
    start[12] &= 0x7f;
    if (!is_step(entry, "ctr_start_block", start, sizeof start))
        return "first counter differs";
    return vectors_expect(memcmp(after, armored.at, 8) == 0 &&
                              memcmp(after + 8, armored.at + ZT_AT_MAC, 8) == 0,
                          "tag on the wire differs");
}

const char *vectors_armor_steps(const json_t *entry, const struct zt_session_key *key,
                                struct vectors_bytes armored, struct vectors_bytes plain)
{
    if (armored.length < ZT_HEADER_SIZE || plain.length != armored.length)
        return "packet of wrong length";
    if (zt_packet_cipher(armored.at) == ZT_CIPHER_GMAC_SIV)
        return check_siv_steps(entry, key, armored, plain);
    return check_salsa_steps(entry, key, armored);
}
