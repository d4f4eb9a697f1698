/* SPDX-License-Identifier: Apache-2.0 */
/* The one lock of the process, recursive for its owner, with a hook at the outermost release. */
#include "os/corelock.h"

#include <assert.h>
#include <pthread.h>
#include <stddef.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local unsigned depth; /* how often this thread holds the lock */

/* Guarded by the mutex. */
static void (*flush_hook)(void *context);
static void *flush_context;

void zt_core_lock(void)
{
    if (depth == 0)
        pthread_mutex_lock(&mutex);
    depth++;
}

void zt_core_unlock(void)
{
    assert(depth > 0);

    /* The depth stays at 1 while the hook runs, so that locking inside it is not outermost again. */
    if (depth == 1 && flush_hook)
        flush_hook(flush_context);
    depth--;
    if (depth == 0)
        pthread_mutex_unlock(&mutex);
}

bool zt_core_lock_is_mine(void)
{
    return depth > 0;
}

void zt_core_lock_on_release(void (*flush)(void *context), void *context)
{
    assert(depth > 0);
    flush_hook = flush;
    flush_context = context;
}
