/* SPDX-License-Identifier: Apache-2.0 */
/* Deciding on a member's request: who may have a configuration, and what it may hold. docs/wire.md 18. */
#include "base/text.h"
#include "controller/assign.h"
#include "controller/state.h"
#include "vl1/wire.h"

#include <string.h>

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
