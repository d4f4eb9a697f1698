/* SPDX-License-Identifier: Apache-2.0 */
/* The one-time authenticator, on libcrypto: each thread keeps one context, as making one costs more
   than authenticating a packet. */
#include "crypto/poly1305.h"
#include "crypto/algorithms.h"

#include <openssl/crypto.h>

static CRYPTO_ONCE prepared = CRYPTO_ONCE_STATIC_INIT;
static CRYPTO_THREAD_LOCAL own_context;

static void free_context(void *context)
{
    EVP_MAC_CTX_free(context);
}

static void prepare(void)
{
    OPENSSL_assert(CRYPTO_THREAD_init_local(&own_context, free_context) == 1);
}

static EVP_MAC_CTX *context_of_thread(void)
{
    OPENSSL_assert(CRYPTO_THREAD_run_once(&prepared, prepare) == 1);

    EVP_MAC_CTX *context = CRYPTO_THREAD_get_local(&own_context);

    if (context != NULL)
        return context;
    context = EVP_MAC_CTX_new(zt_algorithms()->poly1305);
    OPENSSL_assert(context != NULL);
    OPENSSL_assert(CRYPTO_THREAD_set_local(&own_context, context) == 1);
    return context;
}

void zt_poly1305(uint8_t tag[16], const uint8_t key[32], const void *message, size_t length)
{
    EVP_MAC_CTX *context = context_of_thread();
    size_t tag_length;

    OPENSSL_assert(EVP_MAC_init(context, key, 32, NULL) == 1);
    OPENSSL_assert(EVP_MAC_update(context, message, length) == 1);
    OPENSSL_assert(EVP_MAC_final(context, tag, &tag_length, 16) == 1);
}
