/* SPDX-License-Identifier: Apache-2.0 */
/* zts_bsd_*: receiving. */
#include "zts/socket.h"

#include "base/mem.h"
#include "lwip/sockets.h"
#include "stack/tcpsock.h"
#include "zts/share.h"
#include "zts/watch.h"

/* As a flag for datagrams ZTS_MSG_TRUNC asks for the whole length; for streams it is ZTS_MSG_OOB. */
enum {
    KNOWN_FLAGS =
        ZTS_MSG_PEEK | ZTS_MSG_WAITALL | ZTS_MSG_DONTWAIT | ZTS_MSG_TRUNC | ZTS_MSG_NOSIGNAL
};
enum { LWIP_FLAGS = ZTS_MSG_PEEK | ZTS_MSG_DONTWAIT };

/* The result of a failed read from a stream. lwIP reports the end once and from then on an error, and an
   error twice. */
static ssize_t read_failure(int fd)
{
    enum zt_stream_stage stage = zt_stream_stage(fd);
    int code = zt_stack_errno;

    if (stage == ZT_STREAM_NONE || zts_is_closed(fd)) {
        zt_stack_errno = ZTS_EBADF;
        return -1;
    }
    bool never_open = zts_is_marked(fd, ZTS_MARK_FAILED) || zts_is_attempt(fd);
    if (code == ZTS_EAGAIN && zt_socket_reads_no_more(fd))
        return 0;
    if (code == ZTS_ENOTCONN)
        return !never_open && (stage == ZT_STREAM_OPEN || stage == ZT_STREAM_GONE) ? 0 : -1;
    if (code != ZTS_ECONNRESET && code != ZTS_ECONNABORTED)
        return -1;
    zt_tcpsock_forget_error(fd);
    if (zts_is_marked(fd, ZTS_MARK_FAILED)) {
        zt_stack_errno = ZTS_ENOTCONN;
        return -1;
    }
    if (zts_take_attempt(fd)) {
        zts_mark(fd, ZTS_MARK_FAILED);
        zt_stack_errno = zts_connect_errno(fd, code);
        return -1;
    }
    if (zts_is_marked(fd, ZTS_MARK_ERROR_TOLD))
        return 0;
    zts_mark(fd, ZTS_MARK_ERROR_TOLD);
    if (code == ZTS_ECONNABORTED)
        zt_stack_errno = ZTS_ETIMEDOUT;
    return -1;
}

static ssize_t receive_some(int fd, void *buf, size_t len, int flags)
{
    ssize_t got = lwip_recv(fd, buf, len, flags & LWIP_FLAGS);

    return got < 0 ? read_failure(fd) : got;
}

/* Fills one buffer; ZTS_MSG_WAITALL: until all is there, the stream ends or fails. */
static ssize_t receive_part(int fd, uint8_t *buf, size_t len, int flags)
{
    bool waits = (flags & ZTS_MSG_WAITALL) != 0 && (flags & LWIP_FLAGS) == 0;
    ssize_t got = receive_some(fd, buf, len, flags);

    while (waits && got > 0 && (size_t)got < len) {
        ssize_t more = receive_some(fd, buf + got, len - (size_t)got, flags);
        if (more <= 0)
            break;
        got += more;
    }
    return got;
}

static ssize_t receive_stream(int fd, struct zts_msghdr *msg, int flags, size_t room)
{
    bool peeks = (flags & ZTS_MSG_PEEK) != 0;
    ssize_t total = 0;

    if ((flags & ZTS_MSG_OOB) != 0)
        return zts_fail(ZTS_EINVAL);
    /* lwIP would wait for ever. */
    bool was_tried = zts_is_marked(fd, ZTS_MARK_TRIED) && !zts_is_marked(fd, ZTS_MARK_FAILED);
    if (!was_tried && zt_stream_stage(fd) == ZT_STREAM_FRESH)
        return zts_fail(ZTS_ENOTCONN);
    zts_begin();
    if (peeks)
        zt_stream_gather(fd, room);
    for (int i = 0; i < msg->msg_iovlen; i++) {
        void *to = msg->msg_iov[i].iov_base;
        size_t wanted = msg->msg_iov[i].iov_len;
        if (wanted == 0)
            continue;
        ssize_t got = peeks && total > 0 ? zt_stream_look(fd, (size_t)total, to, wanted)
                                         : receive_part(fd, to, wanted, flags);
        if (got <= 0 && total == 0)
            total = got;
        if (got <= 0)
            break;
        total += got;
        if ((size_t)got < wanted)
            break;
        /* What follows is taken only if it is there. */
        if ((flags & ZTS_MSG_WAITALL) == 0)
            flags |= ZTS_MSG_DONTWAIT;
    }
    msg->msg_flags = 0;
    return total < 0 ? zts_finish(total) : (zts_set_errno(0), total);
}

/* An error report, see stack/unreach.c. */
static bool is_from_nobody(const struct sockaddr_storage *from)
{
    in_port_t port;

    memcpy(&port, (const uint8_t *)from + 2, sizeof port);
    return port == 0;
}

static void take_report(int fd, struct msghdr *message)
{
    socklen_t length = message->msg_namelen;

    (void)lwip_recvmsg(fd, message, ZTS_MSG_DONTWAIT);
    message->msg_namelen = length;
}

/* The length of the whole datagram, and its sender. */
static ssize_t receive_one(int fd, struct msghdr *message, int flags, struct sockaddr_storage *from)
{
    for (;;) {
        zts_begin();
        memset(from, 0, sizeof *from);
        message->msg_name = from;
        message->msg_namelen = sizeof *from;
        ssize_t length = lwip_recvmsg(fd, message, flags & LWIP_FLAGS);
        if (length > 0 || (length == 0 && !is_from_nobody(from)))
            return length;
        if (length < 0) {
            if (zts_is_closed(fd))
                zt_stack_errno = ZTS_EBADF;
            else if (zt_stack_errno == ZTS_ECONNRESET)
                zt_stack_errno = ZTS_ECONNREFUSED;
            return -1;
        }
        if ((flags & ZTS_MSG_PEEK) != 0)
            take_report(fd, message);
        int code = zts_take_error(fd);
        if (code != 0) {
            zt_stack_errno = code;
            return -1;
        }
    }
}

/* lwIP takes no empty buffers. Returns how many are left; at least one, which then has a byte. */
static int copy_buffers(struct iovec *to, const struct zts_msghdr *msg, uint8_t *spare)
{
    int count = 0;

    for (int i = 0; i < msg->msg_iovlen; i++) {
        if (msg->msg_iov[i].iov_len == 0)
            continue;
        to[count].iov_base = msg->msg_iov[i].iov_base;
        to[count].iov_len = msg->msg_iov[i].iov_len;
        count++;
    }
    if (count == 0)
        to[count++] = (struct iovec){ .iov_base = spare, .iov_len = 1 };
    return count;
}

static void tell_sender(struct zts_msghdr *msg, const struct sockaddr_storage *from,
                        socklen_t length)
{
    if (msg->msg_name == NULL)
        return;
    memcpy(msg->msg_name, from, msg->msg_namelen < length ? msg->msg_namelen : length);
    msg->msg_namelen = length;
}

static ssize_t receive_into(int fd, struct zts_msghdr *msg, int flags, struct iovec *buffers,
                            size_t room)
{
    struct sockaddr_storage from;
    uint8_t spare;
    struct msghdr message = { .msg_iov = buffers,
                              .msg_control = msg->msg_control,
                              .msg_controllen = msg->msg_controllen };

    message.msg_iovlen = copy_buffers(buffers, msg, &spare);
    ssize_t length = receive_one(fd, &message, flags, &from);
    if (length < 0)
        return zts_finish(length);
    tell_sender(msg, &from, message.msg_namelen);
    bool is_cut = (size_t)length > room;
    msg->msg_controllen = message.msg_controllen;
    msg->msg_flags = (message.msg_flags & ~ZTS_MSG_TRUNC) | (is_cut ? ZTS_MSG_TRUNC : 0);
    zts_set_errno(0);
    return is_cut && (flags & ZTS_MSG_TRUNC) == 0 ? (ssize_t)room : length;
}

static ssize_t receive_datagram(int fd, struct zts_msghdr *msg, int flags, size_t room)
{
    struct iovec few[8];
    struct iovec *buffers = few;

    if (msg->msg_iovlen > (int)(sizeof few / sizeof few[0])) {
        buffers = zt_alloc((size_t)msg->msg_iovlen * sizeof *buffers);
        if (buffers == NULL)
            return zts_fail(ZTS_ENOMEM);
    }
    ssize_t length = receive_into(fd, msg, flags, buffers, room);
    if (buffers != few)
        zt_free(buffers);
    return length;
}

/* Another thread that reads from the same socket comes first. */
static bool await_turn(int fd, int flags)
{
    return zts_turn_take(ZTS_TURN_READ, fd) ||
           zts_turn_await(ZTS_TURN_READ, fd, zts_patience_ms(fd, flags, ZTS_SO_RCVTIMEO));
}

static ssize_t receive(int fd, struct zts_msghdr *msg, int flags)
{
    size_t room = 0;

    if (!zt_socket_is_open(fd))
        return zts_fail(ZTS_EBADF);
    if ((flags & ~KNOWN_FLAGS) != 0)
        return zts_fail(ZTS_EOPNOTSUPP);
    for (int i = 0; i < msg->msg_iovlen; i++) {
        if (msg->msg_iov[i].iov_len > SSIZE_MAX - room)
            return zts_fail(ZTS_EINVAL);
        room += msg->msg_iov[i].iov_len;
    }
    if (!await_turn(fd, flags))
        return zts_fail(ZTS_EAGAIN);
    ssize_t result = zts_is_stream(fd) ? receive_stream(fd, msg, flags, room)
                                       : receive_datagram(fd, msg, flags, room);
    zts_turn_give_back(ZTS_TURN_READ, fd);
    zts_watch_received(fd, result > 0);
    return result;
}

/* "If the socket is connected, the name is ignored" holds for recvmsg; recvfrom tells it. */
static void tell_peer(int fd, struct zts_sockaddr *addr, zts_socklen_t *addrlen)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;

    if (lwip_getpeername(fd, (struct sockaddr *)&peer, &length) != 0)
        return;
    memcpy(addr, &peer, *addrlen < length ? *addrlen : length);
    *addrlen = length;
}

ssize_t zts_bsd_recvfrom(int fd, void *buf, size_t len, int flags, struct zts_sockaddr *addr,
                         zts_socklen_t *addrlen)
{
    struct zts_iovec bytes = { .iov_base = buf, .iov_len = len };
    struct zts_msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1 };

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (buf == NULL || (addr != NULL && addrlen == NULL))
        return ZTS_ERR_ARG;
    message.msg_name = addr;
    message.msg_namelen = addr == NULL ? 0 : *addrlen;
    ssize_t result = receive(fd, &message, flags);
    if (result < 0 || addr == NULL)
        return result;
    *addrlen = message.msg_namelen;
    if (result > 0 && zts_is_stream(fd))
        tell_peer(fd, addr, addrlen);
    return result;
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
    if (msg->msg_iovlen <= 0)
        return zts_fail(ZTS_EMSGSIZE);
    return receive(fd, msg, flags);
}

ssize_t zts_bsd_readv(int fd, const struct zts_iovec *iov, int iovcnt)
{
    struct zts_msghdr message = { .msg_iovlen = iovcnt };

    memcpy(&message.msg_iov, &iov, sizeof iov);
    return zts_bsd_recvmsg(fd, &message, 0);
}
