/* SPDX-License-Identifier: Apache-2.0 */
/* MULTICAST_GATHER: asking others for members of a group, and answering them. */
#include "base/rate.h"
#include "vl2/access.h"
#include "vl2/credentials.h"
#include "vl2/multicast.h"

#define MAX_ASKED 16
#define MAX_RESULTS 65535

struct asked {
    zt_address self;
    zt_address list[MAX_ASKED];
    size_t count;
};

static void ask(struct asked *asked, zt_address address)
{
    if (zt_address_is_reserved(address) || address == asked->self || asked->count == MAX_ASKED)
        return;
    for (size_t i = 0; i < asked->count; i++)
        if (asked->list[i] == address)
            return;
    asked->list[asked->count++] = address;
}

static void ask_specialists(struct asked *asked, const struct zt_config *config, uint64_t roles,
                            struct zt_rng *rng)
{
    zt_address found[ZT_MAX_SPECIALISTS];
    size_t count = 0;

    for (size_t i = 0; i < config->specialist_count; i++)
        if ((config->specialists[i] & roles) != 0)
            found[count++] = config->specialists[i] & ZT_SPECIALIST_ADDRESS;
    for (size_t i = 0; i < count; i++) {
        size_t pick = i + zt_rng_below(rng, (uint32_t)(count - i));
        zt_address address = found[pick];

        found[pick] = found[i];
        ask(asked, address);
    }
}

/* network 8, flags 1, MAC 6, ADI 4, wanted 4, [COM]. docs/wire.md 16.3. */
static void send_one(struct zt_vl2 *vl2, const struct zt_network *network,
                     const struct zt_group *group, uint32_t wanted, zt_address to)
{
    const struct zt_com *com = &network->config->com;
    struct zt_writer *out = zt_vl1_compose(vl2->vl1, to, ZT_VERB_MULTICAST_GATHER);

    zt_write_u64(out, network->nwid);
    zt_write_u8(out, com->count > 0 ? ZT_MULTICAST_CERTIFICATE : 0);
    zt_mac_write(group->mac, out);
    zt_write_u32(out, group->adi);
    zt_write_u32(out, wanted);
    if (com->count > 0)
        zt_com_write(com, out);
    (void)zt_vl1_send(vl2->vl1, ZT_SEND_EXPECT);
}

void zt_gather_send(struct zt_vl2 *vl2, struct zt_network *network, const struct zt_group *group,
                    uint32_t wanted)
{
    const struct zt_config *config = network->config;
    struct asked asked = { .self = vl2->self };

    ask(&asked, zt_vl1_best_upstream(vl2->vl1));
    ask(&asked, zt_nwid_controller(network->nwid));
    ask_specialists(&asked, config, ZT_SPECIALIST_ANCHOR | ZT_SPECIALIST_REPLICATOR, vl2->rng);
    for (size_t i = 0; i < asked.count; i++)
        send_one(vl2, network, group, wanted, asked.list[i]);
    zt_spread_gathered(&network->spread, group, zt_vl2_now_ms(vl2));
}

static bool is_subscribed(const struct zt_network *network, const struct zt_group *group)
{
    return network != NULL && network->config != NULL && zt_groups_has(&network->groups, group);
}

bool zt_gather_has(const struct zt_vl2 *vl2, const struct zt_network *network, zt_nwid nwid,
                   const struct zt_group *group, zt_address asker)
{
    const struct zt_audience *audience = zt_likes_audience(&vl2->likes, nwid, group);

    if (is_subscribed(network, group))
        return true;
    return audience != NULL && (audience->count > 1 || audience->likes[0]->address != asker);
}

void zt_gather_write(struct zt_vl2 *vl2, const struct zt_network *network, zt_nwid nwid,
                     const struct zt_group *group, zt_address asker, uint32_t wanted,
                     struct zt_writer *out)
{
    struct zt_audience *audience = zt_likes_audience(&vl2->likes, nwid, group);
    size_t known = audience == NULL ? 0 : audience->count;
    bool subscribed = is_subscribed(network, group);
    size_t room = (ZT_MAX_DELIVERABLE - ZT_HEADER_SIZE - zt_writer_length(out)) / 5 - 2;
    size_t most = wanted < MAX_RESULTS ? wanted : MAX_RESULTS;
    uint16_t count = 0;
    uint8_t *count_at;

    if (most > room)
        most = room;
    zt_write_u32(out, (uint32_t)known + (subscribed ? 1 : 0));
    count_at = zt_write_reserve(out, 2);
    if (subscribed && most > 0) {
        zt_write_u40(out, vl2->self);
        count++;
    }
    if (audience != NULL)
        zt_audience_shuffle(audience, vl2->rng, most + 1);
    for (size_t i = 0; i < known && count < most; i++) {
        if (audience->likes[i]->address == asker)
            continue;
        zt_write_u40(out, audience->likes[i]->address);
        count++;
    }
    if (count_at != NULL)
        zt_store_u16(count_at, count);
}

enum zt_drop zt_gather_read(struct zt_vl2 *vl2, zt_nwid nwid, const struct zt_group *group,
                            struct zt_reader *in)
{
    const struct zt_network *network;
    size_t count;

    (void)zt_read_u32(in); /* the total tells nothing we use */
    count = zt_read_u16(in);
    if (in->failed || zt_reader_left(in) < count * 5)
        return ZT_DROP_TRUNCATED;
    network = zt_network_find(vl2, nwid);
    if (network == NULL)
        return ZT_DROP_NOT_JOINED;
    if (!zt_mac_is_multicast(group->mac))
        return ZT_DROP_MALFORMED;
    /* The id answered may be that of another question, whose receiver knows it too. */
    if (zt_likes_audience(&vl2->likes, nwid, group) == NULL &&
        zt_spread_gathered_ms(&network->spread, group) == ZT_NEVER_MS)
        return ZT_DROP_UNEXPECTED_REPLY;
    for (size_t i = 0; i < count; i++)
        zt_multicast_heard(vl2, nwid, group, zt_read_u40(in));
    return ZT_DROP_NONE;
}

static void answer(struct zt_vl2 *vl2, const struct zt_network *network, zt_nwid nwid,
                   const struct zt_group *group, uint32_t wanted, const struct zt_inbound *in)
{
    struct zt_writer *out;

    if (!zt_gather_has(vl2, network, nwid, group, in->source))
        return;
    out = zt_vl1_compose_ok(vl2->vl1, in);
    zt_write_u64(out, nwid);
    zt_mac_write(group->mac, out);
    zt_write_u32(out, group->adi);
    zt_gather_write(vl2, network, nwid, group, in->source, wanted, out);
    (void)zt_vl1_send(vl2->vl1, 0);
}

enum zt_drop zt_gather_receive(struct zt_vl2 *vl2, struct zt_inbound *in)
{
    struct zt_reader reader = zt_reader_of(in->payload, in->length);
    zt_nwid nwid = zt_read_u64(&reader);
    uint8_t flags = zt_read_u8(&reader);
    struct zt_network *network = zt_network_find(vl2, nwid);
    struct zt_group group;
    uint32_t wanted;

    group.mac = zt_mac_read(&reader);
    group.adi = zt_read_u32(&reader);
    wanted = zt_read_u32(&reader);
    if (reader.failed)
        return ZT_DROP_TRUNCATED;
    if (network != NULL && (flags & ZT_MULTICAST_CERTIFICATE) != 0) {
        struct zt_com com = { 0 };

        zt_com_read(&com, &reader);
        if (!reader.failed)
            (void)zt_credentials_offer_inline(vl2, &com, in->source);
    }
    if (!zt_access_serves(vl2, network, nwid, in->identity))
        return network == NULL ? ZT_DROP_NOT_JOINED : ZT_DROP_NOT_MEMBER;
    if (network != NULL && zt_access_admits(vl2, network, in->identity))
        in->trusted = true;
    if (wanted > 0)
        answer(vl2, network, nwid, &group, wanted, in);
    return ZT_DROP_NONE;
}

/* After the verb and id asked: network 8, MAC 6, ADI 4, total 4, count 2, addresses. docs/wire.md
   16.3. */
enum zt_drop zt_gather_ok_receive(struct zt_vl2 *vl2, struct zt_inbound *in)
{
    struct zt_reader reader =
        zt_reader_of(in->payload + ZT_REPLY_HEADER, in->length - ZT_REPLY_HEADER);
    zt_nwid nwid = zt_read_u64(&reader);
    struct zt_group group;

    group.mac = zt_mac_read(&reader);
    group.adi = zt_read_u32(&reader);
    return zt_gather_read(vl2, nwid, &group, &reader);
}
