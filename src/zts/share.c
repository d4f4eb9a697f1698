/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP's sockets bear one reader and one writer at a time, and count their users in eight bits. */
#include "zts/share.h"

#include "os/host.h"
#include "zts/socket.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

/* The rest is left to calls that don't wait. */
enum { LARGEST_CROWD = 160, STEP_MS = 1 };

struct waiter {
    struct waiter *next;
    struct zt_monitor *monitor; /* where it sleeps until it has the turn */
    enum zts_turn turn;
    int fd;
    bool has_turn;
};

static _Atomic bool taken[2][ZT_MAX_SOCKETS];
static _Atomic unsigned short crowds[ZT_MAX_SOCKETS];
static _Atomic unsigned waiter_count; /* lets who gives back a turn see that nobody waits for any */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct waiter *waiters; /* the oldest first; guarded by the mutex */

bool zts_turn_take(enum zts_turn turn, int fd)
{
    assert(fd >= 0 && fd < ZT_MAX_SOCKETS);
    return !atomic_exchange(&taken[turn][fd], true);
}

/* Mutex held, as for the two below. */
static void append(struct waiter *waiter)
{
    struct waiter **at = &waiters;

    while (*at != NULL)
        at = &(*at)->next;
    *at = waiter;
    (void)atomic_fetch_add(&waiter_count, 1);
}

static void take_out(struct waiter *waiter)
{
    struct waiter **at = &waiters;

    while (*at != waiter)
        at = &(*at)->next;
    *at = waiter->next;
    (void)atomic_fetch_sub(&waiter_count, 1);
}

static struct waiter *first_for(enum zts_turn turn, int fd)
{
    struct waiter *at = waiters;

    while (at != NULL && (at->turn != turn || at->fd != fd))
        at = at->next;
    return at;
}

/* Until the turn is handed over. */
static void sleep_for_turn(const struct waiter *waiter, int64_t timeout_ms)
{
    int64_t end_ms = timeout_ms < 0 ? 0 : zt_host_mono_ms() + timeout_ms;
    int64_t left_ms = timeout_ms;

    zt_monitor_enter(waiter->monitor);
    while (!waiter->has_turn && left_ms != 0) {
        (void)zt_monitor_wait(waiter->monitor, left_ms);
        int64_t now_ms = timeout_ms < 0 ? -1 : zt_host_mono_ms();
        left_ms = timeout_ms < 0 ? -1 : end_ms > now_ms ? end_ms - now_ms : 0;
    }
    zt_monitor_leave(waiter->monitor);
}

static bool await_as(struct waiter *waiter, int64_t timeout_ms)
{
    pthread_mutex_lock(&mutex);
    append(waiter);
    /* It may have been given back just before we could be seen to wait. */
    waiter->has_turn = zts_turn_take(waiter->turn, waiter->fd);
    bool is_ours = waiter->has_turn;
    if (is_ours)
        take_out(waiter);
    pthread_mutex_unlock(&mutex);
    if (is_ours)
        return true;
    sleep_for_turn(waiter, timeout_ms);
    /* From here on nobody touches the waiter any more. */
    pthread_mutex_lock(&mutex);
    if (!waiter->has_turn)
        take_out(waiter);
    pthread_mutex_unlock(&mutex);
    return waiter->has_turn;
}

bool zts_turn_await(enum zts_turn turn, int fd, int64_t timeout_ms)
{
    struct waiter waiter = { .turn = turn, .fd = fd };

    if (zts_turn_take(turn, fd))
        return true;
    if (timeout_ms == 0)
        return false;
    waiter.monitor = zt_monitor_new();
    if (waiter.monitor == NULL)
        return false;
    bool is_ours = await_as(&waiter, timeout_ms);
    zt_monitor_free(waiter.monitor);
    return is_ours;
}

/* Mutex held: the turn is free, and goes to whoever has waited longest, unless somebody was quicker. */
static void hand_over(enum zts_turn turn, int fd)
{
    struct waiter *next = first_for(turn, fd);

    if (next == NULL || !zts_turn_take(turn, fd))
        return;
    take_out(next);
    zt_monitor_enter(next->monitor);
    next->has_turn = true;
    zt_monitor_wake(next->monitor);
    zt_monitor_leave(next->monitor);
}

void zts_turn_give_back(enum zts_turn turn, int fd)
{
    assert(taken[turn][fd]);
    taken[turn][fd] = false;
    if (atomic_load(&waiter_count) == 0)
        return;
    pthread_mutex_lock(&mutex);
    hand_over(turn, fd);
    pthread_mutex_unlock(&mutex);
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
