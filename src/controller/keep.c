/* SPDX-License-Identifier: Apache-2.0 */
/* Putting records in force: in the store first and then in memory, whole or not at all. */
#include "controller/refuse.h"
#include "controller/state.h"

#include <stdlib.h>
#include <string.h>

/* Says what the store said. False, always. */
static bool refuse_store(struct zt_controller *controller, int result, const char *what,
                         struct zt_api_error *error)
{
    const char *text = controller->store->functions->error(controller->store);

    if (result == ZT_STORE_CONFLICT) {
        (void)zt_refuse(error, 409, "%s: changed by another at the same time", what);
        return false;
    }
    (void)zt_refuse(error, result == ZT_STORE_AWAY ? 503 : 500, "%s: %s", what, text);
    if (result == ZT_STORE_AWAY)
        zt_outage_note(controller, result);
    else
        zt_outage_tell(controller, error->text);
    return false;
}

/* Writes json, which it takes, as the record's text. The caller frees that. */
static bool write_json(struct zt_record *record, json_t *json)
{
    record->json = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    record->length = record->json ? strlen(record->json) : 0;
    json_decref(json);
    return record->json != NULL;
}

static void free_json(struct zt_record *record)
{
    free((char *)(uintptr_t)record->json);
}

/* Takes json. */
static bool put_json(struct zt_controller *controller, struct zt_record *record, uint64_t expected,
                     json_t *json, struct zt_api_error *error)
{
    int result;

    if (!write_json(record, json))
        return zt_refuse(error, 500, "out of memory");
    result = controller->store->functions->put(controller->store, record, expected);
    free_json(record);
    return result == ZT_STORE_OK ||
           refuse_store(controller, result, "can't store the record", error);
}

bool zt_keep_network(struct zt_controller *controller, struct zt_network_record *record,
                     struct zt_api_error *error)
{
    struct zt_record stored = { .kind = ZT_RECORD_NETWORK,
                                .nwid = record->nwid,
                                .revision = record->revision };
    struct zt_hosted_network *network = zt_hosting_prepare_network(controller, record->nwid, error);

    if (network &&
        put_json(controller, &stored, network->stored_revision, json_incref(record->json), error)) {
        zt_hosting_commit_network(network, record);
        network->stored_revision = record->revision;
        controller->counters.network_changes++;
        return true;
    }
    if (network)
        zt_hosting_abandon_network(controller, network);
    zt_network_record_free(record);
    return false;
}

static void count_change(struct zt_controller *controller, bool was_authorized, bool is_authorized)
{
    controller->counters.member_changes++;
    controller->counters.authorized += is_authorized && !was_authorized;
    controller->counters.deauthorized += was_authorized && !is_authorized;
}

bool zt_keep_is_kept(const struct zt_hosted_member *member, const struct zt_member_record *next,
                     bool store)
{
    return store != member->is_stranger && !member->is_richer &&
           zt_member_record_equal(&member->record, next);
}

bool zt_keep_prepare(struct zt_controller *controller, struct zt_hosted_network *network,
                     const struct zt_member_record *next, struct zt_keeping *keeping,
                     struct zt_api_error *error)
{
    keeping->member = zt_hosting_prepare_member(controller, network, next, &keeping->kept, error);
    if (keeping->member)
        keeping->kept.revision = keeping->member->record.revision + 1;
    return keeping->member != NULL;
}

static struct zt_record stored_of(const struct zt_keeping *keeping)
{
    return (struct zt_record){ .kind = ZT_RECORD_MEMBER,
                               .nwid = keeping->member->network->nwid,
                               .address = keeping->kept.address,
                               .revision = keeping->kept.revision };
}

bool zt_keep_store(struct zt_controller *controller, const struct zt_keeping *keeping,
                   struct zt_api_error *error)
{
    struct zt_record stored = stored_of(keeping);

    return put_json(controller, &stored, keeping->member->stored_revision,
                    zt_member_record_json(&keeping->kept, stored.nwid), error);
}

bool zt_keep_store_all(struct zt_controller *controller, const struct zt_decision *decisions,
                       size_t count)
{
    struct zt_put puts[ZT_MAX_DECISIONS];
    size_t written = 0;
    bool is_stored = false;

    for (; written < count; written++) {
        const struct zt_keeping *keeping = &decisions[written].keeping;
        struct zt_put *put = &puts[written];

        put->record = stored_of(keeping);
        put->expected = keeping->member->stored_revision;
        if (!write_json(&put->record, zt_member_record_json(&keeping->kept, put->record.nwid)))
            break;
    }
    if (written == count)
        is_stored = controller->store->functions->put_members(controller->store, puts, count) ==
                    ZT_STORE_OK;
    while (written > 0)
        free_json(&puts[--written].record);
    return is_stored;
}

void zt_keep_commit(struct zt_controller *controller, struct zt_keeping *keeping, bool store)
{
    struct zt_hosted_member *member = keeping->member;
    bool was_stranger = member->is_stranger, was_authorized = member->record.authorized;

    zt_hosting_commit_member(controller, member, &keeping->kept, !store);
    member->stored_revision = store ? keeping->kept.revision : ZT_NO_RECORD;
    member->is_richer = false;
    if (store)
        count_change(controller, was_authorized, member->record.authorized);
    if (was_stranger)
        zt_seen_note(controller, member, true);
}

void zt_keep_abandon(struct zt_controller *controller, struct zt_keeping *keeping)
{
    zt_hosting_abandon_member(controller, keeping->member, &keeping->kept);
}

struct zt_hosted_member *zt_keep_member(struct zt_controller *controller,
                                        struct zt_hosted_network *network,
                                        const struct zt_member_record *next, bool store,
                                        struct zt_api_error *error)
{
    struct zt_hosted_member *member = zt_hosting_member(network, next->address);
    struct zt_keeping keeping;

    if (member && zt_keep_is_kept(member, next, store))
        return member;
    if (!zt_keep_prepare(controller, network, next, &keeping, error))
        return NULL;
    if (store && !zt_keep_store(controller, &keeping, error)) {
        zt_keep_abandon(controller, &keeping);
        return NULL;
    }
    zt_keep_commit(controller, &keeping, store);
    return keeping.member;
}

static bool remove_record(struct zt_controller *controller, zt_nwid nwid, zt_address address,
                          struct zt_api_error *error)
{
    int result = controller->store->functions->remove(controller->store, nwid, address);

    return result == ZT_STORE_OK ||
           refuse_store(controller, result, "can't delete the record", error);
}

bool zt_keep_no_member(struct zt_controller *controller, struct zt_hosted_member *member,
                       struct zt_api_error *error)
{
    if (!member->is_stranger &&
        !remove_record(controller, member->network->nwid, member->record.address, error))
        return false;
    if (!member->is_stranger)
        count_change(controller, member->record.authorized, false);
    zt_hosting_drop_member(controller, member);
    return true;
}

bool zt_keep_no_network(struct zt_controller *controller, struct zt_hosted_network *network,
                        struct zt_api_error *error)
{
    if (!remove_record(controller, network->nwid, 0, error))
        return false;
    controller->counters.network_changes++;
    zt_hosting_drop_network(controller, network);
    return true;
}
