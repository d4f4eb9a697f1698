/* SPDX-License-Identifier: Apache-2.0 */
/* zts_init_*: settings for the next start. */
#include "zts/zts.h"

#include "base/mem.h"
#include "base/text.h"
#include "crypto/wipe.h"
#include "os/host.h"

#include <string.h>

int zts_init_from_storage(const char *path)
{
    struct zts_settings *settings = zts_settings_open();
    int result = ZTS_ERR_ARG;

    if (settings == NULL)
        return ZTS_ERR_SERVICE;
    if (path != NULL && path[0] != 0) {
        char *copy = zt_alloc(strlen(path) + 1);
        if (copy != NULL) {
            memcpy(copy, path, strlen(path));
            zt_free(settings->storage);
            settings->storage = copy;
        }
        result = copy == NULL ? ZTS_ERR_GENERAL : ZTS_ERR_OK;
    }
    zts_settings_close();
    return result;
}

int zts_init_from_memory(const char *key, unsigned int len)
{
    struct zts_settings *settings = zts_settings_open();
    struct zt_identity identity;
    int result = ZTS_ERR_ARG;

    if (settings == NULL)
        return ZTS_ERR_SERVICE;
    size_t length = 0;
    while (key != NULL && length < len && length < ZTS_ID_STR_BUF_LEN && key[length] != 0)
        length++;
    if (length > 0 && zt_identity_parse(&identity, key, length) && identity.has_secret) {
        settings->identity = identity;
        settings->has_identity = true;
        result = ZTS_ERR_OK;
    }
    zt_wipe(&identity, sizeof identity);
    zts_settings_close();
    return result;
}

int zts_init_new_identity(void)
{
    struct zts_settings *settings = zts_settings_open();
    struct zt_rng rng;
    uint8_t seed[32];

    if (settings == NULL)
        return ZTS_ERR_SERVICE;
    zt_host_random(seed, sizeof seed);
    zt_rng_init(&rng, seed);
    settings->has_identity = zt_identity_generate(&settings->identity, &rng);
    int result = settings->has_identity ? ZTS_ERR_OK : ZTS_ERR_GENERAL;
    zt_rng_wipe(&rng);
    zt_wipe(seed, sizeof seed);
    zts_settings_close();
    return result;
}

int zts_init_set_event_handler(void (*callback)(void *))
{
    struct zts_settings *settings = zts_settings_open();

    if (settings == NULL)
        return ZTS_ERR_SERVICE;
    if (callback != NULL) {
        zts_events_set_handler(callback);
        settings->wants_events = true;
    }
    zts_settings_close();
    return callback == NULL ? ZTS_ERR_ARG : ZTS_ERR_OK;
}

int zts_init_set_tcp_relay(const char *tcp_relay_addr, unsigned short tcp_relay_port)
{
    struct zts_settings *settings = zts_settings_open();
    struct zt_endpoint relay;
    int result = ZTS_ERR_ARG;

    if (settings == NULL)
        return ZTS_ERR_SERVICE;
    if (tcp_relay_addr != NULL && zt_endpoint_parse(&relay, tcp_relay_addr, tcp_relay_port) &&
        relay.family == ZT_FAMILY_IPV4) {
        settings->tcp_relay = relay;
        result = ZTS_ERR_OK;
    }
    zts_settings_close();
    return result;
}

int zts_init_blacklist_if(const char *prefix, unsigned int len)
{
    struct zts_settings *settings = zts_settings_open();
    int result = ZTS_ERR_ARG;

    if (settings == NULL)
        return ZTS_ERR_SERVICE;
    if (prefix != NULL && len >= 1 && len < sizeof settings->blacklist[0] &&
        settings->blacklist_count < ZTS_MAX_BLACKLIST) {
        char *to = settings->blacklist[settings->blacklist_count++];
        zt_format(to, sizeof settings->blacklist[0], "%.*s", (int)len, prefix);
        result = ZTS_ERR_OK;
    }
    zts_settings_close();
    return result;
}

int zts_init_set_roots(const void *roots_data, unsigned int len)
{
    struct zts_settings *settings = zts_settings_open();
    int result = ZTS_ERR_ARG;

    if (settings == NULL)
        return ZTS_ERR_SERVICE;
    if (roots_data != NULL && len >= 1 && len <= sizeof settings->planet) {
        memcpy(settings->planet, roots_data, len);
        settings->planet_length = len;
        result = ZTS_ERR_OK;
    }
    zts_settings_close();
    return result;
}

int zts_init_set_port(unsigned short port)
{
    struct zts_settings *settings = zts_settings_open();

    if (settings == NULL)
        return ZTS_ERR_SERVICE;
    settings->port = port;
    zts_settings_close();
    return ZTS_ERR_OK;
}

int zts_init_set_random_port_range(unsigned short start_port, unsigned short end_port)
{
    struct zts_settings *settings = zts_settings_open();
    bool sound = start_port >= 1 && start_port <= end_port;

    if (settings == NULL)
        return ZTS_ERR_SERVICE;
    if (sound) {
        settings->port_range_first = start_port;
        settings->port_range_last = end_port;
    }
    zts_settings_close();
    return sound ? ZTS_ERR_OK : ZTS_ERR_ARG;
}

/* Sets one of the flags, found by its place in the settings. */
static int set_flag(size_t offset, bool value)
{
    struct zts_settings *settings = zts_settings_open();

    if (settings == NULL)
        return ZTS_ERR_SERVICE;
    *(bool *)((char *)settings + offset) = value;
    zts_settings_close();
    return ZTS_ERR_OK;
}

#define SET_FLAG(field, value) set_flag(offsetof(struct zts_settings, field), (value) != 0)

int zts_init_allow_tcp_relay(int enabled)
{
    return SET_FLAG(allow_tcp_relay, enabled);
}

int zts_init_force_tcp_relay(int enabled)
{
    return SET_FLAG(force_tcp_relay, enabled);
}

int zts_init_set_low_bandwidth_mode(int enabled)
{
    return SET_FLAG(low_bandwidth, enabled);
}

int zts_init_allow_secondary_port(unsigned int allowed)
{
    return SET_FLAG(allow_secondary_port, allowed);
}

int zts_init_allow_port_mapping(unsigned int allowed)
{
    return SET_FLAG(allow_port_mapping, allowed);
}

int zts_init_allow_net_cache(unsigned int allowed)
{
    return SET_FLAG(cache_networks, allowed);
}

int zts_init_allow_peer_cache(unsigned int allowed)
{
    return SET_FLAG(cache_peers, allowed);
}

int zts_init_allow_roots_cache(unsigned int allowed)
{
    return SET_FLAG(cache_planet, allowed);
}

int zts_init_allow_id_cache(unsigned int allowed)
{
    return SET_FLAG(cache_identity, allowed);
}

int zts_init_allow_loopback_paths(int enabled)
{
    return SET_FLAG(allow_loopback, enabled);
}
