/* SPDX-License-Identifier: Apache-2.0 */
/* ARP substitution and emulation of IPv6 neighbour discovery, at the sender. */
#include "vl2/ndp.h"

#define IPV6_HEADER 40
#define ICMPV6 58
#define SOLICITATION 0x87
#define ADVERTISEMENT 0x88
#define FLAGS_SOLICITED_OVERRIDE 0x60
#define OPTION_TARGET_LINK_ADDRESS 2

bool zt_arp_group(const struct zt_frame *frame, struct zt_group *group)
{
    static const uint8_t ipv4_over_ethernet[] = { 0x08, 0x00, 6, 4 };
    const uint8_t *at = frame->payload;

    if (!zt_mac_is_broadcast(frame->to) || frame->type != ZT_ETHER_ARP || frame->length < 28)
        return false;
    if (memcmp(at + 2, ipv4_over_ethernet, sizeof ipv4_over_ethernet) != 0 || at[7] != 1)
        return false;
    group->mac = zt_mac_broadcast;
    group->adi = zt_load_u32(at + 24);
    return true;
}

static uint32_t sum_words(uint32_t sum, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i + 1 < length; i += 2)
        sum += zt_load_u16(bytes + i);
    return sum;
}

/* Over both addresses, the length, the protocol and the message. */
static uint16_t checksum(const uint8_t *packet, size_t length)
{
    uint32_t sum = sum_words(0, packet + 8, 32);

    sum += (uint32_t)(length - IPV6_HEADER) + ICMPV6;
    sum = sum_words(sum, packet + IPV6_HEADER, length - IPV6_HEADER);
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void write_advertisement(uint8_t bytes[ZT_NDP_ADVERTISEMENT], const uint8_t target[16],
                                const uint8_t asker[16], struct zt_mac mac)
{
    struct zt_writer out = zt_writer_of(bytes, ZT_NDP_ADVERTISEMENT);

    zt_write_u32(&out, 0x60000000);
    zt_write_u16(&out, ZT_NDP_ADVERTISEMENT - IPV6_HEADER);
    zt_write_u8(&out, ICMPV6);
    zt_write_u8(&out, 0xff);
    zt_write_copy(&out, target, 16);
    zt_write_copy(&out, asker, 16);
    zt_write_u8(&out, ADVERTISEMENT);
    zt_write_u8(&out, 0);
    zt_write_u16(&out, 0);
    zt_write_u32(&out, (uint32_t)FLAGS_SOLICITED_OVERRIDE << 24);
    zt_write_copy(&out, target, 16);
    zt_write_u8(&out, OPTION_TARGET_LINK_ADDRESS);
    zt_write_u8(&out, 1);
    zt_mac_write(mac, &out);
    zt_store_u16(bytes + 42, checksum(bytes, ZT_NDP_ADVERTISEMENT));
}

static bool is_solicitation(const struct zt_frame *frame)
{
    return zt_mac_is_multicast(frame->to) && !zt_mac_is_broadcast(frame->to) &&
           frame->type == ZT_ETHER_IPV6 && frame->length >= 64 && frame->payload[6] == ICMPV6 &&
           frame->payload[40] == SOLICITATION;
}

bool zt_ndp_answer(const struct zt_network *network, zt_address self, const struct zt_frame *frame,
                   uint8_t bytes[ZT_NDP_ADVERTISEMENT], struct zt_frame *answer)
{
    const uint8_t *target;
    struct zt_endpoint own;
    zt_address member = 0;

    if (!is_solicitation(frame))
        return false;
    target = frame->payload + 48;
    if (network->emulates_rfc4193) {
        member = zt_ip_rfc4193_member(network->nwid, target);
        own = zt_ip_rfc4193(network->nwid, self);
    }
    if (member == 0 && network->emulates_6plane) {
        member = zt_ip_6plane_member(network->nwid, target);
        own = zt_ip_6plane(network->nwid, self);
    }
    if (member == 0 || member == self)
        return false;
    answer->from = zt_mac_of(network->nwid, member);
    answer->to = frame->from;
    answer->type = ZT_ETHER_IPV6;
    answer->payload = bytes;
    answer->length = ZT_NDP_ADVERTISEMENT;
    write_advertisement(bytes, target, own.ip, answer->from);
    return true;
}
