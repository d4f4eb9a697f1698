/* SPDX-License-Identifier: Apache-2.0 */
/* What lwIP needs to know of the compiler and of us. */
#ifndef ZT_STACK_ARCH_CC_H
#define ZT_STACK_ARCH_CC_H

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* lwIP takes this as the sign that unistd.h has ssize_t; strict C leaves it out. */
#ifndef SSIZE_MAX
#define SSIZE_MAX INTPTR_MAX
#endif

uint32_t zt_stack_random(void);

#define LWIP_RAND() zt_stack_random()
/* Says which invariant is broken, and ends the process. */
_Noreturn void zt_stack_fail(const char *claim, const char *file, int line);

#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(x) zt_stack_fail(x, __FILE__, __LINE__)

#endif
