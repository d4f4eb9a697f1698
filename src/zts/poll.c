/* SPDX-License-Identifier: Apache-2.0 */
/* zts_bsd_select and zts_bsd_poll: one look at all descriptors under one hold of the lock, and a sleep until
   one of them has news. */
#include "zts/socket.h"

#include "os/corelock.h"
#include "os/host.h"
#include "stack/ready.h"

#include <limits.h>
#include <string.h>

/* A look: how many are ready, or a negated error number; notes whom to wait for if waiter isn't NULL. */
typedef int (*look)(void *question, struct zt_waiter *waiter);

/* timeout_ms negative: for ever. */
static int wait_for(look ask, void *question, int end, int64_t timeout_ms)
{
    struct zt_waiter waiter;
    int64_t deadline_ms = timeout_ms > 0 ? zt_host_mono_ms() + timeout_ms : 0;

    zt_core_lock();
    int result = ask(question, NULL);
    if (result == 0 && timeout_ms != 0) {
        zt_waiter_init(&waiter, end);
        result = ask(question, &waiter);
    }
    while (result == 0 && timeout_ms != 0 && zts_is_running()) {
        int64_t left_ms = timeout_ms < 0 ? 0 : deadline_ms - zt_host_mono_ms();
        if (timeout_ms > 0 && left_ms <= 0)
            break;
        zt_waiter_wait(&waiter, (uint32_t)left_ms);
        result = ask(question, NULL);
    }
    zt_core_unlock();
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (result < 0)
        return zts_fail(-result);
    zts_set_errno(0);
    return result;
}

struct poll_question {
    struct zts_pollfd *fds;
    zts_nfds_t count;
};

static short events_of(short wanted, unsigned ready)
{
    int found = 0;

    if ((ready & ZT_READY_CLOSED) != 0)
        return ZTS_POLLNVAL;
    if ((ready & ZT_READY_IN) != 0)
        found |= wanted & (ZTS_POLLIN | ZTS_POLLRDNORM);
    if ((ready & ZT_READY_OUT) != 0)
        found |= wanted & (ZTS_POLLOUT | ZTS_POLLWRNORM);
    if ((ready & ZT_READY_ERROR) != 0)
        found |= ZTS_POLLERR;
    if ((ready & ZT_READY_HANGUP) != 0)
        found |= ZTS_POLLHUP;
    return (short)found;
}

static int look_poll(void *context, struct zt_waiter *waiter)
{
    const struct poll_question *question = context;
    int ready = 0;

    for (zts_nfds_t i = 0; i < question->count; i++) {
        struct zts_pollfd *at = &question->fds[i];
        at->revents = at->fd < 0 ? 0 : events_of(at->events, zt_socket_ready(at->fd));
        ready += at->revents != 0;
        if (waiter != NULL && at->fd >= 0 && at->revents == 0)
            zt_waiter_add(waiter, at->fd, (at->events & (ZTS_POLLIN | ZTS_POLLRDNORM)) != 0,
                          (at->events & (ZTS_POLLOUT | ZTS_POLLWRNORM)) != 0);
    }
    return ready;
}

int zts_bsd_poll(struct zts_pollfd *fds, zts_nfds_t nfds, int timeout)
{
    struct poll_question question = { fds, nfds };

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if ((fds == NULL && nfds > 0) || nfds > INT_MAX)
        return zts_fail(ZTS_EINVAL);
    return wait_for(look_poll, &question, ZT_MAX_SOCKETS, timeout < 0 ? -1 : timeout);
}

struct select_question {
    int end;
    const zts_fd_set *in, *out, *except;
    zts_fd_set found_in, found_out, found_except;
};

static bool is_in(int fd, const zts_fd_set *set)
{
    return set != NULL && ZTS_FD_ISSET(fd, set) != 0;
}

/* Moves fd into the set that is found. */
static int find(int fd, zts_fd_set *found, bool yes)
{
    if (yes)
        ZTS_FD_SET(fd, found);
    return yes;
}

static int look_select(void *context, struct zt_waiter *waiter)
{
    struct select_question *question = context;
    int count = 0;

    ZTS_FD_ZERO(&question->found_in);
    ZTS_FD_ZERO(&question->found_out);
    ZTS_FD_ZERO(&question->found_except);
    for (int fd = 0; fd < question->end; fd++) {
        bool in = is_in(fd, question->in), out = is_in(fd, question->out);
        bool except = is_in(fd, question->except);
        if (!in && !out && !except)
            continue;
        unsigned ready = zt_socket_ready(fd);
        if ((ready & ZT_READY_CLOSED) != 0)
            return -ZTS_EBADF;
        bool failed = (ready & ZT_READY_ERROR) != 0, ended = (ready & ZT_READY_HANGUP) != 0;
        count +=
            find(fd, &question->found_in, in && ((ready & ZT_READY_IN) != 0 || failed || ended));
        count += find(fd, &question->found_out, out && ((ready & ZT_READY_OUT) != 0 || failed));
        count += find(fd, &question->found_except, except && failed);
        if (waiter != NULL)
            zt_waiter_add(waiter, fd, in, out);
    }
    return count;
}

/* Milliseconds, rounded up; negative: for ever. False: not a time. */
static bool read_timeout(const struct zts_timeval *timeout, int64_t *timeout_ms)
{
    *timeout_ms = -1;
    if (timeout == NULL)
        return true;
    if (timeout->tv_sec < 0 || timeout->tv_usec < 0 || timeout->tv_usec >= 1000000)
        return false;
    int64_t seconds = timeout->tv_sec < INT_MAX / 1000 ? timeout->tv_sec : INT_MAX / 1000;
    *timeout_ms = seconds * 1000 + (timeout->tv_usec + 999) / 1000;
    return true;
}

int zts_bsd_select(int nfds, zts_fd_set *readfds, zts_fd_set *writefds, zts_fd_set *exceptfds,
                   struct zts_timeval *timeout)
{
    struct select_question question = {
        .end = nfds, .in = readfds, .out = writefds, .except = exceptfds
    };
    int64_t timeout_ms;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (nfds < 0 || nfds > ZTS_FD_SETSIZE || !read_timeout(timeout, &timeout_ms))
        return zts_fail(ZTS_EINVAL);
    int result = wait_for(look_select, &question, nfds, timeout_ms);
    if (result < 0)
        return result;
    if (readfds != NULL)
        *readfds = question.found_in;
    if (writefds != NULL)
        *writefds = question.found_out;
    if (exceptfds != NULL)
        *exceptfds = question.found_except;
    return result;
}
