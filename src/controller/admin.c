/* SPDX-License-Identifier: Apache-2.0 */
/* Administration: reading and changing networks and members, and what a change sets in motion.
   docs/wire.md 18.7, 19. */
#include "controller/state.h"

#include "base/text.h"
#include "controller/coerce.h"
#include "controller/refuse.h"

#define ZT_CONFLICT_TRIALS 5 /* others may change the same record at the same time */

static struct zt_hosted_network *find_network(const struct zt_controller *controller, zt_nwid nwid,
                                              struct zt_api_error *error)
{
    struct zt_hosted_network *network = zt_hosting_network(controller, nwid);

    return network ? network
                   : zt_refuse(error, 404, "no network %016llx", (unsigned long long)nwid);
}

static struct zt_hosted_member *find_member(const struct zt_controller *controller, zt_nwid nwid,
                                            zt_address address, struct zt_api_error *error)
{
    struct zt_hosted_network *network = find_network(controller, nwid, error);
    struct zt_hosted_member *member = network ? zt_hosting_member(network, address) : NULL;

    if (network && !member)
        return zt_refuse(error, 404, "no member %010llx", (unsigned long long)address);
    return member;
}

static int by_id(const struct zt_hosted_network *a, const struct zt_hosted_network *b)
{
    return a->nwid < b->nwid ? -1 : a->nwid > b->nwid;
}

json_t *zt_controller_networks(struct zt_controller *controller)
{
    json_t *ids = json_array();
    struct zt_hosted_network *network, *next;
    char text[ZT_NWID_TEXT];

    HASH_SORT(controller->networks, by_id);
    HASH_ITER(hh, controller->networks, network, next)
    {
        zt_hex_number_write(text, network->nwid, 16);
        (void)json_array_append_new(ids, json_string(text));
    }
    return ids;
}

json_t *zt_controller_network(struct zt_controller *controller, zt_nwid nwid,
                              struct zt_api_error *error)
{
    struct zt_hosted_network *network = find_network(controller, nwid, error);

    return network ? json_copy(network->record->json) : NULL;
}

/* A number that is not in use, never 0. */
static zt_nwid choose_nwid(struct zt_controller *controller)
{
    for (;;) {
        uint32_t number = 1 + zt_rng_below(&controller->rng, 0xffffff);
        zt_nwid nwid = controller->self.address << 24 | number;

        if (!zt_hosting_network(controller, nwid))
            return nwid;
    }
}

/* Takes json, a changed record. */
static bool save_changed(struct zt_controller *controller, struct zt_instant now, zt_nwid nwid,
                         json_t *json, struct zt_api_error *error)
{
    int64_t revision = zt_json_integer(json, "revision", 0) + 1;
    struct zt_network_record *record;

    (void)json_object_set_new(json, "revision", json_integer(revision));
    if (revision > 1) /* a new one was last changed when it was made */
        (void)json_object_set_new(json, "lastModified", json_integer(now.wall_ms));
    record = zt_network_record_new(nwid, json, error);
    json_decref(json);
    return record && zt_keep_network(controller, record, error);
}

static json_t *change_network(struct zt_controller *controller, struct zt_instant now, zt_nwid nwid,
                              const json_t *body, struct zt_api_error *error)
{
    struct zt_hosted_network *network = zt_hosting_network(controller, nwid);
    json_t *json;

    if (!network && !zt_hosting_is_ours(controller, nwid))
        return zt_refuse(error, 400, "network %016llx belongs to another controller",
                         (unsigned long long)nwid);
    json = zt_network_json_change(network ? network->record->json : NULL, nwid, now.wall_ms, body,
                                  error);
    if (!json)
        return NULL;
    if (network && json_equal(json, network->record->json))
        return json;
    if (!save_changed(controller, now, nwid, json, error))
        return NULL;
    network = zt_hosting_network(controller, nwid);
    zt_push_network(controller, network);
    return json_copy(network->record->json);
}

json_t *zt_controller_set_network(struct zt_controller *controller, struct zt_instant now,
                                  zt_nwid nwid, const json_t *body, struct zt_api_error *error)
{
    json_t *result;

    nwid = nwid ? nwid : choose_nwid(controller);
    if (!zt_hosting_is_ours(controller, nwid)) /* it may have been made just now, elsewhere */
        zt_follow_changes(controller, now);
    result = change_network(controller, now, nwid, body, error);
    for (int i = 0; !result && error->status == 409 && i < ZT_CONFLICT_TRIALS; i++) {
        zt_follow_changes(controller, now);
        result = change_network(controller, now, nwid, body, error);
    }
    return result;
}

json_t *zt_controller_delete_network(struct zt_controller *controller, struct zt_instant now,
                                     zt_nwid nwid, struct zt_api_error *error)
{
    struct zt_hosted_network *network = find_network(controller, nwid, error);
    struct zt_revoking *revoking;
    json_t *json;

    if (!network)
        return NULL;
    json = json_copy(network->record->json);
    revoking = zt_push_list_revoked(controller, network, 0, now.wall_ms);
    if (zt_keep_no_network(controller, network, error)) {
        zt_push_revocation(controller, revoking);
        return json;
    }
    zt_free(revoking);
    json_decref(json);
    return NULL;
}

json_t *zt_controller_members(struct zt_controller *controller, zt_nwid nwid,
                              struct zt_api_error *error)
{
    struct zt_hosted_network *network = find_network(controller, nwid, error);
    struct zt_hosted_member *member, *next;
    char text[ZT_ADDRESS_TEXT];
    json_t *list;

    if (!network)
        return NULL;
    list = json_object();
    HASH_ITER(hh, network->members, member, next)
    {
        zt_hex_number_write(text, member->record.address, 10);
        (void)json_object_set_new(list, text, json_integer((json_int_t)member->record.revision));
    }
    return list;
}

json_t *zt_known_member_json(const struct zt_controller *controller,
                             const struct zt_hosted_member *member)
{
    json_t *json = zt_member_record_json(&member->record, member->network->nwid);
    char text[ZT_ENDPOINT_TEXT];

    (void)json_object_set_new(
        json, "online",
        json_boolean(member->has_asked &&
                     controller->wall_ms - member->asked_wall_ms < ZT_ONLINE_MS));
    if (!member->has_asked)
        return json;
    (void)json_object_set_new(json, "lastSeen", json_integer(member->asked_wall_ms));
    zt_format(text, sizeof text, "%d.%d.%d", (int)member->traits.version[0],
              (int)member->traits.version[1], (int)member->traits.version[2]);
    (void)json_object_set_new(json, "clientVersion", json_string(text));
    zt_endpoint_text(&member->origin.link.remote, true, text);
    (void)json_object_set_new(json, "physicalAddr",
                              member->origin.direct ? json_string(text) : json_null());
    return json;
}

json_t *zt_controller_member(struct zt_controller *controller, zt_nwid nwid, zt_address member,
                             struct zt_api_error *error)
{
    const struct zt_hosted_member *found = find_member(controller, nwid, member, error);

    return found ? zt_known_member_json(controller, found) : NULL;
}

/* The draft as the body wants it. */
static bool draft_change(struct zt_member_draft *next, const struct zt_hosted_network *network,
                         zt_address address, int64_t now_ms, const json_t *body,
                         struct zt_api_error *error)
{
    const struct zt_hosted_member *member = zt_hosting_member(network, address);
    bool is_first = !member || member->record.authorized_ms == 0;

    if (member)
        zt_member_draft_of(next, &member->record);
    else
        zt_member_draft_init(next, address, now_ms);
    if (!zt_member_draft_change(next, now_ms, body, error)) {
        zt_member_draft_clear(next);
        return false;
    }
    if (is_first && next->record.authorized && !json_object_get(body, "capabilities"))
        zt_decide_first_capabilities(network->record, &next->record);
    return true;
}

static json_t *change_member(struct zt_controller *controller, struct zt_instant now, zt_nwid nwid,
                             zt_address address, const json_t *body, struct zt_api_error *error)
{
    struct zt_hosted_network *network = find_network(controller, nwid, error);
    struct zt_hosted_member *member = network ? zt_hosting_member(network, address) : NULL;
    bool was_authorized = member && member->record.authorized;
    bool was_bridge = member && member->record.active_bridge;
    uint64_t old_revision = member ? member->record.revision : 0;
    struct zt_member_draft next;

    if (!network || !draft_change(&next, network, address, now.wall_ms, body, error))
        return NULL;
    member = zt_keep_member(controller, network, &next.record, true, error);
    zt_member_draft_clear(&next);
    if (!member)
        return NULL;
    if (member->record.revision != old_revision)
        zt_push_member_change(controller, member, was_authorized, was_bridge, now.wall_ms);
    return zt_known_member_json(controller, member);
}

json_t *zt_controller_set_member(struct zt_controller *controller, struct zt_instant now,
                                 zt_nwid nwid, zt_address address, const json_t *body,
                                 struct zt_api_error *error)
{
    json_t *result;

    if (zt_address_is_reserved(address))
        return zt_refuse(error, 400, "%010llx can't be an address", (unsigned long long)address);
    controller->wall_ms = now.wall_ms;
    result = change_member(controller, now, nwid, address, body, error);
    for (int i = 0; !result && error->status == 409 && i < ZT_CONFLICT_TRIALS; i++) {
        zt_follow_changes(controller, now);
        result = change_member(controller, now, nwid, address, body, error);
    }
    return result;
}

json_t *zt_controller_delete_member(struct zt_controller *controller, struct zt_instant now,
                                    zt_nwid nwid, zt_address address, struct zt_api_error *error)
{
    struct zt_hosted_member *member = find_member(controller, nwid, address, error);
    struct zt_hosted_network *network = member ? member->network : NULL;
    bool was_authorized = member && member->record.authorized;
    bool was_bridge = member && member->record.active_bridge;
    json_t *json;

    if (!member)
        return NULL;
    json = zt_known_member_json(controller, member);
    if (!zt_keep_no_member(controller, member, error)) {
        json_decref(json);
        return NULL;
    }
    if (was_authorized)
        zt_push_revocation(controller,
                           zt_push_list_revoked(controller, network, address, now.wall_ms));
    if (was_bridge)
        zt_push_network(controller, network);
    return json;
}
