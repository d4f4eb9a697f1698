/* SPDX-License-Identifier: Apache-2.0 */
/* zts_bsd_*: sending, receiving and waiting. */
#include "zts/socket.h"

#include "base/mem.h"
#include "lwip/sockets.h"
#include "os/host.h"
#include "stack/tcpsock.h"

enum { RETRY_MS = 1 };

/* The network below has no room now: a blocking datagram socket waits for it. */
static bool shall_retry(int fd, int flags, ssize_t result)
{
    if (result >= 0 || zt_stack_errno != ZTS_EAGAIN || (flags & ZTS_MSG_DONTWAIT) != 0)
        return false;
    int type = 0;
    socklen_t length = sizeof type;
    if (lwip_getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) != 0 || type == SOCK_STREAM ||
        zts_is_nonblocking(fd) || !zts_is_running())
        return false;
    zt_host_sleep_ms(RETRY_MS);
    zts_begin();
    return true;
}

ssize_t zts_bsd_send(int fd, const void *buf, size_t len, int flags)
{
    ssize_t result;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (buf == NULL)
        return ZTS_ERR_ARG;
    zts_begin();
    do {
        result = lwip_send(fd, buf, len, flags & ~ZTS_MSG_NOSIGNAL);
    } while (shall_retry(fd, flags, result));
    return zts_finish(result);
}

ssize_t zts_bsd_write(int fd, const void *buf, size_t len)
{
    return zts_bsd_send(fd, buf, len, 0);
}

ssize_t zts_bsd_sendto(int fd, const void *buf, size_t len, int flags,
                       const struct zts_sockaddr *addr, zts_socklen_t addrlen)
{
    ssize_t result;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (buf == NULL || addr == NULL || addrlen < sizeof(struct zts_sockaddr_in) ||
        addrlen > sizeof(struct zts_sockaddr_in6))
        return ZTS_ERR_ARG;
    zts_begin();
    do {
        result = lwip_sendto(fd, buf, len, flags & ~ZTS_MSG_NOSIGNAL, (const struct sockaddr *)addr,
                             addrlen);
    } while (shall_retry(fd, flags, result));
    return zts_finish(result);
}

ssize_t zts_bsd_sendmsg(int fd, const struct zts_msghdr *msg, int flags)
{
    ssize_t result;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (msg == NULL || (msg->msg_iovlen > 0 && msg->msg_iov == NULL))
        return ZTS_ERR_ARG;
    zts_begin();
    do {
        result =
            lwip_sendmsg(fd, (const struct msghdr *)(const void *)msg, flags & ~ZTS_MSG_NOSIGNAL);
    } while (shall_retry(fd, flags, result));
    return zts_finish(result);
}

ssize_t zts_bsd_writev(int fd, const struct zts_iovec *iov, int iovcnt)
{
    struct zts_msghdr message = { .msg_iovlen = iovcnt };

    memcpy(&message.msg_iov, &iov, sizeof iov);
    return zts_bsd_sendmsg(fd, &message, 0);
}

/* lwIP reports the end of a stream once and an error from then on, and would wait for ever on a socket
   that was never connected. */
static ssize_t finish_receive(int fd, ssize_t result, size_t wanted)
{
    if (result < 0 && zt_stack_errno == ZTS_ENOTCONN && zts_is_marked(fd, ZTS_MARK_ENDED))
        result = 0;
    if (result == 0 && wanted > 0)
        zts_mark(fd, ZTS_MARK_ENDED);
    return zts_finish(result);
}

/* ZTS_MSG_WAITALL: goes on until all is there, the stream ends or fails. */
static ssize_t receive_all(int fd, uint8_t *buf, size_t len, int flags, struct sockaddr *addr,
                           socklen_t *addrlen)
{
    ssize_t got = lwip_recvfrom(fd, buf, len, flags, addr, addrlen);
    int type = 0;
    socklen_t type_length = sizeof type;

    if (got <= 0 || lwip_getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_length) != 0 ||
        type != SOCK_STREAM)
        return got;
    while ((size_t)got < len) {
        ssize_t more = lwip_recv(fd, buf + got, len - (size_t)got, flags);
        if (more <= 0)
            break;
        got += more;
    }
    return got;
}

ssize_t zts_bsd_recvfrom(int fd, void *buf, size_t len, int flags, struct zts_sockaddr *addr,
                         zts_socklen_t *addrlen)
{
    int lwip_flags = flags & ~(ZTS_MSG_NOSIGNAL | ZTS_MSG_WAITALL);
    bool waits_for_all =
        (flags & ZTS_MSG_WAITALL) != 0 && (flags & (ZTS_MSG_PEEK | ZTS_MSG_DONTWAIT)) == 0;
    ssize_t result;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (buf == NULL || (addr != NULL && addrlen == NULL))
        return ZTS_ERR_ARG;
    if (zt_tcpsock_is_unconnected(fd))
        return zts_fail(ZTS_ENOTCONN);
    zts_begin();
    if (waits_for_all)
        result = receive_all(fd, buf, len, lwip_flags, (struct sockaddr *)addr, addrlen);
    else
        result = lwip_recvfrom(fd, buf, len, lwip_flags, (struct sockaddr *)addr, addrlen);
    return finish_receive(fd, result, len);
}

ssize_t zts_bsd_recv(int fd, void *buf, size_t len, int flags)
{
    return zts_bsd_recvfrom(fd, buf, len, flags, NULL, NULL);
}

ssize_t zts_bsd_read(int fd, void *buf, size_t len)
{
    return zts_bsd_recvfrom(fd, buf, len, 0, NULL, NULL);
}

ssize_t zts_bsd_recvmsg(int fd, struct zts_msghdr *msg, int flags)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (msg == NULL || (msg->msg_iovlen > 0 && msg->msg_iov == NULL))
        return ZTS_ERR_ARG;
    if (zt_tcpsock_is_unconnected(fd))
        return zts_fail(ZTS_ENOTCONN);
    size_t wanted = 0;
    for (int i = 0; i < msg->msg_iovlen; i++)
        wanted += msg->msg_iov[i].iov_len;
    zts_begin();
    ssize_t result = lwip_recvmsg(fd, (struct msghdr *)(void *)msg, flags & ~ZTS_MSG_NOSIGNAL);
    return finish_receive(fd, result, wanted);
}

ssize_t zts_bsd_readv(int fd, const struct zts_iovec *iov, int iovcnt)
{
    struct zts_msghdr message = { .msg_iovlen = iovcnt };

    memcpy(&message.msg_iov, &iov, sizeof iov);
    return zts_bsd_recvmsg(fd, &message, 0);
}

static bool are_open(int nfds, const zts_fd_set *set)
{
    for (int fd = 0; set != NULL && fd < nfds; fd++) {
        if (ZTS_FD_ISSET(fd, set) && !zt_socket_is_open(fd))
            return false;
    }
    return true;
}

int zts_bsd_select(int nfds, zts_fd_set *readfds, zts_fd_set *writefds, zts_fd_set *exceptfds,
                   struct zts_timeval *timeout)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (nfds < 0 || nfds > ZTS_FD_SETSIZE)
        return zts_fail(ZTS_EINVAL);
    if (!are_open(nfds, readfds) || !are_open(nfds, writefds) || !are_open(nfds, exceptfds))
        return zts_fail(ZTS_EBADF);
    zts_begin();
    return (int)zts_finish(lwip_select(nfds, (fd_set *)(void *)readfds, (fd_set *)(void *)writefds,
                                       (fd_set *)(void *)exceptfds,
                                       (struct timeval *)(void *)timeout));
}

/* lwIP fails as a whole on a closed descriptor. Here those are hidden from it (a negative number is
   skipped), and reported. Called again it shows them again. Returns how many. */
static int hide_closed(struct zts_pollfd *fds, zts_nfds_t nfds)
{
    int hidden = 0;

    for (zts_nfds_t i = 0; i < nfds; i++) {
        if (fds[i].fd < 0 || zt_socket_is_open(fds[i].fd))
            continue;
        fds[i].fd = ~fds[i].fd;
        hidden++;
    }
    return hidden;
}

static void show_closed(struct zts_pollfd *fds, zts_nfds_t nfds, const int *numbers)
{
    for (zts_nfds_t i = 0; i < nfds; i++) {
        if (fds[i].fd == numbers[i])
            continue;
        fds[i].fd = numbers[i];
        fds[i].revents = ZTS_POLLNVAL;
    }
}

/* Some descriptor is closed, so nothing is waited for. */
static int poll_with_closed(struct zts_pollfd *fds, zts_nfds_t nfds)
{
    int *numbers = zt_alloc(nfds * sizeof *numbers);

    if (numbers == NULL)
        return zts_fail(ZTS_ENOMEM);
    for (zts_nfds_t i = 0; i < nfds; i++)
        numbers[i] = fds[i].fd;
    int hidden = hide_closed(fds, nfds);
    zts_begin();
    int ready = lwip_poll((struct pollfd *)(void *)fds, nfds, hidden > 0 ? 0 : 1);
    show_closed(fds, nfds, numbers);
    zt_free(numbers);
    return (int)zts_finish(ready < 0 ? ready : ready + hidden);
}

static bool some_are_closed(const struct zts_pollfd *fds, zts_nfds_t nfds)
{
    for (zts_nfds_t i = 0; i < nfds; i++) {
        if (fds[i].fd >= 0 && !zt_socket_is_open(fds[i].fd))
            return true;
    }
    return false;
}

int zts_bsd_poll(struct zts_pollfd *fds, zts_nfds_t nfds, int timeout)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (fds == NULL && nfds > 0)
        return zts_fail(ZTS_EINVAL);
    if (some_are_closed(fds, nfds))
        return poll_with_closed(fds, nfds);
    zts_begin();
    return (int)zts_finish(lwip_poll((struct pollfd *)(void *)fds, nfds, timeout));
}
