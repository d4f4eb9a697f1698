/* SPDX-License-Identifier: Apache-2.0 */
/* How often something may happen: a token bucket and a simple interval. Time is an argument. */
#ifndef ZT_BASE_RATE_H
#define ZT_BASE_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct zt_rate {
    int64_t per_second; /* tokens gained each second, at least 1 */
    int64_t burst;      /* the most tokens ever held */
    int64_t milli;      /* thousandths of a token held now */
    int64_t updated_ms;
};

void zt_rate_init(struct zt_rate *rate, int64_t per_second, int64_t burst, int64_t now_ms);

/* Takes one token. False when none is left: the caller drops what it was about to do. */
bool zt_rate_take(struct zt_rate *rate, int64_t now_ms);

/* Gives back a token that was taken for what turned out to be worth it. */
void zt_rate_give_back(struct zt_rate *rate);

/* A moment that has not been yet: every interval since then has passed. */
#define ZT_NEVER_MS INT64_C(-4611686018427387904)

/* True, and *last_ms = now, if interval_ms or more have passed since *last_ms. */
bool zt_interval_passed(int64_t *last_ms, int64_t interval_ms, int64_t now_ms);

#endif
