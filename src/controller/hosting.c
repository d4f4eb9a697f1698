/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a controller. A change goes to the store first and then to memory, whole or not at all. */
#include "controller/state.h"

#include "base/text.h"
#include "controller/coerce.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

struct zt_hosted_network *zt_hosting_network(const struct zt_controller *controller, zt_nwid nwid)
{
    struct zt_hosted_network *network;

    HASH_FIND(hh, controller->networks, &nwid, sizeof nwid, network);
    return network;
}

struct zt_hosted_member *zt_hosting_member(const struct zt_hosted_network *network,
                                           zt_address address)
{
    struct zt_hosted_member *member;

    HASH_FIND(hh, network->members, &address, sizeof address, member);
    return member;
}

static struct zt_claim *find_claim(const struct zt_hosted_network *network,
                                   const struct zt_endpoint *ip)
{
    struct zt_claim *claim;

    HASH_FIND(hh, network->claims, ip, sizeof *ip, claim);
    return claim;
}

bool zt_hosting_ip_is_taken(const struct zt_hosted_network *network, const struct zt_endpoint *ip)
{
    return find_claim(network, ip) != NULL;
}

static void release_ips(struct zt_hosted_network *network, const struct zt_endpoint *ips,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct zt_claim *claim = find_claim(network, &ips[i]);

        if (!claim || --claim->holders > 0)
            continue;
        HASH_DEL(network->claims, claim);
        zt_free(claim);
    }
}

static bool claim_ip(struct zt_hosted_network *network, const struct zt_endpoint *ip)
{
    struct zt_claim *claim = find_claim(network, ip);

    if (!claim) {
        claim = zt_alloc(sizeof *claim);
        if (!claim)
            return false;
        claim->ip = *ip;
        HASH_ADD(hh, network->claims, ip, sizeof claim->ip, claim);
        if (!claim->hh.tbl) {
            zt_free(claim);
            return false;
        }
    }
    claim->holders++;
    return true;
}

static bool claim_ips(struct zt_hosted_network *network, const struct zt_member_record *record)
{
    for (size_t i = 0; i < record->ip_count; i++) {
        if (claim_ip(network, &record->ips[i]))
            continue;
        release_ips(network, record->ips, i);
        return false;
    }
    return true;
}

/* Writes a JSON record; takes json. */
static bool put_json(struct zt_controller *controller, zt_nwid nwid, zt_address member,
                     json_t *json, struct zt_api_error *error)
{
    struct zt_store *store = controller->store;
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    int result = text ? store->functions->put(store, nwid, member, text, strlen(text)) : -1;

    free(text);
    json_decref(json);
    if (result == 0)
        return true;
    (void)zt_refuse(error, 500, "can't store the record: %s", store->functions->error(store));
    zt_log_error(controller->log, "controller", "%s", error->text);
    return false;
}

static struct zt_hosted_network *new_network(struct zt_controller *controller, zt_nwid nwid)
{
    struct zt_hosted_network *network;

    if (HASH_COUNT(controller->networks) >= ZT_MAX_HOSTED_NETWORKS)
        return NULL;
    network = zt_alloc(sizeof *network);
    if (!network)
        return NULL;
    network->nwid = nwid;
    HASH_ADD(hh, controller->networks, nwid, sizeof network->nwid, network);
    if (network->hh.tbl)
        return network;
    zt_free(network);
    return NULL;
}

static void leave_strangers(struct zt_controller *controller, struct zt_hosted_member *member)
{
    if (!member->is_stranger)
        return;
    DL_DELETE2(member->network->strangers, member, older, newer);
    member->network->stranger_count--;
    controller->stranger_count--;
    member->is_stranger = false;
}

static void join_strangers(struct zt_controller *controller, struct zt_hosted_member *member)
{
    DL_APPEND2(member->network->strangers, member, older, newer);
    member->network->stranger_count++;
    controller->stranger_count++;
    member->is_stranger = true;
}

static void free_network(struct zt_controller *controller, struct zt_hosted_network *network)
{
    struct zt_hosted_member *member, *next_member;
    struct zt_claim *claim, *next_claim;

    HASH_ITER(hh, network->members, member, next_member)
    {
        HASH_DEL(network->members, member);
        zt_push_forget(controller, member);
        leave_strangers(controller, member);
        zt_member_record_clear(&member->record);
        zt_free(member);
    }
    HASH_ITER(hh, network->claims, claim, next_claim)
    {
        HASH_DEL(network->claims, claim);
        zt_free(claim);
    }
    HASH_DEL(controller->networks, network);
    zt_network_record_free(network->record);
    zt_free(network);
}

bool zt_hosting_save_network(struct zt_controller *controller, struct zt_network_record *record,
                             struct zt_api_error *error)
{
    struct zt_hosted_network *network = zt_hosting_network(controller, record->nwid);
    bool is_new = !network;

    if (is_new)
        network = new_network(controller, record->nwid);
    if (!network) {
        zt_network_record_free(record);
        (void)zt_refuse(error, 500, "no room for another network");
        return false;
    }
    if (!put_json(controller, record->nwid, 0, json_incref(record->json), error)) {
        zt_network_record_free(record);
        if (is_new)
            free_network(controller, network);
        return false;
    }
    zt_network_record_free(network->record);
    network->record = record;
    return true;
}

static void set_bridge(struct zt_hosted_network *network, zt_address address, bool is_bridge)
{
    size_t at = 0;

    while (at < network->bridge_count && network->bridges[at] != address)
        at++;
    if (is_bridge && at == network->bridge_count && at < ZT_MAX_SPECIALISTS)
        network->bridges[network->bridge_count++] = address;
    if (is_bridge || at == network->bridge_count)
        return;
    network->bridge_count--;
    memmove(&network->bridges[at], &network->bridges[at + 1],
            (network->bridge_count - at) * sizeof network->bridges[0]);
}

static struct zt_hosted_member *new_member(struct zt_hosted_network *network, zt_address address)
{
    struct zt_hosted_member *member;

    if (HASH_COUNT(network->members) >= ZT_MAX_MEMBERS)
        return NULL;
    member = zt_alloc(sizeof *member);
    if (!member)
        return NULL;
    member->network = network;
    zt_member_record_init(&member->record, address, 0);
    HASH_ADD(hh, network->members, record.address, sizeof member->record.address, member);
    if (member->hh.tbl)
        return member;
    zt_free(member);
    return NULL;
}

static void free_member(struct zt_controller *controller, struct zt_hosted_member *member)
{
    struct zt_hosted_network *network = member->network;

    zt_push_forget(controller, member);
    leave_strangers(controller, member);
    set_bridge(network, member->record.address, false);
    release_ips(network, member->record.ips, member->record.ip_count);
    HASH_DEL(network->members, member);
    zt_member_record_clear(&member->record);
    zt_free(member);
}

static bool write_member(struct zt_controller *controller, const struct zt_hosted_network *network,
                         const struct zt_member_record *record, struct zt_api_error *error)
{
    return put_json(controller, network->nwid, record->address,
                    zt_member_record_json(record, network->nwid), error);
}

/* The memory side of a save; nothing here can fail. */
static void install_member(struct zt_controller *controller, struct zt_hosted_member *member,
                           const struct zt_member_record *record, bool is_stranger)
{
    struct zt_hosted_network *network = member->network;

    release_ips(network, member->record.ips, member->record.ip_count);
    zt_member_record_clear(&member->record);
    member->record = *record;
    set_bridge(network, record->address, record->active_bridge);
    leave_strangers(controller, member);
    if (is_stranger)
        join_strangers(controller, member);
}

struct zt_hosted_member *zt_hosting_save_member(struct zt_controller *controller,
                                                struct zt_hosted_network *network,
                                                const struct zt_member_record *next, bool store,
                                                struct zt_api_error *error)
{
    struct zt_hosted_member *member = zt_hosting_member(network, next->address);
    struct zt_member_record record;
    bool is_new = !member;

    if (member && store != member->is_stranger && zt_member_record_equal(&member->record, next))
        return member;
    if (is_new)
        member = new_member(network, next->address);
    if (!member)
        return zt_refuse(error, 500, "no room for another member");

    zt_member_record_copy(&record, next);
    record.revision = member->record.revision + 1;
    if (!claim_ips(network, &record)) {
        (void)zt_refuse(error, 500, "out of memory");
        goto refused;
    }
    if (store && !write_member(controller, network, &record, error)) {
        release_ips(network, record.ips, record.ip_count);
        goto refused;
    }
    install_member(controller, member, &record, !store);
    return member;

refused:
    zt_member_record_clear(&record);
    if (is_new)
        free_member(controller, member);
    return NULL;
}

static bool remove_record(struct zt_controller *controller, zt_nwid nwid, zt_address member,
                          struct zt_api_error *error)
{
    struct zt_store *store = controller->store;

    if (store->functions->remove(store, nwid, member) == 0)
        return true;
    (void)zt_refuse(error, 500, "can't delete the record: %s", store->functions->error(store));
    zt_log_error(controller->log, "controller", "%s", error->text);
    return false;
}

bool zt_hosting_remove_member(struct zt_controller *controller, struct zt_hosted_member *member,
                              struct zt_api_error *error)
{
    if (!member->is_stranger &&
        !remove_record(controller, member->network->nwid, member->record.address, error))
        return false;
    free_member(controller, member);
    return true;
}

bool zt_hosting_remove_network(struct zt_controller *controller, struct zt_hosted_network *network,
                               struct zt_api_error *error)
{
    if (!remove_record(controller, network->nwid, 0, error))
        return false;
    free_network(controller, network);
    return true;
}

static bool load_network(struct zt_controller *controller, zt_nwid nwid, const json_t *stored,
                         struct zt_api_error *error)
{
    json_t *json = zt_network_json_load(nwid, stored, error);
    struct zt_network_record *record = json ? zt_network_record_new(nwid, json, error) : NULL;
    struct zt_hosted_network *network;

    json_decref(json);
    if (!record)
        return false;
    network = zt_hosting_network(controller, nwid);
    network = network ? network : new_network(controller, nwid);
    if (!network) {
        zt_network_record_free(record);
        return zt_refuse(error, 500, "no room");
    }
    zt_network_record_free(network->record);
    network->record = record;
    return true;
}

static bool load_member(struct zt_controller *controller, zt_nwid nwid, zt_address address,
                        const json_t *stored, struct zt_api_error *error)
{
    struct zt_hosted_network *network = zt_hosting_network(controller, nwid);
    struct zt_hosted_member *member;
    struct zt_member_record record;

    if (!network)
        return zt_refuse(error, 400, "its network is missing");
    if (!zt_member_record_load(&record, address, stored, error))
        return false;
    member = zt_hosting_member(network, address);
    member = member ? member : new_member(network, address);
    if (!member || !claim_ips(network, &record)) {
        zt_member_record_clear(&record);
        return zt_refuse(error, 500, "no room");
    }
    install_member(controller, member, &record, false);
    return true;
}

/* A record that can't be read stays in the store and is reported; the others are served. */
static void visit_record(void *context, zt_nwid nwid, zt_address member, const char *json,
                         size_t length)
{
    struct zt_controller *controller = context;
    struct zt_api_error error = { 400, "not a JSON object" };
    json_t *stored = json_loadb(json, length, 0, NULL);
    bool is_loaded = false;

    if (json_is_object(stored))
        is_loaded = member ? load_member(controller, nwid, member, stored, &error)
                           : load_network(controller, nwid, stored, &error);
    json_decref(stored);
    if (!is_loaded)
        zt_log_error(controller->log, "controller", "record %016llx %010llx is not used: %s",
                     (unsigned long long)nwid, (unsigned long long)member, error.text);
}

bool zt_hosting_load(struct zt_controller *controller, char *error, size_t error_size)
{
    struct zt_store *store = controller->store;

    if (store->functions->load(store, visit_record, controller) == 0)
        return true;
    zt_format(error, error_size, "%s", store->functions->error(store));
    return false;
}

void zt_hosting_clear(struct zt_controller *controller)
{
    struct zt_hosted_network *network, *next;

    HASH_ITER(hh, controller->networks, network, next)
    {
        free_network(controller, network);
    }
}
