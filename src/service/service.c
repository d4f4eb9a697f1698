/* SPDX-License-Identifier: Apache-2.0 */
/* A service's life, and the calls that other threads make. */
#include "service/service.h"

#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"
#include "os/corelock.h"
#include "os/turn.h"
#include "service/carry.h"
#include "service/network.h"
#include "service/state.h"
#include "service/wire.h"
#include "stack/stack.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <utlist.h>

#define SAVE_PATIENCE_MS 500
#define LINGER_STEP_MS 5

/* Guarded by the core lock, which they share. */
static struct zt_service *services;

static void flush_all(void *unused)
{
    struct zt_service *service;

    (void)unused;
    LL_FOREACH(services, service)
    zt_wire_flush(service);
}

/* Tables are keyed once per process, before the first of them is filled. */
static void seed_tables(void)
{
    static bool is_seeded;
    uint8_t key[16];

    if (is_seeded)
        return;
    zt_host_random(key, sizeof key);
    zt_table_seed(key);
    is_seeded = true;
}

static void proved(void *context, uint64_t ticket, bool genuine)
{
    struct zt_service *service = context;

    zt_core_lock();
    if (service->node)
        zt_node_proved(service->node, zt_host_now(), ticket, genuine);
    zt_core_unlock();
}

void zt_service_fail(struct zt_service *service, const char *text)
{
    struct zt_notice notice = { .kind = ZT_NOTICE_FATAL, .text = text };

    zt_core_lock();
    zt_format(service->fatal_text, sizeof service->fatal_text, "%s", text);
    service->is_fatal = true;
    zt_core_unlock();
    zt_log_error(service->log, "service", "%s", text);
    zt_events_push(service->events, &notice);
}

/* Everything that needs no thread of its own yet. */
static bool make_parts(struct zt_service *service, const struct zt_service_options *options)
{
    if (!zt_settings_copy(&service->settings, options))
        return false;
    service->log = options->log;
    service->sleep_until_ms = INT64_MIN;
    service->udp = zt_udp_new();
    service->worker = zt_worker_new(&service->persist, proved, service);
    if (options->notice)
        service->events = zt_events_new(options->notice, options->notice_context);
    return service->udp && service->worker && (service->events || !options->notice);
}

static void free_parts(struct zt_service *service)
{
    zt_worker_free(service->worker, SAVE_PATIENCE_MS);
    zt_events_free(service->events);
    zt_udp_free(service->udp);
    zt_persist_close(&service->persist);
    zt_identity_wipe(&service->identity);
    zt_settings_clear(&service->settings);
    zt_free(service);
}

static bool start_stack(struct zt_service *service)
{
    const struct zt_stack_host host = { .context = service,
                                        .frame = zt_carry_frame,
                                        .subscribe = zt_network_subscribe };

    if (!service->settings.options.use_stack)
        return true;
    service->has_stack = zt_stack_start(&host) == 0;
    return service->has_stack;
}

/* The lock makes the thread wait until the service knows its thread and is in the list. */
static bool start_wire(struct zt_service *service)
{
    zt_core_lock();
    seed_tables();
    service->wire = zt_thread_start("zt-wire", zt_wire_run, service);
    if (service->wire)
        LL_PREPEND(services, service);
    zt_core_lock_on_release(flush_all, NULL);
    zt_core_unlock();
    return service->wire;
}

struct zt_service *zt_service_start(const struct zt_service_options *options)
{
    struct zt_service *service = zt_alloc(sizeof *service);

    if (!service)
        return NULL;
    if (make_parts(service, options) && start_stack(service) && start_wire(service))
        return service;
    if (service->has_stack)
        zt_stack_stop();
    free_parts(service);
    return NULL;
}

/* Waits until all that was written to connections has arrived, or patience ends. */
static void linger(struct zt_service *service, int linger_ms)
{
    int64_t end_ms = zt_host_mono_ms() + linger_ms;

    while (linger_ms > 0 && zt_host_mono_ms() < end_ms) {
        zt_core_lock();
        bool is_done = !service->node || service->is_fatal || zt_stack_is_flushed();
        zt_core_unlock();
        if (is_done)
            return;
        zt_host_sleep_ms(LINGER_STEP_MS);
    }
}

/* The node still works, so that peers learn that their connections end. */
static void stop_stack(struct zt_service *service, int linger_ms)
{
    linger(service, linger_ms);
    zt_core_lock();
    service->has_stack = false;
    zt_core_unlock();
    zt_stack_stop();
}

void zt_service_stop(struct zt_service *service, int linger_ms)
{
    const struct zt_notice stack_down = { .kind = ZT_NOTICE_STACK_DOWN };
    const struct zt_notice down = { .kind = ZT_NOTICE_DOWN };

    assert(!zt_core_lock_is_mine());
    if (service->settings.options.use_stack)
        stop_stack(service, linger_ms);
    atomic_store(&service->is_stopping, true);
    zt_turn_close(service);
    zt_udp_wake(service->udp);
    zt_thread_join(service->wire);

    zt_core_lock();
    LL_DELETE(services, service);
    zt_core_unlock();
    if (service->settings.options.use_stack)
        zt_events_push(service->events, &stack_down);
    zt_events_push(service->events, &down);
    free_parts(service);
}

struct zt_node *zt_service_lock(struct zt_service *service)
{
    zt_core_lock();
    return service->is_fatal ? NULL : service->node;
}

void zt_service_unlock(struct zt_service *service)
{
    (void)service; /* the lock is one for all; releasing it flushes each */
    zt_core_unlock();
}

zt_address zt_service_address(struct zt_service *service)
{
    zt_core_lock();
    zt_address address = service->has_identity ? service->identity.address : 0;
    zt_core_unlock();
    return address;
}

bool zt_service_identity(struct zt_service *service, struct zt_identity *identity)
{
    zt_core_lock();
    bool is_known = service->has_identity;
    if (is_known)
        *identity = service->identity;
    zt_core_unlock();
    return is_known;
}

uint16_t zt_service_port(struct zt_service *service, unsigned which)
{
    if (which >= ZT_PORT_COUNT)
        return 0;
    zt_core_lock();
    uint16_t port = service->ports.numbers[which];
    zt_core_unlock();
    return port;
}

size_t zt_service_bound(struct zt_service *service, struct zt_endpoint *out, size_t capacity)
{
    size_t count;

    zt_core_lock();
    count = zt_udp_count(service->udp);
    for (size_t i = 0; i < count && i < capacity; i++)
        (void)zt_udp_at(service->udp, i, &out[i]);
    zt_core_unlock();
    return count < capacity ? count : capacity;
}

bool zt_service_is_online(struct zt_service *service)
{
    const struct zt_node *node = zt_service_lock(service);
    bool is_online = node && zt_vl1_is_online(zt_node_vl1(node));

    zt_service_unlock(service);
    return is_online;
}

/* The last word on a network counts. */
static int wish_later(struct zt_service *service, const struct zt_wish *wish)
{
    for (size_t i = 0; i < service->wish_count; i++) {
        if (service->wishes[i].nwid != wish->nwid)
            continue;
        service->wishes[i] = *wish;
        return 0;
    }
    if (service->wish_count == ZT_MAX_NETWORKS)
        return -ENOBUFS;
    service->wishes[service->wish_count++] = *wish;
    return 0;
}

static int wish_now_or_later(struct zt_service *service, const struct zt_wish *wish)
{
    if (service->is_fatal)
        return -ESHUTDOWN;
    if (!service->node)
        return wish_later(service, wish);
    return zt_network_wish(service, wish) ? 0 : -ENOBUFS;
}

static int enter_wish(struct zt_service *service, zt_nwid nwid, bool join)
{
    if (nwid == 0)
        return -EINVAL;
    zt_core_lock();
    int error = wish_now_or_later(service, &(struct zt_wish){ .nwid = nwid, .join = join });
    zt_core_unlock();
    return error;
}

int zt_service_join(struct zt_service *service, zt_nwid nwid)
{
    return enter_wish(service, nwid, true);
}

int zt_service_leave(struct zt_service *service, zt_nwid nwid)
{
    return enter_wish(service, nwid, false);
}

const char *zt_service_fatal_text(struct zt_service *service)
{
    zt_core_lock();
    bool is_fatal = service->is_fatal;
    zt_core_unlock();
    /* Written once, before the flag was set. */
    return is_fatal ? service->fatal_text : "";
}
