/* SPDX-License-Identifier: Apache-2.0 */
/* The table of calls for the random caller. Memory given is real or NULL, everything else is anything. */
#include "random_calls.h"

#include "ZeroTierSockets.h"

#include <string.h>

static _Thread_local char bytes[9000];
static _Thread_local struct zts_sockaddr_storage addrs[ZTS_MAX_ASSIGNED_ADDRESSES];
static _Thread_local zts_fd_set sets[3];
static _Thread_local struct zts_pollfd polled[8];
static _Thread_local struct zts_iovec vectors[4];
static _Thread_local struct zts_msghdr header;
static _Thread_local struct zts_timeval timeout;
static _Thread_local zts_socklen_t length;
static _Thread_local unsigned number;
static _Thread_local unsigned short port;
static _Thread_local uint16_t flags, metric;
static _Thread_local uint32_t adi;
static _Thread_local uint64_t mac;
static _Thread_local zts_ip_addr ip;
static _Thread_local zts_stats_counter_t counters;
static _Thread_local zts_peer_info_t peer;

static uint64_t next(struct caller *c)
{
    c->state ^= c->state << 13;
    c->state ^= c->state >> 7;
    c->state ^= c->state << 17;
    return c->state;
}

unsigned random_below(struct caller *caller, unsigned limit)
{
    return (unsigned)(next(caller) >> 33) % limit;
}

#define BELOW(limit) random_below(c, limit)
#define ONE_OF(array) (array)[BELOW(sizeof(array) / sizeof((array)[0]))]

static int any_int(struct caller *c)
{
    static const int edges[] = { -1,  0,   1,    2,    3,     16,        46,       127,
                                 255, 256, 1023, 1024, 65536, INT32_MAX, INT32_MIN };

    return BELOW(4) == 0 ? (int)next(c) : ONE_OF(edges);
}

int random_fd(struct caller *c)
{
    if (BELOW(20) == 0)
        return BELOW(2) ? -1 : ZTS_FD_SETSIZE + (int)BELOW(100000);
    return c->shares ? (int)BELOW(CALLER_SOCKETS) : ONE_OF(c->fds);
}

void random_forget(struct caller *c, int fd)
{
    for (int i = 0; i < CALLER_SOCKETS; i++) {
        if (c->fds[i] == fd)
            c->fds[i] = -1;
    }
}

static ssize_t keep(struct caller *c, int fd)
{
    if (fd >= 0)
        ONE_OF(c->fds) = fd;
    return fd;
}

static int small(struct caller *c)
{
    return BELOW(16) == 0 ? any_int(c) : (int)BELOW(3);
}

static unsigned short some_port(struct caller *c)
{
    return BELOW(8) == 0 ? (unsigned short)next(c) : (unsigned short)(7000 + BELOW(3));
}

static uint64_t some_network(struct caller *c)
{
    return BELOW(6) == 0 ? next(c) : BELOW(8) == 0 ? 0 : c->nwid;
}

static const char *some_text(struct caller *c)
{
    static const char *const texts[] = { "127.0.0.1", "127.0.0.1", "0.0.0.0",    "10.7.0.1",
                                         "10.7.0.9",  "::",        "::1",        "fc00::1",
                                         "junk",      "",          "1.2",        "255.255.255.255",
                                         "239.1.2.3", "ff02::77",  "10.7.0.255", NULL };

    return ONE_OF(texts);
}

static void *or_null(struct caller *c, void *place)
{
    return BELOW(24) == 0 ? NULL : place;
}

static size_t some_size(struct caller *c)
{
    return BELOW(3) == 0 ? BELOW(sizeof bytes) : BELOW(100);
}

static struct zts_sockaddr *some_addr(struct caller *c)
{
    (void)zts_util_ipstr_to_saddr(some_text(c), some_port(c), (struct zts_sockaddr *)addrs,
                                  &length);
    if (BELOW(16) == 0)
        addrs->ss_family = (zts_sa_family_t)next(c);
    return or_null(c, addrs);
}

static zts_socklen_t some_length(struct caller *c)
{
    return BELOW(8) == 0 ? BELOW(40) : length;
}

/* In and out: never more than there is. */
static zts_socklen_t *room(struct caller *c)
{
    length = BELOW(8) == 0 ? BELOW(sizeof addrs) : sizeof addrs[0];
    return or_null(c, &length);
}

static struct zts_iovec *some_vectors(struct caller *c)
{
    for (unsigned i = 0; i < 4; i++)
        vectors[i] = (struct zts_iovec){ bytes + i * 2000, BELOW(2000) };
    return or_null(c, vectors);
}

static struct zts_msghdr *some_header(struct caller *c)
{
    memset(&header, 0, sizeof header);
    header.msg_iov = some_vectors(c);
    header.msg_iovlen = header.msg_iov == NULL ? 0 : (int)BELOW(5);
    if (BELOW(2) == 0) {
        header.msg_name = addrs;
        header.msg_namelen = sizeof addrs[0];
    }
    return or_null(c, &header);
}

static zts_fd_set *some_set(struct caller *c, unsigned index)
{
    ZTS_FD_ZERO(&sets[index]);
    for (unsigned i = 0; i < 3; i++)
        ZTS_FD_SET((int)BELOW(CALLER_SOCKETS), &sets[index]);
    return BELOW(3) == 0 ? NULL : &sets[index];
}

static struct zts_timeval *some_time(struct caller *c)
{
    timeout.tv_sec = BELOW(64) == 0 ? -1 : 0;
    timeout.tv_usec = BELOW(20000);
    return BELOW(40) == 0 ? NULL : &timeout;
}

static struct zts_pollfd *some_polled(struct caller *c)
{
    for (unsigned i = 0; i < 8; i++)
        polled[i] = (struct zts_pollfd){ .fd = random_fd(c), .events = (short)next(c) };
    return or_null(c, polled);
}

static int some_level(struct caller *c)
{
    static const int levels[] = { ZTS_SOL_SOCKET,   ZTS_IPPROTO_IP,  ZTS_IPPROTO_TCP,
                                  ZTS_IPPROTO_IPV6, ZTS_IPPROTO_UDP, 77 };

    return ONE_OF(levels);
}

static int some_option(struct caller *c)
{
    static const int options[] = { 1,      2,      3,      4,      5,      7,      8,      0x10,
                                   0x20,   0x80,   0x200,  0x1001, 0x1002, 0x1005, 0x1006, 0x1007,
                                   0x1008, 0x100a, 0x100b, 12,     13,     27 };

    return BELOW(16) == 0 ? any_int(c) : ONE_OF(options);
}

static unsigned *sixteen(void)
{
    number = ZTS_MAX_ASSIGNED_ADDRESSES;
    return &number;
}

/* The lock is for queries only. */
static void query_under_lock(struct caller *c)
{
    uint64_t nwid = some_network(c);

    if (zts_core_lock_obtain() != ZTS_ERR_OK)
        return;
    unsigned index = BELOW(3);
    (void)zts_core_query_addr_count(nwid);
    (void)zts_core_query_addr(nwid, index, bytes, 46);
    (void)zts_core_query_route_count(nwid);
    (void)zts_core_query_route(nwid, index, bytes, bytes + 100, 46, &flags, &metric);
    (void)zts_core_query_path_count(nwid >> 24);
    (void)zts_core_query_path(nwid >> 24, index, bytes, 52);
    (void)zts_core_query_mc_count(nwid);
    (void)zts_core_query_mc(nwid, index, &mac, &adi);
    (void)zts_core_lock_release();
}

/* Few groups, so that sockets meet in them. */
static int change_group(struct caller *c)
{
    struct zts_ip_mreq group4 = { .imr_interface = { 0 } };
    struct zts_ipv6_mreq group6 = { .ipv6mr_interface = BELOW(4) };
    bool leaves = BELOW(3) == 0;

    if (BELOW(2) == 0) {
        (void)zts_inet_pton(ZTS_AF_INET, BELOW(2) ? "239.1.2.3" : "10.7.0.1",
                            &group4.imr_multiaddr);
        if (BELOW(2) == 0)
            (void)zts_inet_pton(ZTS_AF_INET, "10.7.0.1", &group4.imr_interface);
        return zts_bsd_setsockopt(random_fd(c), ZTS_IPPROTO_IP,
                                  leaves ? ZTS_IP_DROP_MEMBERSHIP : ZTS_IP_ADD_MEMBERSHIP, &group4,
                                  sizeof group4);
    }
    (void)zts_inet_pton(ZTS_AF_INET6, BELOW(2) ? "ff02::77" : "ff05::78", &group6.ipv6mr_multiaddr);
    return zts_bsd_setsockopt(random_fd(c), ZTS_IPPROTO_IPV6,
                              leaves ? ZTS_IPV6_LEAVE_GROUP : ZTS_IPV6_JOIN_GROUP, &group6,
                              sizeof group6);
}

#define FD random_fd(c)
#define SIZE some_size(c)
#define BYTES or_null(c, bytes)
#define NET some_network(c)
#define FAMILY (BELOW(2) ? ZTS_AF_INET : (unsigned)any_int(c))
#define LEN46 (BELOW(4) ? 46 : (int)BELOW(100))
#define PORT or_null(c, &port)

#define CALLS(X)                                                                                   \
    X(keep(c, zts_bsd_socket(BELOW(2) ? 2 : 5 * (int)BELOW(3), small(c), small(c))))               \
    X(keep(c, zts_socket(BELOW(2) ? 2 : 10, 1 + (int)BELOW(2), 0)))                                \
    X(keep(c, zts_socket(2, 1, 0)))                                                                \
    X(zts_bsd_connect(FD, some_addr(c), some_length(c)))                                           \
    X(zts_bsd_bind(FD, some_addr(c), some_length(c)))                                              \
    X(zts_bsd_listen(FD, any_int(c)))                                                              \
    X(keep(c, zts_bsd_accept(FD, (struct zts_sockaddr *)addrs, room(c))))                          \
    X(zts_bsd_setsockopt(FD, some_level(c), some_option(c), BYTES, BELOW(40)))                     \
    X(zts_bsd_getsockopt(FD, some_level(c), some_option(c), or_null(c, addrs), room(c)))           \
    X(change_group(c))                                                                             \
    X(zts_bsd_getsockname(FD, or_null(c, addrs), room(c)))                                         \
    X(zts_bsd_getpeername(FD, or_null(c, addrs), room(c)))                                         \
    X(zts_bsd_close(FD))                                                                           \
    X(zts_bsd_select((int)BELOW(14), some_set(c, 0), some_set(c, 1), some_set(c, 2),               \
                     some_time(c)))                                                                \
    X(zts_bsd_fcntl(FD, any_int(c), any_int(c)))                                                   \
    X(zts_bsd_fcntl(FD, ZTS_F_SETFL, ZTS_O_NONBLOCK))                                              \
    X(zts_bsd_poll(some_polled(c), BELOW(9), (int)BELOW(30)))                                      \
    X(zts_bsd_ioctl(FD, BELOW(2) ? (unsigned long)ZTS_FIONREAD : next(c), BYTES))                  \
    X(zts_bsd_send(FD, BYTES, SIZE, small(c)))                                                     \
    X(zts_bsd_sendto(FD, BYTES, SIZE, small(c), some_addr(c), some_length(c)))                     \
    X(zts_bsd_sendmsg(FD, some_header(c), small(c)))                                               \
    X(zts_bsd_recv(FD, BYTES, SIZE, BELOW(2) ? ZTS_MSG_DONTWAIT : small(c)))                       \
    X(zts_bsd_recvfrom(FD, BYTES, SIZE, ZTS_MSG_DONTWAIT, or_null(c, addrs), room(c)))             \
    X(zts_bsd_recvmsg(FD, some_header(c), ZTS_MSG_DONTWAIT))                                       \
    X(zts_bsd_read(FD, BYTES, SIZE))                                                               \
    X(zts_bsd_readv(FD, some_vectors(c), (int)BELOW(5)))                                           \
    X(zts_bsd_write(FD, BYTES, SIZE))                                                              \
    X(zts_bsd_writev(FD, some_vectors(c), (int)BELOW(5)))                                          \
    X(zts_bsd_shutdown(FD, small(c)))                                                              \
    X(zts_connect(FD, some_text(c), some_port(c), (int)BELOW(500)))                                \
    X(zts_bind(FD, some_text(c), some_port(c)))                                                    \
    X(zts_listen(FD, small(c)))                                                                    \
    X(keep(c, zts_accept(FD, BYTES, LEN46, PORT)))                                                 \
    X(zts_send(FD, BYTES, SIZE, 0))                                                                \
    X(zts_recv(FD, BYTES, SIZE, 0))                                                                \
    X(zts_read(FD, BYTES, SIZE))                                                                   \
    X(zts_write(FD, BYTES, SIZE))                                                                  \
    X(zts_shutdown_rd(FD))                                                                         \
    X(zts_shutdown_wr(FD))                                                                         \
    X(zts_shutdown_rdwr(FD))                                                                       \
    X(zts_close(FD))                                                                               \
    X(zts_getpeername(FD, BYTES, LEN46, PORT))                                                     \
    X(zts_getsockname(FD, BYTES, LEN46, PORT))                                                     \
    X(keep(c, zts_tcp_client(some_text(c), some_port(c))))                                         \
    X(keep(c, zts_tcp_server(some_text(c), some_port(c), BYTES, LEN46, PORT)))                     \
    X(keep(c, zts_udp_server(some_text(c), some_port(c))))                                         \
    X(keep(c, zts_udp_client(some_text(c))))                                                       \
    X(zts_set_no_delay(FD, small(c)))                                                              \
    X(zts_get_last_socket_error(FD))                                                               \
    X(zts_get_data_available(FD))                                                                  \
    X(zts_get_no_delay(FD))                                                                        \
    X(zts_set_linger(FD, small(c), small(c)))                                                      \
    X(zts_get_linger_enabled(FD))                                                                  \
    X(zts_get_linger_value(FD))                                                                    \
    X(zts_get_pending_data_size(FD))                                                               \
    X(zts_set_reuse_addr(FD, small(c)))                                                            \
    X(zts_get_reuse_addr(FD))                                                                      \
    X(zts_set_recv_timeout(FD, small(c), any_int(c)))                                              \
    X(zts_get_recv_timeout(FD))                                                                    \
    X(zts_set_send_timeout(FD, small(c), any_int(c)))                                              \
    X(zts_get_send_timeout(FD))                                                                    \
    X(zts_set_send_buf_size(FD, any_int(c)))                                                       \
    X(zts_get_send_buf_size(FD))                                                                   \
    X(zts_set_recv_buf_size(FD, any_int(c)))                                                       \
    X(zts_get_recv_buf_size(FD))                                                                   \
    X(zts_set_ttl(FD, any_int(c)))                                                                 \
    X(zts_get_ttl(FD))                                                                             \
    X(zts_set_blocking(FD, small(c)))                                                              \
    X(zts_get_blocking(FD))                                                                        \
    X(zts_set_keepalive(FD, small(c)))                                                             \
    X(zts_get_keepalive(FD))                                                                       \
    X(zts_bsd_gethostbyname(some_text(c)))                                                         \
    X(zts_dns_set_server((uint8_t)small(c), or_null(c, &ip)))                                      \
    X(zts_dns_get_server((uint8_t)small(c)))                                                       \
    X(zts_util_get_ip_family(some_text(c)))                                                        \
    X(zts_ipaddr_aton(some_text(c), or_null(c, &ip)))                                              \
    X(zts_inet_ntop(5 * (int)BELOW(3), or_null(c, addrs), BYTES, (zts_socklen_t)BELOW(60)))        \
    X(zts_inet_pton(5 * (int)BELOW(3), some_text(c), or_null(c, addrs)))                           \
    X(zts_util_ntop(some_addr(c), some_length(c), BYTES, LEN46, PORT))                             \
    X(zts_node_is_online())                                                                        \
    X(zts_node_get_id())                                                                           \
    X(zts_node_get_id_pair(BYTES, (number = ZTS_ID_STR_BUF_LEN, or_null(c, &number))))             \
    X(zts_node_get_port())                                                                         \
    X(zts_net_join(NET))                                                                           \
    X(zts_net_leave(BELOW(8) ? 0 : NET))                                                           \
    X(zts_net_transport_is_ready(NET))                                                             \
    X(zts_net_get_mac(NET))                                                                        \
    X(zts_net_get_mac_str(NET, BYTES, BELOW(40)))                                                  \
    X(zts_net_get_broadcast(NET))                                                                  \
    X(zts_net_get_mtu(NET))                                                                        \
    X(zts_net_get_name(NET, BYTES, BELOW(200)))                                                    \
    X(zts_net_get_status(NET))                                                                     \
    X(zts_net_get_type(NET))                                                                       \
    X(zts_addr_is_assigned(NET, FAMILY))                                                           \
    X(zts_addr_get(NET, FAMILY, or_null(c, addrs)))                                                \
    X(zts_addr_get_str(NET, FAMILY, BYTES, (unsigned)LEN46))                                       \
    X(zts_addr_get_all(NET, or_null(c, addrs), sixteen()))                                         \
    X(zts_addr_compute_6plane(NET, next(c), or_null(c, addrs)))                                    \
    X(zts_addr_compute_rfc4193_str(NET, next(c), BYTES, (unsigned)LEN46))                          \
    X(zts_route_is_assigned(NET, FAMILY))                                                          \
    X(zts_moon_orbit(BELOW(4), BELOW(4)))                                                          \
    X(zts_moon_deorbit(BELOW(4)))                                                                  \
    X(zts_peer_get_info(NET >> 24, or_null(c, &peer)))                                             \
    X(zts_stats_get_all(or_null(c, &counters)))                                                    \
    X(query_under_lock(c))                                                                         \
    X(zts_core_lock_release())                                                                     \
    X(zts_init_from_storage(NULL))                                                                 \
    X(zts_init_from_memory(BYTES, BELOW(400)))                                                     \
    X(zts_init_set_event_handler(NULL))                                                            \
    X(zts_init_set_tcp_relay(some_text(c), some_port(c)))                                          \
    X(zts_init_allow_tcp_relay(small(c)))                                                          \
    X(zts_init_blacklist_if("none", BELOW(20)))                                                    \
    X(zts_init_set_roots(NULL, BELOW(5000)))                                                       \
    X(zts_init_set_low_bandwidth_mode(small(c)))                                                   \
    X(zts_init_set_random_port_range(some_port(c), some_port(c)))                                  \
    X(zts_init_allow_port_mapping(BELOW(2)))                                                       \
    X(zts_init_allow_net_cache(BELOW(2)))                                                          \
    X(zts_init_allow_peer_cache(BELOW(2)))                                                         \
    X(zts_init_allow_roots_cache(BELOW(2)))                                                        \
    X(zts_init_allow_id_cache(BELOW(2)))                                                           \
    X(zts_util_delay(BELOW(3)))                                                                    \
    X(zts_id_pair_is_valid(BYTES, BELOW(2) ? 384 : next(c) & 0xfff))

static void make_call(struct caller *c, unsigned choice)
{
    unsigned at = 0;

#define TRY(expression)                                                                            \
    if (choice == at++) {                                                                          \
        c->call = #expression;                                                                     \
        (void)(expression);                                                                        \
        return;                                                                                    \
    }
    CALLS(TRY)
#undef TRY
}

#define ONE(expression) +1
enum { CALL_COUNT = 0 CALLS(ONE) };

_Atomic unsigned random_run;

void random_call(struct caller *caller)
{
    unsigned run = random_run;

    if (caller->run != run)
        for (int i = 0; i < CALLER_SOCKETS; i++)
            caller->fds[i] = -1;
    caller->run = run;
    unsigned choice = random_below(caller, CALL_COUNT + random_extra_count);
    if (choice < CALL_COUNT)
        make_call(caller, choice);
    else
        random_extra(caller, choice - CALL_COUNT);
}
