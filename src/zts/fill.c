/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of a network and of a peer, as the public structures tell it. */
#include "zts/zts.h"

#include "os/host.h"
#include "vl2/ether.h"

#include <string.h>

static void fill_config(zts_net_info_t *out, const struct zt_config *config)
{
    memcpy(out->name, config->name, ZTS_MAX_NETWORK_SHORT_NAME_LENGTH);
    out->type = config->is_public ? ZTS_NETWORK_TYPE_PUBLIC : ZTS_NETWORK_TYPE_PRIVATE;
    out->mtu = config->mtu;
    out->broadcast_enabled = (config->flags & ZT_CONFIG_FLAG_BROADCAST) != 0;
    out->bridge = zt_config_has_specialist(config, config->member, ZT_SPECIALIST_BRIDGE);
    out->netconf_rev = (unsigned long)config->revision;
    for (size_t i = 0; i < config->assigned_count && i < ZTS_MAX_ASSIGNED_ADDRESSES; i++)
        zts_sockaddr_of(&out->assigned_addrs[out->assigned_addr_count++], &config->assigned[i]);
    for (size_t i = 0; i < config->route_count && i < ZTS_MAX_NETWORK_ROUTES; i++) {
        zts_route_info_t *route = &out->routes[out->route_count++];
        zts_sockaddr_of(&route->target, &config->routes[i].target);
        zts_sockaddr_of(&route->via, &config->routes[i].via);
        route->flags = config->routes[i].flags;
        route->metric = config->routes[i].metric;
    }
}

static void fill_status(zts_net_info_t *out, const struct zt_network_status *status)
{
    out->mac = zt_mac_number(status->mac);
    out->status = (zts_network_status_t)status->state;
    out->port_error = status->state == ZT_NETWORK_PORT_ERROR;
    out->mtu = ZT_DEFAULT_MTU;
    if (status->config != NULL)
        fill_config(out, status->config);
    for (size_t i = 0; i < status->group_count && i < ZTS_MAX_MULTICAST_SUBSCRIPTIONS; i++) {
        out->multicast_subs[i].mac = zt_mac_number(status->groups[i].mac);
        out->multicast_subs[i].adi = status->groups[i].adi;
        out->multicast_sub_count++;
    }
}

bool zts_fill_network(zts_net_info_t *out, struct zt_service *service, uint64_t nwid)
{
    struct zt_network_status status;

    memset(out, 0, sizeof *out);
    out->net_id = nwid;
    const struct zt_node *node = zt_service_lock(service);
    bool known = node != NULL && zt_vl2_network_status(zt_node_vl2(node), nwid, &status);
    if (known)
        fill_status(out, &status);
    zt_service_unlock(service);
    return known;
}

static uint64_t wall_time(int64_t mono_ms, struct zt_instant now)
{
    int64_t wall_ms = now.wall_ms - (now.mono_ms - mono_ms);

    return mono_ms <= 0 || wall_ms <= 0 ? 0 : (uint64_t)wall_ms;
}

static void fill_path(zts_path_t *out, const struct zt_path_status *path, struct zt_instant now)
{
    zts_sockaddr_of(&out->address, &path->link.remote);
    out->last_tx = wall_time(path->sent_ms, now);
    out->last_rx = wall_time(path->heard_ms, now);
    out->trusted_path_id = path->trusted_path_id;
    out->latency = (float)path->latency_ms;
    out->expired = path->expired;
    out->preferred = path->preferred;
}

static zts_peer_role_t role_of(enum zt_world_type type)
{
    if (type == ZT_WORLD_PLANET)
        return ZTS_PEER_ROLE_PLANET;
    return type == ZT_WORLD_MOON ? ZTS_PEER_ROLE_MOON : ZTS_PEER_ROLE_LEAF;
}

bool zts_fill_peer(zts_peer_info_t *out, struct zt_service *service, uint64_t address)
{
    struct zt_peer_status status;
    struct zt_instant now = zt_host_now();

    struct zt_node *node = zt_service_lock(service);
    bool known = node != NULL && zt_vl1_peer_status(zt_node_vl1(node), address, &status);
    zt_service_unlock(service);
    if (!known)
        return false;

    memset(out, 0, sizeof *out);
    out->peer_id = status.address;
    out->ver_major = status.major;
    out->ver_minor = status.minor;
    out->ver_rev = status.revision;
    out->latency = status.latency_ms;
    out->role = role_of(status.role);
    out->unused_0 = (int)status.cipher;
    for (size_t i = 0; i < status.path_count && i < ZTS_MAX_PEER_NETWORK_PATHS; i++) {
        if (!status.paths[i].expired)
            fill_path(&out->paths[out->path_count++], &status.paths[i], now);
    }
    return true;
}
