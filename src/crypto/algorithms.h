/* SPDX-License-Identifier: Apache-2.0 */
/* The door to libcrypto: set up, and its algorithms that we use looked up, once per process, as a look-up costs
   more than a hash. */
#ifndef ZT_CRYPTO_ALGORITHMS_H
#define ZT_CRYPTO_ALGORITHMS_H

#include <openssl/evp.h>
#include <stdint.h>

struct zt_algorithms {
    EVP_MD *sha384;
    EVP_MD *sha512;
    EVP_MAC *poly1305;
    EVP_CIPHER *aes_ecb; /* 256-bit keys */
};

/* Safe on any thread. Ends the process if libcrypto lacks one: nothing would work without. */
const struct zt_algorithms *zt_algorithms(void);

/* libcrypto's form of 32 bytes of a key of this type (EVP_PKEY_X25519, EVP_PKEY_ED25519), for the caller to
   free. NULL: out of memory. */
EVP_PKEY *zt_libcrypto_secret(int type, const uint8_t raw[32]);
EVP_PKEY *zt_libcrypto_public(int type, const uint8_t raw[32]);

#endif
