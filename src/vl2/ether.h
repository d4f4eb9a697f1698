/* SPDX-License-Identifier: Apache-2.0 */
/* Ethernet values: MAC, multicast group, header; MAC and automatic IPv6 from address. docs/wire.md 11. */
#ifndef ZT_VL2_ETHER_H
#define ZT_VL2_ETHER_H

#include "base/endpoint.h"
#include "vl1/address.h"

struct zt_mac {
    uint8_t bytes[6];
};

struct zt_group {
    struct zt_mac mac;
    uint32_t adi; /* additional distinguishing information: the IPv4 address for ARP, else 0 */
};

#define ZT_ETHER_HEADER 14
#define ZT_ETHER_IPV4 0x0800
#define ZT_ETHER_ARP 0x0806
#define ZT_ETHER_VLAN 0x8100
#define ZT_ETHER_IPV6 0x86dd
#define ZT_MAC_TEXT 18

extern const struct zt_mac zt_mac_broadcast;

struct zt_mac zt_mac_of(zt_nwid nwid, zt_address address);
zt_address zt_mac_address(zt_nwid nwid, struct zt_mac mac); /* the inverse */
uint8_t zt_mac_first_octet(zt_nwid nwid);
uint64_t zt_mac_number(struct zt_mac mac); /* 48 bits */
bool zt_mac_equal(struct zt_mac a, struct zt_mac b);
bool zt_mac_is_zero(struct zt_mac mac);
bool zt_mac_is_multicast(struct zt_mac mac); /* broadcast included */
bool zt_mac_is_broadcast(struct zt_mac mac);
struct zt_mac zt_mac_read(struct zt_reader *in);
void zt_mac_write(struct zt_mac mac, struct zt_writer *out);
void zt_mac_text(struct zt_mac mac, char out[ZT_MAC_TEXT]); /* aa:bb:cc:dd:ee:ff */
ZT_MUST_USE bool zt_mac_parse(struct zt_mac *mac, const char *text);

bool zt_group_equal(const struct zt_group *a, const struct zt_group *b);
/* The group by which the holder of this IP is found: ARP or solicited-node. */
struct zt_group zt_group_for_ip(const struct zt_endpoint *ip);

/* 6plane /40 and RFC 4193 /88; the port is the prefix length. docs/wire.md 11.3. */
struct zt_endpoint zt_ip_6plane(zt_nwid nwid, zt_address address);
struct zt_endpoint zt_ip_rfc4193(zt_nwid nwid, zt_address address);
/* Which member does an automatic address of this network belong to? 0: it is none. */
zt_address zt_ip_6plane_member(zt_nwid nwid, const uint8_t ip[16]);
zt_address zt_ip_rfc4193_member(zt_nwid nwid, const uint8_t ip[16]);

#endif
