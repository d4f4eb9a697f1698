/* SPDX-License-Identifier: Apache-2.0 */
/* Which ids of ours may still be answered: an OK to anything else is dropped. docs/wire.md 4.6. */
#ifndef ZT_VL1_EXPECTED_H
#define ZT_VL1_EXPECTED_H

#include "base/endpoint.h"
#include "base/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Only the upper half of an id is compared: older nodes counted in the lowest bits. */
struct zt_expectation {
    uint32_t id;
    uint32_t at_ms; /* lower half of the clock, which is enough for its age; see is_used */
    uint32_t where; /* a hash of the endpoint that was asked */
    bool is_used;
};

/* Sets of eight entries, chosen by the id, which is random. The table doubles up to its bound while
   expectations that still count would be lost. */
struct zt_expected {
    struct zt_expectation *entries; /* owned; NULL before the first */
    size_t capacity;                /* a power of two, or 0 */
};

void zt_expected_clear(struct zt_expected *expected);
/* id: as on the wire, so after arming; where: it was sent to. Out of memory: the answer will be dropped. */
void zt_expected_add(struct zt_expected *expected, uint64_t id, const struct zt_endpoint *where,
                     int64_t now_ms);
/* Stays true until it is too old: one HELLO may be answered once for each of our sockets. */
bool zt_expected_has(const struct zt_expected *expected, uint64_t id, int64_t now_ms);
/* The same, of an answer that came from where was asked. Any other may be a replay of it. */
bool zt_expected_from(const struct zt_expected *expected, uint64_t id,
                      const struct zt_endpoint *where, int64_t now_ms);

#endif
