/* SPDX-License-Identifier: Apache-2.0 */
/* The host behind a node: answers ARP and echo over IPv4, echo over IPv6, and asks for its pairs. */
#include "sim.h"

#include <string.h>

#define FRAME_SIZE 128

struct host_frame {
    uint8_t bytes[FRAME_SIZE];
    struct zt_writer out;
};

static void frame_begin(struct host_frame *frame, struct zt_mac to, struct zt_mac from,
                        uint16_t type)
{
    frame->out = zt_writer_of(frame->bytes, sizeof frame->bytes);
    zt_mac_write(to, &frame->out);
    zt_mac_write(from, &frame->out);
    zt_write_u16(&frame->out, type);
}

static void frame_send(struct sim_node *node, struct host_frame *frame)
{
    zt_node_frame(node->node, node_now(node), node->sim->nwid, frame->bytes,
                  zt_writer_length(&frame->out));
}

static struct zt_mac own_mac(const struct sim_node *node)
{
    return zt_mac_of(node->sim->nwid, node->identity.address);
}

static void send_arp(struct sim_node *node, uint16_t operation, struct zt_mac to,
                     const uint8_t *target_ip)
{
    static const struct zt_mac nobody;
    struct host_frame frame;

    frame_begin(&frame, to, own_mac(node), ZT_ETHER_ARP);
    zt_write_u16(&frame.out, 1);
    zt_write_u16(&frame.out, ZT_ETHER_IPV4);
    zt_write_u8(&frame.out, 6);
    zt_write_u8(&frame.out, 4);
    zt_write_u16(&frame.out, operation);
    zt_mac_write(own_mac(node), &frame.out);
    zt_write_copy(&frame.out, node->ipv4.ip, 4);
    zt_mac_write(operation == 1 ? nobody : to, &frame.out);
    zt_write_copy(&frame.out, target_ip, 4);
    frame_send(node, &frame);
}

static void ipv4_echo(struct sim_node *node, struct zt_mac to, const uint8_t *to_ip, uint8_t type,
                      uint16_t number)
{
    struct host_frame frame;

    frame_begin(&frame, to, own_mac(node), ZT_ETHER_IPV4);
    zt_write_u16(&frame.out, 0x4500);
    zt_write_u16(&frame.out, 28);
    zt_write_u32(&frame.out, 0);
    zt_write_u8(&frame.out, 64);
    zt_write_u8(&frame.out, 1);
    zt_write_u16(&frame.out, 0);
    zt_write_copy(&frame.out, node->ipv4.ip, 4);
    zt_write_copy(&frame.out, to_ip, 4);
    zt_write_u8(&frame.out, type);
    zt_write_u8(&frame.out, 0);
    zt_write_u16(&frame.out, 0);
    zt_write_u16(&frame.out, number);
    zt_write_u16(&frame.out, 1);
    frame_send(node, &frame);
}

/* type 135 solicits the target's MAC; 128 and 129 are echo. The body is the target, or the number. */
static void icmpv6(struct sim_node *node, struct zt_mac to, const uint8_t *to_ip, uint8_t type,
                   uint16_t number)
{
    struct zt_endpoint own = zt_ip_rfc4193(node->sim->nwid, node->identity.address);
    struct host_frame frame;

    frame_begin(&frame, to, own_mac(node), ZT_ETHER_IPV6);
    zt_write_u32(&frame.out, 0x60000000);
    zt_write_u16(&frame.out, type == 135 ? 24 : 8);
    zt_write_u8(&frame.out, 58);
    zt_write_u8(&frame.out, 255);
    zt_write_copy(&frame.out, own.ip, 16);
    zt_write_copy(&frame.out, to_ip, 16);
    zt_write_u8(&frame.out, type);
    zt_write_u8(&frame.out, 0);
    zt_write_u16(&frame.out, 0);
    if (type == 135) {
        zt_write_u32(&frame.out, 0);
        zt_write_copy(&frame.out, to_ip, 16);
    } else {
        zt_write_u16(&frame.out, number);
        zt_write_u16(&frame.out, 1);
    }
    frame_send(node, &frame);
}

static void note_answer(struct sim_node *node, uint16_t number)
{
    struct pair *pair = number < node->sim->pair_count ? &node->sim->pairs[number] : NULL;

    check_that(node->sim, pair && pair->a == node->index,
               "node %u gets an answer it never asked for", node->index);
    if (!pair)
        return;
    if (pair->is_again && !pair->reached)
        pair->again_sends = node->sends - pair->again_sends;
    pair->reached = true;
    if (pair->reached_ms < 0)
        pair->reached_ms = node->sim->now_ms;
}

static void resolve(struct sim_node *node, bool by_ipv6, const uint8_t *ip, struct zt_mac mac)
{
    for (uint32_t i = 0; i < node->sim->pair_count; i++) {
        struct pair *pair = &node->sim->pairs[i];
        const struct sim_node *b = &node->sim->nodes[pair->b];
        struct zt_endpoint b6 = zt_ip_rfc4193(node->sim->nwid, b->identity.address);

        if (pair->a != node->index || pair->by_ipv6 != by_ipv6 || pair->resolved)
            continue;
        if (memcmp(ip, by_ipv6 ? b6.ip : b->ipv4.ip, by_ipv6 ? 16 : 4) != 0)
            continue;
        check_that(node->sim, zt_mac_equal(mac, own_mac(b)), "node %u learns a wrong MAC",
                   node->index);
        pair->resolved = true;
        pair->mac_b = mac;
        host_pair(node->sim, pair);
    }
}

static struct zt_mac mac_at(const uint8_t *bytes)
{
    struct zt_reader in = zt_reader_of(bytes, 6);

    return zt_mac_read(&in);
}

static void take_arp(struct sim_node *node, const uint8_t *arp, size_t length)
{
    if (length < 28 || node->ipv4.family != ZT_FAMILY_IPV4)
        return;
    if (zt_load_u16(arp + 6) == 1 && memcmp(arp + 24, node->ipv4.ip, 4) == 0)
        send_arp(node, 2, mac_at(arp + 8), arp + 14);
    else if (zt_load_u16(arp + 6) == 2)
        resolve(node, false, arp + 14, mac_at(arp + 8));
}

static void take_ipv4(struct sim_node *node, struct zt_mac from, const uint8_t *packet,
                      size_t length)
{
    if (length < 28 || packet[9] != 1 || memcmp(packet + 16, node->ipv4.ip, 4) != 0)
        return;
    if (packet[20] == 8)
        ipv4_echo(node, from, packet + 12, 0, zt_load_u16(packet + 24));
    else if (packet[20] == 0)
        note_answer(node, zt_load_u16(packet + 24));
}

static void take_ipv6(struct sim_node *node, struct zt_mac from, const uint8_t *packet,
                      size_t length)
{
    if (length < 48 || packet[6] != 58)
        return;
    if (packet[40] == 136 && length >= 72)
        resolve(node, true, packet + 48, mac_at(packet + 66));
    else if (packet[40] == 128)
        icmpv6(node, from, packet + 8, 129, zt_load_u16(packet + 44));
    else if (packet[40] == 129)
        note_answer(node, zt_load_u16(packet + 44));
}

void host_frame(struct sim_node *node, zt_nwid nwid, const uint8_t *frame, size_t length)
{
    uint16_t type;

    check_that(node->sim, nwid == node->sim->nwid, "node %u gets a frame of a strange network",
               node->index);
    check_that(node->sim, node->role == ROLE_MEMBER, "node %u is no member and gets a frame",
               node->index);
    check_that(node->sim, length >= ZT_ETHER_HEADER, "node %u gets a short frame", node->index);
    if (length < ZT_ETHER_HEADER)
        return;
    node->frames_in++;
    type = zt_load_u16(frame + 12);
    if (type == ZT_ETHER_ARP)
        take_arp(node, frame + 14, length - 14);
    else if (type == ZT_ETHER_IPV4)
        take_ipv4(node, mac_at(frame + 6), frame + 14, length - 14);
    else if (type == ZT_ETHER_IPV6)
        take_ipv6(node, mac_at(frame + 6), frame + 14, length - 14);
}

void host_pair(struct sim *sim, struct pair *pair)
{
    struct sim_node *a = &sim->nodes[pair->a], *b = &sim->nodes[pair->b];
    struct zt_endpoint b6 = zt_ip_rfc4193(sim->nwid, b->identity.address);
    struct zt_mac solicited = { { 0x33, 0x33, 0xff, b6.ip[13], b6.ip[14], b6.ip[15] } };

    if (!a->node || a->configured_ms < 0 || (!pair->by_ipv6 && b->ipv4.family != ZT_FAMILY_IPV4))
        return;
    if (pair->first_ms < 0)
        pair->first_ms = sim->now_ms;
    if (pair->by_ipv6 && !pair->resolved)
        icmpv6(a, solicited, b6.ip, 135, 0);
    else if (pair->by_ipv6)
        icmpv6(a, pair->mac_b, b6.ip, 128, pair->number);
    else if (!pair->resolved)
        send_arp(a, 1, zt_mac_broadcast, b->ipv4.ip);
    else
        ipv4_echo(a, pair->mac_b, b->ipv4.ip, 8, pair->number);
}
