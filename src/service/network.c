/* SPDX-License-Identifier: Apache-2.0 */
/* Brings the virtual interface of a network in line with its configuration, and tells the user. */
#include "service/network.h"

#include "base/mem.h"
#include "os/corelock.h"
#include "stack/stack.h"

#include <assert.h>
#include <string.h>
#include <utlist.h>

struct applied_state {
    size_t address_count, route_count;
    struct zt_endpoint addresses[ZT_MAX_ASSIGNED];
    struct zt_stack_route routes[ZT_MAX_ROUTES];
    struct {
        uint16_t flags, metric;
    } details[ZT_MAX_ROUTES]; /* of the routes; the stack needs none of it */
};

struct zt_applied {
    struct zt_applied *next;
    zt_nwid nwid;
    bool has_interface, has_link; /* as the user was told */
    struct zt_mac mac;
    uint16_t mtu;
    struct applied_state state;
};

static struct zt_applied *find(const struct zt_service *service, zt_nwid nwid)
{
    struct zt_applied *applied;

    LL_SEARCH_SCALAR(service->applied, applied, nwid, nwid);
    return applied;
}

static struct zt_applied *find_or_add(struct zt_service *service, zt_nwid nwid)
{
    struct zt_applied *applied = find(service, nwid);

    if (applied)
        return applied;
    applied = zt_alloc(sizeof *applied);
    if (!applied)
        return NULL;
    applied->nwid = nwid;
    LL_PREPEND(service->applied, applied);
    return applied;
}

static bool has_address(const struct applied_state *state, const struct zt_endpoint *address)
{
    for (size_t i = 0; i < state->address_count; i++)
        if (zt_endpoint_equal(&state->addresses[i], address))
            return true;
    return false;
}

static bool is_same_route(const struct zt_stack_route *a, const struct zt_stack_route *b)
{
    return zt_endpoint_equal(&a->target, &b->target) && zt_endpoint_equal(&a->via, &b->via);
}

static bool has_route(const struct applied_state *state, const struct zt_stack_route *route)
{
    for (size_t i = 0; i < state->route_count; i++)
        if (is_same_route(&state->routes[i], route))
            return true;
    return false;
}

/* What the configuration asks for, each address and route once. */
static void read_config(struct applied_state *state, const struct zt_config *config)
{
    *state = (struct applied_state){ 0 };
    if (!config)
        return;
    for (size_t i = 0; i < config->assigned_count; i++)
        if (!has_address(state, &config->assigned[i]))
            state->addresses[state->address_count++] = config->assigned[i];
    for (size_t i = 0; i < config->route_count; i++) {
        struct zt_stack_route route = { .target = config->routes[i].target,
                                        .via = config->routes[i].via };
        if (has_route(state, &route))
            continue;
        state->details[state->route_count].flags = config->routes[i].flags;
        state->details[state->route_count].metric = config->routes[i].metric;
        state->routes[state->route_count++] = route;
    }
}

static void tell_address(struct zt_service *service, enum zt_notice_kind kind, zt_nwid nwid,
                         const struct zt_endpoint *address)
{
    const struct zt_notice notice = { .kind = kind, .nwid = nwid, .endpoint = *address };

    zt_events_push(service->events, &notice);
}

static void tell_route(struct zt_service *service, enum zt_notice_kind kind, zt_nwid nwid,
                       const struct applied_state *state, size_t index)
{
    const struct zt_notice notice = { .kind = kind,
                                      .nwid = nwid,
                                      .endpoint = state->routes[index].target,
                                      .via = state->routes[index].via,
                                      .flags = state->details[index].flags,
                                      .metric = state->details[index].metric };

    zt_events_push(service->events, &notice);
}

static void tell_interface(struct zt_service *service, enum zt_notice_kind kind,
                           const struct zt_applied *applied)
{
    const struct zt_notice notice = {
        .kind = kind, .nwid = applied->nwid, .mac = applied->mac, .mtu = applied->mtu
    };

    zt_events_push(service->events, &notice);
}

/* An interface is there once the stack has it; its link is up while the controller admits us. */
static void follow_interface(struct zt_service *service, struct zt_applied *applied,
                             const struct zt_network_status *status)
{
    bool has_link = status->state == ZT_NETWORK_OK;

    applied->mac = status->mac;
    applied->mtu = status->config ? (uint16_t)status->config->mtu : ZT_DEFAULT_MTU;
    if (!applied->has_interface)
        tell_interface(service, ZT_NOTICE_NETIF_UP, applied);
    applied->has_interface = true;
    if (applied->has_link != has_link)
        tell_interface(service, has_link ? ZT_NOTICE_LINK_UP : ZT_NOTICE_LINK_DOWN, applied);
    applied->has_link = has_link;
}

static void end_interface(struct zt_service *service, const struct zt_applied *applied)
{
    if (applied->has_link)
        tell_interface(service, ZT_NOTICE_LINK_DOWN, applied);
    if (!applied->has_interface)
        return;
    tell_interface(service, ZT_NOTICE_NETIF_DOWN, applied);
    tell_interface(service, ZT_NOTICE_NETIF_REMOVED, applied);
}

/* Members find the holder of an address through its group, whether or not a stack runs here. */
static void set_group(struct zt_service *service, zt_nwid nwid, const struct zt_endpoint *address,
                      bool on)
{
    struct zt_group group = zt_group_for_ip(address);

    if (on)
        (void)zt_node_subscribe(service->node, zt_host_now(), nwid, &group);
    else
        (void)zt_node_unsubscribe(service->node, zt_host_now(), nwid, &group);
}

/* What is in from but not in to went. */
static void tell_removed(struct zt_service *service, zt_nwid nwid, const struct applied_state *from,
                         const struct applied_state *to)
{
    for (size_t i = 0; i < from->address_count; i++) {
        if (has_address(to, &from->addresses[i]))
            continue;
        set_group(service, nwid, &from->addresses[i], false);
        tell_address(service, ZT_NOTICE_ADDRESS_REMOVED, nwid, &from->addresses[i]);
    }
    for (size_t i = 0; i < from->route_count; i++)
        if (!has_route(to, &from->routes[i]))
            tell_route(service, ZT_NOTICE_ROUTE_REMOVED, nwid, from, i);
}

/* What is in to but not in from came. */
static void tell_added(struct zt_service *service, zt_nwid nwid, const struct applied_state *from,
                       const struct applied_state *to)
{
    for (size_t i = 0; i < to->address_count; i++) {
        if (has_address(from, &to->addresses[i]))
            continue;
        set_group(service, nwid, &to->addresses[i], true);
        tell_address(service, ZT_NOTICE_ADDRESS_ADDED, nwid, &to->addresses[i]);
    }
    for (size_t i = 0; i < to->route_count; i++)
        if (!has_route(from, &to->routes[i]))
            tell_route(service, ZT_NOTICE_ROUTE_ADDED, nwid, to, i);
}

static bool set_stack(const struct zt_network_status *status, const struct applied_state *state)
{
    struct zt_stack_network network = {
        .nwid = status->nwid,
        .mtu = ZT_DEFAULT_MTU,
        .addresses = state->addresses,
        .address_count = state->address_count,
        .routes = state->routes,
        .route_count = state->route_count,
    };

    memcpy(network.mac, status->mac.bytes, sizeof network.mac);
    if (status->config) {
        network.mtu = status->config->mtu;
        network.dns_servers = status->config->dns.servers;
        network.dns_server_count = status->config->dns.server_count;
    }
    return zt_stack_set_network(&network);
}

bool zt_network_wish(struct zt_service *service, const struct zt_wish *wish)
{
    if (!wish->join) {
        (void)zt_node_leave(service->node, zt_host_now(), wish->nwid);
        (void)zt_worker_save(service->worker, ZT_OBJECT_NETWORK, wish->nwid, NULL, 0);
        return true;
    }
    if (!zt_node_join(service->node, zt_host_now(), wish->nwid, NULL, 0))
        return false;
    (void)zt_worker_save_join(service->worker, wish->nwid);
    return true;
}

void zt_network_apply(struct zt_service *service, zt_nwid nwid)
{
    struct zt_network_status status;
    struct applied_state next, before;

    assert(zt_core_lock_is_mine());
    if (!zt_vl2_network_status(zt_node_vl2(service->node), nwid, &status))
        return; /* left meanwhile */
    struct zt_applied *applied = find_or_add(service, nwid);
    if (!applied) {
        zt_log_error(service->log, "network", "%016llx: out of memory", (unsigned long long)nwid);
        return;
    }

    read_config(&next, status.config);
    if (service->has_stack && !set_stack(&status, &next)) {
        zt_log_error(service->log, "network", "%016llx: no memory for its interface",
                     (unsigned long long)nwid);
        return;
    }
    /* The status is borrowed until the next input, which telling may be. */
    const struct zt_notice changed = { .kind = ZT_NOTICE_NETWORK,
                                       .nwid = nwid,
                                       .state = status.state };
    before = applied->state;
    applied->state = next;
    if (service->has_stack)
        follow_interface(service, applied, &status);
    tell_removed(service, nwid, &before, &next);
    tell_added(service, nwid, &before, &next);
    zt_events_push(service->events, &changed);
}

void zt_network_gone(struct zt_service *service, zt_nwid nwid)
{
    static const struct applied_state nothing;
    const struct zt_notice gone = { .kind = ZT_NOTICE_NETWORK_GONE, .nwid = nwid };
    struct zt_applied *applied = find(service, nwid);

    if (service->has_stack)
        zt_stack_remove_network(nwid);
    if (applied) {
        tell_removed(service, nwid, &applied->state, &nothing);
        end_interface(service, applied);
        LL_DELETE(service->applied, applied);
        zt_free(applied);
    }
    zt_events_push(service->events, &gone);
}

void zt_network_all_gone(struct zt_service *service)
{
    const struct zt_vl2 *vl2 = zt_node_vl2(service->node);
    struct zt_network_status status;

    assert(zt_core_lock_is_mine());
    for (size_t i = 0; i < zt_vl2_network_count(vl2); i++)
        if (zt_vl2_network_at(vl2, i, &status))
            zt_network_gone(service, status.nwid);
}

void zt_network_subscribe(void *context, uint64_t nwid, const uint8_t mac[6], bool on)
{
    struct zt_service *service = context;
    struct zt_group group = { .adi = 0 };

    assert(zt_core_lock_is_mine());
    if (!service->node)
        return;
    memcpy(group.mac.bytes, mac, sizeof group.mac.bytes);
    if (on)
        (void)zt_node_subscribe(service->node, zt_host_now(), nwid, &group);
    else
        (void)zt_node_unsubscribe(service->node, zt_host_now(), nwid, &group);
}

void zt_network_clear(struct zt_service *service)
{
    struct zt_applied *applied, *next;

    LL_FOREACH_SAFE(service->applied, applied, next)
    {
        LL_DELETE(service->applied, applied);
        zt_free(applied);
    }
}
