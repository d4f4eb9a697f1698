/* SPDX-License-Identifier: Apache-2.0 */
/* FRAME and EXT_FRAME on the wire, both directions. */
#include "vl2/frame.h"

#include "vl2/credentials.h"
#include "vl2/access.h"
#include "vl2/policy.h"

#include <assert.h>

#define EXT_CERTIFICATE 0x01
#define EXT_ACKNOWLEDGE 0x10

static enum zt_drop put_frame(struct zt_vl2 *vl2, const struct zt_network *network,
                              const struct zt_frame *frame, enum zt_drop judgement)
{
    struct zt_effect effect = { .kind = ZT_EFFECT_FRAME,
                                .code = judgement,
                                .id = network->nwid,
                                .length = ZT_ETHER_HEADER + frame->length };
    uint8_t *whole = zt_outbox_reserve(vl2->effects, &effect);

    if (whole == NULL)
        return ZT_DROP_NO_ROOM;
    memcpy(whole, frame->to.bytes, 6);
    memcpy(whole + 6, frame->from.bytes, 6);
    zt_store_u16(whole + 12, frame->type);
    if (frame->length > 0)
        memcpy(whole + ZT_ETHER_HEADER, frame->payload, frame->length);
    return ZT_DROP_NONE;
}

enum zt_drop zt_frame_deliver(struct zt_vl2 *vl2, const struct zt_network *network,
                              const struct zt_frame *frame)
{
    return put_frame(vl2, network, frame, ZT_DROP_NONE);
}

enum zt_drop zt_frame_finish(struct zt_vl2 *vl2, struct zt_network *network,
                             const struct zt_frame *frame, enum zt_drop judgement)
{
    network->tally.in[judgement == ZT_DROP_NONE]++;
    if (judgement == ZT_DROP_NONE)
        return zt_frame_deliver(vl2, network, frame);
    if (vl2->reports_drops)
        (void)put_frame(vl2, network, frame, judgement);
    return judgement;
}

/* network 8, type 2, payload. docs/wire.md 15.2. */
enum zt_drop zt_frame_send(struct zt_vl2 *vl2, const struct zt_network *network,
                           const struct zt_frame *frame, zt_address to)
{
    struct zt_writer *out = zt_vl1_compose(vl2->vl1, to, ZT_VERB_FRAME);

    zt_write_u64(out, network->nwid);
    zt_write_u16(out, frame->type);
    zt_write_copy(out, frame->payload, frame->length);
    return zt_vl1_send(vl2->vl1, 0);
}

/* network 8, flags 1, destination 6, source 6, type 2, payload. docs/wire.md 15.3. */
enum zt_drop zt_frame_send_extended(struct zt_vl2 *vl2, const struct zt_network *network,
                                    const struct zt_frame *frame, size_t length, zt_address to,
                                    uint8_t flags, unsigned send_flags)
{
    struct zt_writer *out = zt_vl1_compose(vl2->vl1, to, ZT_VERB_EXT_FRAME);

    assert((flags & EXT_CERTIFICATE) == 0 && length <= frame->length);
    zt_write_u64(out, network->nwid);
    zt_write_u8(out, flags);
    zt_mac_write(frame->to, out);
    zt_mac_write(frame->from, out);
    zt_write_u16(out, frame->type);
    zt_write_copy(out, frame->payload, length);
    return zt_vl1_send(vl2->vl1, send_flags);
}

enum zt_drop zt_frame_receive(struct zt_vl2 *vl2, struct zt_inbound *in)
{
    struct zt_reader reader = zt_reader_of(in->payload, in->length);
    struct zt_network *network = zt_network_find(vl2, zt_read_u64(&reader));
    struct zt_frame frame;
    enum zt_drop reason;
    bool super;

    frame.type = zt_read_u16(&reader);
    if (reader.failed)
        return ZT_DROP_TRUNCATED;
    if (network == NULL)
        return ZT_DROP_NOT_JOINED;
    if (!zt_access_admits(vl2, network, in->identity))
        return zt_access_refuse(vl2, network, in);
    in->trusted = true;
    frame.length = zt_reader_left(&reader);
    if (frame.length == 0)
        return ZT_DROP_EMPTY_FRAME;
    frame.payload = reader.at;
    frame.to = network->mac;
    frame.from = zt_mac_of(network->nwid, in->source);
    reason = zt_policy_inbound(vl2, network, &frame, in->source, &super);
    return zt_frame_finish(vl2, network, &frame, reason);
}

enum zt_drop zt_frame_judge_macs(struct zt_network *network, const struct zt_frame *frame,
                                 zt_address sender)
{
    bool multicast = zt_mac_is_multicast(frame->to);
    bool bridged = !zt_mac_equal(frame->from, zt_mac_of(network->nwid, sender));

    if (bridged && (zt_mac_is_multicast(frame->from) ||
                    !zt_config_has_specialist(network->config, sender, ZT_SPECIALIST_BRIDGE)))
        return ZT_DROP_NO_BRIDGE;
    if (multicast && network->config->multicast_limit == 0)
        return ZT_DROP_NO_MULTICAST;
    if (!multicast && !zt_mac_equal(frame->to, network->mac) && !network->am_bridge)
        return ZT_DROP_NO_BRIDGE;
    if (bridged)
        zt_bridge_learn(&network->bridge, frame->from, sender);
    return ZT_DROP_NONE;
}

static void acknowledge(struct zt_vl2 *vl2, const struct zt_network *network,
                        const struct zt_inbound *in)
{
    zt_write_u64(zt_vl1_compose_ok(vl2->vl1, in), network->nwid);
    (void)zt_vl1_send(vl2->vl1, 0);
}

/* Filter, MACs, host. *answer: the acknowledgement asked for may be sent. */
static enum zt_drop take_extended(struct zt_vl2 *vl2, struct zt_network *network,
                                  const struct zt_frame *frame, zt_address sender, bool *answer)
{
    enum zt_drop reason;
    bool super;

    *answer = false;
    if (zt_mac_is_zero(frame->from) || zt_mac_equal(frame->from, network->mac))
        return ZT_DROP_OWN_FRAME;
    reason = zt_policy_inbound(vl2, network, frame, sender, &super);
    *answer = true;
    if (reason != ZT_DROP_NONE)
        return zt_frame_finish(vl2, network, frame, reason);
    /* A rule that names us as its target lets any MAC in. */
    if (!super)
        reason = zt_frame_judge_macs(network, frame, sender);
    *answer = reason == ZT_DROP_NONE;
    return zt_frame_finish(vl2, network, frame, reason);
}

enum zt_drop zt_ext_frame_receive(struct zt_vl2 *vl2, struct zt_inbound *in)
{
    struct zt_reader reader = zt_reader_of(in->payload, in->length);
    struct zt_network *network = zt_network_find(vl2, zt_read_u64(&reader));
    uint8_t flags = zt_read_u8(&reader);
    struct zt_com com = { 0 };
    struct zt_frame frame;
    enum zt_drop reason = ZT_DROP_EMPTY_FRAME;
    bool answer = true;

    if ((flags & EXT_CERTIFICATE) != 0)
        zt_com_read(&com, &reader);
    frame.to = zt_mac_read(&reader);
    frame.from = zt_mac_read(&reader);
    frame.type = zt_read_u16(&reader);
    if (reader.failed)
        return ZT_DROP_TRUNCATED;
    if (network == NULL)
        return ZT_DROP_NOT_JOINED;
    if (com.count > 0)
        (void)zt_credentials_offer_inline(vl2, &com, in->source);
    if (!zt_access_admits(vl2, network, in->identity))
        return zt_access_refuse(vl2, network, in);
    in->trusted = true;
    frame.payload = reader.at;
    frame.length = zt_reader_left(&reader);
    if (frame.length > 0)
        reason = take_extended(vl2, network, &frame, in->source, &answer);
    if (answer && (flags & EXT_ACKNOWLEDGE) != 0)
        acknowledge(vl2, network, in);
    return reason;
}
