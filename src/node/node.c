/* SPDX-License-Identifier: Apache-2.0 */
/* The node: joins VL1, VL2 and the outboxes, and forwards inputs to the layer that they are for. */
#include "node/node.h"

#include "base/mem.h"

struct zt_node {
    struct zt_rng rng;
    struct zt_outbox sends;   /* SEND */
    struct zt_outbox effects; /* all others */
    struct zt_vl1 *vl1;       /* owned */
    struct zt_vl2 *vl2;       /* owned */
};

static enum zt_drop deliver_up(void *context, struct zt_inbound *in)
{
    struct zt_node *node = context;

    return zt_vl2_packet(node->vl2, in);
}

static struct zt_vl1 *make_vl1(struct zt_node *node, const struct zt_node_options *options,
                               struct zt_instant now)
{
    struct zt_vl1_options wanted = {
        .self = options->self,
        .rng = &node->rng,
        .sends = &node->sends,
        .effects = &node->effects,
        .log = options->log,
        .upper = { .context = node, .packet = deliver_up },
        .allow_loopback = options->allow_loopback,
        .low_bandwidth = options->low_bandwidth,
    };

    return zt_vl1_new(&wanted, now);
}

static struct zt_vl2 *make_vl2(struct zt_node *node, const struct zt_node_options *options)
{
    struct zt_vl2_options wanted = {
        .vl1 = node->vl1,
        .rng = &node->rng,
        .effects = &node->effects,
        .log = options->log,
        .is_controller = options->is_controller,
        .low_bandwidth = options->low_bandwidth,
        .platform = options->platform,
    };

    return zt_vl2_new(&wanted);
}

struct zt_node *zt_node_new(const struct zt_node_options *options, struct zt_instant now)
{
    struct zt_node *node = zt_alloc(sizeof *node);

    if (node == NULL)
        return NULL;
    zt_rng_init(&node->rng, options->seed);
    zt_outbox_init(&node->sends, ZT_MAX_SEND_RING);
    zt_outbox_init(&node->effects, ZT_MAX_EFFECT_RING);
    node->vl1 = make_vl1(node, options, now);
    if (node->vl1 != NULL)
        node->vl2 = make_vl2(node, options);
    if (node->vl2 != NULL)
        return node;
    zt_node_free(node);
    return NULL;
}

void zt_node_free(struct zt_node *node)
{
    if (node == NULL)
        return;
    zt_vl2_free(node->vl2);
    zt_vl1_free(node->vl1);
    zt_outbox_clear(&node->sends);
    zt_outbox_clear(&node->effects);
    zt_rng_wipe(&node->rng);
    zt_free(node);
}

void zt_node_datagram(struct zt_node *node, struct zt_instant now, const struct zt_link *from,
                      uint8_t *bytes, size_t length)
{
    zt_vl1_datagram(node->vl1, now, from, bytes, length);
}

enum zt_drop zt_node_frame(struct zt_node *node, struct zt_instant now, zt_nwid nwid,
                           const uint8_t *frame, size_t length)
{
    zt_vl1_enter(node->vl1, now);
    return zt_vl2_frame(node->vl2, nwid, frame, length);
}

void zt_node_report_drops(struct zt_node *node, bool on)
{
    zt_vl2_report_drops(node->vl2, on);
}

void zt_node_tick(struct zt_node *node, struct zt_instant now)
{
    zt_vl1_tick(node->vl1, now);
    zt_vl2_tick(node->vl2);
}

int64_t zt_node_deadline_ms(const struct zt_node *node)
{
    int64_t vl1_ms = zt_vl1_deadline_ms(node->vl1);
    int64_t vl2_ms = zt_vl2_deadline_ms(node->vl2);

    return vl1_ms < vl2_ms ? vl1_ms : vl2_ms;
}

void zt_node_proved(struct zt_node *node, struct zt_instant now, uint64_t ticket, bool genuine)
{
    zt_vl1_proved(node->vl1, now, ticket, genuine);
}

void zt_node_stir(struct zt_node *node, const uint8_t seed[32])
{
    zt_rng_stir(&node->rng, seed);
}

bool zt_node_join(struct zt_node *node, struct zt_instant now, zt_nwid nwid, const uint8_t *saved,
                  size_t saved_length)
{
    zt_vl1_enter(node->vl1, now);
    return zt_vl2_join(node->vl2, nwid, saved, saved_length);
}

bool zt_node_leave(struct zt_node *node, struct zt_instant now, zt_nwid nwid)
{
    zt_vl1_enter(node->vl1, now);
    return zt_vl2_leave(node->vl2, nwid);
}

bool zt_node_subscribe(struct zt_node *node, struct zt_instant now, zt_nwid nwid,
                       const struct zt_group *group)
{
    zt_vl1_enter(node->vl1, now);
    return zt_vl2_subscribe(node->vl2, nwid, group);
}

bool zt_node_unsubscribe(struct zt_node *node, struct zt_instant now, zt_nwid nwid,
                         const struct zt_group *group)
{
    zt_vl1_enter(node->vl1, now);
    return zt_vl2_unsubscribe(node->vl2, nwid, group);
}

void zt_node_answer(struct zt_node *node, struct zt_instant now,
                    const struct zt_config_answer *answer)
{
    zt_vl1_enter(node->vl1, now);
    zt_vl2_answer(node->vl2, answer);
}

void zt_node_send_revocation(struct zt_node *node, struct zt_instant now, zt_address to,
                             const struct zt_revocation *revocation)
{
    zt_vl1_enter(node->vl1, now);
    zt_vl2_send_revocation(node->vl2, to, revocation);
}

enum zt_drop zt_node_offer_world(struct zt_node *node, struct zt_instant now, const uint8_t *bytes,
                                 size_t length)
{
    return zt_vl1_offer_world(node->vl1, now, bytes, length);
}

bool zt_node_orbit(struct zt_node *node, struct zt_instant now, uint64_t moon, zt_address seed)
{
    return zt_vl1_orbit(node->vl1, now, moon, seed);
}

bool zt_node_deorbit(struct zt_node *node, struct zt_instant now, uint64_t moon)
{
    return zt_vl1_deorbit(node->vl1, now, moon);
}

enum zt_drop zt_node_load_peer(struct zt_node *node, struct zt_instant now, const uint8_t *bytes,
                               size_t length)
{
    return zt_vl1_load_peer(node->vl1, now, bytes, length);
}

void zt_node_save_peers(struct zt_node *node, struct zt_instant now)
{
    zt_vl1_enter(node->vl1, now);
    zt_vl1_save_peers(node->vl1);
}

void zt_node_set_local_endpoints(struct zt_node *node, const struct zt_endpoint *endpoints,
                                 size_t count)
{
    zt_vl1_set_local_endpoints(node->vl1, endpoints, count);
}

void zt_node_socket_closed(struct zt_node *node, struct zt_instant now, uint32_t socket)
{
    zt_vl1_socket_closed(node->vl1, now, socket);
}

void zt_node_set_physical(struct zt_node *node, const struct zt_physical *entries, size_t count)
{
    zt_vl1_set_physical(node->vl1, entries, count);
}

bool zt_node_add_hint(struct zt_node *node, zt_address peer, const struct zt_endpoint *endpoint)
{
    return zt_vl1_add_hint(node->vl1, peer, endpoint);
}

bool zt_node_next_send(struct zt_node *node, struct zt_effect *effect)
{
    return zt_outbox_next(&node->sends, effect);
}

bool zt_node_next(struct zt_node *node, struct zt_effect *effect)
{
    return zt_outbox_next(&node->effects, effect);
}

bool zt_node_has_sends(const struct zt_node *node)
{
    return node->sends.count > 0;
}

bool zt_node_has_effects(const struct zt_node *node)
{
    return node->effects.count > 0;
}

const struct zt_vl1 *zt_node_vl1(const struct zt_node *node)
{
    return node->vl1;
}

const struct zt_vl2 *zt_node_vl2(const struct zt_node *node)
{
    return node->vl2;
}
