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
    controller->store = store;
    controller->log = log;
    zt_rng_init(&controller->rng, seed);
    controller->gates = zt_alloc(ZT_MAX_REQUEST_GATES * sizeof *controller->gates);
    if (controller->gates && zt_issuer_init(&controller->issuer, &controller->self) &&
        zt_hosting_load(controller, error, error_size))
        return controller;
    zt_controller_free(controller);
    return NULL;
}

void zt_controller_free(struct zt_controller *controller)
{
    if (!controller)
        return;
    zt_push_clear(controller);
    zt_hosting_clear(controller);
    zt_issuer_clear(&controller->issuer);
    zt_identity_wipe(&controller->self);
    zt_rng_wipe(&controller->rng);
    zt_free(controller->gates);
    zt_free(controller);
}

/* One request per second, member and network. docs/wire.md 18.1 */
static bool pass_gate(struct zt_controller *controller, const struct zt_config_request *request,
                      int64_t mono_ms)
{
    uint64_t key[2] = { request->nwid, request->member.address };
    struct zt_request_gate *gate =
        &controller->gates[zt_table_hash(key, sizeof key) % ZT_MAX_REQUEST_GATES];
    bool is_same = gate->nwid == key[0] && gate->member == key[1];

    if (is_same && mono_ms - gate->last_ms <= ZT_REQUEST_INTERVAL_MS)
        return false;
    *gate = (struct zt_request_gate){ key[0], key[1], mono_ms };
    return true;
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
static bool has_token(char out[128], const struct zt_network_record *network,
                      const struct zt_dict *dict, int64_t now_ms)
{
    static const char prefix[] = "token:";
    char text[sizeof prefix - 1 + 128];
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
    zt_format(out, 128, "%s", token);
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
        if (!zt_hosting_remove_member(controller, network->strangers, &error))
            return false;
    return controller->stranger_count < ZT_MAX_ALL_STRANGERS;
}

static void remember_request(struct zt_hosted_member *member,
                             const struct zt_config_request *request,
                             const struct zt_member_traits *traits, int64_t now_ms)
{
    member->has_asked = true;
    member->traits = *traits;
    member->origin.link = request->link;
    member->origin.direct = request->direct;
    member->asked_wall_ms = now_ms;
}

static void decide(struct zt_controller *controller, struct zt_hosted_network *network,
                   const struct zt_config_request *request, int64_t now_ms)
{
    struct zt_dict dict = zt_dict_of(request->metadata, request->metadata_length);
    struct zt_hosted_member *member = zt_hosting_member(network, request->member.address);
    struct zt_member_traits traits;
    struct zt_member_record next;
    struct zt_api_error problem;
    bool store;
    uint8_t error;

    read_traits(&traits, &dict);
    if (member)
        zt_member_record_copy(&next, &member->record);
    else
        zt_member_record_init(&next, request->member.address, now_ms);

    error = judge(controller, network, &next, request, &dict, now_ms);
    if (error == 0)
        memcpy(next.version, traits.version, sizeof next.version);
    store = next.authorized || (member && !member->is_stranger);
    if (store || member || make_room_for_stranger(controller, network, now_ms))
        member = zt_hosting_save_member(controller, network, &next, store, &problem);
    zt_member_record_clear(&next);
    if (member && zt_identity_equal(&member->record.identity, &request->member))
        remember_request(member, request, &traits, now_ms);
    /* What can't be stored is not granted; a refusal needs no record. */
    if (member || error)
        queue_answer(controller, request, error);
}

void zt_controller_request(struct zt_controller *controller, struct zt_instant now,
                           const struct zt_config_request *request)
{
    struct zt_hosted_network *network;

    if (zt_nwid_controller(request->nwid) != controller->self.address ||
        zt_address_is_reserved(request->member.address))
        return;
    if (controller->answer_count == ZT_MAX_ANSWERS || !pass_gate(controller, request, now.mono_ms))
        return;
    network = zt_hosting_network(controller, request->nwid);
    if (!network)
        queue_answer(controller, request, ZT_ERROR_OBJ_NOT_FOUND);
    else
        decide(controller, network, request, now.wall_ms);
}
