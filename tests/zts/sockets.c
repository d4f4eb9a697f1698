/* SPDX-License-Identifier: Apache-2.0 */
/* What libzt did wrong with sockets, done right: each test fails on the original. The comments name the
   row of docs/api.md, "Defects of the original". */
#include "ZeroTierSockets.h"
#include "known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <limits.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 3000 };

static uint64_t network;
static char own[ZTS_IP_MAX_STR_LEN];

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

static int listener_at(const char *ip, unsigned short port)
{
    int fd = zts_socket(zts_util_get_ip_family(ip), ZTS_SOCK_STREAM, 0);

    assert_int_equal(zts_bind(fd, ip, port), 0);
    assert_int_equal(zts_listen(fd, 4), 0);
    return fd;
}

/* D27 */
static void an_ipv6_address_works_as_soon_as_it_is_assigned(void **unused)
{
    (void)unused;
    assert_int_equal(zts_wait_address(network, ZTS_AF_INET6, 30000), 0);
    assert_int_equal(zts_addr_get_str(network, ZTS_AF_INET6, own, sizeof own), 0);
    int listener = listener_at(own, 6000);
    int client = zts_tcp_client(own, 6000);
    assert_true(client >= 0);
    zts_close(client);
    zts_close(listener);
}

static void *serve_once(void *result)
{
    char peer[ZTS_INET6_ADDRSTRLEN];
    unsigned short port;

    *(int *)result = zts_tcp_server("127.0.0.1", 6001, peer, sizeof peer, &port);
    return NULL;
}

/* D1 */
static void convenient_calls_return_the_descriptor(void **unused)
{
    int taken = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0), server = -9;
    pthread_t thread;
    char byte = 0;

    (void)unused;
    int datagrams = zts_udp_server("127.0.0.1", 6001);
    assert_true(datagrams > taken);
    assert_int_equal(pthread_create(&thread, NULL, serve_once, &server), 0);
    int client = zts_tcp_client("127.0.0.1", 6001);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(client > taken && server > taken && client != server);
    assert_int_equal(zts_write(client, "x", 1), 1);
    assert_int_equal(zts_read(server, &byte, 1), 1);
    zts_close(client);
    zts_close(server);
    zts_close(datagrams);
    zts_close(taken);
    /* neither lost a descriptor */
    assert_int_equal(zts_socket(ZTS_AF_INET, ZTS_SOCK_DGRAM, 0), taken);
    zts_close(taken);
}

/* D2 */
static void connecting_says_why_it_failed_and_may_be_tried_again(void **unused)
{
    int fd = zts_socket(ZTS_AF_INET6, ZTS_SOCK_STREAM, 0);
    char nobody[ZTS_IP_MAX_STR_LEN];

    (void)unused;
    assert_int_equal(zts_addr_compute_6plane_str(network, 0x1234567890, nobody, sizeof nobody), 0);
    assert_int_equal(zts_connect(fd, nobody, 6002, 200), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_ETIMEDOUT);
    assert_int_equal(zts_connect(fd, "::1", 6002, 200), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_ECONNREFUSED);
    assert_int_equal(zts_connect(fd, "nonsense", 6002, 30000), ZTS_ERR_ARG);
    int listener = listener_at("::1", 6002);
    assert_int_equal(zts_set_blocking(fd, 0), 0);
    assert_int_equal(zts_connect(fd, "::1", 6002, 200), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_EINPROGRESS);
    struct zts_pollfd at = { .fd = fd, .events = ZTS_POLLOUT };
    assert_int_equal(zts_bsd_poll(&at, 1, 2000), 1);
    assert_int_equal(zts_get_last_socket_error(fd), 0);
    zts_close(fd);
    zts_close(listener);
}

/* D3 */
static void a_failed_accept_is_a_socket_error(void **unused)
{
    int fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);
    char peer[ZTS_INET6_ADDRSTRLEN];
    unsigned short port;

    (void)unused;
    assert_int_equal(zts_accept(fd, peer, sizeof peer, &port), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_EINVAL);
    assert_int_equal(zts_accept(fd, NULL, sizeof peer, &port), ZTS_ERR_ARG);
    zts_close(fd);
}

static void *fail_elsewhere(void *unused)
{
    (void)unused;
    (void)zts_close(-1);
    return NULL;
}

/* D4 */
static void each_thread_keeps_its_reason(void **unused)
{
    pthread_t thread;

    (void)unused;
    assert_int_equal(zts_socket(99, ZTS_SOCK_STREAM, 0), ZTS_ERR_SOCKET);
    assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(zts_get_errno(), ZTS_EAFNOSUPPORT);
    assert_int_equal(zts_errno, ZTS_EBADF);
}

struct blocked {
    int fd, result, reason;
    bool accepts;
};

static void *block(void *context)
{
    struct blocked *blocked = context;
    char byte;

    blocked->result = blocked->accepts ? zts_bsd_accept(blocked->fd, NULL, NULL)
                                       : (int)zts_bsd_recv(blocked->fd, &byte, 1, 0);
    blocked->reason = zts_get_errno();
    return NULL;
}

/* D18 */
static void closing_wakes_a_blocked_call(void **unused)
{
    struct blocked blocked[2] = { { .fd = listener_at("127.0.0.1", 6003), .accepts = true },
                                  { .fd = zts_udp_server("127.0.0.1", 6003) } };

    (void)unused;
    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, block, &blocked[i]), 0);
        zts_util_delay(50);
        assert_int_equal(zts_close(blocked[i].fd), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(blocked[i].result, ZTS_ERR_SOCKET);
        assert_int_equal(blocked[i].reason, ZTS_EBADF);
    }
}

/* D19 */
static void what_is_no_socket_is_refused(void **unused)
{
    static const struct {
        int family, type, protocol, reason;
    } cases[] = {
        { -1, ZTS_SOCK_STREAM, 0, ZTS_EAFNOSUPPORT },
        { 0, ZTS_SOCK_DGRAM, 0, ZTS_EAFNOSUPPORT },
        { ZTS_AF_INET, 0, 0, ZTS_ESOCKTNOSUPPORT },
        { ZTS_AF_INET, 4, 0, ZTS_ESOCKTNOSUPPORT },
        { ZTS_AF_INET, ZTS_SOCK_STREAM, ZTS_IPPROTO_UDP, ZTS_EPROTONOSUPPORT },
        { ZTS_AF_INET6, ZTS_SOCK_DGRAM, ZTS_IPPROTO_TCP, ZTS_EPROTONOSUPPORT },
        { ZTS_AF_INET, ZTS_SOCK_RAW, 256, ZTS_EPROTONOSUPPORT },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(zts_socket(cases[i].family, cases[i].type, cases[i].protocol),
                         ZTS_ERR_SOCKET);
        assert_int_equal(zts_errno, cases[i].reason);
    }
    int raw = zts_socket(ZTS_AF_INET, ZTS_SOCK_RAW, ZTS_IPPROTO_ICMP);
    assert_true(raw >= 0);
    zts_close(raw);
}

/* D20 */
static void useful_options_exist(void **unused)
{
    struct zts_ip_mreq group4 = { 0 };
    struct zts_ipv6_mreq group6;
    int stream = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0), on = 1;
    int datagrams = zts_socket(ZTS_AF_INET, ZTS_SOCK_DGRAM, 0);
    int datagrams6 = zts_socket(ZTS_AF_INET6, ZTS_SOCK_DGRAM, 0);

    (void)unused;
    assert_int_equal(zts_set_send_buf_size(stream, 100000), 0);
    assert_int_equal(zts_get_send_buf_size(stream), 100000);
    assert_int_equal(zts_bsd_setsockopt(stream, ZTS_SOL_SOCKET, ZTS_SO_REUSEPORT, &on, sizeof on),
                     0);
    assert_int_equal(zts_bsd_setsockopt(datagrams, ZTS_IPPROTO_IP, ZTS_IP_PKTINFO, &on, sizeof on),
                     0);
    assert_int_equal(zts_inet_pton(ZTS_AF_INET, "239.1.2.3", &group4.imr_multiaddr), 1);
    assert_int_equal(zts_bsd_setsockopt(datagrams, ZTS_IPPROTO_IP, ZTS_IP_ADD_MEMBERSHIP, &group4,
                                        sizeof group4),
                     0);
    memset(&group6, 0, sizeof group6);
    assert_int_equal(zts_inet_pton(ZTS_AF_INET6, "ff02::1234", &group6.ipv6mr_multiaddr), 1);
    assert_int_equal(zts_bsd_setsockopt(datagrams6, ZTS_IPPROTO_IPV6, ZTS_IPV6_JOIN_GROUP, &group6,
                                        sizeof group6),
                     0);
    zts_close(stream);
    zts_close(datagrams);
    zts_close(datagrams6);
}

static void an_option_of_raw_sockets_is_none_of_others(void **unused)
{
    static const int types[] = { ZTS_SOCK_STREAM, ZTS_SOCK_DGRAM };
    static const int levels[] = { ZTS_IPPROTO_RAW, ZTS_IPPROTO_IPV6 };
    int value = 2;
    zts_socklen_t length = sizeof value;

    (void)unused;
    for (int i = 0; i < 4; i++) {
        int fd = zts_socket(ZTS_AF_INET6, types[i % 2], 0), level = levels[i / 2];
        /* a stream whose attempt failed has nothing below it that could be looked into */
        if (types[i % 2] == ZTS_SOCK_STREAM)
            (void)zts_connect(fd, "::1", 6388, 100);
        assert_int_equal(zts_bsd_setsockopt(fd, level, ZTS_IPV6_CHECKSUM, &value, length),
                         ZTS_ERR_SOCKET);
        assert_int_equal(zts_get_errno(), ZTS_ENOPROTOOPT);
        assert_int_equal(zts_bsd_getsockopt(fd, level, ZTS_IPV6_CHECKSUM, &value, &length),
                         ZTS_ERR_SOCKET);
        assert_int_equal(zts_get_errno(), ZTS_ENOPROTOOPT);
        zts_close(fd);
    }
}

/* The network subscribes to what sockets join. */
static void a_joined_group_is_subscribed_to_by_the_network(void **unused)
{
    struct zts_ipv6_mreq group;
    int fd = zts_socket(ZTS_AF_INET6, ZTS_SOCK_DGRAM, 0);
    int before = zts_core_query_mc_count(network);

    (void)unused;
    memset(&group, 0, sizeof group);
    assert_int_equal(zts_inet_pton(ZTS_AF_INET6, "ff02::4321", &group.ipv6mr_multiaddr), 1);
    assert_int_equal(
        zts_bsd_setsockopt(fd, ZTS_IPPROTO_IPV6, ZTS_IPV6_JOIN_GROUP, &group, sizeof group), 0);
    assert_int_equal(zts_core_query_mc_count(network), before + 1);
    zts_close(fd);
    assert_int_equal(zts_core_query_mc_count(network), before);
}

static void a_group_can_only_be_joined_on_an_interface_that_is_there(void **unused)
{
    static const unsigned numbers[] = { 255, 256, 0x10001, UINT_MAX };
    struct {
        struct zts_ipv6_mreq group;
        char more[8]; /* a longer value is no other value */
    } wanted;
    int fd = zts_socket(ZTS_AF_INET6, ZTS_SOCK_DGRAM, 0);

    (void)unused;
    memset(&wanted, 0, sizeof wanted);
    assert_int_equal(zts_inet_pton(ZTS_AF_INET6, "ff02::4321", &wanted.group.ipv6mr_multiaddr), 1);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        wanted.group.ipv6mr_interface = numbers[i];
        assert_int_equal(zts_bsd_setsockopt(fd, ZTS_IPPROTO_IPV6, ZTS_IPV6_JOIN_GROUP,
                                            &wanted.group, sizeof wanted.group),
                         ZTS_ERR_SOCKET);
        assert_int_equal(zts_get_errno(), ZTS_EADDRNOTAVAIL);
        assert_int_equal(
            zts_bsd_setsockopt(fd, ZTS_IPPROTO_IPV6, ZTS_IPV6_LEAVE_GROUP, &wanted, sizeof wanted),
            ZTS_ERR_SOCKET);
    }
    zts_close(fd);
}

/* D21 */
static void a_refused_call_leaves_the_socket_as_it_was(void **unused)
{
    int fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);

    (void)unused;
    assert_int_equal(zts_shutdown_rdwr(fd), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_ENOTCONN);
    assert_int_equal(zts_bind(fd, "127.0.0.1", 6004), 0);
    assert_int_equal(zts_bind(fd, "127.0.0.1", 6005), ZTS_ERR_SOCKET);
    assert_int_equal(zts_errno, ZTS_EINVAL);
    assert_int_equal(zts_listen(fd, 1), 0);
    int client = zts_tcp_client("127.0.0.1", 6004);
    assert_true(client >= 0);
    zts_close(client);
    zts_close(fd);
}

/* What is wrong with the call comes before what the socket lacks. */
static void a_message_without_buffers_or_with_unknown_flags_is_refused(void **unused)
{
    static const int types[] = { ZTS_SOCK_STREAM, ZTS_SOCK_DGRAM };
    enum { UNKNOWN_FLAG = 0x4000 };
    struct zts_iovec bytes = { .iov_base = "x", .iov_len = 1 };
    struct zts_msghdr message = { .msg_iov = &bytes };

    (void)unused;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        int fd = zts_socket(ZTS_AF_INET, types[i], 0);
        message.msg_iovlen = 0;
        assert_int_equal(zts_bsd_sendmsg(fd, &message, 0), ZTS_ERR_SOCKET);
        assert_int_equal(zts_get_errno(), ZTS_EIO);
        assert_int_equal(zts_bsd_writev(fd, &bytes, 0), ZTS_ERR_SOCKET);
        assert_int_equal(zts_get_errno(), ZTS_EIO);
        assert_int_equal(zts_bsd_writev(fd, &bytes, -1), ZTS_ERR_SOCKET);
        assert_int_equal(zts_get_errno(), ZTS_EIO);
        message.msg_iovlen = 1;
        assert_int_equal(zts_bsd_sendmsg(fd, &message, UNKNOWN_FLAG), ZTS_ERR_SOCKET);
        assert_int_equal(zts_get_errno(), ZTS_EOPNOTSUPP);
        assert_int_equal(zts_close(fd), 0);
    }
}

static void there_are_more_descriptors_than_an_fd_set_has_bits(void **unused)
{
    static int fds[MANY];
    static struct zts_pollfd all[MANY];
    struct zts_pollfd last;

    (void)unused;
    for (int i = 0; i < MANY; i++) {
        fds[i] = zts_socket(ZTS_AF_INET, ZTS_SOCK_DGRAM, 0);
        assert_int_equal(fds[i], i);
        all[i] = (struct zts_pollfd){ .fd = fds[i], .events = ZTS_POLLIN };
    }
    assert_int_equal(zts_bind(fds[MANY - 1], "127.0.0.1", 6006), 0);
    last = (struct zts_pollfd){ .fd = fds[MANY - 1], .events = ZTS_POLLIN };
    assert_int_equal(zts_bsd_poll(all, MANY, 0), 0);
    struct zts_sockaddr_storage to;
    zts_socklen_t length;
    assert_int_equal(
        zts_util_ipstr_to_saddr("127.0.0.1", 6006, (struct zts_sockaddr *)&to, &length), 0);
    assert_int_equal(zts_bsd_sendto(fds[0], "x", 1, 0, (struct zts_sockaddr *)&to, length), 1);
    assert_int_equal(zts_bsd_poll(&last, 1, 2000), 1);
    assert_int_equal(zts_bsd_poll(all, MANY, 2000), 1);
    assert_int_equal(all[MANY - 1].revents, ZTS_POLLIN);
    for (int i = 0; i < MANY; i++)
        zts_close(fds[i]);
}

/* D18, the second half; the last test, as it stops the node. */
static void a_descriptor_can_be_closed_once_after_the_stop(void **unused)
{
    int fd = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);

    (void)unused;
    assert_int_equal(zts_node_stop(), 0);
    assert_int_equal(zts_close(fd), 0);
    assert_int_equal(zts_close(fd), ZTS_ERR_SERVICE);
    assert_int_equal(use_known_identity(), 0);
    assert_int_equal(zts_node_start(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ipv6_address_works_as_soon_as_it_is_assigned),
        cmocka_unit_test(convenient_calls_return_the_descriptor),
        cmocka_unit_test(connecting_says_why_it_failed_and_may_be_tried_again),
        cmocka_unit_test(a_failed_accept_is_a_socket_error),
        cmocka_unit_test(each_thread_keeps_its_reason),
        cmocka_unit_test(closing_wakes_a_blocked_call),
        cmocka_unit_test(what_is_no_socket_is_refused),
        cmocka_unit_test(useful_options_exist),
        cmocka_unit_test(an_option_of_raw_sockets_is_none_of_others),
        cmocka_unit_test(a_joined_group_is_subscribed_to_by_the_network),
        cmocka_unit_test(a_group_can_only_be_joined_on_an_interface_that_is_there),
        cmocka_unit_test(a_refused_call_leaves_the_socket_as_it_was),
        cmocka_unit_test(a_message_without_buffers_or_with_unknown_flags_is_refused),
        cmocka_unit_test(there_are_more_descriptors_than_an_fd_set_has_bits),
        cmocka_unit_test(a_descriptor_can_be_closed_once_after_the_stop),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
