/* SPDX-License-Identifier: Apache-2.0 */
/* What the store holds is what is in force: read at the start, and again where others have changed it, with
   all that follows from a change. */
#include "base/text.h"
#include "controller/coerce.h"
#include "controller/state.h"

#include <string.h>

/* A walk through records. now_ms is of use when changes are followed, not while all is read first. */
struct walk {
    struct zt_controller *controller;
    int64_t now_ms;
    bool is_first;
};

static void tell(const struct walk *walk, const struct zt_record *record, const char *why)
{
    zt_log_error(walk->controller->log, "controller", "record %016llx %010llx is not used: %s",
                 (unsigned long long)record->nwid, (unsigned long long)record->address, why);
}

static struct zt_network_record *read_network(zt_nwid nwid, const json_t *stored,
                                              struct zt_api_error *error)
{
    json_t *json = zt_network_json_load(nwid, stored, error);
    struct zt_network_record *record = json ? zt_network_record_new(nwid, json, error) : NULL;

    json_decref(json);
    return record;
}

json_t *zt_controller_read_record(zt_nwid nwid, zt_address address, const json_t *given,
                                  struct zt_api_error *error)
{
    struct zt_network_record *network;
    struct zt_member_draft draft;
    json_t *json;

    if (!json_is_object(given))
        return zt_refuse(error, 400, "not a JSON object");
    if (address) {
        if (!zt_member_draft_load(&draft, address, given, error))
            return NULL;
        json = zt_member_record_json(&draft.record, nwid);
        zt_member_draft_clear(&draft);
        return json;
    }
    network = read_network(nwid, given, error);
    json = network ? json_incref(network->json) : NULL;
    zt_network_record_free(network);
    return json;
}

static bool take_network(const struct walk *walk, const struct zt_record *record,
                         const json_t *stored, struct zt_api_error *error)
{
    struct zt_controller *controller = walk->controller;
    struct zt_network_record *next = read_network(record->nwid, stored, error);
    struct zt_hosted_network *network;
    bool is_same;

    if (!next)
        return false;
    network = zt_hosting_prepare_network(controller, record->nwid, error);
    if (!network) {
        zt_network_record_free(next);
        return false;
    }
    is_same = network->record && json_equal(network->record->json, next->json);
    zt_hosting_commit_network(network, next);
    network->stored_revision = record->revision;
    if (!walk->is_first && !is_same)
        zt_push_network(controller, network);
    return true;
}

/* A record made elsewhere for somebody who waits here: its key is known, from its requests. */
static bool adopt_identity(struct zt_member_record *next, const struct zt_hosted_member *old)
{
    if (next->has_identity || !old || !old->is_stranger || !old->record.has_identity)
        return false;
    next->identity = old->record.identity;
    next->has_identity = true;
    return true;
}

static bool install_member(const struct walk *walk, struct zt_hosted_network *network,
                           const struct zt_record *record, struct zt_member_record *next,
                           struct zt_api_error *error)
{
    struct zt_hosted_member *old = zt_hosting_member(network, record->address), *member;
    bool was_authorized = old && old->record.authorized;
    bool was_bridge = old && old->record.active_bridge;
    bool is_same = old && !old->is_stranger && zt_member_record_equal(&old->record, next);
    bool is_richer = adopt_identity(next, old);
    struct zt_member_record kept;

    member = zt_hosting_prepare_member(walk->controller, network, next, &kept, error);
    if (!member)
        return false;
    zt_hosting_commit_member(walk->controller, member, &kept, false);
    member->stored_revision = record->revision;
    member->is_richer = is_richer;
    if (!walk->is_first && !is_same)
        zt_push_member_change(walk->controller, member, was_authorized, was_bridge, walk->now_ms);
    return true;
}

static bool take_member(const struct walk *walk, const struct zt_record *record,
                        const json_t *stored, struct zt_api_error *error)
{
    struct zt_hosted_network *network = zt_hosting_network(walk->controller, record->nwid);
    struct zt_member_draft draft;
    bool is_taken;

    if (!network)
        return zt_refuse(error, 400, "its network is missing");
    if (!zt_member_draft_load(&draft, record->address, stored, error))
        return false;
    is_taken = install_member(walk, network, record, &draft.record, error);
    zt_member_draft_clear(&draft);
    return is_taken;
}

static bool take_seen(const struct walk *walk, const struct zt_record *record, const json_t *stored)
{
    struct zt_hosted_network *network = zt_hosting_network(walk->controller, record->nwid);
    struct zt_hosted_member *member = network ? zt_hosting_member(network, record->address) : NULL;

    if (member)
        zt_seen_load(member, stored);
    return true;
}

/* Gone from the store by somebody else's hand. */
static void lose(const struct walk *walk, struct zt_hosted_network *network, zt_address address)
{
    struct zt_controller *controller = walk->controller;
    struct zt_hosted_member *member = address ? zt_hosting_member(network, address) : NULL;
    bool was_authorized = member && member->record.authorized;
    bool was_bridge = member && member->record.active_bridge;

    if (address && (!member || member->is_stranger))
        return;
    if (!address || was_authorized)
        zt_push_revocation(controller,
                           zt_push_list_revoked(controller, network, address, walk->now_ms));
    if (!address) {
        zt_hosting_drop_network(controller, network);
        return;
    }
    zt_hosting_drop_member(controller, member);
    if (was_bridge)
        zt_push_network(controller, network);
}

static void note_found(const struct walk *walk, const struct zt_record *record)
{
    struct zt_hosted_network *network = zt_hosting_network(walk->controller, record->nwid);
    struct zt_hosted_member *member =
        network && record->address ? zt_hosting_member(network, record->address) : NULL;

    if (network)
        network->is_found = true;
    if (member)
        member->is_found = true;
}

/* A record that can't be read stays in the store, and in force as it last was; it is reported, and the
   others are served. */
static void take_record(void *context, const struct zt_record *record)
{
    const struct walk *walk = context;
    struct zt_hosted_network *network = zt_hosting_network(walk->controller, record->nwid);
    struct zt_api_error error = { 400, "not a JSON object" };
    json_t *stored;
    bool is_taken = false;

    if (!record->json) {
        if (network)
            lose(walk, network, record->address);
        return;
    }
    stored = json_loadb(record->json, record->length, 0, NULL);
    if (json_is_object(stored) && record->kind == ZT_RECORD_NETWORK)
        is_taken = take_network(walk, record, stored, &error);
    if (json_is_object(stored) && record->kind == ZT_RECORD_MEMBER)
        is_taken = take_member(walk, record, stored, &error);
    if (json_is_object(stored) && record->kind == ZT_RECORD_SEEN)
        is_taken = take_seen(walk, record, stored);
    json_decref(stored);
    note_found(walk, record);
    if (!is_taken)
        tell(walk, record, error.text);
}

bool zt_follow_load(struct zt_controller *controller, char *error, size_t error_size)
{
    struct zt_store *store = controller->store;
    struct walk walk = { .controller = controller, .is_first = true };

    if (store->functions->load(store, take_record, &walk) == ZT_STORE_OK)
        return true;
    zt_format(error, error_size, "%s", store->functions->error(store));
    return false;
}

static void mark(struct zt_controller *controller)
{
    struct zt_hosted_network *network, *next;
    struct zt_hosted_member *member, *next_member;

    HASH_ITER(hh, controller->networks, network, next)
    {
        network->is_found = false;
        HASH_ITER(hh, network->members, member, next_member)
        {
            member->is_found = false;
        }
    }
}

static void sweep(const struct walk *walk)
{
    struct zt_hosted_network *network, *next;
    struct zt_hosted_member *member, *next_member;

    HASH_ITER(hh, walk->controller->networks, network, next)
    {
        if (!network->is_found) {
            lose(walk, network, 0);
            continue;
        }
        HASH_ITER(hh, network->members, member, next_member)
        {
            if (!member->is_found)
                lose(walk, network, member->record.address);
        }
    }
}

static int read_again(struct walk *walk)
{
    struct zt_store *store = walk->controller->store;
    int result;

    mark(walk->controller);
    result = store->functions->load(store, take_record, walk);
    walk->controller->must_reload = result != ZT_STORE_OK;
    if (result == ZT_STORE_OK)
        sweep(walk);
    return result;
}

/* Tells once that the database has gone, and once that it is back. */
static void note_state(struct zt_controller *controller, int result)
{
    const char *text = controller->store->functions->error(controller->store);
    bool is_away = result < 0;

    if (is_away == controller->is_store_away)
        return;
    controller->is_store_away = is_away;
    if (is_away)
        zt_log_error(controller->log, "controller",
                     "%s; members are answered as last known, changes are refused", text);
    else
        zt_log_info(controller->log, "controller", "the database is back");
}

void zt_follow_changes(struct zt_controller *controller, struct zt_instant now)
{
    struct zt_store *store = controller->store;
    struct walk walk = { .controller = controller, .now_ms = now.wall_ms };
    int result = store->functions->changes(store, now.mono_ms, take_record, &walk);

    if (result == ZT_STORE_RELOAD || (result >= 0 && controller->must_reload))
        result = read_again(&walk);
    note_state(controller, result);
}
