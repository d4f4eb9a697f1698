/* SPDX-License-Identifier: Apache-2.0 */
/* Passes notices and frames on to all who look on. */
#include "zts/onlook.h"

#include "os/corelock.h"
#include "zts/wait.h"

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
    zt_service_watch_notices(see_notice);
    /* In one hold, so that the last one to ask is also the last one to set. */
    zt_core_lock();
    bool wanted = zts_capture_is_on() || zts_trace_wants(ZTS_TRACE_STACK | ZTS_TRACE_VL2);
    zt_service_tap_frames(wanted ? see_frame : NULL);
    zt_core_unlock();
}
