/* SPDX-License-Identifier: Apache-2.0 */
/* The wide-area network: who sits at which address, how long a datagram travels, and what befalls it. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

/* Each host or NAT has a /24 of its own, 60.a.b.0, since roots and members limit strangers by /24. */
uint32_t network_public_slot(const struct zt_endpoint *endpoint)
{
    if (endpoint->family != ZT_FAMILY_IPV4 || endpoint->ip[0] != 60 || endpoint->ip[3] != 10)
        return UINT32_MAX;
    return (uint32_t)endpoint->ip[1] << 8 | endpoint->ip[2];
}

struct zt_endpoint network_public_ip(uint32_t slot, uint16_t port)
{
    const uint8_t ip[4] = { 60, (uint8_t)(slot >> 8), (uint8_t)slot, 10 };

    return zt_endpoint_v4(ip, port);
}

static bool happens(struct sim *sim, uint32_t millionths)
{
    if (millionths == 0 || sim->now_ms >= sim->faults.heal_ms)
        return false;
    return zt_rng_below(&sim->rng, 1000000) < millionths;
}

static int64_t travel_ms(struct sim *sim, const struct sim_node *from)
{
    int64_t delay = from->delay_ms;

    if (sim->faults.jitter_ms && sim->now_ms < sim->faults.heal_ms)
        delay += zt_rng_below(&sim->rng, (uint32_t)sim->faults.jitter_ms);
    return delay;
}

static struct datagram *copy_of(const struct datagram *datagram)
{
    struct datagram *copy = malloc(sizeof *copy + datagram->length);

    if (!copy)
        abort();
    memcpy(copy, datagram, sizeof *copy + datagram->length);
    return copy;
}

static struct sim_node *at_private(struct sim *sim, int nat, const struct zt_endpoint *to)
{
    const struct nat *home;

    if (nat < 0)
        return NULL;
    home = &sim->nats[nat];
    for (uint32_t i = home->first_node; i < home->first_node + home->node_count; i++) {
        if (zt_endpoint_equal(&sim->nodes[i].local, to))
            return &sim->nodes[i];
    }
    return NULL;
}

static bool is_same_lan(struct sim *sim, const struct sim_node *from, const struct zt_endpoint *to)
{
    return to->ip[0] == 192 && at_private(sim, from->nat, to) != NULL;
}

static void launch(struct sim *sim, const struct sim_node *from, struct datagram *datagram)
{
    if (happens(sim, sim->faults.loss)) {
        free(datagram);
        return;
    }
    if (happens(sim, sim->faults.corrupt) && datagram->length)
        datagram->bytes[zt_rng_below(&sim->rng, (uint32_t)datagram->length)] ^=
            (uint8_t)(1u << zt_rng_below(&sim->rng, 8));
    if (happens(sim, sim->faults.duplicate))
        queue_put(&sim->queue, sim->now_ms + travel_ms(sim, from), EVENT_ARRIVE,
                  (uint32_t)(from->nat + 1), copy_of(datagram));
    queue_put(&sim->queue, sim->now_ms + travel_ms(sim, from), EVENT_ARRIVE,
              (uint32_t)(from->nat + 1), datagram);
}

void network_send(struct sim *sim, struct sim_node *from, const struct zt_effect *effect)
{
    struct datagram *datagram = malloc(sizeof *datagram + effect->length);

    if (!datagram)
        abort();
    datagram->from = from->local;
    datagram->to = effect->link.remote;
    datagram->ttl = effect->code;
    datagram->length = effect->length;
    memcpy(datagram->bytes, effect->bytes, effect->length);
    from->sends++;
    sim->datagrams++;
    sim->bytes += effect->length;

    if (!is_same_lan(sim, from, &datagram->to)) {
        if (from->nat >= 0 && !nat_out(&sim->nats[from->nat], sim->now_ms, datagram)) {
            free(datagram);
            return;
        }
        /* A short-lived datagram opens the NAT and dies on the way. */
        if ((datagram->ttl && datagram->ttl < 8) ||
            network_public_slot(&datagram->to) == UINT32_MAX) {
            free(datagram);
            return;
        }
    }
    launch(sim, from, datagram);
}

static struct sim_node *receiver(struct sim *sim, struct datagram *datagram, int from_nat)
{
    uint32_t slot = network_public_slot(&datagram->to);
    uint32_t who;
    int nat;

    if (slot == UINT32_MAX)
        return at_private(sim, from_nat, &datagram->to);
    who = sim->by_public_ip[slot];
    if (who == 0)
        return NULL;
    if (who <= sim->node_count)
        return sim->nodes[who - 1].local.port == datagram->to.port ? &sim->nodes[who - 1] : NULL;
    nat = (int)(who - 1 - sim->node_count);
    if (!nat_in(&sim->nats[nat], sim->now_ms, datagram))
        return NULL;
    return at_private(sim, nat, &datagram->to);
}

void network_arrive(struct sim *sim, int from_nat, struct datagram *datagram)
{
    struct sim_node *node = receiver(sim, datagram, from_nat);

    if (node && node->node)
        node_input(node, datagram);
    free(datagram);
}
