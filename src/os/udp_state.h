/* SPDX-License-Identifier: Apache-2.0 */
/* What the halves of the UDP driver share: the set of sockets, and addresses as the system has them. */
#ifndef ZT_OS_UDP_STATE_H
#define ZT_OS_UDP_STATE_H

#include "os/udp.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/socket.h>

union zt_sockaddr {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

struct zt_udp_socket {
    uint32_t number;
    int fd;
    struct zt_endpoint local;
    bool is_loopback;
    bool is_readable;        /* as far as the receiving thread knows */
    size_t granted_bytes;    /* receive buffer */
    size_t segment_limit;    /* longest datagram to be sent by segmentation offload; 0: none */
    _Atomic bool is_blocked; /* the last send found it full; not reported as writable since */
};

struct zt_udp {
    struct zt_udp_socket *sockets[ZT_UDP_MAX_SOCKETS]; /* in order of binding */
    size_t count;
    uint32_t next_number;
    int wake_fd;
    int watch_fd; /* changes of addresses; -1: the system does not tell */
    bool use_offload;
    size_t first_to_read; /* changes, so that no socket starves another */
    uint8_t *memory;      /* where datagrams arrive */
};

socklen_t zt_sockaddr_of(union zt_sockaddr *to, const struct zt_endpoint *from);
bool zt_sockaddr_read(const union zt_sockaddr *from, struct zt_endpoint *to);
/* NULL: closed meanwhile. */
struct zt_udp_socket *zt_udp_find(const struct zt_udp *udp, uint32_t number);

#endif
