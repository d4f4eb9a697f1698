/* SPDX-License-Identifier: Apache-2.0 */
/* Who has to be told what: configurations that nobody asked for, and revocations. */
#include "controller/state.h"

#include <utlist.h>

void zt_push_member(struct zt_controller *controller, struct zt_hosted_member *member)
{
    member->is_renewed = false;
    if (member->is_queued || !member->has_asked || !member->record.authorized ||
        !zt_hosting_is_ours(controller, member->network->nwid))
        return;
    zt_hosting_queue(controller, member);
}

void zt_push_network(struct zt_controller *controller, struct zt_hosted_network *network)
{
    struct zt_hosted_member *member, *next;

    HASH_ITER(hh, network->members, member, next)
    {
        zt_push_member(controller, member);
    }
}

static size_t add_targets(struct zt_revoking *revoking, const struct zt_hosted_network *network,
                          zt_address target)
{
    struct zt_hosted_member *member, *next;
    size_t count = 0;

    if (target) {
        revoking->addresses[0] = target;
        return 1;
    }
    HASH_ITER(hh, network->members, member, next)
    {
        if (member->record.authorized)
            revoking->addresses[count++] = member->record.address;
    }
    return count;
}

/* Also members that did not ask since start: after a restart nobody did. docs/wire.md 12.1 */
static size_t add_recipients(struct zt_revoking *revoking, const struct zt_hosted_network *network,
                             zt_address target)
{
    zt_address *to = revoking->addresses + revoking->target_count;
    struct zt_hosted_member *member, *next;
    size_t count = 0;

    HASH_ITER(hh, network->members, member, next)
    {
        if (!target && count == ZT_REVOKE_FANOUT)
            break; /* members pass it on among themselves */
        if (member->record.authorized && member->record.has_identity &&
            member->record.address != target)
            to[count++] = member->record.address;
    }
    if (target)
        to[count++] = target;
    return count;
}

struct zt_revoking *zt_push_list_revoked(struct zt_controller *controller,
                                         const struct zt_hosted_network *network, zt_address target,
                                         int64_t now_ms)
{
    size_t most = (size_t)HASH_COUNT(network->members) + 1;
    struct zt_revoking *revoking = NULL;

    if (zt_hosting_is_ours(controller, network->nwid))
        revoking = zt_alloc(sizeof *revoking + 2 * most * sizeof(zt_address));
    if (!revoking)
        return NULL;
    revoking->nwid = network->nwid;
    /* All that was issued, even by a clock that was ahead; what is issued from now on is later. */
    if (now_ms > controller->issuer.issued_ms)
        controller->issuer.issued_ms = now_ms;
    revoking->threshold_ms = controller->issuer.issued_ms++;
    revoking->target_count = add_targets(revoking, network, target);
    revoking->recipient_count = add_recipients(revoking, network, target);
    return revoking;
}

void zt_push_revocation(struct zt_controller *controller, struct zt_revoking *revoking)
{
    if (revoking)
        DL_APPEND(controller->revoking, revoking);
}

void zt_push_member_change(struct zt_controller *controller, struct zt_hosted_member *member,
                           bool was_authorized, bool was_bridge, int64_t now_ms)
{
    if (was_authorized && !member->record.authorized) {
        zt_hosting_unqueue(controller, member);
        zt_push_revocation(controller, zt_push_list_revoked(controller, member->network,
                                                            member->record.address, now_ms));
    }
    /* Bridges stand in everybody's configuration. */
    if (was_bridge != member->record.active_bridge)
        zt_push_network(controller, member->network);
    else
        zt_push_member(controller, member);
}

void zt_push_lapsed(struct zt_controller *controller, struct zt_hosted_network *network,
                    int64_t now_ms)
{
    struct zt_hosted_member *member, *next;

    HASH_ITER(hh, network->members, member, next)
    {
        if (!member->is_admitted || !zt_decide_is_lapsed(network->record, &member->record, now_ms))
            continue;
        member->is_admitted = false;
        zt_push_revocation(
            controller, zt_push_list_revoked(controller, network, member->record.address, now_ms));
    }
}

void zt_push_lately_revoked(struct zt_controller *controller, struct zt_hosted_network *network,
                            int64_t now_ms)
{
    struct zt_hosted_member *member, *next;

    HASH_ITER(hh, network->members, member, next)
    {
        const struct zt_member_record *record = &member->record;

        if (!record->authorized && record->deauthorized_ms > 0 &&
            now_ms - record->deauthorized_ms < network->record->window_ms)
            zt_push_revocation(controller,
                               zt_push_list_revoked(controller, network, record->address, now_ms));
    }
}

bool zt_push_is_due(const struct zt_hosted_member *member, int64_t now_ms)
{
    return member->record.authorized && member->record.has_identity &&
           !zt_decide_is_lapsed(member->network->record, &member->record, now_ms);
}

void zt_push_clear(struct zt_controller *controller)
{
    struct zt_revoking *revoking, *next;

    DL_FOREACH_SAFE(controller->revoking, revoking, next)
    {
        DL_DELETE(controller->revoking, revoking);
        zt_free(revoking);
    }
}
