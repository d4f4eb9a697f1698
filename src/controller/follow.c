/* SPDX-License-Identifier: Apache-2.0 */
/* What the store holds is what is in force: read at the start, and again where others have changed it, with
   all that follows from a change. */
#include "base/text.h"
#include "controller/refuse.h"
#include "controller/state.h"

#define MOST_REVISION (INT64_C(1) << 53) /* up to which JSON's numbers are exact everywhere */

/* A walk through records. now_ms is of use when changes are followed, not while all is read first. */
struct walk {
    struct zt_controller *controller;
    int64_t now_ms;
    bool is_first, is_whole;
    zt_nwid missing; /* the last network whose members were left out with it */
};

/* Names the record as people know it: by its keys. */
static void tell(const struct walk *walk, const struct zt_record *record, const char *why)
{
    const struct zt_log *log = walk->controller->log;
    unsigned long long nwid = record->nwid, address = record->address;

    if (record->kind == ZT_RECORD_NETWORK)
        zt_log_error(log, "controller", "the record of network %016llx: %s", nwid, why);
    else
        zt_log_error(log, "controller", "the %s of member %010llx of network %016llx: %s",
                     record->kind == ZT_RECORD_SEEN ? "last request" : "record", address, nwid,
                     why);
}

/* Others may have written anything. A revision that can't be is told, and counted anew from what the
   store says. */
static void mend_revision(const struct walk *walk, const struct zt_record *record, json_t *stored)
{
    const json_t *given = json_object_get(stored, "revision");
    json_int_t revision = json_integer_value(given);
    bool is_sane = record->revision <= MOST_REVISION;

    if (!given || (json_is_integer(given) && revision >= 0 && revision <= MOST_REVISION))
        return;
    tell(walk, record, "revision: not a whole number from 0 to 2^53; it is counted anew");
    (void)json_object_set_new(stored, "revision",
                              json_integer(is_sane ? (json_int_t)record->revision : 0));
}

/* What the store is to compare with at the next change. A number that it can't be is not compared. */
static uint64_t expected_of(const struct zt_record *record)
{
    return record->revision > INT64_MAX ? ZT_ANY_REVISION : record->revision;
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

    const json_t *revision = json_object_get(given, "revision");

    if (!json_is_object(given))
        return zt_refuse(error, 400, "not a JSON object");
    if (revision && (!json_is_integer(revision) || json_integer_value(revision) < 0 ||
                     json_integer_value(revision) > MOST_REVISION))
        return zt_refuse(error, 400, "revision: not a whole number from 0 to 2^53");
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

    if (!next) {
        controller->has_unread_network |= !zt_hosting_network(controller, record->nwid);
        return false;
    }
    network = zt_hosting_prepare_network(controller, record->nwid, error);
    if (!network) {
        zt_network_record_free(next);
        return false;
    }
    is_same = network->record && json_equal(network->record->json, next->json);
    /* One that could not be read may be good now, and its members were left out. */
    controller->must_reload |=
        !walk->is_whole && !network->record && controller->has_unread_network;
    zt_hosting_commit_network(network, next);
    network->stored_revision = expected_of(record);
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
    member->stored_revision = expected_of(record);
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

/* Are the keys such as nodes have? Network 0 would stand for all of them. */
static bool has_keys(const struct zt_record *record)
{
    return record->nwid &&
           (record->kind == ZT_RECORD_NETWORK || !zt_address_is_reserved(record->address));
}

/* Told for the first of them only: they come in order. */
static bool lacks_network(struct walk *walk, const struct zt_record *record)
{
    if (record->kind == ZT_RECORD_NETWORK || zt_hosting_network(walk->controller, record->nwid))
        return false;
    if (walk->missing != record->nwid)
        tell(walk, record, "left out with all others of this network, as it has no good record");
    walk->missing = record->nwid;
    return true;
}

/* What can't be used is told. */
static void take_text(const struct walk *walk, const struct zt_record *record)
{
    struct zt_api_error error = { 400, "not a JSON object" };
    json_error_t where;
    json_t *stored = json_loadb(record->json, record->length, JSON_REJECT_DUPLICATES, &where);
    bool is_taken = false;

    if (!stored)
        (void)zt_refuse(&error, 400, "not JSON at byte %d: %s", where.position, where.text);
    if (json_is_object(stored) && record->kind != ZT_RECORD_SEEN)
        mend_revision(walk, record, stored);
    if (json_is_object(stored) && record->kind == ZT_RECORD_NETWORK)
        is_taken = take_network(walk, record, stored, &error);
    if (json_is_object(stored) && record->kind == ZT_RECORD_MEMBER)
        is_taken = take_member(walk, record, stored, &error);
    if (json_is_object(stored) && record->kind == ZT_RECORD_SEEN)
        is_taken = take_seen(walk, record, stored);
    json_decref(stored);
    if (!is_taken)
        tell(walk, record, error.text);
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
    struct walk *walk = context;
    struct zt_hosted_network *network = zt_hosting_network(walk->controller, record->nwid);

    if (!has_keys(record)) {
        tell(walk, record, "its keys are not those of a network or a node");
    } else if (!record->json) {
        if (network)
            lose(walk, network, record->address);
    } else if (!lacks_network(walk, record)) {
        take_text(walk, record);
        note_found(walk, record);
    }
}

bool zt_follow_load(struct zt_controller *controller, char *error, size_t error_size)
{
    struct zt_store *store = controller->store;
    struct walk walk = { .controller = controller, .is_first = true, .is_whole = true };

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
    walk->is_whole = true;
    walk->controller->has_unread_network = false;
    result = store->functions->load(store, take_record, walk);
    walk->controller->must_reload = result != ZT_STORE_OK;
    if (result == ZT_STORE_OK)
        sweep(walk);
    return result;
}

void zt_follow_changes(struct zt_controller *controller, struct zt_instant now)
{
    struct zt_store *store = controller->store;
    struct walk walk = { .controller = controller, .now_ms = now.wall_ms };
    int result = store->functions->changes(store, now.mono_ms, take_record, &walk);

    if (result == ZT_STORE_RELOAD || (result >= 0 && controller->must_reload))
        result = read_again(&walk);
    zt_outage_note(controller, result);
}
