/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP answers datagrams to closed ports, but does not listen to such answers; and it goes on greeting a
   host that does not exist. Here a connected datagram socket hears that nobody listens (RFC 1122 4.1.3.3),
   and connecting fails when no member of the network answers for the address. */
#include "stack/unreach.h"

#include "stack/hooks.h"
#include "stack/interface.h"
#include "stack/tcpsock.h"

#include "lwip/api.h"
#include "lwip/etharp.h"
#include "lwip/priv/nd6_priv.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sockets.h"
#include "lwip/udp.h"

#include <string.h>

enum { PATIENCE_S = 6 };
enum { ARG_UNANSWERED_S = 3 }; /* the place of our number in a pcb */
enum { PROTOCOL_UDP = 17, ICMP_HEADER = 8 };

static u16_t u16_at(const uint8_t *bytes)
{
    return (u16_t)(bytes[0] << 8 | bytes[1]);
}

/* The reader finds an empty datagram from nobody, and with it the reason. Without memory it hears
   nothing, as if the message had been lost. */
static void tell(struct netconn *conn, err_t reason)
{
    struct netbuf *nothing = netbuf_new();

    if (nothing == NULL)
        return;
    if (netbuf_alloc(nothing, 0) == NULL || sys_mbox_trypost(&conn->recvmbox, nothing) != ERR_OK) {
        netbuf_delete(nothing);
        return;
    }
    if (conn->pending_err == ERR_OK)
        conn->pending_err = reason;
    API_EVENT(conn, NETCONN_EVT_RCVPLUS, 0);
}

/* datagram: the beginning of the UDP header that we sent. */
static void undelivered(const ip_addr_t *to, const uint8_t *datagram, err_t reason)
{
    u16_t from_port = u16_at(datagram), to_port = u16_at(datagram + 2);

    for (struct udp_pcb *at = udp_pcbs; at != NULL; at = at->next) {
        if ((at->flags & UDP_FLAGS_CONNECTED) == 0 || at->local_port != from_port ||
            at->remote_port != to_port || !ip_addr_eq(&at->remote_ip, to) || at->recv_arg == NULL)
            continue;
        struct netconn *conn = at->recv_arg;
        if (sys_mbox_valid(&conn->recvmbox) && (conn->flags & NETCONN_FLAG_MBOXINVALID) == 0)
            tell(conn, reason);
        return;
    }
}

void zt_unreach_heard4(const uint8_t *icmp, size_t length)
{
    const uint8_t *inner = icmp + ICMP_HEADER;
    ip_addr_t to = IPADDR4_INIT(0);

    if (length < ICMP_HEADER + IP_HLEN || icmp[0] != ICMP_DUR || icmp[1] > ICMP_DUR_PORT ||
        icmp[1] == ICMP_DUR_PROTO)
        return;
    size_t header = (inner[0] & 15U) * 4U;
    if (inner[0] >> 4 != 4 || header < IP_HLEN || length < ICMP_HEADER + header + 4 ||
        inner[9] != PROTOCOL_UDP)
        return;
    memcpy(&ip_2_ip4(&to)->addr, inner + 16, 4);
    undelivered(&to, inner + header, icmp[1] == ICMP_DUR_PORT ? ERR_RST : ERR_RTE);
}

void zt_unreach_heard6(const uint8_t *icmp, size_t length)
{
    const uint8_t *inner = icmp + ICMP_HEADER;
    ip_addr_t to = IPADDR6_INIT(0, 0, 0, 0);

    if (length < ICMP_HEADER + IP6_HLEN + 4 || icmp[0] != ICMP6_TYPE_DUR || inner[0] >> 4 != 6 ||
        inner[6] != PROTOCOL_UDP)
        return;
    memcpy(ip_2_ip6(&to)->addr, inner + 24, 16);
    undelivered(&to, inner + IP6_HLEN, icmp[1] == ICMP6_DUR_PORT ? ERR_RST : ERR_RTE);
}

static bool is_answered4(const ip4_addr_t *from, const ip4_addr_t *to)
{
    struct netif *netif = zt_stack_route4(from, to);
    struct eth_addr *mac;
    const ip4_addr_t *found;

    if (netif == NULL || zt_netif_owner(netif) == NULL || ip4_addr_eq(netif_ip4_addr(netif), to))
        return true;
    const ip4_addr_t *hop = zt_stack_gateway4(netif, to);
    return hop == NULL || etharp_find_addr(netif, hop, &mac, &found) >= 0;
}

static bool is_answered6(const ip6_addr_t *from, const ip6_addr_t *to)
{
    struct netif *netif = zt_stack_route6(from, to);

    if (netif == NULL || zt_netif_owner(netif) == NULL || netif_get_ip6_addr_match(netif, to) >= 0)
        return true;
    const ip6_addr_t *hop = zt_stack_gateway6(netif, to);
    if (hop == NULL)
        return true;
    for (unsigned i = 0; i < LWIP_ND6_NUM_NEIGHBORS; i++) {
        const struct nd6_neighbor_cache_entry *entry = &neighbor_cache[i];
        if (ip6_addr_eq(&entry->next_hop_address, hop))
            return entry->state != ND6_NO_ENTRY && entry->state != ND6_INCOMPLETE;
    }
    return false;
}

static bool is_hopeless(struct tcp_pcb *pcb)
{
    bool answered = IP_IS_V4_VAL(pcb->remote_ip)
                        ? is_answered4(ip_2_ip4(&pcb->local_ip), ip_2_ip4(&pcb->remote_ip))
                        : is_answered6(ip_2_ip6(&pcb->local_ip), ip_2_ip6(&pcb->remote_ip));
    uintptr_t seconds = answered ? 0 : (uintptr_t)tcp_ext_arg_get(pcb, ARG_UNANSWERED_S) + 1;

    tcp_ext_arg_set(pcb, ARG_UNANSWERED_S, (void *)seconds);
    return seconds >= PATIENCE_S;
}

static void give_up(struct tcp_pcb *pcb)
{
    const struct netconn *conn = pcb->callback_arg;

    if (conn != NULL)
        zt_tcpsock_unreachable(conn->callback_arg.socket);
    tcp_abandon(pcb, 0);
}

void zt_unreach_check(void)
{
    struct tcp_pcb *at = tcp_active_pcbs;

    while (at != NULL) {
        struct tcp_pcb *next = at->next;
        if (at->state == SYN_SENT && is_hopeless(at))
            give_up(at);
        at = next;
    }
}
