/* SPDX-License-Identifier: Apache-2.0 */
/* local.conf, field by field. What we don't know is left to others; what we know and can't use is refused, since
   a node that ignored its blacklist would be worse than one that does not start. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/local_conf.h"

#include "base/text.h"
#include "http/conf.h"
#include "http/http.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct reading {
    struct zt_local_conf *conf;
    char *error;
    size_t error_size;
};

static bool refuse(const struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* False, always. */
static bool refuse(const struct reading *reading, const char *format, ...)
{
    size_t length = zt_format(reading->error, reading->error_size, "%s: ", ZT_CONF_FILE);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(reading->error + length, reading->error_size - length, format, arguments);
    va_end(arguments);
    return false;
}

static bool read_number(const struct reading *reading, const json_t *object, const char *where,
                        const char *key, json_int_t most, json_int_t *out)
{
    const json_t *value = json_object_get(object, key);

    if (!value)
        return true;
    *out = json_integer_value(value);
    if (json_is_integer(value) && *out >= 0 && *out <= most)
        return true;
    return refuse(reading, "%s.%s: not a number from 0 to %lld", where, key, (long long)most);
}

static bool read_flag(const struct reading *reading, const json_t *object, const char *where,
                      const char *key, bool *out)
{
    const json_t *value = json_object_get(object, key);

    *out = json_is_true(value);
    return !value || json_is_boolean(value) || refuse(reading, "%s.%s: not a boolean", where, key);
}

/* NULL with *is_good: it is not there. */
static const json_t *find_list(const struct reading *reading, const json_t *object,
                               const char *where, const char *key, size_t most, bool *is_good)
{
    const json_t *list = json_object_get(object, key);

    *is_good = !list || (json_is_array(list) && json_array_size(list) <= most);
    if (*is_good)
        return list;
    (void)refuse(reading, "%s.%s: not an array of at most %zu entries", where, key, most);
    return NULL;
}

static bool read_bind(const struct reading *reading, const json_t *settings)
{
    struct zt_local_conf *conf = reading->conf;
    bool is_good;
    const json_t *list =
        find_list(reading, settings, "settings", "bind", ZT_MAX_CONF_LIST, &is_good);

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        struct zt_endpoint *ip = &conf->bind[conf->bind_count++];

        if (!text || strchr(text, '/') || !zt_endpoint_parse(ip, text, 0))
            return refuse(reading, "settings.bind: %s is not an IP address",
                          text ? text : "an entry");
    }
    return is_good;
}

static bool read_interfaces(const struct reading *reading, const json_t *settings)
{
    struct zt_local_conf *conf = reading->conf;
    bool is_good;
    const json_t *list = find_list(reading, settings, "settings", "interfacePrefixBlacklist",
                                   ZT_MAX_CONF_LIST, &is_good);

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (!text || !*text) /* which would be the beginning of all names */
            return refuse(reading, "settings.interfacePrefixBlacklist: an entry is not a name");
        conf->interfaces[conf->interface_count++] = text;
    }
    return is_good;
}

static bool read_settings(const struct reading *reading)
{
    const json_t *settings = json_object_get(reading->conf->json, "settings");
    json_int_t port = 0;

    if (!settings)
        return true;
    if (!json_is_object(settings))
        return refuse(reading, "settings: not an object");
    if (!read_number(reading, settings, "settings", "primaryPort", UINT16_MAX, &port))
        return false;
    reading->conf->has_port = json_object_get(settings, "primaryPort") != NULL;
    reading->conf->port = (uint16_t)port;
    return read_flag(reading, settings, "settings", "lowBandwidthMode",
                     &reading->conf->low_bandwidth) &&
           read_bind(reading, settings) && read_interfaces(reading, settings);
}

static bool read_physical(const struct reading *reading, const char *network, const json_t *given)
{
    struct zt_local_conf *conf = reading->conf;
    struct zt_physical *entry = &conf->physical[conf->physical_count];
    json_int_t mtu = 0, path = 0;
    char where[96];

    zt_format(where, sizeof where, "physical.%.64s", network);
    if (!zt_http_network_read(&entry->network, network))
        return refuse(reading, "%s: not IP/BITS", where);
    if (!json_is_object(given))
        return refuse(reading, "%s: not an object", where);
    if (!read_number(reading, given, where, "mtu", UINT16_MAX, &mtu) ||
        !read_number(reading, given, where, "trustedPathId", INT64_MAX, &path) ||
        !read_flag(reading, given, where, "blacklist", &entry->blacklist))
        return false;
    entry->mtu = (uint16_t)mtu;
    entry->trusted_path_id = (uint64_t)path;
    conf->physical_count++;
    return true;
}

static bool read_known(const struct reading *reading, const char *where, zt_address peer,
                       const json_t *list)
{
    struct zt_local_conf *conf = reading->conf;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        struct zt_known_endpoint *known = &conf->known[conf->known_count];

        if (conf->known_count == ZT_MAX_HINTS)
            return refuse(reading, "%s.try: there are more than %d in all", where, ZT_MAX_HINTS);
        if (!text || !zt_endpoint_parse(&known->endpoint, text, 0) || known->endpoint.port == 0)
            return refuse(reading, "%s.try: %s is not IP/PORT", where, text ? text : "an entry");
        known->peer = peer;
        conf->known_count++;
    }
    return true;
}

static bool read_virtual(const struct reading *reading, const char *name, const json_t *given)
{
    zt_address peer;
    bool is_good;
    char where[96];
    const json_t *list;

    zt_format(where, sizeof where, "virtual.%.64s", name);
    if (!zt_hex_number(&peer, name, 10) || zt_address_is_reserved(peer))
        return refuse(reading, "%s: not the address of a node", where);
    if (!json_is_object(given))
        return refuse(reading, "%s: not an object", where);
    if (json_array_size(json_object_get(given, "blacklist")) > 0)
        return refuse(reading, "%s.blacklist: is not known here; physical has one for all peers",
                      where);
    list = find_list(reading, given, where, "try", ZT_MAX_HINTS, &is_good);
    return is_good && read_known(reading, where, peer, list);
}

/* Each member of an object, by a function. */
static bool read_members(const struct reading *reading, const char *key, size_t most,
                         bool (*read)(const struct reading *, const char *, const json_t *))
{
    json_t *object = json_object_get(reading->conf->json, key), *value;
    const char *name;

    if (object && (!json_is_object(object) || json_object_size(object) > most))
        return refuse(reading, "%s: not an object of at most %zu members", key, most);
    json_object_foreach(object, name, value)
    {
        if (!read(reading, name, value))
            return false;
    }
    return true;
}

/* conf->json is there. */
static bool read_all(const struct reading *reading)
{
    return read_settings(reading) &&
           read_members(reading, "physical", ZT_MAX_TRUSTED_PATHS, read_physical) &&
           read_members(reading, "virtual", ZT_MAX_HINTS, read_virtual);
}

bool zt_local_conf_judge(const json_t *json, char *error, size_t error_size)
{
    struct zt_local_conf conf = { .json = json_incref((json_t *)(uintptr_t)json) };
    const struct reading reading = { &conf, error, error_size };
    bool is_good = read_all(&reading);

    zt_local_conf_clear(&conf);
    return is_good;
}

bool zt_local_conf_read(struct zt_local_conf *conf, const char *home, char *error,
                        size_t error_size)
{
    const struct reading reading = { conf, error, error_size };
    struct zt_folder *folder = NULL;
    char text[ZT_ERROR_TEXT];
    int code = access(home, F_OK) == 0 ? zt_folder_open(&folder, home) : 0; /* not made here */

    *conf = (struct zt_local_conf){ 0 };
    if (code != 0) {
        zt_error_text(code, text);
        zt_format(error, error_size, "%s: %s", home, text);
        return false;
    }
    conf->json = zt_conf_read(folder, error, error_size);
    zt_folder_close(folder);
    return conf->json && read_all(&reading);
}

void zt_local_conf_apply(const struct zt_local_conf *conf, struct zt_service_options *options)
{
    options->port = conf->port;
    options->bind = conf->bind;
    options->bind_count = conf->bind_count;
    options->low_bandwidth = conf->low_bandwidth;
    options->interface_blacklist = conf->interfaces;
    options->interface_blacklist_count = conf->interface_count;
    options->physical = conf->physical;
    options->physical_count = conf->physical_count;
    options->known = conf->known;
    options->known_count = conf->known_count;
}

void zt_local_conf_clear(struct zt_local_conf *conf)
{
    json_decref(conf->json);
    *conf = (struct zt_local_conf){ 0 };
}
