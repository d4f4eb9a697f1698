/* SPDX-License-Identifier: Apache-2.0 */
/* Attempts to connect that another thread ends: by closing the descriptor, or shutting it down. */
#define FIRST_PORT 6300
#include "pair.h"

#include <pthread.h>
#include <string.h>

enum { FOR_LONG_MS = 60000 };
enum act { CONNECT, PERSIST };

/* Another for each crowd, so that nothing under way to one reaches the next. */
static unsigned short crowded_port;

struct blocked {
    int fd, result, reason;
    enum act act;
    const char *to;
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

static void *run(void *context)
{
    struct blocked *blocked = context;
    struct zts_sockaddr_in to = address(blocked->to, crowded_port);

    if (blocked->act == PERSIST)
        blocked->result = zts_connect(blocked->fd, blocked->to, crowded_port, FOR_LONG_MS);
    else
        blocked->result = zts_bsd_connect(blocked->fd, (struct zts_sockaddr *)&to, sizeof to);
    blocked->reason = zts_get_errno();
    return NULL;
}

static void start(struct blocked *blocked)
{
    assert_int_equal(pthread_create(&blocked->thread, NULL, run, blocked), 0);
}

struct crowd {
    int listener, waiting[8];
};

/* The queue of a listener is full of those that nobody accepts: a further attempt stays unanswered. */
static struct crowd new_crowd(void)
{
    crowded_port = next_port++;
    struct crowd crowd = { .listener = listen_at(crowded_port) };
    struct zts_sockaddr_in to = address("127.0.0.1", crowded_port);

    assert_int_equal(zts_bsd_listen(crowd.listener, 1), 0);
    for (int i = 0; i < 8; i++) {
        crowd.waiting[i] = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);
        assert_int_equal(zts_set_blocking(crowd.waiting[i], 0), 0);
        (void)zts_bsd_connect(crowd.waiting[i], (struct zts_sockaddr *)&to, sizeof to);
    }
    struct zts_pollfd first = { .fd = crowd.waiting[0], .events = ZTS_POLLOUT };
    assert_int_equal(zts_bsd_poll(&first, 1, PATIENCE_MS), 1);
    return crowd;
}

static void disperse(struct crowd crowd)
{
    for (int i = 0; i < 8; i++)
        assert_int_equal(zts_close(crowd.waiting[i]), 0);
    assert_int_equal(zts_close(crowd.listener), 0);
}

/* What was never connected is writable and hung up, what is being connected is neither. */
static void await_attempt(int fd)
{
    struct zts_pollfd at = { .fd = fd, .events = ZTS_POLLOUT };

    while (zts_bsd_poll(&at, 1, 0) != 0)
        zts_util_delay(1);
}

static struct blocked new_attempt(enum act act)
{
    return (struct blocked){ .fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0),
                             .act = act,
                             .to = "127.0.0.1" };
}

static void expect_end(struct blocked *blocked, int reason)
{
    assert_int_equal(pthread_join(blocked->thread, NULL), 0);
    assert_int_equal(blocked->result, ZTS_ERR_SOCKET);
    assert_int_equal(blocked->reason, reason);
}

static void a_close_wakes_a_blocked_connect(void **unused)
{
    static const enum act acts[] = { CONNECT, PERSIST };
    struct crowd crowd = new_crowd();

    (void)unused;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        struct blocked blocked = new_attempt(acts[i]);
        start(&blocked);
        await_attempt(blocked.fd);
        assert_int_equal(zts_close(blocked.fd), 0);
        expect_end(&blocked, ZTS_EBADF);
    }
    disperse(crowd);
}

static int (*const shut[])(int) = { zts_shutdown_rd, zts_shutdown_wr, zts_shutdown_rdwr };
enum { WAYS = sizeof shut / sizeof shut[0] };

static void a_shutdown_wakes_a_blocked_connect(void **unused)
{
    struct crowd crowd = new_crowd();

    (void)unused;
    for (size_t i = 0; i < WAYS; i++) {
        struct blocked blocked = new_attempt(CONNECT);
        start(&blocked);
        await_attempt(blocked.fd);
        assert_int_equal(shut[i](blocked.fd), 0);
        expect_end(&blocked, ZTS_ECONNRESET);
        assert_int_equal(zts_get_last_socket_error(blocked.fd), 0);
        assert_int_equal(shut[i](blocked.fd), ZTS_ERR_SOCKET);
        assert_int_equal(zts_get_errno(), ZTS_ENOTCONN);
        /* and may be used for another */
        int listener = listen_at(next_port);
        assert_int_equal(zts_connect(blocked.fd, "127.0.0.1", next_port++, 10000), 0);
        assert_int_equal(zts_close(listener), 0);
        assert_int_equal(zts_close(blocked.fd), 0);
    }
    disperse(crowd);
}

/* zts_connect tries again and again; it is connecting between two attempts, too. */
static void a_shutdown_ends_what_zts_connect_tries(void **unused)
{
    static const char *const to[] = { "127.0.0.1", "127.0.0.2" }; /* silent, refuses */
    struct crowd crowd = new_crowd();

    (void)unused;
    for (size_t i = 0; i < 2 * WAYS; i++) {
        struct blocked blocked = new_attempt(PERSIST);
        blocked.to = to[i % 2];
        start(&blocked);
        while (zts_get_blocking(blocked.fd) == 1)
            zts_util_delay(1);
        zts_util_delay(10UL * i);
        assert_int_equal(shut[i / 2](blocked.fd), 0);
        expect_end(&blocked, ZTS_ECONNRESET);
        assert_int_equal(zts_get_blocking(blocked.fd), 1);
        assert_int_equal(zts_close(blocked.fd), 0);
    }
    disperse(crowd);
}

/* The descriptor of the system that stands for the socket tells it, too. */
static void a_shutdown_in_the_middle_of_an_attempt_is_seen_by_event_loops(void **unused)
{
    struct crowd crowd = new_crowd();
    struct zts_sockaddr_in to = address("127.0.0.1", crowded_port);
    int fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0), shown;

    (void)unused;
    assert_int_equal(zts_set_blocking(fd, 0), 0);
    assert_int_equal(zts_bsd_connect(fd, (struct zts_sockaddr *)&to, sizeof to), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EINPROGRESS);
    shown = os_fd(fd);
    assert_int_equal(seen(shown), 0);
    assert_int_equal(zts_shutdown_wr(fd), 0);
    assert_int_equal(seen(shown), POLLIN | POLLOUT);
    assert_int_equal(zts_get_last_socket_error(fd), ZTS_ECONNRESET);
    assert_int_equal(zts_close(fd), 0);
    disperse(crowd);
}

/* The last test here: the node is started again for the end. */
static void a_stop_wakes_who_connects(void **unused)
{
    struct crowd crowd = new_crowd();
    struct blocked plain = new_attempt(CONNECT), persistent = new_attempt(PERSIST);

    (void)unused;
    start(&plain);
    start(&persistent);
    await_attempt(plain.fd);
    await_attempt(persistent.fd);
    assert_int_equal(zts_node_stop(), 0);
    assert_int_equal(pthread_join(plain.thread, NULL), 0);
    assert_int_equal(pthread_join(persistent.thread, NULL), 0);
    assert_true(plain.result < 0);
    assert_int_equal(persistent.result, ZTS_ERR_SERVICE);
    disperse(crowd); /* once, also after the stop */
    assert_int_equal(zts_node_start(), 0);
}

static int begin(void **unused)
{
    (void)unused;
    return zts_node_start();
}

static int end(void **unused)
{
    (void)unused;
    return zts_node_free();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_close_wakes_a_blocked_connect),
        cmocka_unit_test(a_shutdown_wakes_a_blocked_connect),
        cmocka_unit_test(a_shutdown_ends_what_zts_connect_tries),
        cmocka_unit_test(a_shutdown_in_the_middle_of_an_attempt_is_seen_by_event_loops),
        cmocka_unit_test(a_stop_wakes_who_connects),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
