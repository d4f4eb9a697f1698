/* SPDX-License-Identifier: Apache-2.0 */
/* zts_bsd_*: making, naming and ending sockets, on lwIP's calls of the same names. */
#include "zts/socket.h"

#include "lwip/sockets.h"
#include "stack/tcpsock.h"

#include <stdatomic.h>

int zts_errno;
static _Thread_local int thread_errno;
static _Atomic unsigned char marks[MEMP_NUM_NETCONN];

void zts_set_errno(int code)
{
    thread_errno = code;
    __atomic_store_n(&zts_errno, code, __ATOMIC_RELAXED);
}

int zts_get_errno(void)
{
    return thread_errno;
}

int zts_fail(int code)
{
    zts_set_errno(code);
    return ZTS_ERR_SOCKET;
}

static bool in_range(int fd)
{
    return fd >= 0 && fd < MEMP_NUM_NETCONN;
}

void zts_mark_reset(int fd)
{
    if (in_range(fd))
        marks[fd] = 0;
}

void zts_mark(int fd, unsigned mark)
{
    if (in_range(fd))
        marks[fd] |= (unsigned char)mark;
}

bool zts_is_marked(int fd, unsigned mark)
{
    return in_range(fd) && (marks[fd] & mark) != 0;
}

bool zts_unmark(int fd, unsigned mark)
{
    bool was_marked = zts_is_marked(fd, mark);

    if (was_marked)
        marks[fd] &= (unsigned char)~mark;
    return was_marked;
}

void zts_begin(void)
{
    zt_stack_errno = 0;
}

ssize_t zts_finish(ssize_t result)
{
    if (result >= 0)
        zts_set_errno(0);
    else
        zts_set_errno(zt_stack_errno != 0 ? zt_stack_errno : ZTS_EIO);
    return result;
}

static int finish(int result)
{
    return (int)zts_finish(result);
}

int zts_connect_errno(int code)
{
    if (code == ZTS_ECONNRESET)
        return ZTS_ECONNREFUSED;
    return code == ZTS_ECONNABORTED ? ZTS_ETIMEDOUT : code;
}

bool zts_is_nonblocking(int fd)
{
    int flags = lwip_fcntl(fd, F_GETFL, 0);

    return flags >= 0 && (flags & O_NONBLOCK) != 0;
}

int zts_bsd_socket(int family, int type, int protocol)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (family != ZTS_AF_INET && family != ZTS_AF_INET6)
        return zts_fail(ZTS_EAFNOSUPPORT);
    if (type < ZTS_SOCK_STREAM || type > ZTS_SOCK_RAW)
        return zts_fail(ZTS_ESOCKTNOSUPPORT);
    zts_begin();
    int fd = lwip_socket(family, type, protocol);
    if (fd < 0 && zt_stack_errno == 0)
        zt_stack_errno = ZTS_EMFILE;
    zts_mark_reset(fd);
    return finish(fd);
}

static bool is_socket_address(const void *addr, zts_socklen_t addrlen)
{
    return addr != NULL && addrlen >= sizeof(struct zts_sockaddr_in) &&
           addrlen <= sizeof(struct zts_sockaddr_in6);
}

/* Only an answer that no interface leads there; odd addresses are left to lwIP. */
static bool leads_nowhere(const struct zts_sockaddr *addr, zts_socklen_t addrlen)
{
    struct zt_endpoint to;
    ip_addr_t ip;

    if (!zts_endpoint_of(&to, addr, addrlen))
        return false;
    memset(&ip, 0, sizeof ip);
    if (to.family == ZT_FAMILY_IPV4) {
        memcpy(&ip_2_ip4(&ip)->addr, to.ip, 4);
        IP_SET_TYPE_VAL(ip, IPADDR_TYPE_V4);
    } else {
        memcpy(ip_2_ip6(&ip)->addr, to.ip, 16);
        IP_SET_TYPE_VAL(ip, IPADDR_TYPE_V6);
    }
    return !ip_addr_isany(&ip) && !zt_stack_can_reach(&ip);
}

int zts_bsd_connect(int fd, const struct zts_sockaddr *addr, zts_socklen_t addrlen)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (!is_socket_address(addr, addrlen))
        return ZTS_ERR_ARG;
    if (!zt_socket_is_open(fd))
        return zts_fail(ZTS_EBADF);
    if (leads_nowhere(addr, addrlen))
        return zts_fail(ZTS_EHOSTUNREACH);
    zt_tcpsock_prepare(fd);
    (void)zts_unmark(fd, ZTS_MARK_ENDED);
    zts_begin();
    int result = lwip_connect(fd, (const struct sockaddr *)addr, addrlen);
    zt_stack_errno = zts_connect_errno(zt_stack_errno);
    if (result < 0 && zt_stack_errno == ZTS_EINPROGRESS)
        zts_mark(fd, ZTS_MARK_CONNECTING);
    return finish(result);
}

int zts_bsd_bind(int fd, const struct zts_sockaddr *addr, zts_socklen_t addrlen)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (!is_socket_address(addr, addrlen))
        return ZTS_ERR_ARG;
    if (zt_tcpsock_is_bound(fd))
        return zts_fail(ZTS_EINVAL);
    zts_begin();
    return finish(lwip_bind(fd, (const struct sockaddr *)addr, addrlen));
}

int zts_bsd_listen(int fd, int backlog)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    zts_begin();
    return finish(lwip_listen(fd, backlog));
}

int zts_bsd_accept(int fd, struct zts_sockaddr *addr, zts_socklen_t *addrlen)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (addr != NULL && addrlen == NULL)
        return ZTS_ERR_ARG;
    zts_begin();
    int accepted = lwip_accept(fd, (struct sockaddr *)addr, addrlen);
    zts_mark_reset(accepted);
    return finish(accepted);
}

static int set_send_buffer(int fd, const void *optval, zts_socklen_t optlen)
{
    int size;

    if (optval == NULL)
        return zts_fail(ZTS_EFAULT);
    if (optlen < sizeof size)
        return zts_fail(ZTS_EINVAL);
    memcpy(&size, optval, sizeof size);
    if (size <= 0)
        return zts_fail(ZTS_EINVAL);
    if (zt_tcpsock_send_buffer(fd, size) < 0)
        return zts_fail(zt_socket_is_open(fd) ? ZTS_ENOPROTOOPT : ZTS_EBADF);
    zts_set_errno(0);
    return ZTS_ERR_OK;
}

int zts_bsd_setsockopt(int fd, int level, int optname, const void *optval, zts_socklen_t optlen)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (level == ZTS_SOL_SOCKET && optname == ZTS_SO_SNDBUF)
        return set_send_buffer(fd, optval, optlen);
    zts_begin();
    return finish(lwip_setsockopt(fd, level, optname, optval, optlen));
}

static int get_send_buffer(int fd, void *optval, zts_socklen_t *optlen)
{
    if (optval == NULL || optlen == NULL)
        return zts_fail(ZTS_EFAULT);
    if (*optlen < sizeof(int))
        return zts_fail(ZTS_EINVAL);
    int size = zt_tcpsock_send_buffer(fd, 0);
    if (size < 0)
        return zts_fail(zt_socket_is_open(fd) ? ZTS_ENOPROTOOPT : ZTS_EBADF);
    memcpy(optval, &size, sizeof size);
    zts_set_errno(0);
    return ZTS_ERR_OK;
}

int zts_bsd_getsockopt(int fd, int level, int optname, void *optval, zts_socklen_t *optlen)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (level == ZTS_SOL_SOCKET && optname == ZTS_SO_SNDBUF)
        return get_send_buffer(fd, optval, optlen);
    zts_begin();
    int result = lwip_getsockopt(fd, level, optname, optval, optlen);
    if (result == 0 && level == ZTS_SOL_SOCKET && optname == ZTS_SO_ERROR &&
        zts_unmark(fd, ZTS_MARK_CONNECTING))
        *(int *)optval = zts_connect_errno(*(int *)optval);
    return finish(result);
}

typedef int (*namer)(int fd, struct sockaddr *addr, socklen_t *addrlen);

static int get_name(namer get, int fd, struct zts_sockaddr *addr, zts_socklen_t *addrlen)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (addrlen == NULL || !is_socket_address(addr, *addrlen))
        return ZTS_ERR_ARG;
    zts_begin();
    return finish(get(fd, (struct sockaddr *)addr, addrlen));
}

int zts_bsd_getsockname(int fd, struct zts_sockaddr *addr, zts_socklen_t *addrlen)
{
    return get_name(lwip_getsockname, fd, addr, addrlen);
}

int zts_bsd_getpeername(int fd, struct zts_sockaddr *addr, zts_socklen_t *addrlen)
{
    return get_name(lwip_getpeername, fd, addr, addrlen);
}

int zts_bsd_close(int fd)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    zts_begin();
    return finish(zt_socket_close(fd));
}

int zts_bsd_shutdown(int fd, int how)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (how >= ZTS_SHUT_RD && how <= ZTS_SHUT_RDWR && zt_tcpsock_is_unconnected(fd))
        return zts_fail(ZTS_ENOTCONN);
    zts_begin();
    return finish(lwip_shutdown(fd, how));
}

int zts_bsd_fcntl(int fd, int cmd, int flags)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    zts_begin();
    return finish(lwip_fcntl(fd, cmd, flags));
}

int zts_bsd_ioctl(int fd, unsigned long request, void *argp)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (argp == NULL)
        return ZTS_ERR_ARG;
    zts_begin();
    return finish(lwip_ioctl(fd, (long)request, argp));
}
