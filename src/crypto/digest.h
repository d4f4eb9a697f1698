/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-512, SHA-384 and the key derivation, on libcrypto. docs/wire.md 2.2. */
#ifndef ZT_CRYPTO_DIGEST_H
#define ZT_CRYPTO_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* Each hashes the concatenation of two parts (either may be empty). */
void zt_sha512(uint8_t out[64], const void *a, size_t a_length, const void *b, size_t b_length);
void zt_sha384(uint8_t out[48], const void *a, size_t a_length, const void *b, size_t b_length);

/* HMAC-SHA-384 under the 48-byte session key, counter mode: one full 48-byte block. */
void zt_kdf(uint8_t out[48], const uint8_t key[48], uint8_t label, uint8_t context,
            uint32_t iteration);

#endif
