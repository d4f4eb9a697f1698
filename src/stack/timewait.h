/* SPDX-License-Identifier: Apache-2.0 */
/* Ended connections that wait for stray segments. With the core lock held. */
#ifndef ZT_STACK_TIMEWAIT_H
#define ZT_STACK_TIMEWAIT_H

#include "lwip/ip_addr.h"

struct tcp_pcb;

/* Forgets the oldest beyond ZT_MAX_TIME_WAIT. */
void zt_timewait_trim(void);
/* The other end begins a new connection with the ports of an ended one, whose wait is over then: if it
   begins beyond the end of the old one (RFC 1122 4.2.2.13), as a stray segment does not. segment: at least
   the first 14 bytes of the TCP header. */
void zt_timewait_make_way(const ip_addr_t *local, const ip_addr_t *remote, const uint8_t *segment);

/* lwIP ends them without a word to a socket that still has one. Before each round of its timers, of which
   rounds may follow at once. */
void zt_timewait_detach_old(unsigned rounds);

#endif
