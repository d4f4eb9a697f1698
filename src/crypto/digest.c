/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-512, SHA-384 and the key derivation, on libcrypto. docs/wire.md 2.2. */
#include "crypto/digest.h"
#include "crypto/algorithms.h"
#include "base/bytes.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

/* A hash has no way to fail but want of memory, and no caller could go on without it. */
static void hash(const EVP_MD *algorithm, uint8_t *out, const void *a, size_t a_length,
                 const void *b, size_t b_length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    OPENSSL_assert(context != NULL);
    OPENSSL_assert(EVP_DigestInit_ex2(context, algorithm, NULL) == 1);
    OPENSSL_assert(EVP_DigestUpdate(context, a, a_length) == 1);
    OPENSSL_assert(EVP_DigestUpdate(context, b, b_length) == 1);
    OPENSSL_assert(EVP_DigestFinal_ex(context, out, NULL) == 1);
    EVP_MD_CTX_free(context);
}

void zt_sha512(uint8_t out[64], const void *a, size_t a_length, const void *b, size_t b_length)
{
    hash(zt_algorithms()->sha512, out, a, a_length, b, b_length);
}

void zt_sha384(uint8_t out[48], const void *a, size_t a_length, const void *b, size_t b_length)
{
    hash(zt_algorithms()->sha384, out, a, a_length, b, b_length);
}

/* iteration (4), "ZT", label, 0, context, result's length in bits (4): counter mode of SP 800-108. */
void zt_kdf(uint8_t out[48], const uint8_t key[48], uint8_t label, uint8_t context,
            uint32_t iteration)
{
    uint8_t message[13];
    struct zt_writer writer = zt_writer_of(message, sizeof message);

    zt_write_u32(&writer, iteration);
    zt_write_copy(&writer, "ZT", 2);
    zt_write_u8(&writer, label);
    zt_write_u8(&writer, 0);
    zt_write_u8(&writer, context);
    zt_write_u32(&writer, 384);
    OPENSSL_assert(HMAC(zt_algorithms()->sha384, key, 48, message, sizeof message, out, NULL) ==
                   out);
}
