/* SPDX-License-Identifier: Apache-2.0 */
/* A bell that one thread waits for and any other rings; unlike a condition it can be waited for together with
   a descriptor. */
#ifndef ZT_CMD_BELL_H
#define ZT_CMD_BELL_H

#include <stdbool.h>
#include <stdint.h>

struct zt_bell {
    int ends[2]; /* of a pipe; -1: none */
};

bool zt_bell_open(struct zt_bell *bell); /* false: the system has no descriptors left */
void zt_bell_close(struct zt_bell *bell);
void zt_bell_ring(const struct zt_bell *bell); /* from any thread; never blocks */
/* Returns after a ring, at once if it was before; when the descriptor (-1: none) is ready, and then true; or
   after the time. */
bool zt_bell_wait(const struct zt_bell *bell, int descriptor, bool for_writing, int timeout_ms);

#endif
