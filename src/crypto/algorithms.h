/* SPDX-License-Identifier: Apache-2.0 */
/* The algorithms of libcrypto we use, looked up once per process: a look-up costs more than a hash. */
#ifndef ZT_CRYPTO_ALGORITHMS_H
#define ZT_CRYPTO_ALGORITHMS_H

#include <openssl/evp.h>

struct zt_algorithms {
    EVP_MD *sha384;
    EVP_MD *sha512;
    EVP_MAC *poly1305;
    EVP_CIPHER *aes_ecb; /* 256-bit keys */
};

/* Safe on any thread. Ends the process if libcrypto lacks one: nothing would work without. */
const struct zt_algorithms *zt_algorithms(void);

#endif
