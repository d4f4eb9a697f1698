/* SPDX-License-Identifier: Apache-2.0 */
/* zts_id_*, zts_node_get_*, zts_moon_* and zts_peer_*: the node, its identity and its peers. */
#include "zts/zts.h"

#include "crypto/wipe.h"
#include "os/host.h"

#include <string.h>

int zts_id_new(char *key, unsigned int *key_buf_len)
{
    struct zt_identity identity;
    struct zt_rng rng;
    uint8_t seed[32];

    if (key == NULL || key_buf_len == NULL || *key_buf_len != ZTS_ID_STR_BUF_LEN)
        return ZTS_ERR_ARG;
    zt_host_random(seed, sizeof seed);
    zt_rng_init(&rng, seed);
    bool made = zt_identity_generate(&identity, &rng);
    if (made) {
        zt_identity_text(&identity, true, key);
        *key_buf_len = ZT_IDENTITY_SECRET_LENGTH;
    }
    zt_rng_wipe(&rng);
    zt_wipe(seed, sizeof seed);
    zt_identity_wipe(&identity);
    return made ? ZTS_ERR_OK : ZTS_ERR_GENERAL;
}

/* Does the secret half make the public half? */
static bool is_pair(const struct zt_identity *identity)
{
    struct zt_public_key key;

    if (!identity->has_secret)
        return false;
    zt_public_key_of(&key, &identity->secret);
    return memcmp(&key, &identity->key, sizeof key) == 0;
}

int zts_id_pair_is_valid(const char *key, unsigned int len)
{
    struct zt_identity identity;

    if (key == NULL || len != ZTS_ID_STR_BUF_LEN)
        return 0;
    const char *end = memchr(key, 0, len);
    size_t length = end == NULL ? len : (size_t)(end - key);
    bool valid = zt_identity_parse(&identity, key, length) && is_pair(&identity) &&
                 zt_identity_prove(&identity);
    zt_wipe(&identity, sizeof identity);
    return valid;
}

int zts_node_is_online(void)
{
    struct zt_service *service = zts_enter();

    if (service == NULL)
        return 0;
    bool online = zt_service_is_online(service);
    zts_leave();
    return online;
}

uint64_t zts_node_get_id(void)
{
    struct zt_service *service = zts_enter();

    if (service == NULL)
        return (uint64_t)ZTS_ERR_SERVICE;
    uint64_t id = zt_service_address(service);
    zts_leave();
    return id;
}

int zts_node_get_id_pair(char *key, unsigned int *key_dst_len)
{
    struct zt_service *service = zts_enter();
    struct zt_identity identity;
    int result = ZTS_ERR_ARG;

    if (service == NULL)
        return ZTS_ERR_SERVICE;
    if (key != NULL && key_dst_len != NULL && *key_dst_len >= ZTS_ID_STR_BUF_LEN) {
        bool known = zt_service_identity(service, &identity);
        if (known) {
            zt_identity_text(&identity, true, key);
            *key_dst_len = ZT_IDENTITY_SECRET_LENGTH;
            zt_identity_wipe(&identity);
        }
        result = known ? ZTS_ERR_OK : ZTS_ERR_GENERAL;
    }
    zts_leave();
    return result;
}

int zts_node_get_port(void)
{
    struct zt_service *service = zts_enter();

    if (service == NULL)
        return ZTS_ERR_SERVICE;
    int port = zt_service_port(service, 0);
    zts_leave();
    return port;
}

int zts_moon_orbit(uint64_t moon_roots_id, uint64_t moon_seed)
{
    struct zt_service *service = zts_enter();
    int result = ZTS_ERR_ARG;

    if (service == NULL)
        return ZTS_ERR_SERVICE;
    if (moon_roots_id != 0 && moon_seed != 0) {
        struct zt_node *node = zt_service_lock(service);
        bool done = node != NULL && zt_node_orbit(node, zt_host_now(), moon_roots_id, moon_seed);
        zt_service_unlock(service);
        result = done ? ZTS_ERR_OK : ZTS_ERR_GENERAL;
    }
    zts_leave();
    return result;
}

int zts_moon_deorbit(uint64_t moon_roots_id)
{
    struct zt_service *service = zts_enter();

    if (service == NULL)
        return ZTS_ERR_SERVICE;
    if (moon_roots_id != 0) {
        struct zt_node *node = zt_service_lock(service);
        if (node != NULL)
            zt_node_deorbit(node, zt_host_now(), moon_roots_id);
        zt_service_unlock(service);
    }
    zts_leave();
    return moon_roots_id != 0 ? ZTS_ERR_OK : ZTS_ERR_ARG;
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

int zts_peer_get_info(uint64_t peer_id, zts_peer_info_t *dst)
{
    struct zt_service *service = zts_enter();
    int result = ZTS_ERR_ARG;

    if (service == NULL)
        return ZTS_ERR_SERVICE;
    if (dst != NULL && peer_id != 0)
        result = zts_fill_peer(dst, service, peer_id) ? ZTS_ERR_OK : ZTS_ERR_NO_RESULT;
    zts_leave();
    return result;
}
