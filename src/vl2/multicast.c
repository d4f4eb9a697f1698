/* SPDX-License-Identifier: Apache-2.0 */
/* Spreading multicast frames: at once to the members known, within 5 s to those that turn up. */
#include "vl2/multicast.h"

#include "base/rate.h"
#include "vl2/credentials.h"
#include "vl2/policy.h"

#include <assert.h>

#define QUEUE_LIFE_MS 5000
#define GATHER_INTERVAL_MS 60000
#define LOW_BANDWIDTH_FACTOR 3

/* When a waiting frame asks again while nobody is known, after its start: the first ARP must not
   wait for the host's own repetition. */
static const int64_t retry_after_ms[] = { 100, 300, 1000 };
#define RETRY_COUNT (sizeof retry_after_ms / sizeof retry_after_ms[0])
#define RETRY_SPACING_MS 100

static int64_t gather_interval_ms(const struct zt_vl2 *vl2)
{
    return vl2->low_bandwidth ? GATHER_INTERVAL_MS * LOW_BANDWIDTH_FACTOR : GATHER_INTERVAL_MS;
}

/* network 8, flags 1, [gather limit 4], [source 6], destination 6, ADI 4, type 2, payload.
   docs/wire.md 16.4. */
static enum zt_drop write_and_send(struct zt_vl2 *vl2, const struct zt_network *network,
                                   const struct zt_frame *frame, const struct zt_group *group,
                                   zt_address to, uint8_t flags, uint32_t gather)
{
    struct zt_writer *out = zt_vl1_compose(vl2->vl1, to, ZT_VERB_MULTICAST_FRAME);
    bool compress = (network->config->flags & ZT_CONFIG_FLAG_NO_COMPRESSION) == 0;

    zt_write_u64(out, network->nwid);
    zt_write_u8(out, flags);
    if ((flags & ZT_MULTICAST_GATHER) != 0)
        zt_write_u32(out, gather);
    if ((flags & ZT_MULTICAST_SOURCE) != 0)
        zt_mac_write(frame->from, out);
    zt_mac_write(group->mac, out);
    zt_write_u32(out, group->adi);
    zt_write_u16(out, frame->type);
    zt_write_copy(out, frame->payload,
                  frame->length < ZT_MAX_MTU ? frame->length : (size_t)ZT_MAX_MTU);
    return zt_vl1_send(vl2->vl1, ZT_SEND_EXPECT | (compress ? ZT_SEND_COMPRESS : 0));
}

/* One recipient. False: the rules keep the frame from it. */
static bool send_to(struct zt_vl2 *vl2, struct zt_network *network, const struct zt_frame *frame,
                    const struct zt_group *group, zt_address to, uint32_t gather)
{
    struct zt_member *member = zt_members_get(&network->members, to, true, zt_vl2_now_ms(vl2));
    uint8_t flags = ZT_MULTICAST_GATHER;

    if (zt_policy_outbound(vl2, network, frame, to, member, true) != ZT_DROP_NONE)
        return false;
    if (member != NULL)
        zt_credentials_push_if_due(vl2, network, member);
    if (!zt_mac_equal(frame->from, network->mac))
        flags |= ZT_MULTICAST_SOURCE;
    (void)write_and_send(vl2, network, frame, group, to, flags, gather);
    return true;
}

static bool send_to_replicator(struct zt_vl2 *vl2, struct zt_network *network,
                               const struct zt_frame *frame, const struct zt_group *group)
{
    const struct zt_config *config = network->config;
    struct zt_member *member;
    zt_address best = 0;
    int best_ms = 0;

    if (network->am_bridge || network->am_replicator)
        return false;
    for (size_t i = 0; i < config->specialist_count; i++) {
        zt_address address = config->specialists[i] & ZT_SPECIALIST_ADDRESS;
        int latency_ms;

        if ((config->specialists[i] & ZT_SPECIALIST_REPLICATOR) == 0)
            continue;
        latency_ms = zt_vl1_latency(vl2->vl1, address);
        if (latency_ms < 0 || (best != 0 && latency_ms >= best_ms))
            continue;
        best = address;
        best_ms = latency_ms;
    }
    if (best == 0)
        return false;
    member = zt_members_get(&network->members, best, true, zt_vl2_now_ms(vl2));
    if (member != NULL)
        zt_credentials_push_if_due(vl2, network, member);
    (void)write_and_send(vl2, network, frame, group, best,
                         ZT_MULTICAST_SOURCE | ZT_MULTICAST_REPLICATE, 0);
    return true;
}

static bool is_bridge(const struct zt_network *network, zt_address address)
{
    return zt_config_has_specialist(network->config, address, ZT_SPECIALIST_BRIDGE);
}

/* To bridges first, subscribed or not, then to members in random order. Returns how many were sent.
   */
static size_t send_to_known(struct zt_vl2 *vl2, struct zt_network *network,
                            const struct zt_frame *frame, const struct zt_group *group,
                            zt_address origin, size_t limit, uint32_t gather)
{
    struct zt_audience *audience = zt_likes_audience(&vl2->likes, network->nwid, group);
    zt_address bridges[ZT_MAX_SPECIALISTS];
    size_t bridge_count = zt_bridge_list(network->config, vl2->self, bridges, ZT_MAX_SPECIALISTS);
    size_t sent = 0;

    for (size_t i = 0; i < bridge_count && sent < limit; i++)
        if (bridges[i] != origin && send_to(vl2, network, frame, group, bridges[i], gather))
            sent++;
    if (audience == NULL)
        return sent;
    zt_audience_shuffle(audience, vl2->rng, limit + bridge_count + 1);
    for (size_t i = 0; i < audience->count && sent < limit; i++) {
        zt_address address = audience->likes[i]->address;

        if (address == origin || is_bridge(network, address))
            continue;
        if (send_to(vl2, network, frame, group, address, gather))
            sent++;
    }
    return sent;
}

static size_t limit_of(const struct zt_network *network)
{
    uint64_t limit = network->config->multicast_limit;

    return limit < ZT_MAX_GROUP_MEMBERS ? (size_t)limit : (size_t)ZT_MAX_GROUP_MEMBERS;
}

static void queue(struct zt_vl2 *vl2, struct zt_network *network, const struct zt_frame *frame,
                  const struct zt_group *group, zt_address origin, size_t sent, uint32_t gather)
{
    struct zt_queued *queued = zt_spread_push(&network->spread, frame->payload, frame->length);

    if (queued == NULL)
        return;
    queued->group = *group;
    queued->from = frame->from;
    queued->origin = origin;
    queued->type = frame->type;
    queued->gather = gather;
    queued->sent = sent;
    queued->limit = limit_of(network);
    queued->started_ms = zt_vl2_now_ms(vl2);
    zt_vl2_wake(vl2, zt_multicast_due_ms(network));
}

enum zt_drop zt_multicast_send(struct zt_vl2 *vl2, struct zt_network *network,
                               const struct zt_frame *frame, const struct zt_group *group,
                               zt_address origin)
{
    int64_t now_ms = zt_vl2_now_ms(vl2);
    size_t limit = limit_of(network);
    const struct zt_audience *audience;
    size_t count, sent;
    uint32_t gather;

    assert(limit > 0);
    if (send_to_replicator(vl2, network, frame, group))
        return ZT_DROP_NONE;
    audience = zt_likes_audience(&vl2->likes, network->nwid, group);
    count = audience == NULL ? 0 : audience->count;
    if (count >= limit) {
        (void)send_to_known(vl2, network, frame, group, origin, limit, 1);
        return ZT_DROP_NONE;
    }
    gather = (uint32_t)(limit - count + 1);
    if (now_ms - zt_spread_gathered_ms(&network->spread, group) >=
        (count == 0 ? RETRY_SPACING_MS : gather_interval_ms(vl2)))
        zt_gather_send(vl2, network, group, gather);
    sent = send_to_known(vl2, network, frame, group, origin, limit, gather);
    if (sent < limit)
        queue(vl2, network, frame, group, origin, sent, gather);
    return ZT_DROP_NONE;
}

static void send_queued(struct zt_vl2 *vl2, struct zt_network *network, struct zt_queued *queued,
                        zt_address to)
{
    struct zt_frame frame = { queued->group.mac, queued->from, queued->type, queued->payload,
                              queued->length };

    if (to == queued->origin || is_bridge(network, to))
        return;
    if (send_to(vl2, network, &frame, &queued->group, to, queued->gather))
        queued->sent++;
}

void zt_multicast_heard(struct zt_vl2 *vl2, zt_nwid nwid, const struct zt_group *group,
                        zt_address address)
{
    struct zt_network *network;
    struct zt_spread *spread;

    if (address == vl2->self || zt_address_is_reserved(address) ||
        !zt_likes_add(&vl2->likes, nwid, group, address, zt_vl2_now_ms(vl2)))
        return;
    network = zt_network_find(vl2, nwid);
    if (network == NULL || network->config == NULL)
        return;
    spread = &network->spread;
    for (size_t i = 0; i < spread->count;) {
        struct zt_queued *queued = spread->queue[i];

        if (zt_group_equal(&queued->group, group))
            send_queued(vl2, network, queued, address);
        if (queued->sent >= queued->limit)
            zt_spread_remove(spread, i);
        else
            i++;
    }
}

static int64_t due_of(const struct zt_queued *queued)
{
    return queued->started_ms +
           (queued->retries < RETRY_COUNT ? retry_after_ms[queued->retries] : QUEUE_LIFE_MS);
}

int64_t zt_multicast_due_ms(const struct zt_network *network)
{
    int64_t due_ms = INT64_MAX;

    for (size_t i = 0; i < network->spread.count; i++)
        if (due_of(network->spread.queue[i]) < due_ms)
            due_ms = due_of(network->spread.queue[i]);
    return due_ms;
}

static void retry(struct zt_vl2 *vl2, struct zt_network *network, struct zt_queued *queued)
{
    int64_t now_ms = zt_vl2_now_ms(vl2);

    queued->retries++;
    if (zt_likes_audience(&vl2->likes, network->nwid, &queued->group) != NULL)
        return;
    /* Several frames of one group wait for the same answer. */
    if (now_ms - zt_spread_gathered_ms(&network->spread, &queued->group) >= RETRY_SPACING_MS)
        zt_gather_send(vl2, network, &queued->group, queued->gather);
}

void zt_multicast_tick(struct zt_vl2 *vl2, struct zt_network *network)
{
    int64_t now_ms = zt_vl2_now_ms(vl2);
    struct zt_spread *spread = &network->spread;

    for (size_t i = 0; i < spread->count;) {
        struct zt_queued *queued = spread->queue[i];

        if (now_ms - queued->started_ms >= QUEUE_LIFE_MS) {
            zt_spread_remove(spread, i);
            continue;
        }
        if (now_ms >= due_of(queued))
            retry(vl2, network, queued);
        i++;
    }
}

void zt_multicast_clean(struct zt_vl2 *vl2, struct zt_network *network)
{
    zt_spread_clean(&network->spread, gather_interval_ms(vl2), zt_vl2_now_ms(vl2));
    zt_groups_clean(&network->groups, zt_vl2_now_ms(vl2));
}
