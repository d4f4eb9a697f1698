/* SPDX-License-Identifier: Apache-2.0 */
/* Frames from the host: to one member, to a group, over bridges, or back. */
#include "vl2/egress.h"

#include "vl2/announce.h"
#include "vl2/credentials.h"
#include "vl2/multicast.h"
#include "vl2/ndp.h"
#include "vl2/policy.h"

static enum zt_drop send_multicast(struct zt_vl2 *vl2, struct zt_network *network,
                                   const struct zt_frame *frame)
{
    const struct zt_config *config = network->config;
    struct zt_group group = { frame->to, 0 };
    uint8_t bytes[ZT_NDP_ADVERTISEMENT];
    struct zt_frame answer;
    enum zt_drop reason;

    if (!zt_arp_group(frame, &group) && zt_mac_is_broadcast(frame->to) &&
        (config->flags & ZT_CONFIG_FLAG_BROADCAST) == 0)
        return ZT_DROP_NO_BROADCAST;
    if (zt_ndp_answer(network, vl2->self, frame, bytes, &answer))
        return zt_frame_deliver(vl2, network, &answer);
    if (config->multicast_limit == 0)
        return ZT_DROP_NO_MULTICAST;
    if (!zt_mac_equal(frame->from, network->mac) &&
        zt_groups_bridged(&network->groups, &group, zt_vl2_now_ms(vl2)))
        zt_announce_group(vl2, network, &group);
    reason = zt_policy_outbound(vl2, network, frame, 0, NULL, false);
    if (reason != ZT_DROP_NONE)
        return reason;
    return zt_multicast_send(vl2, network, frame, &group, 0);
}

static enum zt_drop send_unicast(struct zt_vl2 *vl2, struct zt_network *network,
                                 const struct zt_frame *frame)
{
    zt_address to = zt_mac_address(network->nwid, frame->to);
    struct zt_member *member;
    enum zt_drop reason;

    if (zt_address_is_reserved(to))
        return ZT_DROP_NO_ROUTE;
    member = zt_members_get(&network->members, to, false, zt_vl2_now_ms(vl2));
    if (member == NULL)
        return ZT_DROP_NO_MEMORY;
    reason = zt_policy_outbound(vl2, network, frame, to, member, false);
    if (reason != ZT_DROP_NONE)
        return reason;
    zt_credentials_push_if_due(vl2, network, member);
    if (zt_mac_equal(frame->from, network->mac))
        return zt_frame_send(vl2, network, frame, to);
    return zt_frame_send_extended(vl2, network, frame, frame->length, to, 0, 0);
}

static enum zt_drop send_bridged(struct zt_vl2 *vl2, struct zt_network *network,
                                 const struct zt_frame *frame)
{
    zt_address targets[ZT_MAX_BRIDGE_COPIES];
    size_t count;
    enum zt_drop reason = zt_policy_outbound(vl2, network, frame, 0, NULL, false);

    if (reason != ZT_DROP_NONE)
        return reason;
    count = zt_bridge_targets(&network->bridge, network->config, vl2->self, frame->to, vl2->rng,
                              targets);
    if (count == 0)
        return ZT_DROP_NO_BRIDGE;
    for (size_t i = 0; i < count; i++) {
        struct zt_member *member =
            zt_members_get(&network->members, targets[i], false, zt_vl2_now_ms(vl2));
        enum zt_drop judged = zt_policy_outbound(vl2, network, frame, targets[i], member, true);

        if (judged == ZT_DROP_NONE) {
            if (member != NULL)
                zt_credentials_push_if_due(vl2, network, member);
            judged = zt_frame_send_extended(vl2, network, frame, frame->length, targets[i], 0, 0);
        }
        if (i == 0 || judged == ZT_DROP_NONE)
            reason = judged;
    }
    return reason;
}

enum zt_drop zt_egress_frame(struct zt_vl2 *vl2, struct zt_network *network,
                             const struct zt_frame *frame)
{
    if (network->config == NULL)
        return ZT_DROP_NOT_CONFIGURED;
    if (!zt_mac_equal(frame->from, network->mac) && !network->am_bridge)
        return ZT_DROP_NO_BRIDGE;
    if (zt_mac_is_multicast(frame->to))
        return send_multicast(vl2, network, frame);
    if (zt_mac_equal(frame->to, network->mac))
        return zt_frame_deliver(vl2, network, frame);
    if (frame->to.bytes[0] == zt_mac_first_octet(network->nwid))
        return send_unicast(vl2, network, frame);
    return send_bridged(vl2, network, frame);
}
