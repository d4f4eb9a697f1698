/* SPDX-License-Identifier: Apache-2.0 */
/* What a network's change brings its members, a pool's address for instance, is stored before they are told: for
   several of those that wait to be told at once, as it is the disk that takes long. */
#include "controller/state.h"

#include <assert.h>

#define MOST_FAILURES 2 /* of those that come together; the others are told what they have */

static void draft_renewal(struct zt_controller *controller, const struct zt_hosted_member *member,
                          struct zt_member_draft *next)
{
    zt_member_draft_of(next, &member->record);
    zt_decide_grants(controller, member->network, &next->record);
}

/* Notes what is to be stored for this member, if anything. */
static void prepare(struct zt_controller *controller, struct zt_hosted_member *member)
{
    struct zt_decision *decision = &controller->decisions[controller->decision_count];
    struct zt_member_draft next;
    struct zt_api_error error;

    draft_renewal(controller, member, &next);
    if (!zt_keep_is_kept(member, &next.record, true) &&
        zt_keep_prepare(controller, member->network, &next.record, &decision->keeping, &error))
        controller->decision_count++;
    zt_member_draft_clear(&next);
}

static bool renew_alone(struct zt_controller *controller, struct zt_hosted_member *member)
{
    struct zt_member_draft next;
    struct zt_api_error error;
    bool is_stored;

    draft_renewal(controller, member, &next);
    is_stored = zt_keep_member(controller, member->network, &next.record, true, &error) != NULL;
    zt_member_draft_clear(&next);
    return is_stored;
}

/* One transaction, or if that fails each alone. */
static void store(struct zt_controller *controller)
{
    struct zt_hosted_member *members[ZT_MAX_DECISIONS];
    size_t count = controller->decision_count;
    bool is_stored = count > 1 && zt_keep_store_all(controller, controller->decisions, count);

    controller->decision_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct zt_keeping *keeping = &controller->decisions[i].keeping;

        members[i] = keeping->member;
        if (is_stored)
            zt_keep_commit(controller, keeping, true);
        else
            zt_keep_abandon(controller, keeping);
    }
    for (size_t i = 0, failures = 0; !is_stored && i < count && failures < MOST_FAILURES; i++)
        failures += !renew_alone(controller, members[i]);
}

void zt_renew_first(struct zt_controller *controller, int64_t now_ms)
{
    struct zt_hosted_member *member = controller->pushes;

    assert(controller->decision_count == 0);
    for (int i = 0; i < ZT_MAX_DECISIONS && member; i++, member = member->next) {
        if (member->is_renewed || !zt_push_is_due(member, now_ms))
            continue;
        member->is_renewed = true;
        prepare(controller, member);
    }
    store(controller);
}
