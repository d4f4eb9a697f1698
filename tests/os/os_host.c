/* SPDX-License-Identifier: Apache-2.0 */
/* Threads, monitors, the core lock and the list of local addresses. */
#include "os/corelock.h"
#include "os/host.h"
#include "os/ifaddrs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void the_mono_clock_does_not_run_backwards(void **unused)
{
    int64_t before_ms = zt_host_mono_ms();

    (void)unused;
    zt_host_sleep_ms(5);
    assert_true(zt_host_mono_ms() >= before_ms + 5);
    assert_true(zt_host_now().wall_ms > INT64_C(1600000000000));
}

static void random_bytes_fill_all_and_differ(void **unused)
{
    uint8_t a[1000], b[1000], zero[1000] = { 0 };

    (void)unused;
    zt_host_random(a, sizeof a);
    zt_host_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a + sizeof a - 16, zero, 16);
}

struct counter {
    struct zt_monitor *monitor;
    int value;
};

static void count_up(void *context)
{
    struct counter *counter = context;

    for (int i = 0; i < 1000; i++) {
        zt_monitor_enter(counter->monitor);
        counter->value++;
        zt_monitor_wake(counter->monitor);
        zt_monitor_leave(counter->monitor);
    }
}

static void a_monitor_excludes_and_wakes(void **unused)
{
    struct counter counter = { .monitor = zt_monitor_new() };
    struct zt_thread *threads[4];

    (void)unused;
    for (int i = 0; i < 4; i++)
        threads[i] = zt_thread_start("counting", count_up, &counter);
    assert_false(zt_thread_is_self(threads[0]));
    zt_monitor_enter(counter.monitor);
    while (counter.value < 4000)
        assert_true(zt_monitor_wait(counter.monitor, 5000));
    zt_monitor_leave(counter.monitor);
    for (int i = 0; i < 4; i++)
        zt_thread_join(threads[i]);
    zt_monitor_free(counter.monitor);
}

static void a_wait_ends_after_its_time(void **unused)
{
    struct zt_monitor *monitor = zt_monitor_new();
    int64_t before_ms = zt_host_mono_ms();

    (void)unused;
    zt_monitor_enter(monitor);
    assert_false(zt_monitor_wait(monitor, 20));
    zt_monitor_leave(monitor);
    assert_true(zt_host_mono_ms() - before_ms >= 19);
    zt_monitor_free(monitor);
}

static int flushes; /* guarded by the core lock */

static void flush(void *context)
{
    assert_ptr_equal(context, &flushes);
    assert_true(zt_core_lock_is_mine());
    flushes++;
    /* Locking again inside is no further outermost release. */
    zt_core_lock();
    zt_core_unlock();
}

static void only_the_outermost_release_flushes(void **unused)
{
    (void)unused;
    flushes = 0;
    zt_core_lock();
    zt_core_lock_on_release(flush, &flushes);
    zt_core_lock();
    zt_core_unlock();
    assert_int_equal(flushes, 0);
    assert_true(zt_core_lock_is_mine());
    zt_core_unlock();
    assert_false(zt_core_lock_is_mine());
    assert_int_equal(flushes, 1);

    zt_core_lock();
    zt_core_lock_on_release(NULL, NULL);
    zt_core_unlock();
    assert_int_equal(flushes, 1);
}

static int shared; /* guarded by the core lock */

static void count_locked(void *unused)
{
    (void)unused;
    for (int i = 0; i < 1000; i++) {
        zt_core_lock();
        zt_core_lock();
        shared++;
        zt_core_unlock();
        zt_core_unlock();
    }
}

static void the_core_lock_excludes_other_threads(void **unused)
{
    struct zt_thread *threads[4];

    (void)unused;
    for (int i = 0; i < 4; i++)
        threads[i] = zt_thread_start("locking", count_locked, NULL);
    for (int i = 0; i < 4; i++)
        zt_thread_join(threads[i]);
    assert_int_equal(shared, 4000);
}

static void interfaces_that_lead_nowhere_are_not_admitted(void **unused)
{
    static const char *const blacklist[] = { "docker", "", "veth" };
    const struct zt_ifaddrs_filter filter = { .blacklist = blacklist, .blacklist_count = 3 };
    static const struct {
        const char *name;
        bool admitted;
    } cases[] = {
        { "lo", false },   { "lo0", false },     { "zt7nnig26", false }, { "tun0", false },
        { "tap1", false }, { "docker0", false }, { "veth12", false },    { "eth0", true },
        { "wlan0", true }, { "enp3s0", true },   { "vet", true },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(zt_ifaddrs_admits(&filter, cases[i].name), cases[i].admitted);
}

static void loopback_is_listed_on_demand_alone(void **unused)
{
    struct zt_ifaddrs_filter filter = { .loopback = false };
    struct zt_endpoint list[64];

    (void)unused;
    int count = zt_ifaddrs_list(&filter, list, 64);
    assert_true(count >= 0);
    for (int i = 0; i < count; i++) {
        enum zt_scope scope = zt_endpoint_scope(&list[i]);
        assert_true(scope != ZT_SCOPE_LOOPBACK && scope != ZT_SCOPE_LINK_LOCAL);
        assert_int_equal(list[i].port, 0);
    }
    filter.loopback = true;
    int with_loopback = zt_ifaddrs_list(&filter, list, 64);
    assert_true(with_loopback > count);
    assert_int_equal(zt_ifaddrs_list(&filter, list, 1), 1);
    assert_int_equal(zt_ifaddrs_list(&filter, list, 0), 0);
}

static void the_platform_has_two_parts(void **unused)
{
    (void)unused;
    assert_non_null(strchr(zt_host_platform(), '/'));
}

struct waiter {
    struct zt_monitor *monitor;
    bool is_waiting, has_news, was_woken;
};

static void wait_for_news(void *context)
{
    struct waiter *waiter = context;

    zt_monitor_enter(waiter->monitor);
    waiter->is_waiting = true;
    while (!waiter->has_news)
        zt_monitor_wait(waiter->monitor, -1);
    waiter->was_woken = true;
    zt_monitor_leave(waiter->monitor);
}

static bool read_flag(struct waiter *waiter, const bool *flag)
{
    zt_monitor_enter(waiter->monitor);
    bool value = *flag;
    zt_monitor_leave(waiter->monitor);
    return value;
}

static void tell_news(struct waiter *waiter)
{
    zt_monitor_enter(waiter->monitor);
    waiter->has_news = true;
    zt_core_lock_wake(waiter->monitor);
    zt_monitor_leave(waiter->monitor);
}

static struct zt_thread *start_waiter(struct waiter *waiter)
{
    *waiter = (struct waiter){ .monitor = zt_monitor_new() };
    struct zt_thread *thread = zt_thread_start("waiter", wait_for_news, waiter);
    while (!read_flag(waiter, &waiter->is_waiting))
        zt_host_sleep_ms(1);
    return thread;
}

static void end_waiter(struct waiter *waiter, struct zt_thread *thread)
{
    zt_thread_join(thread);
    assert_true(waiter->was_woken);
    zt_core_lock_forget(waiter->monitor);
    zt_monitor_free(waiter->monitor);
}

static void news_told_without_the_lock_wake_at_once(void **unused)
{
    struct waiter waiter;
    struct zt_thread *thread = start_waiter(&waiter);

    (void)unused;
    tell_news(&waiter);
    end_waiter(&waiter, thread);
}

static void news_told_under_the_lock_wake_when_it_is_released(void **unused)
{
    struct waiter waiter;
    struct zt_thread *thread = start_waiter(&waiter);

    (void)unused;
    zt_core_lock();
    zt_core_lock();
    tell_news(&waiter);
    tell_news(&waiter);
    zt_core_unlock();
    zt_host_sleep_ms(20);
    assert_false(read_flag(&waiter, &waiter.was_woken));
    zt_core_unlock();
    end_waiter(&waiter, thread);
}

static void more_news_than_the_lock_can_remember_wake_at_once(void **unused)
{
    static struct waiter waiters[100];
    struct zt_thread *threads[100];

    (void)unused;
    for (size_t i = 0; i < 100; i++)
        threads[i] = start_waiter(&waiters[i]);
    zt_core_lock();
    for (size_t i = 0; i < 100; i++)
        tell_news(&waiters[i]);
    zt_core_unlock();
    for (size_t i = 0; i < 100; i++)
        end_waiter(&waiters[i], threads[i]);
}

static void a_forgotten_monitor_may_be_freed_under_the_lock(void **unused)
{
    struct zt_monitor *monitor = zt_monitor_new();

    (void)unused;
    zt_core_lock();
    zt_core_lock_wake(monitor);
    zt_core_lock_forget(monitor);
    zt_monitor_free(monitor);
    zt_core_unlock();
}

/* One thread tells under the lock, the other frees what it was told about: address sanitizer's case. */
static void tell_and_drop(void *context)
{
    (void)context;
    for (int i = 0; i < 500; i++) {
        struct waiter waiter = { .monitor = zt_monitor_new() };
        struct zt_thread *thread = zt_thread_start("waiter", wait_for_news, &waiter);
        zt_core_lock();
        tell_news(&waiter);
        zt_core_unlock();
        end_waiter(&waiter, thread);
    }
}

static void telling_and_freeing_from_several_threads_is_safe(void **unused)
{
    struct zt_thread *threads[3];

    (void)unused;
    for (size_t i = 0; i < 3; i++)
        threads[i] = zt_thread_start("teller", tell_and_drop, NULL);
    for (size_t i = 0; i < 3; i++)
        zt_thread_join(threads[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mono_clock_does_not_run_backwards),
        cmocka_unit_test(random_bytes_fill_all_and_differ),
        cmocka_unit_test(a_monitor_excludes_and_wakes),
        cmocka_unit_test(a_wait_ends_after_its_time),
        cmocka_unit_test(only_the_outermost_release_flushes),
        cmocka_unit_test(the_core_lock_excludes_other_threads),
        cmocka_unit_test(interfaces_that_lead_nowhere_are_not_admitted),
        cmocka_unit_test(loopback_is_listed_on_demand_alone),
        cmocka_unit_test(the_platform_has_two_parts),
        cmocka_unit_test(news_told_without_the_lock_wake_at_once),
        cmocka_unit_test(news_told_under_the_lock_wake_when_it_is_released),
        cmocka_unit_test(more_news_than_the_lock_can_remember_wake_at_once),
        cmocka_unit_test(a_forgotten_monitor_may_be_freed_under_the_lock),
        cmocka_unit_test(telling_and_freeing_from_several_threads_is_safe),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
