/* SPDX-License-Identifier: Apache-2.0 */
/* What lwIP needs to know of the compiler and of us. */
#ifndef ZT_STACK_ARCH_CC_H
#define ZT_STACK_ARCH_CC_H

#include <stdint.h>
#include <stdlib.h>

uint32_t zt_stack_random(void);

#define LWIP_RAND() zt_stack_random()
/* A library prints nothing; a broken invariant ends the process. */
#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(x) abort()

#endif
