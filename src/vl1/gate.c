/* SPDX-License-Identifier: Apache-2.0 */
/* The identity gate: one timestamp for each bucket of sender networks. */
#include "vl1/gate.h"
#include "base/limits.h"
#include "base/table.h"
#include "vl1/wire.h"

_Static_assert((ZT_MAX_GATES & (ZT_MAX_GATES - 1)) == 0, "a mask chooses the bucket");

bool zt_gate_pass(struct zt_gate *gate, const struct zt_endpoint *endpoint, int64_t now_ms)
{
    size_t prefix = endpoint->family == ZT_FAMILY_IPV4 ? 3 : 6;
    uint32_t now = (uint32_t)now_ms | 1;

    if (!gate->buckets)
        gate->buckets = zt_alloc(ZT_MAX_GATES * sizeof *gate->buckets);
    if (!gate->buckets)
        return false;
    uint32_t *last = &gate->buckets[zt_table_hash(endpoint->ip, prefix) & (ZT_MAX_GATES - 1)];
    if (*last != 0 && now - *last < ZT_IDENTITY_GATE_MS)
        return false;
    *last = now;
    return true;
}

void zt_gate_clear(struct zt_gate *gate)
{
    zt_free(gate->buckets);
    gate->buckets = NULL;
}
