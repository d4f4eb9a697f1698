/* SPDX-License-Identifier: Apache-2.0 */
/* How often something may happen: a token bucket and a simple interval. Time is an argument. */
#include "base/rate.h"

#include <assert.h>

void zt_rate_init(struct zt_rate *rate, int64_t per_second, int64_t burst, int64_t now_ms)
{
    assert(per_second >= 1 && per_second <= INT64_C(1000000000));
    assert(burst >= 1 && burst <= INT64_C(1000000000));

    rate->per_second = per_second;
    rate->burst = burst;
    rate->milli = burst * 1000;
    rate->updated_ms = now_ms;
}

static void refill(struct zt_rate *rate, int64_t now_ms)
{
    int64_t full = rate->burst * 1000;
    int64_t elapsed_ms = now_ms - rate->updated_ms;

    /* Dividing first keeps a long sleep from overflowing the product. */
    if (elapsed_ms > (full - rate->milli) / rate->per_second)
        rate->milli = full;
    else
        rate->milli += elapsed_ms * rate->per_second;
    rate->updated_ms = now_ms;
}

bool zt_rate_take(struct zt_rate *rate, int64_t now_ms)
{
    assert(now_ms >= rate->updated_ms);

    refill(rate, now_ms);
    if (rate->milli < 1000)
        return false;
    rate->milli -= 1000;
    return true;
}

void zt_rate_give_back(struct zt_rate *rate)
{
    int64_t full = rate->burst * 1000;

    rate->milli = rate->milli < full - 1000 ? rate->milli + 1000 : full;
}

bool zt_interval_passed(int64_t *last_ms, int64_t interval_ms, int64_t now_ms)
{
    assert(interval_ms >= 0);

    if (now_ms - *last_ms < interval_ms)
        return false;
    *last_ms = now_ms;
    return true;
}
