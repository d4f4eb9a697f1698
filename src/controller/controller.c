/* SPDX-License-Identifier: Apache-2.0 */
/* Deciding on a member's request: who may have a configuration, and what it may hold. docs/wire.md 18. */
#include "controller/controller.h"

#include "base/text.h"
#include "controller/assign.h"
#include "controller/coerce.h"
#include "controller/state.h"
#include "vl1/wire.h"

#include <string.h>

struct zt_controller *zt_controller_new(const struct zt_identity *self, struct zt_store *store,
                                        const uint8_t seed[32], const struct zt_log *log,
                                        char *error, size_t error_size)
{
    struct zt_controller *controller = zt_alloc(sizeof *controller);

    zt_format(error, error_size, "out of memory");
    if (!controller)
        return NULL;
    controller->self = *self;
    controller->self.signer = controller->signer = zt_signer_new(&self->secret, &self->key);
    controller->store = store;
    controller->log = log;
    zt_rng_init(&controller->rng, seed);
    controller->gates = zt_alloc(ZT_MAX_REQUEST_GATES * sizeof *controller->gates);
    if (controller->signer && controller->gates &&
        zt_issuer_init(&controller->issuer, &controller->self) &&
        zt_follow_load(controller, error, error_size))
        return controller;
    zt_controller_free(controller);
    return NULL;
}

void zt_controller_free(struct zt_controller *controller)
{
    if (!controller)
        return;
    if (controller->networks)
        (void)zt_seen_save(controller, false, SIZE_MAX);
    zt_push_clear(controller);
    zt_hosting_clear(controller);
    zt_issuer_clear(&controller->issuer);
    zt_signer_free(controller->signer);
    zt_identity_wipe(&controller->self);
    zt_rng_wipe(&controller->rng);
    zt_free(controller->gates);
    zt_free(controller);
}

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

bool zt_decide_is_lapsed(const struct zt_network_record *network,
                         const struct zt_member_record *member, int64_t now_ms)
{
    return network->sso_enabled && !member->sso_exempt && member->sso_expiry_ms <= now_ms;
}

void zt_decide_grants(struct zt_controller *controller, struct zt_hosted_network *network,
                      struct zt_member_record *next)
{
    const struct zt_network_record *record = network->record;

    for (size_t i = 0; i < record->tag_count; i++)
        if (record->tags[i].has_default && !zt_member_record_has_tag(next, record->tags[i].id))
            (void)zt_member_record_set_tag(next, record->tags[i].id, record->tags[i].value);
    zt_assign_from_pools(next, network, &controller->rng);
}

void zt_decide_first_capabilities(const struct zt_network_record *network,
                                  struct zt_member_record *next)
{
    for (size_t i = 0; i < network->capability_count; i++)
        if (network->capabilities[i].by_default)
            (void)zt_member_record_add_capability(next, network->capabilities[i].id);
}

/* Is the request's "token:..." one of the network's, not yet expired? Copies it. docs/wire.md 18.2 */
static bool has_token(char out[ZT_MAX_TOKEN], const struct zt_network_record *network,
                      const struct zt_dict *dict, int64_t now_ms)
{
    static const char prefix[] = "token:";
    char text[sizeof prefix - 1 + ZT_MAX_TOKEN];
    long length = zt_dict_get(dict, "a", text, sizeof text);
    const char *token = text + sizeof prefix - 1;
    const json_t *expiry;

    if (length <= (long)sizeof prefix - 1 || length >= (long)sizeof text ||
        strncmp(text, prefix, sizeof prefix - 1) != 0)
        return false;
    expiry = json_object_get(json_object_get(network->json, "authTokens"), token);
    if (!json_is_number(expiry) ||
        (json_number_value(expiry) > 0 && json_number_value(expiry) <= (double)now_ms))
        return false;
    zt_format(out, ZT_MAX_TOKEN, "%s", token);
    return true;
}

static void authorize(struct zt_member_record *next, enum zt_authorized_by by, int64_t now_ms)
{
    next->authorized = true;
    next->authorized_ms = now_ms;
    next->authorized_by = by;
    if (by != ZT_BY_TOKEN)
        next->token[0] = 0;
}

/* The error to answer with, 0 if the member is to have its configuration. Changes only next. */
static uint8_t judge(struct zt_controller *controller, struct zt_hosted_network *network,
                     struct zt_member_record *next, const struct zt_config_request *request,
                     const struct zt_dict *dict, int64_t now_ms)
{
    const struct zt_network_record *record = network->record;
    bool is_first = !next->authorized && next->authorized_ms == 0;

    if (next->has_identity && !zt_identity_equal(&next->identity, &request->member))
        return ZT_ERROR_NETWORK_ACCESS_DENIED;
    next->identity = zt_identity_public(&request->member);
    next->has_identity = true;

    if (!next->authorized && !record->is_private)
        authorize(next, ZT_BY_PUBLIC, now_ms);
    if (!next->authorized && has_token(next->token, record, dict, now_ms))
        authorize(next, ZT_BY_TOKEN, now_ms);
    if (is_first && next->authorized)
        zt_decide_first_capabilities(record, next);
    if (zt_decide_is_lapsed(record, next, now_ms))
        return ZT_ERROR_NETWORK_AUTHENTICATION_REQUIRED;
    if (!next->authorized)
        return ZT_ERROR_NETWORK_ACCESS_DENIED;
    zt_decide_grants(controller, network, next);
    return 0;
}

/* Strangers cost memory only, and a bounded amount of it: the one that came first goes. False: other
   networks have used it up. */
static bool make_room_for_stranger(struct zt_controller *controller,
                                   struct zt_hosted_network *network, int64_t now_ms)
{
    struct zt_api_error error;

    while (network->strangers && (network->stranger_count >= ZT_MAX_STRANGERS ||
                                  controller->stranger_count >= ZT_MAX_ALL_STRANGERS ||
                                  now_ms - network->strangers->asked_wall_ms > ZT_STRANGER_LIFE_MS))
        if (!zt_keep_no_member(controller, network->strangers, &error))
            return false;
    return controller->stranger_count < ZT_MAX_ALL_STRANGERS;
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

/* Puts next in force. What can't be stored is not granted; but who was granted before, is still answered
   while the store fails. NULL: nothing is known of the member. */
static struct zt_hosted_member *keep_asker(struct zt_controller *controller,
                                           struct zt_hosted_network *network,
                                           const struct zt_member_record *next,
                                           const struct zt_config_request *request, int64_t now_ms,
                                           int *problem)
{
    struct zt_hosted_member *member = zt_hosting_member(network, next->address), *kept;
    bool store = next->authorized || (member && !member->is_stranger);
    struct zt_api_error error = { 0 };

    *problem = 0;
    if (!store && !member && !make_room_for_stranger(controller, network, now_ms))
        return NULL;
    kept = zt_keep_member(controller, network, next, store, &error);
    *problem = kept ? 0 : error.status;
    return kept ? kept : is_good_as_it_is(member, request) ? member : NULL;
}

static int decide(struct zt_controller *controller, struct zt_hosted_network *network,
                  const struct zt_config_request *request, int64_t now_ms)
{
    struct zt_dict dict = zt_dict_of(request->metadata, request->metadata_length);
    struct zt_hosted_member *member = zt_hosting_member(network, request->member.address);
    struct zt_member_traits traits;
    struct zt_member_draft next;
    int problem;
    uint8_t error;

    read_traits(&traits, &dict);
    if (member)
        zt_member_draft_of(&next, &member->record);
    else
        zt_member_draft_init(&next, request->member.address, now_ms);

    error = judge(controller, network, &next.record, request, &dict, now_ms);
    if (error == 0)
        memcpy(next.record.version, traits.version, sizeof next.record.version);
    member = keep_asker(controller, network, &next.record, request, now_ms, &problem);
    zt_member_draft_clear(&next);
    if (problem == 409)
        return problem;
    if (member && zt_identity_equal(&member->record.identity, &request->member))
        remember_request(controller, member, request, &traits, now_ms);
    if (member || error) /* a refusal needs no record */
        queue_answer(controller, request, error);
    return problem;
}

void zt_controller_request(struct zt_controller *controller, struct zt_instant now,
                           const struct zt_config_request *request)
{
    struct zt_hosted_network *network;

    controller->wall_ms = now.wall_ms;
    if (!zt_hosting_is_ours(controller, request->nwid) ||
        zt_address_is_reserved(request->member.address))
        return;
    controller->counters.requests++;
    if (controller->answer_count == ZT_MAX_ANSWERS || !pass_gate(controller, request, now.mono_ms))
        return;
    network = zt_hosting_network(controller, request->nwid);
    if (network && decide(controller, network, request, now.wall_ms) != 409)
        return;
    /* Changed by another at this moment: its change is taken over first. */
    if (network)
        zt_follow_changes(controller, now);
    network = zt_hosting_network(controller, request->nwid);
    if (network)
        (void)decide(controller, network, request, now.wall_ms);
    else
        queue_answer(controller, request, ZT_ERROR_OBJ_NOT_FOUND);
}

struct zt_controller_counters zt_controller_counters(const struct zt_controller *controller)
{
    return controller->counters;
}

void zt_controller_follow(struct zt_controller *controller, struct zt_instant now)
{
    controller->wall_ms = now.wall_ms;
    zt_follow_changes(controller, now);
}

void zt_controller_tend(struct zt_controller *controller, struct zt_instant now)
{
    struct zt_hosted_network *network, *next;

    if (now.mono_ms - controller->tended_mono_ms < ZT_TEND_INTERVAL_MS)
        return;
    controller->tended_mono_ms = now.mono_ms;
    zt_controller_follow(controller, now);
    HASH_ITER(hh, controller->networks, network, next)
    {
        if (network->record->sso_enabled)
            zt_push_lapsed(controller, network, now.wall_ms);
        if (!controller->has_tended)
            zt_push_lately_revoked(controller, network, now.wall_ms);
    }
    controller->has_tended = true;
    if (controller->has_news)
        controller->has_news = !zt_seen_save(controller, true, ZT_SEEN_AT_ONCE);
    else if (now.mono_ms - controller->saved_mono_ms >= ZT_SEEN_INTERVAL_MS &&
             zt_seen_save(controller, false, ZT_SEEN_AT_ONCE))
        controller->saved_mono_ms = now.mono_ms;
}
