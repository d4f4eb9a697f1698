/* SPDX-License-Identifier: Apache-2.0 */
/* What streams and datagram sockets have in common: ports and flags. */
#include "stack/tcpsock.h"

#include "stack/hooks.h"
#include "stack/interface.h"
#include "stack/ports.h"

#include "lwip/api.h"
#include "lwip/priv/sockets_priv.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sockets.h"
#include "lwip/udp.h"
#include "os/corelock.h"

static struct lwip_sock *socket_of(int fd)
{
    struct lwip_sock *found = lwip_socket_dbg_get_socket(fd);

    return found == NULL || found->conn == NULL || found->fd_free_pending != 0 ? NULL : found;
}

static bool is_stream(const struct lwip_sock *socket)
{
    return NETCONNTYPE_GROUP(socket->conn->type) == NETCONN_TCP;
}

static bool is_datagram(const struct lwip_sock *socket)
{
    return NETCONNTYPE_GROUP(socket->conn->type) == NETCONN_UDP;
}

/* Its end in lwIP; NULL: none, or none any more, as it is being closed. */
static struct udp_pcb *datagram_of(const struct lwip_sock *socket)
{
    return socket != NULL && is_datagram(socket) ? socket->conn->pcb.udp : NULL;
}

bool zt_socket_is_bound(int fd)
{
    zt_core_lock();
    struct lwip_sock *socket = socket_of(fd);
    bool bound = false;
    if (socket != NULL && socket->conn->pcb.ip != NULL) {
        bound = (is_stream(socket) && socket->conn->pcb.tcp->local_port != 0) ||
                (is_datagram(socket) && socket->conn->pcb.udp->local_port != 0);
    }
    zt_core_unlock();
    return bound;
}

uint16_t zt_socket_choose_port(int fd)
{
    zt_core_lock();
    struct lwip_sock *socket = socket_of(fd);
    uint16_t port = 0;
    if (socket != NULL)
        port = is_stream(socket) ? zt_ports_stream(NULL, 0) : zt_ports_datagram();
    zt_core_unlock();
    return port;
}

bool zt_socket_has_peer(int fd)
{
    zt_core_lock();
    struct lwip_sock *socket = socket_of(fd);
    const struct udp_pcb *pcb = datagram_of(socket);
    bool has = socket != NULL &&
               (!is_datagram(socket) || (pcb != NULL && (pcb->flags & UDP_FLAGS_CONNECTED) != 0));
    zt_core_unlock();
    return has;
}

void zt_socket_bind_datagram(int fd)
{
    zt_core_lock();
    struct udp_pcb *pcb = datagram_of(socket_of(fd));
    if (pcb != NULL && pcb->local_port == 0)
        udp_bind(pcb, &pcb->local_ip, zt_ports_datagram());
    zt_core_unlock();
}

bool zt_socket_set_flag(int fd, uint8_t flag, bool on)
{
    zt_core_lock();
    struct lwip_sock *socket = socket_of(fd);
    bool can = socket != NULL && socket->conn->pcb.ip != NULL;
    if (can && on)
        ip_set_option(socket->conn->pcb.ip, flag);
    else if (can)
        ip_reset_option(socket->conn->pcb.ip, flag);
    zt_core_unlock();
    return can;
}

int zt_socket_get_flag(int fd, uint8_t flag)
{
    zt_core_lock();
    struct lwip_sock *socket = socket_of(fd);
    bool can = socket != NULL && socket->conn->pcb.ip != NULL;
    int value = can ? ip_get_option(socket->conn->pcb.ip, flag) != 0 : -1;
    zt_core_unlock();
    return value;
}

bool zt_socket_is_open(int fd)
{
    return socket_of(fd) != NULL;
}

bool zt_socket_is_raw(int fd)
{
    const struct lwip_sock *socket = socket_of(fd);

    return socket != NULL && NETCONNTYPE_GROUP(socket->conn->type) == NETCONN_RAW &&
           socket->conn->pcb.raw != NULL;
}

bool zt_stack_can_reach(const ip_addr_t *dest)
{
    zt_core_lock();
    bool can = ip_addr_isloopback(dest);
    if (!can && IP_IS_V4(dest))
        can = zt_stack_route4(NULL, ip_2_ip4(dest)) != NULL;
    else if (!can && ip6_addr_isipv4mappedipv6(ip_2_ip6(dest))) {
        ip4_addr_t inner;
        unmap_ipv4_mapped_ipv6(&inner, ip_2_ip6(dest));
        can = zt_stack_route4(NULL, &inner) != NULL;
    } else if (!can)
        can = ip6_addr_islinklocal(ip_2_ip6(dest)) || zt_stack_route6(NULL, ip_2_ip6(dest)) != NULL;
    zt_core_unlock();
    return can;
}

/* A network of two addresses has none (RFC 3021), whatever lwIP says. */
static bool is_broadcast_of(const ip4_addr_t *dest, const struct netif *port)
{
    return __builtin_popcount(ip4_addr_get_u32(netif_ip4_netmask(port))) < 31 &&
           ip4_addr_isbroadcast(dest, port);
}

static bool is_broadcast(const ip4_addr_t *dest)
{
    bool is = ip4_addr_get_u32(dest) == IPADDR_BROADCAST;

    if (ip4_addr_isany(dest))
        return false;
    for (const struct zt_interface *at = zt_interfaces; at != NULL && !is; at = at->next) {
        for (size_t i = 0; i < at->port_count && !is; i++)
            is = is_broadcast_of(dest, at->ports[i]);
    }
    return is;
}

bool zt_stack_is_for_many(const ip_addr_t *dest)
{
    ip4_addr_t inner;

    if (IP_IS_V6(dest) && !ip6_addr_isipv4mappedipv6(ip_2_ip6(dest)))
        return ip6_addr_ismulticast(ip_2_ip6(dest));
    if (IP_IS_V6(dest)) {
        unmap_ipv4_mapped_ipv6(&inner, ip_2_ip6(dest));
    } else {
        ip4_addr_copy(inner, *ip_2_ip4(dest));
    }
    zt_core_lock();
    bool is = ip4_addr_ismulticast(&inner) || is_broadcast(&inner);
    zt_core_unlock();
    return is;
}

void zt_socket_send_groups_by(int fd, unsigned number)
{
    zt_core_lock();
    struct udp_pcb *pcb = datagram_of(socket_of(fd));
    if (pcb != NULL)
        pcb->mcast_ifindex = number > UINT8_MAX ? UINT8_MAX : (u8_t)number;
    zt_core_unlock();
}

bool zt_stack_interface_name(unsigned place, char name[6])
{
    const struct zt_interface *found = NULL;
    unsigned count = 0;

    zt_core_lock();
    for (const struct zt_interface *at = zt_interfaces; at != NULL; at = at->next)
        count++;
    if (place < count) {
        found = zt_interfaces; /* the last one that was joined */
        for (unsigned i = count - 1; i > place; i--)
            found = found->next;
    }
    bool is_named =
        found != NULL && netif_index_to_name(netif_get_index(found->ports[0]), name) != NULL;
    zt_core_unlock();
    return is_named;
}

unsigned zt_stack_default_interface(void)
{
    zt_core_lock();
    unsigned number = zt_interfaces == NULL ? 0 : netif_get_index(zt_interfaces->ports[0]);
    zt_core_unlock();
    return number;
}
