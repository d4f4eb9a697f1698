/* SPDX-License-Identifier: Apache-2.0 */
/* Start: state directory, identity, ports, node, planet, moons, peers, networks; in this order. */
#include "service/startup.h"

#include "base/text.h"
#include "crypto/wipe.h"
#include "os/corelock.h"
#include "service/carry.h"
#include "service/default_planet.h"
#include "service/network.h"
#include "service/ports.h"
#include "service/proof.h"

#include <string.h>

/* Key by key: a stop must not wait until one is found. False: it was asked for. */
static bool search_identity(const struct zt_service *service, struct zt_identity *identity,
                            uint8_t *memory)
{
    uint8_t seed[32];
    struct zt_rng rng;
    bool made = false;

    zt_host_random(seed, sizeof seed);
    zt_rng_init(&rng, seed);
    zt_identity_begin(identity, &rng);
    while (!made && !atomic_load(&service->is_stopping))
        made = zt_identity_try(identity, memory);
    if (!made)
        zt_identity_wipe(identity);
    zt_rng_wipe(&rng);
    zt_wipe(seed, sizeof seed);
    return made;
}

static bool make_identity(struct zt_service *service, struct zt_identity *identity,
                          char text[ZT_PERSIST_TEXT])
{
    struct zt_notice notice = { .kind = ZT_NOTICE_IDENTITY };
    uint8_t *memory = zt_host_pages(ZT_PROOF_MEMORY);

    if (!memory) {
        zt_format(text, ZT_PERSIST_TEXT, "out of memory while making an identity");
        return false;
    }
    bool made = search_identity(service, identity, memory);
    zt_host_pages_free(memory, ZT_PROOF_MEMORY);
    if (!made)
        return false;
    notice.identity = *identity;
    zt_events_push(service->events, &notice);
    zt_identity_wipe(&notice.identity);
    return true;
}

/* The one given, else the one kept, else a new one. */
static bool find_identity(struct zt_service *service, struct zt_identity *identity,
                          char text[ZT_PERSIST_TEXT])
{
    const struct zt_identity *given = service->settings.options.identity;

    if (given && (!given->has_secret || !zt_proof_holds(given))) {
        zt_format(text, ZT_PERSIST_TEXT, "the given identity is not valid");
        return false;
    }
    if (given) {
        *identity = *given;
        return zt_persist_keep_identity(&service->persist, identity, text);
    }
    enum zt_load load = zt_persist_load_identity(&service->persist, identity, text);
    if (load == ZT_LOAD_FAILED)
        return false;
    if (load == ZT_LOAD_NONE && !make_identity(service, identity, text))
        return false;
    return zt_persist_keep_identity(&service->persist, identity, text);
}

static struct zt_node *make_node(struct zt_service *service)
{
    const struct zt_service_options *options = &service->settings.options;
    struct zt_node_options node_options = {
        .self = &service->identity,
        .log = service->log,
        .platform = zt_host_platform(),
        .is_controller = options->request,
        .allow_loopback = options->allow_loopback,
        .low_bandwidth = options->low_bandwidth,
    };

    zt_host_random(node_options.seed, sizeof node_options.seed);
    struct zt_node *node = zt_node_new(&node_options, zt_host_now());
    zt_wipe(node_options.seed, sizeof node_options.seed);
    return node;
}

/* Is it already in use, or of no use at all? Anything else means that the bytes are no good. */
static bool is_world_fine(enum zt_drop drop)
{
    return drop == ZT_DROP_NONE || drop == ZT_DROP_STALE || drop == ZT_DROP_FOREIGN ||
           drop == ZT_DROP_NO_ROOM || drop == ZT_DROP_NO_MEMORY;
}

static bool offer_world(void *context, uint64_t id, const uint8_t *bytes, size_t length)
{
    struct zt_service *service = context;

    (void)id;
    return is_world_fine(zt_node_offer_world(service->node, zt_host_now(), bytes, length));
}

/* What we learned since the given planet was made; of another planet it is of no use, which is no damage. */
static bool offer_revision(void *context, uint64_t id, const uint8_t *bytes, size_t length)
{
    struct zt_service *service = context;
    enum zt_drop drop = zt_node_offer_world(service->node, zt_host_now(), bytes, length);

    (void)id;
    return drop == ZT_DROP_FORGED || is_world_fine(drop);
}

static bool take_given_planet(struct zt_service *service, char text[ZT_PERSIST_TEXT])
{
    const struct zt_service_options *options = &service->settings.options;
    enum zt_drop drop =
        zt_node_offer_world(service->node, zt_host_now(), options->planet, options->planet_length);

    if (drop != ZT_DROP_NONE) {
        zt_format(text, ZT_PERSIST_TEXT, "the given planet is no good: %s", zt_drop_text(drop));
        return false;
    }
    zt_persist_load(&service->persist, ZT_OBJECT_PLANET, offer_revision, service);
    return true;
}

/* The planet given, or a later revision of it that was kept; else the one kept, updated by the built-in one if
   that is newer. */
static bool load_planet(struct zt_service *service, char text[ZT_PERSIST_TEXT])
{
    if (service->settings.options.planet)
        return take_given_planet(service, text);
    zt_persist_load(&service->persist, ZT_OBJECT_PLANET, offer_world, service);
    return offer_world(service, 0, zt_default_planet, ZT_DEFAULT_PLANET_LENGTH);
}

static bool load_peer(void *context, uint64_t id, const uint8_t *bytes, size_t length)
{
    struct zt_service *service = context;
    enum zt_drop drop = zt_node_load_peer(service->node, zt_host_now(), bytes, length);

    (void)id;
    return drop != ZT_DROP_TRUNCATED && drop != ZT_DROP_MALFORMED;
}

/* A file without a configuration, empty or damaged, still says that the network is joined. */
static bool load_network(void *context, uint64_t id, const uint8_t *bytes, size_t length)
{
    struct zt_service *service = context;
    struct zt_network_status status;
    bool is_empty = length == 0 || (length == 1 && bytes[0] == '\n');

    if (!zt_node_join(service->node, zt_host_now(), id, is_empty ? NULL : bytes,
                      is_empty ? 0 : length)) {
        zt_log_error(service->log, "network", "%016llx: can't be joined", (unsigned long long)id);
        return true;
    }
    return is_empty ||
           (zt_vl2_network_status(zt_node_vl2(service->node), id, &status) && status.config);
}

static void load_networks(struct zt_service *service)
{
    if (service->settings.options.cache_networks)
        zt_persist_load(&service->persist, ZT_OBJECT_NETWORK, load_network, service);
    for (size_t i = 0; i < service->wish_count; i++)
        (void)zt_network_wish(service, &service->wishes[i]);
    service->wish_count = 0;
}

static void tell_surroundings(struct zt_service *service)
{
    const struct zt_service_options *options = &service->settings.options;

    zt_node_set_physical(service->node, options->physical, options->physical_count);
    for (size_t i = 0; i < options->known_count; i++)
        (void)zt_node_add_hint(service->node, options->known[i].peer, &options->known[i].endpoint);
}

/* The core lock is held, which here only keeps early queries waiting. */
static bool load_state(struct zt_service *service, char text[ZT_PERSIST_TEXT])
{
    if (!load_planet(service, text))
        return false;
    tell_surroundings(service);
    zt_carry_planet(service);
    zt_persist_load(&service->persist, ZT_OBJECT_MOON, offer_world, service);
    if (service->settings.options.cache_peers)
        zt_persist_load(&service->persist, ZT_OBJECT_PEER, load_peer, service);
    return true;
}

/* In one hold of the lock, so that nobody meets a node that lacks what was kept. */
static bool start_node(struct zt_service *service, char text[ZT_PERSIST_TEXT])
{
    const struct zt_notice up = { .kind = ZT_NOTICE_UP };

    zt_core_lock();
    service->node = make_node(service);
    bool done = service->node && load_state(service, text);
    if (done) {
        zt_events_push(service->events, &up);
        load_networks(service);
    }
    if (!service->node)
        zt_format(text, ZT_PERSIST_TEXT, "out of memory");
    zt_core_unlock();
    return done;
}

static bool prepare_identity(struct zt_service *service, char text[ZT_PERSIST_TEXT])
{
    struct zt_identity identity;

    if (!find_identity(service, &identity, text))
        return false;
    zt_core_lock();
    service->identity = identity;
    service->has_identity = true;
    zt_core_unlock();
    zt_identity_wipe(&identity);
    return true;
}

/* Only now, when nothing can keep the service from running: one that did not start tells nothing. */
static void tell_stack(struct zt_service *service)
{
    const struct zt_notice up = { .kind = ZT_NOTICE_STACK_UP };

    if (service->settings.options.use_stack)
        zt_events_push(service->events, &up);
}

bool zt_startup(struct zt_service *service)
{
    char text[ZT_PERSIST_TEXT] = "";

    tell_stack(service);
    if (!zt_persist_open(&service->persist, &service->settings.options, text) ||
        !prepare_identity(service, text) || !zt_ports_open(service, text) ||
        !start_node(service, text)) {
        bool was_cut_short = text[0] == 0 && atomic_load(&service->is_stopping);
        if (!was_cut_short)
            zt_service_fail(service, text);
        return false;
    }
    zt_ports_announce(service);
    return true;
}
