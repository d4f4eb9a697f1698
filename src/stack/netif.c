/* SPDX-License-Identifier: Apache-2.0 */
/* Frames between the network and lwIP, and which multicast MACs lwIP listens to. */
#include "stack/interface.h"

#include "stack/acks.h"
#include "stack/timers.h"

#include "base/mem.h"
#include "lwip/etharp.h"
#include "lwip/ethip6.h"
#include "lwip/igmp.h"
#include "lwip/mld6.h"
#include "lwip/pbuf.h"
#include "lwip/prot/ethernet.h"
#include "lwip/snmp.h"
#include "lwip/stats.h"

#include <string.h>

enum { HEADER = 14, ARP_LENGTH = 28 };

struct zt_stack_host zt_stack_host;

ip4_addr_t zt_netif_ip4(const struct zt_endpoint *endpoint)
{
    ip4_addr_t ip;

    memcpy(&ip.addr, endpoint->ip, 4);
    return ip;
}

ip6_addr_t zt_netif_ip6(const struct zt_endpoint *endpoint)
{
    ip6_addr_t ip;

    memset(&ip, 0, sizeof ip);
    memcpy(ip.addr, endpoint->ip, 16);
    return ip;
}

struct zt_endpoint zt_netif_endpoint4(const ip4_addr_t *ip)
{
    uint8_t bytes[4];

    memcpy(bytes, &ip->addr, sizeof bytes);
    return zt_endpoint_v4(bytes, 0);
}

struct zt_endpoint zt_netif_endpoint6(const ip6_addr_t *ip)
{
    uint8_t bytes[16];

    memcpy(bytes, ip->addr, sizeof bytes);
    return zt_endpoint_v6(bytes, 0);
}

/* Only Ethernet interfaces are ours; lwIP's loopback has none of our state. */
struct zt_interface *zt_netif_owner(const struct netif *netif)
{
    if ((netif->flags & NETIF_FLAG_ETHERNET) == 0)
        return NULL;
    return netif->state;
}

static const uint8_t *gather(const struct pbuf *packet)
{
    static uint8_t whole[HEADER + ZT_MAX_MTU]; /* the lock is held */

    if (packet->tot_len > sizeof whole)
        return NULL;
    pbuf_copy_partial(packet, whole, packet->tot_len, 0);
    return whole;
}

static err_t send_frame(struct netif *netif, struct pbuf *packet)
{
    struct zt_interface *interface = netif->state;
    err_t result = ERR_OK;

    if (zt_stack_host.frame == NULL)
        return ERR_IF;
    /* Of whatever kind it is: most frames that leave are TCP's. */
    zt_timers_tcp_busy();
    pbuf_remove_header(packet, ETH_PAD_SIZE);
    const uint8_t *bytes = packet->next == NULL ? packet->payload : gather(packet);
    if (bytes == NULL)
        result = ERR_BUF;
    else if (!zt_stack_host.frame(zt_stack_host.context, interface->nwid, bytes, packet->tot_len)) {
        zt_stack_held_up = true;
        result = ERR_WOULDBLOCK;
    }
    pbuf_add_header(packet, ETH_PAD_SIZE);

    if (result == ERR_OK)
        LINK_STATS_INC(link.xmit);
    else
        LINK_STATS_INC(link.drop);
    return result;
}

/* We hear our own broadcasts, once they have been sent: who is told to try again will. */
static err_t send_packet4(struct netif *netif, struct pbuf *packet, const ip4_addr_t *dest)
{
    struct pbuf *copy = NULL;

    if (ip4_addr_isbroadcast(dest, netif))
        copy = pbuf_clone(PBUF_LINK, PBUF_RAM, packet);
    err_t result = etharp_output(netif, packet, dest);
    if (copy == NULL)
        return result;
    if (result == ERR_OK)
        (void)netif_loop_output(netif, copy);
    pbuf_free(copy);
    return result;
}

static struct zt_subscription *find_subscription(struct zt_interface *interface,
                                                 const uint8_t mac[6])
{
    for (size_t i = 0; i < interface->subscription_count; i++) {
        if (memcmp(interface->subscriptions[i].mac, mac, 6) == 0)
            return &interface->subscriptions[i];
    }
    return NULL;
}

static struct zt_subscription *add_subscription(struct zt_interface *interface,
                                                const uint8_t mac[6])
{
    size_t count = interface->subscription_count;

    if (count == ZT_MAX_GROUPS)
        return NULL;
    struct zt_subscription *grown = zt_alloc((count + 1) * sizeof *grown);
    if (grown == NULL)
        return NULL;
    if (count > 0)
        memcpy(grown, interface->subscriptions, count * sizeof *grown);
    zt_free(interface->subscriptions);
    interface->subscriptions = grown;
    interface->subscription_count = count + 1;
    memcpy(grown[count].mac, mac, 6);
    return &grown[count];
}

static void tell_host(const struct zt_interface *interface, const uint8_t mac[6], bool on)
{
    if (zt_stack_host.subscribe != NULL)
        zt_stack_host.subscribe(zt_stack_host.context, interface->nwid, mac, on);
}

/* Several groups may share a MAC: the host hears of the first and of the last. */
void zt_netif_subscribe(struct zt_interface *interface, const uint8_t mac[6], bool on)
{
    struct zt_subscription *found = find_subscription(interface, mac);

    if (found == NULL && on)
        found = add_subscription(interface, mac);
    if (found == NULL)
        return;
    if (on && found->count++ == 0)
        tell_host(interface, mac, true);
    if (on || --found->count > 0)
        return;
    tell_host(interface, found->mac, false);
    *found = interface->subscriptions[--interface->subscription_count];
}

static err_t filter_group4(struct netif *netif, const ip4_addr_t *group,
                           enum netif_mac_filter_action action)
{
    const uint8_t mac[6] = { LL_IP4_MULTICAST_ADDR_0, LL_IP4_MULTICAST_ADDR_1,
                             LL_IP4_MULTICAST_ADDR_2, ip4_addr2(group) & 0x7f,
                             ip4_addr3(group),        ip4_addr4(group) };

    zt_netif_subscribe(netif->state, mac, action == NETIF_ADD_MAC_FILTER);
    return ERR_OK;
}

static err_t filter_group6(struct netif *netif, const ip6_addr_t *group,
                           enum netif_mac_filter_action action)
{
    uint8_t mac[6] = { 0x33, 0x33, 0, 0, 0, 0 };

    memcpy(mac + 2, &group->addr[3], 4);
    zt_netif_subscribe(netif->state, mac, action == NETIF_ADD_MAC_FILTER);
    return ERR_OK;
}

err_t zt_netif_init(struct netif *netif)
{
    struct zt_interface *interface = netif->state;

    netif->name[0] = 'z';
    netif->name[1] = 't';
    netif->mtu = interface->mtu;
    netif->hwaddr_len = sizeof interface->mac;
    memcpy(netif->hwaddr, interface->mac, sizeof interface->mac);
    netif->output = send_packet4;
    netif->output_ip6 = ethip6_output;
    netif->linkoutput = send_frame;
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET |
                   NETIF_FLAG_IGMP | NETIF_FLAG_MLD6;
    netif_set_igmp_mac_filter(netif, filter_group4);
    netif_set_mld_mac_filter(netif, filter_group6);
    /* The network authenticates each frame, so checksums are made for others but not verified. */
    NETIF_SET_CHECKSUM_CTRL(netif, NETIF_CHECKSUM_GEN_IP | NETIF_CHECKSUM_GEN_UDP |
                                       NETIF_CHECKSUM_GEN_TCP | NETIF_CHECKSUM_GEN_ICMP |
                                       NETIF_CHECKSUM_GEN_ICMP6);
    MIB2_INIT_NETIF(netif, snmp_ifType_ethernet_csmacd, 0);
    return ERR_OK;
}

static struct netif *port_of_ip4(struct zt_interface *interface, const uint8_t *bytes)
{
    ip4_addr_t ip;

    memcpy(&ip.addr, bytes, 4);
    for (size_t i = 0; i < interface->port_count; i++) {
        struct netif *port = interface->ports[i];
        bool is_group = ip4_addr_ismulticast(&ip) && igmp_lookfor_group(port, &ip) != NULL;
        if (is_group || ip4_addr_eq(&ip, netif_ip4_addr(port)))
            return port;
    }
    return interface->ports[0];
}

static unsigned type_of(const uint8_t *frame)
{
    return (unsigned)frame[12] << 8 | frame[13];
}

/* ARP and IPv4 belong to the netif that has the address. */
static struct netif *choose_port(struct zt_interface *interface, const uint8_t *frame)
{
    unsigned type = type_of(frame);

    if (type == ETHTYPE_ARP)
        return port_of_ip4(interface, frame + HEADER + 24);
    if (type == ETHTYPE_IP)
        return port_of_ip4(interface, frame + HEADER + 16);
    return interface->ports[0];
}

/* lwIP reads the first header of a packet before it looks whether it is there: on Ethernet there would be
   padding. */
static bool is_whole(const uint8_t *frame, size_t length)
{
    if (length < HEADER || length > HEADER + ZT_MAX_MTU)
        return false;
    switch (type_of(frame)) {
    case ETHTYPE_ARP:
        return length >= HEADER + ARP_LENGTH;
    case ETHTYPE_IP:
        return length >= HEADER + IP_HLEN;
    case ETHTYPE_IPV6:
        return length >= HEADER + IP6_HLEN;
    default:
        return true;
    }
}

void zt_stack_input(uint64_t nwid, const uint8_t *frame, size_t length)
{
    struct zt_interface *interface = zt_interface_find(nwid);

    if (interface == NULL)
        return;
    if (!is_whole(frame, length)) {
        LINK_STATS_INC(link.lenerr);
        return;
    }
    struct pbuf *packet = pbuf_alloc(PBUF_RAW, (u16_t)(length + ETH_PAD_SIZE), PBUF_RAM);
    if (packet == NULL) {
        LINK_STATS_INC(link.memerr);
        return;
    }
    memcpy((uint8_t *)packet->payload + ETH_PAD_SIZE, frame, length);
    LINK_STATS_INC(link.recv);

    struct netif *port = choose_port(interface, frame);
    zt_acks_set_batch(true);
    if (port->input(packet, port) != ERR_OK)
        pbuf_free(packet);
    zt_acks_set_batch(false);
}

void zt_stack_input_done(void)
{
    zt_acks_release();
}
