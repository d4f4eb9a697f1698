/* SPDX-License-Identifier: Apache-2.0 */
/* A tiny laboratory for unit tests: a few nodes, one switch, virtual time. Proofs always
   succeed. */
#ifndef ZT_TESTS_UNIT_VL1_LAB_H
#define ZT_TESTS_UNIT_VL1_LAB_H

#include "lab_identities.h"

#include "vl1/state.h"

#include <stdlib.h>
#include <string.h>

enum { LAB_MAX_NODES = LAB_IDENTITIES, LAB_QUEUE = 512, LAB_DELAY_MS = 10, LAB_SOCKET = 1 };

struct lab_node {
    struct zt_vl1 *vl1;
    struct zt_rng rng;
    struct zt_outbox sends, effects;
    struct zt_identity self;
    struct zt_endpoint at;
    unsigned events[ZT_EVENT_PATH_DEAD + 1];
    unsigned saves[ZT_OBJECT_NETWORK + 1];
    uint8_t saved[ZT_MAX_WORLD]; /* the last object */
    size_t saved_length;
    unsigned messages, proofs, ttl_sends;
    unsigned upper_packets; /* what the layer above got */
    enum zt_verb upper_verb;
    bool upper_trusts;
    enum zt_drop upper_answer;
};

struct lab_datagram {
    int64_t due_ms;
    size_t to;
    struct zt_link link;
    size_t length;
    uint8_t bytes[ZT_MAX_PACKET];
};

struct lab {
    struct zt_instant now;
    size_t count;
    struct lab_node nodes[LAB_MAX_NODES];
    bool cut[LAB_MAX_NODES][LAB_MAX_NODES]; /* from, to */
    bool hold_proofs;
    bool refuse_proofs;
    size_t datagrams; /* delivered */
    struct lab_datagram *queue;
    size_t queued;
    struct lab_datagram last[LAB_MAX_NODES]; /* the last datagram each node sent */
};

static inline enum zt_drop lab_upper(void *context, struct zt_inbound *in)
{
    struct lab_node *node = context;

    node->upper_packets++;
    node->upper_verb = in->verb;
    in->trusted = node->upper_trusts;
    return node->upper_answer;
}

static inline struct lab *lab_new(size_t count)
{
    struct lab *lab = calloc(1, sizeof *lab);

    assert_non_null(lab);
    lab->now = (struct zt_instant){ 100000, 1700000000000 };
    lab->count = count;
    lab->queue = calloc(LAB_QUEUE, sizeof *lab->queue);
    assert_non_null(lab->queue);
    for (size_t i = 0; i < count; i++) {
        struct lab_node *node = &lab->nodes[i];
        uint8_t seed[32] = { (uint8_t)(i + 1) };

        node->self = lab_identity(i);
        node->at = lab_endpoint(i);
        zt_rng_init(&node->rng, seed);
        zt_outbox_init(&node->sends, ZT_MAX_SEND_RING);
        zt_outbox_init(&node->effects, ZT_MAX_EFFECT_RING);
        struct zt_vl1_options options = { .self = &node->self,
                                          .rng = &node->rng,
                                          .sends = &node->sends,
                                          .effects = &node->effects,
                                          .upper = { node, lab_upper } };
        node->vl1 = zt_vl1_new(&options, lab->now);
        assert_non_null(node->vl1);
    }
    return lab;
}

static inline void lab_free(struct lab *lab)
{
    for (size_t i = 0; i < lab->count; i++) {
        zt_vl1_free(lab->nodes[i].vl1);
        zt_outbox_clear(&lab->nodes[i].sends);
        zt_outbox_clear(&lab->nodes[i].effects);
    }
    free(lab->queue);
    free(lab);
}

static inline zt_address lab_address(const struct lab *lab, size_t i)
{
    return lab->nodes[i].self.address;
}

static inline size_t lab_find(const struct lab *lab, const struct zt_endpoint *endpoint)
{
    for (size_t i = 0; i < lab->count; i++) {
        if (zt_endpoint_equal(&lab->nodes[i].at, endpoint))
            return i;
    }
    return lab->count;
}

static inline void lab_enqueue(struct lab *lab, size_t from, const struct zt_effect *effect)
{
    size_t to = lab_find(lab, &effect->link.remote);
    struct lab_datagram datagram = { .due_ms = lab->now.mono_ms + LAB_DELAY_MS,
                                     .to = to,
                                     .link = { LAB_SOCKET, lab->nodes[from].at },
                                     .length = effect->length };

    memcpy(datagram.bytes, effect->bytes, effect->length);
    lab->last[from] = datagram;
    lab->nodes[from].ttl_sends += effect->code != 0;
    if (to == lab->count || lab->cut[from][to] || effect->code != 0)
        return;
    assert_true(lab->queued < LAB_QUEUE);
    lab->queue[lab->queued++] = datagram;
}

static inline void lab_take_effect(struct lab *lab, struct lab_node *node,
                                   const struct zt_effect *effect)
{
    switch (effect->kind) {
    case ZT_EFFECT_EVENT:
        node->events[effect->code]++;
        break;
    case ZT_EFFECT_SAVE:
        node->saves[effect->code]++;
        node->saved_length = effect->length;
        if (effect->length > 0)
            memcpy(node->saved, effect->bytes, effect->length);
        break;
    case ZT_EFFECT_PROVE:
        node->proofs++;
        if (!lab->hold_proofs)
            zt_vl1_proved(node->vl1, lab->now, effect->id, !lab->refuse_proofs);
        break;
    case ZT_EFFECT_MESSAGE:
        node->messages++;
        break;
    default:
        fail();
    }
}

static inline void lab_carry_out(struct lab *lab)
{
    struct zt_effect effect;

    for (size_t i = 0; i < lab->count; i++) {
        struct lab_node *node = &lab->nodes[i];

        while (zt_outbox_next(&node->effects, &effect))
            lab_take_effect(lab, node, &effect);
        while (zt_outbox_next(&node->sends, &effect))
            lab_enqueue(lab, i, &effect);
    }
}

static inline int64_t lab_next(const struct lab *lab, int64_t end_ms)
{
    int64_t next_ms = end_ms;

    for (size_t i = 0; i < lab->count; i++) {
        int64_t deadline_ms = zt_vl1_deadline_ms(lab->nodes[i].vl1);

        next_ms = deadline_ms < next_ms ? deadline_ms : next_ms;
    }
    if (lab->queued > 0 && lab->queue[0].due_ms < next_ms)
        next_ms = lab->queue[0].due_ms;
    return next_ms > lab->now.mono_ms ? next_ms : lab->now.mono_ms;
}

static inline void lab_advance(struct lab *lab, int64_t ms)
{
    lab->now.mono_ms += ms;
    lab->now.wall_ms += ms;
}

static inline void lab_deliver(struct lab *lab)
{
    struct lab_datagram datagram = lab->queue[0];
    struct lab_node *node = &lab->nodes[datagram.to];

    lab->queued--;
    memmove(lab->queue, lab->queue + 1, lab->queued * sizeof *lab->queue);
    lab->datagrams++;
    zt_vl1_datagram(node->vl1, lab->now, &datagram.link, datagram.bytes, datagram.length);
}

static inline void lab_run(struct lab *lab, int64_t ms)
{
    int64_t end_ms = lab->now.mono_ms + ms;

    lab_carry_out(lab);
    for (;;) {
        int64_t next_ms = lab_next(lab, end_ms);

        if (next_ms >= end_ms)
            break;
        lab_advance(lab, next_ms - lab->now.mono_ms);
        while (lab->queued > 0 && lab->queue[0].due_ms <= lab->now.mono_ms)
            lab_deliver(lab);
        for (size_t i = 0; i < lab->count; i++) {
            if (zt_vl1_deadline_ms(lab->nodes[i].vl1) <= lab->now.mono_ms)
                zt_vl1_tick(lab->nodes[i].vl1, lab->now);
        }
        lab_carry_out(lab);
    }
    lab_advance(lab, end_ms - lab->now.mono_ms);
}

/* A signed world whose roots are the given nodes; signer and next key are node 0's. */
static inline struct zt_world lab_world(const struct lab *lab, enum zt_world_type type, uint64_t id,
                                        int64_t updated_ms, size_t first, size_t count)
{
    struct zt_world world = { .type = type,
                              .id = id,
                              .updated_ms = updated_ms,
                              .next_key = lab->nodes[0].self.key,
                              .root_count = count };

    for (size_t i = 0; i < count; i++) {
        world.roots[i].identity = zt_identity_public(&lab->nodes[first + i].self);
        world.roots[i].endpoint_count = 1;
        world.roots[i].endpoints[0] = lab->nodes[first + i].at;
    }
    zt_world_sign(&world, &lab->nodes[0].self.secret, &lab->nodes[0].self.key);
    return world;
}

static inline enum zt_drop lab_offer(struct lab *lab, size_t node, const struct zt_world *world)
{
    uint8_t bytes[ZT_MAX_WORLD];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    zt_world_write(world, &out);
    assert_false(out.failed);
    return zt_vl1_offer_world(lab->nodes[node].vl1, lab->now, bytes, zt_writer_length(&out));
}

/* Node 0 is the only root; the others are leaves, greeted and online. */
static inline struct lab *lab_with_root(size_t count)
{
    struct lab *lab = lab_new(count);
    struct zt_world planet = lab_world(lab, ZT_WORLD_PLANET, 4711, 1000, 0, 1);

    for (size_t i = 0; i < count; i++)
        assert_int_equal(lab_offer(lab, i, &planet), ZT_DROP_NONE);
    lab_run(lab, 1000);
    return lab;
}

static inline struct zt_peer *lab_peer(const struct lab *lab, size_t node, size_t peer)
{
    return zt_topology_find(lab->nodes[node].vl1, lab_address(lab, peer));
}

static inline struct zt_path *lab_path(const struct lab *lab, size_t node, size_t peer)
{
    struct zt_peer *found = lab_peer(lab, node, peer);

    return found ? zt_peer_best_path(found, lab->now.mono_ms) : NULL;
}

static inline enum zt_drop lab_send(struct lab *lab, size_t from, size_t to, enum zt_verb verb,
                                    size_t length)
{
    struct zt_vl1 *vl1 = lab->nodes[from].vl1;

    zt_vl1_enter(vl1, lab->now);
    struct zt_writer *out = zt_vl1_compose(vl1, lab_address(lab, to), verb);
    for (size_t i = 0; i < length; i++)
        zt_write_u8(out, (uint8_t)i);
    return zt_vl1_send(vl1, 0);
}

/* Hands node `to` a packet that node `from` made, as a peer that knows the keys could make it. */
static inline void lab_inject(struct lab *lab, size_t from, size_t to, const struct zt_link *link,
                              enum zt_verb verb, unsigned hops, const struct zt_writer *payload)
{
    uint8_t packet[ZT_MAX_PACKET];
    size_t length = ZT_HEADER_SIZE + zt_writer_length(payload);
    struct zt_session_key key;

    assert_true(zt_identity_agree(&key, &lab->nodes[from].self, &lab->nodes[to].self));
    zt_packet_header(packet, zt_rng_u64(&lab->nodes[from].rng), lab_address(lab, to),
                     lab_address(lab, from), (uint8_t)verb);
    memcpy(packet + ZT_HEADER_SIZE, payload->start, zt_writer_length(payload));
    zt_packet_arm(packet, length, ZT_CIPHER_SALSA, &key, NULL);
    packet[ZT_AT_FLAGS] |= (uint8_t)hops;
    zt_vl1_datagram(lab->nodes[to].vl1, lab->now, link, packet, length);
}

static inline struct zt_link lab_link(size_t peer)
{
    return (struct zt_link){ LAB_SOCKET, lab_endpoint(peer) };
}

static inline struct zt_writer lab_payload(void)
{
    static uint8_t bytes[ZT_MAX_PACKET];

    return zt_writer_of(bytes, sizeof bytes - ZT_HEADER_SIZE);
}

static inline uint64_t lab_drops(const struct lab *lab, size_t node, enum zt_drop reason)
{
    return zt_vl1_counters(lab->nodes[node].vl1)->drops[reason];
}

#endif
