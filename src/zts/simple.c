/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets with text addresses: zts_socket, zts_connect and friends. */
#include "zts/socket.h"

#include "lwip/sockets.h"
#include "os/host.h"
#include "stack/tcpsock.h"
#include "zts/wait.h"

enum { DEFAULT_TIMEOUT_MS = 30000, RETRY_MS = 250 };

int zts_socket(int family, int type, int protocol)
{
    return zts_bsd_socket(family, type, protocol);
}

/* Why zts_connect shall try no more; 0: it may. */
static int was_stopped(int fd)
{
    if (!zts_is_marked(fd, ZTS_MARK_PERSISTS))
        return ZTS_EBADF;
    return zts_is_marked(fd, ZTS_MARK_GIVEN_UP) ? ZTS_ECONNRESET : 0;
}

/* One attempt on a descriptor that is non-blocking meanwhile. 0 or the error number. */
static int attempt(int fd, const struct zts_sockaddr *addr, zts_socklen_t addrlen,
                   int64_t deadline_ms)
{
    if (zts_bsd_connect(fd, addr, addrlen) == ZTS_ERR_OK)
        return 0;
    if (zts_get_errno() != ZTS_EINPROGRESS)
        return zts_get_errno();

    /* It may have been told just before there was an attempt to end. */
    if (was_stopped(fd) == ZTS_ECONNRESET)
        zt_tcpsock_cancel(fd);
    struct zts_pollfd waited = { .fd = fd, .events = ZTS_POLLOUT };
    int64_t left_ms = deadline_ms - zt_host_mono_ms();
    int ready = zts_bsd_poll(&waited, 1, left_ms > 0 ? (int)left_ms : 0);
    if (ready == ZTS_ERR_SERVICE)
        return ZTS_ENETDOWN;
    if (ready > 0) {
        int code = zts_get_last_socket_error(fd);
        return code < 0 ? zts_get_errno() : code; /* it may have been closed */
    }
    zt_tcpsock_cancel(fd);
    (void)zts_get_last_socket_error(fd);
    return ZTS_ETIMEDOUT;
}

static bool may_pass(int code)
{
    return code == ZTS_ECONNREFUSED || code == ZTS_ETIMEDOUT || code == ZTS_EHOSTUNREACH ||
           code == ZTS_ENETUNREACH || code == ZTS_ENOMEM || code == ZTS_EAGAIN;
}

/* The first packets to a new peer may get lost while a path is found, so failures are tried again. An
   attempt that the deadline cut short says less than the one before. */
static int connect_until(int fd, const struct zts_sockaddr *addr, zts_socklen_t addrlen,
                         int64_t deadline_ms)
{
    int reason = ZTS_ETIMEDOUT;

    for (;;) {
        int code = was_stopped(fd);
        if (code == 0)
            code = attempt(fd, addr, addrlen, deadline_ms);
        int64_t left_ms = deadline_ms - zt_host_mono_ms();
        if (code == 0 || !may_pass(code))
            return code;
        if (code != ZTS_ETIMEDOUT)
            reason = code;
        if (left_ms <= 0)
            return reason;
        zts_wait_for_change(left_ms < RETRY_MS ? left_ms : RETRY_MS);
        if (!zts_is_running())
            return reason;
    }
}

int zts_connect(int fd, const char *ipstr, unsigned short port, int timeout_ms)
{
    struct zts_sockaddr_storage to;
    zts_socklen_t length = 0;
    struct zts_sockaddr *addr = (struct zts_sockaddr *)&to;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (timeout_ms < 0 || zts_util_ipstr_to_saddr(ipstr, port, addr, &length) != ZTS_ERR_OK)
        return ZTS_ERR_ARG;
    if (zts_get_blocking(fd) != 1)
        return zts_bsd_connect(fd, addr, length);

    int64_t deadline_ms = zt_host_mono_ms() + (timeout_ms == 0 ? DEFAULT_TIMEOUT_MS : timeout_ms);
    (void)zts_unmark(fd, ZTS_MARK_GIVEN_UP);
    zts_mark(fd, ZTS_MARK_PERSISTS);
    zts_set_blocking(fd, 0);
    int code = connect_until(fd, addr, length, deadline_ms);
    /* Closed meanwhile: the number may be another socket's. */
    if (zts_unmark(fd, ZTS_MARK_PERSISTS))
        zts_set_blocking(fd, 1);
    if (code != 0 && !zts_is_running())
        return ZTS_ERR_SERVICE;
    zts_set_errno(code);
    return code == 0 ? ZTS_ERR_OK : ZTS_ERR_SOCKET;
}

int zts_bind(int fd, const char *ipstr, unsigned short port)
{
    struct zts_sockaddr_storage to;
    zts_socklen_t length = 0;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (zts_util_ipstr_to_saddr(ipstr, port, (struct zts_sockaddr *)&to, &length) != ZTS_ERR_OK)
        return ZTS_ERR_ARG;
    return zts_bsd_bind(fd, (struct zts_sockaddr *)&to, length);
}

int zts_listen(int fd, int backlog)
{
    return zts_bsd_listen(fd, backlog);
}

int zts_accept(int fd, char *remote_addr, int len, unsigned short *port)
{
    struct zts_sockaddr_storage from;
    zts_socklen_t length = sizeof from;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (remote_addr == NULL || len != ZTS_INET6_ADDRSTRLEN || port == NULL)
        return ZTS_ERR_ARG;
    int accepted = zts_bsd_accept(fd, (struct zts_sockaddr *)&from, &length);
    if (accepted >= 0)
        zts_util_ntop((struct zts_sockaddr *)&from, length, remote_addr, len, port);
    return accepted;
}

ssize_t zts_send(int fd, const void *buf, size_t len, int flags)
{
    return zts_bsd_send(fd, buf, len, flags);
}

ssize_t zts_recv(int fd, void *buf, size_t len, int flags)
{
    return zts_bsd_recv(fd, buf, len, flags);
}

ssize_t zts_read(int fd, void *buf, size_t len)
{
    return zts_bsd_read(fd, buf, len);
}

ssize_t zts_write(int fd, const void *buf, size_t len)
{
    return zts_bsd_write(fd, buf, len);
}

int zts_shutdown_rd(int fd)
{
    return zts_bsd_shutdown(fd, ZTS_SHUT_RD);
}

int zts_shutdown_wr(int fd)
{
    return zts_bsd_shutdown(fd, ZTS_SHUT_WR);
}

int zts_shutdown_rdwr(int fd)
{
    return zts_bsd_shutdown(fd, ZTS_SHUT_RDWR);
}

int zts_close(int fd)
{
    return zts_bsd_close(fd);
}

typedef int (*namer)(int fd, struct zts_sockaddr *addr, zts_socklen_t *addrlen);

static int name_text(namer get, int fd, char *text, int len, unsigned short *port)
{
    struct zts_sockaddr_storage addr;
    zts_socklen_t length = sizeof addr;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (text == NULL || len != ZTS_INET6_ADDRSTRLEN || port == NULL)
        return ZTS_ERR_ARG;
    int result = get(fd, (struct zts_sockaddr *)&addr, &length);
    if (result != ZTS_ERR_OK)
        return result;
    return zts_util_ntop((struct zts_sockaddr *)&addr, length, text, len, port);
}

int zts_getpeername(int fd, char *remote_addr_str, int len, unsigned short *port)
{
    return name_text(zts_bsd_getpeername, fd, remote_addr_str, len, port);
}

int zts_getsockname(int fd, char *local_addr_str, int len, unsigned short *port)
{
    return name_text(zts_bsd_getsockname, fd, local_addr_str, len, port);
}

/* Closes without touching the reason of the failure that led here. */
static int give_up(int fd, int result)
{
    int code = zts_get_errno();

    zts_bsd_close(fd);
    zts_set_errno(code);
    return result;
}

/* A socket of the text's family; *is_text says whether it was an address at all. */
static int socket_for(const char *ipstr, int type)
{
    int family = zts_util_get_ip_family(ipstr);

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (family < 0)
        return ZTS_ERR_ARG;
    return zts_bsd_socket(family, type, 0);
}

int zts_tcp_client(const char *remote_ipstr, unsigned short remote_port)
{
    int fd = socket_for(remote_ipstr, ZTS_SOCK_STREAM);

    if (fd < 0)
        return fd;
    int result = zts_connect(fd, remote_ipstr, remote_port, 0);
    return result == ZTS_ERR_OK ? fd : give_up(fd, result);
}

int zts_tcp_server(const char *local_ipstr, unsigned short local_port, char *remote_ipstr, int len,
                   unsigned short *remote_port)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (remote_ipstr == NULL || len != ZTS_INET6_ADDRSTRLEN || remote_port == NULL)
        return ZTS_ERR_ARG;
    int fd = socket_for(local_ipstr, ZTS_SOCK_STREAM);
    if (fd < 0)
        return fd;
    int result = zts_bind(fd, local_ipstr, local_port);
    if (result == ZTS_ERR_OK)
        result = zts_listen(fd, 0);
    if (result == ZTS_ERR_OK)
        result = zts_accept(fd, remote_ipstr, len, remote_port);
    return give_up(fd, result);
}

int zts_udp_server(const char *local_ipstr, unsigned short local_port)
{
    int fd = socket_for(local_ipstr, ZTS_SOCK_DGRAM);

    if (fd < 0)
        return fd;
    int result = zts_bind(fd, local_ipstr, local_port);
    return result == ZTS_ERR_OK ? fd : give_up(fd, result);
}

int zts_udp_client(const char *remote_ipstr)
{
    return socket_for(remote_ipstr, ZTS_SOCK_DGRAM);
}
