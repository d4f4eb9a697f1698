/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets handed over to the operating system: zts_export_fd. */
#define _GNU_SOURCE
#include "ZeroTierSockets.h"
#include "known.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

enum { PATIENCE_MS = 20000, BULK = 8 << 20 };

static unsigned short next_port = 7300;

static int begin(void **unused)
{
    (void)unused;
    signal(SIGPIPE, SIG_IGN);
    return use_known_identity() != 0 || zts_node_start() != 0;
}

static int end(void **unused)
{
    (void)unused;
    return zts_node_free() == ZTS_ERR_SERVICE;
}

/* Two connected sockets; the result is the accepted one. */
static int connect_alone(int *ours)
{
    unsigned short port = next_port++;
    int listener = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);

    assert_int_equal(zts_bind(listener, "127.0.0.1", port), 0);
    assert_int_equal(zts_listen(listener, 4), 0);
    *ours = zts_tcp_client("127.0.0.1", port);
    assert_true(*ours >= 0);
    int accepted = zts_bsd_accept(listener, NULL, NULL);
    assert_true(accepted >= 0);
    assert_int_equal(zts_set_recv_timeout(*ours, PATIENCE_MS / 1000, 0), 0);
    zts_close(listener);
    return accepted;
}

/* Two connected sockets, ours and the one handed over. */
static void connect_stream(int *ours, int *theirs)
{
    *theirs = zts_export_fd(connect_alone(ours));
    assert_true(*theirs >= 0);
}

static void await(int fd, short events)
{
    struct pollfd at = { .fd = fd, .events = events };

    assert_int_equal(poll(&at, 1, PATIENCE_MS), 1);
}

static void plain_reads_and_writes_carry_the_stream(void **unused)
{
    int ours, theirs;
    char bytes[8];

    (void)unused;
    connect_stream(&ours, &theirs);
    assert_int_equal(write(theirs, "hello", 5), 5);
    assert_int_equal(zts_bsd_recv(ours, bytes, 5, ZTS_MSG_WAITALL), 5);
    assert_memory_equal(bytes, "hello", 5);
    assert_int_equal(zts_write(ours, "world", 5), 5);
    assert_int_equal(recv(theirs, bytes, 5, MSG_WAITALL), 5);
    assert_memory_equal(bytes, "world", 5);
    close(theirs);
    assert_int_equal(zts_read(ours, bytes, 1), 0);
    zts_close(ours);
}

static void each_half_closes_by_itself(void **unused)
{
    int ours, theirs;
    char byte;

    (void)unused;
    connect_stream(&ours, &theirs);
    assert_int_equal(shutdown(theirs, SHUT_WR), 0);
    assert_int_equal(zts_read(ours, &byte, 1), 0);
    assert_int_equal(zts_write(ours, "x", 1), 1);
    assert_int_equal(read(theirs, &byte, 1), 1);
    assert_int_equal(zts_shutdown_wr(ours), 0);
    assert_int_equal(read(theirs, &byte, 1), 0);
    close(theirs);
    zts_close(ours);

    connect_stream(&ours, &theirs);
    assert_int_equal(zts_shutdown_wr(ours), 0);
    assert_int_equal(read(theirs, &byte, 1), 0);
    assert_int_equal(write(theirs, "x", 1), 1);
    assert_int_equal(zts_read(ours, &byte, 1), 1);
    close(theirs);
    zts_close(ours);
}

static void what_was_written_before_closing_arrives(void **unused)
{
    int ours, theirs;
    static char bytes[100000];
    size_t received = 0;
    ssize_t length;

    (void)unused;
    connect_stream(&ours, &theirs);
    assert_int_equal(write(theirs, bytes, sizeof bytes), sizeof bytes);
    close(theirs);
    while ((length = zts_read(ours, bytes, sizeof bytes)) > 0)
        received += (size_t)length;
    assert_int_equal(length, 0);
    assert_int_equal(received, sizeof bytes);
    zts_close(ours);
}

static void a_reset_ends_both_ways(void **unused)
{
    int ours, theirs;
    char byte;

    (void)unused;
    connect_stream(&ours, &theirs);
    assert_int_equal(zts_set_linger(ours, 1, 0), 0);
    zts_close(ours);
    assert_true(read(theirs, &byte, 1) <= 0);
    /* The error may take a moment to be known. */
    for (int i = 0; i < PATIENCE_MS && write(theirs, "x", 1) == 1; i++)
        zts_util_delay(1);
    assert_int_equal(write(theirs, "x", 1), -1);
    assert_int_equal(errno, EPIPE);
    close(theirs);
}

static void a_reader_that_stops_stops_the_writer(void **unused)
{
    int ours, theirs;
    static char chunk[1 << 16];
    size_t sent = 0, received = 0;
    ssize_t length;

    (void)unused;
    connect_stream(&ours, &theirs);
    for (int calm = 0; calm < 20;) {
        length = send(theirs, chunk, sizeof chunk, MSG_DONTWAIT);
        if (length > 0)
            sent += (size_t)length;
        calm = length > 0 ? 0 : calm + 1;
        if (length < 0)
            zts_util_delay(5);
    }
    /* At most the stack's buffers, one flow's and the pair's. */
    assert_true(sent < 16 << 20);
    shutdown(theirs, SHUT_WR);
    while ((length = zts_read(ours, chunk, sizeof chunk)) > 0)
        received += (size_t)length;
    assert_int_equal(length, 0);
    assert_int_equal(received, sent);
    close(theirs);
    zts_close(ours);
}

static uint8_t byte_at(size_t position)
{
    return (uint8_t)(position * 131 >> 5);
}

static void *send_pattern(void *context)
{
    static uint8_t chunk[50000];
    size_t sent = 0;

    while (sent < BULK) {
        size_t length = BULK - sent < sizeof chunk ? BULK - sent : sizeof chunk;
        for (size_t i = 0; i < length; i++)
            chunk[i] = byte_at(sent + i);
        ssize_t done = write(*(int *)context, chunk, length);
        if (done <= 0)
            return NULL;
        sent += (size_t)done;
    }
    shutdown(*(int *)context, SHUT_WR);
    return context;
}

static void bulk_passes_in_order_through_two_of_them(void **unused)
{
    int ours, theirs, both;
    static uint8_t chunk[30000];
    size_t received = 0;
    pthread_t sender;
    void *complete;
    ssize_t length;

    (void)unused;
    connect_stream(&ours, &theirs);
    both = zts_export_fd(ours);
    assert_true(both >= 0);
    assert_int_equal(pthread_create(&sender, NULL, send_pattern, &theirs), 0);
    while ((length = read(both, chunk, sizeof chunk)) > 0) {
        for (size_t i = 0; i < (size_t)length; i++)
            assert_int_equal(chunk[i], byte_at(received + i));
        received += (size_t)length;
    }
    pthread_join(sender, &complete);
    assert_non_null(complete);
    assert_int_equal(received, BULK);
    close(theirs);
    close(both);
}

static void datagrams_keep_their_borders(void **unused)
{
    static char bytes[65000];
    int server = zts_udp_server("127.0.0.1", 7900), client = zts_udp_client("127.0.0.1");
    struct zts_sockaddr_storage from;
    zts_socklen_t length = sizeof from;

    (void)unused;
    assert_int_equal(zts_connect(client, "127.0.0.1", 7900, 0), 0);
    assert_int_equal(zts_set_recv_timeout(server, PATIENCE_MS / 1000, 0), 0);
    int theirs = zts_export_fd(client);
    assert_true(theirs >= 0);
    for (int i = 1; i <= 3; i++)
        assert_int_equal(send(theirs, "abc", (size_t)i, 0), i);
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(
            zts_bsd_recvfrom(server, bytes, sizeof bytes, 0, (struct zts_sockaddr *)&from, &length),
            i);
    }
    static const size_t sizes[] = { 2, 1, 9000, 3 };
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(
            zts_bsd_sendto(server, bytes, sizes[i], 0, (struct zts_sockaddr *)&from, length),
            sizes[i]);
    for (size_t i = 0; i < 4; i++) {
        await(theirs, POLLIN);
        assert_int_equal(recv(theirs, bytes, sizeof bytes, 0), sizes[i]);
    }
    close(theirs);
    zts_close(server);
}

static void only_connected_sockets_are_handed_over(void **unused)
{
    int stream = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);
    int datagram = zts_socket(ZTS_AF_INET, ZTS_SOCK_DGRAM, 0);

    (void)unused;
    assert_int_equal(zts_export_fd(stream), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_ENOTCONN);
    assert_int_equal(zts_export_fd(datagram), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_ENOTCONN);
    assert_int_equal(zts_bind(stream, "127.0.0.1", next_port), 0);
    assert_int_equal(zts_listen(stream, 1), 0);
    assert_int_equal(zts_export_fd(stream), ZTS_ERR_SOCKET);
    assert_int_equal(zts_export_fd(-1), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EBADF);
    zts_close(stream);
    zts_close(datagram);
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

static void closing_leaves_nothing_behind(void **unused)
{
    int ours, theirs, before = descriptor_count();
    char byte;

    (void)unused;
    for (int i = 0; i < 30; i++) {
        connect_stream(&ours, &theirs);
        close(theirs);
        assert_int_equal(zts_read(ours, &byte, 1), 0);
        zts_close(ours);
    }
    for (int i = 0; i < PATIENCE_MS && descriptor_count() > before; i++)
        zts_util_delay(1);
    assert_true(descriptor_count() <= before);
}

/* A program that closes the socket all the same: the number of a descriptor behind it may at once be that
   of another file, which is not ours to close. */
static void a_socket_closed_by_mistake_takes_no_other_file_with_it(void **unused)
{
    int ours, fd = connect_alone(&ours), theirs = zts_export_fd(fd), files[32];
    char byte;

    (void)unused;
    assert_true(theirs >= 0);
    assert_int_equal(zts_bsd_close(fd), 0);
    for (int i = 0; i < 32; i++)
        files[i] = open("/dev/null", O_RDONLY);
    (void)send(theirs, "x", 1, 0); /* has the thread look */
    await(theirs, POLLIN);
    assert_true(read(theirs, &byte, 1) <= 0);
    for (int i = 0; i < 32; i++)
        assert_int_equal(close(files[i]), 0);
    close(theirs);
    zts_close(ours);
}

static void a_socket_is_handed_over_once(void **unused)
{
    int ours, fd = connect_alone(&ours), theirs = zts_export_fd(fd);
    char byte;

    (void)unused;
    assert_true(theirs >= 0);
    assert_int_equal(zts_export_fd(fd), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EBADF);
    assert_int_equal(write(theirs, "x", 1), 1);
    assert_int_equal(zts_read(ours, &byte, 1), 1);
    close(theirs);
    assert_int_equal(zts_read(ours, &byte, 1), 0);
    zts_close(ours);
}

static void stopping_ends_reading_and_writing(void **unused)
{
    int ours, theirs, before;
    char byte;

    (void)unused;
    before = descriptor_count();
    connect_stream(&ours, &theirs);
    assert_int_equal(zts_node_stop(), 0);
    assert_true(read(theirs, &byte, 1) <= 0);
    for (int i = 0; i < PATIENCE_MS && write(theirs, "x", 1) == 1; i++)
        zts_util_delay(1);
    assert_int_equal(write(theirs, "x", 1), -1);
    close(theirs);
    assert_int_equal(zts_export_fd(0), ZTS_ERR_SERVICE);
    assert_int_equal(use_known_identity(), 0);
    assert_int_equal(zts_node_start(), 0);
    connect_stream(&ours, &theirs);
    assert_int_equal(write(theirs, "x", 1), 1);
    assert_int_equal(zts_read(ours, &byte, 1), 1);
    close(theirs);
    assert_int_equal(zts_read(ours, &byte, 1), 0);
    zts_close(ours);
    for (int i = 0; i < PATIENCE_MS && descriptor_count() > before; i++)
        zts_util_delay(1);
    assert_true(descriptor_count() <= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_reads_and_writes_carry_the_stream),
        cmocka_unit_test(each_half_closes_by_itself),
        cmocka_unit_test(what_was_written_before_closing_arrives),
        cmocka_unit_test(a_reset_ends_both_ways),
        cmocka_unit_test(a_reader_that_stops_stops_the_writer),
        cmocka_unit_test(bulk_passes_in_order_through_two_of_them),
        cmocka_unit_test(datagrams_keep_their_borders),
        cmocka_unit_test(only_connected_sockets_are_handed_over),
        cmocka_unit_test(closing_leaves_nothing_behind),
        cmocka_unit_test(a_socket_closed_by_mistake_takes_no_other_file_with_it),
        cmocka_unit_test(a_socket_is_handed_over_once),
        cmocka_unit_test(stopping_ends_reading_and_writing),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
