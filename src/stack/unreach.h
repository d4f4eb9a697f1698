/* SPDX-License-Identifier: Apache-2.0 */
/* Telling sockets what the network says cannot be reached. With the core lock held. */
#ifndef ZT_STACK_UNREACH_H
#define ZT_STACK_UNREACH_H

#include "lwip/ip_addr.h"

#include <stddef.h>

/* A message came in that a datagram of ours was not delivered: icmp is what follows the IP header of the
   message. Whom it concerns hears of it, a stranger's invention concerns nobody. */
void zt_unreach_heard4(const uint8_t *icmp, size_t length);
void zt_unreach_heard6(const uint8_t *icmp, size_t length);
/* Once a second: attempts to connect to hosts whom nobody has answered for are given up. */
void zt_unreach_check(void);

#endif
