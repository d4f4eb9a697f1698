/* SPDX-License-Identifier: Apache-2.0 */
/* One socket for all members: the source address of what is sent is chosen, and that to which something was
   sent says for whom it is. */
#include "crowd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST = 0xac100000, SUBNETS = 4096, BUFFER = 16 << 20, AT_ONCE = 1024 };

/* A /24 for each as long as there are some, since a root takes strangers from one /24 only now and then
   (docs/wire.md 6.13). */
static uint32_t address_of(unsigned index)
{
    return FIRST | (index % SUBNETS) << 8 | (1 + index / SUBNETS);
}

static unsigned index_of(uint32_t address)
{
    return (address >> 8 & (SUBNETS - 1)) + ((address & 255) - 1) * SUBNETS;
}

void crowd_open(struct crowd *crowd)
{
    struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(CROWD_PORT) };
    int on = 1, size = BUFFER;

    crowd->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (crowd->fd < 0 || bind(crowd->fd, (const struct sockaddr *)&any, sizeof any) != 0 ||
        setsockopt(crowd->fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) != 0)
        crowd_die("opening the socket");
    /* Root may exceed the system's bound; with less, more is lost and asked again. */
    (void)setsockopt(crowd->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
}

union control {
    struct cmsghdr head;
    char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

static void send_from(int fd, uint32_t from, const struct zt_effect *effect)
{
    const struct zt_endpoint *remote = &effect->link.remote;
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(remote->port) };
    struct in_pktinfo info = { .ipi_spec_dst.s_addr = htonl(from) };
    struct iovec bytes = { (void *)(uintptr_t)effect->bytes, effect->length };
    union control control = { .head = { .cmsg_len = CMSG_LEN(sizeof info),
                                        .cmsg_level = IPPROTO_IP,
                                        .cmsg_type = IP_PKTINFO } };
    struct msghdr message = { .msg_name = &to,
                              .msg_namelen = sizeof to,
                              .msg_iov = &bytes,
                              .msg_iovlen = 1,
                              .msg_control = control.bytes,
                              .msg_controllen = sizeof control.bytes };

    memcpy(CMSG_DATA(&control.head), &info, sizeof info);
    memcpy(&to.sin_addr, remote->ip, 4);
    (void)sendmsg(fd, &message, 0);
}

/* Of all else that a node wants, only its proofs matter here: they succeed at once. */
void crowd_send(const struct crowd *crowd, unsigned index)
{
    struct zt_node *node = crowd->members[index].node;
    struct zt_effect effect;

    while (zt_node_next(node, &effect))
        if (effect.kind == ZT_EFFECT_PROVE)
            zt_node_proved(node, crowd_now(), effect.id, true);
    while (zt_node_next_send(node, &effect))
        if (effect.link.remote.family == ZT_FAMILY_IPV4)
            send_from(crowd->fd, address_of(index), &effect);
}

/* The member that the message is for; CROWD_MOST: none. */
static unsigned find_member(const struct crowd *crowd, struct msghdr *message)
{
    struct cmsghdr *control = CMSG_FIRSTHDR(message);
    struct in_pktinfo info;
    unsigned index;

    if (!control || control->cmsg_type != IP_PKTINFO)
        return CROWD_MOST;
    memcpy(&info, CMSG_DATA(control), sizeof info);
    index = index_of(ntohl(info.ipi_addr.s_addr));
    return index < crowd->count && crowd->members[index].node ? index : CROWD_MOST;
}

static bool receive_one(struct crowd *crowd)
{
    uint8_t buffer[2048];
    struct sockaddr_in from;
    union control control;
    struct iovec bytes = { buffer, sizeof buffer };
    struct msghdr message = { .msg_name = &from,
                              .msg_namelen = sizeof from,
                              .msg_iov = &bytes,
                              .msg_iovlen = 1,
                              .msg_control = control.bytes,
                              .msg_controllen = sizeof control.bytes };
    ssize_t length = recvmsg(crowd->fd, &message, 0);
    unsigned index = length > 0 ? find_member(crowd, &message) : CROWD_MOST;
    uint8_t ip[4];

    if (index == CROWD_MOST)
        return length > 0;
    memcpy(ip, &from.sin_addr, sizeof ip);
    struct zt_link link = { 0, zt_endpoint_v4(ip, ntohs(from.sin_port)) };
    zt_node_datagram(crowd->members[index].node, crowd_now(), &link, buffer, (size_t)length);
    crowd_send(crowd, index);
    return true;
}

void crowd_receive(struct crowd *crowd, int wait_ms)
{
    struct pollfd waiting = { .fd = crowd->fd, .events = POLLIN };

    if (poll(&waiting, 1, wait_ms) <= 0)
        return;
    for (int i = 0; i < AT_ONCE && receive_one(crowd); i++)
        continue;
}
