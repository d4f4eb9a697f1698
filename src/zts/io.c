/* SPDX-License-Identifier: Apache-2.0 */
/* zts_bsd_*: sending. */
#include "zts/socket.h"

#include "lwip/sockets.h"
#include "os/host.h"
#include "os/turn.h"
#include "stack/tcpsock.h"
#include "zts/share.h"
#include "zts/watch.h"

enum { RETRY_MS = 1 };
enum { LONGEST_DATAGRAM4 = 65507, LONGEST_DATAGRAM6 = 65487 };

/* What a failure to write to a stream means. The connection's error is told once; after that there is
   only a broken pipe. */
static void read_stream_failure(int fd)
{
    enum zt_stream_stage stage = zt_stream_stage(fd);
    int code = zt_stack_errno;

    if (stage == ZT_STREAM_NONE || zts_is_closed(fd))
        zt_stack_errno = ZTS_EBADF;
    else if (stage == ZT_STREAM_LISTENING)
        zt_stack_errno = ZTS_ENOTCONN;
    else if (code == ZTS_EINPROGRESS)
        zt_stack_errno = stage == ZT_STREAM_GONE ? ZTS_EPIPE : ZTS_EAGAIN;
    else if (code == ZTS_ENOTCONN && (stage == ZT_STREAM_OPEN || stage == ZT_STREAM_GONE))
        zt_stack_errno = ZTS_EPIPE;
    else if (code == ZTS_ECONNRESET || code == ZTS_ECONNABORTED) {
        bool was_told = zts_is_marked(fd, ZTS_MARK_ERROR_TOLD);
        zts_mark(fd, ZTS_MARK_ERROR_TOLD);
        zt_stack_errno = was_told ? ZTS_EPIPE : code == ZTS_ECONNABORTED ? ZTS_ETIMEDOUT : code;
    }
}

/* The network below has no room now: a blocking datagram socket waits for it. */
static bool shall_wait_for_room(int fd, int flags)
{
    if (zt_stack_errno != ZTS_EAGAIN || zts_is_stream(fd))
        return false;
    zts_watch_refused(fd);
    return (flags & ZTS_MSG_DONTWAIT) == 0 && !zts_is_nonblocking(fd);
}

static bool shall_retry(int fd, int flags, ssize_t result)
{
    if (result >= 0 || !zts_is_running() || !shall_wait_for_room(fd, flags))
        return false;
    zt_host_sleep_ms(RETRY_MS);
    zts_begin();
    return true;
}

static void read_datagram_failure(int fd, size_t length)
{
    int code = zt_stack_errno;

    if (!zt_socket_is_open(fd))
        zt_stack_errno = ZTS_EBADF;
    else if (code == ZTS_ECONNRESET)
        zt_stack_errno = ZTS_ECONNREFUSED;
    else if (length > LONGEST_DATAGRAM6 && code != ZTS_EAGAIN)
        zt_stack_errno = ZTS_EMSGSIZE;
    else
        zt_stack_errno = code;
}

/* What is wrong with the call itself is said first. */
static int judge_message(const struct msghdr *message, int flags)
{
    if ((flags & ~(ZTS_MSG_DONTWAIT | ZTS_MSG_MORE | ZTS_MSG_NOSIGNAL)) != 0)
        return ZTS_EOPNOTSUPP;
    return message->msg_iovlen <= 0 ? ZTS_EIO : 0;
}

/* 0: it may be sent. */
static int judge_datagram(int fd, size_t length, bool has_address)
{
    if (!zt_socket_is_open(fd))
        return ZTS_EBADF;
    if (length > LONGEST_DATAGRAM4)
        return ZTS_EMSGSIZE;
    return has_address || zt_socket_has_peer(fd) ? 0 : ZTS_EDESTADDRREQ;
}

/* Another thread that writes to the same stream comes first; one that connects it is not waited for. */
static bool await_turn(int fd, int flags)
{
    if (zts_turn_take(ZTS_TURN_WRITE, fd))
        return true;
    return zt_stream_stage(fd) == ZT_STREAM_OPEN &&
           zts_turn_await(ZTS_TURN_WRITE, fd, zts_patience_ms(fd, flags, ZTS_SO_SNDTIMEO));
}

static ssize_t write_in_turn(int fd, const struct msghdr *message, int flags)
{
    if (!await_turn(fd, flags)) {
        zt_stack_errno = ZTS_EINPROGRESS;
        return -1;
    }
    ssize_t result = lwip_sendmsg(fd, message, flags & ~ZTS_MSG_NOSIGNAL);
    zts_turn_give_back(ZTS_TURN_WRITE, fd);
    return result;
}

static ssize_t send_in_crowd(int fd, const struct msghdr *message, int flags)
{
    if (!zts_crowd_enter(fd)) {
        zt_stack_errno = ZTS_EBADF;
        return -1;
    }
    ssize_t result = lwip_sendmsg(fd, message, flags & ~ZTS_MSG_NOSIGNAL);
    zts_crowd_leave(fd);
    return result;
}

static ssize_t send_message(int fd, const struct msghdr *message, size_t length, int flags)
{
    bool is_stream = zts_is_stream(fd);
    ssize_t result;

    /* Just accepted, and not yet known as what it is. */
    if (zts_is_closed(fd))
        return zts_fail(ZTS_EBADF);
    int code = judge_message(message, flags);
    if (code == 0 && !is_stream)
        code = judge_datagram(fd, length, message->msg_name != NULL);
    if (code == 0 && zts_is_cut_short(message->msg_name, message->msg_namelen))
        code = ZTS_EINVAL;
    if (code != 0)
        return zts_fail(code);
    if (!is_stream && !zts_is_marked(fd, ZTS_MARK_BOUND)) {
        zt_socket_bind_datagram(fd);
        zts_mark(fd, ZTS_MARK_BOUND);
    }
    if (!is_stream)
        zts_choose_link(fd, message->msg_name, message->msg_namelen);
    zts_begin();
    do {
        result = is_stream ? write_in_turn(fd, message, flags) : send_in_crowd(fd, message, flags);
    } while (shall_retry(fd, flags, result));
    if (result < 0 && is_stream)
        read_stream_failure(fd);
    else if (result < 0)
        read_datagram_failure(fd, length);
    else
        zt_turn_expect();
    return zts_finish(result);
}

static ssize_t send_bytes(int fd, const void *buf, size_t len, int flags, const void *addr,
                          zts_socklen_t addrlen)
{
    struct iovec bytes = { .iov_len = len };
    struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1, .msg_namelen = addrlen };

    /* lwIP's struct has no const; it only reads. */
    memcpy(&bytes.iov_base, &buf, sizeof buf);
    memcpy(&message.msg_name, &addr, sizeof addr);
    return send_message(fd, &message, len, flags);
}

ssize_t zts_bsd_send(int fd, const void *buf, size_t len, int flags)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (buf == NULL)
        return ZTS_ERR_ARG;
    return send_bytes(fd, buf, len, flags, NULL, 0);
}

ssize_t zts_bsd_write(int fd, const void *buf, size_t len)
{
    return zts_bsd_send(fd, buf, len, 0);
}

ssize_t zts_bsd_sendto(int fd, const void *buf, size_t len, int flags,
                       const struct zts_sockaddr *addr, zts_socklen_t addrlen)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (buf == NULL || (addr != NULL && !zts_is_socket_address(addr, addrlen)))
        return ZTS_ERR_ARG;
    return send_bytes(fd, buf, len, flags, addr, addr == NULL ? 0 : addrlen);
}

ssize_t zts_bsd_sendmsg(int fd, const struct zts_msghdr *msg, int flags)
{
    size_t length = 0;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (msg == NULL || (msg->msg_iovlen > 0 && msg->msg_iov == NULL))
        return ZTS_ERR_ARG;
    for (int i = 0; i < msg->msg_iovlen; i++) {
        if (msg->msg_iov[i].iov_len > SSIZE_MAX - length)
            return zts_fail(ZTS_EINVAL);
        length += msg->msg_iov[i].iov_len;
    }
    return send_message(fd, (const struct msghdr *)(const void *)msg, length, flags);
}

ssize_t zts_bsd_writev(int fd, const struct zts_iovec *iov, int iovcnt)
{
    struct zts_msghdr message = { .msg_iovlen = iovcnt };

    memcpy(&message.msg_iov, &iov, sizeof iov);
    return zts_bsd_sendmsg(fd, &message, 0);
}
