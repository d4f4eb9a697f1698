/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a controller: networks, members, strangers, bridges, addresses in use, and who waits for
   a push. */
#include "controller/refuse.h"
#include "controller/state.h"

#include <string.h>
#include <utlist.h>

struct zt_hosted_network *zt_hosting_network(const struct zt_controller *controller, zt_nwid nwid)
{
    struct zt_hosted_network *network;

    HASH_FIND(hh, controller->networks, &nwid, sizeof nwid, network);
    return network;
}

struct zt_hosted_member *zt_hosting_member(const struct zt_hosted_network *network,
                                           zt_address address)
{
    struct zt_hosted_member *member;

    HASH_FIND(hh, network->members, &address, sizeof address, member);
    return member;
}

static struct zt_claim *find_claim(const struct zt_hosted_network *network,
                                   const struct zt_endpoint *ip)
{
    struct zt_claim *claim;

    HASH_FIND(hh, network->claims, ip, sizeof *ip, claim);
    return claim;
}

bool zt_hosting_ip_is_taken(const struct zt_hosted_network *network, const struct zt_endpoint *ip)
{
    return find_claim(network, ip) != NULL;
}

static void release_ips(struct zt_hosted_network *network, const struct zt_endpoint *ips,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct zt_claim *claim = find_claim(network, &ips[i]);

        if (!claim || --claim->holders > 0)
            continue;
        HASH_DEL(network->claims, claim);
        zt_free(claim);
    }
}

static bool claim_ip(struct zt_hosted_network *network, const struct zt_endpoint *ip)
{
    struct zt_claim *claim = find_claim(network, ip);

    if (!claim) {
        claim = zt_alloc(sizeof *claim);
        if (!claim)
            return false;
        claim->ip = *ip;
        HASH_ADD(hh, network->claims, ip, sizeof claim->ip, claim);
        if (!claim->hh.tbl) {
            zt_free(claim);
            return false;
        }
    }
    claim->holders++;
    return true;
}

static bool claim_ips(struct zt_hosted_network *network, const struct zt_member_record *record)
{
    for (size_t i = 0; i < record->ip_count; i++) {
        if (claim_ip(network, &record->ips[i]))
            continue;
        release_ips(network, record->ips, i);
        return false;
    }
    return true;
}

bool zt_hosting_is_ours(const struct zt_controller *controller, zt_nwid nwid)
{
    return zt_nwid_controller(nwid) == controller->self.address;
}

static struct zt_hosted_network *new_network(struct zt_controller *controller, zt_nwid nwid)
{
    struct zt_hosted_network *network;

    if (HASH_COUNT(controller->networks) >= ZT_MAX_HOSTED_NETWORKS)
        return NULL;
    network = zt_alloc(sizeof *network);
    if (!network)
        return NULL;
    network->nwid = nwid;
    network->stored_revision = ZT_NO_RECORD;
    HASH_ADD(hh, controller->networks, nwid, sizeof network->nwid, network);
    if (network->hh.tbl)
        return network;
    zt_free(network);
    return NULL;
}

void zt_hosting_queue(struct zt_controller *controller, struct zt_hosted_member *member)
{
    DL_APPEND(controller->pushes, member);
    member->is_queued = true;
}

void zt_hosting_unqueue(struct zt_controller *controller, struct zt_hosted_member *member)
{
    if (!member->is_queued)
        return;
    DL_DELETE(controller->pushes, member);
    member->is_queued = false;
}

static void leave_strangers(struct zt_controller *controller, struct zt_hosted_member *member)
{
    if (!member->is_stranger)
        return;
    DL_DELETE2(member->network->strangers, member, older, newer);
    member->network->stranger_count--;
    controller->stranger_count--;
    member->is_stranger = false;
}

static void join_strangers(struct zt_controller *controller, struct zt_hosted_member *member)
{
    DL_APPEND2(member->network->strangers, member, older, newer);
    member->network->stranger_count++;
    controller->stranger_count++;
    member->is_stranger = true;
}

void zt_hosting_drop_network(struct zt_controller *controller, struct zt_hosted_network *network)
{
    struct zt_hosted_member *member, *next_member;
    struct zt_claim *claim, *next_claim;

    HASH_ITER(hh, network->members, member, next_member)
    {
        HASH_DEL(network->members, member);
        zt_hosting_unqueue(controller, member);
        leave_strangers(controller, member);
        zt_member_record_clear(&member->record);
        zt_free(member);
    }
    HASH_ITER(hh, network->claims, claim, next_claim)
    {
        HASH_DEL(network->claims, claim);
        zt_free(claim);
    }
    HASH_DEL(controller->networks, network);
    zt_network_record_free(network->record);
    zt_free(network);
}

struct zt_hosted_network *zt_hosting_prepare_network(struct zt_controller *controller, zt_nwid nwid,
                                                     struct zt_api_error *error)
{
    struct zt_hosted_network *network = zt_hosting_network(controller, nwid);

    network = network ? network : new_network(controller, nwid);
    return network ? network : zt_refuse(error, 500, "no room for another network");
}

void zt_hosting_commit_network(struct zt_hosted_network *network, struct zt_network_record *record)
{
    zt_network_record_free(network->record);
    network->record = record;
}

void zt_hosting_abandon_network(struct zt_controller *controller, struct zt_hosted_network *network)
{
    if (!network->record)
        zt_hosting_drop_network(controller, network);
}

static void set_bridge(struct zt_hosted_network *network, zt_address address, bool is_bridge)
{
    size_t at = 0;

    while (at < network->bridge_count && network->bridges[at] != address)
        at++;
    if (is_bridge && at == network->bridge_count && at < ZT_MAX_SPECIALISTS)
        network->bridges[network->bridge_count++] = address;
    if (is_bridge || at == network->bridge_count)
        return;
    network->bridge_count--;
    memmove(&network->bridges[at], &network->bridges[at + 1],
            (network->bridge_count - at) * sizeof network->bridges[0]);
}

static struct zt_hosted_member *new_member(struct zt_hosted_network *network, zt_address address)
{
    struct zt_hosted_member *member;

    if (HASH_COUNT(network->members) >= ZT_MAX_MEMBERS)
        return NULL;
    member = zt_alloc(sizeof *member);
    if (!member)
        return NULL;
    member->network = network;
    member->record.address = address;
    member->stored_revision = ZT_NO_RECORD;
    HASH_ADD(hh, network->members, record.address, sizeof member->record.address, member);
    if (member->hh.tbl)
        return member;
    zt_free(member);
    return NULL;
}

void zt_hosting_drop_member(struct zt_controller *controller, struct zt_hosted_member *member)
{
    struct zt_hosted_network *network = member->network;

    zt_hosting_unqueue(controller, member);
    leave_strangers(controller, member);
    set_bridge(network, member->record.address, false);
    release_ips(network, member->record.ips, member->record.ip_count);
    HASH_DEL(network->members, member);
    zt_member_record_clear(&member->record);
    zt_free(member);
}

struct zt_hosted_member *zt_hosting_prepare_member(struct zt_controller *controller,
                                                   struct zt_hosted_network *network,
                                                   const struct zt_member_record *next,
                                                   struct zt_member_record *kept,
                                                   struct zt_api_error *error)
{
    struct zt_hosted_member *member;

    if (!zt_member_record_keep(kept, next))
        return zt_refuse(error, 500, "out of memory");
    member = zt_hosting_member(network, next->address);
    member = member ? member : new_member(network, next->address);
    if (member && claim_ips(network, kept))
        return member;
    zt_member_record_clear(kept);
    if (member)
        zt_hosting_abandon_member(controller, member, kept);
    return zt_refuse(error, 500, "no room for another member");
}

void zt_hosting_commit_member(struct zt_controller *controller, struct zt_hosted_member *member,
                              const struct zt_member_record *kept, bool is_stranger)
{
    struct zt_hosted_network *network = member->network;

    release_ips(network, member->record.ips, member->record.ip_count);
    zt_member_record_clear(&member->record);
    member->record = *kept;
    set_bridge(network, kept->address, kept->active_bridge);
    leave_strangers(controller, member);
    if (is_stranger)
        join_strangers(controller, member);
}

void zt_hosting_abandon_member(struct zt_controller *controller, struct zt_hosted_member *member,
                               struct zt_member_record *kept)
{
    release_ips(member->network, kept->ips, kept->ip_count);
    zt_member_record_clear(kept);
    if (!member->record.lists)
        zt_hosting_drop_member(controller, member);
}

void zt_hosting_clear(struct zt_controller *controller)
{
    struct zt_hosted_network *network, *next;

    HASH_ITER(hh, controller->networks, network, next)
    {
        zt_hosting_drop_network(controller, network);
    }
}
