/* SPDX-License-Identifier: Apache-2.0 */
/* One joined network as lwIP sees it: a netif for each of its IPv4 addresses, as lwIP has room for one
   each, the first of which also holds all IPv6 addresses. All with the core lock held. */
#ifndef ZT_STACK_INTERFACE_H
#define ZT_STACK_INTERFACE_H

#include "base/limits.h"
#include "lwip/netif.h"
#include "stack/stack.h"

struct zt_subscription {
    uint8_t mac[6];
    unsigned count; /* groups that map to it */
};

struct zt_interface {
    struct zt_interface *next;
    uint64_t nwid;
    uint8_t mac[6];
    uint16_t mtu;
    struct netif *ports[ZT_MAX_ASSIGNED]; /* owned; state points back here */
    size_t port_count;                    /* at least 1 */
    struct zt_endpoint addresses6[ZT_MAX_ASSIGNED];
    size_t address6_count;
    struct zt_stack_route routes[ZT_MAX_ROUTES];
    size_t route_count;
    struct zt_endpoint dns_servers[ZT_MAX_DNS_SERVERS];
    size_t dns_server_count;
    struct zt_subscription *subscriptions; /* owned */
    size_t subscription_count;
};

extern struct zt_interface *zt_interfaces;
extern struct zt_stack_host zt_stack_host;
extern bool
    zt_stack_held_up; /* the host refused a frame, and has not called zt_stack_resume since */

struct zt_interface *zt_interface_find(uint64_t nwid);
/* NULL when out of memory, or when lwIP has no number left for one more. */
struct zt_interface *zt_interface_new(const struct zt_stack_network *network);
/* Addresses, routes and MTU as given. False: out of memory; what could be done is done. */
bool zt_interface_update(struct zt_interface *interface, const struct zt_stack_network *network);
void zt_interface_free(struct zt_interface *interface);

/* netif.c */
err_t zt_netif_init(struct netif *netif);
/* The interface that a netif belongs to; NULL for loopback. */
struct zt_interface *zt_netif_owner(const struct netif *netif);
void zt_netif_subscribe(struct zt_interface *interface, const uint8_t mac[6], bool on);

ip4_addr_t zt_netif_ip4(const struct zt_endpoint *endpoint);
ip6_addr_t zt_netif_ip6(const struct zt_endpoint *endpoint);
struct zt_endpoint zt_netif_endpoint4(const ip4_addr_t *ip);
struct zt_endpoint zt_netif_endpoint6(const ip6_addr_t *ip);

#endif
