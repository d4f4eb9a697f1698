/* SPDX-License-Identifier: Apache-2.0 */
/* The one node of the process: fresh, running, stopping, freed. One monitor guards the state. */
#include "zts/zts.h"

#include "base/mem.h"
#include "crypto/wipe.h"
#include "os/corelock.h"
#include "os/host.h"
#include "stack/ready.h"
#include "zts/export.h"
#include "zts/onlook.h"
#include "zts/wait.h"
#include "zts/watch.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { EXIT_MS = 400 }; /* for the end of a stop beside the time to flush */
enum state { STATE_FRESH, STATE_RUNNING, STATE_STOPPING, STATE_FREED };

/* from \ to:                       FRESH RUNNING STOPPING FREED */
static const bool legal[4][4] = {
    [STATE_FRESH] = { false, true, false, true },
    [STATE_RUNNING] = { false, false, true, false },
    [STATE_STOPPING] = { true, false, false, true },
    [STATE_FREED] = { false, false, false, false },
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct zt_monitor *monitor;
static _Atomic enum state state;
static bool free_wanted; /* stopping leads to freed */
static unsigned users;   /* threads between enter and leave */
static struct zt_service *service;
static struct zts_settings settings;
static struct zt_thread *stopper;
static bool was_stopped; /* since the last start */
static _Atomic int64_t stopping_process;

static _Thread_local unsigned entered;        /* how often this thread is between enter and leave */
static _Thread_local struct zt_service *held; /* then */

static void init_once(void)
{
    monitor = zt_monitor_new();
    assert(monitor != NULL);
    zts_settings_reset(&settings);
}

static void enter_monitor(void)
{
    (void)pthread_once(&once, init_once);
    zt_monitor_enter(monitor);
}

static void set_state(enum state next)
{
    assert(legal[state][next]);
    state = next;
    zt_monitor_wake_all(monitor);
    zts_wait_changed();
}

/* The event thread must not wait: the stop waits for it. */
static void wait_while_stopping(void)
{
    while (state == STATE_STOPPING && !zts_events_is_self())
        zt_monitor_wait(monitor, -1);
    if (state == STATE_STOPPING)
        return;
    /* It has left the monitor for the last time, and needs no more than to end. */
    zt_thread_join(stopper);
    stopper = NULL;
}

void zts_settings_reset(struct zts_settings *to)
{
    static const uint8_t default_relay[4] = { 204, 80, 128, 1 };

    zt_free(to->storage);
    zt_wipe(to, sizeof *to);
    to->port_range_first = 20000;
    to->port_range_last = 45500;
    to->tcp_relay = zt_endpoint_v4(default_relay, 443);
    to->allow_secondary_port = to->allow_port_mapping = to->allow_tcp_relay = true;
    to->cache_networks = to->cache_peers = to->cache_planet = to->cache_identity = true;
}

struct zts_settings *zts_settings_open(void)
{
    enter_monitor();
    wait_while_stopping();
    if (state == STATE_FRESH)
        return &settings;
    zt_monitor_leave(monitor);
    return NULL;
}

void zts_settings_close(void)
{
    zt_monitor_leave(monitor);
}

bool zts_is_running(void)
{
    return state == STATE_RUNNING;
}

/* Whoever holds the core lock has entered before: the monitor comes first, as a start takes both. */
struct zt_service *zts_enter(void)
{
    if (!zts_is_running())
        return NULL;
    if (entered > 0) {
        entered++;
        return held;
    }
    enter_monitor();
    if (state == STATE_RUNNING) {
        users++;
        entered = 1;
        held = service;
    }
    zt_monitor_leave(monitor);
    return entered > 0 ? held : NULL;
}

void zts_leave(void)
{
    assert(entered > 0);
    if (--entered > 0)
        return;
    enter_monitor();
    assert(users > 0);
    users--;
    zt_monitor_wake_all(monitor);
    zt_monitor_leave(monitor);
}

/* The service reports from its first moment on, perhaps before its start has returned here. */
struct zt_service *zts_events_service(void)
{
    enter_monitor();
    struct zt_service *current = service;
    zt_monitor_leave(monitor);
    return current;
}

static struct zt_service *start_service(void)
{
    struct zt_service_options options;
    const char *blacklist[ZTS_MAX_BLACKLIST];

    for (size_t i = 0; i < settings.blacklist_count; i++)
        blacklist[i] = settings.blacklist[i];
    zt_service_options_init(&options);
    options.storage = settings.storage;
    options.planet_file = "roots";
    options.identity = settings.has_identity ? &settings.identity : NULL;
    options.planet = settings.planet_length > 0 ? settings.planet : NULL;
    options.planet_length = settings.planet_length;
    options.port = settings.port;
    options.port_range_first = settings.port_range_first;
    options.port_range_last = settings.port_range_last;
    options.allow_secondary_port = settings.allow_secondary_port;
    options.cache_identity = settings.cache_identity;
    options.cache_planet = settings.cache_planet;
    options.cache_networks = settings.cache_networks;
    options.cache_peers = settings.cache_peers;
    options.allow_loopback = settings.allow_loopback;
    options.low_bandwidth = settings.low_bandwidth;
    options.interface_blacklist = blacklist;
    options.interface_blacklist_count = settings.blacklist_count;
    options.use_stack = true;
    options.log = zts_trace_log();
    options.notice = settings.wants_events ? zts_events_notice : NULL;
    return zt_service_start(&options);
}

int zts_node_start(void)
{
    int result = ZTS_ERR_SERVICE;

    enter_monitor();
    wait_while_stopping();
    if (state == STATE_FRESH) {
        was_stopped = false;
        zts_onlook_update();
        service = start_service();
        result = service == NULL ? ZTS_ERR_GENERAL : ZTS_ERR_OK;
        if (service != NULL)
            set_state(STATE_RUNNING);
    }
    zt_monitor_leave(monitor);
    return result;
}

/* A thread of its own, so that zts_node_stop is quick and may be called from the handler. */
static void run_stop(void *unused)
{
    (void)unused;
    zts_watch_stop();
    /* Also those who wait for no socket at all. */
    zt_core_lock();
    zt_waiter_wake_all();
    zt_core_unlock();
    enter_monitor();
    while (users > 0)
        zt_monitor_wait(monitor, -1);
    zt_monitor_leave(monitor);

    zt_service_stop(service, ZTS_LINGER_MS);

    enter_monitor();
    service = NULL;
    zts_settings_reset(&settings);
    set_state(free_wanted ? STATE_FREED : STATE_FRESH);
    zt_monitor_leave(monitor);
}

/* Monitor entered. */
static int begin_stop(bool for_good)
{
    if (state != STATE_RUNNING)
        return ZTS_ERR_SERVICE;
    stopper = zt_thread_start("zt-stop", run_stop, NULL);
    if (stopper == NULL)
        return ZTS_ERR_GENERAL;
    stopping_process = zt_host_process();
    free_wanted = for_good;
    was_stopped = true;
    set_state(STATE_STOPPING);
    return ZTS_ERR_OK;
}

/* What a program wrote and closed is on its way, as with sockets that it closed. */
static void flush_exports(void)
{
    if (zts_is_running())
        zts_export_flush(ZTS_LINGER_MS);
}

int zts_node_stop(void)
{
    flush_exports();
    enter_monitor();
    int result = begin_stop(false);
    zt_monitor_leave(monitor);
    return result;
}

/* A program may end right after zts_node_stop: what it wrote before shall leave all the same. But a process does not
   wait for itself, nor a child that fork made for a thread that it does not have. */
__attribute__((destructor)) static void finish_stop(void)
{
    const int64_t until = zt_host_mono_ms() + ZTS_LINGER_MS + EXIT_MS;
    int64_t left;

    if (stopping_process != zt_host_process() || zts_events_is_self())
        return;
    enter_monitor();
    while (state == STATE_STOPPING && (left = until - zt_host_mono_ms()) > 0)
        (void)zt_monitor_wait(monitor, left);
    if (state != STATE_STOPPING)
        wait_while_stopping();
    zt_monitor_leave(monitor);
}

int zts_node_free(void)
{
    flush_exports();
    enter_monitor();
    int result = begin_stop(true);
    if (result == ZTS_ERR_SERVICE && state == STATE_STOPPING && !free_wanted) {
        free_wanted = true;
        result = ZTS_ERR_OK;
    } else if (result == ZTS_ERR_SERVICE && state == STATE_FRESH && was_stopped) {
        set_state(STATE_FREED);
        result = ZTS_ERR_OK;
    }
    wait_while_stopping();
    bool is_freed = state == STATE_FREED;
    zt_monitor_leave(monitor);
    if (is_freed)
        zts_export_end();
    return result;
}
