/* SPDX-License-Identifier: Apache-2.0 */
/* The one-time authenticator, on libcrypto. */
#ifndef ZT_CRYPTO_POLY1305_H
#define ZT_CRYPTO_POLY1305_H

#include <stddef.h>
#include <stdint.h>

void zt_poly1305(uint8_t tag[16], const uint8_t key[32], const void *message, size_t length);

#endif
