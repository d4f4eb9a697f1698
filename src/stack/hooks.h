/* SPDX-License-Identifier: Apache-2.0 */
/* Where lwIP asks us: routing over managed routes, keeping networks apart, unpredictable numbers. */
#ifndef ZT_STACK_HOOKS_H
#define ZT_STACK_HOOKS_H

#include "lwip/ip_addr.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"

/* The interface that leads to dest; NULL: none. src may be NULL or any. */
struct netif *zt_stack_route4(const ip4_addr_t *src, const ip4_addr_t *dest);
struct netif *zt_stack_route6(const ip6_addr_t *src, const ip6_addr_t *dest);
/* The next hop on the interface, dest itself if on link; NULL: none. */
const ip4_addr_t *zt_stack_gateway4(struct netif *netif, const ip4_addr_t *dest);
const ip6_addr_t *zt_stack_gateway6(struct netif *netif, const ip6_addr_t *dest);
/* Which of its addresses the interface asks for dest by; NULL: it has none. */
const ip6_addr_t *zt_stack_source6(struct netif *netif, const ip6_addr_t *dest);
/* Does who is bound to local hear a broadcast to dest that came by netif? */
int zt_stack_hears4(const ip4_addr_t *local, const ip4_addr_t *dest, const struct netif *netif);
/* Is the header of this type, with which the packet's bytes begin, whole? 1 also for what is no extension. */
int zt_stack_header_fits6(unsigned char type, const struct pbuf *packet);
/* 1, and the packet is freed, if it came over one network but is for our address in another. */
int zt_stack_refuse4(struct pbuf *packet, struct netif *netif);
int zt_stack_refuse6(struct pbuf *packet, struct netif *netif);
/* Has lwIP's thread take in what waits on all interfaces; an err_t. */
signed char zt_stack_poll_soon(void);
/* A segment for a connection, about to be taken in; 0: go on. Else pcb is gone. */
struct tcp_pcb;
struct tcp_hdr;
signed char zt_stack_segment(struct tcp_pcb *pcb, const struct tcp_hdr *header,
                             const struct pbuf *segment);
/* Where the sequence numbers of a new connection begin. */
uint32_t zt_stack_first_sequence(const ip_addr_t *local, uint16_t local_port,
                                 const ip_addr_t *remote, uint16_t remote_port);

#endif
