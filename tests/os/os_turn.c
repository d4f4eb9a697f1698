/* SPDX-License-Identifier: Apache-2.0 */
/* Who serves: the wire thread, or a thread that would sleep. Arrivals are counted, not sent. */
#include "os/turn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <cmocka.h>

enum { MOST_TRIES = 20000 };

/* What a mailbox would be. */
struct reader {
    struct zt_monitor *monitor;
    unsigned ready;
};

/* What a socket would be: datagrams that came, and whether a wait for them is to end. */
static struct {
    struct zt_monitor *monitor;
    unsigned arrived;
    bool is_woken;
    struct reader *receiver; /* whose the arrivals are */
} source;

static struct reader reader, other;
static struct zt_thread *wire_thread;
static atomic_bool stops;
static atomic_uint rounds_of_wire, rounds_of_guests, near_rounds;
static _Thread_local bool is_wire;

static void arrive(unsigned count)
{
    zt_monitor_enter(source.monitor);
    source.arrived += count;
    zt_monitor_wake_all(source.monitor);
    zt_monitor_leave(source.monitor);
}

static void hand_over(struct reader *to, unsigned count)
{
    zt_monitor_enter(to->monitor);
    to->ready += count;
    zt_turn_wake_all(to->monitor);
    zt_monitor_leave(to->monitor);
}

static size_t serve(void *context, int64_t timeout_ms, bool is_near)
{
    assert_ptr_equal(context, &source);
    zt_monitor_enter(source.monitor);
    while (source.arrived == 0 && !source.is_woken && zt_monitor_wait(source.monitor, timeout_ms))
        continue;
    unsigned came = source.arrived;
    source.arrived = 0;
    source.is_woken = false;
    struct reader *to = source.receiver;
    zt_monitor_leave(source.monitor);

    atomic_fetch_add(is_wire ? &rounds_of_wire : &rounds_of_guests, 1);
    if (is_near)
        atomic_fetch_add(&near_rounds, 1);
    if (came > 0)
        hand_over(to, came);
    return came;
}

static void wake(void *context)
{
    assert_ptr_equal(context, &source);
    zt_monitor_enter(source.monitor);
    source.is_woken = true;
    zt_monitor_wake_all(source.monitor);
    zt_monitor_leave(source.monitor);
}

static void run_wire(void *unused)
{
    const struct zt_turn_work work = { .context = &source, .serve = serve, .wake = wake };

    (void)unused;
    is_wire = true;
    zt_turn_open(&work);
    while (!atomic_load(&stops)) {
        size_t came = serve(&source, -1, false);
        zt_turn_yield(&source, came);
    }
}

static int begin(void **unused)
{
    (void)unused;
    source.monitor = zt_monitor_new();
    source.arrived = 0;
    reader = (struct reader){ .monitor = zt_monitor_new() };
    other = (struct reader){ .monitor = zt_monitor_new() };
    source.receiver = &reader;
    atomic_store(&stops, false);
    atomic_store(&rounds_of_wire, 0);
    atomic_store(&rounds_of_guests, 0);
    atomic_store(&near_rounds, 0);
    wire_thread = zt_thread_start("wire", run_wire, NULL);
    return wire_thread ? 0 : -1;
}

static int end(void **unused)
{
    (void)unused;
    atomic_store(&stops, true);
    zt_turn_close(&source);
    wake(&source);
    zt_thread_join(wire_thread);
    zt_monitor_free(source.monitor);
    zt_monitor_free(reader.monitor);
    zt_monitor_free(other.monitor);
    return 0;
}

static bool has_some(const void *object)
{
    return ((const struct reader *)object)->ready > 0;
}

/* Takes one. */
static bool receive(struct reader *from, int64_t timeout_ms)
{
    zt_monitor_enter(from->monitor);
    bool got = zt_turn_wait(from->monitor, has_some, from, timeout_ms);
    if (got)
        from->ready--;
    zt_monitor_leave(from->monitor);
    return got;
}

/* Lets one datagram come after a moment, so that its receiver waits by then. */
static void arrive_later(void *count)
{
    zt_host_sleep_ms(1);
    arrive(*(unsigned *)count);
}

static void exchange(unsigned count)
{
    struct zt_thread *peer = zt_thread_start("peer", arrive_later, &count);

    for (unsigned i = 0; i < count; i++)
        assert_true(receive(&reader, -1));
    zt_thread_join(peer);
}

static void become_guest(void)
{
    unsigned tries = 0;

    while (atomic_load(&rounds_of_guests) == 0 && tries++ < MOST_TRIES)
        exchange(1);
    assert_true(atomic_load(&rounds_of_guests) > 0);
}

static void who_waits_once_is_woken_by_the_wire_thread(void **unused)
{
    (void)unused;
    exchange(1);
    assert_int_equal(atomic_load(&rounds_of_guests), 0);
}

static void who_keeps_waiting_serves_itself(void **unused)
{
    (void)unused;
    become_guest();
    for (unsigned i = 0; i < 100; i++)
        exchange(1);
}

static void who_expects_an_answer_looks_once(void **unused)
{
    (void)unused;
    become_guest();
    assert_int_equal(atomic_load(&near_rounds), 0);
    while (atomic_load(&near_rounds) == 0) {
        zt_turn_expect();
        exchange(1);
    }
    atomic_store(&near_rounds, 0);
    exchange(1); /* nothing was asked since */
    assert_int_equal(atomic_load(&near_rounds), 0);
}

static void who_abstains_never_serves(void *unused)
{
    (void)unused;
    zt_turn_abstain();
    for (unsigned i = 0; i < 50; i++)
        exchange(1);
}

static void abstaining_leaves_it_to_the_wire_thread(void **unused)
{
    (void)unused;
    zt_thread_join(zt_thread_start("abstaining", who_abstains_never_serves, NULL));
    assert_int_equal(atomic_load(&rounds_of_guests), 0);
}

static void a_vacant_turn_goes_back_to_the_wire_thread(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < 20; i++) {
        become_guest();
        unsigned before = atomic_load(&rounds_of_wire);
        arrive(1);
        while (atomic_load(&rounds_of_wire) == before)
            zt_host_sleep_ms(1);
        assert_true(receive(&reader, -1));
        atomic_store(&rounds_of_guests, 0);
    }
}

static void after_many_datagrams_at_once_the_wire_thread_serves(void **unused)
{
    (void)unused;
    become_guest();
    atomic_store(&rounds_of_guests, 0);
    for (unsigned i = 0; i < 64; i++)
        exchange(100);
    /* Each time the thread had to earn the turn again. */
    assert_true(atomic_load(&rounds_of_guests) <= 8);
}

static void wake_reader(void *unused)
{
    (void)unused;
    zt_host_sleep_ms(2);
    hand_over(&reader, 1);
}

static void news_from_another_thread_end_a_guests_wait(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < 20; i++) {
        become_guest();
        struct zt_thread *thread = zt_thread_start("news", wake_reader, NULL);
        assert_true(receive(&reader, -1));
        zt_thread_join(thread);
        atomic_store(&rounds_of_guests, 0);
    }
}

static void a_guests_wait_ends_after_its_time(void **unused)
{
    static const int64_t cases_ms[] = { 1, 5, 30 };

    (void)unused;
    for (size_t i = 0; i < sizeof cases_ms / sizeof cases_ms[0]; i++) {
        become_guest();
        int64_t before_ms = zt_host_mono_ms();
        assert_false(receive(&reader, cases_ms[i]));
        assert_true(zt_host_mono_ms() - before_ms >= cases_ms[i]);
        atomic_store(&rounds_of_guests, 0);
    }
    exchange(1);
}

static void set_receiver(struct reader *to)
{
    zt_monitor_enter(source.monitor);
    source.receiver = to;
    zt_monitor_leave(source.monitor);
}

static void receive_for_other(void *unused)
{
    (void)unused;
    assert_true(receive(&other, -1));
}

static void others_that_wait_are_served(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < 20; i++) {
        become_guest();
        struct zt_thread *thread = zt_thread_start("other", receive_for_other, NULL);
        exchange(1);
        set_receiver(&other);
        arrive(1);
        assert_false(receive(&reader, 20)); /* whether it serves meanwhile or not */
        zt_thread_join(thread);
        set_receiver(&reader);
        atomic_store(&rounds_of_guests, 0);
    }
}

static void wait_in_vain(void *got)
{
    for (unsigned i = 0; i < 20; i++)
        exchange(1);
    *(bool *)got = receive(&reader, -1);
}

static void closing_ends_a_guests_serving_and_its_wait_goes_on(void **unused)
{
    bool got = false;

    (void)unused;
    struct zt_thread *thread = zt_thread_start("guest", wait_in_vain, &got);
    zt_host_sleep_ms(40);
    zt_turn_close(&source);
    unsigned guests = atomic_load(&rounds_of_guests);
    for (unsigned i = 0; i < 21; i++) {
        zt_host_sleep_ms(1);
        hand_over(&reader, 1);
    }
    zt_thread_join(thread);
    assert_true(got);
    assert_int_equal(atomic_load(&rounds_of_guests), guests);
}

static void a_second_work_is_not_let_in(void **unused)
{
    const struct zt_turn_work second = { .context = &reader, .serve = serve, .wake = wake };

    (void)unused;
    exchange(1); /* the first is open by now */
    zt_turn_open(&second);
    zt_turn_yield(&reader, 1);
    zt_turn_close(&reader);
    become_guest();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_waits_once_is_woken_by_the_wire_thread, begin, end),
        cmocka_unit_test_setup_teardown(who_keeps_waiting_serves_itself, begin, end),
        cmocka_unit_test_setup_teardown(who_expects_an_answer_looks_once, begin, end),
        cmocka_unit_test_setup_teardown(abstaining_leaves_it_to_the_wire_thread, begin, end),
        cmocka_unit_test_setup_teardown(a_vacant_turn_goes_back_to_the_wire_thread, begin, end),
        cmocka_unit_test_setup_teardown(after_many_datagrams_at_once_the_wire_thread_serves, begin,
                                        end),
        cmocka_unit_test_setup_teardown(news_from_another_thread_end_a_guests_wait, begin, end),
        cmocka_unit_test_setup_teardown(a_guests_wait_ends_after_its_time, begin, end),
        cmocka_unit_test_setup_teardown(others_that_wait_are_served, begin, end),
        cmocka_unit_test_setup_teardown(closing_ends_a_guests_serving_and_its_wait_goes_on, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_second_work_is_not_let_in, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
