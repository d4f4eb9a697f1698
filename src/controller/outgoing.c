/* SPDX-License-Identifier: Apache-2.0 */
/* What is sent: answers, then revocations, then pushed configurations, one at a time. */
#include "controller/state.h"

#include "vl1/wire.h"

#include <string.h>
#include <utlist.h>

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

static bool next_push(struct zt_controller *controller, struct zt_instant now,
                      struct zt_controller_effect *effect)
{
    while (controller->pushes) {
        struct zt_hosted_member *member = controller->pushes;

        if (!member->is_renewed)
            zt_renew_first(controller, now.wall_ms);
        zt_hosting_unqueue(controller, member);
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
