/* SPDX-License-Identifier: Apache-2.0 */
/* What waits to be sent: answers, then revocations, then pushed configurations, one at a time. */
#include "controller/state.h"

#include "vl1/wire.h"

#include <string.h>
#include <utlist.h>

void zt_push_member(struct zt_controller *controller, struct zt_hosted_member *member)
{
    member->is_renewed = false;
    if (member->is_queued || !member->has_asked || !member->record.authorized ||
        !zt_hosting_is_ours(controller, member->network->nwid))
        return;
    DL_APPEND(controller->pushes, member);
    member->is_queued = true;
}

void zt_push_forget(struct zt_controller *controller, struct zt_hosted_member *member)
{
    if (!member->is_queued)
        return;
    DL_DELETE(controller->pushes, member);
    member->is_queued = false;
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
        zt_push_forget(controller, member);
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

void zt_push_clear(struct zt_controller *controller)
{
    struct zt_revoking *revoking, *next;

    DL_FOREACH_SAFE(controller->revoking, revoking, next)
    {
        DL_DELETE(controller->revoking, revoking);
        zt_free(revoking);
    }
}

static void set_error(struct zt_config_answer *answer, uint8_t code)
{
    answer->error = code;
    answer->bytes = NULL;
    answer->length = 0;
}

static void fill_config(struct zt_controller *controller, struct zt_config_answer *answer,
                        struct zt_hosted_member *member, struct zt_instant now)
{
    member->is_admitted = member->network->record->sso_enabled;
    answer->length = zt_issue_config(&controller->issuer, member->network, member, now.wall_ms);
    answer->bytes = controller->issuer.bytes;
    if (answer->length == 0)
        set_error(answer, ZT_ERROR_OBJ_NOT_FOUND);
}

/* Since the decision the record may have been deleted or changed. */
static void complete_answer(struct zt_controller *controller, struct zt_config_answer *answer,
                            struct zt_instant now)
{
    const struct zt_hosted_network *network = zt_hosting_network(controller, answer->nwid);
    struct zt_hosted_member *member = network ? zt_hosting_member(network, answer->member) : NULL;

    if (answer->error == ZT_ERROR_NETWORK_AUTHENTICATION_REQUIRED && network) {
        answer->length = zt_issue_authentication(&controller->issuer, network->record);
        answer->bytes = controller->issuer.bytes;
        return;
    }
    if (answer->error)
        return;
    if (!member || !member->record.authorized || !member->record.has_identity)
        set_error(answer, ZT_ERROR_NETWORK_ACCESS_DENIED);
    else
        fill_config(controller, answer, member, now);
}

static bool next_answer(struct zt_controller *controller, struct zt_instant now,
                        struct zt_controller_effect *effect)
{
    if (controller->answer_count == 0)
        return false;
    effect->kind = ZT_CONTROLLER_ANSWER;
    effect->answer = controller->answers[controller->answer_head];
    controller->answer_head = (controller->answer_head + 1) % ZT_MAX_ANSWERS;
    controller->answer_count--;
    complete_answer(controller, &effect->answer, now);
    return true;
}

static void sign_revocation(struct zt_controller *controller, struct zt_revoking *revoking)
{
    struct zt_revocation *revocation = &revoking->revocation;

    memset(revocation, 0, sizeof *revocation);
    revocation->id = zt_rng_u32(&controller->rng);
    revocation->nwid = revoking->nwid;
    revocation->threshold_ms = revoking->threshold_ms;
    revocation->flags = ZT_REVOCATION_FAST;
    revocation->target = revoking->addresses[revoking->target_at];
    revocation->type = ZT_CREDENTIAL_COM;
    zt_revocation_sign(revocation, &controller->self);
    revoking->is_signed = true;
}

/* The next of a list's pairs; the list is dropped after its last. */
static void advance(struct zt_controller *controller, struct zt_revoking *revoking)
{
    if (++revoking->recipient_at < revoking->recipient_count)
        return;
    revoking->recipient_at = 0;
    revoking->is_signed = false;
    if (++revoking->target_at < revoking->target_count)
        return;
    DL_DELETE(controller->revoking, revoking);
    zt_free(revoking);
}

static bool next_revocation(struct zt_controller *controller, struct zt_controller_effect *effect)
{
    struct zt_revoking *revoking = controller->revoking;

    while (revoking && (revoking->target_count == 0 || revoking->recipient_count == 0)) {
        DL_DELETE(controller->revoking, revoking);
        zt_free(revoking);
        revoking = controller->revoking;
    }
    if (!revoking)
        return false;
    if (!revoking->is_signed)
        sign_revocation(controller, revoking);
    effect->kind = ZT_CONTROLLER_REVOKE;
    effect->to = revoking->addresses[revoking->target_count + revoking->recipient_at];
    effect->revocation = revoking->revocation;
    advance(controller, revoking);
    return true;
}

bool zt_push_is_due(const struct zt_hosted_member *member, int64_t now_ms)
{
    return member->record.authorized && member->record.has_identity &&
           !zt_decide_is_lapsed(member->network->record, &member->record, now_ms);
}

static bool next_push(struct zt_controller *controller, struct zt_instant now,
                      struct zt_controller_effect *effect)
{
    while (controller->pushes) {
        struct zt_hosted_member *member = controller->pushes;

        if (!member->is_renewed)
            zt_renew_first(controller, now.wall_ms);
        zt_push_forget(controller, member);
        if (!zt_push_is_due(member, now.wall_ms))
            continue;
        effect->kind = ZT_CONTROLLER_ANSWER;
        effect->answer.nwid = member->network->nwid;
        effect->answer.member = member->record.address;
        effect->answer.link = member->origin.link;
        fill_config(controller, &effect->answer, member, now);
        if (effect->answer.error == 0)
            return true;
        memset(effect, 0, sizeof *effect);
    }
    return false;
}

bool zt_controller_next(struct zt_controller *controller, struct zt_instant now,
                        struct zt_controller_effect *effect)
{
    memset(effect, 0, sizeof *effect);
    return next_answer(controller, now, effect) || next_revocation(controller, effect) ||
           next_push(controller, now, effect);
}
