/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for a C library's where only a compiler is there: ssize_t, which POSIX defines here. */
#ifndef ZT_TESTS_ABI_UNISTD_H
#define ZT_TESTS_ABI_UNISTD_H

typedef __PTRDIFF_TYPE__ ssize_t;

#endif
