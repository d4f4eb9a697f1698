/* SPDX-License-Identifier: Apache-2.0 */
/* What members' requests tell about them: when, from where, what they can hold. Kept in the store, so that
   after a restart an authorised member is still pushed to at once. docs/wire.md 18.9. */
#include "base/text.h"
#include "controller/coerce.h"
#include "controller/state.h"

#include <stdlib.h>
#include <string.h>

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *traits_json(const struct zt_member_traits *traits)
{
    json_t *versions = json_array();

    for (size_t i = 0; i < 4; i++)
        (void)json_array_append_new(versions, json_integer(traits->version[i]));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "rulesRevision",
                     number(traits->rules_revision), "rules", number(traits->max_rules),
                     "capabilities", number(traits->max_capabilities), "capabilityRules",
                     number(traits->max_capability_rules), "tags", number(traits->max_tags),
                     "version", versions);
}

static json_t *seen_json(const struct zt_hosted_member *member)
{
    char remote[ZT_ENDPOINT_TEXT];

    zt_endpoint_text(&member->origin.link.remote, true, remote);
    return json_pack("{s:I, s:s?, s:o}", "lastSeen", (json_int_t)member->asked_wall_ms,
                     "physicalAddr", member->origin.direct ? remote : NULL, "traits",
                     traits_json(&member->traits));
}

static uint64_t bounded(const json_t *object, const char *key, uint64_t most)
{
    int64_t value = zt_json_integer(object, key, 0);

    return value < 0 || (uint64_t)value > most ? most : (uint64_t)value;
}

/* Others write to the store too: a time that can't be, whose distance from now would overflow, is none. */
static int64_t past(int64_t time_ms)
{
    return time_ms > 0 && time_ms < INT64_MAX / 2 ? time_ms : 0;
}

/* By which socket the member was heard is not known any more: pushes leave from all. */
void zt_seen_load(struct zt_hosted_member *member, const json_t *stored)
{
    const json_t *traits = json_object_get(stored, "traits");
    const json_t *versions = json_object_get(traits, "version");
    struct zt_endpoint remote;

    if (member->has_asked || !traits)
        return;
    member->has_asked = true;
    member->asked_wall_ms = past(zt_json_integer(stored, "lastSeen", 0));
    member->origin.link.socket = ZT_LINK_ALL_SOCKETS;
    member->origin.direct = zt_endpoint_parse(&remote, zt_json_text(stored, "physicalAddr", ""), 0);
    if (member->origin.direct)
        member->origin.link.remote = remote;
    member->traits.rules_revision = bounded(traits, "rulesRevision", UINT32_MAX);
    member->traits.max_rules = bounded(traits, "rules", ZT_MAX_RULES);
    member->traits.max_capabilities = bounded(traits, "capabilities", ZT_MAX_CAPABILITIES);
    member->traits.max_capability_rules =
        bounded(traits, "capabilityRules", ZT_MAX_CAPABILITY_RULES);
    member->traits.max_tags = bounded(traits, "tags", ZT_MAX_TAGS);
    for (size_t i = 0; i < 4; i++)
        member->traits.version[i] = json_integer_value(json_array_get(versions, i));
}

void zt_seen_note(struct zt_controller *controller, struct zt_hosted_member *member, bool is_news)
{
    if (member->is_stranger || !member->has_asked)
        return;
    member->is_unsaved = true;
    member->is_news |= is_news;
    controller->has_news |= is_news;
}

static int put_seen(struct zt_controller *controller, const struct zt_hosted_member *member)
{
    struct zt_record record = { .kind = ZT_RECORD_SEEN,
                                .nwid = member->network->nwid,
                                .address = member->record.address };
    json_t *json = seen_json(member);
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    int result = ZT_STORE_FAILED;

    json_decref(json);
    if (text) {
        record.json = text;
        record.length = strlen(text);
        result = controller->store->functions->put(controller->store, &record, 0);
    }
    free(text);
    return result;
}

/* Counts down what may still be written. */
static bool save_network(struct zt_controller *controller, struct zt_hosted_network *network,
                         bool only_news, size_t *most)
{
    struct zt_hosted_member *member, *next;

    HASH_ITER(hh, network->members, member, next)
    {
        if (member->is_stranger || !(only_news ? member->is_news : member->is_unsaved))
            continue;
        if (*most == 0)
            return true;
        (*most)--;
        if (put_seen(controller, member) != ZT_STORE_OK)
            return false;
        member->is_unsaved = member->is_news = false;
    }
    return true;
}

/* What a failure leaves out is written after the member's next request. */
bool zt_seen_save(struct zt_controller *controller, bool only_news, size_t most)
{
    const struct zt_store_functions *functions = controller->store->functions;
    struct zt_hosted_network *network, *next;
    bool is_good = true;

    if (functions->begin(controller->store) != ZT_STORE_OK)
        return true;
    HASH_ITER(hh, controller->networks, network, next)
    {
        if (is_good && zt_hosting_is_ours(controller, network->nwid))
            is_good = save_network(controller, network, only_news, &most);
    }
    if (!is_good || functions->commit(controller->store) != ZT_STORE_OK)
        functions->rollback(controller->store);
    return !is_good || most > 0;
}
