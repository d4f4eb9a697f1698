/* SPDX-License-Identifier: Apache-2.0 */
/* How many requests the account of the hosted API may still make: a rate, and what answers tell of it.
   docs/http.md */
#ifndef ZT_HTTP_ALLOWANCE_H
#define ZT_HTTP_ALLOWANCE_H

#include "base/bytes.h"
#include "base/rate.h"
#include "os/host.h"

#define ZT_HOSTED_PER_SECOND 100 /* as many may come at once */

struct zt_allowance {
    struct zt_monitor *desk; /* a leaf: guards the rate */
    struct zt_rate rate;
};

/* Of an answer; limit 0: nothing is told. */
struct zt_allowance_state {
    unsigned limit, remaining;
    int64_t reset_s; /* wall time from which the limit can be used anew */
};

ZT_MUST_USE bool zt_allowance_open(struct zt_allowance *allowance, int64_t mono_ms);
void zt_allowance_close(struct zt_allowance *allowance); /* also one that is all zero */
/* Uses up one request. False: there is none left. */
bool zt_allowance_take(struct zt_allowance *allowance, int64_t mono_ms);
struct zt_allowance_state zt_allowance_state(struct zt_allowance *allowance, struct zt_instant now);

#endif
