/* SPDX-License-Identifier: Apache-2.0 */
/* However a connection was made, its end and its loss are told in the same way: a socket that was connected
   without blocking, and never asked about it, is no attempt any more. */
#include "ZeroTierSockets.h"
#include "known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>

#include <cmocka.h>

enum { PORT = 6200 };

static uint64_t network;

static int begin(void **unused)
{
    (void)unused;
    network = zts_net_compute_adhoc_id(1, 65535);
    return use_known_identity() != 0 || zts_node_start() != 0 || zts_net_join(network) != 0;
}

static int end(void **unused)
{
    (void)unused;
    return zts_node_free();
}

static int connect_blocking(void)
{
    int fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);

    assert_int_equal(zts_connect(fd, "127.0.0.1", PORT, 5000), 0);
    return fd;
}

/* Without asking for ZTS_SO_ERROR, as many programs do. */
static int connect_nonblocking(void)
{
    int fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);
    struct zts_pollfd at = { .fd = fd, .events = ZTS_POLLOUT };

    assert_int_equal(zts_set_blocking(fd, 0), 0);
    assert_int_equal(zts_connect(fd, "127.0.0.1", PORT, 5000), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_EINPROGRESS);
    assert_int_equal(zts_bsd_poll(&at, 1, 5000), 1);
    assert_int_equal(zts_set_blocking(fd, 1), 0);
    return fd;
}

static int (*const ways[])(void) = { connect_blocking, connect_nonblocking };

static void accept_from(int *client, int *server, int (*connect)(void))
{
    int listener = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);

    assert_int_equal(zts_set_reuse_addr(listener, 1), 0);
    assert_int_equal(zts_bind(listener, "127.0.0.1", PORT), 0);
    assert_int_equal(zts_listen(listener, 1), 0);
    *client = connect();
    *server = zts_bsd_accept(listener, NULL, NULL);
    assert_true(*server >= 0);
    assert_int_equal(zts_close(listener), 0);
}

static void the_end_stays_the_end(void **unused)
{
    char byte;
    int client, server;

    (void)unused;
    for (unsigned i = 0; i < 2; i++) {
        accept_from(&client, &server, ways[i]);
        assert_int_equal(zts_close(server), 0);
        for (int times = 0; times < 3; times++)
            assert_int_equal(zts_read(client, &byte, 1), 0);
        assert_int_equal(zts_close(client), 0);
    }
}

static void a_reset_is_no_refusal(void **unused)
{
    char byte;
    int client, server;

    (void)unused;
    for (unsigned i = 0; i < 2; i++) {
        accept_from(&client, &server, ways[i]);
        assert_int_equal(zts_set_linger(server, 1, 0), 0);
        assert_int_equal(zts_close(server), 0);
        assert_int_equal(zts_read(client, &byte, 1), ZTS_ERR_SOCKET);
        assert_int_equal(zts_errno, ZTS_ECONNRESET);
        assert_int_equal(zts_read(client, &byte, 1), 0);
        assert_int_equal(zts_close(client), 0);
    }
}

static void a_reset_is_told_by_its_option(void **unused)
{
    struct zts_pollfd at = { .events = ZTS_POLLIN };
    int client, server;

    (void)unused;
    for (unsigned i = 0; i < 2; i++) {
        accept_from(&client, &server, ways[i]);
        assert_int_equal(zts_set_linger(server, 1, 0), 0);
        assert_int_equal(zts_close(server), 0);
        at.fd = client;
        assert_int_equal(zts_bsd_poll(&at, 1, 5000), 1);
        assert_int_equal(zts_get_last_socket_error(client), ZTS_ECONNRESET);
        assert_int_equal(zts_get_last_socket_error(client), 0);
        assert_int_equal(zts_close(client), 0);
    }
}

/* Nobody listens: the next attempt starts afresh, and what it becomes is judged by itself. */
static void a_connection_after_a_refusal_counts(void **unused)
{
    int fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0), listener;
    char byte;

    (void)unused;
    assert_int_equal(zts_connect(fd, "127.0.0.1", PORT + 1, 1), ZTS_ERR_SOCKET);
    listener = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);
    assert_int_equal(zts_bind(listener, "127.0.0.1", PORT + 1), 0);
    assert_int_equal(zts_listen(listener, 1), 0);
    assert_int_equal(zts_connect(fd, "127.0.0.1", PORT + 1, 5000), 0);
    int server = zts_bsd_accept(listener, NULL, NULL);
    assert_int_equal(zts_close(server), 0);
    assert_int_equal(zts_read(fd, &byte, 1), 0);
    assert_int_equal(zts_read(fd, &byte, 1), 0);
    assert_int_equal(zts_close(fd), 0);
    assert_int_equal(zts_close(listener), 0);
}

static void *connect_to_nobody(void *context)
{
    char nobody[ZTS_IP_MAX_STR_LEN];
    int *fd = context;

    (void)zts_addr_compute_6plane_str(network, 0x1234567890, nobody, sizeof nobody);
    int result = zts_connect(*fd, nobody, PORT, 0);
    *fd = result == ZTS_ERR_SOCKET ? zts_get_errno() : result;
    return NULL;
}

static void closing_ends_an_attempt(void **unused)
{
    int fd = zts_socket(ZTS_AF_INET6, ZTS_SOCK_STREAM, 0), told = fd;
    pthread_t thread;

    (void)unused;
    assert_int_equal(zts_wait_address(network, ZTS_AF_INET6, 30000), 0);
    assert_int_equal(pthread_create(&thread, NULL, connect_to_nobody, &told), 0);
    while (zts_get_blocking(fd) != 0) /* it is under way */
        zts_util_delay(10);
    zts_util_delay(50);
    assert_int_equal(zts_close(fd), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(told, ZTS_EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_end_stays_the_end),
        cmocka_unit_test(a_reset_is_no_refusal),
        cmocka_unit_test(a_reset_is_told_by_its_option),
        cmocka_unit_test(a_connection_after_a_refusal_counts),
        cmocka_unit_test(closing_ends_an_attempt),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
