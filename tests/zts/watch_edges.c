/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for edges on the descriptors of zts_get_os_fd, with Linux's epoll: none is missed. */
#define _GNU_SOURCE
#define FIRST_PORT 7200
#include "ZeroTierSockets.h"
#include "known.h"
#include "pair.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>

enum { BULK = 3 << 20 };

static int begin(void **unused)
{
    (void)unused;
    return use_known_identity() != 0 || zts_node_start() != 0;
}

static int end(void **unused)
{
    (void)unused;
    return zts_node_free() == ZTS_ERR_SERVICE;
}

static int edge_waiter(int shown)
{
    int waiter = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET };

    assert_true(waiter >= 0);
    assert_int_equal(epoll_ctl(waiter, EPOLL_CTL_ADD, shown, &event), 0);
    return waiter;
}

static unsigned next_edge(int waiter, int timeout_ms)
{
    struct epoll_event event = { 0 };

    return epoll_wait(waiter, &event, 1, timeout_ms) == 1 ? event.events : 0;
}

static void each_arrival_after_the_last_byte_is_an_edge(void **unused)
{
    struct pair pair = connected();
    int shown = os_fd(pair.server), waiter = edge_waiter(shown);
    char bytes[8];

    (void)unused;
    assert_int_equal(next_edge(waiter, 0), EPOLLOUT);
    for (int round = 0; round < 3; round++) {
        assert_int_equal(next_edge(waiter, 0), 0);
        assert_int_equal(zts_write(pair.client, "hello", 5), 5);
        assert_int_equal(next_edge(waiter, PATIENCE_MS) & EPOLLIN, EPOLLIN);
        assert_int_equal(next_edge(waiter, 0), 0);
        assert_int_equal(zts_read(pair.server, bytes, 8), 5);
    }
    close(waiter);
    close_all(pair);
}

/* What came while something was still there made no edge; a read that shows less than all makes it. */
static void what_comes_before_a_read_ends_is_an_edge_after_it(void **unused)
{
    struct pair pair = connected();
    int shown = os_fd(pair.server), waiter = edge_waiter(shown), ready = 0;
    char bytes[8];

    (void)unused;
    assert_int_equal(next_edge(waiter, 0), EPOLLOUT);
    assert_int_equal(zts_write(pair.client, "one", 3), 3);
    assert_int_equal(next_edge(waiter, PATIENCE_MS) & EPOLLIN, EPOLLIN);
    assert_int_equal(zts_write(pair.client, "two", 3), 3);
    while (ready < 6) {
        ready = zts_get_pending_data_size(pair.server);
        assert_true(ready >= 0);
        zts_util_delay(1);
    }
    assert_int_equal(zts_read(pair.server, bytes, 3), 3);
    assert_int_equal(next_edge(waiter, 0) & EPOLLIN, EPOLLIN);
    close(waiter);
    close_all(pair);
}

/* The end came with the data, and its edge with theirs. */
static void expect_edge_for_the_end(void (*leave)(int client), ssize_t last)
{
    struct pair pair = connected();
    int waiter = edge_waiter(os_fd(pair.server));
    char bytes[8];

    assert_int_equal(next_edge(waiter, 0), EPOLLOUT);
    assert_int_equal(zts_write(pair.client, "abcdef", 6), 6);
    assert_int_equal(next_edge(waiter, PATIENCE_MS) & EPOLLIN, EPOLLIN);
    leave(pair.client);
    while ((seen(os_fd(pair.server)) & POLLIN) == 0 || zts_get_pending_data_size(pair.server) < 6)
        zts_util_delay(1);
    zts_util_delay(50);
    assert_int_equal(zts_read(pair.server, bytes, 3), 3);
    while (next_edge(waiter, 0) != 0)
        continue;
    assert_int_equal(zts_read(pair.server, bytes, 8), 3);
    assert_int_equal(next_edge(waiter, PATIENCE_MS) & EPOLLIN, EPOLLIN);
    assert_int_equal(zts_read(pair.server, bytes, 8), last);
    /* once told, it makes no edge for each read */
    while (next_edge(waiter, 0) != 0)
        continue;
    assert_int_equal(zts_read(pair.server, bytes, 8), 0);
    assert_int_equal(next_edge(waiter, 0), 0);
    close(waiter);
    close_all(pair);
}

static void finish(int client)
{
    assert_int_equal(zts_shutdown_wr(client), 0);
}

static void reset(int client)
{
    struct zts_linger at_once = { .l_onoff = 1, .l_linger = 0 };

    assert_int_equal(
        zts_bsd_setsockopt(client, ZTS_SOL_SOCKET, ZTS_SO_LINGER, &at_once, sizeof at_once), 0);
    assert_int_equal(zts_close(client), 0);
}

static void an_end_that_cut_a_read_short_is_an_edge(void **unused)
{
    (void)unused;
    expect_edge_for_the_end(finish, 0);
}

static void an_error_that_cut_a_read_short_is_an_edge(void **unused)
{
    (void)unused;
    expect_edge_for_the_end(reset, -1);
}

static void room_after_back_pressure_is_an_edge(void **unused)
{
    struct pair pair = connected();
    int shown = os_fd(pair.client), waiter = edge_waiter(shown);
    static char chunk[1 << 16];

    (void)unused;
    do {
        fill(pair.client);
        zts_util_delay(20);
    } while ((seen(shown) & POLLOUT) != 0);
    while (next_edge(waiter, 0) != 0)
        continue;
    while ((seen(shown) & POLLOUT) == 0) {
        if (zts_read(pair.server, chunk, sizeof chunk) < 0)
            zts_util_delay(1);
    }
    assert_int_equal(next_edge(waiter, 0), EPOLLOUT);
    close(waiter);
    close_all(pair);
}

/* Sends BULK bytes through a waiter of edges that reads and writes only until the first short result. */
static void *send_bulk(void *context)
{
    int fd = *(int *)context, waiter = edge_waiter(os_fd(fd));
    unsigned seed = 1;
    static char chunk[70000];
    size_t sent = 0;

    while (sent < BULK) {
        size_t wanted = 1 + (size_t)rand_r(&seed) % sizeof chunk;
        if (wanted > BULK - sent)
            wanted = BULK - sent;
        ssize_t length = zts_write(fd, chunk, wanted);
        if (length > 0)
            sent += (size_t)length;
        if (length < (ssize_t)wanted && next_edge(waiter, PATIENCE_MS) == 0)
            break;
    }
    zts_shutdown_wr(fd);
    close(waiter);
    return sent == BULK ? context : NULL;
}

static void no_edge_is_ever_missed(void **unused)
{
    struct pair pair = connected();
    int waiter = edge_waiter(os_fd(pair.server));
    static char chunk[30000];
    size_t received = 0;
    unsigned seed = 2;
    pthread_t sender;
    void *complete;
    ssize_t length;

    (void)unused;
    assert_int_equal(pthread_create(&sender, NULL, send_bulk, &pair.client), 0);
    for (;;) {
        size_t wanted = 1 + (size_t)rand_r(&seed) % sizeof chunk;
        length = zts_read(pair.server, chunk, wanted);
        if (length == 0)
            break;
        if (length > 0)
            received += (size_t)length;
        if (length < (ssize_t)wanted)
            assert_int_not_equal(next_edge(waiter, PATIENCE_MS), 0);
    }
    pthread_join(sender, &complete);
    assert_non_null(complete);
    assert_int_equal(received, BULK);
    close(waiter);
    close_all(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_arrival_after_the_last_byte_is_an_edge),
        cmocka_unit_test(what_comes_before_a_read_ends_is_an_edge_after_it),
        cmocka_unit_test(an_end_that_cut_a_read_short_is_an_edge),
        cmocka_unit_test(an_error_that_cut_a_read_short_is_an_edge),
        cmocka_unit_test(room_after_back_pressure_is_an_edge),
        cmocka_unit_test(no_edge_is_ever_missed),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
