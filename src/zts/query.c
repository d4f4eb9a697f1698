/* SPDX-License-Identifier: Apache-2.0 */
/* zts_core_*: the lock, and queries by index under it. */
#include "zts/zts.h"

#include "base/text.h"
#include "os/corelock.h"
#include "vl2/ether.h"

#include <string.h>

/* How often this thread obtained the lock. */
static _Thread_local unsigned obtained;

/* Entered for as long, so that queries under the lock need no other one. */
int zts_core_lock_obtain(void)
{
    if (zts_enter() == NULL)
        return ZTS_ERR_SERVICE;
    zt_core_lock();
    obtained++;
    return ZTS_ERR_OK;
}

/* Works after a stop began too: who holds the lock must be able to let it go. */
int zts_core_lock_release(void)
{
    if (obtained == 0)
        return ZTS_ERR_SERVICE;
    obtained--;
    zt_core_unlock();
    zts_leave();
    return ZTS_ERR_OK;
}

/* Holds service and node with the network's status, from begin to end. 0, or the code to return. */
static int begin(uint64_t net_id, struct zt_service **service, struct zt_network_status *status)
{
    *service = zts_enter();
    if (*service == NULL)
        return ZTS_ERR_SERVICE;
    const struct zt_node *node = zt_service_lock(*service);
    if (node != NULL && zt_vl2_network_status(zt_node_vl2(node), net_id, status))
        return ZTS_ERR_OK;
    zt_service_unlock(*service);
    zts_leave();
    return net_id == 0 ? ZTS_ERR_ARG : ZTS_ERR_NO_RESULT;
}

static int end(struct zt_service *service, int result)
{
    zt_service_unlock(service);
    zts_leave();
    return result;
}

int zts_core_query_addr_count(uint64_t net_id)
{
    struct zt_service *service;
    struct zt_network_status status;
    int result = begin(net_id, &service, &status);

    if (result != ZTS_ERR_OK)
        return result;
    return end(service, status.config == NULL ? 0 : (int)status.config->assigned_count);
}

static void write_text(char *dst, unsigned int len, const struct zt_endpoint *endpoint,
                       bool with_port)
{
    char text[ZT_ENDPOINT_TEXT];

    zt_endpoint_text(endpoint, with_port, text);
    zt_format(dst, len, "%s", text);
}

int zts_core_query_addr(uint64_t net_id, unsigned int idx, char *addr, unsigned int len)
{
    struct zt_service *service;
    struct zt_network_status status;
    int result = begin(net_id, &service, &status);

    if (result != ZTS_ERR_OK)
        return result;
    if (addr == NULL || len < ZTS_IP_MAX_STR_LEN || status.config == NULL ||
        idx >= status.config->assigned_count)
        return end(service, ZTS_ERR_ARG);
    write_text(addr, len, &status.config->assigned[idx], false);
    return end(service, ZTS_ERR_OK);
}

int zts_core_query_route_count(uint64_t net_id)
{
    struct zt_service *service;
    struct zt_network_status status;
    int result = begin(net_id, &service, &status);

    if (result != ZTS_ERR_OK)
        return result;
    return end(service, status.config == NULL ? 0 : (int)status.config->route_count);
}

int zts_core_query_route(uint64_t net_id, unsigned int idx, char *target, char *via,
                         unsigned int len, uint16_t *flags, uint16_t *metric)
{
    struct zt_service *service;
    struct zt_network_status status;
    int result = begin(net_id, &service, &status);

    if (result != ZTS_ERR_OK)
        return result;
    if (target == NULL || via == NULL || flags == NULL || metric == NULL ||
        len < ZTS_IP_MAX_STR_LEN || status.config == NULL || idx >= status.config->route_count)
        return end(service, ZTS_ERR_ARG);
    const struct zt_route *route = &status.config->routes[idx];
    memset(target, 0, len);
    memset(via, 0, len);
    write_text(target, len, &route->target, false);
    if (route->via.family != ZT_FAMILY_NONE)
        write_text(via, len, &route->via, false);
    else
        zt_format(via, len, "%s", route->target.family == ZT_FAMILY_IPV6 ? "::" : "0.0.0.0");
    *flags = route->flags;
    *metric = route->metric;
    return end(service, ZTS_ERR_OK);
}

/* The idx-th path that is in use; NULL past the end. *count: how many there are. */
static const struct zt_path_status *live_path(const struct zt_peer_status *peer, unsigned int idx,
                                              int *count)
{
    const struct zt_path_status *found = NULL;

    *count = 0;
    for (size_t i = 0; i < peer->path_count; i++) {
        if (peer->paths[i].expired)
            continue;
        if ((unsigned)(*count)++ == idx)
            found = &peer->paths[i];
    }
    return found;
}

static int ask_peer(uint64_t peer_id, struct zt_peer_status *peer)
{
    struct zt_service *service = zts_enter();

    if (service == NULL)
        return ZTS_ERR_SERVICE;
    const struct zt_node *node = zt_service_lock(service);
    bool known = node != NULL && zt_vl1_peer_status(zt_node_vl1(node), peer_id, peer);
    zt_service_unlock(service);
    zts_leave();
    return known ? ZTS_ERR_OK : ZTS_ERR_NO_RESULT;
}

int zts_core_query_path_count(uint64_t peer_id)
{
    struct zt_peer_status peer;
    int result = ask_peer(peer_id, &peer);
    int count;

    if (result != ZTS_ERR_OK)
        return result;
    (void)live_path(&peer, 0, &count);
    return count;
}

int zts_core_query_path(uint64_t peer_id, unsigned int idx, char *dst, unsigned int len)
{
    struct zt_peer_status peer;
    int result = ask_peer(peer_id, &peer);
    int count;

    if (result != ZTS_ERR_OK)
        return result;
    const struct zt_path_status *path = live_path(&peer, idx, &count);
    if (path == NULL || dst == NULL || len < ZTS_MAX_ENDPOINT_STR_LEN)
        return ZTS_ERR_ARG;
    write_text(dst, len, &path->link.remote, true);
    return ZTS_ERR_OK;
}

int zts_core_query_mc_count(uint64_t net_id)
{
    struct zt_service *service;
    struct zt_network_status status;
    int result = begin(net_id, &service, &status);

    return result != ZTS_ERR_OK ? result : end(service, (int)status.group_count);
}

int zts_core_query_mc(uint64_t net_id, unsigned int idx, uint64_t *mac, uint32_t *adi)
{
    struct zt_service *service;
    struct zt_network_status status;
    int result = begin(net_id, &service, &status);

    if (result != ZTS_ERR_OK)
        return result;
    if (mac == NULL || adi == NULL || idx >= status.group_count)
        return end(service, ZTS_ERR_ARG);
    *mac = zt_mac_number(status.groups[idx].mac);
    *adi = status.groups[idx].adi;
    return end(service, ZTS_ERR_OK);
}
