/* SPDX-License-Identifier: Apache-2.0 */
/* zts_id_*, zts_node_get_*, zts_moon_* and zts_peer_*: the node, its identity and its peers. */
#include "zts/zts.h"

#include "crypto/wipe.h"
#include "os/host.h"
#include "service/proof.h"

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
                 zt_proof_holds(&identity);
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
