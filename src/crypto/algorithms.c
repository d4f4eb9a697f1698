/* SPDX-License-Identifier: Apache-2.0 */
/* The set-up of libcrypto and the algorithms we use, once per process. They are never given back. */
#include "crypto/algorithms.h"

#include <openssl/crypto.h>

static CRYPTO_ONCE looked_up = CRYPTO_ONCE_STATIC_INIT;
static struct zt_algorithms algorithms;

/* A process may end while threads of ours compute: libcrypto's clean-up at exit would take its tables away
   from under them, so it is left out where we are the first to use it. A copy that is ours alone needs
   neither the texts of its errors nor the system's settings, nor its older tables of all ciphers and digests:
   what is fetched comes from a provider. */
#ifdef ZT_OWN_LIBCRYPTO
#define START_OPTIONS                                                                              \
    (OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_LOAD_CONFIG |  \
     OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS)
#else
#define START_OPTIONS OPENSSL_INIT_NO_ATEXIT
#endif

static void look_up(void)
{
    OPENSSL_assert(OPENSSL_init_crypto(START_OPTIONS, NULL) == 1);
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

EVP_PKEY *zt_libcrypto_secret(int type, const uint8_t raw[32])
{
    (void)zt_algorithms();
    return EVP_PKEY_new_raw_private_key(type, NULL, raw, 32);
}

EVP_PKEY *zt_libcrypto_public(int type, const uint8_t raw[32])
{
    (void)zt_algorithms();
    return EVP_PKEY_new_raw_public_key(type, NULL, raw, 32);
}
