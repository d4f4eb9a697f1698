/* SPDX-License-Identifier: Apache-2.0 */
/* Announcements of multicast groups, both ways. Timer: a network's announce_due_ms, every 60 s. */
#include "vl2/announce.h"

#include "base/rate.h"
#include "vl2/access.h"
#include "vl2/credentials.h"
#include "vl2/multicast.h"

#define LIKE_SIZE 18
#define LIKES_PER_PACKET ((ZT_MAX_DELIVERABLE - ZT_HEADER_SIZE) / LIKE_SIZE)
#define MAX_TARGETS (ZT_MAX_SPECIALISTS + 80) /* specialists, the controller, roots */

/* One packet after the other, each opened when its first group comes. */
struct packing {
    struct zt_vl2 *vl2;
    zt_nwid nwid;
    zt_address to;
    struct zt_writer *out; /* NULL: none open */
    size_t count;
};

static void flush(struct packing *packing)
{
    if (packing->out != NULL)
        (void)zt_vl1_send(packing->vl2->vl1, ZT_SEND_COMPRESS);
    packing->out = NULL;
    packing->count = 0;
}

static void pack(struct packing *packing, const struct zt_group *group)
{
    if (packing->out == NULL)
        packing->out = zt_vl1_compose(packing->vl2->vl1, packing->to, ZT_VERB_MULTICAST_LIKE);
    zt_write_u64(packing->out, packing->nwid);
    zt_mac_write(group->mac, packing->out);
    zt_write_u32(packing->out, group->adi);
    if (++packing->count == LIKES_PER_PACKET)
        flush(packing);
}

void zt_announce_to(struct zt_vl2 *vl2, struct zt_network *network, zt_address address)
{
    struct packing packing = { vl2, network->nwid, address, NULL, 0 };
    struct zt_bridged_group *bridged, *next;

    for (size_t i = 0; i < network->groups.count; i++)
        pack(&packing, &network->groups.list[i]);
    HASH_ITER(hh, network->groups.bridged, bridged, next)
    pack(&packing, &bridged->group);
    flush(&packing);
}

static void announce_one(struct zt_vl2 *vl2, const struct zt_network *network,
                         const struct zt_group *group, zt_address address)
{
    struct packing packing = { vl2, network->nwid, address, NULL, 0 };

    pack(&packing, group);
    flush(&packing);
}

static size_t add_target(zt_address *targets, size_t count, zt_address address, zt_address self)
{
    if (address == self || zt_address_is_reserved(address) || count == MAX_TARGETS)
        return count;
    for (size_t i = 0; i < count; i++)
        if (targets[i] == address)
            return count;
    targets[count] = address;
    return count + 1;
}

/* Those that answer gathers for everyone: anchors, replicators, the controller, roots. */
static size_t list_targets(struct zt_vl2 *vl2, const struct zt_network *network,
                           zt_address targets[MAX_TARGETS])
{
    const struct zt_config *config = network->config;
    zt_address roots[64];
    size_t root_count = zt_vl1_upstreams(vl2->vl1, roots, sizeof roots / sizeof roots[0]);
    size_t count = 0;

    for (size_t i = 0; i < config->specialist_count; i++)
        if ((config->specialists[i] & (ZT_SPECIALIST_ANCHOR | ZT_SPECIALIST_REPLICATOR)) != 0)
            count = add_target(targets, count, config->specialists[i] & ZT_SPECIALIST_ADDRESS,
                               vl2->self);
    count = add_target(targets, count, zt_nwid_controller(network->nwid), vl2->self);
    for (size_t i = 0; i < root_count; i++)
        count = add_target(targets, count, roots[i], vl2->self);
    return count;
}

static bool is_allowed(struct zt_vl2 *vl2, const struct zt_network *network,
                       struct zt_member *member)
{
    const struct zt_identity *identity;

    if (member->address == vl2->self)
        return false;
    identity = zt_vl1_identity_of(vl2->vl1, member->address);
    return identity != NULL && zt_member_is_allowed(member, network->config, identity);
}

/* Anchors and replicators take likes only from members that showed a certificate. */
static void introduce(struct zt_vl2 *vl2, struct zt_network *network, zt_address address)
{
    struct zt_member *member;

    if (!zt_config_has_specialist(network->config, address,
                                  ZT_SPECIALIST_ANCHOR | ZT_SPECIALIST_REPLICATOR))
        return;
    member = zt_members_get(&network->members, address, true, zt_vl2_now_ms(vl2));
    if (member != NULL)
        zt_credentials_push_if_due(vl2, network, member);
}

void zt_announce_all(struct zt_vl2 *vl2, struct zt_network *network)
{
    zt_address targets[MAX_TARGETS];
    int64_t now_ms = zt_vl2_now_ms(vl2);
    struct zt_member *member, *next;
    size_t count;

    if (network->config == NULL)
        return;
    count = list_targets(vl2, network, targets);
    for (size_t i = 0; i < count; i++) {
        introduce(vl2, network, targets[i]);
        zt_announce_to(vl2, network, targets[i]);
    }
    HASH_ITER(hh, network->members.table, member, next)
    if (is_allowed(vl2, network, member) &&
        zt_interval_passed(&member->announced_ms, ZT_ANNOUNCE_INTERVAL_MS, now_ms))
        zt_announce_to(vl2, network, member->address);
}

void zt_announce_group(struct zt_vl2 *vl2, struct zt_network *network, const struct zt_group *group)
{
    zt_address targets[MAX_TARGETS];
    struct zt_member *member, *next;
    size_t count;

    if (network->config == NULL)
        return;
    count = list_targets(vl2, network, targets);
    for (size_t i = 0; i < count; i++)
        announce_one(vl2, network, group, targets[i]);
    HASH_ITER(hh, network->members.table, member, next)
    if (is_allowed(vl2, network, member))
        announce_one(vl2, network, group, member->address);
}

/* Any number of: network 8, MAC 6, ADI 4. docs/wire.md 16.2. */
enum zt_drop zt_like_receive(struct zt_vl2 *vl2, struct zt_inbound *in)
{
    struct zt_reader reader = zt_reader_of(in->payload, in->length);
    zt_nwid judged = 0;
    bool serves = false, any = false;

    if (in->length % LIKE_SIZE != 0)
        return ZT_DROP_MALFORMED;
    while (zt_reader_left(&reader) > 0) {
        zt_nwid nwid = zt_read_u64(&reader);
        struct zt_group group;

        group.mac = zt_mac_read(&reader);
        group.adi = zt_read_u32(&reader);
        if (nwid != judged) {
            serves = zt_access_serves(vl2, zt_network_find(vl2, nwid), nwid, in->identity);
            judged = nwid;
        }
        any = any || serves;
        if (serves && zt_mac_is_multicast(group.mac))
            zt_multicast_heard(vl2, nwid, &group, in->source);
    }
    return any ? ZT_DROP_NONE : ZT_DROP_NOT_MEMBER;
}
