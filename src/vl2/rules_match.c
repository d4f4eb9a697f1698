/* SPDX-License-Identifier: Apache-2.0 */
/* Matches on addresses, headers, ports and bits of a frame. docs/wire.md 14.6. */
#include "vl2/rules_match.h"

#include <assert.h>
#include <string.h>

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define MAX_EXTENSION_HEADERS 32

enum {
    PROTOCOL_ICMP = 1,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_ICMPV6 = 58,
    PROTOCOL_SCTP = 132,
    PROTOCOL_UDPLITE = 136
};

enum { SKIP_HOP_BY_HOP = 0, SKIP_ROUTING = 43, SKIP_DESTINATION = 60, SKIP_MOBILITY = 135 };

#define ICMP_CODE_COUNTS 0x01
#define INTEGER_LITTLE_ENDIAN 0x80

bool zt_rules_is_ipv4(const struct zt_rules_frame *frame)
{
    return frame->ethertype == ZT_ETHER_IPV4 && frame->length >= IPV4_HEADER;
}

bool zt_rules_is_ipv6(const struct zt_rules_frame *frame)
{
    return frame->ethertype == ZT_ETHER_IPV6 && frame->length >= IPV6_HEADER;
}

static bool is_skipped(uint8_t protocol)
{
    return protocol == SKIP_HOP_BY_HOP || protocol == SKIP_ROUTING ||
           protocol == SKIP_DESTINATION || protocol == SKIP_MOBILITY;
}

/* A chain longer than any real one counts as broken: a frame full of headers would else be walked
   through once for each rule. */
static struct zt_upper ipv6_upper(const struct zt_rules_frame *frame)
{
    struct zt_upper upper = { true, frame->payload[6], IPV6_HEADER };

    for (unsigned headers = 0; is_skipped(upper.protocol); headers++) {
        const uint8_t *header = frame->payload + upper.at;

        if (frame->length - upper.at < 8 || headers == MAX_EXTENSION_HEADERS)
            return (struct zt_upper){ .known = false };
        upper.protocol = header[0];
        upper.at += (size_t)header[1] * 8 + 8;
        if (upper.at > frame->length)
            return (struct zt_upper){ .known = false };
    }
    return upper;
}

struct zt_upper zt_rules_upper(const struct zt_rules_frame *frame)
{
    if (zt_rules_is_ipv4(frame))
        return (struct zt_upper){ true, frame->payload[9], (size_t)(frame->payload[0] & 0x0f) * 4 };
    if (zt_rules_is_ipv6(frame))
        return ipv6_upper(frame);
    return (struct zt_upper){ .known = false };
}

static enum zt_match match_if(bool value)
{
    return value ? ZT_MATCH_YES : ZT_MATCH_NO;
}

/* Both sides under the mask. */
static enum zt_match match_ipv4(const struct zt_rule *rule, const struct zt_rules_frame *frame,
                                size_t at)
{
    unsigned bits = rule->u.prefix.bits;
    uint32_t mask = bits == 0 ? 0 : bits >= 32 ? UINT32_MAX : ~(UINT32_MAX >> bits);

    if (!zt_rules_is_ipv4(frame))
        return ZT_MATCH_HARD_NO;
    return match_if(((zt_load_u32(frame->payload + at) ^ zt_load_u32(rule->u.prefix.ip)) & mask) ==
                    0);
}

/* Only the frame's side under the mask: a rule with host bits set never matches, here as with
   everyone else. */
static enum zt_match match_ipv6(const struct zt_rule *rule, const struct zt_rules_frame *frame,
                                size_t at)
{
    unsigned bits = rule->u.prefix.bits < 128 ? rule->u.prefix.bits : 128;
    uint8_t network[16] = { 0 };

    if (!zt_rules_is_ipv6(frame))
        return ZT_MATCH_HARD_NO;
    memcpy(network, frame->payload + at, (bits + 7) / 8);
    if (bits % 8 != 0)
        network[bits / 8] &= (uint8_t)(0xff << (8 - bits % 8));
    return match_if(memcmp(network, rule->u.prefix.ip, sizeof network) == 0);
}

static enum zt_match match_tos(const struct zt_rule *rule, const struct zt_rules_frame *frame)
{
    uint8_t tos;

    if (zt_rules_is_ipv4(frame))
        tos = frame->payload[1];
    else if (zt_rules_is_ipv6(frame))
        tos = (uint8_t)(zt_load_u16(frame->payload) >> 4);
    else
        return ZT_MATCH_HARD_NO;
    tos &= rule->u.tos.mask;
    return match_if(tos >= rule->u.tos.first && tos <= rule->u.tos.last);
}

static enum zt_match match_protocol(const struct zt_rule *rule, const struct zt_rules_frame *frame)
{
    struct zt_upper upper = zt_rules_upper(frame);

    if (!upper.known)
        return ZT_MATCH_HARD_NO;
    return match_if(upper.protocol == (uint8_t)rule->u.number);
}

static enum zt_match match_icmp(const struct zt_rule *rule, const struct zt_rules_frame *frame)
{
    struct zt_upper upper = zt_rules_upper(frame);
    uint8_t expected = zt_rules_is_ipv4(frame) ? PROTOCOL_ICMP : PROTOCOL_ICMPV6;
    const uint8_t *message;

    if (!upper.known || upper.protocol != expected || frame->length < upper.at + 2)
        return ZT_MATCH_HARD_NO;
    message = frame->payload + upper.at;
    if (message[0] != rule->u.icmp.type)
        return ZT_MATCH_HARD_NO;
    if ((rule->u.icmp.flags & ICMP_CODE_COUNTS) == 0)
        return ZT_MATCH_HARD_YES;
    return match_if(message[1] == rule->u.icmp.code);
}

static bool has_ports(uint8_t protocol)
{
    return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP || protocol == PROTOCOL_SCTP ||
           protocol == PROTOCOL_UDPLITE;
}

/* at: of the port within the transport header. On IPv6 port 0 counts as no port. */
static enum zt_match match_port(const struct zt_rule *rule, const struct zt_rules_frame *frame,
                                size_t at)
{
    struct zt_upper upper = zt_rules_upper(frame);
    uint16_t port;

    if (!upper.known)
        return ZT_MATCH_HARD_NO;
    if (!has_ports(upper.protocol) || frame->length <= upper.at + 4)
        return ZT_MATCH_NO;
    port = zt_load_u16(frame->payload + upper.at + at);
    if (port == 0 && zt_rules_is_ipv6(frame))
        return ZT_MATCH_NO;
    return match_if(port >= rule->u.range.first && port <= rule->u.range.last);
}

static uint64_t read_integer(const uint8_t *bytes, size_t count, bool little)
{
    uint64_t value = 0;

    for (size_t i = 0; i < count; i++)
        value = value << 8 | bytes[little ? count - 1 - i : i];
    return value;
}

/* Big-endian, the index is that of a field of eight bytes whose tail is read, and the low bits
   count; little-endian, it is that of the first byte, and the high bits count. docs/wire.md
   14.6. */
static enum zt_match match_integer(const struct zt_rule *rule, const struct zt_rules_frame *frame)
{
    bool little = (rule->u.integer.format & INTEGER_LITTLE_ENDIAN) != 0;
    unsigned bits = (rule->u.integer.format & 63u) + 1;
    size_t count = (bits + 7) / 8;
    size_t at = rule->u.integer.index + (little ? 0 : 8 - count);
    uint64_t value = 0;

    if (at + count <= frame->length) {
        value = read_integer(frame->payload + at, count, little);
        value = little ? value >> (8 * count - bits) : value & (UINT64_MAX >> (64 - bits));
    }
    return match_if(value >= rule->u.integer.first && value <= rule->u.integer.last);
}

static enum zt_match match_random(const struct zt_rule *rule,
                                  const struct zt_rules_context *context)
{
    assert(context->rng != NULL);
    return match_if(zt_rng_u32(context->rng) <= rule->u.probability);
}

enum zt_match zt_rules_match(const struct zt_rule *rule, const struct zt_rules_frame *frame,
                             const struct zt_rules_context *context, bool super)
{
    switch (rule->type & ZT_RULE_TYPE_MASK) {
    case ZT_RULE_SOURCE_ADDRESS:
        return match_if(rule->u.address == frame->source);
    case ZT_RULE_DEST_ADDRESS:
        return match_if(rule->u.address == frame->destination);
    case ZT_RULE_VLAN_ID:
        return match_if(rule->u.number == frame->vlan);
    case ZT_RULE_VLAN_PCP:
    case ZT_RULE_VLAN_DEI:
        return match_if((uint8_t)rule->u.number == 0);
    case ZT_RULE_MAC_SOURCE:
        return match_if(zt_mac_equal(rule->u.mac, frame->mac_source));
    case ZT_RULE_MAC_DEST:
        return match_if(zt_mac_equal(rule->u.mac, frame->mac_destination));
    case ZT_RULE_IPV4_SOURCE:
        return match_ipv4(rule, frame, 12);
    case ZT_RULE_IPV4_DEST:
        return match_ipv4(rule, frame, 16);
    case ZT_RULE_IPV6_SOURCE:
        return match_ipv6(rule, frame, 8);
    case ZT_RULE_IPV6_DEST:
        return match_ipv6(rule, frame, 24);
    case ZT_RULE_IP_TOS:
        return match_tos(rule, frame);
    case ZT_RULE_IP_PROTOCOL:
        return match_protocol(rule, frame);
    case ZT_RULE_ETHERTYPE:
        return match_if(rule->u.number == frame->ethertype);
    case ZT_RULE_ICMP:
        return match_icmp(rule, frame);
    case ZT_RULE_SOURCE_PORT:
        return match_port(rule, frame, 0);
    case ZT_RULE_DEST_PORT:
        return match_port(rule, frame, 2);
    case ZT_RULE_CHARACTERISTICS:
        return match_if((zt_rules_characteristics(frame, context) & rule->u.mask) != 0);
    case ZT_RULE_FRAME_SIZE:
        return match_if(frame->length >= rule->u.range.first &&
                        frame->length <= rule->u.range.last);
    case ZT_RULE_RANDOM:
        return match_random(rule, context);
    case ZT_RULE_TAGS_DIFFERENCE:
    case ZT_RULE_TAGS_AND:
    case ZT_RULE_TAGS_OR:
    case ZT_RULE_TAGS_XOR:
    case ZT_RULE_TAGS_EQUAL:
    case ZT_RULE_TAG_SENDER:
    case ZT_RULE_TAG_RECEIVER:
        return zt_rules_match_tags(rule, frame, context, super);
    case ZT_RULE_INTEGER_RANGE:
        return match_integer(rule, frame);
    default:
        return match_if(context->unknown_matches);
    }
}
