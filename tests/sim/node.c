/* SPDX-License-Identifier: Apache-2.0 */
/* One simulated node: feeds the protocol value, carries out its effects, keeps what it wants saved. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

struct zt_instant node_now(const struct sim_node *node)
{
    struct zt_instant now = { node->sim->now_ms,
                              INT64_C(1700000000000) + node->sim->now_ms + node->wall_offset_ms };

    return now;
}

static void print_line(void *context, enum zt_log_level level, const char *module, const char *line)
{
    const struct sim_node *node = context;

    (void)level;
    printf("%8lld node %u %s: %s\n", (long long)node->sim->now_ms, node->index, module, line);
}

static void load_saved(struct sim_node *node)
{
    const struct saved *network = NULL;

    for (size_t i = 0; i < node->saved_count; i++) {
        const struct saved *object = &node->saved[i];

        if (object->code == ZT_OBJECT_NETWORK)
            network = object;
        else if (object->code == ZT_OBJECT_PEER)
            zt_node_load_peer(node->node, node_now(node), object->bytes, object->length);
    }
    if (node->role == ROLE_MEMBER || node->role == ROLE_STRANGER)
        zt_node_join(node->node, node_now(node), node->sim->nwid, network ? network->bytes : NULL,
                     network ? network->length : 0);
}

void node_start(struct sim_node *node)
{
    struct zt_node_options options = { .self = &node->identity,
                                       .platform = "sim/none",
                                       .is_controller = node->role == ROLE_CONTROLLER };
    uint32_t stamp[2] = { node->index, node->starts++ };

    node->log.level = node->sim->options.verbose ? ZT_LOG_INFO : ZT_LOG_ERROR;
    node->log.sink = print_line;
    node->log.context = node;
    options.log = &node->log;
    memcpy(options.seed, &node->sim->options.seed, sizeof node->sim->options.seed);
    memcpy(options.seed + 8, stamp, sizeof stamp);
    node->node = zt_node_new(&options, node_now(node));
    if (!node->node)
        abort();
    node->fed = 0;
    node->tick_at_ms = INT64_MAX;
    node->configured_ms = -1;
    zt_node_offer_world(node->node, node_now(node), node->sim->planet, node->sim->planet_length);
    zt_node_set_local_endpoints(node->node, &node->local, 1);
    load_saved(node);
    node_settle(node);
}

void node_stop(struct sim_node *node)
{
    check_counters(node->sim, node);
    zt_node_save_peers(node->node, node_now(node));
    node_settle(node);
    zt_node_free(node->node);
    node->node = NULL;
}

static void keep(struct sim_node *node, const struct zt_effect *effect)
{
    struct saved *place = NULL;

    for (size_t i = 0; i < node->saved_count; i++) {
        if (node->saved[i].code == effect->code && node->saved[i].id == effect->id)
            place = &node->saved[i];
    }
    if (!place && node->saved_count == SAVED_OBJECTS)
        return; /* a small disk: the rest is learned again */
    if (!place)
        place = &node->saved[node->saved_count++];
    free(place->bytes);
    *place = (struct saved){ effect->code, effect->id, malloc(effect->length + 1), effect->length };
    if (!place->bytes)
        abort();
    memcpy(place->bytes, effect->bytes, effect->length);
}

static void learn_config(struct sim_node *node, zt_nwid nwid)
{
    struct zt_network_status status;
    int64_t first_ms = node->configured_ms >= 0 ? node->configured_ms : node->sim->now_ms;

    node->ipv4.family = ZT_FAMILY_NONE;
    node->configured_ms = -1;
    if (!zt_vl2_network_status(zt_node_vl2(node->node), nwid, &status) ||
        status.state != ZT_NETWORK_OK || !status.config)
        return;
    check_that(node->sim, node->role != ROLE_STRANGER, "stranger %u got a configuration",
               node->index);
    for (size_t i = 0; i < status.config->assigned_count; i++) {
        if (status.config->assigned[i].family == ZT_FAMILY_IPV4)
            node->ipv4 = status.config->assigned[i];
    }
    node->configured_ms = first_ms;
}

static void prove(struct sim_node *node, const struct zt_effect *effect)
{
    struct zt_identity identity;
    struct zt_reader in = zt_reader_of(effect->bytes, effect->length);

    zt_identity_read(&identity, &in);
    zt_node_proved(node->node, node_now(node), effect->id,
                   !in.failed && identities_is_known(&identity));
}

static void ask_controller(struct sim_node *node, const struct zt_effect *effect)
{
    struct zt_config_request request;
    struct zt_reader in = zt_reader_of(effect->bytes, effect->length);

    zt_config_request_read(&request, &in);
    check_that(node->sim, !in.failed, "node %u makes a request that can't be read", node->index);
    if (!in.failed)
        hosting_request(node->sim, &request);
}

static void carry_out(struct sim_node *node, const struct zt_effect *effect)
{
    check_hash(node->sim, &effect->kind, sizeof effect->kind);
    check_hash(node->sim, effect->bytes, effect->length);
    switch (effect->kind) {
    case ZT_EFFECT_FRAME:
        host_frame(node, effect->id, effect->bytes, effect->length);
        break;
    case ZT_EFFECT_SAVE:
        keep(node, effect);
        break;
    case ZT_EFFECT_PROVE:
        prove(node, effect);
        break;
    case ZT_EFFECT_REQUEST:
        ask_controller(node, effect);
        break;
    case ZT_EFFECT_EVENT:
        check_that(node->sim, effect->code != ZT_EVENT_COLLISION, "node %u collides", node->index);
        if (effect->code == ZT_EVENT_NETWORK_CONFIG)
            learn_config(node, effect->id);
        break;
    case ZT_EFFECT_MESSAGE:
    case ZT_EFFECT_SEND:
        break;
    }
}

void node_settle(struct sim_node *node)
{
    struct zt_effect effect;
    int64_t deadline;

    while (zt_node_next(node->node, &effect))
        carry_out(node, &effect);
    while (zt_node_next_send(node->node, &effect)) {
        check_hash(node->sim, &effect.link.remote, sizeof effect.link.remote);
        check_hash(node->sim, effect.bytes, effect.length);
        if (node->sim->node_count <= 64)
            check_no_secret(node->sim, node, effect.bytes, effect.length);
        network_send(node->sim, node, &effect);
    }
    deadline = zt_node_deadline_ms(node->node);
    if (deadline <= node->sim->now_ms)
        deadline = node->sim->now_ms + 1;
    if (deadline < node->tick_at_ms || node->tick_at_ms <= node->sim->now_ms) {
        node->tick_at_ms = deadline;
        queue_put(&node->sim->queue, deadline, EVENT_TICK, node->index, NULL);
    }
}

void node_input(struct sim_node *node, struct datagram *datagram)
{
    struct zt_link link = { 0, datagram->from };

    node->fed++;
    zt_node_datagram(node->node, node_now(node), &link, datagram->bytes, datagram->length);
    node_settle(node);
}

void node_tick(struct sim_node *node)
{
    if (!node->node || node->tick_at_ms != node->sim->now_ms)
        return; /* another tick stands in its place */
    zt_node_tick(node->node, node_now(node));
    node_settle(node);
}
