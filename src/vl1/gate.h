/* SPDX-License-Identifier: Apache-2.0 */
/* How often strangers from one network may make us do expensive work. docs/wire.md 6.13. */
#ifndef ZT_VL1_GATE_H
#define ZT_VL1_GATE_H

#include "base/endpoint.h"

struct zt_gate {
    uint32_t *buckets; /* times, lower half; 0: never. Owned; NULL before the first stranger */
};

/* True once per bucket and interval. A bucket is a /24 or /48, hashed. */
bool zt_gate_pass(struct zt_gate *gate, const struct zt_endpoint *endpoint, int64_t now_ms);
void zt_gate_clear(struct zt_gate *gate);

#endif
