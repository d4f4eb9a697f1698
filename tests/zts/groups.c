/* SPDX-License-Identifier: Apache-2.0 */
/* Groups: what is sent to one leaves by a network and comes back to who joined it here. */
#include "ZeroTierSockets.h"
#include "known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { PORT = 5353 };

static uint64_t network;

static int begin(void **unused)
{
    (void)unused;
    network = zts_net_compute_adhoc_id(1, 65535);
    return use_known_identity() != 0 || zts_node_start() != 0 || zts_net_join(network) != 0 ||
           zts_wait_address(network, ZTS_AF_INET6, 30000) != 0;
}

static int end(void **unused)
{
    (void)unused;
    return zts_node_free();
}

static int new_member(const char *group, unsigned interface)
{
    struct zts_ipv6_mreq wanted = { .ipv6mr_interface = interface };
    int fd = zts_udp_server("::", PORT);

    assert_true(fd >= 0);
    assert_int_equal(zts_inet_pton(ZTS_AF_INET6, group, &wanted.ipv6mr_multiaddr), 1);
    assert_int_equal(
        zts_bsd_setsockopt(fd, ZTS_IPPROTO_IPV6, ZTS_IPV6_JOIN_GROUP, &wanted, sizeof wanted), 0);
    assert_int_equal(zts_set_recv_timeout(fd, 5, 0), 0);
    return fd;
}

/* As in the original no copy comes back unless it is asked for. */
static int new_sender(uint8_t loop)
{
    int fd = zts_udp_client("::1");

    assert_int_equal(
        zts_bsd_setsockopt(fd, ZTS_IPPROTO_IP, ZTS_IP_MULTICAST_LOOP, &loop, sizeof loop), 0);
    return fd;
}

static ssize_t send_to(int fd, const char *group, unsigned interface)
{
    struct zts_sockaddr_in6 to;
    zts_socklen_t length;

    assert_int_equal(zts_util_ipstr_to_saddr(group, PORT, (struct zts_sockaddr *)&to, &length), 0);
    to.sin6_scope_id = interface;
    return zts_bsd_sendto(fd, "x", 1, 0, (struct zts_sockaddr *)&to, length);
}

/* Those of the link, too, which say by themselves of no network whose link. */
static void what_is_sent_to_a_group_comes_back(void **unused)
{
    static const char *const groups[] = { "ff02::fb", "ff05::1234", "ff0e::1234" };
    char byte;

    (void)unused;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        int member = new_member(groups[i], 0), sender = new_sender(1);
        assert_int_equal(send_to(sender, groups[i], 0), 1);
        assert_int_equal(zts_recv(member, &byte, 1, 0), 1);
        zts_close(sender);
        zts_close(member);
    }
}

static void a_connected_socket_sends_to_its_group(void **unused)
{
    int member = new_member("ff02::fb", 0), sender = new_sender(1);
    char byte;

    (void)unused;
    assert_int_equal(zts_connect(sender, "ff02::fb", PORT, 1000), 0);
    assert_int_equal(zts_send(sender, "x", 1, 0), 1);
    assert_int_equal(zts_recv(member, &byte, 1, 0), 1);
    zts_close(sender);
    zts_close(member);
}

static void who_wants_no_copy_gets_none(void **unused)
{
    int member = new_member("ff02::fb", 0), silent = zts_udp_client("::1"), sender = new_sender(1);
    char byte;

    (void)unused;
    assert_int_equal(send_to(silent, "ff02::fb", 0), 1);
    assert_int_equal(send_to(sender, "ff02::fb", 0), 1);
    assert_int_equal(zts_recv(member, &byte, 1, 0), 1);
    assert_int_equal(zts_recv(member, &byte, 1, ZTS_MSG_DONTWAIT), ZTS_ERR_SOCKET);
    zts_close(sender);
    zts_close(silent);
    zts_close(member);
}

static void a_network_that_is_not_there_is_unreachable(void **unused)
{
    int sender = zts_udp_client("::1");

    (void)unused;
    assert_int_equal(send_to(sender, "ff02::fb", 200), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EHOSTUNREACH);
    assert_int_equal(send_to(sender, "ff02::fb", 0x10000001), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EHOSTUNREACH);
    assert_int_equal(send_to(sender, "ff02::fb", 0), 1);
    zts_close(sender);
}

static int bind_to(int fd, const char *name)
{
    char value[6] = { 0 };

    memcpy(value, name, strlen(name));
    return zts_bsd_setsockopt(fd, ZTS_SOL_SOCKET, ZTS_SO_BINDTODEVICE, value, sizeof value);
}

/* Back to the one network of these tests. */
static void leave_for_good(uint64_t second)
{
    int fd = zts_udp_client("::1");

    assert_int_equal(zts_net_leave(second), 0);
    for (int i = 0; i < 3000 && bind_to(fd, "6b") == 0; i++)
        zts_util_delay(10);
    assert_int_equal(bind_to(fd, "6b"), ZTS_ERR_SOCKET);
    zts_close(fd);
}

/* Two networks: what one socket sends leaves by the one that it was bound to. */
static void a_socket_keeps_to_its_network(void **unused)
{
    const uint64_t second = zts_net_compute_adhoc_id(2, 65535);
    int sender = new_sender(1), member;
    char byte;

    (void)unused;
    assert_int_equal(zts_net_join(second), 0);
    assert_int_equal(zts_wait_address(second, ZTS_AF_INET6, 30000), 0);
    member = new_member("ff05::77", 0);
    assert_int_equal(bind_to(sender, "6c"), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_ENODEV);
    assert_int_equal(bind_to(sender, "eth0"), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_ENODEV);
    assert_int_equal(zts_bsd_setsockopt(sender, ZTS_SOL_SOCKET, ZTS_SO_BINDTODEVICE, NULL, 6),
                     ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EFAULT);

    /* it has joined in both networks, and keeps to the second */
    assert_int_equal(bind_to(member, "4b"), 0);
    assert_int_equal(bind_to(sender, "6a"), 0);
    assert_int_equal(send_to(sender, "ff05::77", 0), 1); /* the member does not hear of it */
    assert_int_equal(bind_to(sender, "6b"), 0);
    assert_int_equal(send_to(sender, "ff05::77", 0), 1);
    assert_int_equal(zts_recv(member, &byte, 1, 0), 1);
    assert_int_equal(zts_recv(member, &byte, 1, ZTS_MSG_DONTWAIT), ZTS_ERR_SOCKET);
    assert_int_equal(bind_to(member, ""), 0);
    zts_close(member);
    zts_close(sender);
    leave_for_good(second);
}

static int change(int fd, int option, unsigned number)
{
    struct zts_ipv6_mreq wanted = { .ipv6mr_interface = 0 };

    assert_int_equal(zts_inet_pton(ZTS_AF_INET6, "ff02::7:0:0", &wanted.ipv6mr_multiaddr), 1);
    wanted.ipv6mr_multiaddr.un.u8_addr[14] = (uint8_t)(number >> 8);
    wanted.ipv6mr_multiaddr.un.u8_addr[15] = (uint8_t)number;
    return zts_bsd_setsockopt(fd, ZTS_IPPROTO_IPV6, option, &wanted, sizeof wanted);
}

/* Who named no network when joining need not know which it was. */
static void a_group_is_left_though_another_network_came(void **unused)
{
    uint64_t other = zts_net_compute_adhoc_id(2, 65535);
    int fd = zts_socket(ZTS_AF_INET6, ZTS_SOCK_DGRAM, 0);
    int before = zts_core_query_mc_count(network);

    (void)unused;
    assert_int_equal(change(fd, ZTS_IPV6_JOIN_GROUP, 0x1234), 0);
    assert_int_equal(zts_core_query_mc_count(network), before + 1);
    assert_int_equal(zts_net_join(other), ZTS_ERR_OK);
    assert_int_equal(zts_wait_address(other, ZTS_AF_INET6, 30000), ZTS_ERR_OK);
    assert_int_equal(change(fd, ZTS_IPV6_JOIN_GROUP, 0x1234), ZTS_ERR_SOCKET);
    assert_int_equal(zts_get_errno(), ZTS_EADDRINUSE);
    assert_int_equal(change(fd, ZTS_IPV6_LEAVE_GROUP, 0x1234), 0);
    assert_int_equal(zts_core_query_mc_count(network), before);
    zts_close(fd);
    leave_for_good(other);
}

/* Whoever closes gives its places back, twice in a row, so that none is counted that is gone. */
static void memberships_end_at_their_bound(void **unused)
{
    enum { MOST = 1024 };

    (void)unused;
    for (int round = 0; round < 3; round++) {
        int fd = zts_socket(ZTS_AF_INET6, ZTS_SOCK_DGRAM, 0), other = zts_udp_client("::1");
        for (unsigned i = 0; i < MOST; i++)
            assert_int_equal(change(fd, ZTS_IPV6_JOIN_GROUP, i), 0);
        assert_int_equal(change(other, ZTS_IPV6_JOIN_GROUP, MOST), ZTS_ERR_SOCKET);
        assert_int_equal(zts_get_errno(), ZTS_ENOMEM);
        assert_int_equal(change(fd, ZTS_IPV6_LEAVE_GROUP, 7), 0);
        assert_int_equal(change(other, ZTS_IPV6_JOIN_GROUP, MOST), 0);
        assert_int_equal(zts_close(fd), 0);
        assert_int_equal(zts_close(other), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_to_a_group_comes_back),
        cmocka_unit_test(a_connected_socket_sends_to_its_group),
        cmocka_unit_test(who_wants_no_copy_gets_none),
        cmocka_unit_test(a_network_that_is_not_there_is_unreachable),
        cmocka_unit_test(a_socket_keeps_to_its_network),
        cmocka_unit_test(a_group_is_left_though_another_network_came),
        cmocka_unit_test(memberships_end_at_their_bound),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
