/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that wait for a change of the node's state. */
#ifndef ZT_ZTS_WAIT_H
#define ZT_ZTS_WAIT_H

#include "zts/zts.h"

/* Something changed that may be waited for: wakes those who wait. Any lock may be held. */
void zts_wait_changed(void);
/* For the service: does the notice tell of such a change? */
void zts_wait_notice(const struct zt_notice *notice);
/* Sleeps until there is a change, at most so long. */
void zts_wait_for_change(int64_t timeout_ms);

#endif
