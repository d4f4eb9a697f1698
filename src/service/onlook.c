/* SPDX-License-Identifier: Apache-2.0 */
/* Those who look on: one watcher of notices and one tap of frames for the process. */
#define _POSIX_C_SOURCE 200809L
#include "service/onlook.h"

#include "os/corelock.h"

#include <assert.h>
#include <pthread.h>
#include <stddef.h>

/* Shared by those who call the watcher, so that who replaces it waits for them. */
static pthread_rwlock_t watching = PTHREAD_RWLOCK_INITIALIZER;
static zt_notice_watcher notice_watcher;
static zt_frame_tap frame_tap; /* guarded by the core lock */

void zt_service_watch_notices(zt_notice_watcher watcher)
{
    pthread_rwlock_wrlock(&watching);
    notice_watcher = watcher;
    pthread_rwlock_unlock(&watching);
}

void zt_service_tap_frames(zt_frame_tap tap)
{
    zt_core_lock();
    frame_tap = tap;
    zt_core_unlock();
}

void zt_onlook_notice(const struct zt_notice *notice)
{
    pthread_rwlock_rdlock(&watching);
    if (notice_watcher != NULL)
        notice_watcher(notice);
    pthread_rwlock_unlock(&watching);
}

bool zt_onlook_is_tapped(void)
{
    assert(zt_core_lock_is_mine());
    return frame_tap != NULL;
}

void zt_onlook_frame(const struct zt_tapped *frame)
{
    assert(zt_core_lock_is_mine());
    if (frame_tap != NULL)
        frame_tap(frame);
}
