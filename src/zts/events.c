/* SPDX-License-Identifier: Apache-2.0 */
/* What the service reports, as the user's handler gets it: in order, each message with one pointer. */
#include "zts/zts.h"

#include "base/mem.h"
#include "crypto/wipe.h"
#include "vl2/ether.h"
#include "zts/late.h"
#include "zts/queue.h"

#include <stdatomic.h>
#include <string.h>

/* What the user was told of a network, so that only changes are told. */
struct told {
    struct told *next;
    uint64_t nwid;
    int status; /* -1: nothing yet */
    bool ready4, ready6;
    enum zt_network_state noted; /* last; the network itself may be ahead of the notices */
};

static _Atomic zts_handler handler;
static _Thread_local bool is_event_thread;
/* Of the event thread. */
static struct told *told_list;
static bool told_online;

void zts_events_set_handler(zts_handler to)
{
    handler = to;
}

bool zts_events_is_self(void)
{
    return is_event_thread;
}

static void deliver(zts_event_t code, zts_event_msg_t message)
{
    zts_handler call = handler;

    message.event_code = (int16_t)code;
    zts_queue_push(&message);
    if (call != NULL)
        call(&message);
}

static void tell_node(zts_event_t code, struct zt_service *service)
{
    zts_node_info_t info;

    memset(&info, 0, sizeof info);
    info.ver_major = ZT_VERSION_MAJOR;
    info.ver_minor = ZT_VERSION_MINOR;
    info.ver_rev = ZT_VERSION_REVISION;
    if (code != ZTS_EVENT_NODE_UP && service != NULL) {
        info.node_id = zt_service_address(service);
        info.port_primary = zt_service_port(service, 0);
        info.port_secondary = zt_service_port(service, 1);
        info.port_tertiary = zt_service_port(service, 2);
    }
    deliver(code, (zts_event_msg_t){ .node = &info, .len = (int)sizeof info });
}

static struct told *find_told(uint64_t nwid)
{
    struct told *at = told_list;

    while (at != NULL && at->nwid != nwid)
        at = at->next;
    if (at != NULL)
        return at;
    at = zt_alloc(sizeof *at);
    if (at == NULL)
        return NULL;
    at->nwid = nwid;
    at->status = -1;
    at->next = told_list;
    told_list = at;
    return at;
}

static void forget_told(uint64_t nwid)
{
    for (struct told **at = &told_list; *at != NULL; at = &(*at)->next) {
        struct told *found = *at;
        if (found->nwid != nwid)
            continue;
        *at = found->next;
        zt_free(found);
        return;
    }
}

static bool has_family(const zts_net_info_t *info, zts_sa_family_t family)
{
    for (unsigned i = 0; i < info->assigned_addr_count; i++) {
        if (info->assigned_addrs[i].ss_family == family)
            return true;
    }
    return false;
}

static void tell_network(zts_event_t code, zts_net_info_t *info)
{
    deliver(code, (zts_event_msg_t){ .network = info, .len = (int)sizeof *info });
}

static zts_event_t code_of_status(zts_network_status_t status)
{
    switch (status) {
    case ZTS_NETWORK_STATUS_OK:
        return ZTS_EVENT_NETWORK_OK;
    case ZTS_NETWORK_STATUS_ACCESS_DENIED:
    case ZTS_NETWORK_STATUS_AUTHENTICATION_REQUIRED:
        return ZTS_EVENT_NETWORK_ACCESS_DENIED;
    case ZTS_NETWORK_STATUS_NOT_FOUND:
        return ZTS_EVENT_NETWORK_NOT_FOUND;
    case ZTS_NETWORK_STATUS_CLIENT_TOO_OLD:
        return ZTS_EVENT_NETWORK_CLIENT_TOO_OLD;
    default:
        return ZTS_EVENT_NETWORK_REQ_CONFIG;
    }
}

/* READY before OK; neither before the node is online. */
static void tell_state(struct told *told, zts_net_info_t *info)
{
    bool ok = info->status == ZTS_NETWORK_STATUS_OK;
    bool ready4 = ok && has_family(info, ZTS_AF_INET);
    bool ready6 = ok && has_family(info, ZTS_AF_INET6);

    if (ready4 && !told->ready4)
        tell_network(ZTS_EVENT_NETWORK_READY_IP4, info);
    if (ready6 && !told->ready6)
        tell_network(ZTS_EVENT_NETWORK_READY_IP6, info);
    /* That a configuration is asked for goes without saying at first. */
    bool is_first_request =
        told->status < 0 && info->status == ZTS_NETWORK_STATUS_REQUESTING_CONFIGURATION;
    if (told->status != (int)info->status && !is_first_request)
        tell_network(code_of_status(info->status), info);
    told->ready4 = ready4;
    told->ready6 = ready6;
    told->status = (int)info->status;
}

/* Its status as it was noted: told ahead of what led to it, it would make no sense. */
static void tell_changes(struct zt_service *service, struct told *told, bool is_update)
{
    zts_net_info_t *info = zt_alloc(sizeof *info);

    if (info != NULL && zts_fill_network(info, service, told->nwid)) {
        info->status = (zts_network_status_t)told->noted;
        info->port_error = told->noted == ZT_NETWORK_PORT_ERROR;
        if (is_update)
            tell_network(ZTS_EVENT_NETWORK_UPDATE, info);
        if (told_online)
            tell_state(told, info);
    }
    zt_free(info);
}

static void network_changed(struct zt_service *service, const struct zt_notice *notice)
{
    struct told *told = find_told(notice->nwid);

    if (told == NULL)
        return;
    told->noted = notice->state;
    tell_changes(service, told, true);
}

static void network_gone(uint64_t nwid)
{
    zts_net_info_t *info = zt_alloc(sizeof *info);

    forget_told(nwid);
    if (info == NULL)
        return;
    info->net_id = nwid;
    tell_network(ZTS_EVENT_NETWORK_DOWN, info);
    zt_free(info);
}

static void tell_peer(zts_event_t code, struct zt_service *service, uint64_t address)
{
    zts_peer_info_t info;

    if (!zts_fill_peer(&info, service, address)) {
        memset(&info, 0, sizeof info);
        info.peer_id = address;
        info.ver_major = info.ver_minor = info.ver_rev = info.latency = -1;
    }
    deliver(code, (zts_event_msg_t){ .peer = &info, .len = (int)sizeof info });
}

/* Not before the node is online: until then it is only noted that there is something to tell. */
static void peer_changed(zts_event_t code, struct zt_service *service, uint64_t address)
{
    if (told_online)
        tell_peer(code, service, address);
    else
        zts_late_note(address);
}

static void tell_late_peers(struct zt_service *service)
{
    zts_peer_info_t info;
    uint64_t address;

    while (zts_late_take(&address)) {
        bool is_direct = zts_fill_peer(&info, service, address) && info.path_count > 0;
        tell_peer(is_direct ? ZTS_EVENT_PEER_DIRECT : ZTS_EVENT_PEER_RELAY, service, address);
    }
}

static void went_online(struct zt_service *service)
{
    told_online = true;
    tell_node(ZTS_EVENT_NODE_ONLINE, service);
    for (struct told *at = told_list; at != NULL; at = at->next)
        tell_changes(service, at, false);
    tell_late_peers(service);
}

static void tell_address(const struct zt_notice *notice)
{
    bool added = notice->kind == ZT_NOTICE_ADDRESS_ADDED;
    zts_addr_info_t info;
    zts_event_t code;

    if (notice->endpoint.family == ZT_FAMILY_IPV4)
        code = added ? ZTS_EVENT_ADDR_ADDED_IP4 : ZTS_EVENT_ADDR_REMOVED_IP4;
    else
        code = added ? ZTS_EVENT_ADDR_ADDED_IP6 : ZTS_EVENT_ADDR_REMOVED_IP6;
    memset(&info, 0, sizeof info);
    info.net_id = notice->nwid;
    zts_sockaddr_of(&info.addr, &notice->endpoint);
    deliver(code, (zts_event_msg_t){ .addr = &info, .len = (int)sizeof info });
}

static void tell_route(zts_event_t code, const struct zt_notice *notice)
{
    zts_route_info_t info;

    memset(&info, 0, sizeof info);
    zts_sockaddr_of(&info.target, &notice->endpoint);
    zts_sockaddr_of(&info.via, &notice->via);
    info.flags = notice->flags;
    info.metric = notice->metric;
    deliver(code, (zts_event_msg_t){ .route = &info, .len = (int)sizeof info });
}

static void tell_interface(zts_event_t code, const struct zt_notice *notice)
{
    zts_netif_info_t info;

    memset(&info, 0, sizeof info);
    info.net_id = notice->nwid;
    info.mac = zt_mac_number(notice->mac);
    info.mtu = notice->mtu;
    deliver(code, (zts_event_msg_t){ .netif = &info, .len = (int)sizeof info });
}

static void tell_bytes(zts_event_t code, const void *bytes, size_t length)
{
    void *copy = zt_alloc(length + 1);

    if (copy == NULL)
        return;
    memcpy(copy, bytes, length);
    deliver(code, (zts_event_msg_t){ .cache = copy, .len = (int)length });
    zt_free(copy);
}

static void tell_identity(const struct zt_identity *identity)
{
    char text[ZT_IDENTITY_TEXT];

    zt_identity_text(identity, true, text);
    tell_bytes(ZTS_EVENT_STORE_IDENTITY_SECRET, text, strlen(text));
    zt_wipe(text, sizeof text);
    zt_identity_text(identity, false, text);
    tell_bytes(ZTS_EVENT_STORE_IDENTITY_PUBLIC, text, strlen(text));
}

static void node_down(struct zt_service *service)
{
    uint64_t address;

    while (zts_late_take(&address))
        ;
    while (told_list != NULL)
        forget_told(told_list->nwid);
    told_online = false;
    tell_node(ZTS_EVENT_NODE_DOWN, service);
}

/* The kinds that are one event each. */
static zts_event_t code_of(enum zt_notice_kind kind)
{
    static const zts_event_t codes[] = {
        [ZT_NOTICE_ROUTE_ADDED] = ZTS_EVENT_ROUTE_ADDED,
        [ZT_NOTICE_ROUTE_REMOVED] = ZTS_EVENT_ROUTE_REMOVED,
        [ZT_NOTICE_PEER_DIRECT] = ZTS_EVENT_PEER_DIRECT,
        [ZT_NOTICE_PEER_RELAY] = ZTS_EVENT_PEER_RELAY,
        [ZT_NOTICE_PATH_NEW] = ZTS_EVENT_PEER_PATH_DISCOVERED,
        [ZT_NOTICE_PATH_DEAD] = ZTS_EVENT_PEER_PATH_DEAD,
        [ZT_NOTICE_SAVED_PEER] = ZTS_EVENT_STORE_PEER,
        [ZT_NOTICE_SAVED_NETWORK] = ZTS_EVENT_STORE_NETWORK,
        [ZT_NOTICE_STACK_UP] = ZTS_EVENT_STACK_UP,
        [ZT_NOTICE_STACK_DOWN] = ZTS_EVENT_STACK_DOWN,
        [ZT_NOTICE_NETIF_UP] = ZTS_EVENT_NETIF_UP,
        [ZT_NOTICE_NETIF_DOWN] = ZTS_EVENT_NETIF_DOWN,
        [ZT_NOTICE_NETIF_REMOVED] = ZTS_EVENT_NETIF_REMOVED,
        [ZT_NOTICE_LINK_UP] = ZTS_EVENT_NETIF_LINK_UP,
        [ZT_NOTICE_LINK_DOWN] = ZTS_EVENT_NETIF_LINK_DOWN,
    };

    return codes[kind];
}

void zts_events_notice(void *context, const struct zt_notice *notice)
{
    (void)context;
    is_event_thread = true;
    struct zt_service *service = zts_events_service();

    switch (notice->kind) {
    case ZT_NOTICE_IDENTITY:
        tell_identity(&notice->identity);
        break;
    case ZT_NOTICE_PLANET:
        tell_bytes(ZTS_EVENT_STORE_PLANET, notice->bytes, notice->length);
        break;
    case ZT_NOTICE_UP:
        tell_node(ZTS_EVENT_NODE_UP, service);
        break;
    case ZT_NOTICE_FATAL:
        tell_node(ZTS_EVENT_NODE_FATAL_ERROR, service);
        break;
    case ZT_NOTICE_ONLINE:
        went_online(service);
        break;
    case ZT_NOTICE_OFFLINE:
        told_online = false;
        tell_node(ZTS_EVENT_NODE_OFFLINE, service);
        break;
    case ZT_NOTICE_NETWORK:
        network_changed(service, notice);
        break;
    case ZT_NOTICE_NETWORK_GONE:
        network_gone(notice->nwid);
        break;
    case ZT_NOTICE_ADDRESS_ADDED:
    case ZT_NOTICE_ADDRESS_REMOVED:
        tell_address(notice);
        break;
    case ZT_NOTICE_ROUTE_ADDED:
    case ZT_NOTICE_ROUTE_REMOVED:
        tell_route(code_of(notice->kind), notice);
        break;
    case ZT_NOTICE_PEER_DIRECT:
    case ZT_NOTICE_PEER_RELAY:
    case ZT_NOTICE_PATH_NEW:
    case ZT_NOTICE_PATH_DEAD:
        peer_changed(code_of(notice->kind), service, notice->address);
        break;
    case ZT_NOTICE_SAVED_PEER:
    case ZT_NOTICE_SAVED_NETWORK:
        tell_bytes(code_of(notice->kind), notice->bytes, notice->length);
        break;
    case ZT_NOTICE_STACK_UP:
    case ZT_NOTICE_STACK_DOWN:
        deliver(code_of(notice->kind), (zts_event_msg_t){ .len = 0 });
        break;
    case ZT_NOTICE_NETIF_UP:
    case ZT_NOTICE_NETIF_DOWN:
    case ZT_NOTICE_NETIF_REMOVED:
    case ZT_NOTICE_LINK_UP:
    case ZT_NOTICE_LINK_DOWN:
        tell_interface(code_of(notice->kind), notice);
        break;
    case ZT_NOTICE_DOWN:
        node_down(service);
        break;
    }
}
