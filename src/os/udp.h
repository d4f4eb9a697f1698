/* SPDX-License-Identifier: Apache-2.0 */
/* Numbered UDP sockets, driven in batches: one system call moves tens of datagrams each way.
   One thread at a time binds, closes, waits and receives. Sending, binding and closing exclude each other by a
   lock of the caller; waking needs none. */
#ifndef ZT_OS_UDP_H
#define ZT_OS_UDP_H

#include "base/endpoint.h"

struct zt_udp;

#define ZT_UDP_MAX_SOCKETS 256
#define ZT_UDP_BATCH 1024 /* the most datagrams that one receive returns */

struct zt_datagram {
    struct zt_link link; /* remote; the socket it came by or leaves by */
    uint8_t ttl;         /* when sending: IP time to live; 0: the system's default */
    uint8_t *bytes;
    size_t length;
};

struct zt_udp *zt_udp_new(void); /* NULL if the system refuses */
void zt_udp_free(struct zt_udp *udp);

/* Binds one socket to exactly this IP and port (0: any free one). Its number, which is never used again,
   or a negative errno. */
int zt_udp_bind(struct zt_udp *udp, const struct zt_endpoint *local);
void zt_udp_close(struct zt_udp *udp, uint32_t number);
size_t zt_udp_count(const struct zt_udp *udp);
/* The index-th open socket in order of binding: its number, and where it is bound. */
uint32_t zt_udp_at(const struct zt_udp *udp, size_t index, struct zt_endpoint *local);

#define ZT_UDP_READABLE 1u
#define ZT_UDP_WRITABLE 2u  /* a socket that was full has room again */
#define ZT_UDP_ADDRESSES 4u /* addresses of this machine changed */

/* Sleeps until there is something to do, somebody wakes, or timeout_ms (< 0: never) passed. While one
   socket keeps bringing datagrams at once, news of the others may come a few milliseconds late. */
unsigned zt_udp_wait(struct zt_udp *udp, int64_t timeout_ms);
void zt_udp_wake(struct zt_udp *udp); /* any thread */
/* What the next wait is for may come at once: where one socket keeps bringing datagrams, it looks for a
   moment before it sleeps, as long as that is worth it. */
void zt_udp_expect(struct zt_udp *udp);

/* Takes what has arrived at the sockets that the last wait found readable, without waiting; 0 when that
   is all. Bytes may be written to and are valid until the next call. */
size_t zt_udp_receive(struct zt_udp *udp, struct zt_datagram batch[ZT_UDP_BATCH]);

/* Sends in order; runs of equally long datagrams to one link leave as one. Returns how many are done
   with, whether sent or lost; fewer than count when a socket is full: offer the rest again later. A link
   to every socket goes out of each socket of its family; loopback sockets reach loopback only. */
size_t zt_udp_send(struct zt_udp *udp, const struct zt_datagram *batch, size_t count);
/* Is a socket full, and not yet reported as writable? Any thread. */
bool zt_udp_is_blocked(const struct zt_udp *udp);
/* Ends that state: what waits was given up. */
void zt_udp_unblock(struct zt_udp *udp);

/* The granted size of the smallest receive buffer; 0 without sockets. */
size_t zt_udp_granted_bytes(const struct zt_udp *udp);
/* For tests: segmentation offload off, as on systems without it. */
void zt_udp_disable_offload(struct zt_udp *udp);

#endif
