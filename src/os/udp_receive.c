/* SPDX-License-Identifier: Apache-2.0 */
/* Receiving in batches: one call brings several buffers, and each may hold many coalesced datagrams. */
#define _GNU_SOURCE
#include "os/udp.h"

#include "os/udp_state.h"

#include <assert.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

#define BUFFERS 16         /* read by one call */
#define BUFFER_BYTES 65536 /* no UDP payload, coalesced or not, is longer */
#define MOST_COALESCED 64  /* datagrams the system puts into one buffer */

_Static_assert(BUFFERS *MOST_COALESCED <= ZT_UDP_BATCH, "one call's datagrams fit into a batch");

/* The length of each coalesced datagram, as the system noted; 0: there is only one. */
static size_t segment_length(struct msghdr *message)
{
    for (struct cmsghdr *note = CMSG_FIRSTHDR(message); note; note = CMSG_NXTHDR(message, note)) {
        if (note->cmsg_level != SOL_UDP || note->cmsg_type != UDP_GRO)
            continue;
        int length;
        memcpy(&length, CMSG_DATA(note), sizeof length);
        return length > 0 ? (size_t)length : 0;
    }
    return 0;
}

/* Lists the datagrams of one buffer. */
static size_t split(const struct zt_link *link, uint8_t *bytes, size_t length, size_t segment,
                    struct zt_datagram *batch, size_t capacity)
{
    size_t count = 0;

    if (segment == 0)
        segment = length;
    while (length > 0 && count < capacity) {
        size_t piece = length < segment ? length : segment;
        batch[count++] = (struct zt_datagram){ .link = *link, .bytes = bytes, .length = piece };
        bytes += piece;
        length -= piece;
    }
    return count;
}

struct zt_arrivals {
    struct mmsghdr messages[BUFFERS];
    struct iovec pieces[BUFFERS];
    union zt_sockaddr from[BUFFERS];
    union {
        struct cmsghdr align;
        uint8_t bytes[CMSG_SPACE(sizeof(int))];
    } notes[BUFFERS];
    uint8_t memory[BUFFERS][BUFFER_BYTES];
};

/* The system writes how much it filled over how much there is. */
static void prepare(struct zt_arrivals *arrivals, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++) {
        arrivals->messages[i].msg_hdr.msg_namelen = sizeof arrivals->from[i];
        arrivals->messages[i].msg_hdr.msg_controllen = sizeof arrivals->notes[i];
    }
}

/* Large, but the system only backs the parts that something arrived in. */
static struct zt_arrivals *new_arrivals(void)
{
    struct zt_arrivals *arrivals = malloc(sizeof *arrivals);

    if (!arrivals)
        return NULL;
    for (size_t i = 0; i < BUFFERS; i++) {
        arrivals->pieces[i] = (struct iovec){ arrivals->memory[i], BUFFER_BYTES };
        arrivals->messages[i].msg_hdr = (struct msghdr){
            .msg_name = &arrivals->from[i],
            .msg_iov = &arrivals->pieces[i],
            .msg_iovlen = 1,
            .msg_control = &arrivals->notes[i],
        };
    }
    prepare(arrivals, 0, BUFFERS);
    return arrivals;
}

/* Lists what came into the buffers from first on, and prepares them for what comes next. */
static size_t list(struct zt_arrivals *arrivals, uint32_t number, size_t first, size_t filled,
                   struct zt_datagram *batch, size_t capacity)
{
    struct zt_link link = { .socket = number };
    size_t count = 0;

    for (size_t i = first; i < first + filled; i++) {
        struct mmsghdr *message = &arrivals->messages[i];
        if (!zt_sockaddr_read(&arrivals->from[i], &link.remote))
            continue;
        count += split(&link, arrivals->memory[i], message->msg_len,
                       segment_length(&message->msg_hdr), batch + count, capacity - count);
    }
    prepare(arrivals, first, filled);
    return count;
}

/* Into the buffers from first on. How many were filled. */
static size_t receive_from(struct zt_arrivals *arrivals, struct zt_udp_socket *socket, size_t first,
                           int flags)
{
    unsigned room = (unsigned)(BUFFERS - first);
    int got = recvmmsg(socket->fd, arrivals->messages + first, room, flags, NULL);

    socket->is_readable = got == (int)room;
    return got > 0 ? (size_t)got : 0;
}

bool zt_udp_receive_ahead(struct zt_udp *udp, struct zt_udp_socket *socket, bool only_looks)
{
    assert(udp->ahead_count == 0);
    if (!udp->arrivals)
        return false;
    udp->ahead_count =
        receive_from(udp->arrivals, socket, 0, only_looks ? MSG_DONTWAIT : MSG_WAITFORONE);
    udp->ahead_number = socket->number;
    return udp->ahead_count > 0;
}

static size_t list_ahead(struct zt_udp *udp, struct zt_datagram *batch)
{
    size_t filled = udp->ahead_count;

    udp->ahead_count = 0;
    return list(udp->arrivals, udp->ahead_number, 0, filled, batch, ZT_UDP_BATCH);
}

size_t zt_udp_receive(struct zt_udp *udp, struct zt_datagram batch[ZT_UDP_BATCH])
{
    size_t used = 0, count = 0;

    if (!udp->arrivals)
        udp->arrivals = new_arrivals();
    if (!udp->arrivals)
        return 0;
    if (udp->ahead_count > 0)
        return list_ahead(udp, batch);
    for (size_t i = 0; i < udp->count && used < BUFFERS; i++) {
        struct zt_udp_socket *socket = udp->sockets[(udp->first_to_read + i) % udp->count];
        if (!socket->is_readable)
            continue;
        size_t got = receive_from(udp->arrivals, socket, used, MSG_DONTWAIT);
        count +=
            list(udp->arrivals, socket->number, used, got, batch + count, ZT_UDP_BATCH - count);
        used += got;
    }
    udp->first_to_read++;
    return count;
}
