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
    controller->failed_mono_ms = ZT_NEVER_MS;
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

uint8_t zt_decide_request(struct zt_controller *controller, struct zt_hosted_network *network,
                          struct zt_member_record *next, const struct zt_config_request *request,
                          const struct zt_dict *metadata, int64_t now_ms)
{
    const struct zt_network_record *record = network->record;
    bool is_first = !next->authorized && next->authorized_ms == 0;

    if (next->has_identity && !zt_identity_equal(&next->identity, &request->member))
        return ZT_ERROR_NETWORK_ACCESS_DENIED;
    next->identity = zt_identity_public(&request->member);
    next->has_identity = true;

    if (!next->authorized && !record->is_private)
        authorize(next, ZT_BY_PUBLIC, now_ms);
    if (!next->authorized && has_token(next->token, record, metadata, now_ms))
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

struct zt_controller_counters zt_controller_counters(const struct zt_controller *controller)
{
    struct zt_controller_counters counters = controller->counters;
    struct zt_hosted_network *network, *next;

    HASH_ITER(hh, controller->networks, network, next)
    {
        counters.networks++;
        counters.members += HASH_COUNT(network->members);
    }
    return counters;
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
