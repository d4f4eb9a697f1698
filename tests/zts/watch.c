/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors of the operating system that follow a socket: zts_get_os_fd, as poll sees them. */
#define _GNU_SOURCE
#define FIRST_PORT 7100
#include "ZeroTierSockets.h"
#include "known.h"
#include "os/corelock.h"
#include "pair.h"
#include "stack/stack.h"
#include "zts/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

extern bool zt_stack_held_up; /* stack/interface.h, which needs lwIP's headers */

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

static void a_socket_has_one_descriptor_that_closes_with_it(void **unused)
{
    int fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_DGRAM, 0), shown = os_fd(fd);

    (void)unused;
    assert_int_equal(os_fd(fd), shown);
    assert_int_equal(fcntl(shown, F_GETFD), FD_CLOEXEC);
    assert_int_equal(zts_close(fd), 0);
    assert_int_equal(fcntl(shown, F_GETFD), -1);
    assert_int_equal(errno, EBADF);
}

static void what_is_not_open_has_none(void **unused)
{
    (void)unused;
    for (int fd = -1; fd < 10; fd += 10) {
        assert_int_equal(zts_get_os_fd(fd), ZTS_ERR_SOCKET);
        assert_int_equal(zts_get_errno(), ZTS_EBADF);
    }
    assert_int_equal(zts_get_os_fd(1 << 30), ZTS_ERR_SOCKET);
}

static void it_is_readable_as_long_as_something_is_to_be_read(void **unused)
{
    struct pair pair = connected();
    int shown = os_fd(pair.server);
    char bytes[8];

    (void)unused;
    assert_int_equal(seen(shown), POLLOUT);
    for (int round = 0; round < 3; round++) {
        assert_int_equal(zts_write(pair.client, "hello", 5), 5);
        await(shown, POLLIN);
        assert_int_equal(zts_read(pair.server, bytes, 2), 2);
        assert_int_equal(seen(shown), POLLIN | POLLOUT);
        assert_int_equal(zts_read(pair.server, bytes, 8), 3);
        assert_int_equal(seen(shown), POLLOUT);
        assert_int_equal(zts_read(pair.server, bytes, 8), -1);
        assert_int_equal(zts_get_errno(), ZTS_EAGAIN);
    }
    close_all(pair);
}

static void what_was_there_before_it_was_asked_for_counts(void **unused)
{
    struct pair pair = connected();
    struct zts_pollfd at = { .fd = pair.server, .events = ZTS_POLLIN };

    (void)unused;
    assert_int_equal(zts_write(pair.client, "x", 1), 1);
    assert_int_equal(zts_bsd_poll(&at, 1, PATIENCE_MS), 1);
    assert_int_equal(seen(os_fd(pair.server)), POLLIN | POLLOUT);
    close_all(pair);
}

static void a_listener_is_readable_while_a_connection_waits(void **unused)
{
    unsigned short port = next_port++;
    int listener = listen_at(port), shown = os_fd(listener), accepted, clients[2];

    (void)unused;
    assert_int_equal(seen(shown), 0);
    for (int i = 0; i < 2; i++) {
        clients[i] = zts_tcp_client("127.0.0.1", port);
        assert_true(clients[i] >= 0);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(await(shown, POLLIN), POLLIN);
        accepted = zts_bsd_accept(listener, NULL, NULL);
        assert_true(accepted >= 0);
        /* It inherits nothing but the ability. */
        assert_int_equal(seen(os_fd(accepted)), POLLOUT);
        assert_int_equal(zts_write(clients[i], "x", 1), 1);
        await(os_fd(accepted), POLLIN);
        zts_close(accepted);
    }
    assert_int_equal(seen(shown), 0);
    for (int i = 0; i < 2; i++)
        zts_close(clients[i]);
    zts_close(listener);
}

static void the_peers_end_stays_readable(void **unused)
{
    struct pair pair = connected();
    int shown = os_fd(pair.server);
    char byte;

    (void)unused;
    assert_int_equal(zts_shutdown_wr(pair.client), 0);
    for (int i = 0; i < 3; i++) {
        await(shown, POLLIN);
        assert_int_equal(zts_read(pair.server, &byte, 1), 0);
    }
    /* The other direction still works. */
    assert_int_equal(zts_write(pair.server, "x", 1), 1);
    await(os_fd(pair.client), POLLIN);
    assert_int_equal(zts_read(pair.client, &byte, 1), 1);
    close_all(pair);
}

static void a_reset_is_readable_and_writable(void **unused)
{
    struct pair pair = connected();
    int shown = os_fd(pair.server);

    (void)unused;
    assert_int_equal(zts_set_linger(pair.client, 1, 0), 0);
    assert_int_equal(zts_close(pair.client), 0);
    await(shown, POLLIN);
    assert_int_equal(seen(shown), POLLIN | POLLOUT);
    close_all(pair);
}

static void back_pressure_ends_writability_until_the_peer_has_read(void **unused)
{
    struct pair pair = connected();
    int shown = os_fd(pair.client);
    static char chunk[1 << 16];
    size_t sent = 0, received = 0;

    (void)unused;
    /* Until nothing moves any more on the way. */
    do {
        sent += fill(pair.client);
        zts_util_delay(20);
    } while ((seen(shown) & POLLOUT) != 0);
    assert_int_equal(seen(shown), 0);
    while (received < sent) {
        ssize_t length = zts_read(pair.server, chunk, sizeof chunk);
        if (length > 0)
            received += (size_t)length;
        else
            await(os_fd(pair.server), POLLIN);
    }
    assert_int_equal(await(shown, POLLOUT), POLLOUT);
    assert_int_equal(zts_write(pair.client, "x", 1), 1);
    close_all(pair);
}

static void connecting_ends_in_writability(void **unused)
{
    unsigned short port = next_port++;
    int listener = listen_at(port);
    int fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0), shown = os_fd(fd);

    (void)unused;
    assert_int_equal(zts_set_blocking(fd, 0), 0);
    assert_int_equal(zts_connect(fd, "127.0.0.1", port, 0), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EINPROGRESS);
    assert_int_equal(await(shown, POLLOUT), POLLOUT);
    assert_int_equal(zts_get_last_socket_error(fd), 0);
    zts_close(fd);
    zts_close(listener);
}

static void a_refused_connection_is_readable_and_writable_until_tried_again(void **unused)
{
    unsigned short port = next_port++;
    int fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0), shown = os_fd(fd);

    (void)unused;
    assert_int_equal(zts_set_blocking(fd, 0), 0);
    assert_int_equal(zts_connect(fd, "127.0.0.1", port, 0), ZTS_ERR_SOCKET);
    await(shown, POLLOUT);
    assert_int_equal(seen(shown), POLLIN | POLLOUT);
    assert_int_equal(zts_get_last_socket_error(fd), ZTS_ECONNREFUSED);
    int listener = listen_at(port);
    assert_int_equal(zts_connect(fd, "127.0.0.1", port, 0), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EINPROGRESS);
    assert_int_equal(await(shown, POLLOUT), POLLOUT);
    assert_int_equal(zts_get_last_socket_error(fd), 0);
    zts_close(fd);
    zts_close(listener);
}

static void datagrams_keep_their_borders(void **unused)
{
    unsigned short port = next_port++;
    int server = zts_udp_server("127.0.0.1", port), client = zts_udp_client("127.0.0.1");
    int shown = os_fd(server);
    char bytes[64];

    (void)unused;
    assert_int_equal(zts_connect(client, "127.0.0.1", port, 0), 0);
    assert_int_equal(seen(shown), POLLOUT);
    for (int length = 1; length <= 3; length++)
        assert_int_equal(zts_write(client, "abc", (size_t)length), length);
    for (int length = 1; length <= 3; length++) {
        await(shown, POLLIN);
        assert_int_equal(zts_read(server, bytes, sizeof bytes), length);
    }
    assert_int_equal(seen(shown), POLLOUT);
    zts_close(client);
    zts_close(server);
}

static void a_refused_datagram_ends_writability_until_there_is_room(void **unused)
{
    int fd = zts_udp_client("127.0.0.1"), shown = os_fd(fd);

    (void)unused;
    zt_core_lock();
    zts_watch_refused(fd);
    assert_int_equal(seen(shown), POLLOUT);
    zt_stack_held_up = true;
    zts_watch_refused(fd);
    assert_int_equal(seen(shown), 0);
    zt_stack_resume();
    assert_int_equal(seen(shown), POLLOUT);
    zt_core_unlock();
    zts_close(fd);
}

/* The descriptors of the kind that we make; a node's others come and go. */
static int descriptor_count(void)
{
    int count = 0;

    for (int fd = 0; fd < 1024; fd++) {
        struct sockaddr_storage name;
        socklen_t length = sizeof name;
        count +=
            getsockname(fd, (struct sockaddr *)&name, &length) == 0 && name.ss_family == AF_UNIX;
    }
    return count;
}

static void closing_leaves_no_descriptor_behind(void **unused)
{
    int before = descriptor_count();

    (void)unused;
    for (int i = 0; i < 200; i++) {
        int fd = zts_socket(ZTS_AF_INET, i % 2 ? ZTS_SOCK_STREAM : ZTS_SOCK_DGRAM, 0);
        os_fd(fd);
        zts_close(fd);
    }
    assert_int_equal(descriptor_count(), before);
}

static void a_number_used_again_starts_anew(void **unused)
{
    struct pair pair = connected();
    int shown = os_fd(pair.server);

    (void)unused;
    assert_int_equal(zts_write(pair.client, "x", 1), 1);
    await(shown, POLLIN);
    int number = pair.server;
    assert_int_equal(zts_close(pair.server), 0);
    assert_int_equal(zts_socket(ZTS_AF_INET, ZTS_SOCK_DGRAM, 0), number);
    assert_int_equal(seen(os_fd(number)), POLLOUT);
    close_all(pair);
}

static void stopping_hangs_up_and_leaves_the_descriptor_to_the_program(void **unused)
{
    struct pair pair = connected();
    int shown = os_fd(pair.server), listening = os_fd(pair.listener);
    char byte;

    (void)unused;
    assert_int_equal(zts_node_stop(), 0);
    assert_int_equal(await(shown, POLLIN) & POLLHUP, POLLHUP);
    assert_int_equal(await(listening, POLLIN) & POLLHUP, POLLHUP);
    assert_int_equal(zts_read(pair.server, &byte, 1), ZTS_ERR_SERVICE);
    assert_int_equal(zts_get_os_fd(pair.server), ZTS_ERR_SERVICE);
    assert_int_equal(close(shown), 0);
    assert_int_equal(close(listening), 0);
    assert_int_equal(use_known_identity(), 0);
    assert_int_equal(zts_node_start(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_socket_has_one_descriptor_that_closes_with_it),
        cmocka_unit_test(what_is_not_open_has_none),
        cmocka_unit_test(it_is_readable_as_long_as_something_is_to_be_read),
        cmocka_unit_test(what_was_there_before_it_was_asked_for_counts),
        cmocka_unit_test(a_listener_is_readable_while_a_connection_waits),
        cmocka_unit_test(the_peers_end_stays_readable),
        cmocka_unit_test(a_reset_is_readable_and_writable),
        cmocka_unit_test(back_pressure_ends_writability_until_the_peer_has_read),
        cmocka_unit_test(connecting_ends_in_writability),
        cmocka_unit_test(a_refused_connection_is_readable_and_writable_until_tried_again),
        cmocka_unit_test(datagrams_keep_their_borders),
        cmocka_unit_test(a_refused_datagram_ends_writability_until_there_is_room),
        cmocka_unit_test(closing_leaves_no_descriptor_behind),
        cmocka_unit_test(a_number_used_again_starts_anew),
        cmocka_unit_test(stopping_hangs_up_and_leaves_the_descriptor_to_the_program),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
