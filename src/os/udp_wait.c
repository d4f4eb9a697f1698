/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for the sockets, by epoll; and where one socket keeps bringing datagrams at once, by a receive
   that blocks, which is one system call less for each.
   Meanwhile nobody looks at the others: so all are looked at each LOOK_MS, a wait in which nothing arrives
   goes on by epoll after the socket's receive timeout, a few milliseconds, and whoever wakes also sends the
   socket an empty datagram from itself, which receiving ignores. */
#define _GNU_SOURCE
#include "os/udp.h"

#include "os/host.h"
#include "os/ifaddrs.h"
#include "os/udp_state.h"

#include <errno.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    EVENTS = 64, /* reported by one call; the others by the next */
    SOON_MS = 1, /* between two waits of a busy socket */
    LOOK_MS = 1,
    FIRST_WAITS = 8,    /* that one socket ended, before it is waited for alone */
    LEAST_WAIT_MS = 10, /* not shorter than a receive's timeout, in ticks of the system's clock */
    LOOK_US = 100, /* for what is near; longer than an exchange between two hosts of one room */
    MOST_DOUBLINGS = 6, /* of the number of looks left out after one in vain */
};

static bool add(const struct zt_udp_watch *watch, int fd, void *mark)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = mark };

    return epoll_ctl(watch->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

bool zt_udp_watch_open(struct zt_udp *udp)
{
    struct zt_udp_watch *watch = &udp->watch;

    (void)pthread_mutex_init(&watch->interrupting, NULL);
    watch->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    watch->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    watch->address_fd = zt_ifaddrs_watch_open();
    if (watch->epoll_fd < 0 || watch->wake_fd < 0)
        return false;
    if (watch->address_fd >= 0 && !add(watch, watch->address_fd, &watch->address_fd))
        return false;
    return add(watch, watch->wake_fd, &watch->wake_fd);
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

void zt_udp_watch_close(struct zt_udp *udp)
{
    close_if_open(udp->watch.address_fd);
    close_if_open(udp->watch.wake_fd);
    close_if_open(udp->watch.epoll_fd);
    (void)pthread_mutex_destroy(&udp->watch.interrupting);
}

int zt_udp_watch_add(struct zt_udp *udp, struct zt_udp_socket *socket)
{
    return add(&udp->watch, socket->fd, socket) ? 0 : -errno;
}

void zt_udp_watch_remove(struct zt_udp *udp, const struct zt_udp_socket *socket)
{
    struct zt_udp_watch *watch = &udp->watch;

    (void)epoll_ctl(watch->epoll_fd, EPOLL_CTL_DEL, socket->fd, NULL);
    if (watch->lone == socket)
        watch->lone = NULL;
    /* Nobody blocks in it any more, and once this was ours nobody thinks so. */
    (void)pthread_mutex_lock(&watch->interrupting);
    (void)pthread_mutex_unlock(&watch->interrupting);
}

static void interrupt(struct zt_udp_watch *watch)
{
    union zt_sockaddr self;

    (void)pthread_mutex_lock(&watch->interrupting);
    const struct zt_udp_socket *socket = atomic_load(&watch->blocking);
    if (socket) {
        socklen_t length = zt_sockaddr_of(&self, &socket->local);
        /* Lost, it only wakes later. */
        (void)sendto(socket->fd, NULL, 0, MSG_DONTWAIT, &self.any, length);
    }
    (void)pthread_mutex_unlock(&watch->interrupting);
}

void zt_udp_wake(struct zt_udp *udp)
{
    struct zt_udp_watch *watch = &udp->watch;
    const uint64_t one = 1;

    atomic_store(&watch->is_woken, true);
    /* It fails only when it is at its maximum, and then it is awake already. */
    ssize_t put = write(watch->wake_fd, &one, sizeof one);
    (void)put;
    if (atomic_load(&watch->blocking))
        interrupt(watch);
}

static void take_wake(struct zt_udp_watch *watch)
{
    uint64_t times;

    /* First, so that a wake which comes now is not forgotten. */
    atomic_store(&watch->is_woken, false);
    ssize_t got = read(watch->wake_fd, &times, sizeof times);
    (void)got;
}

/* Full sockets are watched for room, too. */
static void follow_blocks(struct zt_udp *udp)
{
    for (size_t i = 0; i < udp->count; i++) {
        struct zt_udp_socket *socket = udp->sockets[i];
        bool is_blocked = atomic_load(&socket->is_blocked);
        if (is_blocked == socket->awaits_room)
            continue;
        struct epoll_event event = { .events = is_blocked ? EPOLLIN | EPOLLOUT : EPOLLIN,
                                     .data.ptr = socket };
        if (epoll_ctl(udp->watch.epoll_fd, EPOLL_CTL_MOD, socket->fd, &event) == 0)
            socket->awaits_room = is_blocked;
    }
}

static unsigned judge_socket(struct zt_udp_socket *socket, uint32_t events)
{
    unsigned what = 0;

    if (events & (EPOLLIN | EPOLLERR)) {
        socket->is_readable = true;
        what |= ZT_UDP_READABLE;
    }
    if ((events & EPOLLOUT) && atomic_exchange(&socket->is_blocked, false))
        what |= ZT_UDP_WRITABLE;
    return what;
}

static unsigned judge(struct zt_udp *udp, const struct epoll_event *event)
{
    struct zt_udp_watch *watch = &udp->watch;

    if (event->data.ptr == &watch->wake_fd) {
        take_wake(watch);
        return 0;
    }
    if (event->data.ptr == &watch->address_fd)
        return zt_ifaddrs_watch_read(watch->address_fd) ? ZT_UDP_ADDRESSES : 0;
    return judge_socket(event->data.ptr, event->events);
}

/* Who brings datagrams? Only one that is alone may be waited for alone. */
static void note_lone(struct zt_udp_watch *watch, const struct epoll_event *events, int count,
                      unsigned what)
{
    bool is_one = count == 1 && what == ZT_UDP_READABLE;

    if (!is_one || watch->lone != events[0].data.ptr)
        watch->lone_waits = 0;
    watch->lone = is_one ? events[0].data.ptr : NULL;
    if (is_one)
        watch->lone_waits++;
}

/* Rounded up, so that a deadline is never missed by waking just before it, and bounded. */
static int bound_timeout(int64_t timeout_ms)
{
    if (timeout_ms < 0)
        return -1;
    return timeout_ms > 3600000 ? 3600000 : (int)timeout_ms;
}

static unsigned wait_for_all(struct zt_udp *udp, int64_t timeout_ms)
{
    struct epoll_event events[EVENTS];
    unsigned what = 0;

    follow_blocks(udp);
    int count = epoll_wait(udp->watch.epoll_fd, events, EVENTS, bound_timeout(timeout_ms));
    for (int i = 0; i < count; i++)
        what |= judge(udp, &events[i]);
    if (count > 0)
        note_lone(&udp->watch, events, count, what);
    return what;
}

static bool is_lone_worth_it(struct zt_udp *udp, int64_t now_ms, int64_t timeout_ms)
{
    struct zt_udp_watch *watch = &udp->watch;

    if (now_ms - watch->began_ms > SOON_MS)
        watch->lone_waits = 0;
    watch->began_ms = now_ms;
    return watch->lone && watch->lone_waits >= FIRST_WAITS &&
           (timeout_ms < 0 || timeout_ms >= LEAST_WAIT_MS) && !zt_udp_is_blocked(udp);
}

void zt_udp_expect(struct zt_udp *udp)
{
    udp->watch.is_near = true;
}

static bool is_look_worth_it(struct zt_udp_watch *watch, bool is_near)
{
    if (is_near && watch->looks_to_skip > 0) {
        watch->looks_to_skip--;
        return false;
    }
    return is_near;
}

static void note_look(struct zt_udp_watch *watch, bool came)
{
    watch->vain_looks = came ? 0 : watch->vain_looks + 1;
    if (watch->vain_looks > MOST_DOUBLINGS)
        watch->vain_looks = MOST_DOUBLINGS;
    watch->looks_to_skip = (1u << watch->vain_looks) - 1;
}

/* A thread that sleeps costs the sender a call to wake it, and its processor the way out of its rest:
   more than an exchange with a host nearby. Whoever else wants the processor gets it meanwhile. */
static bool look_at_lone(struct zt_udp *udp)
{
    struct zt_udp_watch *watch = &udp->watch;
    int64_t until_us = zt_host_mono_precise_us() + LOOK_US;
    bool came = false;

    while (!came && !atomic_load(&watch->is_woken) && zt_host_mono_precise_us() < until_us) {
        came = zt_udp_receive_ahead(udp, watch->lone, true);
        if (!came)
            (void)sched_yield();
    }
    note_look(watch, came);
    return came;
}

static bool wait_for_lone(struct zt_udp *udp, bool is_near)
{
    struct zt_udp_watch *watch = &udp->watch;
    bool came = false;

    if (is_look_worth_it(watch, is_near) && look_at_lone(udp))
        return true;
    /* Who wakes looks at the second after having set the first. */
    atomic_store(&watch->blocking, watch->lone);
    if (!atomic_load(&watch->is_woken))
        came = zt_udp_receive_ahead(udp, watch->lone, false);
    atomic_store(&watch->blocking, NULL);
    if (!came)
        watch->lone_waits = 0;
    return came;
}

unsigned zt_udp_wait(struct zt_udp *udp, int64_t timeout_ms)
{
    struct zt_udp_watch *watch = &udp->watch;
    int64_t now_ms = zt_host_mono_ms();
    bool is_near = watch->is_near;

    watch->is_near = false; /* of this wait only, whichever way it takes */
    if (udp->ahead_count > 0)
        return ZT_UDP_READABLE;
    if (!is_lone_worth_it(udp, now_ms, timeout_ms))
        return wait_for_all(udp, timeout_ms);
    if (now_ms - watch->looked_ms >= LOOK_MS) {
        watch->looked_ms = now_ms;
        unsigned what = wait_for_all(udp, 0);
        if (what || watch->lone_waits == 0)
            return what;
    }
    if (wait_for_lone(udp, is_near))
        return ZT_UDP_READABLE;
    if (timeout_ms > 0) {
        int64_t spent_ms = zt_host_mono_ms() - now_ms;
        timeout_ms = spent_ms < timeout_ms ? timeout_ms - spent_ms : 0;
    }
    return wait_for_all(udp, timeout_ms);
}
