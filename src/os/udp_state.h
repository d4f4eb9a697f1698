/* SPDX-License-Identifier: Apache-2.0 */
/* What the halves of the UDP driver share: the set of sockets, and addresses as the system has them. */
#ifndef ZT_OS_UDP_STATE_H
#define ZT_OS_UDP_STATE_H

#include "os/udp.h"

#include <netinet/in.h>
#include <pthread.h>
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
    bool awaits_room;        /* the watch was told to look for that */
};

struct zt_arrivals;

/* Of whoever waits, but for the atomic members. */
struct zt_udp_watch {
    int epoll_fd;
    int wake_fd;
    int address_fd;                         /* changes of addresses; -1: the system does not tell */
    struct zt_udp_socket *lone;             /* the only one that the last waits found readable */
    unsigned lone_waits;                    /* how many, each soon after the one before */
    int64_t began_ms;                       /* the last wait */
    int64_t looked_ms;                      /* when all sockets were last looked at */
    bool is_near;                           /* the next wait looks before it sleeps */
    unsigned vain_looks;                    /* since the last that found something */
    unsigned looks_to_skip;                 /* for that reason */
    _Atomic bool is_woken;                  /* and wake_fd not read since */
    struct zt_udp_socket *_Atomic blocking; /* in a receive that lasts until something arrives */
    pthread_mutex_t interrupting;           /* held by who uses the pointer above */
};

struct zt_udp {
    struct zt_udp_socket *sockets[ZT_UDP_MAX_SOCKETS]; /* in order of binding */
    size_t count;
    uint32_t next_number;
    struct zt_udp_watch watch;
    bool use_offload;
    size_t first_to_read;         /* changes, so that no socket starves another */
    struct zt_arrivals *arrivals; /* where datagrams arrive; NULL before the first receive */
    size_t ahead_count;           /* buffers filled while waiting, not yet listed */
    uint32_t ahead_number;        /* the socket that filled them */
};

socklen_t zt_sockaddr_of(union zt_sockaddr *to, const struct zt_endpoint *from);
bool zt_sockaddr_read(const union zt_sockaddr *from, struct zt_endpoint *to);
/* NULL: closed meanwhile. */
struct zt_udp_socket *zt_udp_find(const struct zt_udp *udp, uint32_t number);

/* The watch over all sockets. False, or a negative errno, when the system refuses. */
bool zt_udp_watch_open(struct zt_udp *udp);
void zt_udp_watch_close(struct zt_udp *udp);
int zt_udp_watch_add(struct zt_udp *udp, struct zt_udp_socket *socket);
void zt_udp_watch_remove(struct zt_udp *udp, const struct zt_udp_socket *socket);

/* Receives from this socket, for which it waits a few milliseconds unless it only looks; the next
   zt_udp_receive lists what came. False: nothing. */
bool zt_udp_receive_ahead(struct zt_udp *udp, struct zt_udp_socket *socket, bool only_looks);

#endif
