/* SPDX-License-Identifier: Apache-2.0 */
/* The one lock of the process, recursive for its owner, with a hook at the outermost release and wakes
   right after it. */
#define _GNU_SOURCE
#include "os/corelock.h"

#include "os/turn.h"

#include <assert.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

enum { MOST_WAKES = 64 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local unsigned depth; /* how often this thread holds the lock */

/* Guarded by the mutex. */
static void (*flush_hook)(void *context);
static void *flush_context;
static struct zt_monitor *wakes[MOST_WAKES];
static size_t wake_count;

/* Shared by those who wake after their release, so that who frees a monitor can wait for them. */
static pthread_rwlock_t waking = PTHREAD_RWLOCK_INITIALIZER;

void zt_core_lock(void)
{
    if (depth == 0)
        pthread_mutex_lock(&mutex);
    depth++;
}

static void release_and_wake(void)
{
    struct zt_monitor *due[MOST_WAKES];
    size_t count = wake_count;

    memcpy(due, wakes, count * sizeof due[0]);
    wake_count = 0;
    pthread_rwlock_rdlock(&waking);
    depth = 0;
    pthread_mutex_unlock(&mutex);
    for (size_t i = 0; i < count; i++)
        zt_turn_wake_all(due[i]);
    pthread_rwlock_unlock(&waking);
}

void zt_core_unlock(void)
{
    assert(depth > 0);

    if (depth > 1) {
        depth--;
        return;
    }
    /* The depth stays at 1 while the hook runs, so that locking inside it is not outermost again. */
    if (flush_hook)
        flush_hook(flush_context);
    if (wake_count > 0) {
        release_and_wake();
        return;
    }
    depth = 0;
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

/* False: no room. */
static bool wake_later(struct zt_monitor *monitor)
{
    /* From the end: most news of a batch are for one. */
    for (size_t i = wake_count; i-- > 0;) {
        if (wakes[i] == monitor)
            return true;
    }
    if (wake_count == MOST_WAKES)
        return false;
    wakes[wake_count++] = monitor;
    return true;
}

void zt_core_lock_wake(struct zt_monitor *monitor)
{
    if (depth == 0 || !wake_later(monitor))
        zt_turn_wake_all(monitor);
}

void zt_core_lock_forget(struct zt_monitor *monitor)
{
    zt_core_lock();
    for (size_t i = wake_count; i-- > 0;) {
        if (wakes[i] == monitor)
            wakes[i] = wakes[--wake_count];
    }
    /* Whoever released before us may still be waking; nobody begins to while we hold the lock. */
    pthread_rwlock_wrlock(&waking);
    pthread_rwlock_unlock(&waking);
    zt_core_unlock();
}
