/* SPDX-License-Identifier: Apache-2.0 */
/* A root with many idle peers, in one process and without sockets: memory for each and packets relayed a second
   of one core.

   bench_relay [PEERS]: 20000 unless given. */
#define _POSIX_C_SOURCE 200809L

#include "../make_identity.h"
#include "node/node.h"
#include "vl1/packet.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PAYLOAD = 1400,
    PAIRS = 1000,
    ROUNDS = 500,
    UDP_PORT = 9993,
    SPACING_MS = 1,
    EXCHANGES = 3,
    TRIALS = 5,
    GATE_MS = 2000
};

struct bench {
    struct zt_identity root;
    struct zt_node *node; /* of the root */
    struct zt_instant now;
    uint8_t planet[ZT_MAX_WORLD];
    size_t planet_length;
    unsigned count;
};

static _Noreturn void die(const char *why)
{
    (void)fprintf(stderr, "bench_relay: %s\n", why);
    exit(1);
}

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double allocated(void)
{
    struct mallinfo2 told = mallinfo2();

    return (double)told.uordblks + (double)told.hblkhd;
}

/* A /24 for each, since a root takes strangers from one /24 only now and then (docs/wire.md 6.13). */
static struct zt_link link_of(unsigned index)
{
    const uint8_t ip[4] = { 60, (uint8_t)(index >> 8), (uint8_t)index, 10 };
    struct zt_link link = { 0, zt_endpoint_v4(ip, UDP_PORT) };

    if (index >= 65536)
        link.remote.ip[0] = (uint8_t)(60 + (index >> 16));
    return link;
}

static struct zt_node *new_node(const struct bench *bench, const struct zt_identity *self)
{
    struct zt_node_options options = { .self = self, .platform = "bench" };
    struct zt_node *node;

    memcpy(options.seed, &self->address, sizeof self->address);
    node = zt_node_new(&options, bench->now);
    if (!node || zt_node_offer_world(node, bench->now, bench->planet, bench->planet_length))
        die("no node");
    return node;
}

static void make_root(struct bench *bench)
{
    static struct zt_world world;
    struct zt_writer out = zt_writer_of(bench->planet, sizeof bench->planet);
    struct zt_link at = link_of(0);

    bench->root = make_identity(0x3c00000001);
    world.type = ZT_WORLD_PLANET;
    world.id = 7;
    world.updated_ms = 1600000000000;
    world.next_key = bench->root.key;
    world.root_count = 1;
    world.roots[0].identity = zt_identity_public(&bench->root);
    world.roots[0].endpoint_count = 1;
    world.roots[0].endpoints[0] = at.remote;
    zt_world_sign(&world, &bench->root.secret, &bench->root.key);
    zt_world_write(&world, &out);
    bench->planet_length = zt_writer_length(&out);
    bench->node = new_node(bench, &bench->root);
}

/* Proofs succeed at once; of all else that a node wants, only what it sends matters here. */
static void settle(struct zt_node *node, struct zt_instant now)
{
    struct zt_effect effect;

    while (zt_node_next(node, &effect))
        if (effect.kind == ZT_EFFECT_PROVE)
            zt_node_proved(node, now, effect.id, true);
}

/* Carries all datagrams of one node to another. */
static void carry(struct zt_node *from, struct zt_node *to, const struct zt_link *link,
                  struct zt_instant now)
{
    struct zt_effect effect;

    settle(from, now);
    while (zt_node_next_send(from, &effect)) {
        uint8_t bytes[2048];

        memcpy(bytes, effect.bytes, effect.length);
        zt_node_datagram(to, now, link, bytes, effect.length);
    }
    settle(to, now);
}

/* One node and the root get to know each other; then it is never heard of again. */
static void greet(struct bench *bench, unsigned index)
{
    struct zt_identity self = make_identity(0x1000000000 + index);
    struct zt_node *node = new_node(bench, &self);
    struct zt_link root_link = link_of(0), link = link_of(index + 1);

    bench->now.mono_ms += SPACING_MS;
    bench->now.wall_ms += SPACING_MS;
    zt_node_tick(node, bench->now);
    for (int round = 0; round < EXCHANGES; round++) {
        carry(node, bench->node, &link, bench->now);
        carry(bench->node, node, &root_link, bench->now);
    }
    zt_node_free(node);
}

static bool is_known(const struct bench *bench, unsigned index)
{
    struct zt_peer_status status;

    return zt_vl1_peer_status(zt_node_vl1(bench->node), 0x1000000000 + index, &status) &&
           status.path_count > 0;
}

/* Some shared a bucket of the gate for strangers (docs/wire.md 6.13) with another: once more. */
static void greet_rest(struct bench *bench)
{
    for (int trial = 0; trial < TRIALS; trial++) {
        bench->now.mono_ms += GATE_MS;
        bench->now.wall_ms += GATE_MS;
        for (unsigned i = 0; i < bench->count; i++)
            if (!is_known(bench, i))
                greet(bench, i);
    }
    for (unsigned i = 0; i < bench->count; i++)
        if (!is_known(bench, i))
            die("a peer is not known");
}

/* Packets between PAIRS pairs of neighbours, in turn; the payload is for them to open. */
static double relay(struct bench *bench)
{
    static uint8_t packet[28 + PAYLOAD];
    uint64_t before = zt_vl1_counters(zt_node_vl1(bench->node))->relayed;
    unsigned step = bench->count / PAIRS * 7 + 1;
    double start = seconds(), took;

    for (unsigned round = 0; round < ROUNDS; round++) {
        bench->now.mono_ms++;
        bench->now.wall_ms++;
        for (unsigned i = 0; i < PAIRS; i++) {
            unsigned from = i * step % bench->count, to = (from + 1) % bench->count;
            struct zt_link link = link_of(from + 1);
            struct zt_effect effect;

            zt_packet_header(packet, round * PAIRS + i, 0x1000000000 + to, 0x1000000000 + from,
                             ZT_VERB_FRAME);
            zt_node_datagram(bench->node, bench->now, &link, packet, sizeof packet);
            while (zt_node_next_send(bench->node, &effect))
                continue;
        }
    }
    took = seconds() - start;
    if (zt_vl1_counters(zt_node_vl1(bench->node))->relayed - before != ROUNDS * PAIRS)
        die("not all was relayed");
    return ROUNDS * PAIRS / took;
}

int main(int count, char **arguments)
{
    static struct bench bench = { .now = { 100000, INT64_C(1700000000000) } };
    double before, rate;

    bench.count = count > 1 ? (unsigned)strtoul(arguments[1], NULL, 10) : 20000;
    if (bench.count < PAIRS || bench.count > 60000)
        die("PEERS must be 1000 to 60000");
    make_root(&bench);
    before = allocated();
    for (unsigned i = 0; i < bench.count; i++)
        greet(&bench, i);
    greet_rest(&bench);
    printf("{\"peers\": %u, \"bytes_per_peer\": %.0f, ", bench.count,
           (allocated() - before) / bench.count);
    rate = relay(&bench);
    printf("\"relayed_per_s\": %.0f}\n", rate);
    zt_node_free(bench.node);
    return 0;
}
