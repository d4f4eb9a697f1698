/* SPDX-License-Identifier: Apache-2.0 */
/* Taking members' requests, several at once: what their decisions change is stored in one transaction, since
   it is the disk that a newcomer waits for. Nobody is answered before its record is stored. */
#include "controller/controller.h"

#include "controller/state.h"
#include "vl1/wire.h"

#include <assert.h>
#include <string.h>

#define MOST_FAILURES                                                                              \
    2 /* of those that come together; the others are not tried then, and ask again */

/* Each member and network has a rate of its own. docs/wire.md 18.1 */
static bool pass_gate(struct zt_controller *controller, const struct zt_config_request *request,
                      int64_t mono_ms)
{
    uint64_t key[2] = { request->nwid, request->member.address };
    struct zt_request_gate *gate =
        &controller->gates[zt_table_hash(key, sizeof key) % ZT_MAX_REQUEST_GATES];
    bool is_same = gate->nwid == key[0] && gate->member == key[1];

    if (!is_same) {
        gate->nwid = key[0];
        gate->member = key[1];
        zt_rate_init(&gate->requests, ZT_REQUESTS_PER_SECOND, ZT_REQUESTS_AT_ONCE, mono_ms);
    }
    return zt_rate_take(&gate->requests, mono_ms);
}

static void queue_answer(struct zt_controller *controller, const struct zt_config_request *request,
                         uint8_t error)
{
    size_t at = (controller->answer_head + controller->answer_count) % ZT_MAX_ANSWERS;

    controller->answers[at] = (struct zt_config_answer){ .nwid = request->nwid,
                                                         .member = request->member.address,
                                                         .packet_id = request->packet_id,
                                                         .link = request->link,
                                                         .error = error };
    controller->answer_count++;
}

/* A maximum that is missing stands for our own; more than that we never send. */
static uint64_t read_maximum(const struct zt_dict *dict, const char *key, uint64_t ours)
{
    uint64_t theirs = zt_dict_get_u64(dict, key, ours);

    return theirs == 0 || theirs > ours ? ours : theirs;
}

static void read_traits(struct zt_member_traits *traits, const struct zt_dict *dict)
{
    static const char *const versions[] = { "majv", "minv", "revv", "pv" };

    traits->rules_revision = zt_dict_get_u64(dict, "revr", 0);
    traits->max_rules = read_maximum(dict, "mr", ZT_MAX_RULES);
    traits->max_capabilities = read_maximum(dict, "mc", ZT_MAX_CAPABILITIES);
    traits->max_capability_rules = read_maximum(dict, "mcr", ZT_MAX_CAPABILITY_RULES);
    traits->max_tags = read_maximum(dict, "mt", ZT_MAX_TAGS);
    for (size_t i = 0; i < 4; i++)
        traits->version[i] = (int64_t)(zt_dict_get_u64(dict, versions[i], 0) & UINT32_MAX);
}

/* Strangers cost memory only, and a bounded amount of it: the one that came first goes. False: other
   networks have used it up, or that one is being let in. */
static bool make_room_for_stranger(struct zt_controller *controller,
                                   struct zt_hosted_network *network, int64_t now_ms)
{
    struct zt_api_error error;

    while (network->strangers && !network->strangers->is_decided &&
           (network->stranger_count >= ZT_MAX_STRANGERS ||
            controller->stranger_count >= ZT_MAX_ALL_STRANGERS ||
            now_ms - network->strangers->asked_wall_ms > ZT_STRANGER_LIFE_MS))
        if (!zt_keep_no_member(controller, network->strangers, &error))
            return false;
    return network->stranger_count < ZT_MAX_STRANGERS &&
           controller->stranger_count < ZT_MAX_ALL_STRANGERS;
}

static void remember_request(struct zt_controller *controller, struct zt_hosted_member *member,
                             const struct zt_config_request *request,
                             const struct zt_member_traits *traits, int64_t now_ms)
{
    bool is_news = !member->has_asked || memcmp(&member->traits, traits, sizeof *traits) != 0;

    member->has_asked = true;
    member->traits = *traits;
    member->origin.link = request->link;
    member->origin.direct = request->direct;
    member->asked_wall_ms = now_ms;
    zt_seen_note(controller, member, is_news);
}

/* Does the record in force, unchanged, let the member have its configuration? */
static bool is_good_as_it_is(const struct zt_hosted_member *member,
                             const struct zt_config_request *request)
{
    return member && member->record.authorized && member->record.has_identity &&
           zt_identity_equal(&member->record.identity, &request->member);
}

static void settle(struct zt_controller *controller, const struct zt_decision *decision,
                   struct zt_hosted_member *member, int64_t now_ms)
{
    const struct zt_config_request *request = decision->request;

    if (member && zt_identity_equal(&member->record.identity, &request->member))
        remember_request(controller, member, request, &decision->traits, now_ms);
    if (member || decision->error) /* a refusal needs no record */
        queue_answer(controller, request, decision->error);
}

/* What can't be stored is not granted; but who was granted before, is still answered while the store fails. */
static void settle_unkept(struct zt_controller *controller, const struct zt_decision *decision,
                          const struct zt_hosted_network *network, int64_t now_ms)
{
    struct zt_hosted_member *member = zt_hosting_member(network, decision->request->member.address);

    settle(controller, decision, is_good_as_it_is(member, decision->request) ? member : NULL,
           now_ms);
}

/* Who is not to be stored: a stranger, new or known. */
static void settle_stranger(struct zt_controller *controller, const struct zt_decision *decision,
                            struct zt_hosted_network *network, const struct zt_member_record *next,
                            int64_t now_ms)
{
    struct zt_hosted_member *member = zt_hosting_member(network, next->address);
    struct zt_api_error error;

    if (member || make_room_for_stranger(controller, network, now_ms))
        member = zt_keep_member(controller, network, next, false, &error);
    settle(controller, decision, member, now_ms);
}

/* Settles a decision that needs no storing; any other is noted. */
static void conclude(struct zt_controller *controller, struct zt_decision *decision,
                     struct zt_hosted_network *network, const struct zt_member_record *next,
                     int64_t now_ms)
{
    struct zt_hosted_member *member = zt_hosting_member(network, next->address);
    struct zt_api_error error;

    if (!next->authorized && (!member || member->is_stranger)) {
        settle_stranger(controller, decision, network, next, now_ms);
    } else if (member && zt_keep_is_kept(member, next, true)) {
        settle(controller, decision, member, now_ms);
    } else if (zt_keep_prepare(controller, network, next, &decision->keeping, &error)) {
        decision->keeping.member->is_decided = true;
        controller->decisions[controller->decision_count++] = *decision;
    } else {
        settle_unkept(controller, decision, network, now_ms);
    }
}

static void decide(struct zt_controller *controller, const struct zt_config_request *request,
                   int64_t now_ms)
{
    struct zt_dict dict = zt_dict_of(request->metadata, request->metadata_length);
    struct zt_hosted_network *network = zt_hosting_network(controller, request->nwid);
    struct zt_decision decision = { .request = request };
    const struct zt_hosted_member *member;
    struct zt_member_draft next;

    if (!network) {
        queue_answer(controller, request, ZT_ERROR_OBJ_NOT_FOUND);
        return;
    }
    member = zt_hosting_member(network, request->member.address);
    read_traits(&decision.traits, &dict);
    if (member)
        zt_member_draft_of(&next, &member->record);
    else
        zt_member_draft_init(&next, request->member.address, now_ms);
    decision.error = zt_decide_request(controller, network, &next.record, request, &dict, now_ms);
    if (decision.error == 0)
        memcpy(next.record.version, decision.traits.version, sizeof next.record.version);
    conclude(controller, &decision, network, &next.record, now_ms);
    zt_member_draft_clear(&next);
}

static void put_in_force(struct zt_controller *controller, struct zt_decision *decision,
                         int64_t now_ms)
{
    struct zt_hosted_member *member = decision->keeping.member;

    zt_keep_commit(controller, &decision->keeping, true);
    member->is_decided = false;
    settle(controller, decision, member, now_ms);
}

static void abandon(struct zt_controller *controller, struct zt_decision *decision)
{
    decision->keeping.member->is_decided = false;
    zt_keep_abandon(controller, &decision->keeping);
}

/* Gives up the only decision, if there is one. */
static void give_up(struct zt_controller *controller, int64_t now_ms)
{
    struct zt_decision *decision = &controller->decisions[0];
    const struct zt_hosted_network *network;

    if (controller->decision_count == 0)
        return;
    controller->decision_count = 0;
    network = decision->keeping.member->network;
    abandon(controller, decision);
    settle_unkept(controller, decision, network, now_ms);
}

/* Stores the only decision. 0, or the HTTP status that says what is wrong; then 409 is that another has changed
   the record at this moment, so that nothing was decided. */
static int store_one(struct zt_controller *controller, int64_t now_ms)
{
    struct zt_decision *decision = &controller->decisions[0];
    struct zt_api_error error = { 0 };

    if (controller->decision_count == 0)
        return 0;
    if (zt_keep_store(controller, &decision->keeping, &error)) {
        controller->decision_count = 0;
        put_in_force(controller, decision, now_ms);
    } else if (error.status == 409) {
        controller->decision_count = 0;
        abandon(controller, decision);
    } else {
        give_up(controller, now_ms);
    }
    return error.status;
}

/* Needs no transaction. What another has changed is taken over before it is decided again, once. */
static int store_alone(struct zt_controller *controller, struct zt_instant now)
{
    const struct zt_config_request *request = controller->decisions[0].request;
    int problem;

    assert(controller->decision_count <= 1);
    problem = store_one(controller, now.wall_ms);
    if (problem != 409)
        return problem;
    zt_follow_changes(controller, now);
    decide(controller, request, now.wall_ms);
    return store_one(controller, now.wall_ms);
}

/* Each failure may have taken the time that a locked row is waited for. */
static void store_each(struct zt_controller *controller, struct zt_instant now,
                       const struct zt_config_request *const *requests, size_t count)
{
    int failures = 0;

    for (size_t i = 0; i < count; i++) {
        decide(controller, requests[i], now.wall_ms);
        if (failures < MOST_FAILURES)
            failures += store_alone(controller, now) != 0;
        else
            give_up(controller, now.wall_ms);
    }
}

/* If one can't be stored none is, and each is decided again, alone. */
static void store_together(struct zt_controller *controller, struct zt_instant now)
{
    const struct zt_config_request *requests[ZT_MAX_DECISIONS];
    size_t count = controller->decision_count;
    bool is_stored;

    is_stored = zt_keep_store_all(controller, controller->decisions, count);
    controller->decision_count = 0;
    for (size_t i = 0; i < count; i++) {
        requests[i] = controller->decisions[i].request;
        if (is_stored)
            put_in_force(controller, &controller->decisions[i], now.wall_ms);
        else
            abandon(controller, &controller->decisions[i]);
    }
    if (!is_stored)
        store_each(controller, now, requests, count);
}

static void store_decisions(struct zt_controller *controller, struct zt_instant now)
{
    if (controller->decision_count > 1)
        store_together(controller, now);
    else
        (void)store_alone(controller, now);
}

static bool admit(struct zt_controller *controller, const struct zt_config_request *request,
                  int64_t mono_ms)
{
    if (!zt_hosting_is_ours(controller, request->nwid) ||
        zt_address_is_reserved(request->member.address))
        return false;
    controller->counters.requests++;
    return controller->answer_count + controller->decision_count < ZT_MAX_ANSWERS &&
           pass_gate(controller, request, mono_ms);
}

static bool is_decided(const struct zt_controller *controller,
                       const struct zt_config_request *request)
{
    const struct zt_hosted_network *network = zt_hosting_network(controller, request->nwid);
    const struct zt_hosted_member *member =
        network ? zt_hosting_member(network, request->member.address) : NULL;

    return member && member->is_decided;
}

void zt_controller_requests(struct zt_controller *controller, struct zt_instant now,
                            const struct zt_config_request *requests, size_t count)
{
    controller->wall_ms = now.wall_ms;
    for (size_t i = 0; i < count; i++) {
        if (!admit(controller, &requests[i], now.mono_ms))
            continue;
        if (controller->decision_count == ZT_MAX_DECISIONS || is_decided(controller, &requests[i]))
            store_decisions(controller, now);
        decide(controller, &requests[i], now.wall_ms);
    }
    store_decisions(controller, now);
}

void zt_controller_request(struct zt_controller *controller, struct zt_instant now,
                           const struct zt_config_request *request)
{
    zt_controller_requests(controller, now, request, 1);
}
