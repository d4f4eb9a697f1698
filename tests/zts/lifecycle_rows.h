/* SPDX-License-Identifier: Apache-2.0 */
/* The table of all functions: a call of each that does not block, and what it answers while the node is
   stopped and while it runs without any network. */
#ifndef ZT_TESTS_ZTS_LIFECYCLE_ROWS_H
#define ZT_TESTS_ZTS_LIFECYCLE_ROWS_H

#include "ZeroTierSockets.h"

#include <stdbool.h>
#include <stdint.h>

#define NWID UINT64_C(0x8056c2e21c000001)
#define NODE UINT64_C(0x8056c2e21c)
#define BAD_FD 1023
#define DOWN ZTS_ERR_SERVICE
#define NONE ZTS_ERR_NO_RESULT
#define FAILS ZTS_ERR_SOCKET
#define WORKS INT64_MIN /* any answer but "not running" */

static _Thread_local char text[ZTS_ID_STR_BUF_LEN];
static _Thread_local unsigned number;
static _Thread_local unsigned short port;
static _Thread_local uint16_t flags, metric;
static _Thread_local uint32_t adi;
static _Thread_local uint64_t mac;
static _Thread_local zts_socklen_t length;
static _Thread_local zts_ip_addr ip;
static _Thread_local zts_stats_counter_t counters;
static _Thread_local struct zts_sockaddr_storage addrs[ZTS_MAX_ASSIGNED_ADDRESSES];
static _Thread_local struct zts_msghdr header;
static _Thread_local struct zts_timeval at_once;
static _Thread_local int value;

#define ADDR ((struct zts_sockaddr *)addrs)
#define VECTOR (&(struct zts_iovec){ text, sizeof text })
#define SET(variable, to) ((variable) = (to))

/* name, call, answer while stopped, answer while running */
#define ROWS(X)                                                                                    \
    X(zts_id_pair_is_valid, zts_id_pair_is_valid(text, 1), 0, 0)                                   \
    X(zts_node_is_online, zts_node_is_online(), 0, WORKS)                                          \
    X(zts_node_get_id, zts_node_get_id(), DOWN, WORKS)                                             \
    X(zts_node_get_id_pair, zts_node_get_id_pair(text, NULL), DOWN, ZTS_ERR_ARG)                   \
    X(zts_node_get_port, zts_node_get_port(), DOWN, WORKS)                                         \
    X(zts_net_compute_adhoc_id, zts_net_compute_adhoc_id(1, 2) >> 56, 0xff, 0xff)                  \
    X(zts_net_join, zts_net_join(0), DOWN, ZTS_ERR_ARG)                                            \
    X(zts_net_leave, zts_net_leave(NWID), DOWN, WORKS)                                             \
    X(zts_net_transport_is_ready, zts_net_transport_is_ready(NWID), DOWN, 0)                       \
    X(zts_net_get_mac, zts_net_get_mac(NWID), DOWN, NONE)                                          \
    X(zts_net_get_mac_str, zts_net_get_mac_str(NWID, text, 18), DOWN, NONE)                        \
    X(zts_net_get_broadcast, zts_net_get_broadcast(NWID), DOWN, NONE)                              \
    X(zts_net_get_mtu, zts_net_get_mtu(NWID), DOWN, NONE)                                          \
    X(zts_net_get_name, zts_net_get_name(NWID, text, 127), DOWN, NONE)                             \
    X(zts_net_get_status, zts_net_get_status(NWID), DOWN, NONE)                                    \
    X(zts_net_get_type, zts_net_get_type(NWID), DOWN, NONE)                                        \
    X(zts_addr_is_assigned, zts_addr_is_assigned(NWID, ZTS_AF_INET), 0, 0)                         \
    X(zts_addr_get, zts_addr_get(NWID, ZTS_AF_INET, addrs), DOWN, NONE)                            \
    X(zts_addr_get_str, zts_addr_get_str(NWID, ZTS_AF_INET, text, 46), DOWN, NONE)                 \
    X(zts_addr_get_all, (SET(number, 16), zts_addr_get_all(NWID, addrs, &number)), DOWN, NONE)     \
    X(zts_addr_compute_6plane, zts_addr_compute_6plane(NWID, NODE, addrs), 0, 0)                   \
    X(zts_addr_compute_rfc4193, zts_addr_compute_rfc4193(NWID, NODE, addrs), 0, 0)                 \
    X(zts_addr_compute_rfc4193_str, zts_addr_compute_rfc4193_str(NWID, NODE, text, 46), 0, 0)      \
    X(zts_addr_compute_6plane_str, zts_addr_compute_6plane_str(NWID, NODE, text, 46), 0, 0)        \
    X(zts_route_is_assigned, zts_route_is_assigned(NWID, ZTS_AF_INET), DOWN, NONE)                 \
    X(zts_moon_orbit, zts_moon_orbit(0, 0), DOWN, ZTS_ERR_ARG)                                     \
    X(zts_moon_deorbit, zts_moon_deorbit(NODE), DOWN, ZTS_ERR_OK)                                  \
    X(zts_stats_get_all, zts_stats_get_all(&counters), DOWN, ZTS_ERR_OK)                           \
    X(zts_bsd_socket, zts_bsd_socket(7, 1, 0), DOWN, FAILS)                                        \
    X(zts_bsd_connect, zts_bsd_connect(BAD_FD, ADDR, 16), DOWN, FAILS)                             \
    X(zts_bsd_bind, zts_bsd_bind(BAD_FD, ADDR, 16), DOWN, FAILS)                                   \
    X(zts_bsd_listen, zts_bsd_listen(BAD_FD, 1), DOWN, FAILS)                                      \
    X(zts_bsd_accept, zts_bsd_accept(BAD_FD, NULL, NULL), DOWN, FAILS)                             \
    X(zts_bsd_setsockopt, zts_bsd_setsockopt(BAD_FD, 0xfff, 4, &value, 4), DOWN, FAILS)            \
    X(zts_bsd_getsockopt, (SET(length, 4), zts_bsd_getsockopt(BAD_FD, 0xfff, 4, &value, &length)), \
      DOWN, FAILS)                                                                                 \
    X(zts_bsd_getsockname, (SET(length, 28), zts_bsd_getsockname(BAD_FD, ADDR, &length)), DOWN,    \
      FAILS)                                                                                       \
    X(zts_bsd_getpeername, (SET(length, 28), zts_bsd_getpeername(BAD_FD, ADDR, &length)), DOWN,    \
      FAILS)                                                                                       \
    X(zts_bsd_close, zts_bsd_close(BAD_FD), DOWN, FAILS)                                           \
    X(zts_bsd_select, zts_bsd_select(0, NULL, NULL, NULL, &at_once), DOWN, 0)                      \
    X(zts_bsd_fcntl, zts_bsd_fcntl(BAD_FD, ZTS_F_GETFL, 0), DOWN, FAILS)                           \
    X(zts_bsd_poll, zts_bsd_poll(NULL, 0, 0), DOWN, 0)                                             \
    X(zts_bsd_ioctl, zts_bsd_ioctl(BAD_FD, (unsigned long)ZTS_FIONREAD, &value), DOWN, FAILS)      \
    X(zts_bsd_send, zts_bsd_send(BAD_FD, text, 1, 0), DOWN, FAILS)                                 \
    X(zts_bsd_sendto, zts_bsd_sendto(BAD_FD, text, 1, 0, ADDR, 16), DOWN, FAILS)                   \
    X(zts_bsd_sendmsg, zts_bsd_sendmsg(BAD_FD, &header, 0), DOWN, FAILS)                           \
    X(zts_bsd_recv, zts_bsd_recv(BAD_FD, text, 1, 0), DOWN, FAILS)                                 \
    X(zts_bsd_recvfrom, zts_bsd_recvfrom(BAD_FD, text, 1, 0, NULL, NULL), DOWN, FAILS)             \
    X(zts_bsd_recvmsg, zts_bsd_recvmsg(BAD_FD, &header, 0), DOWN, FAILS)                           \
    X(zts_bsd_read, zts_bsd_read(BAD_FD, text, 1), DOWN, FAILS)                                    \
    X(zts_bsd_readv, zts_bsd_readv(BAD_FD, VECTOR, 1), DOWN, FAILS)                                \
    X(zts_bsd_write, zts_bsd_write(BAD_FD, text, 1), DOWN, FAILS)                                  \
    X(zts_bsd_writev, zts_bsd_writev(BAD_FD, VECTOR, 1), DOWN, FAILS)                              \
    X(zts_bsd_shutdown, zts_bsd_shutdown(BAD_FD, 2), DOWN, FAILS)                                  \
    X(zts_socket, zts_socket(2, 9, 0), DOWN, FAILS)                                                \
    X(zts_connect, zts_connect(BAD_FD, "10.0.0.1", 1, -1), DOWN, ZTS_ERR_ARG)                      \
    X(zts_bind, zts_bind(BAD_FD, "junk", 1), DOWN, ZTS_ERR_ARG)                                    \
    X(zts_listen, zts_listen(BAD_FD, 1), DOWN, FAILS)                                              \
    X(zts_accept, zts_accept(BAD_FD, text, 46, &port), DOWN, FAILS)                                \
    X(zts_send, zts_send(BAD_FD, text, 1, 0), DOWN, FAILS)                                         \
    X(zts_recv, zts_recv(BAD_FD, text, 1, 0), DOWN, FAILS)                                         \
    X(zts_read, zts_read(BAD_FD, text, 1), DOWN, FAILS)                                            \
    X(zts_write, zts_write(BAD_FD, text, 1), DOWN, FAILS)                                          \
    X(zts_shutdown_rd, zts_shutdown_rd(BAD_FD), DOWN, FAILS)                                       \
    X(zts_shutdown_wr, zts_shutdown_wr(BAD_FD), DOWN, FAILS)                                       \
    X(zts_shutdown_rdwr, zts_shutdown_rdwr(BAD_FD), DOWN, FAILS)                                   \
    X(zts_close, zts_close(BAD_FD), DOWN, FAILS)                                                   \
    X(zts_getpeername, zts_getpeername(BAD_FD, text, 46, &port), DOWN, FAILS)                      \
    X(zts_getsockname, zts_getsockname(BAD_FD, text, 46, &port), DOWN, FAILS)                      \
    X(zts_tcp_client, zts_tcp_client("junk", 1), DOWN, ZTS_ERR_ARG)                                \
    X(zts_tcp_server, zts_tcp_server("junk", 1, text, 46, &port), DOWN, ZTS_ERR_ARG)               \
    X(zts_udp_server, zts_udp_server("junk", 1), DOWN, ZTS_ERR_ARG)                                \
    X(zts_udp_client, zts_udp_client("junk"), DOWN, ZTS_ERR_ARG)                                   \
    X(zts_set_no_delay, zts_set_no_delay(BAD_FD, 1), DOWN, FAILS)                                  \
    X(zts_get_last_socket_error, zts_get_last_socket_error(BAD_FD), DOWN, FAILS)                   \
    X(zts_get_data_available, zts_get_data_available(BAD_FD), DOWN, FAILS)                         \
    X(zts_get_no_delay, zts_get_no_delay(BAD_FD), DOWN, FAILS)                                     \
    X(zts_set_linger, zts_set_linger(BAD_FD, 1, 1), DOWN, FAILS)                                   \
    X(zts_get_linger_enabled, zts_get_linger_enabled(BAD_FD), DOWN, FAILS)                         \
    X(zts_get_linger_value, zts_get_linger_value(BAD_FD), DOWN, FAILS)                             \
    X(zts_get_pending_data_size, zts_get_pending_data_size(BAD_FD), DOWN, FAILS)                   \
    X(zts_set_reuse_addr, zts_set_reuse_addr(BAD_FD, 1), DOWN, FAILS)                              \
    X(zts_get_reuse_addr, zts_get_reuse_addr(BAD_FD), DOWN, FAILS)                                 \
    X(zts_set_recv_timeout, zts_set_recv_timeout(BAD_FD, 1, 0), DOWN, FAILS)                       \
    X(zts_get_recv_timeout, zts_get_recv_timeout(BAD_FD), DOWN, FAILS)                             \
    X(zts_set_send_timeout, zts_set_send_timeout(BAD_FD, 1, 0), DOWN, FAILS)                       \
    X(zts_get_send_timeout, zts_get_send_timeout(BAD_FD), DOWN, FAILS)                             \
    X(zts_set_send_buf_size, zts_set_send_buf_size(BAD_FD, 9000), DOWN, FAILS)                     \
    X(zts_get_send_buf_size, zts_get_send_buf_size(BAD_FD), DOWN, FAILS)                           \
    X(zts_set_recv_buf_size, zts_set_recv_buf_size(BAD_FD, 9000), DOWN, FAILS)                     \
    X(zts_get_recv_buf_size, zts_get_recv_buf_size(BAD_FD), DOWN, FAILS)                           \
    X(zts_set_ttl, zts_set_ttl(BAD_FD, 64), DOWN, FAILS)                                           \
    X(zts_get_ttl, zts_get_ttl(BAD_FD), DOWN, FAILS)                                               \
    X(zts_set_blocking, zts_set_blocking(BAD_FD, 1), DOWN, FAILS)                                  \
    X(zts_get_blocking, zts_get_blocking(BAD_FD), DOWN, FAILS)                                     \
    X(zts_set_keepalive, zts_set_keepalive(BAD_FD, 1), DOWN, FAILS)                                \
    X(zts_get_keepalive, zts_get_keepalive(BAD_FD), DOWN, FAILS)                                   \
    X(zts_bsd_gethostbyname, zts_bsd_gethostbyname("10.0.0.1") != NULL, 0, 1)                      \
    X(zts_dns_set_server, zts_dns_set_server(2, &ip), DOWN, ZTS_ERR_ARG)                           \
    X(zts_dns_get_server, zts_dns_get_server(0) != NULL, 0, 1)                                     \
    X(zts_util_delay, (zts_util_delay(0), 0), 0, 0)                                                \
    X(zts_util_get_ip_family, zts_util_get_ip_family("::1"), 10, 10)                               \
    X(zts_util_ipstr_to_saddr, zts_util_ipstr_to_saddr("10.0.0.1", 1, ADDR, &length), 0, 0)        \
    X(zts_util_ntop,                                                                               \
      (zts_util_ipstr_to_saddr("10.0.0.1", 1, ADDR, &length),                                      \
       zts_util_ntop(ADDR, 16, text, 46, &port)),                                                  \
      0, 0)                                                                                        \
    X(zts_ipaddr_ntoa, zts_ipaddr_ntoa(&ip) != NULL, 1, 1)                                         \
    X(zts_ipaddr_aton, zts_ipaddr_aton("10.0.0.1", &ip), 1, 1)                                     \
    X(zts_inet_ntop, zts_inet_ntop(2, &ip, text, 46) != NULL, 1, 1)                                \
    X(zts_inet_pton, zts_inet_pton(2, "10.0.0.1", text), 1, 1)                                     \
    X(zts_util_sign_root_set,                                                                      \
      zts_util_sign_root_set(text, &number, text, &number, text, &number, 1, 1, NULL),             \
      ZTS_ERR_ARG, ZTS_ERR_ARG)                                                                    \
    X(zts_core_lock_obtain, (value = zts_core_lock_obtain(), zts_core_lock_release(), value),      \
      DOWN, WORKS)                                                                                 \
    X(zts_core_lock_release, zts_core_lock_release(), DOWN, DOWN)                                  \
    X(zts_core_query_addr_count, zts_core_query_addr_count(NWID), DOWN, NONE)                      \
    X(zts_core_query_addr, zts_core_query_addr(NWID, 0, text, 46), DOWN, NONE)                     \
    X(zts_core_query_route_count, zts_core_query_route_count(NWID), DOWN, NONE)                    \
    X(zts_core_query_route, zts_core_query_route(NWID, 0, text, text + 100, 46, &flags, &metric),  \
      DOWN, NONE)                                                                                  \
    X(zts_core_query_path_count, zts_core_query_path_count(NODE + 1), DOWN, NONE)                  \
    X(zts_core_query_path, zts_core_query_path(NODE + 1, 0, text, 52), DOWN, NONE)                 \
    X(zts_core_query_mc_count, zts_core_query_mc_count(NWID), DOWN, NONE)                          \
    X(zts_core_query_mc, zts_core_query_mc(NWID, 0, &mac, &adi), DOWN, NONE)

struct row {
    const char *name;
    long long (*call)(void);
    long long stopped, running;
};

#define CALL(name, expression, stopped, running)                                                   \
    static long long call_##name(void)                                                             \
    {                                                                                              \
        return (long long)(expression);                                                            \
    }
#define ROW(name, expression, stopped, running) { #name, call_##name, stopped, running },

ROWS(CALL)
static const struct row rows[] = { ROWS(ROW) };
static const size_t row_count = sizeof rows / sizeof rows[0];

#endif
