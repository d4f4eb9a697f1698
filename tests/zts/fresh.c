/* SPDX-License-Identifier: Apache-2.0 */
/* What each public function answers while no node runs, and that the service state is judged first. */
#include "ZeroTierSockets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static uint64_t nwid = UINT64_C(0x1122334455667788);
static char text[ZTS_ID_STR_BUF_LEN];
static unsigned length = ZTS_ID_STR_BUF_LEN;
static unsigned short port;

static void controls_answer_that_the_service_is_down(void **unused)
{
    struct zts_sockaddr_storage addrs[ZTS_MAX_ASSIGNED_ADDRESSES];
    unsigned count = ZTS_MAX_ASSIGNED_ADDRESSES;
    uint16_t flags, metric;
    uint64_t mac;
    uint32_t adi;

    (void)unused;
    const int results[] = {
        zts_node_get_id_pair(text, &length),
        zts_node_get_id_pair(NULL, NULL),
        zts_node_get_port(),
        zts_node_stop(),
        zts_net_join(nwid),
        zts_net_join(0),
        zts_net_leave(nwid),
        zts_net_transport_is_ready(nwid),
        zts_net_get_mac_str(nwid, text, 18),
        zts_net_get_mac_str(nwid, NULL, 0),
        zts_net_get_broadcast(nwid),
        zts_net_get_mtu(nwid),
        zts_net_get_name(nwid, text, 127),
        zts_net_get_status(nwid),
        zts_net_get_type(nwid),
        zts_addr_get(nwid, ZTS_AF_INET, addrs),
        zts_addr_get(nwid, ZTS_AF_INET, NULL),
        zts_addr_get_str(nwid, ZTS_AF_INET, text, 46),
        zts_addr_get_all(nwid, addrs, &count),
        zts_route_is_assigned(nwid, ZTS_AF_INET),
        zts_moon_orbit(1, 1),
        zts_moon_deorbit(1),
        zts_peer_get_info(1, NULL),
        zts_core_lock_obtain(),
        zts_core_lock_release(),
        zts_core_query_addr_count(nwid),
        zts_core_query_addr(nwid, 0, text, 46),
        zts_core_query_route_count(nwid),
        zts_core_query_route(nwid, 0, text, text, 46, &flags, &metric),
        zts_core_query_path_count(1),
        zts_core_query_path(1, 0, text, 52),
        zts_core_query_mc_count(nwid),
        zts_core_query_mc(nwid, 0, &mac, &adi),
        zts_dns_set_server(0, NULL),
    };
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        assert_int_equal(results[i], ZTS_ERR_SERVICE);
    assert_true(zts_node_get_id() == (uint64_t)ZTS_ERR_SERVICE);
    assert_true(zts_net_get_mac(nwid) == (uint64_t)ZTS_ERR_SERVICE);
    assert_int_equal(zts_node_is_online(), 0);
    assert_int_equal(zts_addr_is_assigned(nwid, ZTS_AF_INET), 0);
    assert_null(zts_dns_get_server(0));
    assert_null(zts_bsd_gethostbyname("127.0.0.1"));
}

static void socket_calls_answer_that_the_service_is_down(void **unused)
{
    char bytes[8];
    zts_socklen_t size = sizeof(struct zts_sockaddr_storage);

    (void)unused;
    const ssize_t results[] = {
        zts_bsd_socket(-1, -1, -1),
        zts_bsd_connect(-1, NULL, 0),
        zts_bsd_bind(-1, NULL, 0),
        zts_bsd_listen(-1, 0),
        zts_bsd_accept(-1, NULL, NULL),
        zts_bsd_setsockopt(-1, 0, 0, NULL, 0),
        zts_bsd_getsockopt(-1, 0, 0, NULL, NULL),
        zts_bsd_getsockname(-1, NULL, &size),
        zts_bsd_getpeername(-1, NULL, NULL),
        zts_bsd_close(-1),
        zts_bsd_select(-1, NULL, NULL, NULL, NULL),
        zts_bsd_fcntl(-1, 0, 0),
        zts_bsd_poll(NULL, 1, 0),
        zts_bsd_ioctl(-1, 0, NULL),
        zts_bsd_send(-1, NULL, 0, 0),
        zts_bsd_sendto(-1, NULL, 0, 0, NULL, 0),
        zts_bsd_sendmsg(-1, NULL, 0),
        zts_bsd_recv(-1, NULL, 0, 0),
        zts_bsd_recvfrom(-1, NULL, 0, 0, NULL, NULL),
        zts_bsd_recvmsg(-1, NULL, 0),
        zts_bsd_read(-1, NULL, 0),
        zts_bsd_readv(-1, NULL, 1),
        zts_bsd_write(-1, NULL, 0),
        zts_bsd_writev(-1, NULL, 1),
        zts_bsd_shutdown(-1, -1),
        zts_socket(2, 1, 0),
        zts_connect(0, NULL, 0, -1),
        zts_bind(0, NULL, 0),
        zts_listen(0, 0),
        zts_accept(0, NULL, 0, NULL),
        zts_send(0, bytes, 1, 0),
        zts_recv(0, bytes, 1, 0),
        zts_read(0, bytes, 1),
        zts_write(0, bytes, 1),
        zts_shutdown_rd(0),
        zts_shutdown_wr(0),
        zts_shutdown_rdwr(0),
        zts_close(0),
        zts_getpeername(0, NULL, 0, NULL),
        zts_getsockname(0, NULL, 0, NULL),
        zts_tcp_client(NULL, 0),
        zts_tcp_server(NULL, 0, NULL, 0, &port),
        zts_udp_server(NULL, 0),
        zts_udp_client("junk"),
        zts_set_no_delay(0, 7),
        zts_get_no_delay(0),
        zts_get_last_socket_error(0),
        zts_set_linger(0, 7, -1),
        zts_get_linger_enabled(0),
        zts_get_linger_value(0),
        zts_get_pending_data_size(0),
        zts_set_reuse_addr(0, 7),
        zts_get_reuse_addr(0),
        zts_set_recv_timeout(0, -1, 0),
        zts_get_recv_timeout(0),
        zts_set_send_timeout(0, -1, 0),
        zts_get_send_timeout(0),
        zts_set_send_buf_size(0, -1),
        zts_get_send_buf_size(0),
        zts_set_recv_buf_size(0, -1),
        zts_get_recv_buf_size(0),
        zts_set_ttl(0, 256),
        zts_get_ttl(0),
        zts_set_blocking(0, 7),
        zts_get_blocking(0),
        zts_set_keepalive(0, 7),
        zts_get_keepalive(0),
    };
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        assert_int_equal(results[i], ZTS_ERR_SERVICE);
    assert_true(zts_get_data_available(0) == (size_t)ZTS_ERR_SERVICE);
}

static void some_judge_arguments_before_the_service(void **unused)
{
    zts_stats_counter_t counters;

    (void)unused;
    assert_int_equal(zts_stats_get_all(NULL), ZTS_ERR_ARG);
    assert_int_equal(zts_stats_get_all(&counters), ZTS_ERR_SERVICE);
    assert_int_equal(zts_addr_get_str(0, ZTS_AF_INET, text, 46), ZTS_ERR_ARG);
    assert_int_equal(zts_addr_get_str(nwid, ZTS_AF_INET, text, 45), ZTS_ERR_ARG);
}

static void on_event(void *unused)
{
    (void)unused;
}

static void settings_are_judged(void **unused)
{
    static char roots[ZTS_STORE_DATA_LEN];

    (void)unused;
    assert_int_equal(zts_init_from_storage(NULL), ZTS_ERR_ARG);
    assert_int_equal(zts_init_from_storage("."), 0);
    assert_int_equal(zts_init_from_memory(NULL, 384), ZTS_ERR_ARG);
    assert_int_equal(zts_init_from_memory("junk", 4), ZTS_ERR_ARG);
    assert_int_equal(zts_init_set_event_handler(NULL), ZTS_ERR_ARG);
    assert_int_equal(zts_init_set_event_handler(on_event), 0);
    assert_int_equal(zts_init_set_tcp_relay(NULL, 1), ZTS_ERR_ARG);
    assert_int_equal(zts_init_set_tcp_relay("junk", 1), ZTS_ERR_ARG);
    assert_int_equal(zts_init_set_tcp_relay("10.0.0.1", 443), 0);
    assert_int_equal(zts_init_blacklist_if(NULL, 1), ZTS_ERR_ARG);
    assert_int_equal(zts_init_blacklist_if("tun", 0), ZTS_ERR_ARG);
    assert_int_equal(zts_init_blacklist_if("tun", 16), ZTS_ERR_ARG);
    assert_int_equal(zts_init_blacklist_if("tun", 15), 0);
    assert_int_equal(zts_init_set_roots(NULL, 10), ZTS_ERR_ARG);
    assert_int_equal(zts_init_set_roots(roots, 0), ZTS_ERR_ARG);
    assert_int_equal(zts_init_set_roots(roots, ZTS_STORE_DATA_LEN + 1), ZTS_ERR_ARG);
    assert_int_equal(zts_init_set_roots(roots, ZTS_STORE_DATA_LEN), 0);
    assert_int_equal(zts_init_set_low_bandwidth_mode(1), 0);
    assert_int_equal(zts_init_set_port(9994), 0);
    assert_int_equal(zts_init_set_random_port_range(3000, 2000), ZTS_ERR_ARG);
    assert_int_equal(zts_init_set_random_port_range(2000, 3000), 0);
    assert_int_equal(zts_init_allow_loopback_paths(1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(controls_answer_that_the_service_is_down),
        cmocka_unit_test(socket_calls_answer_that_the_service_is_down),
        cmocka_unit_test(some_judge_arguments_before_the_service),
        cmocka_unit_test(settings_are_judged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
