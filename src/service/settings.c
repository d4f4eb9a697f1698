/* SPDX-License-Identifier: Apache-2.0 */
/* Options: their defaults, and the copy that lives as long as the service. */
#include "service/settings.h"

#include "base/mem.h"

#include <string.h>

void zt_service_options_init(struct zt_service_options *options)
{
    *options = (struct zt_service_options){
        .planet_file = "roots",
        .port_range_first = 20000,
        .port_range_last = 45500,
        .allow_secondary_port = true,
        .cache_identity = true,
        .cache_planet = true,
        .cache_networks = true,
        .cache_peers = true,
        .use_stack = true,
    };
}

static void *copy_bytes(const void *bytes, size_t length)
{
    void *copy = zt_alloc(length ? length : 1);

    if (copy && length)
        memcpy(copy, bytes, length);
    return copy;
}

static bool copy_blacklist(struct zt_settings *settings, const struct zt_service_options *options)
{
    size_t count = options->interface_blacklist_count;

    settings->interface_blacklist = zt_alloc((count + 1) * sizeof(char *));
    if (!settings->interface_blacklist)
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *prefix = options->interface_blacklist[i];
        settings->interface_blacklist[i] = copy_bytes(prefix, strlen(prefix) + 1);
        if (!settings->interface_blacklist[i])
            return false;
    }
    settings->options.interface_blacklist = (const char *const *)settings->interface_blacklist;
    return true;
}

static bool copy_texts(struct zt_settings *settings, const struct zt_service_options *options)
{
    if (options->storage) {
        settings->storage = copy_bytes(options->storage, strlen(options->storage) + 1);
        if (!settings->storage)
            return false;
    }
    settings->planet_file = copy_bytes(options->planet_file, strlen(options->planet_file) + 1);
    settings->options.storage = settings->storage;
    settings->options.planet_file = settings->planet_file;
    return settings->planet_file;
}

static bool copy_values(struct zt_settings *settings, const struct zt_service_options *options)
{
    if (options->identity) {
        settings->identity = *options->identity;
        settings->options.identity = &settings->identity;
    }
    if (options->planet) {
        settings->planet = copy_bytes(options->planet, options->planet_length);
        if (!settings->planet)
            return false;
        settings->options.planet = settings->planet;
    }
    if (options->bind_count) {
        settings->bind = copy_bytes(options->bind, options->bind_count * sizeof *options->bind);
        if (!settings->bind)
            return false;
        settings->options.bind = settings->bind;
    }
    return true;
}

static bool copy_surroundings(struct zt_settings *settings,
                              const struct zt_service_options *options)
{
    settings->physical =
        copy_bytes(options->physical, options->physical_count * sizeof *options->physical);
    settings->known = copy_bytes(options->known, options->known_count * sizeof *options->known);
    settings->options.physical = settings->physical;
    settings->options.known = settings->known;
    return settings->physical && settings->known;
}

bool zt_settings_copy(struct zt_settings *settings, const struct zt_service_options *options)
{
    *settings = (struct zt_settings){ .options = *options };
    settings->options.interface_blacklist = NULL;
    if (copy_texts(settings, options) && copy_values(settings, options) &&
        copy_surroundings(settings, options) && copy_blacklist(settings, options))
        return true;
    zt_settings_clear(settings);
    return false;
}

void zt_settings_clear(struct zt_settings *settings)
{
    for (size_t i = 0;
         settings->interface_blacklist && i < settings->options.interface_blacklist_count; i++)
        zt_free(settings->interface_blacklist[i]);
    zt_free(settings->interface_blacklist);
    zt_free(settings->known);
    zt_free(settings->physical);
    zt_free(settings->bind);
    zt_free(settings->planet);
    zt_free(settings->planet_file);
    zt_free(settings->storage);
    zt_identity_wipe(&settings->identity);
    *settings = (struct zt_settings){ 0 };
}
