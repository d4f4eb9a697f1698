/* SPDX-License-Identifier: Apache-2.0 */
/* MULTICAST_FRAME from other members, and the gather results that come back for ours. */
#include "vl2/credentials.h"
#include "vl2/access.h"
#include "vl2/multicast.h"
#include "vl2/policy.h"

/* The member that made the frame: the sender, or, if that is a replicator, the member whose own MAC
   is the source and who may take part. docs/wire.md 16.6. */
static zt_address origin_of(struct zt_vl2 *vl2, struct zt_network *network,
                            const struct zt_frame *frame, zt_address sender)
{
    zt_address address = zt_mac_address(network->nwid, frame->from);
    const struct zt_identity *identity;
    struct zt_member *member;

    if (address == sender || frame->from.bytes[0] != zt_mac_first_octet(network->nwid) ||
        !zt_config_has_specialist(network->config, sender, ZT_SPECIALIST_REPLICATOR))
        return sender;
    identity = zt_vl1_identity_of(vl2->vl1, address);
    member = zt_members_find(&network->members, address);
    if (identity == NULL || member == NULL ||
        !zt_member_is_allowed(member, network->config, identity))
        return sender;
    return address;
}

static enum zt_drop take(struct zt_vl2 *vl2, struct zt_network *network,
                         const struct zt_frame *frame, const struct zt_group *group,
                         zt_address sender, bool replicate)
{
    zt_address origin = origin_of(vl2, network, frame, sender);
    enum zt_drop reason;
    bool super;

    /* Before it is spread: others take a replicator's word for whose frame it is. */
    reason = zt_frame_judge_macs(network, frame, origin);
    if (reason != ZT_DROP_NONE)
        return zt_frame_finish(vl2, network, frame, reason);
    if (replicate && network->am_replicator)
        (void)zt_multicast_send(vl2, network, frame, group, sender);
    reason = zt_policy_inbound(vl2, network, frame, origin, &super);
    return zt_frame_finish(vl2, network, frame, reason);
}

static void answer(struct zt_vl2 *vl2, const struct zt_network *network,
                   const struct zt_group *group, uint32_t wanted, const struct zt_inbound *in)
{
    struct zt_writer *out;

    if (!zt_gather_has(vl2, network, network->nwid, group, in->source))
        return;
    out = zt_vl1_compose_ok(vl2->vl1, in);
    zt_write_u64(out, network->nwid);
    zt_mac_write(group->mac, out);
    zt_write_u32(out, group->adi);
    zt_write_u8(out, ZT_MULTICAST_GATHER);
    zt_gather_write(vl2, network, network->nwid, group, in->source, wanted, out);
    (void)zt_vl1_send(vl2->vl1, 0);
}

/* Who asks for members gets them also if the frame itself is empty or filtered, but not from behind a MAC
   that is not its own. */
static bool lets_gather(enum zt_drop reason)
{
    return reason == ZT_DROP_NONE || reason == ZT_DROP_FILTERED || reason == ZT_DROP_REDIRECTED ||
           reason == ZT_DROP_EMPTY_FRAME || reason == ZT_DROP_TOO_LARGE;
}

static enum zt_drop judge(const struct zt_network *network, const struct zt_frame *frame)
{
    if (network->config->multicast_limit == 0)
        return ZT_DROP_NO_MULTICAST;
    if (frame->length == 0)
        return ZT_DROP_EMPTY_FRAME;
    if (frame->length > ZT_MAX_MTU)
        return ZT_DROP_TOO_LARGE;
    if (!zt_mac_is_multicast(frame->to))
        return ZT_DROP_MALFORMED;
    if (zt_mac_is_zero(frame->from) || zt_mac_is_multicast(frame->from) ||
        zt_mac_equal(frame->from, network->mac))
        return ZT_DROP_OWN_FRAME;
    return ZT_DROP_NONE;
}

enum zt_drop zt_multicast_receive(struct zt_vl2 *vl2, struct zt_inbound *in)
{
    struct zt_reader reader = zt_reader_of(in->payload, in->length);
    struct zt_network *network = zt_network_find(vl2, zt_read_u64(&reader));
    uint8_t flags = zt_read_u8(&reader);
    struct zt_com com = { 0 };
    struct zt_frame frame;
    struct zt_group group;
    enum zt_drop reason;
    uint32_t wanted;

    if (network == NULL)
        return ZT_DROP_NOT_JOINED;
    if ((flags & ZT_MULTICAST_CERTIFICATE) != 0)
        zt_com_read(&com, &reader);
    wanted = (flags & ZT_MULTICAST_GATHER) != 0 ? zt_read_u32(&reader) : 0;
    frame.from = (flags & ZT_MULTICAST_SOURCE) != 0 ? zt_mac_read(&reader)
                                                    : zt_mac_of(network->nwid, in->source);
    frame.to = zt_mac_read(&reader);
    group.mac = frame.to;
    group.adi = zt_read_u32(&reader);
    frame.type = zt_read_u16(&reader);
    if (reader.failed)
        return ZT_DROP_TRUNCATED;
    frame.payload = reader.at;
    frame.length = zt_reader_left(&reader);
    if (com.count > 0)
        (void)zt_credentials_offer_inline(vl2, &com, in->source);
    if (!zt_access_admits(vl2, network, in->identity))
        return zt_access_refuse(vl2, network, in);
    in->trusted = true;

    reason = judge(network, &frame);
    if (reason == ZT_DROP_NONE)
        reason =
            take(vl2, network, &frame, &group, in->source, (flags & ZT_MULTICAST_REPLICATE) != 0);
    if (wanted > 0 && lets_gather(reason))
        answer(vl2, network, &group, wanted, in);
    return reason;
}

/* After the verb and id asked: network 8, MAC 6, ADI 4, flags 1, [COM], [total 4, count 2,
   addresses]. docs/wire.md 16.4. */
enum zt_drop zt_multicast_ok_receive(struct zt_vl2 *vl2, struct zt_inbound *in)
{
    struct zt_reader reader =
        zt_reader_of(in->payload + ZT_REPLY_HEADER, in->length - ZT_REPLY_HEADER);
    zt_nwid nwid = zt_read_u64(&reader);
    struct zt_com com = { 0 };
    struct zt_group group;
    uint8_t flags;

    group.mac = zt_mac_read(&reader);
    group.adi = zt_read_u32(&reader);
    flags = zt_read_u8(&reader);
    if ((flags & ZT_MULTICAST_CERTIFICATE) != 0)
        zt_com_read(&com, &reader);
    if (reader.failed)
        return ZT_DROP_TRUNCATED;
    if (com.count > 0)
        (void)zt_credentials_offer_inline(vl2, &com, in->source);
    if ((flags & ZT_MULTICAST_GATHER) == 0)
        return ZT_DROP_NONE;
    return zt_gather_read(vl2, nwid, &group, &reader);
}

enum zt_drop zt_multicast_unwanted(struct zt_vl2 *vl2, struct zt_inbound *in,
                                   struct zt_reader *body)
{
    struct zt_network *network = zt_network_find(vl2, zt_read_u64(body));
    struct zt_group group;

    group.mac = zt_mac_read(body);
    group.adi = zt_read_u32(body);
    if (body->failed)
        return ZT_DROP_TRUNCATED;
    if (network == NULL)
        return ZT_DROP_NOT_JOINED;
    if (!zt_access_admits(vl2, network, in->identity))
        return ZT_DROP_NOT_MEMBER;
    zt_likes_remove(&vl2->likes, network->nwid, &group, in->source);
    return ZT_DROP_NONE;
}
