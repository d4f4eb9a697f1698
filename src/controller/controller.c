/* SPDX-License-Identifier: Apache-2.0 */
/* A controller made, tended and freed. docs/wire.md 18. */
#include "controller/controller.h"

#include "base/text.h"
#include "controller/state.h"

struct zt_controller *zt_controller_new(const struct zt_identity *self, struct zt_store *store,
                                        const uint8_t seed[32], const struct zt_log *log,
                                        char *error, size_t error_size)
{
    struct zt_controller *controller = zt_alloc(sizeof *controller);

    zt_format(error, error_size, "out of memory");
    if (!controller)
        return NULL;
    controller->self = *self;
    controller->self.signer = controller->signer = zt_signer_new(&self->secret, &self->key);
    controller->store = store;
    controller->failed_mono_ms = ZT_NEVER_MS;
    controller->log = log;
    zt_rng_init(&controller->rng, seed);
    controller->gates = zt_alloc(ZT_MAX_REQUEST_GATES * sizeof *controller->gates);
    if (controller->signer && controller->gates &&
        zt_issuer_init(&controller->issuer, &controller->self) &&
        zt_follow_load(controller, error, error_size))
        return controller;
    zt_controller_free(controller);
    return NULL;
}

void zt_controller_free(struct zt_controller *controller)
{
    if (!controller)
        return;
    if (controller->networks)
        (void)zt_seen_save(controller, false, SIZE_MAX);
    zt_push_clear(controller);
    zt_hosting_clear(controller);
    zt_issuer_clear(&controller->issuer);
    zt_signer_free(controller->signer);
    zt_identity_wipe(&controller->self);
    zt_rng_wipe(&controller->rng);
    zt_free(controller->gates);
    zt_free(controller);
}

struct zt_controller_counters zt_controller_counters(const struct zt_controller *controller)
{
    struct zt_controller_counters counters = controller->counters;
    struct zt_hosted_network *network, *next;

    HASH_ITER(hh, controller->networks, network, next)
    {
        counters.networks++;
        counters.members += HASH_COUNT(network->members);
    }
    return counters;
}

void zt_controller_follow(struct zt_controller *controller, struct zt_instant now)
{
    controller->wall_ms = now.wall_ms;
    zt_follow_changes(controller, now);
}

void zt_controller_tend(struct zt_controller *controller, struct zt_instant now)
{
    struct zt_hosted_network *network, *next;

    if (now.mono_ms - controller->tended_mono_ms < ZT_TEND_INTERVAL_MS)
        return;
    controller->tended_mono_ms = now.mono_ms;
    zt_controller_follow(controller, now);
    HASH_ITER(hh, controller->networks, network, next)
    {
        if (network->record->sso_enabled)
            zt_push_lapsed(controller, network, now.wall_ms);
        if (!controller->has_tended)
            zt_push_lately_revoked(controller, network, now.wall_ms);
    }
    controller->has_tended = true;
    if (controller->has_news)
        controller->has_news = !zt_seen_save(controller, true, ZT_SEEN_AT_ONCE);
    else if (now.mono_ms - controller->saved_mono_ms >= ZT_SEEN_INTERVAL_MS &&
             zt_seen_save(controller, false, ZT_SEEN_AT_ONCE))
        controller->saved_mono_ms = now.mono_ms;
}
