/* SPDX-License-Identifier: Apache-2.0 */
/* Which local port a socket gets that asked for none. With the core lock held. */
#ifndef ZT_STACK_PORTS_H
#define ZT_STACK_PORTS_H

#include "lwip/ip_addr.h"

/* One that no other stream socket has; with a remote end, only none that is bound or talks to the same
   end. 0: all are taken. */
u16_t zt_ports_stream(const ip_addr_t *remote, u16_t remote_port);
u16_t zt_ports_datagram(void);

#endif
