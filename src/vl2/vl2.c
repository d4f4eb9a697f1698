/* SPDX-License-Identifier: Apache-2.0 */
/* VL2's door: construction, inputs, snapshots. Timers: per network the next request, announcement
   and waiting multicast; for all together a cleaning every 30 s. */
#include "vl2/vl2.h"

#include "base/text.h"
#include "vl2/announce.h"
#include "vl2/egress.h"
#include "vl2/multicast.h"
#include "vl2/request.h"
#include "vl2/verbs.h"

struct zt_vl2 *zt_vl2_new(const struct zt_vl2_options *options)
{
    struct zt_vl2 *vl2 = zt_alloc(sizeof *vl2);

    if (vl2 == NULL)
        return NULL;
    vl2->vl1 = options->vl1;
    vl2->rng = options->rng;
    vl2->effects = options->effects;
    vl2->log = options->log;
    vl2->is_controller = options->is_controller;
    vl2->low_bandwidth = options->low_bandwidth;
    (void)zt_format(vl2->platform, sizeof vl2->platform, "%s",
                    options->platform == NULL ? "unknown/unknown" : options->platform);
    vl2->self = zt_vl1_self(vl2->vl1)->address;
    vl2->clean_due_ms = zt_vl2_now_ms(vl2) + ZT_HOUSEKEEPING_MS;
    vl2->due_ms = vl2->clean_due_ms;
    return vl2;
}

void zt_vl2_free(struct zt_vl2 *vl2)
{
    if (vl2 == NULL)
        return;
    while (vl2->networks != NULL)
        zt_network_free(vl2, vl2->networks);
    zt_likes_clear(&vl2->likes);
    zt_senders_clear(&vl2->senders);
    zt_clients_clear(&vl2->clients);
    zt_free(vl2);
}

enum zt_drop zt_vl2_packet(void *context, struct zt_inbound *in)
{
    return zt_vl2_dispatch(context, in);
}

const struct zt_identity *zt_vl2_controller(struct zt_vl2 *vl2, zt_nwid nwid)
{
    zt_address address = zt_nwid_controller(nwid);
    const struct zt_identity *identity;

    if (address == vl2->self)
        return zt_vl1_self(vl2->vl1);
    identity = zt_vl1_identity_of(vl2->vl1, address);
    if (identity == NULL && !zt_address_is_reserved(address))
        zt_vl1_whois(vl2->vl1, address);
    return identity;
}

/* The way to the controller and the roots has just opened: what waited for it is due. */
static void come_online(struct zt_vl2 *vl2, struct zt_network *network)
{
    if (!network->confirmed && !zt_network_is_adhoc(network->nwid))
        network->request_due_ms = zt_vl2_now_ms(vl2);
    if (network->config != NULL)
        network->announce_due_ms = zt_vl2_now_ms(vl2);
}

static void tick_network(struct zt_vl2 *vl2, struct zt_network *network)
{
    int64_t now_ms = zt_vl2_now_ms(vl2);

    if (now_ms >= network->request_due_ms)
        zt_request_send(vl2, network);
    if (now_ms >= network->announce_due_ms) {
        zt_announce_all(vl2, network);
        network->announce_due_ms =
            vl2->low_bandwidth ? INT64_MAX : now_ms + ZT_ANNOUNCE_INTERVAL_MS;
    }
    zt_multicast_tick(vl2, network);
    zt_vl2_wake(vl2, network->request_due_ms);
    zt_vl2_wake(vl2, network->announce_due_ms);
    zt_vl2_wake(vl2, zt_multicast_due_ms(network));
}

static void clean(struct zt_vl2 *vl2)
{
    int64_t now_ms = zt_vl2_now_ms(vl2);
    struct zt_network *network, *next;

    HASH_ITER(hh, vl2->networks, network, next)
    {
        if (network->config != NULL)
            zt_members_clean(&network->members, network->config, now_ms);
        zt_multicast_clean(vl2, network);
    }
    zt_likes_clean(&vl2->likes, now_ms);
    zt_senders_clean(&vl2->senders, now_ms);
    zt_clients_clean(&vl2->clients, now_ms);
    vl2->clean_due_ms = now_ms + ZT_HOUSEKEEPING_MS;
}

void zt_vl2_tick(struct zt_vl2 *vl2)
{
    bool online = zt_vl1_is_online(vl2->vl1);
    bool came = online && !vl2->was_online;
    struct zt_network *network, *next;

    vl2->was_online = online;
    if (!came && zt_vl2_now_ms(vl2) < vl2->due_ms)
        return;
    vl2->due_ms = INT64_MAX;
    HASH_ITER(hh, vl2->networks, network, next)
    {
        if (came)
            come_online(vl2, network);
        tick_network(vl2, network);
    }
    if (zt_vl2_now_ms(vl2) >= vl2->clean_due_ms)
        clean(vl2);
    zt_vl2_wake(vl2, vl2->clean_due_ms);
}

int64_t zt_vl2_deadline_ms(const struct zt_vl2 *vl2)
{
    /* Going online or offline happens inside VL1; the next tick notices it. */
    if (zt_vl1_is_online(vl2->vl1) != vl2->was_online)
        return zt_vl2_now_ms(vl2);
    return vl2->due_ms;
}

static void load(struct zt_vl2 *vl2, struct zt_network *network, const uint8_t *saved,
                 size_t length)
{
    struct zt_dict dict = zt_dict_of(saved, length);
    struct zt_config *config = zt_config_read(&dict);

    if (config != NULL)
        (void)zt_network_install(vl2, network, config, NULL, 0);
}

bool zt_vl2_join(struct zt_vl2 *vl2, zt_nwid nwid, const uint8_t *saved, size_t saved_length)
{
    struct zt_network *network;

    if (nwid == 0)
        return false;
    if (zt_network_find(vl2, nwid) != NULL)
        return true;
    network = zt_network_new(vl2, nwid);
    if (network == NULL)
        return false;
    if (saved != NULL && !zt_network_is_adhoc(nwid))
        load(vl2, network, saved, saved_length);
    zt_request_send(vl2, network);
    return true;
}

bool zt_vl2_leave(struct zt_vl2 *vl2, zt_nwid nwid)
{
    struct zt_network *network = zt_network_find(vl2, nwid);
    struct zt_effect forget = { .kind = ZT_EFFECT_SAVE, .code = ZT_OBJECT_NETWORK, .id = nwid };
    struct zt_effect gone = { .kind = ZT_EFFECT_EVENT, .code = ZT_EVENT_NETWORK_GONE, .id = nwid };

    if (network == NULL)
        return false;
    zt_network_free(vl2, network);
    zt_network_tell_vl1(vl2);
    (void)zt_outbox_put(vl2->effects, &forget);
    (void)zt_outbox_put(vl2->effects, &gone);
    return true;
}

static enum zt_drop take_frame(struct zt_vl2 *vl2, zt_nwid nwid, const uint8_t *bytes,
                               size_t length)
{
    struct zt_network *network = zt_network_find(vl2, nwid);
    struct zt_frame frame;
    enum zt_drop reason;

    if (network == NULL)
        return ZT_DROP_NOT_JOINED;
    if (length < ZT_ETHER_HEADER)
        return ZT_DROP_TRUNCATED;
    if (length == ZT_ETHER_HEADER)
        return ZT_DROP_EMPTY_FRAME;
    if (length - ZT_ETHER_HEADER > ZT_MAX_MTU)
        return ZT_DROP_TOO_LARGE;
    memcpy(frame.to.bytes, bytes, 6);
    memcpy(frame.from.bytes, bytes + 6, 6);
    frame.type = zt_load_u16(bytes + 12);
    frame.payload = bytes + ZT_ETHER_HEADER;
    frame.length = length - ZT_ETHER_HEADER;
    reason = zt_egress_frame(vl2, network, &frame);
    network->tally.out[reason == ZT_DROP_NONE]++;
    return reason;
}

enum zt_drop zt_vl2_frame(struct zt_vl2 *vl2, zt_nwid nwid, const uint8_t *frame, size_t length)
{
    enum zt_drop reason = take_frame(vl2, nwid, frame, length);

    zt_vl1_count(vl2->vl1, reason);
    return reason;
}

void zt_vl2_report_drops(struct zt_vl2 *vl2, bool on)
{
    vl2->reports_drops = on;
}

bool zt_vl2_subscribe(struct zt_vl2 *vl2, zt_nwid nwid, const struct zt_group *group)
{
    struct zt_network *network = zt_network_find(vl2, nwid);
    bool is_new;

    if (network == NULL || !zt_mac_is_multicast(group->mac) ||
        !zt_groups_subscribe(&network->groups, group, &is_new))
        return false;
    if (is_new)
        zt_announce_group(vl2, network, group);
    return true;
}

bool zt_vl2_unsubscribe(struct zt_vl2 *vl2, zt_nwid nwid, const struct zt_group *group)
{
    struct zt_network *network = zt_network_find(vl2, nwid);

    if (network == NULL || !zt_groups_unsubscribe(&network->groups, group))
        return false;
    zt_groups_imply(&network->groups, network->config);
    return true;
}

size_t zt_vl2_network_count(const struct zt_vl2 *vl2)
{
    return HASH_COUNT(vl2->networks);
}

bool zt_vl2_network_at(const struct zt_vl2 *vl2, size_t index, struct zt_network_status *status)
{
    const struct zt_network *network = vl2->networks;

    while (network != NULL && index-- > 0)
        network = network->hh.next;
    if (network == NULL)
        return false;
    zt_network_describe(network, status);
    return true;
}

bool zt_vl2_network_status(const struct zt_vl2 *vl2, zt_nwid nwid, struct zt_network_status *status)
{
    const struct zt_network *network = zt_network_find(vl2, nwid);

    if (network == NULL)
        return false;
    zt_network_describe(network, status);
    return true;
}
