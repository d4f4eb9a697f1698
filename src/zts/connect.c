/* SPDX-License-Identifier: Apache-2.0 */
/* zts_bsd_connect, and zts_bsd_shutdown, which also ends an attempt to connect. */
#include "zts/socket.h"

#include "lwip/sockets.h"
#include "os/corelock.h"
#include "stack/tcpsock.h"
#include "zts/share.h"
#include "zts/wait.h"
#include "zts/watch.h"

/* By the program, see zts_bsd_shutdown. */
static bool was_given_up(int fd)
{
    zt_core_lock();
    bool was = zt_stream_stage(fd) == ZT_STREAM_GONE && zt_tcpsock_was_cancelled(fd);
    zt_core_unlock();
    return was;
}

int zts_connect_errno(int fd, int code)
{
    if (code == ZTS_ECONNRESET)
        return ZTS_ECONNREFUSED;
    if (code == ZTS_ECONNABORTED && was_given_up(fd))
        return ZTS_ECONNRESET;
    if (code == ZTS_ECONNABORTED)
        return zt_tcpsock_was_unreachable(fd) ? ZTS_EHOSTUNREACH : ZTS_ETIMEDOUT;
    return code;
}

bool zts_is_attempt(int fd)
{
    return zts_is_marked(fd, ZTS_MARK_CONNECTING) && !zt_tcpsock_was_open(fd);
}

bool zts_take_attempt(int fd)
{
    return zts_unmark(fd, ZTS_MARK_CONNECTING) && !zt_tcpsock_was_open(fd);
}

/* False: not an address; those are left to lwIP. */
static bool read_address(const struct zts_sockaddr *addr, zts_socklen_t addrlen, ip_addr_t *ip,
                         uint16_t *port)
{
    struct zt_endpoint to;

    if (!zts_endpoint_of(&to, addr, addrlen))
        return false;
    memset(ip, 0, sizeof *ip);
    if (to.family == ZT_FAMILY_IPV4) {
        memcpy(&ip_2_ip4(ip)->addr, to.ip, 4);
        IP_SET_TYPE(ip, IPADDR_TYPE_V4);
    } else {
        memcpy(ip_2_ip6(ip)->addr, to.ip, 16);
        IP_SET_TYPE(ip, IPADDR_TYPE_V6);
    }
    *port = to.port;
    return true;
}

/* What a stream that can't be connected (again) says; 0: it can. */
static int judge_connect(int fd)
{
    if (zt_stream_stage(fd) != ZT_STREAM_GONE || zts_is_marked(fd, ZTS_MARK_FAILED) ||
        was_given_up(fd))
        return 0;
    if (!zts_take_attempt(fd))
        return ZTS_EISCONN;
    zts_mark(fd, ZTS_MARK_FAILED);
    return zts_take_error(fd);
}

static void note_connect(int fd, int result)
{
    if (result == 0 || zt_stack_errno == ZTS_EISCONN || zt_stack_errno == ZTS_EALREADY)
        return;
    if (zt_stack_errno == ZTS_EINPROGRESS) {
        zts_mark(fd, ZTS_MARK_CONNECTING);
        return;
    }
    zts_mark(fd, ZTS_MARK_FAILED);
    zt_tcpsock_forget_error(fd);
    zt_tcpsock_unprepare(fd);
}

/* ip: NULL if lwIP is to judge the address. */
static int connect_to(int fd, const struct zts_sockaddr *addr, zts_socklen_t addrlen,
                      const ip_addr_t *ip, uint16_t port)
{
    int code = judge_connect(fd);

    if (code != 0)
        return zts_fail(code);
    if (ip != NULL) {
        zt_tcpsock_prepare(fd, ip, port);
        zt_socket_bind_datagram(fd);
        zts_choose_link(fd, addr, addrlen);
    }
    (void)zts_unmark(fd, ZTS_MARK_FAILED | ZTS_MARK_ERROR_TOLD);
    zts_mark(fd, ZTS_MARK_TRIED);
    zts_begin();
    int result = lwip_connect(fd, (const struct sockaddr *)addr, addrlen);
    if (result < 0 && zts_is_closed(fd))
        return zts_fail(ZTS_EBADF);
    zt_stack_errno = zts_connect_errno(fd, zt_stack_errno);
    note_connect(fd, result);
    zts_watch_refresh(fd);
    return (int)zts_finish(result);
}

int zts_bsd_connect(int fd, const struct zts_sockaddr *addr, zts_socklen_t addrlen)
{
    ip_addr_t ip;
    uint16_t port = 0;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (!zts_is_socket_address(addr, addrlen))
        return ZTS_ERR_ARG;
    if (!zt_socket_is_open(fd))
        return zts_fail(ZTS_EBADF);
    if (zts_is_cut_short(addr, addrlen))
        return zts_fail(ZTS_EINVAL);
    bool is_address = read_address(addr, addrlen, &ip, &port);
    if (is_address && zts_is_stream(fd) && zt_stack_is_for_many(&ip))
        return zts_fail(ZTS_ENETUNREACH);
    if (is_address && !ip_addr_isany(&ip) && !zt_stack_can_reach(&ip))
        return zts_fail(ZTS_EHOSTUNREACH);
    if (!zts_turn_take(ZTS_TURN_WRITE, fd))
        return zts_fail(zt_stream_stage(fd) == ZT_STREAM_OPEN ? ZTS_EISCONN : ZTS_EALREADY);
    int result = connect_to(fd, addr, addrlen, is_address ? &ip : NULL, port);
    zts_turn_give_back(ZTS_TURN_WRITE, fd);
    return result;
}

/* zts_connect is connecting all the time, also between two attempts. */
static bool tell_persistent(int fd)
{
    bool persists = zts_is_marked(fd, ZTS_MARK_PERSISTS);

    if (persists)
        zts_mark(fd, ZTS_MARK_GIVEN_UP);
    return persists;
}

/* With the core lock held. */
static int shut(int fd, int how, bool persists)
{
    enum zt_stream_stage stage = zt_stream_stage(fd);

    /* lwIP would spoil what was never connected. */
    if (stage == ZT_STREAM_FRESH || stage == ZT_STREAM_GONE) {
        zt_stack_errno = ZTS_ENOTCONN;
        return persists ? 0 : -1;
    }
    int result = zt_socket_shutdown(fd, how);
    /* What is shut already stays so. */
    if (result < 0 && zt_stack_errno == ZTS_ENOTCONN && stage == ZT_STREAM_OPEN)
        result = 0;
    return result;
}

int zts_bsd_shutdown(int fd, int how)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (how < ZTS_SHUT_RD || how > ZTS_SHUT_RDWR)
        return zts_fail(zt_socket_is_open(fd) ? ZTS_EINVAL : ZTS_EBADF);
    zts_begin();
    zt_core_lock();
    bool persists = tell_persistent(fd);
    int result = shut(fd, how, persists);
    zt_core_unlock();
    if (persists)
        zts_wait_changed();
    return (int)zts_finish(result);
}
