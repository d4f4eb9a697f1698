/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of notices and the thread that delivers them. */
#include "service/events.h"

#include "base/mem.h"
#include "os/host.h"
#include "service/onlook.h"

#include <assert.h>
#include <string.h>
#include <utlist.h>

struct item {
    struct item *prev, *next;
    struct zt_notice notice;
    uint8_t bytes[]; /* text with its 0, then the notice's bytes */
};

struct zt_events {
    void (*notice)(void *context, const struct zt_notice *notice);
    void *context;
    struct zt_thread *thread;
    struct zt_monitor *monitor; /* guards what follows */
    struct item *queue;
    size_t count;
    bool is_ending;
};

static struct item *copy_notice(const struct zt_notice *notice)
{
    size_t text_length = notice->text ? strlen(notice->text) + 1 : 0;
    struct item *item = zt_alloc(sizeof *item + text_length + notice->length);

    if (!item)
        return NULL;
    item->notice = *notice;
    if (text_length) {
        memcpy(item->bytes, notice->text, text_length);
        item->notice.text = (const char *)item->bytes;
    }
    if (notice->length)
        memcpy(item->bytes + text_length, notice->bytes, notice->length);
    item->notice.bytes = notice->length ? item->bytes + text_length : NULL;
    return item;
}

/* Wiping on free also covers the secret of an IDENTITY notice. */
static void deliver(struct zt_events *events, struct item *item)
{
    events->notice(events->context, &item->notice);
    zt_free(item);
}

static void run(void *context)
{
    struct zt_events *events = context;

    zt_monitor_enter(events->monitor);
    while (events->queue || !events->is_ending) {
        struct item *item = events->queue;
        if (!item) {
            (void)zt_monitor_wait(events->monitor, -1);
            continue;
        }
        DL_DELETE(events->queue, item);
        events->count--;
        zt_monitor_leave(events->monitor);
        deliver(events, item);
        zt_monitor_enter(events->monitor);
    }
    zt_monitor_leave(events->monitor);
}

/* ONLINE and OFFLINE are two words about one thing, and so on: only the last one matters. */
static int subject_of(enum zt_notice_kind kind)
{
    switch (kind) {
    case ZT_NOTICE_OFFLINE:
        return ZT_NOTICE_ONLINE;
    case ZT_NOTICE_ADDRESS_REMOVED:
        return ZT_NOTICE_ADDRESS_ADDED;
    case ZT_NOTICE_ROUTE_REMOVED:
        return ZT_NOTICE_ROUTE_ADDED;
    case ZT_NOTICE_NETWORK_GONE:
        return ZT_NOTICE_NETWORK;
    case ZT_NOTICE_PEER_RELAY:
        return ZT_NOTICE_PEER_DIRECT;
    case ZT_NOTICE_PATH_DEAD:
        return ZT_NOTICE_PATH_NEW;
    case ZT_NOTICE_LINK_DOWN:
        return ZT_NOTICE_LINK_UP;
    default:
        return (int)kind;
    }
}

static bool is_same_subject(const struct zt_notice *a, const struct zt_notice *b)
{
    return subject_of(a->kind) == subject_of(b->kind) && a->nwid == b->nwid &&
           a->address == b->address && zt_endpoint_equal(&a->endpoint, &b->endpoint);
}

static bool is_about_peers(const struct zt_notice *notice)
{
    return (notice->kind >= ZT_NOTICE_PEER_DIRECT && notice->kind <= ZT_NOTICE_PATH_DEAD) ||
           notice->kind == ZT_NOTICE_SAVED_PEER;
}

/* The queue is full: who gives way to the newcomer? */
static struct item *choose_victim(struct zt_events *events, const struct zt_notice *newcomer)
{
    struct item *item, *about_peers = NULL;

    DL_FOREACH(events->queue, item)
    {
        if (is_same_subject(&item->notice, newcomer))
            return item;
        if (!about_peers && is_about_peers(&item->notice))
            about_peers = item;
    }
    return about_peers ? about_peers : events->queue;
}

void zt_events_push(struct zt_events *events, const struct zt_notice *notice)
{
    struct item *item, *victim = NULL;

    zt_onlook_notice(notice);
    if (!events)
        return;
    item = copy_notice(notice);
    if (!item)
        return;
    zt_monitor_enter(events->monitor);
    if (events->count == ZT_MAX_NOTICES) {
        victim = choose_victim(events, notice);
        DL_DELETE(events->queue, victim);
        events->count--;
    }
    DL_APPEND(events->queue, item);
    events->count++;
    zt_monitor_wake(events->monitor);
    zt_monitor_leave(events->monitor);
    zt_free(victim);
}

struct zt_events *zt_events_new(void (*notice)(void *context, const struct zt_notice *notice),
                                void *context)
{
    struct zt_events *events = zt_alloc(sizeof *events);

    if (!events)
        return NULL;
    events->notice = notice;
    events->context = context;
    events->monitor = zt_monitor_new();
    if (events->monitor)
        events->thread = zt_thread_start("zt-events", run, events);
    if (events->thread)
        return events;
    zt_monitor_free(events->monitor);
    zt_free(events);
    return NULL;
}

void zt_events_free(struct zt_events *events)
{
    if (!events)
        return;
    zt_monitor_enter(events->monitor);
    events->is_ending = true;
    zt_monitor_wake(events->monitor);
    zt_monitor_leave(events->monitor);
    zt_thread_join(events->thread);
    assert(!events->queue);
    zt_monitor_free(events->monitor);
    zt_free(events);
}
