/* SPDX-License-Identifier: Apache-2.0 */
/* A joined network's life: joined, configured, refused, left. Its state is set in one place here.
   */
#include "vl2/network.h"

#include "vl2/state.h"

#include "base/rate.h"

#include <assert.h>

/* from \ to: any failure or OK may follow any other, but nothing leads back to REQUESTING. */
static const char *const state_names[] = {
    [ZT_NETWORK_REQUESTING] = "requesting",
    [ZT_NETWORK_OK] = "ok",
    [ZT_NETWORK_ACCESS_DENIED] = "access denied",
    [ZT_NETWORK_NOT_FOUND] = "not found",
    [ZT_NETWORK_PORT_ERROR] = "port error",
    [ZT_NETWORK_CLIENT_TOO_OLD] = "client too old",
    [ZT_NETWORK_AUTHENTICATION_REQUIRED] = "authentication required",
};

bool zt_network_is_adhoc(zt_nwid nwid)
{
    return nwid >> 56 == 0xff;
}

struct zt_network *zt_network_find(const struct zt_vl2 *vl2, zt_nwid nwid)
{
    struct zt_network *network;

    HASH_FIND(hh, vl2->networks, &nwid, sizeof nwid, network);
    return network;
}

struct zt_network *zt_network_new(struct zt_vl2 *vl2, zt_nwid nwid)
{
    struct zt_network *network;

    assert(nwid != 0 && zt_network_find(vl2, nwid) == NULL);
    if (HASH_COUNT(vl2->networks) >= ZT_MAX_NETWORKS)
        return NULL;
    network = zt_alloc(sizeof *network);
    if (network == NULL)
        return NULL;
    network->nwid = nwid;
    network->mac = zt_mac_of(nwid, vl2->self);
    network->requested_ms = ZT_NEVER_MS;
    network->request_due_ms = zt_vl2_now_ms(vl2);
    network->announce_due_ms = INT64_MAX;
    HASH_ADD(hh, vl2->networks, nwid, sizeof network->nwid, network);
    if (network->hh.tbl != NULL)
        return network;
    zt_free(network);
    return NULL;
}

void zt_network_free(struct zt_vl2 *vl2, struct zt_network *network)
{
    HASH_DEL(vl2->networks, network);
    zt_config_free(network->config);
    zt_free(network->authentication_url);
    zt_updates_clear(&network->updates);
    zt_members_clear(&network->members);
    zt_groups_clear(&network->groups);
    zt_bridge_clear(&network->bridge);
    zt_spread_clear(&network->spread);
    zt_free(network);
}

static void tell_event(struct zt_vl2 *vl2, const struct zt_network *network)
{
    struct zt_effect effect = { .kind = ZT_EFFECT_EVENT,
                                .code = ZT_EVENT_NETWORK_CONFIG,
                                .id = network->nwid };

    (void)zt_outbox_put(vl2->effects, &effect); /* the outbox counts what finds no room */
}

static void set_state(struct zt_vl2 *vl2, struct zt_network *network, enum zt_network_state next)
{
    assert(next != ZT_NETWORK_REQUESTING);
    if (network->state == next)
        return;
    zt_log_info(vl2->log, "network", "%016llx %s -> %s", (unsigned long long)network->nwid,
                state_names[network->state], state_names[next]);
    network->state = next;
}

static void tell_overlay(struct zt_vl2 *vl2)
{
    struct zt_endpoint subnets[ZT_MAX_OVERLAY_SUBNETS];
    struct zt_network *network, *next;
    size_t count = 0;

    HASH_ITER(hh, vl2->networks, network, next)
    {
        if (network->config == NULL)
            continue;
        for (size_t i = 0; i < network->config->assigned_count; i++)
            if (count < ZT_MAX_OVERLAY_SUBNETS)
                subnets[count++] = network->config->assigned[i];
    }
    zt_vl1_set_overlay(vl2->vl1, subnets, count);
}

static size_t add_designated(const struct zt_config *config, zt_address self, zt_address *out,
                             size_t count)
{
    for (size_t i = 0; i < config->specialist_count && count < ZT_MAX_SPECIALISTS; i++) {
        zt_address address = config->specialists[i] & ZT_SPECIALIST_ADDRESS;
        size_t at = 0;

        if ((config->specialists[i] & (ZT_SPECIALIST_ANCHOR | ZT_SPECIALIST_REPLICATOR)) == 0 ||
            address == self)
            continue;
        while (at < count && out[at] != address)
            at++;
        if (at == count)
            out[count++] = address;
    }
    return count;
}

void zt_network_tell_vl1(struct zt_vl2 *vl2)
{
    zt_address designated[ZT_MAX_SPECIALISTS];
    struct zt_network *network, *next;
    size_t count = 0;

    HASH_ITER(hh, vl2->networks, network, next)
    if (network->config != NULL)
        count = add_designated(network->config, vl2->self, designated, count);
    zt_vl1_set_designated(vl2->vl1, designated, count);
    tell_overlay(vl2);
}

/* Do we hold the automatic address of this kind? docs/wire.md 11.3. */
static bool holds(const struct zt_config *config, const struct zt_endpoint *automatic)
{
    for (size_t i = 0; i < config->assigned_count; i++)
        if (zt_endpoint_equal(&config->assigned[i], automatic))
            return true;
    return false;
}

static void derive(struct zt_network *network, zt_address self)
{
    const struct zt_config *config = network->config;
    struct zt_endpoint six = zt_ip_6plane(network->nwid, self);
    struct zt_endpoint four = zt_ip_rfc4193(network->nwid, self);
    bool emulates = (config->flags & ZT_CONFIG_FLAG_NDP_EMULATION) != 0;

    network->am_bridge = zt_config_has_specialist(config, self, ZT_SPECIALIST_BRIDGE);
    network->am_replicator = zt_config_has_specialist(config, self, ZT_SPECIALIST_REPLICATOR);
    network->emulates_6plane = emulates && holds(config, &six);
    network->emulates_rfc4193 = emulates && holds(config, &four);
}

static void keep(struct zt_vl2 *vl2, const struct zt_network *network, const uint8_t *text,
                 size_t length)
{
    struct zt_effect effect = { .kind = ZT_EFFECT_SAVE,
                                .code = ZT_OBJECT_NETWORK,
                                .id = network->nwid,
                                .bytes = text,
                                .length = length };

    (void)zt_outbox_put(vl2->effects, &effect);
}

enum zt_drop zt_network_install(struct zt_vl2 *vl2, struct zt_network *network,
                                struct zt_config *config, const uint8_t *text, size_t length)
{
    bool changed, first = network->config == NULL;

    if (config->nwid != network->nwid || config->member != vl2->self) {
        zt_config_free(config);
        return ZT_DROP_FOREIGN;
    }
    changed = first || !zt_config_equal(config, network->config);
    if (!changed && network->state == ZT_NETWORK_OK) {
        zt_config_free(config);
        return ZT_DROP_NONE;
    }
    zt_config_free(network->config);
    network->config = config;
    zt_free(network->authentication_url);
    network->authentication_url = NULL;
    network->installs++;
    derive(network, vl2->self);
    zt_groups_imply(&network->groups, config);
    zt_members_refresh(&network->members, config);
    zt_network_tell_vl1(vl2);
    if (first) {
        network->announce_due_ms = zt_vl2_now_ms(vl2);
        zt_vl2_wake(vl2, network->announce_due_ms);
    }
    if (text != NULL)
        keep(vl2, network, text, length);
    set_state(vl2, network, ZT_NETWORK_OK);
    tell_event(vl2, network);
    zt_vl1_retry_soon(vl2->vl1); /* what came before it, or is newer than the former one */
    return ZT_DROP_NONE;
}

void zt_network_refused(struct zt_vl2 *vl2, struct zt_network *network, enum zt_network_state state,
                        const char *url)
{
    const char *before = network->authentication_url == NULL ? "" : network->authentication_url;
    size_t size = url == NULL || *url == 0 ? 0 : strlen(url) + 1;
    char *copy = NULL;

    assert(state != ZT_NETWORK_OK);
    if (network->state == state && strcmp(before, size == 0 ? "" : url) == 0)
        return;
    if (size > 0)
        copy = zt_alloc(size);
    if (copy != NULL)
        memcpy(copy, url, size);
    zt_free(network->authentication_url);
    network->authentication_url = copy;
    set_state(vl2, network, state);
    tell_event(vl2, network);
}

void zt_network_describe(const struct zt_network *network, struct zt_network_status *status)
{
    status->nwid = network->nwid;
    status->mac = network->mac;
    status->state = network->state;
    status->config = network->config;
    status->authentication_url =
        network->authentication_url == NULL ? "" : network->authentication_url;
    status->groups = network->groups.list;
    status->group_count = network->groups.count;
    status->tally = network->tally;
}
