/* SPDX-License-Identifier: Apache-2.0 */
/* Connected sockets within one node, and what poll sees of their descriptors. */
#ifndef ZT_TESTS_ZTS_PAIR_H
#define ZT_TESTS_ZTS_PAIR_H

#include "ZeroTierSockets.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* FIRST_PORT: defined by who includes this, so that programs keep out of each other's way. */
enum { PATIENCE_MS = 20000 };

struct pair {
    int client, server, listener;
};

static unsigned short next_port = FIRST_PORT;

static inline int listen_at(unsigned short port)
{
    int fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);

    assert_int_equal(zts_bind(fd, "127.0.0.1", port), 0);
    assert_int_equal(zts_listen(fd, 4), 0);
    return fd;
}

static inline struct pair connected(void)
{
    struct pair pair = { .listener = listen_at(next_port) };

    pair.client = zts_tcp_client("127.0.0.1", next_port++);
    assert_true(pair.client >= 0);
    pair.server = zts_bsd_accept(pair.listener, NULL, NULL);
    assert_true(pair.server >= 0);
    assert_int_equal(zts_set_blocking(pair.client, 0), 0);
    assert_int_equal(zts_set_blocking(pair.server, 0), 0);
    return pair;
}

static inline void close_all(struct pair pair)
{
    zts_close(pair.client);
    zts_close(pair.server);
    zts_close(pair.listener);
}

static inline int os_fd(int fd)
{
    int shown = zts_get_os_fd(fd);

    assert_true(shown >= 0);
    return shown;
}

/* What poll reports now. */
static inline int seen(int shown)
{
    struct pollfd at = { .fd = shown, .events = POLLIN | POLLOUT };

    assert_true(poll(&at, 1, 0) >= 0);
    return at.revents;
}

/* Waits for one of the events. */
static inline int await(int shown, short events)
{
    struct pollfd at = { .fd = shown, .events = events };

    assert_int_equal(poll(&at, 1, PATIENCE_MS), 1);
    return at.revents;
}

static inline size_t fill(int fd)
{
    static const char chunk[1 << 16];
    size_t total = 0;
    ssize_t sent;

    while ((sent = zts_write(fd, chunk, sizeof chunk)) > 0)
        total += (size_t)sent;
    assert_int_equal(zts_get_errno(), ZTS_EAGAIN);
    return total;
}

#endif
