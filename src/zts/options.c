/* SPDX-License-Identifier: Apache-2.0 */
/* zts_bsd_setsockopt and zts_bsd_getsockopt: lwIP's, and the options that it lacks or knows for some
   sockets only. */
#include "zts/socket.h"

#include "lwip/ip.h"
#include "lwip/sockets.h"
#include "os/corelock.h"
#include "stack/tcpsock.h"
#include "zts/groups.h"
#include "zts/share.h"

/* A datagram socket has no buffer of its own: what it sends goes into the node's ring. */
enum { DATAGRAM_SEND_BUFFER = ZT_MAX_SEND_RING };

static bool is_ours(int level, int optname)
{
    return level == ZTS_SOL_SOCKET &&
           (optname == ZTS_SO_SNDBUF || optname == ZTS_SO_BROADCAST || optname == ZTS_SO_ERROR ||
            optname == ZTS_SO_REUSEADDR || optname == ZTS_SO_REUSEPORT);
}

static int set_send_buffer(int fd, int size)
{
    if (size <= 0)
        return ZTS_EINVAL;
    if (!zts_is_stream(fd))
        return 0;
    return zt_tcpsock_send_buffer(fd, size) < 0 ? ZTS_EINVAL : 0;
}

/* lwIP knows one option for both. */
static int set_reuse(int fd, unsigned mark, bool on)
{
    if (on)
        zts_mark(fd, mark);
    else
        (void)zts_unmark(fd, mark);
    bool reuses = zts_is_marked(fd, ZTS_MARK_REUSE_ADDR | ZTS_MARK_REUSE_PORT);
    return zt_socket_set_flag(fd, SOF_REUSEADDR, reuses) ? 0 : ZTS_EINVAL;
}

/* 0 or an error number. */
static int set_ours(int fd, int optname, int value)
{
    switch (optname) {
    case ZTS_SO_SNDBUF:
        return set_send_buffer(fd, value);
    case ZTS_SO_BROADCAST:
        return zt_socket_set_flag(fd, SOF_BROADCAST, value != 0) ? 0 : ZTS_EINVAL;
    case ZTS_SO_REUSEADDR:
        return set_reuse(fd, ZTS_MARK_REUSE_ADDR, value != 0);
    case ZTS_SO_REUSEPORT:
        return set_reuse(fd, ZTS_MARK_REUSE_PORT, value != 0);
    default:
        return ZTS_ENOPROTOOPT; /* ZTS_SO_ERROR can only be read */
    }
}

static int finish(int code)
{
    if (code != 0)
        return zts_fail(code);
    zts_set_errno(0);
    return ZTS_ERR_OK;
}

/* Up to 24 days, counted in milliseconds; lwIP would overflow beyond. */
static bool is_time_out_of_range(int level, int optname, const void *optval, zts_socklen_t optlen)
{
    struct zts_timeval wanted;

    if (level != ZTS_SOL_SOCKET || (optname != ZTS_SO_RCVTIMEO && optname != ZTS_SO_SNDTIMEO) ||
        optval == NULL || optlen < sizeof wanted)
        return false;
    memcpy(&wanted, optval, sizeof wanted);
    return wanted.tv_sec < 0 || wanted.tv_sec >= INT32_MAX / 1000 - INT32_MAX / 1000000 ||
           wanted.tv_usec < 0 || wanted.tv_usec > INT32_MAX;
}

/* 0: lwIP may be asked, which looks into what only raw sockets have before it asks whether this is one.
   Lock held. */
static int judge_option(int fd, int level, int optname)
{
    bool is_of_raw =
        level == ZTS_IPPROTO_RAW || (level == ZTS_IPPROTO_IPV6 && optname == ZTS_IPV6_CHECKSUM);

    if (!zt_socket_is_open(fd))
        return ZTS_EBADF;
    return is_of_raw && !zt_socket_is_raw(fd) ? ZTS_ENOPROTOOPT : 0;
}

/* In one hold of the lock: lwIP looks into what a close takes away. */
static int set_locked(int fd, int level, int optname, const void *optval, socklen_t optlen)
{
    zt_core_lock();
    int code = judge_option(fd, level, optname);
    int result = code == 0 ? lwip_setsockopt(fd, level, optname, optval, optlen) : -1;
    if (code != 0)
        zt_stack_errno = code;
    zt_core_unlock();
    return result;
}

/* A network goes by the names that the original has for its interfaces: 4 or 6 and a letter, in the order of
   joining. An empty name means all networks. */
static int bind_to_network(int fd, const char *name, zts_socklen_t length)
{
    char theirs[NETIF_NAMESIZE] = { 0 };
    bool is_all = length > 0 && name[0] == 0;
    bool has_letter = length >= 3 && (name[0] == '4' || name[0] == '6') && name[1] >= 'a' &&
                      name[1] <= 'z' && name[2] == 0;

    if (!is_all && (!has_letter || !zt_stack_interface_name((unsigned)(name[1] - 'a'), theirs))) {
        zt_stack_errno = length == 0 ? ZTS_EINVAL : ZTS_ENODEV;
        return -1;
    }
    return set_locked(fd, SOL_SOCKET, SO_BINDTODEVICE, theirs, sizeof theirs);
}

static int set_theirs(int fd, int level, int optname, const void *optval, socklen_t optlen)
{
    if (level != ZTS_SOL_SOCKET || optname != ZTS_SO_SNDTIMEO)
        return set_locked(fd, level, optname, optval, optlen);
    if (!zts_turn_await(ZTS_TURN_WRITE, fd, ZTS_WRITE_PATIENCE_MS)) {
        zt_stack_errno = ZTS_EAGAIN;
        return -1;
    }
    int result = set_locked(fd, level, optname, optval, optlen);
    zts_turn_give_back(ZTS_TURN_WRITE, fd);
    return result;
}

static int get_theirs(int fd, int level, int optname, void *optval, socklen_t *optlen)
{
    zt_core_lock();
    int code = judge_option(fd, level, optname);
    int result = code == 0 ? lwip_getsockopt(fd, level, optname, optval, optlen) : -1;
    if (code != 0)
        zt_stack_errno = code;
    zt_core_unlock();
    return result;
}

int zts_bsd_setsockopt(int fd, int level, int optname, const void *optval, zts_socklen_t optlen)
{
    int value;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (!zt_socket_is_open(fd))
        return zts_fail(ZTS_EBADF);
    if (is_time_out_of_range(level, optname, optval, optlen))
        return zts_fail(ZTS_EINVAL);
    zts_begin();
    if (optval != NULL && zts_groups_has(level, optname, optlen))
        return (int)zts_finish(zts_groups_set(fd, level, optname, optval));
    if (level == ZTS_SOL_SOCKET && optname == ZTS_SO_BINDTODEVICE && optval != NULL)
        return (int)zts_finish(bind_to_network(fd, optval, optlen));
    if (!is_ours(level, optname))
        return (int)zts_finish(set_theirs(fd, level, optname, optval, optlen));
    if (optval == NULL)
        return zts_fail(ZTS_EFAULT);
    if (optlen < sizeof value)
        return zts_fail(ZTS_EINVAL);
    memcpy(&value, optval, sizeof value);
    return finish(set_ours(fd, optname, value));
}

int zts_take_error(int fd)
{
    int code = 0;
    socklen_t length = sizeof code;

    if (zt_stream_stage(fd) == ZT_STREAM_GONE && zt_tcpsock_ended_well(fd))
        return 0;
    if (lwip_getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &length) != 0 || code == 0)
        return 0;
    if (!zts_is_stream(fd))
        return code == ZTS_ECONNRESET ? ZTS_ECONNREFUSED : code;
    if (zts_take_attempt(fd)) {
        zts_mark(fd, ZTS_MARK_FAILED);
        return zts_connect_errno(fd, code);
    }
    zts_mark(fd, ZTS_MARK_ERROR_TOLD);
    return code == ZTS_ECONNABORTED ? ZTS_ETIMEDOUT : code;
}

static int get_reuse(int fd, unsigned mark, unsigned other)
{
    int on = zt_socket_get_flag(fd, SOF_REUSEADDR);

    /* Accepted sockets inherit the option without a mark. */
    return on > 0 && (zts_is_marked(fd, mark) || !zts_is_marked(fd, other)) &&
           (mark == ZTS_MARK_REUSE_ADDR || zts_is_marked(fd, mark));
}

static int get_ours(int fd, int optname)
{
    switch (optname) {
    case ZTS_SO_SNDBUF:
        return zts_is_stream(fd) ? zt_tcpsock_send_buffer(fd, 0) : DATAGRAM_SEND_BUFFER;
    case ZTS_SO_BROADCAST:
        return zt_socket_get_flag(fd, SOF_BROADCAST);
    case ZTS_SO_REUSEADDR:
        return get_reuse(fd, ZTS_MARK_REUSE_ADDR, ZTS_MARK_REUSE_PORT);
    case ZTS_SO_REUSEPORT:
        return get_reuse(fd, ZTS_MARK_REUSE_PORT, ZTS_MARK_REUSE_ADDR);
    default:
        return zts_take_error(fd);
    }
}

int zts_bsd_getsockopt(int fd, int level, int optname, void *optval, zts_socklen_t *optlen)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (!zt_socket_is_open(fd))
        return zts_fail(ZTS_EBADF);
    zts_begin();
    if (!is_ours(level, optname))
        return (int)zts_finish(get_theirs(fd, level, optname, optval, optlen));
    if (optval == NULL || optlen == NULL)
        return zts_fail(ZTS_EFAULT);
    if (*optlen < sizeof(int))
        return zts_fail(ZTS_EINVAL);
    int value = get_ours(fd, optname);
    if (value < 0)
        return zts_fail(ZTS_EINVAL);
    memcpy(optval, &value, sizeof value);
    *optlen = sizeof value;
    return finish(0);
}
