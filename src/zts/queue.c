/* SPDX-License-Identifier: Apache-2.0 */
/* The event queue: events as owned copies, taken one by one by whoever waits for them. */
#include "zts/queue.h"

#include "base/mem.h"
#include "os/host.h"
#include "os/mirror.h"

#include <assert.h>
#include <pthread.h>
#include <stdalign.h>
#include <stddef.h>
#include <string.h>

struct item {
    struct item *next;
    zts_event_msg_t event; /* what the program gets */
    alignas(max_align_t) uint8_t bytes[];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct zt_monitor *monitor; /* guards what follows */
static struct item *first, *last;
static unsigned capacity, count;
static unsigned lost;  /* events that gave way since the last was taken */
static bool is_filled; /* by the node that is to start, or runs */
static bool has_mirror;
static struct zt_mirror mirror;

static void init_once(void)
{
    monitor = zt_monitor_new();
    assert(monitor != NULL);
}

static void enter(void)
{
    (void)pthread_once(&once, init_once);
    zt_monitor_enter(monitor);
}

static bool has_answer(void)
{
    return first != NULL || !is_filled;
}

static void leave(void)
{
    if (has_mirror)
        zt_mirror_show(&mirror, has_answer(), false);
    zt_monitor_leave(monitor);
}

/* The pointer of the event that is set, if any. */
static const void *payload_of(const zts_event_msg_t *event)
{
    const void *const pointers[] = { event->node, event->network, event->netif, event->route,
                                     event->peer, event->addr,    event->cache };

    for (size_t i = 0; i < sizeof pointers / sizeof pointers[0]; i++) {
        if (pointers[i] != NULL)
            return pointers[i];
    }
    return NULL;
}

#define POINT_TO(field, at)                                                                        \
    do {                                                                                           \
        if ((field) != NULL)                                                                       \
            (field) = (void *)(at);                                                                \
    } while (0)

/* One byte more than asked for stays 0, so that text ends. */
static struct item *copy_event(const zts_event_msg_t *event)
{
    const void *payload = payload_of(event);
    size_t length = payload == NULL ? 0 : (size_t)event->len;
    struct item *item = zt_alloc(sizeof *item + length + 1);

    if (item == NULL)
        return NULL;
    item->event = *event;
    if (length > 0)
        memcpy(item->bytes, payload, length);
    POINT_TO(item->event.node, item->bytes);
    POINT_TO(item->event.network, item->bytes);
    POINT_TO(item->event.netif, item->bytes);
    POINT_TO(item->event.route, item->bytes);
    POINT_TO(item->event.peer, item->bytes);
    POINT_TO(item->event.addr, item->bytes);
    POINT_TO(item->event.cache, item->bytes);
    return item;
}

static struct item *take_first(void)
{
    struct item *item = first;

    first = item->next;
    if (first == NULL)
        last = NULL;
    count--;
    return item;
}

static void append(struct item *item)
{
    item->next = NULL;
    if (last == NULL)
        first = item;
    else
        last->next = item;
    last = item;
    count++;
}

void zts_queue_push(const zts_event_msg_t *event)
{
    enter();
    if (is_filled) {
        struct item *item = copy_event(event);
        while (item != NULL && count >= capacity) {
            zt_free(take_first());
            lost++;
        }
        if (item == NULL)
            lost++;
        else
            append(item);
        is_filled = event->event_code != ZTS_EVENT_NODE_DOWN;
        zt_monitor_wake_all(monitor);
    }
    leave();
}

int zts_init_event_queue(unsigned int wanted)
{
    struct zts_settings *settings = zts_settings_open();

    if (settings == NULL)
        return ZTS_ERR_SERVICE;
    if (wanted < 1 || wanted > ZTS_MAX_EVENT_QUEUE) {
        zts_settings_close();
        return ZTS_ERR_ARG;
    }
    settings->wants_events = true;
    enter();
    while (first != NULL)
        zt_free(take_first());
    lost = 0;
    capacity = wanted;
    is_filled = true;
    leave();
    zts_settings_close();
    return ZTS_ERR_OK;
}

/* Entered. What went missing comes before what is left. NULL: no memory for the report. */
static struct item *take_next(void)
{
    if (lost == 0)
        return take_first();
    struct item *report = zt_alloc(sizeof *report);
    if (report != NULL) {
        report->event = (zts_event_msg_t){ .event_code = ZTS_EVENT_LOST, .len = (int)lost };
        lost = 0;
    }
    return report;
}

/* Entered. True: there is an answer. */
static bool wait_for_answer(int timeout_ms)
{
    int64_t deadline_ms = zt_host_mono_ms() + timeout_ms;

    while (!has_answer()) {
        int64_t left_ms = timeout_ms < 0 ? -1 : deadline_ms - zt_host_mono_ms();
        if (timeout_ms >= 0 && left_ms <= 0)
            return false;
        (void)zt_monitor_wait(monitor, left_ms);
    }
    return true;
}

int zts_event_wait(zts_event_msg_t **event, int timeout_ms)
{
    int result = ZTS_ERR_SERVICE;

    if (event == NULL || timeout_ms < -1)
        return ZTS_ERR_ARG;
    enter();
    if (!wait_for_answer(timeout_ms))
        result = ZTS_ERR_NO_RESULT;
    else if (first != NULL) {
        struct item *item = take_next();
        result = item == NULL ? ZTS_ERR_GENERAL : ZTS_ERR_OK;
        if (item != NULL)
            *event = &item->event;
    }
    leave();
    return result;
}

void zts_event_free(zts_event_msg_t *event)
{
    if (event != NULL)
        zt_free((char *)event - offsetof(struct item, event));
}

int zts_event_get_os_fd(void)
{
    enter();
    if (!has_mirror)
        has_mirror = zt_mirror_open(&mirror);
    int result = has_mirror ? mirror.shown : ZTS_ERR_GENERAL;
    leave();
    return result;
}
