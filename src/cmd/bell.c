/* SPDX-License-Identifier: Apache-2.0 */
/* A bell: a byte in a pipe. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/bell.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

bool zt_bell_open(struct zt_bell *bell)
{
    bell->ends[0] = bell->ends[1] = -1;
    if (pipe(bell->ends) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        (void)fcntl(bell->ends[i], F_SETFD, FD_CLOEXEC);
        (void)fcntl(bell->ends[i], F_SETFL, O_NONBLOCK);
    }
    return true;
}

void zt_bell_close(struct zt_bell *bell)
{
    for (int i = 0; i < 2; i++)
        if (bell->ends[i] >= 0)
            (void)close(bell->ends[i]);
    bell->ends[0] = bell->ends[1] = -1;
}

void zt_bell_ring(const struct zt_bell *bell)
{
    /* A full pipe has rung already. */
    if (write(bell->ends[1], "", 1) < 0)
        return;
}

bool zt_bell_wait(const struct zt_bell *bell, int descriptor, bool for_writing, int timeout_ms)
{
    struct pollfd waits[2] = { { bell->ends[0], POLLIN, 0 },
                               { descriptor, for_writing ? POLLOUT : POLLIN, 0 } };
    char rung[64];

    if (poll(waits, 2, timeout_ms) <= 0)
        return false;
    while (waits[0].revents && read(bell->ends[0], rung, sizeof rung) == sizeof rung)
        continue;
    return waits[1].revents != 0;
}
