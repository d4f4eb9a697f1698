/* SPDX-License-Identifier: Apache-2.0 */
/* Passes notices and frames on to all who look on. */
#include "zts/onlook.h"

#include "zts/wait.h"

#include <pthread.h>

/* So that the last one to ask is also the last one to set. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void see_notice(const struct zt_notice *notice)
{
    zts_wait_notice(notice);
    zts_trace_notice(notice);
}

static void see_frame(const struct zt_tapped *frame)
{
    zts_trace_frame(frame);
    zts_capture_frame(frame);
}

void zts_onlook_update(void)
{
    pthread_mutex_lock(&mutex);
    bool wanted = zts_capture_is_on() || zts_trace_wants(ZTS_TRACE_STACK | ZTS_TRACE_VL2);
    zt_service_watch_notices(see_notice);
    zt_service_tap_frames(wanted ? see_frame : NULL);
    pthread_mutex_unlock(&mutex);
}
