/* SPDX-License-Identifier: Apache-2.0 */
/* zts_bsd_*: making, naming and ending sockets, on lwIP's calls of the same names. */
#include "zts/socket.h"

#include "lwip/sockets.h"
#include "os/corelock.h"
#include "stack/ready.h"
#include "stack/tcpsock.h"
#include "zts/share.h"
#include "zts/wait.h"
#include "zts/watch.h"

static int finish(int result)
{
    return (int)zts_finish(result);
}

/* The number of a new descriptor, or the failure. */
static int finish_new(int fd, unsigned marks_of_new)
{
    if (fd < 0 && (zt_stack_errno == ZTS_ENFILE || zt_stack_errno == 0))
        zt_stack_errno = ZTS_EMFILE;
    zts_mark_new(fd, marks_of_new);
    return finish(fd);
}

bool zts_is_nonblocking(int fd)
{
    int flags = lwip_fcntl(fd, F_GETFL, 0);

    return flags >= 0 && (flags & O_NONBLOCK) != 0;
}

int64_t zts_patience_ms(int fd, int flags, int option)
{
    struct timeval timeout = { 0, 0 };
    socklen_t length = sizeof timeout;

    if ((flags & ZTS_MSG_DONTWAIT) != 0 || zts_is_nonblocking(fd))
        return 0;
    (void)lwip_getsockopt(fd, SOL_SOCKET, option, &timeout, &length);
    int64_t limit_ms = (int64_t)timeout.tv_sec * 1000 + timeout.tv_usec / 1000;
    return limit_ms > 0 ? limit_ms : -1;
}

bool zts_is_stream(int fd)
{
    return zts_is_marked(fd, ZTS_MARK_STREAM);
}

/* UDPLITE gives a UDP socket, as it always did. */
static bool is_protocol_of(int type, int protocol)
{
    if (type == ZTS_SOCK_RAW)
        return protocol >= 0 && protocol <= UINT8_MAX;
    if (type == ZTS_SOCK_STREAM)
        return protocol == 0 || protocol == ZTS_IPPROTO_TCP;
    return protocol == 0 || protocol == ZTS_IPPROTO_UDP || protocol == ZTS_IPPROTO_UDPLITE;
}

int zts_bsd_socket(int family, int type, int protocol)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (family != ZTS_AF_INET && family != ZTS_AF_INET6)
        return zts_fail(ZTS_EAFNOSUPPORT);
    if (type < ZTS_SOCK_STREAM || type > ZTS_SOCK_RAW)
        return zts_fail(ZTS_ESOCKTNOSUPPORT);
    if (!is_protocol_of(type, protocol))
        return zts_fail(ZTS_EPROTONOSUPPORT);
    zts_begin();
    zt_core_lock();
    int fd = lwip_socket(family, type, protocol);
    if (fd >= 0) {
        zt_ready_attach(fd);
        zts_mark_new(fd, type == ZTS_SOCK_STREAM ? ZTS_MARK_STREAM : 0);
    }
    zt_core_unlock();
    return finish_new(fd, type == ZTS_SOCK_STREAM ? ZTS_MARK_STREAM : 0);
}

bool zts_is_socket_address(const void *addr, zts_socklen_t addrlen)
{
    return addr != NULL && addrlen >= sizeof(struct zts_sockaddr_in) &&
           addrlen <= sizeof(struct zts_sockaddr_in6);
}

bool zts_is_cut_short(const void *addr, zts_socklen_t addrlen)
{
    struct zts_sockaddr start;

    if (addr == NULL || addrlen < sizeof start || addrlen >= sizeof(struct zts_sockaddr_in6))
        return false;
    memcpy(&start, addr, sizeof start);
    return start.sa_family == ZTS_AF_INET6;
}

void zts_choose_link(int fd, const void *addr, zts_socklen_t addrlen)
{
    enum { SCOPE_MASK = 0x0f, LINK_SCOPE = 2 };
    struct zts_sockaddr_in6 to;

    if (addr == NULL || addrlen < sizeof to)
        return;
    memcpy(&to, addr, sizeof to);
    const uint8_t *ip = to.sin6_addr.un.u8_addr;
    if (to.sin6_family != ZTS_AF_INET6 || ip[0] != 0xff || (ip[1] & SCOPE_MASK) > LINK_SCOPE)
        return;
    unsigned named = to.sin6_scope_id;
    zt_socket_send_groups_by(fd, named != 0 ? named : zt_stack_default_interface());
}

/* With a port of our choice if the caller names none. */
static int bind_chosen(int fd, const struct zts_sockaddr *addr, zts_socklen_t addrlen)
{
    struct zts_sockaddr_storage chosen;
    in_port_t port;

    memset(&chosen, 0, sizeof chosen);
    memcpy(&chosen, addr, addrlen);
    memcpy(&port, chosen.s2_data1, sizeof port);
    zt_core_lock();
    if (port == 0) {
        port = lwip_htons(zt_socket_choose_port(fd));
        memcpy(chosen.s2_data1, &port, sizeof port);
    }
    int result = lwip_bind(fd, (const struct sockaddr *)(const void *)&chosen, addrlen);
    zt_core_unlock();
    return result;
}

int zts_bsd_bind(int fd, const struct zts_sockaddr *addr, zts_socklen_t addrlen)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (!zts_is_socket_address(addr, addrlen))
        return ZTS_ERR_ARG;
    if (zt_socket_is_bound(fd) || zts_is_cut_short(addr, addrlen))
        return zts_fail(ZTS_EINVAL);
    zts_begin();
    return finish(bind_chosen(fd, addr, addrlen));
}

/* POSIX lets listen choose a port. */
static void bind_listener(int fd)
{
    struct zts_sockaddr_storage any;
    socklen_t length = sizeof any;

    if (zt_stream_stage(fd) != ZT_STREAM_FRESH || zt_socket_is_bound(fd) ||
        lwip_getsockname(fd, (struct sockaddr *)(void *)&any, &length) != 0)
        return;
    (void)bind_chosen(fd, (const struct zts_sockaddr *)&any, length);
}

int zts_bsd_listen(int fd, int backlog)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (!zt_socket_is_open(fd))
        return zts_fail(ZTS_EBADF);
    /* The queue of what was received goes: nobody may be reading it. */
    if (!zts_turn_take(ZTS_TURN_READ, fd))
        return zts_fail(ZTS_EINVAL);
    bind_listener(fd);
    zts_begin();
    int result = lwip_listen(fd, backlog);
    zts_turn_give_back(ZTS_TURN_READ, fd);
    return finish(result);
}

/* lwIP tells an IPv4 peer as such to a listener for both families, too. */
static void map_peer(int listener, struct sockaddr_storage *from, socklen_t *length)
{
    struct zts_sockaddr_in6 mapped = { .sin6_len = sizeof mapped, .sin6_family = ZTS_AF_INET6 };
    struct sockaddr_storage own;
    socklen_t own_length = sizeof own;
    struct zts_sockaddr_in in4;

    if (from->ss_family != AF_INET ||
        lwip_getsockname(listener, (struct sockaddr *)&own, &own_length) != 0 ||
        own.ss_family != AF_INET6)
        return;
    memcpy(&in4, from, sizeof in4);
    mapped.sin6_port = in4.sin_port;
    memset(mapped.sin6_addr.un.u8_addr + 10, 0xff, 2);
    memcpy(mapped.sin6_addr.un.u8_addr + 12, &in4.sin_addr, 4);
    memcpy(from, &mapped, sizeof mapped);
    *length = sizeof mapped;
}

int zts_bsd_accept(int fd, struct zts_sockaddr *addr, zts_socklen_t *addrlen)
{
    struct sockaddr_storage from;
    socklen_t length = sizeof from;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (addr != NULL && addrlen == NULL)
        return ZTS_ERR_ARG;
    if (!zt_socket_is_open(fd) || !zts_crowd_enter(fd))
        return zts_fail(ZTS_EBADF);
    zts_begin();
    int accepted = lwip_accept(fd, (struct sockaddr *)&from, &length);
    zts_crowd_leave(fd);
    if (accepted < 0 && zts_is_closed(fd))
        zt_stack_errno = ZTS_EBADF;
    else if (accepted < 0 && zt_stream_stage(fd) == ZT_STREAM_GONE)
        zt_stack_errno = ZTS_EINVAL; /* it was shut down */
    if (accepted >= 0 && addr != NULL) {
        map_peer(fd, &from, &length);
        memcpy(addr, &from, *addrlen < length ? *addrlen : length);
        *addrlen = length;
    }
    zts_watch_refresh(fd);
    return finish_new(accepted, ZTS_MARK_STREAM | ZTS_MARK_TRIED);
}

typedef int (*namer)(int fd, struct sockaddr *addr, socklen_t *addrlen);

/* What is longer than the caller's buffer is cut, and the length tells. */
static int get_name(namer get, int fd, struct zts_sockaddr *addr, zts_socklen_t *addrlen)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (addr == NULL || addrlen == NULL || *addrlen < sizeof(struct zts_sockaddr_in))
        return ZTS_ERR_ARG;
    zts_begin();
    int result = get(fd, (struct sockaddr *)&name, &length);
    if (result == 0) {
        memcpy(addr, &name, *addrlen < length ? *addrlen : length);
        *addrlen = length;
    }
    return finish(result);
}

int zts_bsd_getsockname(int fd, struct zts_sockaddr *addr, zts_socklen_t *addrlen)
{
    return get_name(lwip_getsockname, fd, addr, addrlen);
}

int zts_bsd_getpeername(int fd, struct zts_sockaddr *addr, zts_socklen_t *addrlen)
{
    if (zts_is_running() && zt_stream_stage(fd) == ZT_STREAM_CONNECTING)
        return zts_fail(ZTS_ENOTCONN);
    return get_name(lwip_getpeername, fd, addr, addrlen);
}

int zts_bsd_close(int fd)
{
    /* The stop has closed it already: the number is given back once. */
    if (!zts_is_running())
        return zts_unmark(fd, ZTS_MARK_OPEN) ? ZTS_ERR_OK : ZTS_ERR_SERVICE;
    zts_begin();
    zts_watch_close(fd);
    (void)zts_unmark(fd, ZTS_MARK_OPEN);
    if (zts_unmark(fd, ZTS_MARK_PERSISTS))
        zts_wait_changed();
    return finish(zt_socket_close(fd));
}

int zts_bsd_fcntl(int fd, int cmd, int flags)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (!zt_socket_is_open(fd))
        return zts_fail(ZTS_EBADF);
    bool changes = cmd == ZTS_F_SETFL;
    if (changes && !zts_turn_await(ZTS_TURN_WRITE, fd, ZTS_WRITE_PATIENCE_MS))
        return zts_fail(ZTS_EAGAIN);
    zts_begin();
    int result = lwip_fcntl(fd, cmd, flags);
    if (changes)
        zts_turn_give_back(ZTS_TURN_WRITE, fd);
    return finish(result);
}

/* Whoever is reading takes what there is. */
static int count_readable(int fd, int *count)
{
    if (!zt_socket_is_open(fd)) {
        zt_stack_errno = ZTS_EBADF;
        return -1;
    }
    if (!zts_turn_take(ZTS_TURN_READ, fd)) {
        *count = 0;
        return 0;
    }
    int result = lwip_ioctl(fd, FIONREAD, count);
    zts_turn_give_back(ZTS_TURN_READ, fd);
    return result;
}

int zts_bsd_ioctl(int fd, unsigned long request, void *argp)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (argp == NULL)
        return ZTS_ERR_ARG;
    zts_begin();
    if (request == (unsigned long)ZTS_FIONREAD)
        return finish(count_readable(fd, argp));
    if (!zt_socket_is_open(fd))
        return zts_fail(ZTS_EBADF);
    /* what is left makes it blocking or non-blocking */
    if (!zts_turn_await(ZTS_TURN_WRITE, fd, ZTS_WRITE_PATIENCE_MS))
        return zts_fail(ZTS_EAGAIN);
    int result = lwip_ioctl(fd, (long)request, argp);
    zts_turn_give_back(ZTS_TURN_WRITE, fd);
    return finish(result);
}
