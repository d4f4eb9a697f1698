/* SPDX-License-Identifier: Apache-2.0 */
/* Groups that datagram sockets are in, and in which networks. With the core lock held. */
#ifndef ZT_STACK_GROUPS_H
#define ZT_STACK_GROUPS_H

#include "lwip/ip_addr.h"

#include <stdbool.h>

struct netif;

struct zt_membership {
    int fd;
    ip_addr_t group;
    /* IPv4: the address that we have in the network; IPv6: the number of its interface. 0: all networks,
       those that come later, too. */
    uint32_t network;
};

/* 0 or an error number. fd is a datagram socket that is open. */
int zt_groups_join(const struct zt_membership *wanted);
int zt_groups_leave(const struct zt_membership *wanted);
/* The socket is closed. */
void zt_groups_closed(int fd);

/* Interfaces or their addresses have changed. */
void zt_groups_refresh(void);
/* The interface is about to go. */
void zt_groups_forget_port(const struct netif *port);

#endif
