/* SPDX-License-Identifier: Apache-2.0 */
/* One descriptor in the hands of several threads: whatever one of them does, the others return. */
#define FIRST_PORT 6400
#include "pair.h"

#include <stdbool.h>
#include <string.h>
#include <pthread.h>

enum act { ACCEPT, RECEIVE, SEND, CLOSE };

struct blocked {
    int fd, result, reason;
    enum act act;
    pthread_t thread;
};

static struct zts_sockaddr_in address(const char *ip, unsigned short port)
{
    struct zts_sockaddr_storage storage;
    struct zts_sockaddr_in to;
    zts_socklen_t length;

    assert_int_equal(zts_util_ipstr_to_saddr(ip, port, (struct zts_sockaddr *)&storage, &length),
                     0);
    memcpy(&to, &storage, sizeof to);
    return to;
}

static int send_much(int fd)
{
    static const char chunk[1 << 16];
    ssize_t sent;

    do
        sent = zts_bsd_send(fd, chunk, sizeof chunk, 0);
    while (sent > 0);
    return (int)sent;
}

static int act(const struct blocked *blocked)
{
    char byte;

    switch (blocked->act) {
    case ACCEPT:
        return zts_bsd_accept(blocked->fd, NULL, NULL);
    case RECEIVE:
        return (int)zts_bsd_recv(blocked->fd, &byte, 1, 0);
    case SEND:
        return send_much(blocked->fd);
    default:
        return zts_bsd_close(blocked->fd);
    }
}

static void *run(void *context)
{
    struct blocked *blocked = context;

    blocked->result = act(blocked);
    blocked->reason = zts_get_errno();
    return NULL;
}

static void start(struct blocked *blocked)
{
    assert_int_equal(pthread_create(&blocked->thread, NULL, run, blocked), 0);
}

static void settle(void)
{
    zts_util_delay(50);
}

static void join(struct blocked *blocked)
{
    assert_int_equal(pthread_join(blocked->thread, NULL), 0);
}

static struct pair blocking_pair(void)
{
    struct pair pair = connected();

    assert_int_equal(zts_set_blocking(pair.client, 1), 0);
    assert_int_equal(zts_set_blocking(pair.server, 1), 0);
    return pair;
}

static void a_close_wakes_readers_and_writers_of_a_stream(void **unused)
{
    static const enum act acts[] = { RECEIVE, RECEIVE, SEND, SEND };
    struct blocked blocked[4];

    (void)unused;
    struct pair pair = blocking_pair();
    for (int i = 0; i < 4; i++) {
        blocked[i] = (struct blocked){ .fd = pair.client, .act = acts[i] };
        start(&blocked[i]);
    }
    settle();
    assert_int_equal(zts_close(pair.client), 0);
    for (int i = 0; i < 4; i++) {
        join(&blocked[i]);
        assert_int_equal(blocked[i].result, ZTS_ERR_SOCKET);
        assert_int_equal(blocked[i].reason, ZTS_EBADF);
    }
    zts_close(pair.server);
    zts_close(pair.listener);
}

static void readers_of_one_stream_are_served_in_turn(void **unused)
{
    enum { READERS = 4 };
    struct blocked blocked[READERS];

    (void)unused;
    struct pair pair = blocking_pair();
    for (int i = 0; i < READERS; i++) {
        blocked[i] = (struct blocked){ .fd = pair.client, .act = RECEIVE };
        start(&blocked[i]);
    }
    settle();
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(zts_bsd_send(pair.server, "x", 1, 0), 1);
        settle();
    }
    for (int i = 0; i < READERS; i++) {
        join(&blocked[i]);
        assert_int_equal(blocked[i].result, 1);
    }
    zts_close(pair.client);
    zts_close(pair.server);
    zts_close(pair.listener);
}

static void a_reader_who_waits_for_another_keeps_its_own_time(void **unused)
{
    char byte;

    (void)unused;
    struct pair pair = blocking_pair();
    struct blocked first = { .fd = pair.client, .act = RECEIVE };
    start(&first);
    settle();
    assert_int_equal(zts_set_recv_timeout(pair.client, 0, 20000), 0);
    assert_int_equal(zts_bsd_recv(pair.client, &byte, 1, 0), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EAGAIN);
    assert_int_equal(zts_bsd_recv(pair.client, &byte, 1, ZTS_MSG_DONTWAIT), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EAGAIN);
    assert_int_equal(zts_bsd_send(pair.server, "x", 1, 0), 1);
    join(&first);
    assert_int_equal(first.result, 1);
    zts_close(pair.client);
    zts_close(pair.server);
    zts_close(pair.listener);
}

static void of_two_closes_one_lingers_and_one_is_refused(void **unused)
{
    struct pair pair = blocking_pair();
    struct blocked closing = { .fd = pair.client, .act = CLOSE };
    char byte;

    (void)unused;
    assert_int_equal(zts_set_blocking(pair.client, 0), 0);
    fill(pair.client);
    assert_int_equal(zts_set_blocking(pair.client, 1), 0);
    assert_int_equal(zts_set_linger(pair.client, 1, 1), 0);
    start(&closing);
    settle();
    assert_int_equal(zts_close(pair.client), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EBADF);
    assert_int_equal(zts_recv(pair.client, &byte, 1, 0), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EBADF);
    assert_int_equal(zts_connect(pair.client, "127.0.0.1", 6398, 10), ZTS_ERR_SOCKET);
    join(&closing);
    assert_int_equal(closing.result, 0);
    zts_close(pair.server);
    zts_close(pair.listener);
}

static void a_connection_that_lingers_with_unread_data_is_reset(void **unused)
{
    struct pair pair = blocking_pair();

    (void)unused;
    assert_int_equal(zts_write(pair.server, "unread", 6), 6);
    assert_int_equal(zts_set_blocking(pair.client, 0), 0);
    fill(pair.client);
    assert_int_equal(zts_set_blocking(pair.client, 1), 0);
    assert_int_equal(zts_set_linger(pair.client, 1, 30), 0);
    assert_int_equal(zts_close(pair.client), 0);
    zts_close(pair.server);
    zts_close(pair.listener);
}

/* The end of the stream is taken while our own end is not yet acknowledged. */
static void a_stream_that_both_ends_finished_can_still_be_used_and_closed(void **unused)
{
    char byte;

    (void)unused;
    for (int i = 0; i < 8; i++) {
        struct pair pair = blocking_pair();
        assert_int_equal(zts_shutdown_wr(pair.server), 0);
        zts_util_delay((unsigned long)i);
        assert_int_equal(zts_shutdown_wr(pair.client), 0);
        assert_int_equal(zts_recv(pair.client, &byte, 1, 0), 0);
        settle();
        assert_true(zts_set_send_buf_size(pair.client, 1 << 16) <= 0);
        assert_int_equal(zts_recv(pair.server, &byte, 1, 0), 0);
        assert_int_equal(zts_set_linger(pair.client, 1, 0), 0);
        assert_int_equal(zts_set_linger(pair.server, 1, 0), 0);
        assert_int_equal(zts_close(pair.client), 0);
        assert_int_equal(zts_close(pair.server), 0);
        assert_int_equal(zts_close(pair.listener), 0);
    }
}

static void a_listener_shut_down_with_a_full_queue_can_be_closed(void **unused)
{
    int listener = listen_at(6397);
    int client = zts_tcp_client("127.0.0.1", 6397);

    (void)unused;
    assert_true(client >= 0);
    settle();
    (void)zts_shutdown_rdwr(listener);
    assert_int_equal(zts_close(listener), 0);
    assert_int_equal(zts_close(client), 0);
}

/* As elsewhere: who waits to accept learns that nobody will come. */
static void a_listener_shut_down_wakes_its_accepters(void **unused)
{
    int (*const shut[])(int) = { zts_shutdown_rd, zts_shutdown_rdwr };

    (void)unused;
    for (size_t i = 0; i < sizeof shut / sizeof shut[0]; i++) {
        unsigned short port = next_port++;
        int listener = listen_at(port);
        struct blocked blocked = { .fd = listener, .act = ACCEPT };
        struct zts_pollfd asked = { .fd = listener, .events = ZTS_POLLIN };
        struct zts_sockaddr_in to = address("127.0.0.1", port);

        start(&blocked);
        settle();
        assert_int_equal(zts_shutdown_wr(listener), 0);
        assert_int_equal(zts_bsd_poll(&asked, 1, 0), 0);
        assert_int_equal(shut[i](listener), 0);
        join(&blocked);
        assert_int_equal(blocked.result, ZTS_ERR_SOCKET);
        assert_int_equal(blocked.reason, ZTS_EINVAL);
        assert_int_equal(zts_bsd_accept(listener, NULL, NULL), ZTS_ERR_SOCKET);
        assert_int_equal(zts_get_errno(), ZTS_EINVAL);
        assert_int_equal(zts_bsd_poll(&asked, 1, 0), 1);
        int client = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);
        assert_int_equal(zts_bsd_connect(client, (struct zts_sockaddr *)&to, sizeof to),
                         ZTS_ERR_SOCKET);
        assert_int_equal(zts_get_errno(), ZTS_ECONNREFUSED);
        assert_int_equal(zts_close(client), 0);
        assert_int_equal(zts_close(listener), 0);
    }
}

static void a_listener_with_a_queue_closes_under_its_accepters(void **unused)
{
    struct blocked blocked[3];

    (void)unused;
    for (int round = 0; round < 8; round++) {
        unsigned short port = next_port++;
        int listener = listen_at(port), clients[4];
        for (int i = 0; i < 3; i++) {
            blocked[i] = (struct blocked){ .fd = listener, .act = ACCEPT };
            start(&blocked[i]);
        }
        for (int i = 0; i < 4; i++)
            clients[i] = zts_tcp_client("127.0.0.1", port);
        assert_int_equal(zts_close(listener), 0);
        for (int i = 0; i < 3; i++) {
            join(&blocked[i]);
            if (blocked[i].result >= 0)
                assert_int_equal(zts_close(blocked[i].result), 0);
        }
        for (int i = 0; i < 4; i++)
            if (clients[i] >= 0)
                assert_int_equal(zts_close(clients[i]), 0);
    }
}

static void what_is_being_read_cannot_listen(void **unused)
{
    struct pair pair = blocking_pair();
    struct blocked blocked = { .fd = pair.client, .act = RECEIVE };

    (void)unused;
    start(&blocked);
    settle();
    assert_int_equal(zts_listen(pair.client, 1), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EINVAL);
    assert_int_equal(zts_get_pending_data_size(pair.client), 0);
    assert_int_equal(zts_bsd_recv(pair.client, &(char){ 0 }, 1, ZTS_MSG_DONTWAIT), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EAGAIN);
    assert_int_equal(zts_close(pair.server), 0);
    join(&blocked);
    assert_int_equal(blocked.result, 0);
    zts_close(pair.client);
    zts_close(pair.listener);
}

static int begin(void **unused)
{
    (void)unused;
    return zts_node_start();
}

static int end(void **unused)
{
    (void)unused;
    return zts_node_free(); /* waits until no thread is left */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_close_wakes_readers_and_writers_of_a_stream),
        cmocka_unit_test(readers_of_one_stream_are_served_in_turn),
        cmocka_unit_test(a_reader_who_waits_for_another_keeps_its_own_time),
        cmocka_unit_test(of_two_closes_one_lingers_and_one_is_refused),
        cmocka_unit_test(a_connection_that_lingers_with_unread_data_is_reset),
        cmocka_unit_test(a_stream_that_both_ends_finished_can_still_be_used_and_closed),
        cmocka_unit_test(a_listener_shut_down_with_a_full_queue_can_be_closed),
        cmocka_unit_test(a_listener_shut_down_wakes_its_accepters),
        cmocka_unit_test(a_listener_with_a_queue_closes_under_its_accepters),
        cmocka_unit_test(what_is_being_read_cannot_listen),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
