/* SPDX-License-Identifier: Apache-2.0 */
/* The algorithms of libcrypto we use, looked up once per process. They are never given back. */
#include "crypto/algorithms.h"

#include <openssl/crypto.h>

static CRYPTO_ONCE looked_up = CRYPTO_ONCE_STATIC_INIT;
static struct zt_algorithms algorithms;

/* A process may end while threads of ours compute: libcrypto's clean-up at exit would take its tables away
   from under them, so it is left out where we are the first to use it. */
static void look_up(void)
{
    OPENSSL_assert(OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL) == 1);
    algorithms.sha384 = EVP_MD_fetch(NULL, "SHA2-384", NULL);
    algorithms.sha512 = EVP_MD_fetch(NULL, "SHA2-512", NULL);
    algorithms.poly1305 = EVP_MAC_fetch(NULL, "POLY1305", NULL);
    algorithms.aes_ecb = EVP_CIPHER_fetch(NULL, "AES-256-ECB", NULL);
    OPENSSL_assert(algorithms.sha384 != NULL && algorithms.sha512 != NULL);
    OPENSSL_assert(algorithms.poly1305 != NULL && algorithms.aes_ecb != NULL);
}

const struct zt_algorithms *zt_algorithms(void)
{
    OPENSSL_assert(CRYPTO_THREAD_run_once(&looked_up, look_up) == 1);
    return &algorithms;
}
