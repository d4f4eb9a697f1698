/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and stopping without end leaks nothing. cycles [COUNT]: more than the 300 that are enough for a
   test; it prints what the process holds after 100, 1,000 and 10,000. */
#include "ZeroTierSockets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    WARM_UP = 100, /* in these the allocator and the kernel reach their level */
    USUAL_COUNT = 300,
    SANITIZED_COUNT = 1000,
    ROOM_KIB = 1024,            /* for the whole rest, however many cycles it has */
    ROOM_KIB_SANITIZED = 32768, /* it keeps some freed memory; it finds leaks itself */
    SETTINGS = 4
};

static const uint64_t adhoc_network = UINT64_C(0xff00010fff000000);
static int cycle_count;
static char identity[ZTS_ID_STR_BUF_LEN];
static unsigned event_count;

struct holdings {
    int descriptors, threads;
    long resident_kib;
};

static int count_entries(const char *directory)
{
    DIR *dir = opendir(directory);
    int count = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL)
        count++;
    (void)closedir(dir);
    return count;
}

static struct holdings look(void)
{
    struct holdings now;
    long pages, resident;
    FILE *file = fopen("/proc/self/statm", "r");

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &pages, &resident), 2);
    (void)fclose(file);
    now.resident_kib = resident * (sysconf(_SC_PAGESIZE) / 1024);
    now.descriptors = count_entries("/proc/self/fd");
    now.threads = count_entries("/proc/self/task");
    return now;
}

static void take_event(void *message)
{
    (void)message;
    event_count++;
}

static void configure(int number)
{
    assert_int_equal(zts_init_from_memory(identity, sizeof identity), 0);
    if (number % 2 != 0)
        assert_int_equal(zts_init_set_event_handler(take_event), 0);
}

/* Every other node gets as far as an interface with addresses and a socket that it leaves open. */
static void use(int number)
{
    if (number % SETTINGS < 2)
        return;
    assert_int_equal(zts_net_join(adhoc_network), 0);
    if (number % SETTINGS == 3)
        while (zts_addr_is_assigned(adhoc_network, ZTS_AF_INET6) != 1)
            zts_util_delay(1);
    assert_true(zts_socket(ZTS_AF_INET6, ZTS_SOCK_STREAM, 0) >= 0);
}

/* Settings are refused until the stop is complete. */
static void stop(void)
{
    assert_int_equal(zts_node_stop(), 0);
    while (zts_init_set_port(0) != 0)
        zts_util_delay(1);
}

static void run_cycles(int from, int to)
{
    for (int i = from; i < to; i++) {
        configure(i);
        assert_int_equal(zts_node_start(), 0);
        use(i);
        stop();
    }
}

static bool is_sanitized(void)
{
    return getenv("ZT_TEST_SANITIZED") != NULL;
}

static double seconds(void)
{
    struct timespec now;

    (void)timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct holdings report(int count, double began)
{
    struct holdings now = look();

    print_message(
        "%d starts and stops: %d descriptors, %d threads, %ld KiB resident, %.1f ms each\n", count,
        now.descriptors, now.threads, now.resident_kib, (seconds() - began) * 1000 / count);
    return now;
}

/* The thread that ended the last node may need a moment to be gone itself. */
static struct holdings settle(const struct holdings *wanted)
{
    struct holdings now = look();

    for (int i = 0; i < 1000 && now.threads > wanted->threads; i++) {
        zts_util_delay(1);
        now = look();
    }
    return now;
}

static void many_starts_and_stops_leave_nothing_behind(void **unused)
{
    double began = seconds();
    long room = is_sanitized() ? ROOM_KIB_SANITIZED : ROOM_KIB;
    struct holdings first, last;

    (void)unused;
    run_cycles(0, WARM_UP);
    zts_util_delay(20);
    first = report(WARM_UP, began);
    for (int done = WARM_UP, next = 0; done < cycle_count; done = next) {
        next = done < 1000 && cycle_count > 1000 ? 1000 : cycle_count;
        run_cycles(done, next);
        (void)report(next, began);
    }
    last = settle(&first);
    assert_true(event_count > 0);
    assert_int_equal(last.descriptors, first.descriptors);
    assert_in_range(last.threads, 1, first.threads);
    assert_true(last.resident_kib <= first.resident_kib + room);
}

int main(int argc, char **argv)
{
    unsigned length = sizeof identity;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_starts_and_stops_leave_nothing_behind),
    };

    cycle_count = is_sanitized() ? SANITIZED_COUNT : USUAL_COUNT;
    if (argc > 1)
        cycle_count = atoi(argv[1]);
    if (cycle_count <= WARM_UP || zts_id_new(identity, &length) != 0) {
        (void)fprintf(stderr, "usage: cycles [COUNT]  (more than %d)\n", WARM_UP);
        return 2;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
