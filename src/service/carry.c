/* SPDX-License-Identifier: Apache-2.0 */
/* Effects become datagrams, frames, notices, files, proofs and requests. */
#include "service/carry.h"

#include "base/mem.h"
#include "os/corelock.h"
#include "service/network.h"
#include "service/onlook.h"
#include "stack/stack.h"

#include <assert.h>
#include <string.h>

/* Offers what waits. True when nothing waits any more. */
static bool drain_backlog(struct zt_service *service)
{
    struct zt_backlog *backlog = &service->backlog;
    size_t left = backlog->count - backlog->first;

    if (left == 0)
        return true;
    backlog->first += zt_udp_send(service->udp, backlog->waiting + backlog->first, left);
    if (backlog->first < backlog->count)
        return false;
    backlog->first = backlog->count = 0;
    return true;
}

static bool reserve(struct zt_backlog *backlog, size_t length)
{
    if (length <= backlog->capacity)
        return true;
    uint8_t *memory = zt_alloc(length);
    if (!memory)
        return false;
    zt_free(backlog->memory);
    backlog->memory = memory;
    backlog->capacity = length;
    return true;
}

/* Their bytes are the node's, and only until its next input: keep copies. */
static void fill_backlog(struct zt_backlog *backlog, const struct zt_datagram *batch, size_t count)
{
    size_t length = 0;

    assert(backlog->count == 0 && count <= ZT_SEND_BATCH);
    for (size_t i = 0; i < count; i++)
        length += batch[i].length;
    if (!reserve(backlog, length))
        return;
    uint8_t *at = backlog->memory;
    for (size_t i = 0; i < count; i++) {
        backlog->waiting[i] = batch[i];
        backlog->waiting[i].bytes = at;
        memcpy(at, batch[i].bytes, batch[i].length);
        at += batch[i].length;
    }
    backlog->first = 0;
    backlog->count = count;
    backlog->since_ms = zt_host_mono_ms();
}

static size_t take_sends(struct zt_node *node, struct zt_datagram *batch)
{
    struct zt_effect effect;
    size_t count = 0;

    while (count < ZT_SEND_BATCH && zt_node_next_send(node, &effect))
        batch[count++] = (struct zt_datagram){ .link = effect.link,
                                               .ttl = (uint8_t)effect.code,
                                               .bytes = (uint8_t *)effect.bytes,
                                               .length = effect.length };
    return count;
}

void zt_carry_sends(struct zt_service *service)
{
    struct zt_datagram batch[ZT_SEND_BATCH];
    size_t count;

    /* Mostly: each release of the core lock comes by here. */
    if (service->backlog.count == 0 && !zt_node_has_sends(service->node))
        return;
    /* Once writable again, the wire thread comes by here. */
    if (zt_udp_is_blocked(service->udp) || !drain_backlog(service))
        return;
    while ((count = take_sends(service->node, batch)) > 0) {
        size_t done = zt_udp_send(service->udp, batch, count);
        if (done == count)
            continue;
        fill_backlog(&service->backlog, batch + done, count - done);
        return;
    }
}

void zt_carry_give_up(struct zt_service *service)
{
    service->backlog.first = service->backlog.count = 0;
    zt_udp_unblock(service->udp);
}

bool zt_carry_may_resume(struct zt_service *service)
{
    if (!service->backlog.refused_frame || zt_udp_is_blocked(service->udp))
        return false;
    service->backlog.refused_frame = false;
    return true;
}

bool zt_carry_frame(void *context, uint64_t nwid, const uint8_t *frame, size_t length)
{
    struct zt_service *service = context;
    struct zt_tapped seen = { .nwid = nwid, .is_outbound = true, .bytes = frame, .length = length };

    assert(zt_core_lock_is_mine());
    if (!service->node)
        return true; /* nobody to keep it for */
    seen.drop = zt_node_frame(service->node, zt_host_now(), nwid, frame, length);
    zt_onlook_frame(&seen);
    if (seen.drop != ZT_DROP_NO_ROOM)
        return true;
    service->backlog.refused_frame = true;
    return false;
}

static void push_simple(struct zt_service *service, enum zt_notice_kind kind, uint64_t address)
{
    struct zt_notice notice = { .kind = kind, .address = address };

    zt_events_push(service->events, &notice);
}

static void carry_event(struct zt_service *service, enum zt_event event, uint64_t id)
{
    switch (event) {
    case ZT_EVENT_ONLINE:
        push_simple(service, ZT_NOTICE_ONLINE, 0);
        break;
    case ZT_EVENT_OFFLINE:
        push_simple(service, ZT_NOTICE_OFFLINE, 0);
        break;
    case ZT_EVENT_COLLISION:
        zt_persist_retire_identity(&service->persist);
        zt_service_fail(service, "our address belongs to another identity; the next start makes a "
                                 "new one");
        break;
    case ZT_EVENT_NETWORK_CONFIG:
        zt_network_apply(service, id);
        break;
    case ZT_EVENT_NETWORK_GONE:
        zt_network_gone(service, id);
        break;
    case ZT_EVENT_PEER_DIRECT:
        push_simple(service, ZT_NOTICE_PEER_DIRECT, id);
        break;
    case ZT_EVENT_PEER_RELAY:
        push_simple(service, ZT_NOTICE_PEER_RELAY, id);
        break;
    case ZT_EVENT_PATH_NEW:
        push_simple(service, ZT_NOTICE_PATH_NEW, id);
        break;
    case ZT_EVENT_PATH_DEAD:
        push_simple(service, ZT_NOTICE_PATH_DEAD, id);
        break;
    }
}

/* Tells the user about the planet in use, once for each. */
static void tell_planet(struct zt_service *service, const uint8_t *bytes, size_t length)
{
    struct zt_notice notice = { .kind = ZT_NOTICE_PLANET, .bytes = bytes, .length = length };

    if (length == service->planet_length && memcmp(bytes, service->planet, length) == 0)
        return;
    uint8_t *copy = zt_alloc(length);
    if (!copy)
        return;
    memcpy(copy, bytes, length);
    zt_free(service->planet);
    service->planet = copy;
    service->planet_length = length;
    zt_events_push(service->events, &notice);
}

void zt_carry_planet(struct zt_service *service)
{
    const struct zt_world *planet = zt_vl1_planet(zt_node_vl1(service->node));
    uint8_t bytes[ZT_MAX_WORLD];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    if (planet->type == ZT_WORLD_NONE)
        return;
    zt_world_write(planet, &out);
    if (out.failed)
        return;
    (void)zt_worker_save(service->worker, ZT_OBJECT_PLANET, planet->id, bytes,
                         zt_writer_length(&out));
    tell_planet(service, bytes, zt_writer_length(&out));
}

static void carry_save(struct zt_service *service, const struct zt_effect *effect)
{
    struct zt_notice notice = { .bytes = effect->bytes, .length = effect->length };
    enum zt_object object = (enum zt_object)effect->code;

    if (!zt_worker_save(service->worker, object, effect->id, effect->bytes, effect->length))
        zt_log_error(service->log, "persist", "no room to keep object %d of %llx", (int)object,
                     (unsigned long long)effect->id);
    if (effect->length == 0)
        return;
    if (object == ZT_OBJECT_PLANET)
        tell_planet(service, effect->bytes, effect->length);
    if (object == ZT_OBJECT_PEER) {
        notice.kind = ZT_NOTICE_SAVED_PEER;
        notice.address = effect->id;
        zt_events_push(service->events, &notice);
    }
    if (object == ZT_OBJECT_NETWORK) {
        notice.kind = ZT_NOTICE_SAVED_NETWORK;
        notice.nwid = effect->id;
        zt_events_push(service->events, &notice);
    }
}

static void carry_request(struct zt_service *service, const struct zt_effect *effect)
{
    struct zt_reader in = zt_reader_of(effect->bytes, effect->length);
    struct zt_config_request request;

    if (!service->settings.options.request)
        return;
    zt_config_request_read(&request, &in);
    if (!in.failed)
        service->settings.options.request(service->settings.options.request_context, &request);
}

static void carry_in(struct zt_service *service, const struct zt_effect *effect)
{
    zt_onlook_frame(&(struct zt_tapped){ .nwid = effect->id,
                                         .drop = (enum zt_drop)effect->code,
                                         .bytes = effect->bytes,
                                         .length = effect->length });
    if (service->has_stack && effect->code == ZT_DROP_NONE)
        zt_stack_input(effect->id, effect->bytes, effect->length);
}

static void carry_effect(struct zt_service *service, const struct zt_effect *effect)
{
    switch (effect->kind) {
    case ZT_EFFECT_FRAME:
        carry_in(service, effect);
        break;
    case ZT_EFFECT_EVENT:
        carry_event(service, (enum zt_event)effect->code, effect->id);
        break;
    case ZT_EFFECT_SAVE:
        carry_save(service, effect);
        break;
    case ZT_EFFECT_PROVE:
        /* Refused work counts as a failed proof, so that the node forgets the ticket. */
        if (!zt_worker_prove(service->worker, effect->id, effect->bytes, effect->length))
            zt_node_proved(service->node, zt_host_now(), effect->id, false);
        break;
    case ZT_EFFECT_REQUEST:
        carry_request(service, effect);
        break;
    case ZT_EFFECT_SEND:    /* has its own ring */
    case ZT_EFFECT_MESSAGE: /* nobody listens */
        break;
    }
}

void zt_carry_effects(struct zt_service *service)
{
    struct zt_effect effect;

    zt_node_report_drops(service->node, zt_onlook_is_tapped());
    while (!service->is_fatal && zt_node_next(service->node, &effect))
        carry_effect(service, &effect);
    if (service->has_stack)
        zt_stack_input_done();
}

void zt_carry_clear(struct zt_service *service)
{
    zt_free(service->backlog.memory);
    zt_free(service->planet);
    service->backlog = (struct zt_backlog){ 0 };
    service->planet = NULL;
    service->planet_length = 0;
}
