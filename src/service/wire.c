/* SPDX-License-Identifier: Apache-2.0 */
/* The rounds of whoever has the turn to serve the sockets, mostly the wire thread. Their waits: the node's
   deadline, the next look at local addresses, the next change of the secondary port while offline, and
   200 ms while a socket is full. */
#include "service/wire.h"

#include "os/corelock.h"
#include "os/turn.h"
#include "service/carry.h"
#include "service/network.h"
#include "service/ports.h"
#include "service/startup.h"
#include "stack/stack.h"

#define FULL_PATIENCE_MS 200
#define SLEEP_MS 10000 /* later than planned by more: the machine slept. docs/wire.md 6.8 */

static bool is_working(const struct zt_service *service)
{
    return service->node && !service->is_fatal;
}

static int64_t min_ms(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void feed(struct zt_service *service, struct zt_instant now, size_t count)
{
    for (size_t i = 0; i < count; i++)
        zt_node_datagram(service->node, now, &service->arrived[i].link, service->arrived[i].bytes,
                         service->arrived[i].length);
}

static void drive_node(struct zt_service *service, struct zt_instant now, size_t count)
{
    feed(service, now, count);
    if (zt_node_deadline_ms(service->node) <= now.mono_ms)
        zt_node_tick(service->node, now);
    zt_carry_effects(service);
    if (zt_udp_is_blocked(service->udp) &&
        now.mono_ms - service->backlog.since_ms >= FULL_PATIENCE_MS)
        zt_carry_give_up(service);
    zt_carry_sends(service);
    if (zt_carry_may_resume(service) && service->has_stack)
        zt_stack_resume();
}

/* Datagrams, timers, effects: everything the node needs now. Returns when that was. */
static int64_t drive(struct zt_service *service, size_t count)
{
    zt_core_lock();
    struct zt_instant now = zt_host_now();
    service->sleep_until_ms = INT64_MIN;
    if (is_working(service))
        drive_node(service, now, count);
    zt_core_unlock();
    return now.mono_ms;
}

/* When to wake: INT64_MAX if there is nothing to do ever again. */
static int64_t plan_sleep(struct zt_service *service)
{
    int64_t until_ms = INT64_MAX;

    zt_core_lock();
    if (is_working(service)) {
        until_ms = min_ms(zt_node_deadline_ms(service->node), service->ports.refresh_ms);
        if (!zt_vl1_is_online(zt_node_vl1(service->node)))
            until_ms = min_ms(until_ms, service->ports.redraw_ms);
        if (zt_udp_is_blocked(service->udp))
            until_ms = min_ms(until_ms, zt_host_mono_ms() + FULL_PATIENCE_MS);
        if (zt_node_has_effects(service->node))
            until_ms = zt_host_mono_ms();
    }
    /* From here on, whoever brings the deadline forward wakes us. */
    service->sleep_until_ms = until_ms;
    zt_core_unlock();
    return until_ms;
}

/* Negative: for ever. */
static int64_t left_ms(int64_t until_ms)
{
    int64_t now_ms = zt_host_mono_ms();

    if (until_ms == INT64_MAX)
        return -1;
    return until_ms > now_ms ? until_ms - now_ms : 0;
}

static bool is_offline(struct zt_service *service)
{
    zt_core_lock();
    bool offline = is_working(service) && !zt_vl1_is_online(zt_node_vl1(service->node));
    zt_core_unlock();
    return offline;
}

/* Sockets follow the machine: its addresses, its sleep, and NATs that don't let us through. */
static void maintain(struct zt_service *service, unsigned what, int64_t now_ms, bool slept)
{
    bool redraw_due = now_ms >= service->ports.redraw_ms;

    if (slept || (redraw_due && is_offline(service)))
        zt_ports_redraw(service);
    else if ((what & ZT_UDP_ADDRESSES) || now_ms >= service->ports.refresh_ms)
        zt_ports_refresh(service);
    else if (redraw_due)
        service->ports.redraw_ms = now_ms + ZT_REDRAW_INTERVAL_MS;
}

/* How many came; *now_ms: the last time the clock was read. */
static size_t receive_all(struct zt_service *service, int64_t *now_ms)
{
    size_t count = zt_udp_receive(service->udp, service->arrived);
    size_t total = 0;

    do {
        *now_ms = drive(service, count);
        total += count;
        count = zt_udp_receive(service->udp, service->arrived);
    } while (count > 0 && !atomic_load(&service->is_stopping));
    return total;
}

/* One round of whoever has the turn. */
static size_t serve(void *context, int64_t timeout_ms, bool is_near)
{
    struct zt_service *service = context;
    int64_t until_ms = plan_sleep(service);
    int64_t wait_ms = left_ms(until_ms);
    bool is_cut = timeout_ms >= 0 && (wait_ms < 0 || wait_ms > timeout_ms);
    if (is_near)
        zt_udp_expect(service->udp);
    unsigned what = zt_udp_wait(service->udp, is_cut ? timeout_ms : wait_ms);

    if (until_ms == INT64_MAX) { /* nothing works: only the stop is awaited */
        zt_ports_close(service);
        return 0;
    }
    int64_t now_ms;
    size_t count = receive_all(service, &now_ms);
    maintain(service, what, now_ms, now_ms - until_ms > SLEEP_MS);
    return count;
}

static void wake(void *context)
{
    struct zt_service *service = context;

    zt_udp_wake(service->udp);
}

static void loop(struct zt_service *service)
{
    const struct zt_turn_work work = { .context = service, .serve = serve, .wake = wake };

    if (service->settings.options.use_stack)
        zt_turn_open(&work);
    while (!atomic_load(&service->is_stopping)) {
        size_t came = serve(service, -1, false);
        zt_turn_yield(service, came);
    }
}

/* Whoever follows the notices ends up where it began. */
static void tell_end(struct zt_service *service)
{
    const struct zt_notice offline = { .kind = ZT_NOTICE_OFFLINE };

    if (!service->node)
        return;
    zt_network_all_gone(service);
    if (zt_vl1_is_online(zt_node_vl1(service->node)))
        zt_events_push(service->events, &offline);
}

/* What others should still learn and what should be kept; then the node is no more. */
static void finish(struct zt_service *service)
{
    zt_core_lock();
    if (is_working(service)) {
        if (service->settings.options.cache_peers)
            zt_node_save_peers(service->node, zt_host_now());
        zt_carry_effects(service);
        zt_carry_sends(service);
    }
    tell_end(service);
    zt_node_free(service->node);
    service->node = NULL;
    zt_network_clear(service);
    zt_carry_clear(service);
    zt_core_unlock();
}

void zt_wire_run(void *context)
{
    struct zt_service *service = context;

    if (zt_startup(service))
        (void)drive(service, 0);
    loop(service);
    finish(service);
}

void zt_wire_flush(struct zt_service *service)
{
    if (!is_working(service))
        return;
    zt_carry_sends(service);
    if (service->sleep_until_ms == INT64_MIN)
        return;
    if (!zt_node_has_effects(service->node) &&
        zt_node_deadline_ms(service->node) >= service->sleep_until_ms)
        return;
    service->sleep_until_ms = INT64_MIN; /* once is enough */
    zt_udp_wake(service->udp);
}
