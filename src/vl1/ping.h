/* SPDX-License-Identifier: Apache-2.0 */
/* The periodic checks: keeping in touch with roots and active peers, and housekeeping.
   docs/wire.md 6.6. */
#ifndef ZT_VL1_PING_H
#define ZT_VL1_PING_H

#include "vl1/vl1.h"

/* All timers of VL1, mono clock; INT64_MAX: not running.
   ping: every 5 s (25 s in low-bandwidth mode), at once after a change of roots.
   retry: every 500 ms while a packet waits.
   housekeeping: every 30 s. */
struct zt_timers {
    int64_t ping_ms;
    int64_t retry_ms;
    int64_t housekeeping_ms;
};

void zt_ping_soon(struct zt_vl1 *vl1);
/* Runs whatever is due. */
void zt_timers_run(struct zt_vl1 *vl1);

#endif
