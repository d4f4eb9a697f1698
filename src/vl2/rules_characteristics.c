/* SPDX-License-Identifier: Apache-2.0 */
/* The 64 characteristics of a frame: direction, kind of destination, proven sender, TCP flags.
   docs/wire.md 14.6. */
#include "vl2/rules_match.h"

#include "vl2/grants.h"

#define INBOUND (UINT64_C(1) << 63)
#define MULTICAST (UINT64_C(1) << 62)
#define BROADCAST (UINT64_C(1) << 61)
#define SENDER_IP (UINT64_C(1) << 60)
#define SENDER_MAC (UINT64_C(1) << 59)

#define PROTOCOL_TCP 6
#define PROTOCOL_ICMPV6 58
#define NEIGHBOUR_SOLICITATION 0x87
#define NEIGHBOUR_ADVERTISEMENT 0x88
#define NEIGHBOUR_LENGTH 64
#define ARP_LENGTH 28

/* NDP emulation spreads addresses that no certificate names. They prove themselves: the member's
   own address is part of them, and nobody else may claim it. docs/wire.md 13.4. */
static bool owns_automatically(const struct zt_rules_frame *frame,
                               const struct zt_rules_context *context, const uint8_t ip[16])
{
    if (!frame->inbound || frame->source == 0)
        return false;
    if (context->emulates_6plane && zt_ip_6plane_member(context->nwid, ip) == frame->source)
        return true;
    return context->emulates_rfc4193 && zt_ip_rfc4193_member(context->nwid, ip) == frame->source;
}

static bool owns_ip(const struct zt_rules_frame *frame, const struct zt_rules_context *context,
                    const uint8_t *ip, size_t ip_length)
{
    for (size_t i = 0; i < context->sender_ownership_count; i++)
        if (zt_ownership_has_ip(&context->sender_ownerships[i], ip, ip_length))
            return true;
    return ip_length == 16 && owns_automatically(frame, context, ip);
}

static bool owns_mac(const struct zt_rules_frame *frame, const struct zt_rules_context *context)
{
    for (size_t i = 0; i < context->sender_ownership_count; i++)
        if (zt_ownership_has_mac(&context->sender_ownerships[i], frame->mac_source))
            return true;
    return false;
}

/* An advertisement speaks for its target. A solicitation may come from anywhere and harms no
   one. */
static bool ipv6_sender_is_proven(const struct zt_rules_frame *frame,
                                  const struct zt_rules_context *context)
{
    const uint8_t *payload = frame->payload;

    if (frame->length >= NEIGHBOUR_LENGTH && payload[6] == PROTOCOL_ICMPV6) {
        if (payload[40] == NEIGHBOUR_SOLICITATION)
            return true;
        if (payload[40] == NEIGHBOUR_ADVERTISEMENT)
            return owns_ip(frame, context, payload + 48, 16);
    }
    return owns_ip(frame, context, payload + 8, 16);
}

static bool sender_is_proven(const struct zt_rules_frame *frame,
                             const struct zt_rules_context *context)
{
    if (zt_rules_is_ipv4(frame))
        return owns_ip(frame, context, frame->payload + 12, 4);
    if (zt_rules_is_ipv6(frame))
        return ipv6_sender_is_proven(frame, context);
    if (frame->ethertype == ZT_ETHER_ARP && frame->length >= ARP_LENGTH)
        return owns_ip(frame, context, frame->payload + 14, 4);
    return false;
}

static uint64_t byte_at(const struct zt_rules_frame *frame, size_t at)
{
    return at < frame->length ? frame->payload[at] : 0;
}

/* Twelve bits of the TCP header; what was cut off counts as zero. */
static uint64_t tcp_flags(const struct zt_rules_frame *frame)
{
    struct zt_upper upper = zt_rules_upper(frame);

    if (!upper.known || upper.protocol != PROTOCOL_TCP)
        return 0;
    if (zt_rules_is_ipv6(frame) && frame->length <= upper.at + 14)
        return 0;
    return (byte_at(frame, upper.at + 12) & 0x0f) << 8 | byte_at(frame, upper.at + 13);
}

uint64_t zt_rules_characteristics(const struct zt_rules_frame *frame,
                                  const struct zt_rules_context *context)
{
    uint64_t bits = tcp_flags(frame);

    if (frame->inbound)
        bits |= INBOUND;
    if (zt_mac_is_multicast(frame->mac_destination))
        bits |= MULTICAST;
    if (zt_mac_is_broadcast(frame->mac_destination))
        bits |= BROADCAST;
    if (sender_is_proven(frame, context))
        bits |= SENDER_IP;
    if (owns_mac(frame, context))
        bits |= SENDER_MAC;
    return bits;
}
