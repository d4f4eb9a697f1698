/* SPDX-License-Identifier: Apache-2.0 */
/* A tiny laboratory for tests of VL2: whole nodes on one switch, virtual time, hand-made
   configurations. Node 0 is the root, node 1 the controller, the others are members. */
#ifndef ZT_TESTS_UNIT_VL2_LAB_H
#define ZT_TESTS_UNIT_VL2_LAB_H

#include "lab_identities.h"

#include "base/mem.h"
#include "node/node.h"
#include "vl1/world.h"
#include "vl2/member.h"
#include "vl2/state.h"

#include <stdlib.h>
#include <string.h>

enum { ROOT = 0, CONTROLLER = 1, ANN = 2, BOB = 3, EVE = 4, LAB_NODES = LAB_IDENTITIES };
enum { LAB_QUEUE = 512, LAB_DELAY_MS = 10, LAB_FRAME_SIZE = 2048 };

struct lab_node {
    struct zt_node *node;
    struct zt_identity self;
    struct zt_link at;
    unsigned config_events, gone_events, saves, forgets, requests, frames;
    uint8_t frame[LAB_FRAME_SIZE]; /* the last one for the host */
    size_t frame_length;
    uint32_t frame_code; /* of the last one: why it was dropped, if it was */
    /* What the controller says to it. */
    uint8_t refusal; /* error code; 0: it gets a config */
    struct zt_config *config;
    unsigned sends; /* datagrams */
};

struct lab_datagram {
    int64_t due_ms;
    size_t to;
    struct zt_link from;
    size_t length;
    uint8_t bytes[2048];
};

struct lab {
    struct zt_instant now;
    zt_nwid nwid;
    struct lab_node nodes[LAB_NODES];
    bool silent_controller; /* requests are not answered */
    bool cut[LAB_NODES];    /* nothing reaches the node */
    struct lab_datagram *queue;
    size_t queued;
    uint8_t planet[ZT_MAX_WORLD];
    size_t planet_length;
};

static inline zt_address lab_address(const struct lab *lab, size_t i)
{
    return lab->nodes[i].self.address;
}

/* A private network with broadcast, one rule (accept) and the address 10.1.2.i for node i. */
static inline struct zt_config *lab_config(const struct lab *lab, size_t i)
{
    struct zt_config *config = zt_config_new();
    uint8_t ip[4] = { 10, 1, 2, (uint8_t)i };

    assert_non_null(config);
    config->nwid = lab->nwid;
    config->issued_ms = lab->now.wall_ms;
    config->window_ms = 1800000;
    config->revision = 1;
    config->member = lab_address(lab, i);
    config->flags = ZT_CONFIG_FLAG_BROADCAST;
    config->multicast_limit = 32;
    config->mtu = ZT_DEFAULT_MTU;
    config->assigned_count = 1;
    config->assigned[0] = zt_endpoint_v4(ip, 24);
    config->rules = zt_alloc(sizeof *config->rules);
    config->rule_count = 1;
    config->rules[0].type = ZT_RULE_ACCEPT;
    strcpy(config->name, "lab");
    zt_com_make(&config->com, lab->nwid, lab->now.wall_ms, config->window_ms, &lab->nodes[i].self);
    zt_com_sign(&config->com, &lab->nodes[CONTROLLER].self);
    return config;
}

/* Times of config and certificate move with every answer, as a controller's do. */
static inline void lab_renew(struct lab *lab, size_t i)
{
    struct zt_config *config = lab->nodes[i].config;

    config->issued_ms = lab->now.wall_ms;
    zt_com_make(&config->com, lab->nwid, lab->now.wall_ms, config->window_ms, &lab->nodes[i].self);
    zt_com_sign(&config->com, &lab->nodes[CONTROLLER].self);
}

static inline void lab_answer(struct lab *lab, size_t i, uint64_t packet_id,
                              const struct zt_link *link)
{
    struct zt_config_answer answer = { .nwid = lab->nwid,
                                       .member = lab_address(lab, i),
                                       .packet_id = packet_id,
                                       .link = *link,
                                       .error = lab->nodes[i].refusal };
    static uint8_t bytes[65536];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    if (answer.error == 0) {
        lab_renew(lab, i);
        zt_config_write(lab->nodes[i].config, &out);
        assert_false(out.failed);
        answer.bytes = bytes;
        answer.length = zt_writer_length(&out);
    }
    zt_node_answer(lab->nodes[CONTROLLER].node, lab->now, &answer);
}

static inline void lab_push(struct lab *lab, size_t i)
{
    struct zt_link nowhere = { 0 };

    lab_answer(lab, i, 0, &nowhere);
}

static inline void lab_take_request(struct lab *lab, const struct zt_effect *effect)
{
    struct zt_reader in = zt_reader_of(effect->bytes, effect->length);
    struct zt_config_request request;

    zt_config_request_read(&request, &in);
    assert_false(in.failed);
    for (size_t i = 0; i < LAB_NODES; i++) {
        if (lab_address(lab, i) != request.member.address)
            continue;
        lab->nodes[i].requests++;
        if (!lab->silent_controller && request.nwid == lab->nwid)
            lab_answer(lab, i, request.packet_id, &request.link);
    }
}

static inline void lab_take_effect(struct lab *lab, struct lab_node *node,
                                   const struct zt_effect *effect)
{
    switch (effect->kind) {
    case ZT_EFFECT_EVENT:
        node->config_events += effect->code == ZT_EVENT_NETWORK_CONFIG;
        node->gone_events += effect->code == ZT_EVENT_NETWORK_GONE;
        break;
    case ZT_EFFECT_SAVE:
        if (effect->code != ZT_OBJECT_NETWORK)
            break;
        node->saves += effect->length > 0;
        node->forgets += effect->length == 0;
        break;
    case ZT_EFFECT_FRAME:
        assert_true(effect->length <= sizeof node->frame);
        node->frames++;
        node->frame_length = effect->length;
        node->frame_code = effect->code;
        memcpy(node->frame, effect->bytes, effect->length);
        break;
    case ZT_EFFECT_PROVE:
        zt_node_proved(node->node, lab->now, effect->id, true);
        break;
    case ZT_EFFECT_REQUEST:
        lab_take_request(lab, effect);
        break;
    default:
        fail();
    }
}

static inline void lab_enqueue(struct lab *lab, size_t from, const struct zt_effect *effect)
{
    struct lab_datagram *datagram = &lab->queue[lab->queued];

    lab->nodes[from].sends++;
    for (size_t i = 0; i < LAB_NODES; i++) {
        if (!zt_endpoint_equal(&lab->nodes[i].at.remote, &effect->link.remote) || lab->cut[i] ||
            effect->code != 0)
            continue;
        assert_true(lab->queued < LAB_QUEUE && effect->length <= sizeof datagram->bytes);
        datagram->due_ms = lab->now.mono_ms + LAB_DELAY_MS;
        datagram->to = i;
        datagram->from = lab->nodes[from].at;
        datagram->length = effect->length;
        memcpy(datagram->bytes, effect->bytes, effect->length);
        lab->queued++;
        return;
    }
}

/* Until nobody has anything left to be done now. */
static inline void lab_carry_out(struct lab *lab)
{
    struct zt_effect effect;
    bool any = true;

    while (any) {
        any = false;
        for (size_t i = 0; i < LAB_NODES; i++) {
            struct lab_node *node = &lab->nodes[i];

            while (zt_node_next(node->node, &effect)) {
                any = true;
                lab_take_effect(lab, node, &effect);
            }
            while (zt_node_next_send(node->node, &effect))
                lab_enqueue(lab, i, &effect);
        }
    }
}

static inline void lab_deliver(struct lab *lab)
{
    static struct lab_datagram datagram;

    datagram = lab->queue[0];
    lab->queued--;
    memmove(lab->queue, lab->queue + 1, lab->queued * sizeof *lab->queue);
    zt_node_datagram(lab->nodes[datagram.to].node, lab->now, &datagram.from, datagram.bytes,
                     datagram.length);
}

static inline int64_t lab_next(const struct lab *lab, int64_t end_ms)
{
    int64_t next_ms = end_ms;

    for (size_t i = 0; i < LAB_NODES; i++) {
        int64_t deadline_ms = zt_node_deadline_ms(lab->nodes[i].node);

        next_ms = deadline_ms < next_ms ? deadline_ms : next_ms;
    }
    if (lab->queued > 0 && lab->queue[0].due_ms < next_ms)
        next_ms = lab->queue[0].due_ms;
    return next_ms > lab->now.mono_ms ? next_ms : lab->now.mono_ms;
}

static inline void lab_run(struct lab *lab, int64_t ms)
{
    int64_t end_ms = lab->now.mono_ms + ms;

    lab_carry_out(lab);
    for (;;) {
        int64_t next_ms = lab_next(lab, end_ms);

        if (next_ms >= end_ms)
            break;
        lab->now.wall_ms += next_ms - lab->now.mono_ms;
        lab->now.mono_ms = next_ms;
        while (lab->queued > 0 && lab->queue[0].due_ms <= lab->now.mono_ms)
            lab_deliver(lab);
        for (size_t i = 0; i < LAB_NODES; i++)
            if (zt_node_deadline_ms(lab->nodes[i].node) <= lab->now.mono_ms)
                zt_node_tick(lab->nodes[i].node, lab->now);
        lab_carry_out(lab);
    }
    lab->now.wall_ms += end_ms - lab->now.mono_ms;
    lab->now.mono_ms = end_ms;
}

static inline void lab_start_node(struct lab *lab, size_t i)
{
    struct lab_node *node = &lab->nodes[i];
    struct zt_node_options options = { .self = &node->self,
                                       .seed = { (uint8_t)(i + 1) },
                                       .platform = "test/none",
                                       .is_controller = i == CONTROLLER };

    node->node = zt_node_new(&options, lab->now);
    assert_non_null(node->node);
    assert_int_equal(zt_node_offer_world(node->node, lab->now, lab->planet, lab->planet_length),
                     ZT_DROP_NONE);
}

/* All nodes are online and know the root; nobody has joined. */
static inline struct lab *lab_new(void)
{
    struct lab *lab = calloc(1, sizeof *lab);
    struct zt_world world = {
        .type = ZT_WORLD_PLANET, .id = 4711, .updated_ms = 1000, .root_count = 1
    };
    struct zt_writer out;

    assert_non_null(lab);
    out = zt_writer_of(lab->planet, sizeof lab->planet);
    lab->now = (struct zt_instant){ 100000, 1700000000000 };
    lab->queue = calloc(LAB_QUEUE, sizeof *lab->queue);
    for (size_t i = 0; i < LAB_NODES; i++) {
        lab->nodes[i].self = lab_identity(i);
        lab->nodes[i].at = (struct zt_link){ 1, lab_endpoint(i) };
    }
    lab->nwid = lab_address(lab, CONTROLLER) << 24 | 0xc0de;
    world.next_key = lab->nodes[ROOT].self.key;
    world.roots[0].identity = zt_identity_public(&lab->nodes[ROOT].self);
    world.roots[0].endpoint_count = 1;
    world.roots[0].endpoints[0] = lab->nodes[ROOT].at.remote;
    zt_world_sign(&world, &lab->nodes[ROOT].self.secret, &lab->nodes[ROOT].self.key);
    zt_world_write(&world, &out);
    lab->planet_length = zt_writer_length(&out);
    for (size_t i = 0; i < LAB_NODES; i++) {
        lab->nodes[i].config = lab_config(lab, i);
        lab_start_node(lab, i);
    }
    lab_run(lab, 1000);
    return lab;
}

static inline void lab_free(struct lab *lab)
{
    for (size_t i = 0; i < LAB_NODES; i++) {
        zt_node_free(lab->nodes[i].node);
        zt_config_free(lab->nodes[i].config);
    }
    free(lab->queue);
    free(lab);
    assert_int_equal(zt_mem_live(), 0);
}

static inline void lab_join(struct lab *lab, size_t i)
{
    assert_true(zt_node_join(lab->nodes[i].node, lab->now, lab->nwid, NULL, 0));
}

/* Ann, Bob and Eve are members. */
static inline struct lab *lab_with_members(void)
{
    struct lab *lab = lab_new();

    for (size_t i = ANN; i <= EVE; i++)
        lab_join(lab, i);
    lab_run(lab, 1000);
    return lab;
}

static inline enum zt_network_state lab_state(const struct lab *lab, size_t i)
{
    struct zt_network_status status;

    assert_true(zt_vl2_network_status(zt_node_vl2(lab->nodes[i].node), lab->nwid, &status));
    return status.state;
}

static inline struct zt_network *lab_network(const struct lab *lab, size_t i)
{
    return zt_network_find(zt_node_vl2(lab->nodes[i].node), lab->nwid);
}

static inline struct zt_mac lab_mac(const struct lab *lab, size_t i)
{
    return zt_mac_of(lab->nwid, lab_address(lab, i));
}

/* A frame of type 0x0800 with a payload of `length` bytes. */
static inline enum zt_drop lab_frame(struct lab *lab, size_t i, struct zt_mac to,
                                     struct zt_mac from, size_t length)
{
    uint8_t frame[LAB_FRAME_SIZE] = { 0 };

    memcpy(frame, to.bytes, 6);
    memcpy(frame + 6, from.bytes, 6);
    zt_store_u16(frame + 12, ZT_ETHER_IPV4);
    memset(frame + ZT_ETHER_HEADER, 0x5a, length);
    return zt_node_frame(lab->nodes[i].node, lab->now, lab->nwid, frame, ZT_ETHER_HEADER + length);
}

static inline struct zt_vl2 *lab_vl2(const struct lab *lab, size_t i)
{
    return (struct zt_vl2 *)zt_node_vl2(lab->nodes[i].node);
}

/* A packet as it comes from a peer that the node knows. */
static inline struct zt_inbound lab_inbound(const struct lab *lab, size_t from, enum zt_verb verb,
                                            const uint8_t *payload, size_t length)
{
    return (struct zt_inbound){ .source = lab_address(lab, from),
                                .identity = &lab->nodes[from].self,
                                .id = 1,
                                .verb = verb,
                                .payload = payload,
                                .length = length,
                                .link = lab->nodes[from].at };
}

/* Hands such a packet to a node's VL2. */
static inline enum zt_drop lab_hand(struct lab *lab, size_t to, size_t from, enum zt_verb verb,
                                    const struct zt_writer *payload)
{
    struct zt_inbound in = lab_inbound(lab, from, verb, payload->start, zt_writer_length(payload));

    assert_false(payload->failed);
    return zt_vl2_packet(lab_vl2(lab, to), &in);
}

static inline uint64_t lab_drops(const struct lab *lab, size_t i, enum zt_drop reason)
{
    return zt_vl1_counters(zt_node_vl1(lab->nodes[i].node))->drops[reason];
}

#endif
