/* SPDX-License-Identifier: Apache-2.0 */
/* Constant-time equality and secret wiping. */
#ifndef ZT_CRYPTO_WIPE_H
#define ZT_CRYPTO_WIPE_H

#include <stdbool.h>
#include <stddef.h>

bool zt_equal_secret(const void *a, const void *b, size_t length);
void zt_wipe(void *memory, size_t length);

#endif
