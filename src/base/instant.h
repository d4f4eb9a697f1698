/* SPDX-License-Identifier: Apache-2.0 */
/* A moment on both clocks: timers use mono_ms, what we sign or announce uses wall_ms. */
#ifndef ZT_BASE_INSTANT_H
#define ZT_BASE_INSTANT_H

#include <stdint.h>

struct zt_instant {
    int64_t mono_ms; /* never runs backwards */
    int64_t wall_ms; /* since 1970; may jump */
};

#endif
