/* SPDX-License-Identifier: Apache-2.0 */
/* Bringing an interface in line with its network's configuration. */
#include "stack/interface.h"

#include "base/mem.h"
#include "lwip/nd6.h"
#include "netif/ethernet.h"
#include "stack/groups.h"
#include "stack/loop.h"
#include "stack/timers.h"

#include <assert.h>
#include <string.h>

/* lwIP numbers its interfaces in one byte, and asserts when it runs out. */
enum { MAX_PORTS = 250 };

struct zt_interface *zt_interfaces;

static unsigned port_total;

struct zt_interface *zt_interface_find(uint64_t nwid)
{
    struct zt_interface *interface = zt_interfaces;

    while (interface != NULL && interface->nwid != nwid)
        interface = interface->next;
    return interface;
}

static struct netif *add_port(struct zt_interface *interface)
{
    if (interface->port_count == ZT_MAX_ASSIGNED || port_total >= MAX_PORTS)
        return NULL;
    struct netif *port = zt_alloc(sizeof *port);
    if (port == NULL)
        return NULL;
    if (netif_add(port, NULL, NULL, NULL, interface, zt_netif_init, ethernet_input) == NULL) {
        zt_free(port);
        return NULL;
    }
    port_total++;
    interface->ports[interface->port_count++] = port;
    netif_set_up(port);
    netif_set_link_up(port);
    return port;
}

static void remove_port(struct zt_interface *interface, size_t index)
{
    struct netif *port = interface->ports[index];

    zt_groups_forget_port(port);
    netif_remove(port);
    zt_loop_drop(port);
    zt_free(port);
    port_total--;
    interface->port_count--;
    memmove(&interface->ports[index], &interface->ports[index + 1],
            (interface->port_count - index) * sizeof port);
}

static bool lists(const struct zt_stack_network *network, const struct zt_endpoint *address)
{
    for (size_t i = 0; i < network->address_count; i++) {
        if (zt_endpoint_equal(&network->addresses[i], address))
            return true;
    }
    return false;
}

static uint8_t prefix_of_mask(const ip4_addr_t *mask)
{
    return (uint8_t)__builtin_popcount(ip4_addr_get_u32(mask));
}

static ip4_addr_t mask_of_prefix(unsigned prefix)
{
    ip4_addr_t mask;

    assert(prefix <= 32);
    ip4_addr_set_u32(&mask, prefix == 0 ? 0 : lwip_htonl(UINT32_MAX << (32 - prefix)));
    return mask;
}

static bool holds_address4(const struct netif *port, const struct zt_endpoint *address)
{
    ip4_addr_t ip = zt_netif_ip4(address);

    return ip4_addr_eq(&ip, netif_ip4_addr(port)) &&
           prefix_of_mask(netif_ip4_netmask(port)) == address->port;
}

/* The first port stays even without an IPv4 address: it carries IPv6. */
static void drop_addresses4(struct zt_interface *interface, const struct zt_stack_network *network)
{
    for (size_t i = interface->port_count; i-- > 0;) {
        struct netif *port = interface->ports[i];
        struct zt_endpoint address = zt_netif_endpoint4(netif_ip4_addr(port));

        address.port = prefix_of_mask(netif_ip4_netmask(port));
        if (ip4_addr_isany_val(*netif_ip4_addr(port)) || lists(network, &address))
            continue;
        if (i == 0)
            netif_set_addr(port, NULL, NULL, NULL);
        else
            remove_port(interface, i);
    }
}

static bool add_address4(struct zt_interface *interface, const struct zt_endpoint *address)
{
    ip4_addr_t ip = zt_netif_ip4(address);
    ip4_addr_t mask = mask_of_prefix(address->port);

    for (size_t i = 0; i < interface->port_count; i++) {
        if (holds_address4(interface->ports[i], address))
            return true;
    }
    struct netif *port = interface->ports[0];
    if (!ip4_addr_isany_val(*netif_ip4_addr(port)))
        port = add_port(interface);
    if (port == NULL)
        return false;
    netif_set_addr(port, &ip, &mask, NULL);
    return true;
}

static void drop_addresses6(struct zt_interface *interface, const struct zt_stack_network *network)
{
    for (size_t i = interface->address6_count; i-- > 0;) {
        if (lists(network, &interface->addresses6[i]))
            continue;
        ip6_addr_t ip = zt_netif_ip6(&interface->addresses6[i]);
        s8_t slot = netif_get_ip6_addr_match(interface->ports[0], &ip);
        if (slot > 0) {
            netif_ip6_addr_set_state(interface->ports[0], slot, IP6_ADDR_INVALID);
            netif_ip6_addr_set(interface->ports[0], slot, IP6_ADDR_ANY6);
        }
        interface->addresses6[i] = interface->addresses6[--interface->address6_count];
    }
}

static bool add_address6(struct zt_interface *interface, const struct zt_endpoint *address)
{
    struct netif *port = interface->ports[0];
    ip6_addr_t ip = zt_netif_ip6(address);

    for (size_t i = 0; i < interface->address6_count; i++) {
        if (zt_endpoint_equal(&interface->addresses6[i], address))
            return true;
    }
    if (interface->address6_count == ZT_MAX_ASSIGNED)
        return false;
    for (s8_t slot = 1; slot < LWIP_IPV6_NUM_ADDRESSES; slot++) {
        if (!ip6_addr_isinvalid(netif_ip6_addr_state(port, slot)))
            continue;
        netif_ip6_addr_set(port, slot, &ip);
        netif_ip6_addr_set_state(port, slot, IP6_ADDR_PREFERRED);
        interface->addresses6[interface->address6_count++] = *address;
        return true;
    }
    return false;
}

static bool add_address(struct zt_interface *interface, const struct zt_endpoint *address)
{
    if (address->family == ZT_FAMILY_IPV4)
        return address->port <= 32 && add_address4(interface, address);
    if (address->family == ZT_FAMILY_IPV6)
        return address->port <= 128 && add_address6(interface, address);
    return false;
}

static void take_lists(struct zt_interface *interface, const struct zt_stack_network *network)
{
    size_t routes = network->route_count < ZT_MAX_ROUTES ? network->route_count : ZT_MAX_ROUTES;
    size_t servers = network->dns_server_count < ZT_MAX_DNS_SERVERS ? network->dns_server_count
                                                                    : ZT_MAX_DNS_SERVERS;

    if (routes > 0)
        memcpy(interface->routes, network->routes, routes * sizeof *network->routes);
    interface->route_count = routes;
    if (servers > 0)
        memcpy(interface->dns_servers, network->dns_servers,
               servers * sizeof *network->dns_servers);
    interface->dns_server_count = servers;
}

bool zt_interface_update(struct zt_interface *interface, const struct zt_stack_network *network)
{
    bool complete = true;

    interface->mtu = (uint16_t)(network->mtu < ZT_MIN_MTU   ? ZT_MIN_MTU
                                : network->mtu > ZT_MAX_MTU ? ZT_MAX_MTU
                                                            : network->mtu);
    take_lists(interface, network);
    drop_addresses4(interface, network);
    drop_addresses6(interface, network);
    for (size_t i = 0; i < network->address_count; i++)
        complete = add_address(interface, &network->addresses[i]) && complete;
    for (size_t i = 0; i < interface->port_count; i++)
        interface->ports[i]->mtu = interface->mtu;
    /* Next hops that were found before may lie elsewhere now. */
    nd6_clear_destination_cache();
    zt_groups_refresh();
    return complete;
}

struct zt_interface *zt_interface_new(const struct zt_stack_network *network)
{
    static const uint8_t all_nodes[6] = { 0x33, 0x33, 0, 0, 0, 1 };
    struct zt_interface *interface = zt_alloc(sizeof *interface);

    if (interface == NULL)
        return NULL;
    interface->nwid = network->nwid;
    interface->mtu = ZT_DEFAULT_MTU;
    memcpy(interface->mac, network->mac, sizeof interface->mac);
    if (add_port(interface) == NULL) {
        zt_free(interface);
        return NULL;
    }
    netif_create_ip6_linklocal_address(interface->ports[0], 1);
    netif_ip6_addr_set_state(interface->ports[0], 0, IP6_ADDR_PREFERRED);
    zt_netif_subscribe(interface, all_nodes, true);
    interface->next = zt_interfaces;
    zt_interfaces = interface;
    zt_timers_interface_added();
    return interface;
}

void zt_interface_free(struct zt_interface *interface)
{
    struct zt_interface **at = &zt_interfaces;

    while (*at != NULL && *at != interface)
        at = &(*at)->next;
    assert(*at == interface);
    while (interface->port_count > 0)
        remove_port(interface, interface->port_count - 1);
    *at = interface->next;
    zt_free(interface->subscriptions);
    zt_free(interface);
}
