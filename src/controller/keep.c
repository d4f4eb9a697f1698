/* SPDX-License-Identifier: Apache-2.0 */
/* Putting records in force: in the store first and then in memory, whole or not at all. */
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
    if (result != ZT_STORE_AWAY) /* that is told once, when it begins */
        zt_log_error(controller->log, "controller", "%s", error->text);
    return false;
}

/* Takes json. */
static bool put_json(struct zt_controller *controller, struct zt_record *record, uint64_t expected,
                     json_t *json, struct zt_api_error *error)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    int result;

    json_decref(json);
    if (!text)
        return zt_refuse(error, 500, "out of memory");
    record->json = text;
    record->length = strlen(text);
    result = controller->store->functions->put(controller->store, record, expected);
    free(text);
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

static bool put_member(struct zt_controller *controller, const struct zt_hosted_member *member,
                       const struct zt_member_record *record, struct zt_api_error *error)
{
    struct zt_record stored = { .kind = ZT_RECORD_MEMBER,
                                .nwid = member->network->nwid,
                                .address = record->address,
                                .revision = record->revision };

    return put_json(controller, &stored, member->stored_revision,
                    zt_member_record_json(record, stored.nwid), error);
}

static void count_change(struct zt_controller *controller, bool was_authorized, bool is_authorized)
{
    controller->counters.member_changes++;
    controller->counters.authorized += is_authorized && !was_authorized;
    controller->counters.deauthorized += was_authorized && !is_authorized;
}

struct zt_hosted_member *zt_keep_member(struct zt_controller *controller,
                                        struct zt_hosted_network *network,
                                        const struct zt_member_record *next, bool store,
                                        struct zt_api_error *error)
{
    struct zt_hosted_member *member = zt_hosting_member(network, next->address);
    struct zt_member_record kept;
    bool was_stranger = member && member->is_stranger;
    bool was_authorized = member && member->record.authorized;

    if (member && store != member->is_stranger && !member->is_richer &&
        zt_member_record_equal(&member->record, next))
        return member;
    member = zt_hosting_prepare_member(controller, network, next, &kept, error);
    if (!member)
        return NULL;
    kept.revision = member->record.revision + 1;
    if (store && !put_member(controller, member, &kept, error)) {
        zt_hosting_abandon_member(controller, member, &kept);
        return NULL;
    }
    zt_hosting_commit_member(controller, member, &kept, !store);
    member->stored_revision = store ? kept.revision : ZT_NO_RECORD;
    member->is_richer = false;
    if (store)
        count_change(controller, was_authorized, next->authorized);
    if (was_stranger)
        zt_seen_note(controller, member, true);
    return member;
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
