/* SPDX-License-Identifier: Apache-2.0 */
/* A node that runs without any network around it: states, descriptors, errors, stopping. */
#include "ZeroTierSockets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>

#include <cmocka.h>

static int begin(void **unused)
{
    (void)unused;
    return zts_node_start();
}

static void a_second_start_is_refused(void **unused)
{
    (void)unused;
    assert_int_equal(zts_node_start(), ZTS_ERR_SERVICE);
    assert_int_equal(zts_init_set_port(1), ZTS_ERR_SERVICE);
}

static void descriptors_are_the_lowest_free_from_zero(void **unused)
{
    (void)unused;
    for (int i = 0; i < 3; i++)
        assert_int_equal(zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0), i);
    assert_int_equal(zts_close(1), 0);
    assert_int_equal(zts_socket(ZTS_AF_INET6, ZTS_SOCK_DGRAM, 0), 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(zts_close(i), 0);
    assert_int_equal(zts_close(0), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_EBADF);
}

static void wrong_calls_say_why(void **unused)
{
    char byte;

    (void)unused;
    assert_int_equal(zts_socket(7, ZTS_SOCK_STREAM, 0), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_EAFNOSUPPORT);
    assert_int_equal(zts_socket(ZTS_AF_INET, 9, 0), ZTS_ERR_SOCKET);
    int fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);
    assert_int_equal(zts_read(fd, &byte, 1), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_ENOTCONN);
    assert_int_equal(zts_shutdown_rdwr(fd), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_ENOTCONN);
    assert_int_equal(zts_bind(fd, "0.0.0.0", 80), 0);
    assert_int_equal(zts_bind(fd, "0.0.0.0", 81), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_EINVAL);
    assert_int_equal(zts_connect(fd, "10.9.9.9", 1, 300), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_EHOSTUNREACH);
    assert_int_equal(zts_connect(fd, "junk", 1, 300), ZTS_ERR_ARG);
    assert_int_equal(zts_close(fd), 0);
    assert_int_equal(zts_net_get_status(1), ZTS_ERR_NO_RESULT);
    assert_int_equal(zts_net_transport_is_ready(0), ZTS_ERR_ARG);
}

static void a_stream_over_loopback_ends_with_zero_again_and_again(void **unused)
{
    char bytes[8], peer[ZTS_IP_MAX_STR_LEN];
    unsigned short port;

    (void)unused;
    int listener = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);
    assert_int_equal(zts_bind(listener, "127.0.0.1", 7001), 0);
    assert_int_equal(zts_listen(listener, 1), 0);
    int client = zts_tcp_client("127.0.0.1", 7001);
    assert_true(client > 0);
    int server = zts_accept(listener, peer, sizeof peer, &port);
    assert_true(server > 0);
    assert_string_equal(peer, "127.0.0.1");
    assert_int_equal(zts_write(client, "hello", 5), 5);
    assert_int_equal(zts_bsd_recv(server, bytes, 5, ZTS_MSG_WAITALL), 5);
    assert_int_equal(zts_close(client), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(zts_read(server, bytes, 1), 0);
    assert_int_equal(zts_close(server), 0);
    assert_int_equal(zts_close(listener), 0);
}

struct accepting {
    int fd, result;
};

static void *block_in_accept(void *context)
{
    struct accepting *accepting = context;

    accepting->result = zts_bsd_accept(accepting->fd, NULL, NULL);
    return NULL;
}

static void stopping_wakes_a_blocked_call_and_a_new_start_works(void **unused)
{
    struct accepting accepting = { 0 };
    pthread_t thread;
    int fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);

    (void)unused;
    accepting.fd = fd;
    assert_int_equal(zts_bind(fd, "0.0.0.0", 7002), 0);
    assert_int_equal(zts_listen(fd, 1), 0);
    assert_int_equal(pthread_create(&thread, NULL, block_in_accept, &accepting), 0);
    zts_util_delay(50);
    assert_int_equal(zts_node_stop(), 0);
    assert_int_equal(zts_node_stop(), ZTS_ERR_SERVICE);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(accepting.result, ZTS_ERR_SOCKET);
    assert_int_equal(zts_node_start(), 0);
    assert_int_equal(zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0), 0);
    assert_int_equal(zts_close(0), 0);
}

static void freeing_is_for_good(void **unused)
{
    (void)unused;
    assert_int_equal(zts_node_free(), 0);
    assert_int_equal(zts_node_free(), ZTS_ERR_SERVICE);
    assert_int_equal(zts_node_start(), ZTS_ERR_SERVICE);
    assert_int_equal(zts_init_set_port(0), ZTS_ERR_SERVICE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_start_is_refused),
        cmocka_unit_test(descriptors_are_the_lowest_free_from_zero),
        cmocka_unit_test(wrong_calls_say_why),
        cmocka_unit_test(a_stream_over_loopback_ends_with_zero_again_and_again),
        cmocka_unit_test(stopping_wakes_a_blocked_call_and_a_new_start_works),
        cmocka_unit_test(freeing_is_for_good),
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}
