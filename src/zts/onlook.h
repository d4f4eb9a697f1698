/* SPDX-License-Identifier: Apache-2.0 */
/* What looks on while the node works: waits, the trace and the capture, on the service's two hooks. */
#ifndef ZT_ZTS_ONLOOK_H
#define ZT_ZTS_ONLOOK_H

#include "zts/zts.h"

/* The log of the node: errors go to stderr, the rest to the trace. */
const struct zt_log *zts_trace_log(void);
/* Are notices or frames traced? */
bool zts_trace_wants(unsigned modules);
void zts_trace_notice(const struct zt_notice *notice);
void zts_trace_frame(const struct zt_tapped *frame);

bool zts_capture_is_on(void);
void zts_capture_frame(const struct zt_tapped *frame);

/* Notices are looked at from now on, and frames as long as somebody wants them. To be called before the
   node starts and after each change of who wants what. */
void zts_onlook_update(void);

#endif
