/* SPDX-License-Identifier: Apache-2.0 */
/* Which interface leads to a destination, and by which next hop: the longest matching prefix among
   interface addresses and managed routes. Also keeps networks apart on the way in. */
#include "stack/interface.h"
#include "stack/hooks.h"
#include "stack/inspect.h"

#include "lwip/ip6.h"
#include "lwip/prot/ip4.h"
#include "lwip/prot/ip6.h"

#include <string.h>

/* The best way found so far. Prefix -1: none. */
struct way {
    struct zt_interface *interface;
    struct netif *port;
    const struct zt_endpoint *via; /* NULL: on link */
    int prefix;
};

static const struct way no_way = { .prefix = -1 };

static struct netif *port_holding4(const struct zt_interface *interface, const ip4_addr_t *ip)
{
    for (size_t i = 0; i < interface->port_count; i++) {
        if (ip4_addr_eq(netif_ip4_addr(interface->ports[i]), ip))
            return interface->ports[i];
    }
    return NULL;
}

/* A subnet of the interface that contains ip; NULL: none. */
static struct netif *port_near4(const struct zt_interface *interface, const ip4_addr_t *ip,
                                int *prefix)
{
    struct netif *best = NULL;

    *prefix = -1;
    for (size_t i = 0; i < interface->port_count; i++) {
        struct netif *port = interface->ports[i];
        int bits = __builtin_popcount(ip4_addr_get_u32(netif_ip4_netmask(port)));
        if (ip4_addr_isany_val(*netif_ip4_addr(port)) || bits <= *prefix ||
            !ip4_addr_net_eq(ip, netif_ip4_addr(port), netif_ip4_netmask(port)))
            continue;
        best = port;
        *prefix = bits;
    }
    return best;
}

/* The port from which a route's next hop is reached; NULL: it is not reachable. */
static struct netif *port_for_route(const struct zt_interface *interface,
                                    const struct zt_stack_route *route)
{
    int prefix;

    if (route->target.family == ZT_FAMILY_IPV6)
        return interface->ports[0];
    if (route->via.family == ZT_FAMILY_NONE)
        return ip4_addr_isany_val(*netif_ip4_addr(interface->ports[0])) ? NULL
                                                                        : interface->ports[0];
    ip4_addr_t via = zt_netif_ip4(&route->via);
    return port_near4(interface, &via, &prefix);
}

static bool is_own(const struct zt_interface *interface, const struct zt_endpoint *endpoint)
{
    if (endpoint->family == ZT_FAMILY_IPV4) {
        ip4_addr_t ip = zt_netif_ip4(endpoint);
        return port_holding4(interface, &ip) != NULL;
    }
    ip6_addr_t ip = zt_netif_ip6(endpoint);
    return netif_get_ip6_addr_match(interface->ports[0], &ip) >= 0;
}

static void try_routes(struct way *best, struct zt_interface *interface,
                       const struct zt_endpoint *dest)
{
    for (size_t i = 0; i < interface->route_count; i++) {
        const struct zt_stack_route *route = &interface->routes[i];
        if (route->target.port <= best->prefix || !zt_endpoint_in(&route->target, dest))
            continue;
        /* We are the gateway ourselves: lwIP forwards nothing, so this leads nowhere. */
        if (route->via.family != ZT_FAMILY_NONE && is_own(interface, &route->via))
            continue;
        struct netif *port = port_for_route(interface, route);
        if (port == NULL)
            continue;
        best->interface = interface;
        best->port = port;
        best->via = route->via.family == ZT_FAMILY_NONE ? NULL : &route->via;
        best->prefix = route->target.port;
    }
}

static void try_interface(struct way *best, struct zt_interface *interface,
                          const struct zt_endpoint *dest)
{
    if (dest->family == ZT_FAMILY_IPV4) {
        int prefix;
        ip4_addr_t ip = zt_netif_ip4(dest);
        struct netif *port = port_near4(interface, &ip, &prefix);
        if (port != NULL && prefix > best->prefix)
            *best = (struct way){ interface, port, NULL, prefix };
    } else {
        for (size_t i = 0; i < interface->address6_count; i++) {
            const struct zt_endpoint *own = &interface->addresses6[i];
            if (own->port > best->prefix && zt_endpoint_in(own, dest))
                *best = (struct way){ interface, interface->ports[0], NULL, own->port };
        }
    }
    try_routes(best, interface, dest);
}

static struct way find_way(struct zt_interface *only, const struct zt_endpoint *dest)
{
    struct way best = no_way;

    if (only != NULL) {
        try_interface(&best, only, dest);
        return best;
    }
    for (struct zt_interface *at = zt_interfaces; at != NULL; at = at->next)
        try_interface(&best, at, dest);
    return best;
}

struct netif *zt_stack_route4(const ip4_addr_t *src, const ip4_addr_t *dest)
{
    struct zt_interface *bound = NULL;
    struct netif *bound_port = NULL;

    if (ip4_addr_isloopback(dest))
        return NULL;
    for (struct zt_interface *at = zt_interfaces; at != NULL; at = at->next) {
        struct netif *own = port_holding4(at, dest);
        if (own != NULL && !ip4_addr_isany(dest))
            return own;
        if (src == NULL || ip4_addr_isany(src) || bound != NULL)
            continue;
        bound_port = port_holding4(at, src);
        bound = bound_port == NULL ? NULL : at;
    }
    if (ip4_addr_ismulticast(dest) || ip4_addr_get_u32(dest) == IPADDR_BROADCAST)
        return bound != NULL ? bound_port : zt_interfaces != NULL ? zt_interfaces->ports[0] : NULL;

    struct zt_endpoint target = zt_netif_endpoint4(dest);
    struct way way = find_way(bound, &target);
    return way.prefix >= 0 && bound != NULL ? bound_port : way.port;
}

struct netif *zt_stack_route6(const ip6_addr_t *src, const ip6_addr_t *dest)
{
    struct zt_interface *bound = NULL;

    if (ip6_addr_isloopback(dest))
        return NULL;
    for (struct zt_interface *at = zt_interfaces; at != NULL; at = at->next) {
        if (netif_get_ip6_addr_match(at->ports[0], dest) >= 0)
            return at->ports[0];
        if (bound == NULL && src != NULL && !ip6_addr_isany(src) &&
            netif_get_ip6_addr_match(at->ports[0], src) >= 0)
            bound = at;
    }
    if (ip6_addr_ismulticast(dest))
        return bound != NULL           ? bound->ports[0]
               : zt_interfaces != NULL ? zt_interfaces->ports[0]
                                       : NULL;

    struct zt_endpoint target = zt_netif_endpoint6(dest);
    return find_way(bound, &target).port;
}

const ip4_addr_t *zt_stack_gateway4(struct netif *netif, const ip4_addr_t *dest)
{
    static ip4_addr_t hop; /* the lock is held */
    struct zt_interface *interface = zt_netif_owner(netif);
    struct zt_endpoint target = zt_netif_endpoint4(dest);

    if (interface == NULL)
        return NULL;
    struct way way = find_way(interface, &target);
    if (way.prefix < 0)
        return NULL;
    hop = way.via == NULL ? *dest : zt_netif_ip4(way.via);
    return &hop;
}

const ip6_addr_t *zt_stack_gateway6(struct netif *netif, const ip6_addr_t *dest)
{
    static ip6_addr_t hop; /* the lock is held */
    struct zt_interface *interface = zt_netif_owner(netif);
    struct zt_endpoint target = zt_netif_endpoint6(dest);

    if (interface == NULL)
        return NULL;
    struct way way = find_way(interface, &target);
    if (way.prefix < 0)
        return NULL;
    hop = way.via == NULL ? *dest : zt_netif_ip6(way.via);
    return &hop;
}

const ip6_addr_t *zt_stack_source6(struct netif *netif, const ip6_addr_t *dest)
{
    const ip_addr_t *own = ip6_select_source_address(netif, dest);

    return own == NULL ? NULL : ip_2_ip6(own);
}

static int refuse(struct pbuf *packet)
{
    pbuf_free(packet);
    return 1;
}

static bool is_broadcast_of(const ip4_addr_t *dest, const struct netif *port)
{
    return ip4_addr_get_u32(dest) != IPADDR_BROADCAST && ip4_addr_isbroadcast(dest, port);
}

/* Networks may have the same addresses. */
static bool is_for(const struct zt_interface *interface, const ip4_addr_t *dest)
{
    for (size_t i = 0; i < interface->port_count; i++) {
        const struct netif *port = interface->ports[i];
        if (ip4_addr_eq(dest, netif_ip4_addr(port)) || is_broadcast_of(dest, port))
            return true;
    }
    return false;
}

/* Not only by its own subnet: libzt lets who is bound to an address hear all broadcasts of the network. */
int zt_stack_hears4(const ip4_addr_t *local, const ip4_addr_t *dest, const struct netif *netif)
{
    const struct zt_interface *interface = zt_netif_owner(netif);

    return ip4_addr_eq(local, dest) || (interface != NULL && is_for(interface, local));
}

/* lwIP takes any of its addresses on any interface; a member of one network must not reach us by our
   address in another. */
static int refuse_foreign4(struct pbuf *packet, const struct netif *netif)
{
    struct zt_interface *from = zt_netif_owner(netif);
    ip4_addr_t dest;

    if (from == NULL || packet->len < IP_HLEN)
        return 0;
    memcpy(&dest.addr, (const uint8_t *)packet->payload + 16, 4);
    for (struct zt_interface *at = zt_interfaces; at != NULL; at = at->next) {
        if (at != from && is_for(at, &dest))
            return is_for(from, &dest) ? 0 : refuse(packet);
    }
    return 0;
}

static int refuse_foreign6(struct pbuf *packet, const struct netif *netif)
{
    struct zt_interface *from = zt_netif_owner(netif);
    ip6_addr_t dest;

    if (from == NULL || packet->len < IP6_HLEN)
        return 0;
    memset(&dest, 0, sizeof dest);
    memcpy(dest.addr, (const uint8_t *)packet->payload + 24, 16);
    if (netif_get_ip6_addr_match(from->ports[0], &dest) >= 0)
        return 0;
    if (ip6_addr_isloopback(&dest))
        return refuse(packet);
    for (struct zt_interface *at = zt_interfaces; at != NULL; at = at->next) {
        if (at != from && netif_get_ip6_addr_match(at->ports[0], &dest) >= 0)
            return refuse(packet);
    }
    return 0;
}

int zt_stack_refuse4(struct pbuf *packet, struct netif *netif)
{
    int refused = refuse_foreign4(packet, netif);

    if (!refused)
        zt_inspect4(packet);
    return refused;
}

int zt_stack_refuse6(struct pbuf *packet, struct netif *netif)
{
    int refused = refuse_foreign6(packet, netif);

    if (!refused)
        zt_inspect6(packet);
    return refused;
}
