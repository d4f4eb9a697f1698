/* SPDX-License-Identifier: Apache-2.0 */
/* The event queue: order, copies, and who gives way at the bound. */
#include "bench.h"

#include "os/host.h"
#include "service/events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

/* Counts what comes, after being let go. */
struct listener {
    struct zt_monitor *monitor; /* guards what follows */
    bool is_held, is_holding;
    size_t count, of_peers, of_networks;
    bool in_order;
    uint64_t last_address;
    enum zt_notice_kind last_online;
    char text[16];
    uint8_t bytes[4];
};

static void listen(void *context, const struct zt_notice *notice)
{
    struct listener *listener = context;

    zt_monitor_enter(listener->monitor);
    listener->is_holding = true;
    zt_monitor_wake_all(listener->monitor);
    while (listener->is_held)
        (void)zt_monitor_wait(listener->monitor, -1);
    listener->count++;
    if (notice->kind == ZT_NOTICE_PEER_DIRECT) {
        listener->of_peers++;
        listener->in_order = listener->in_order && notice->address > listener->last_address;
        listener->last_address = notice->address;
    }
    if (notice->kind == ZT_NOTICE_NETWORK)
        listener->of_networks++;
    if (notice->kind == ZT_NOTICE_ONLINE || notice->kind == ZT_NOTICE_OFFLINE)
        listener->last_online = notice->kind;
    if (notice->text)
        strncpy(listener->text, notice->text, sizeof listener->text - 1);
    if (notice->length == sizeof listener->bytes)
        memcpy(listener->bytes, notice->bytes, notice->length);
    zt_monitor_leave(listener->monitor);
}

static struct zt_events *open_events(struct listener *listener, bool held)
{
    *listener = (struct listener){ .monitor = zt_monitor_new(), .is_held = held, .in_order = true };
    struct zt_events *events = zt_events_new(listen, listener);

    assert_non_null(events);
    return events;
}

static void push(struct zt_events *events, enum zt_notice_kind kind, uint64_t id)
{
    const struct zt_notice notice = { .kind = kind, .address = id, .nwid = id };

    zt_events_push(events, &notice);
}

/* Delivers all; afterwards the listener can be looked at. */
static void release(struct zt_events *events, struct listener *listener)
{
    zt_monitor_enter(listener->monitor);
    listener->is_held = false;
    zt_monitor_wake_all(listener->monitor);
    zt_monitor_leave(listener->monitor);
    zt_events_free(events);
    zt_monitor_free(listener->monitor);
}

/* The first notice is with the listener, who does not let go: the queue is empty. */
static void hold_first(struct zt_events *events, struct listener *listener)
{
    push(events, ZT_NOTICE_UP, 0);
    zt_monitor_enter(listener->monitor);
    while (!listener->is_holding)
        assert_true(zt_monitor_wait(listener->monitor, 5000));
    zt_monitor_leave(listener->monitor);
}

static void notices_are_delivered_in_order(void **unused)
{
    struct listener listener;
    struct zt_events *events = open_events(&listener, false);

    (void)unused;
    for (uint64_t i = 1; i <= 5000; i++)
        push(events, ZT_NOTICE_PEER_DIRECT, i);
    release(events, &listener);
    assert_int_equal(listener.of_peers, 5000);
    assert_true(listener.in_order);
}

static void text_and_bytes_are_copied(void **unused)
{
    struct listener listener;
    struct zt_events *events = open_events(&listener, true);
    char text[] = "why";
    uint8_t bytes[4] = { 1, 2, 3, 4 };
    struct zt_notice notice = {
        .kind = ZT_NOTICE_FATAL, .text = text, .bytes = bytes, .length = sizeof bytes
    };

    (void)unused;
    zt_events_push(events, &notice);
    memset(text, 'x', 3);
    memset(bytes, 0, sizeof bytes);
    release(events, &listener);
    assert_string_equal(listener.text, "why");
    assert_memory_equal(listener.bytes, ((uint8_t[]){ 1, 2, 3, 4 }), 4);
}

static void at_the_bound_news_about_peers_give_way(void **unused)
{
    struct listener listener;
    struct zt_events *events = open_events(&listener, true);

    (void)unused;
    hold_first(events, &listener);
    for (uint64_t i = 1; i <= ZT_MAX_NOTICES; i++)
        push(events, ZT_NOTICE_PEER_DIRECT, i);
    for (uint64_t i = 1; i <= 100; i++)
        push(events, ZT_NOTICE_NETWORK, i);
    release(events, &listener);
    assert_int_equal(listener.of_networks, 100);
    assert_int_equal(listener.of_peers, ZT_MAX_NOTICES - 100);
    assert_int_equal(listener.last_address, ZT_MAX_NOTICES);
    assert_true(listener.in_order);
}

static void at_the_bound_the_last_word_on_a_subject_stays(void **unused)
{
    struct listener listener;
    struct zt_events *events = open_events(&listener, true);

    (void)unused;
    hold_first(events, &listener);
    push(events, ZT_NOTICE_ONLINE, 0);
    for (uint64_t i = 1; i < ZT_MAX_NOTICES; i++)
        push(events, ZT_NOTICE_NETWORK, i);
    push(events, ZT_NOTICE_OFFLINE, 0);
    push(events, ZT_NOTICE_NETWORK, 5);
    release(events, &listener);
    assert_int_equal(listener.count, ZT_MAX_NOTICES + 1);
    assert_int_equal(listener.of_networks, ZT_MAX_NOTICES - 1);
    assert_int_equal(listener.last_online, ZT_NOTICE_OFFLINE);
}

static void without_a_listener_nothing_happens(void **unused)
{
    (void)unused;
    push(NULL, ZT_NOTICE_UP, 0);
    zt_events_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notices_are_delivered_in_order),
        cmocka_unit_test(text_and_bytes_are_copied),
        cmocka_unit_test(at_the_bound_news_about_peers_give_way),
        cmocka_unit_test(at_the_bound_the_last_word_on_a_subject_stays),
        cmocka_unit_test(without_a_listener_nothing_happens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
