/* SPDX-License-Identifier: Apache-2.0 */
/* Many connections of ours that are open and silent: made here, and looked at all at once. */
#include "measure.h"

#include <ZeroTierSockets.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 1000, LOOKS = 1001 };

static int held[MOST];
static unsigned held_count;

int hold_connections(const char *ip, unsigned count)
{
    while (held_count < count && held_count < MOST) {
        int fd = open_stream(&stack_ours, ip, MODE_HOLD);
        if (fd < 0)
            return measure_failed(&stack_ours, "no further connection");
        held[held_count++] = fd;
    }
    (void)printf("{\"held\": %u}\n", held_count);
    return 0;
}

static bool poll_all(void)
{
    static struct zts_pollfd all[MOST];

    for (unsigned i = 0; i < held_count; i++)
        all[i] = (struct zts_pollfd){ .fd = held[i], .events = ZTS_POLLIN };
    return zts_bsd_poll(all, held_count, 0) == 0;
}

static bool select_all(void)
{
    struct zts_timeval none = { 0, 0 };
    zts_fd_set all;
    int end = 0;

    ZTS_FD_ZERO(&all);
    for (unsigned i = 0; i < held_count; i++) {
        ZTS_FD_SET(held[i], &all);
        if (held[i] >= end)
            end = held[i] + 1;
    }
    return zts_bsd_select(end, &all, NULL, NULL, &none) == 0;
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

/* The median, in microseconds; negative: something was ready or failed. */
static double time_look(bool (*look)(void))
{
    static double took[LOOKS];

    for (unsigned i = 0; i < LOOKS; i++) {
        double began = seconds_now();
        if (!look())
            return -1;
        took[i] = (seconds_now() - began) * 1e6;
    }
    qsort(took, LOOKS, sizeof took[0], by_size);
    return took[LOOKS / 2];
}

int look_at_connections(void)
{
    double poll_us = time_look(poll_all), select_us = time_look(select_all);

    if (poll_us < 0 || select_us < 0)
        return measure_failed(&stack_ours, "a silent connection is ready");
    (void)printf("{\"poll_us\": %.1f, \"select_us\": %.1f}\n", poll_us, select_us);
    return 0;
}
