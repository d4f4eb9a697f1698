/* SPDX-License-Identifier: Apache-2.0 */
/* The only caller of malloc in the core. Freed memory is wiped first. */
#ifndef ZT_BASE_MEM_H
#define ZT_BASE_MEM_H

#include <stddef.h>

/* Zeroed memory, or NULL. The caller owns it and returns it with zt_free. */
void *zt_alloc(size_t size);

/* Wipes and frees; NULL is fine. */
void zt_free(void *memory);

/* Makes the n-th zt_alloc from now on return NULL (1 = the next), then works again; 0 turns it off.
   For tests. Counts per thread. */
void zt_mem_fail_nth(unsigned long n);

/* How many blocks of this thread's allocations are not freed yet. For tests. */
long zt_mem_live(void);

#endif
