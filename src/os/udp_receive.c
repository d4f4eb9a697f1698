/* SPDX-License-Identifier: Apache-2.0 */
/* Receiving in batches: one call brings several buffers, and each may hold many coalesced datagrams. */
#define _GNU_SOURCE
#include "os/udp.h"

#include "os/udp_state.h"

#include <errno.h>
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

struct arrivals {
    struct mmsghdr messages[BUFFERS];
    struct iovec pieces[BUFFERS];
    union zt_sockaddr from[BUFFERS];
    union {
        struct cmsghdr align;
        uint8_t bytes[CMSG_SPACE(sizeof(int))];
    } notes[BUFFERS];
};

static void prepare(struct arrivals *arrivals, uint8_t *memory, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        arrivals->pieces[i] = (struct iovec){ memory + i * BUFFER_BYTES, BUFFER_BYTES };
        arrivals->messages[i].msg_hdr = (struct msghdr){
            .msg_name = &arrivals->from[i],
            .msg_namelen = sizeof arrivals->from[i],
            .msg_iov = &arrivals->pieces[i],
            .msg_iovlen = 1,
            .msg_control = &arrivals->notes[i],
            .msg_controllen = sizeof arrivals->notes[i],
        };
    }
}

/* Reads one socket into the buffers from *used on. */
static size_t receive_from(struct zt_udp *udp, struct zt_udp_socket *socket, size_t *used,
                           struct zt_datagram *batch, size_t capacity)
{
    struct arrivals arrivals;
    uint8_t *memory = udp->memory + *used * BUFFER_BYTES;
    size_t buffers = BUFFERS - *used;
    size_t count = 0;

    prepare(&arrivals, memory, buffers);
    int got = recvmmsg(socket->fd, arrivals.messages, (unsigned)buffers, MSG_DONTWAIT, NULL);
    if (got < (int)buffers)
        socket->is_readable = false;
    if (got <= 0)
        return 0;
    for (size_t i = 0; i < (size_t)got; i++) {
        struct zt_link link = { .socket = socket->number };
        if (!zt_sockaddr_read(&arrivals.from[i], &link.remote))
            continue;
        count +=
            split(&link, memory + i * BUFFER_BYTES, arrivals.messages[i].msg_len,
                  segment_length(&arrivals.messages[i].msg_hdr), batch + count, capacity - count);
    }
    *used += (size_t)got;
    return count;
}

size_t zt_udp_receive(struct zt_udp *udp, struct zt_datagram batch[ZT_UDP_BATCH])
{
    size_t used = 0, count = 0;

    /* Large, but the system only backs the parts that something arrived in. */
    if (!udp->memory)
        udp->memory = malloc((size_t)BUFFERS * BUFFER_BYTES);
    if (!udp->memory)
        return 0;
    for (size_t i = 0; i < udp->count && used < BUFFERS; i++) {
        struct zt_udp_socket *socket = udp->sockets[(udp->first_to_read + i) % udp->count];
        if (socket->is_readable)
            count += receive_from(udp, socket, &used, batch + count, ZT_UDP_BATCH - count);
    }
    udp->first_to_read++;
    return count;
}
