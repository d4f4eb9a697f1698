/* SPDX-License-Identifier: Apache-2.0 */
/* Constant-time equality and secret wiping, as libcrypto does them. */
#include "crypto/wipe.h"

#include <openssl/crypto.h>

bool zt_equal_secret(const void *a, const void *b, size_t length)
{
    return CRYPTO_memcmp(a, b, length) == 0;
}

void zt_wipe(void *memory, size_t length)
{
    OPENSSL_cleanse(memory, length);
}
