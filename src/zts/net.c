/* SPDX-License-Identifier: Apache-2.0 */
/* zts_net_*, zts_addr_* and zts_route_*: what is known of a joined network. */
#include "zts/zts.h"

#include "base/text.h"
#include "stack/stack.h"
#include "vl2/ether.h"

#include <string.h>

/* A question about one network: asked with the node locked, answers a result or a negative code. */
typedef int (*question)(const struct zt_network_status *status, void *context);

static int ask(uint64_t net_id, question put, void *context)
{
    struct zt_service *service = zts_enter();
    struct zt_network_status status;
    int result = ZTS_ERR_NO_RESULT;

    if (service == NULL)
        return ZTS_ERR_SERVICE;
    if (net_id == 0) {
        zts_leave();
        return ZTS_ERR_ARG;
    }
    const struct zt_node *node = zt_service_lock(service);
    if (node != NULL && zt_vl2_network_status(zt_node_vl2(node), net_id, &status))
        result = put(&status, context);
    zt_service_unlock(service);
    zts_leave();
    return result;
}

static enum zt_family family_of(unsigned int family)
{
    if (family == ZTS_AF_INET)
        return ZT_FAMILY_IPV4;
    return family == ZTS_AF_INET6 ? ZT_FAMILY_IPV6 : ZT_FAMILY_NONE;
}

static const struct zt_endpoint *first_address(const struct zt_network_status *status,
                                               enum zt_family family)
{
    for (size_t i = 0; status->config != NULL && i < status->config->assigned_count; i++) {
        if (status->config->assigned[i].family == family)
            return &status->config->assigned[i];
    }
    return NULL;
}

uint64_t zts_net_compute_adhoc_id(uint16_t start_port, uint16_t end_port)
{
    return UINT64_C(0xff) << 56 | (uint64_t)start_port << 40 | (uint64_t)end_port << 24;
}

static int change(uint64_t net_id, int (*act)(struct zt_service *service, zt_nwid nwid))
{
    struct zt_service *service = zts_enter();
    int result = ZTS_ERR_ARG;

    if (service == NULL)
        return ZTS_ERR_SERVICE;
    if (net_id != 0)
        result = act(service, net_id) == 0 ? ZTS_ERR_OK : ZTS_ERR_GENERAL;
    zts_leave();
    return result;
}

int zts_net_join(uint64_t net_id)
{
    return change(net_id, zt_service_join);
}

static int leave(struct zt_service *service, zt_nwid nwid)
{
    /* Leaving what is not joined is no mistake. */
    (void)zt_service_leave(service, nwid);
    return 0;
}

int zts_net_leave(uint64_t net_id)
{
    return change(net_id, leave);
}

static int is_ready(const struct zt_network_status *status, void *unused)
{
    (void)unused;
    return status->config != NULL && status->config->assigned_count > 0;
}

int zts_net_transport_is_ready(const uint64_t net_id)
{
    int result = ask(net_id, is_ready, NULL);

    if (result != 1)
        return result == ZTS_ERR_NO_RESULT ? 0 : result;
    /* What the protocol knows reaches the stack a moment later. */
    return zt_stack_has_address(net_id, ZT_FAMILY_IPV4) ||
           zt_stack_has_address(net_id, ZT_FAMILY_IPV6);
}

static int read_mac(const struct zt_network_status *status, void *mac)
{
    *(struct zt_mac *)mac = status->mac;
    return ZTS_ERR_OK;
}

uint64_t zts_net_get_mac(uint64_t net_id)
{
    struct zt_mac mac;
    int result = ask(net_id, read_mac, &mac);

    return result == ZTS_ERR_OK ? zt_mac_number(mac) : (uint64_t)result;
}

int zts_net_get_mac_str(uint64_t net_id, char *dst, unsigned int len)
{
    struct zt_mac mac;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (dst == NULL || len < ZTS_MAC_ADDRSTRLEN)
        return ZTS_ERR_ARG;
    int result = ask(net_id, read_mac, &mac);
    if (result == ZTS_ERR_OK)
        zt_mac_text(mac, dst);
    return result;
}

static int read_broadcast(const struct zt_network_status *status, void *unused)
{
    (void)unused;
    return status->config != NULL && (status->config->flags & ZT_CONFIG_FLAG_BROADCAST) != 0;
}

int zts_net_get_broadcast(uint64_t net_id)
{
    return ask(net_id, read_broadcast, NULL);
}

static int read_mtu(const struct zt_network_status *status, void *unused)
{
    (void)unused;
    return status->config == NULL ? ZT_DEFAULT_MTU : (int)status->config->mtu;
}

int zts_net_get_mtu(uint64_t net_id)
{
    return ask(net_id, read_mtu, NULL);
}

static int read_name(const struct zt_network_status *status, void *name)
{
    memset(name, 0, ZT_MAX_NETWORK_NAME + 1);
    if (status->config != NULL)
        memcpy(name, status->config->name, ZT_MAX_NETWORK_NAME);
    return ZTS_ERR_OK;
}

int zts_net_get_name(uint64_t net_id, char *dst, unsigned int len)
{
    char name[ZT_MAX_NETWORK_NAME + 1];

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (dst == NULL || len == 0)
        return ZTS_ERR_ARG;
    int result = ask(net_id, read_name, name);
    if (result == ZTS_ERR_OK)
        zt_format(dst, len, "%s", name);
    return result;
}

static int read_status(const struct zt_network_status *status, void *unused)
{
    (void)unused;
    return (int)status->state;
}

int zts_net_get_status(uint64_t net_id)
{
    return ask(net_id, read_status, NULL);
}

static int read_type(const struct zt_network_status *status, void *unused)
{
    (void)unused;
    return status->config != NULL && status->config->is_public ? ZTS_NETWORK_TYPE_PUBLIC
                                                               : ZTS_NETWORK_TYPE_PRIVATE;
}

int zts_net_get_type(uint64_t net_id)
{
    return ask(net_id, read_type, NULL);
}

/* Addresses */

struct wanted {
    enum zt_family family;
    struct zt_endpoint found;
};

static int read_address(const struct zt_network_status *status, void *context)
{
    struct wanted *wanted = context;
    const struct zt_endpoint *address = first_address(status, wanted->family);

    if (address == NULL)
        return ZTS_ERR_NO_RESULT;
    wanted->found = *address;
    return ZTS_ERR_OK;
}

int zts_addr_is_assigned(uint64_t net_id, unsigned int family)
{
    struct wanted wanted = { .family = family_of(family) };

    if (!zts_is_running())
        return 0;
    if (net_id == 0)
        return ZTS_ERR_ARG;
    return wanted.family != ZT_FAMILY_NONE && ask(net_id, read_address, &wanted) == ZTS_ERR_OK &&
           zt_stack_has_address(net_id, wanted.family);
}

int zts_addr_get(uint64_t net_id, unsigned int family, struct zts_sockaddr_storage *addr)
{
    struct wanted wanted = { .family = family_of(family) };
    struct zts_sockaddr_storage found;

    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (addr == NULL || wanted.family == ZT_FAMILY_NONE)
        return ZTS_ERR_ARG;
    int result = ask(net_id, read_address, &wanted);
    if (result != ZTS_ERR_OK)
        return result;
    zts_sockaddr_of(&found, &wanted.found);
    found.s2_len = 0;
    /* Programs pass the shorter structure for IPv4. */
    memcpy(addr, &found,
           wanted.family == ZT_FAMILY_IPV4 ? offsetof(struct zts_sockaddr_in, sin_zero)
                                           : sizeof(struct zts_sockaddr_in6));
    return ZTS_ERR_OK;
}

/* The arguments are judged first here, as the original does. */
int zts_addr_get_str(uint64_t net_id, unsigned int family, char *dst, unsigned int len)
{
    struct wanted wanted = { .family = family_of(family) };
    char text[ZT_ENDPOINT_TEXT];

    if (net_id == 0 || dst == NULL || len < ZTS_IP_MAX_STR_LEN)
        return ZTS_ERR_ARG;
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (wanted.family == ZT_FAMILY_NONE)
        return ZTS_ERR_ARG;
    int result = ask(net_id, read_address, &wanted);
    if (result != ZTS_ERR_OK)
        return result;
    zts_upper_text(&wanted.found, text);
    zt_format(dst, len, "%s", text);
    return ZTS_ERR_OK;
}

static int read_addresses(const struct zt_network_status *status, void *context)
{
    struct zts_sockaddr_storage *addresses = context;
    int count = 0;

    if (status->config == NULL)
        return 0;
    for (; count < (int)status->config->assigned_count && count < ZTS_MAX_ASSIGNED_ADDRESSES;
         count++) {
        zts_sockaddr_of(&addresses[count], &status->config->assigned[count]);
        addresses[count].s2_len = 0;
    }
    return count;
}

int zts_addr_get_all(uint64_t net_id, struct zts_sockaddr_storage *addr, unsigned int *count)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (addr == NULL || count == NULL || *count != ZTS_MAX_ASSIGNED_ADDRESSES)
        return ZTS_ERR_ARG;
    memset(addr, 0, ZTS_MAX_ASSIGNED_ADDRESSES * sizeof *addr);
    int found = ask(net_id, read_addresses, addr);
    if (found <= 0)
        return found == 0 ? ZTS_ERR_NO_RESULT : found;
    *count = (unsigned)found;
    return ZTS_ERR_OK;
}

typedef struct zt_endpoint (*scheme)(zt_nwid nwid, zt_address address);

/* A node's id has 40 bits; what has more is an error code of zts_node_get_id, or no id. */
static bool are_ids(uint64_t net_id, uint64_t node_id)
{
    return net_id != 0 && node_id != 0 && node_id >> 40 == 0;
}

static int compute(scheme by, uint64_t net_id, uint64_t node_id, struct zts_sockaddr_storage *addr)
{
    if (!are_ids(net_id, node_id) || addr == NULL)
        return ZTS_ERR_ARG;
    struct zt_endpoint computed = by(net_id, node_id);
    memcpy((uint8_t *)addr + offsetof(struct zts_sockaddr_in6, sin6_addr), computed.ip, 16);
    addr->ss_family = ZTS_AF_INET6;
    return ZTS_ERR_OK;
}

static int compute_text(scheme by, uint64_t net_id, uint64_t node_id, char *dst, unsigned int len)
{
    char text[ZT_ENDPOINT_TEXT];

    if (!are_ids(net_id, node_id) || dst == NULL || len != ZTS_IP_MAX_STR_LEN)
        return ZTS_ERR_ARG;
    struct zt_endpoint computed = by(net_id, node_id);
    zts_upper_text(&computed, text);
    zt_format(dst, len, "%s", text);
    return ZTS_ERR_OK;
}

int zts_addr_compute_6plane(const uint64_t net_id, const uint64_t node_id,
                            struct zts_sockaddr_storage *addr)
{
    return compute(zt_ip_6plane, net_id, node_id, addr);
}

int zts_addr_compute_rfc4193(const uint64_t net_id, const uint64_t node_id,
                             struct zts_sockaddr_storage *addr)
{
    return compute(zt_ip_rfc4193, net_id, node_id, addr);
}

int zts_addr_compute_6plane_str(uint64_t net_id, uint64_t node_id, char *dst, unsigned int len)
{
    return compute_text(zt_ip_6plane, net_id, node_id, dst, len);
}

int zts_addr_compute_rfc4193_str(uint64_t net_id, uint64_t node_id, char *dst, unsigned int len)
{
    return compute_text(zt_ip_rfc4193, net_id, node_id, dst, len);
}

static int has_route(const struct zt_network_status *status, void *family)
{
    for (size_t i = 0; status->config != NULL && i < status->config->route_count; i++) {
        if (status->config->routes[i].target.family == *(enum zt_family *)family)
            return 1;
    }
    return 0;
}

int zts_route_is_assigned(uint64_t net_id, unsigned int family)
{
    enum zt_family wanted = family_of(family);

    return ask(net_id, has_route, &wanted);
}
