/* SPDX-License-Identifier: Apache-2.0 */
/* MAC addresses, multicast groups and automatic IPv6 addresses as functions of network and
   member. */
#include "vl2/ether.h"

#include "base/text.h"

#include <string.h>

#define SIXPLANE_BITS 40
#define RFC4193_BITS 88

const struct zt_mac zt_mac_broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

/* 0x52 is what virtual machines use, and a member's own MAC must never look like a bridged one. */
uint8_t zt_mac_first_octet(zt_nwid nwid)
{
    uint8_t octet = (uint8_t)((nwid & 0xfe) | 0x02);

    return octet == 0x52 ? 0x32 : octet;
}

/* The five bytes 1 to 5 of a MAC are the address XORed with bytes 1 to 5 of the network id, counted
   from its low end. */
static uint64_t mask_of(zt_nwid nwid)
{
    uint8_t mask[5];

    for (unsigned i = 0; i < 5; i++)
        mask[i] = (uint8_t)(nwid >> (8 * (i + 1)));
    return zt_load_u40(mask);
}

struct zt_mac zt_mac_of(zt_nwid nwid, zt_address address)
{
    struct zt_mac mac;

    mac.bytes[0] = zt_mac_first_octet(nwid);
    zt_store_u40(mac.bytes + 1, address ^ mask_of(nwid));
    return mac;
}

zt_address zt_mac_address(zt_nwid nwid, struct zt_mac mac)
{
    return zt_load_u40(mac.bytes + 1) ^ mask_of(nwid);
}

uint64_t zt_mac_number(struct zt_mac mac)
{
    return (uint64_t)mac.bytes[0] << 40 | zt_load_u40(mac.bytes + 1);
}

bool zt_mac_equal(struct zt_mac a, struct zt_mac b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

bool zt_mac_is_zero(struct zt_mac mac)
{
    return zt_mac_number(mac) == 0;
}

bool zt_mac_is_multicast(struct zt_mac mac)
{
    return (mac.bytes[0] & 0x01) != 0;
}

bool zt_mac_is_broadcast(struct zt_mac mac)
{
    return zt_mac_equal(mac, zt_mac_broadcast);
}

struct zt_mac zt_mac_read(struct zt_reader *in)
{
    struct zt_mac mac;

    zt_read_copy(in, mac.bytes, sizeof mac.bytes);
    return mac;
}

void zt_mac_write(struct zt_mac mac, struct zt_writer *out)
{
    zt_write_copy(out, mac.bytes, sizeof mac.bytes);
}

void zt_mac_text(struct zt_mac mac, char out[ZT_MAC_TEXT])
{
    for (size_t i = 0; i < sizeof mac.bytes; i++) {
        zt_hex_write(out + 3 * i, mac.bytes + i, 1);
        out[3 * i + 2] = ':';
    }
    out[ZT_MAC_TEXT - 1] = 0;
}

bool zt_mac_parse(struct zt_mac *mac, const char *text)
{
    struct zt_mac parsed;

    if (strlen(text) != ZT_MAC_TEXT - 1)
        return false;
    for (size_t i = 0; i < sizeof parsed.bytes; i++) {
        if (!zt_hex_read(parsed.bytes + i, text + 3 * i, 1))
            return false;
        if (i > 0 && text[3 * i - 1] != ':')
            return false;
    }
    *mac = parsed;
    return true;
}

bool zt_group_equal(const struct zt_group *a, const struct zt_group *b)
{
    return zt_mac_equal(a->mac, b->mac) && a->adi == b->adi;
}

struct zt_group zt_group_for_ip(const struct zt_endpoint *ip)
{
    struct zt_group group = { .adi = 0 };

    if (ip->family == ZT_FAMILY_IPV4) {
        group.mac = zt_mac_broadcast;
        group.adi = zt_load_u32(ip->ip);
    } else if (ip->family == ZT_FAMILY_IPV6) {
        group.mac = (struct zt_mac){ { 0x33, 0x33, 0xff, ip->ip[13], ip->ip[14], ip->ip[15] } };
    }
    return group;
}

static void sixplane_prefix(uint8_t prefix[5], zt_nwid nwid)
{
    prefix[0] = 0xfc;
    zt_store_u32(prefix + 1, (uint32_t)(nwid ^ (nwid >> 32)));
}

static void rfc4193_prefix(uint8_t prefix[11], zt_nwid nwid)
{
    prefix[0] = 0xfd;
    zt_store_u64(prefix + 1, nwid);
    prefix[9] = 0x99;
    prefix[10] = 0x93;
}

struct zt_endpoint zt_ip_6plane(zt_nwid nwid, zt_address address)
{
    uint8_t ip[16] = { 0 };

    sixplane_prefix(ip, nwid);
    zt_store_u40(ip + 5, address);
    ip[15] = 0x01;
    return zt_endpoint_v6(ip, SIXPLANE_BITS);
}

struct zt_endpoint zt_ip_rfc4193(zt_nwid nwid, zt_address address)
{
    uint8_t ip[16];

    rfc4193_prefix(ip, nwid);
    zt_store_u40(ip + 11, address);
    return zt_endpoint_v6(ip, RFC4193_BITS);
}

zt_address zt_ip_6plane_member(zt_nwid nwid, const uint8_t ip[16])
{
    uint8_t prefix[5];

    sixplane_prefix(prefix, nwid);
    return memcmp(ip, prefix, sizeof prefix) == 0 ? zt_load_u40(ip + 5) : 0;
}

zt_address zt_ip_rfc4193_member(zt_nwid nwid, const uint8_t ip[16])
{
    uint8_t prefix[11];

    rfc4193_prefix(prefix, nwid);
    return memcmp(ip, prefix, sizeof prefix) == 0 ? zt_load_u40(ip + 11) : 0;
}
