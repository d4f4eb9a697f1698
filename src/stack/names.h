/* SPDX-License-Identifier: Apache-2.0 */
/* DNS servers: named by the user, else by the networks. With the core lock held. */
#ifndef ZT_STACK_NAMES_H
#define ZT_STACK_NAMES_H

#include "lwip/ip_addr.h"

/* slot < DNS_MAX_SERVERS; the any address gives the slot back to the networks. */
void zt_names_set_server(unsigned slot, const ip_addr_t *server);
void zt_names_refresh(void);
/* Around a wait for a server's answer, which takes a timer even where no network is joined. They take the lock
   themselves. */
void zt_names_lookup_began(void);
void zt_names_lookup_ended(void);

#endif
