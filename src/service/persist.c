/* SPDX-License-Identifier: Apache-2.0 */
/* Planet, moons, peers and networks as files: names, loading at start, keeping. */
#include "service/persist.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PEER_MAX_AGE_MS (INT64_C(30) * 24 * 3600 * 1000) /* docs/wire.md 8.1 */

struct place {
    const char *sub; /* "": the folder itself */
    const char *suffix;
    unsigned digits;
    unsigned flags;
    size_t limit;
};

static const struct place *place_of(enum zt_object object)
{
    static const struct place planet = { .sub = "", .suffix = "", .limit = ZT_MAX_WORLD };
    static const struct place moon = {
        .sub = "moons.d", .suffix = ".moon", .digits = 16, .limit = ZT_MAX_WORLD
    };
    static const struct place peer = {
        .sub = "peers.d", .suffix = ".peer", .digits = 10, .flags = ZT_FILE_CACHE, .limit = 4096
    };
    static const struct place network = { .sub = "networks.d",
                                          .suffix = ".conf",
                                          .digits = 16,
                                          .flags = ZT_FILE_SECRET,
                                          .limit = ZT_MAX_CONFIG };

    switch (object) {
    case ZT_OBJECT_MOON:
        return &moon;
    case ZT_OBJECT_PEER:
        return &peer;
    case ZT_OBJECT_NETWORK:
        return &network;
    default:
        return &planet;
    }
}

static void name_file(const struct zt_persist *persist, enum zt_object object, uint64_t id,
                      char name[ZT_FILE_NAME])
{
    const struct place *place = place_of(object);
    char digits[17];

    if (object == ZT_OBJECT_PLANET) {
        zt_format(name, ZT_FILE_NAME, "%s", persist->options->planet_file);
        return;
    }
    zt_hex_number_write(digits, id, place->digits);
    zt_format(name, ZT_FILE_NAME, "%s/%s%s", place->sub, digits, place->suffix);
}

bool zt_persist_open(struct zt_persist *persist, const struct zt_service_options *options,
                     char text[ZT_PERSIST_TEXT])
{
    char reason[ZT_ERROR_TEXT];

    *persist = (struct zt_persist){ .options = options };
    if (!options->storage)
        return true;
    int error = zt_folder_open(&persist->folder, options->storage);
    if (!error)
        return true;
    zt_error_text(error, reason);
    zt_format(text, ZT_PERSIST_TEXT, "can't use %s: %s", options->storage, reason);
    return false;
}

void zt_persist_close(struct zt_persist *persist)
{
    zt_folder_close(persist->folder);
    persist->folder = NULL;
}

static void log_failure(const struct zt_persist *persist, const char *verb, const char *name,
                        int error)
{
    char reason[ZT_ERROR_TEXT];

    zt_error_text(error, reason);
    zt_log_error(persist->options->log, "persist", "can't %s %s/%s: %s", verb,
                 persist->options->storage, name, reason);
}

/* Damage is reported and kept for a look at it, but not met again at the next start. A network stays
   joined: the file's name says that much. */
static void set_aside(struct zt_persist *persist, enum zt_object object, uint64_t id,
                      const char *name)
{
    zt_log_error(persist->options->log, "persist", "%s/%s is damaged, now %s.damaged",
                 persist->options->storage, name, name);
    int error = zt_file_set_aside(persist->folder, name, "damaged");
    if (error)
        log_failure(persist, "rename", name, error);
    else if (object == ZT_OBJECT_NETWORK)
        zt_persist_keep_join(persist, id);
}

typedef bool found_function(void *context, uint64_t id, const uint8_t *bytes, size_t length);

static void load_file(struct zt_persist *persist, enum zt_object object, uint64_t id,
                      found_function *found, void *context)
{
    char name[ZT_FILE_NAME];
    uint8_t *bytes;
    size_t length;

    name_file(persist, object, id, name);
    int error = zt_file_read(persist->folder, name, place_of(object)->limit, &bytes, &length);
    if (error == -ENOENT)
        return;
    if (error == -EFBIG) {
        set_aside(persist, object, id, name);
        return;
    }
    if (error) {
        log_failure(persist, "read", name, error);
        return;
    }
    if (!found(context, id, bytes, length))
        set_aside(persist, object, id, name);
    free(bytes);
}

struct listing {
    struct zt_persist *persist;
    enum zt_object object;
    found_function *found;
    void *context;
    size_t count;
};

/* "89e92ceee5.peer" is one of ours; "8056c2e21c000001.local.conf" is not. */
static bool name_to_id(const struct place *place, const char *name, uint64_t *id)
{
    char digits[17];

    if (strlen(name) != place->digits + strlen(place->suffix) ||
        strcmp(name + place->digits, place->suffix) != 0)
        return false;
    memcpy(digits, name, place->digits);
    digits[place->digits] = 0;
    return zt_hex_number(id, digits, place->digits);
}

static bool load_listed(void *context, const char *name)
{
    struct listing *listing = context;
    struct zt_persist *persist = listing->persist;
    char path[ZT_FILE_NAME];
    uint64_t id;

    if (!name_to_id(place_of(listing->object), name, &id))
        return true;
    name_file(persist, listing->object, id, path);
    if (listing->object == ZT_OBJECT_PEER &&
        zt_file_age_ms(persist->folder, path) > PEER_MAX_AGE_MS) {
        (void)zt_file_remove(persist->folder, path);
        return true;
    }
    load_file(persist, listing->object, id, listing->found, listing->context);
    return ++listing->count < ZT_MAX_PEERS;
}

void zt_persist_load(struct zt_persist *persist, enum zt_object object, found_function *found,
                     void *context)
{
    struct listing listing = {
        .persist = persist, .object = object, .found = found, .context = context
    };

    if (!persist->folder)
        return;
    if (object == ZT_OBJECT_PLANET) {
        load_file(persist, object, 0, found, context);
        return;
    }
    int error = zt_folder_list(persist->folder, place_of(object)->sub, load_listed, &listing);
    if (error)
        log_failure(persist, "list", place_of(object)->sub, error);
}

static bool may_keep(const struct zt_persist *persist, enum zt_object object)
{
    switch (object) {
    case ZT_OBJECT_PLANET:
        return persist->options->cache_planet;
    case ZT_OBJECT_PEER:
        return persist->options->cache_peers;
    case ZT_OBJECT_NETWORK:
        return persist->options->cache_networks;
    case ZT_OBJECT_MOON:
        return true;
    }
    return false;
}

void zt_persist_keep(struct zt_persist *persist, enum zt_object object, uint64_t id,
                     const uint8_t *bytes, size_t length)
{
    char name[ZT_FILE_NAME];

    if (!persist->folder)
        return;
    name_file(persist, object, id, name);
    /* Deleting is not caching: a network that was left must not come back at the next start. */
    if (length == 0) {
        int failure = zt_file_remove(persist->folder, name);
        if (failure)
            log_failure(persist, "remove", name, failure);
        return;
    }
    if (!may_keep(persist, object))
        return;
    int error = zt_file_write(persist->folder, name, bytes, length, place_of(object)->flags);
    if (error)
        log_failure(persist, "write", name, error);
}

void zt_persist_keep_join(struct zt_persist *persist, zt_nwid nwid)
{
    char name[ZT_FILE_NAME];

    if (!persist->folder)
        return;
    name_file(persist, ZT_OBJECT_NETWORK, nwid, name);
    if (!zt_file_exists(persist->folder, name))
        zt_persist_keep(persist, ZT_OBJECT_NETWORK, nwid, (const uint8_t *)"\n", 1);
}
