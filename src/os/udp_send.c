/* SPDX-License-Identifier: Apache-2.0 */
/* Sending in batches: a run of equally long datagrams to one place leaves as a single large one that the
   system cuts, several runs leave by one call. */
#define _GNU_SOURCE
#include "os/udp.h"

#include "os/udp_state.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

#define RUNS 32         /* sent by one call */
#define PIECES 512      /* datagrams in them */
#define RUN_PIECES 64   /* the system cuts into no more */
#define RUN_BYTES 65000 /* and takes no more at once */

/* Notes to the system: IP time to live, length of the segments. */
union notes {
    struct cmsghdr align;
    uint8_t bytes[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(uint16_t))];
};

struct departures {
    struct mmsghdr messages[RUNS];
    size_t lengths[RUNS]; /* datagrams in each run */
    struct iovec pieces[PIECES];
    union zt_sockaddr to[RUNS];
    union notes notes[RUNS];
    size_t run_count, piece_count;
};

/* How many datagrams from the first on may leave as one? Equal length but for a shorter last. */
static size_t run_length(const struct zt_udp_socket *socket, const struct zt_datagram *batch,
                         size_t count)
{
    size_t length = 1, bytes = batch[0].length;

    if (bytes == 0 || bytes > socket->segment_limit)
        return 1;
    while (length < count && length < RUN_PIECES) {
        const struct zt_datagram *next = &batch[length];
        if (!zt_link_equal(&next->link, &batch[0].link) || next->ttl != batch[0].ttl)
            break;
        if (next->length == 0 || next->length > batch[0].length || bytes + next->length > RUN_BYTES)
            break;
        bytes += next->length;
        length++;
        if (next->length < batch[0].length)
            break;
    }
    return length;
}

static void add_note(struct msghdr *message, int level, int type, const void *value, size_t length)
{
    struct cmsghdr *note =
        (struct cmsghdr *)((uint8_t *)message->msg_control + message->msg_controllen);

    note->cmsg_level = level;
    note->cmsg_type = type;
    note->cmsg_len = CMSG_LEN(length);
    memcpy(CMSG_DATA(note), value, length);
    message->msg_controllen += CMSG_SPACE(length);
}

static void add_notes(struct msghdr *message, const struct zt_datagram *first, size_t run)
{
    if (first->ttl) {
        int ttl = first->ttl;
        bool is_v4 = first->link.remote.family == ZT_FAMILY_IPV4;
        add_note(message, is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_TTL : IPV6_HOPLIMIT, &ttl,
                 sizeof ttl);
    }
    if (run > 1) {
        uint16_t segment = (uint16_t)first->length;
        add_note(message, SOL_UDP, UDP_SEGMENT, &segment, sizeof segment);
    }
    if (message->msg_controllen == 0)
        message->msg_control = NULL;
}

static void add_run(struct departures *out, const struct zt_datagram *first, size_t run)
{
    size_t i = out->run_count++;
    struct msghdr *message = &out->messages[i].msg_hdr;

    memset(&out->notes[i], 0, sizeof out->notes[i]);
    *message = (struct msghdr){
        .msg_name = &out->to[i],
        .msg_namelen = zt_sockaddr_of(&out->to[i], &first->link.remote),
        .msg_iov = &out->pieces[out->piece_count],
        .msg_iovlen = run,
        .msg_control = &out->notes[i],
    };
    for (size_t k = 0; k < run; k++)
        out->pieces[out->piece_count++] = (struct iovec){ first[k].bytes, first[k].length };
    add_notes(message, first, run);
    out->lengths[i] = run;
}

/* Collects runs for one socket from the front of the batch. */
static void collect(struct departures *out, const struct zt_udp_socket *socket,
                    const struct zt_datagram *batch, size_t count)
{
    size_t at = 0;

    out->run_count = out->piece_count = 0;
    while (at < count && out->run_count < RUNS && batch[at].link.socket == batch[0].link.socket) {
        size_t run = run_length(socket, batch + at, count - at);
        if (out->piece_count + run > PIECES)
            break;
        add_run(out, batch + at, run);
        at += run;
    }
}

/* The first run was refused. How many datagrams are done with: 0 to try again. */
static size_t judge_error(struct zt_udp_socket *socket, const struct departures *out, int error)
{
    if (error == EINTR)
        return 0;
    if (out->lengths[0] == 1)
        return 1; /* no route, too long for the link, forbidden: lost, as anywhere on its way */

    /* EIO: no checksum offload beneath. Otherwise segments are longer than the link takes, and shorter
       ones may still be cut. */
    size_t segment = out->pieces[0].iov_len;
    if (error == EIO || error == ENOPROTOOPT || error == EOPNOTSUPP)
        socket->segment_limit = 0;
    else if (error == EINVAL || error == EMSGSIZE)
        socket->segment_limit = segment - 1;
    else
        return out->lengths[0];
    return 0;
}

/* How many runs left, or -1. A single one, as in an exchange of small messages, by the cheaper call. */
static int depart(int fd, struct departures *out)
{
    if (out->run_count > 1)
        return sendmmsg(fd, out->messages, (unsigned)out->run_count, MSG_DONTWAIT);
    return sendmsg(fd, &out->messages[0].msg_hdr, MSG_DONTWAIT) < 0 ? -1 : 1;
}

/* Sends from the front, all to one socket. How many are done with; *is_full when it takes no more. */
static size_t send_front(struct zt_udp_socket *socket, const struct zt_datagram *batch,
                         size_t count, bool *is_full)
{
    struct departures out;
    size_t done = 0;

    collect(&out, socket, batch, count);
    int sent = depart(socket->fd, &out);
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        *is_full = true;
        return 0;
    }
    if (sent < 0)
        return judge_error(socket, &out, errno);
    for (size_t i = 0; i < (size_t)sent; i++)
        done += out.lengths[i];
    return done;
}

/* Rare and small (a HELLO): a full socket loses it. */
static void send_everywhere(struct zt_udp *udp, const struct zt_datagram *datagram)
{
    const struct zt_endpoint *remote = &datagram->link.remote;
    bool is_loopback = zt_endpoint_scope(remote) == ZT_SCOPE_LOOPBACK;
    struct zt_datagram copy = *datagram;

    for (size_t i = 0; i < udp->count; i++) {
        struct zt_udp_socket *socket = udp->sockets[i];
        bool is_full = false;
        if (socket->local.family != remote->family || socket->is_loopback != is_loopback)
            continue;
        copy.link.socket = socket->number;
        (void)send_front(socket, &copy, 1, &is_full);
    }
}

size_t zt_udp_send(struct zt_udp *udp, const struct zt_datagram *batch, size_t count)
{
    size_t done = 0;

    while (done < count) {
        const struct zt_datagram *next = &batch[done];
        bool is_full = false;
        if (next->link.socket == ZT_LINK_ALL_SOCKETS) {
            send_everywhere(udp, next);
            done++;
            continue;
        }
        struct zt_udp_socket *socket = zt_udp_find(udp, next->link.socket);
        if (!socket || socket->local.family != next->link.remote.family) {
            done++; /* its socket was closed meanwhile */
            continue;
        }
        done += send_front(socket, next, count - done, &is_full);
        if (!is_full)
            continue;
        /* Who waits must now also wait for room. */
        if (!atomic_exchange(&socket->is_blocked, true))
            zt_udp_wake(udp);
        return done;
    }
    return done;
}
