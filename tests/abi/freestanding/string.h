/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for a C library's where only a compiler is there: what ZeroTierSockets.h needs of it. */
#ifndef ZT_TESTS_ABI_STRING_H
#define ZT_TESTS_ABI_STRING_H

#include <stddef.h>

void *memset(void *to, int byte, size_t length);

#endif
