/* SPDX-License-Identifier: Apache-2.0 */
/* New connections end a wait of earlier ones with the same ports, and reports of undelivered datagrams
   reach their sockets. What is malformed is left to lwIP, which drops and counts it. */
#include "stack/inspect.h"

#include "stack/timewait.h"
#include "stack/unreach.h"

#include "lwip/prot/ip.h"
#include "lwip/prot/ip4.h"
#include "lwip/prot/ip6.h"

#include <stdbool.h>
#include <string.h>

/* As much of what follows the IP header as anyone looks at: an ICMP message with the IP header and ports
   of what it is about. */
enum { LOOK = 8 + 60 + 8, TCP_HEAD = 14 };

void zt_inspect4(const struct pbuf *packet)
{
    uint8_t bytes[60 + LOOK];
    ip_addr_t source = IPADDR4_INIT(0), dest = IPADDR4_INIT(0);
    size_t length = pbuf_copy_partial(packet, bytes, sizeof bytes, 0);
    size_t header = length > 0 ? (bytes[0] & 15U) * 4U : 0;

    if (length < IP_HLEN || header < IP_HLEN || length < header + TCP_HEAD)
        return;
    bool is_later_fragment = (bytes[6] & 0x1f) != 0 || bytes[7] != 0;
    if (is_later_fragment)
        return;
    memcpy(&ip_2_ip4(&source)->addr, bytes + 12, 4);
    memcpy(&ip_2_ip4(&dest)->addr, bytes + 16, 4);
    if (bytes[9] == IP_PROTO_TCP)
        zt_timewait_make_way(&dest, &source, bytes + header);
    else if (bytes[9] == IP_PROTO_ICMP)
        zt_unreach_heard4(bytes + header, length - header);
}

void zt_inspect6(const struct pbuf *packet)
{
    uint8_t bytes[IP6_HLEN + LOOK];
    ip_addr_t source = IPADDR6_INIT(0, 0, 0, 0), dest = IPADDR6_INIT(0, 0, 0, 0);
    size_t length = pbuf_copy_partial(packet, bytes, sizeof bytes, 0);

    if (length < IP6_HLEN + TCP_HEAD)
        return;
    memcpy(ip_2_ip6(&source)->addr, bytes + 8, 16);
    memcpy(ip_2_ip6(&dest)->addr, bytes + 24, 16);
    if (bytes[6] == IP6_NEXTH_TCP)
        zt_timewait_make_way(&dest, &source, bytes + IP6_HLEN);
    else if (bytes[6] == IP6_NEXTH_ICMP6)
        zt_unreach_heard6(bytes + IP6_HLEN, length - IP6_HLEN);
}
