/* SPDX-License-Identifier: Apache-2.0 */
/* The allowance of the hosted API: a token bucket under a lock. */
#include "http/allowance.h"

bool zt_allowance_open(struct zt_allowance *allowance, int64_t mono_ms)
{
    zt_rate_init(&allowance->rate, ZT_HOSTED_PER_SECOND, ZT_HOSTED_PER_SECOND, mono_ms);
    allowance->desk = zt_monitor_new();
    return allowance->desk != NULL;
}

void zt_allowance_close(struct zt_allowance *allowance)
{
    if (allowance->desk)
        zt_monitor_free(allowance->desk);
    allowance->desk = NULL;
}

bool zt_allowance_take(struct zt_allowance *allowance, int64_t mono_ms)
{
    bool is_taken;

    zt_monitor_enter(allowance->desk);
    /* Another thread may have read a later time before us. */
    if (mono_ms < allowance->rate.updated_ms)
        mono_ms = allowance->rate.updated_ms;
    is_taken = zt_rate_take(&allowance->rate, mono_ms);
    zt_monitor_leave(allowance->desk);
    return is_taken;
}

/* A bucket fills again within a second, so that is when the limit holds anew, in whole seconds. */
struct zt_allowance_state zt_allowance_state(struct zt_allowance *allowance, struct zt_instant now)
{
    struct zt_allowance_state state = { .limit = ZT_HOSTED_PER_SECOND,
                                        .reset_s = now.wall_ms / 1000 + 1 };

    zt_monitor_enter(allowance->desk);
    state.remaining = (unsigned)(allowance->rate.milli / 1000);
    zt_monitor_leave(allowance->desk);
    return state;
}
