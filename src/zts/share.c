/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP's sockets bear one reader and one writer at a time, and count their users in eight bits. */
#include "zts/share.h"

#include "os/host.h"
#include "zts/socket.h"

#include <assert.h>
#include <stdatomic.h>

/* The rest is left to calls that don't wait. */
enum { LARGEST_CROWD = 160, STEP_MS = 1, MOST_STEPS = 50 };

static _Atomic bool taken[2][ZT_MAX_SOCKETS];
static _Atomic unsigned short crowds[ZT_MAX_SOCKETS];

bool zts_turn_take(enum zts_turn turn, int fd)
{
    assert(fd >= 0 && fd < ZT_MAX_SOCKETS);
    return !atomic_exchange(&taken[turn][fd], true);
}

void zts_turn_give_back(enum zts_turn turn, int fd)
{
    assert(taken[turn][fd]);
    taken[turn][fd] = false;
}

int zts_turn_await_read(int fd, bool may_wait, int64_t timeout_ms)
{
    int64_t end_ms = 0;

    while (!zts_turn_take(ZTS_TURN_READ, fd)) {
        int64_t now_ms = zt_host_mono_ms();
        if (!zts_is_running() || zts_is_closed(fd))
            return ZTS_EBADF;
        if (end_ms == 0)
            end_ms = now_ms + timeout_ms;
        if (!may_wait || (timeout_ms > 0 && now_ms >= end_ms))
            return ZTS_EAGAIN;
        zt_host_sleep_ms(STEP_MS);
    }
    return 0;
}

bool zts_turn_await_write(int fd)
{
    for (int i = 0; i < MOST_STEPS; i++) {
        if (zts_turn_take(ZTS_TURN_WRITE, fd))
            return true;
        zt_host_sleep_ms(STEP_MS);
    }
    return false;
}

bool zts_crowd_enter(int fd)
{
    assert(fd >= 0 && fd < ZT_MAX_SOCKETS);
    while (atomic_fetch_add(&crowds[fd], 1) >= LARGEST_CROWD) {
        zts_crowd_leave(fd);
        if (!zts_is_running() || zts_is_closed(fd))
            return false;
        zt_host_sleep_ms(STEP_MS);
    }
    return true;
}

void zts_crowd_leave(int fd)
{
    (void)atomic_fetch_sub(&crowds[fd], 1);
}
