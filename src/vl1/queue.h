/* SPDX-License-Identifier: Apache-2.0 */
/* Packets that wait: to be sent (for an identity or a path), or to be judged (for an identity or a
   credential). docs/wire.md 3.8, 6.5. */
#ifndef ZT_VL1_QUEUE_H
#define ZT_VL1_QUEUE_H

#include "vl1/vl1.h"

struct zt_waiting {
    size_t length;
    int64_t since_ms;
    unsigned flags;      /* parked: how to send it */
    struct zt_link link; /* deferred: by which it came */
    bool is_open;        /* deferred: decrypted already, must not be again */
    uint8_t bytes[];
};

struct zt_queue {
    size_t parked_count;
    struct zt_waiting *parked[ZT_MAX_PARKED]; /* oldest first; owned */
    size_t deferred_count;
    struct zt_waiting *
        *deferred; /* oldest first; owned, with what it lists; NULL before the first */
    bool is_due;   /* something arrived that they may have waited for */
};

void zt_queue_clear(struct zt_queue *queue);
/* Keeps a packet in clear until it can be sent; asks for the destination's identity. */
enum zt_drop zt_park(struct zt_vl1 *vl1, const uint8_t *packet, size_t length, unsigned flags);
/* Keeps a received packet. ZT_DROP_DEFERRED, or why not. */
enum zt_drop zt_defer(struct zt_vl1 *vl1, const struct zt_link *link, const uint8_t *packet,
                      size_t length, bool is_open);
/* A deferred packet was opened but can't be judged yet: from now on it waits in clear. */
enum zt_drop zt_defer_open(struct zt_waiting **waiting, const uint8_t *clear, size_t length);
/* An identity or a path arrived: retry before the input ends. */
void zt_queue_wake(struct zt_vl1 *vl1);
void zt_queue_retry(struct zt_vl1 *vl1);
bool zt_queue_is_empty(const struct zt_queue *queue);

#endif
