/* SPDX-License-Identifier: Apache-2.0 */
/* The only caller of malloc in the core: each block carries its size, so that freeing can wipe it. */
#include "base/mem.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Stands before each block and keeps the block as aligned as malloc made it. */
union header {
    size_t size;
    max_align_t alignment;
};

static _Thread_local unsigned long fail_countdown;
static _Thread_local long live_count;

/* Called through a volatile pointer: a plain memset before free may be optimised away. */
static void *(*const volatile wipe)(void *, int, size_t) = memset;

void *zt_alloc(size_t size)
{
    if (fail_countdown > 0 && --fail_countdown == 0)
        return NULL;
    if (size > SIZE_MAX - sizeof(union header))
        return NULL;

    union header *header = calloc(1, sizeof *header + size);

    if (header == NULL)
        return NULL;
    header->size = size;
    live_count++;
    return header + 1;
}

void zt_free(void *memory)
{
    if (memory == NULL)
        return;

    union header *header = (union header *)memory - 1;

    wipe(memory, 0, header->size);
    live_count--;
    free(header);
}

void zt_mem_fail_nth(unsigned long n)
{
    fail_countdown = n;
}

long zt_mem_live(void)
{
    return live_count;
}
