/* SPDX-License-Identifier: Apache-2.0 */
/* A service's life: online, notices in order, and its end at any moment without a trace. */
#define _GNU_SOURCE
#include "bench.h"
#include "fake_stack.h"
#include "os/host.h"
#include "os/udp.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

static size_t count_entries(const char *path)
{
    DIR *folder = opendir(path);
    size_t count = 0;

    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

struct duo {
    struct zt_identity root_identity, leaf_identity;
    uint8_t planet[ZT_MAX_WORLD];
    size_t planet_length;
    uint16_t port;
    struct record root_record, leaf_record;
    struct zt_service *root, *leaf;
};

static void prepare(struct duo *duo)
{
    duo->root_identity = bench_identity(0);
    duo->leaf_identity = bench_identity(1);
    duo->port = bench_free_port();
    duo->planet_length = bench_planet(&duo->root_identity, duo->port, duo->planet);
    bench_record_init(&duo->root_record);
    bench_record_init(&duo->leaf_record);
}

static struct zt_service *start(struct duo *duo, const struct zt_identity *identity,
                                struct record *record, uint16_t port)
{
    struct zt_service_options options = bench_options(identity, record);

    options.planet = duo->planet;
    options.planet_length = duo->planet_length;
    options.port = port;
    return zt_service_start(&options);
}

static void start_both(struct duo *duo)
{
    duo->root = start(duo, &duo->root_identity, &duo->root_record, duo->port);
    assert_non_null(duo->root);
    assert_true(bench_wait(&duo->root_record, ZT_NOTICE_UP, 2 * BENCH_SECOND_MS) >= 0);
    duo->leaf = start(duo, &duo->leaf_identity, &duo->leaf_record, 0);
    assert_non_null(duo->leaf);
}

static void stop_both(struct duo *duo)
{
    zt_service_stop(duo->leaf, 0);
    zt_service_stop(duo->root, 0);
    bench_record_clear(&duo->root_record);
    bench_record_clear(&duo->leaf_record);
}

static struct duo duo;

static void a_leaf_is_online_within_a_second(void **unused)
{
    (void)unused;
    prepare(&duo);
    start_both(&duo);
    assert_true(bench_wait(&duo.leaf_record, ZT_NOTICE_UP, 2 * BENCH_SECOND_MS) >= 0);
    int place = bench_wait(&duo.leaf_record, ZT_NOTICE_ONLINE, BENCH_SECOND_MS);
    assert_true(place > bench_wait(&duo.leaf_record, ZT_NOTICE_UP, 0));
    assert_true(zt_service_is_online(duo.leaf));
    assert_int_equal(zt_service_address(duo.leaf), duo.leaf_identity.address);
    assert_int_equal(zt_service_port(duo.root, 0), duo.port);
    assert_int_equal(zt_service_port(duo.root, 1), 0);
    assert_int_equal(zt_service_port(duo.root, 2), 0);
    stop_both(&duo);
}

static void notices_come_in_order_and_down_is_the_last(void **unused)
{
    (void)unused;
    prepare(&duo);
    start_both(&duo);
    assert_true(bench_wait(&duo.leaf_record, ZT_NOTICE_ONLINE, BENCH_SECOND_MS) >= 0);
    zt_service_stop(duo.leaf, 0);
    int planet = bench_wait(&duo.leaf_record, ZT_NOTICE_PLANET, 0);
    int up = bench_wait(&duo.leaf_record, ZT_NOTICE_UP, 0);
    assert_int_equal(planet, 0);
    assert_int_equal(up, 1);
    assert_int_equal(bench_count(&duo.leaf_record, ZT_NOTICE_IDENTITY), 0);
    assert_int_equal(bench_count(&duo.leaf_record, ZT_NOTICE_PLANET), 1);
    assert_int_equal(bench_wait(&duo.leaf_record, ZT_NOTICE_DOWN, 0), duo.leaf_record.count - 1);
    zt_service_stop(duo.root, 0);
    bench_record_clear(&duo.root_record);
    bench_record_clear(&duo.leaf_record);
}

static void an_idle_node_rarely_wakes(void **unused)
{
    struct timespec before, after;

    (void)unused;
    prepare(&duo);
    start_both(&duo);
    assert_true(bench_wait(&duo.leaf_record, ZT_NOTICE_ONLINE, BENCH_SECOND_MS) >= 0);
    zt_host_sleep_ms(200);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    zt_host_sleep_ms(1000);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    double used_ms = (double)(after.tv_sec - before.tv_sec) * 1e3 +
                     (double)(after.tv_nsec - before.tv_nsec) / 1e6;
    assert_true(used_ms < BENCH_SECOND_MS / 20);
    stop_both(&duo);
}

static void many_starts_and_stops_leave_nothing_open(void **unused)
{
    size_t descriptors = 0, threads = 0;

    (void)unused;
    prepare(&duo);
    for (int i = 0; i < BENCH_CYCLES; i++) {
        if (i == 3) {
            descriptors = count_entries("/proc/self/fd");
            threads = count_entries("/proc/self/task");
        }
        duo.leaf = start(&duo, &duo.leaf_identity, &duo.leaf_record, 0);
        assert_non_null(duo.leaf);
        if (i % 2)
            zt_host_sleep_ms(i % 13);
        assert_int_equal(zt_service_join(duo.leaf, 0x8056c2e21c000001 + (uint64_t)i), 0);
        int64_t before_ms = zt_host_mono_ms();
        zt_service_stop(duo.leaf, 0);
        assert_true(zt_host_mono_ms() - before_ms < BENCH_SECOND_MS);
    }
    assert_int_equal(count_entries("/proc/self/fd"), descriptors);
    assert_true(count_entries("/proc/self/task") <= threads);
    bench_record_clear(&duo.root_record);
    bench_record_clear(&duo.leaf_record);
}

static void an_occupied_port_is_fatal_and_named(void **unused)
{
    struct zt_endpoint local = { .family = ZT_FAMILY_IPV4, .ip = { 127, 0, 0, 1 } };
    struct zt_udp *occupier = zt_udp_new();
    char port[8];

    (void)unused;
    prepare(&duo);
    local.port = duo.port;
    assert_true(zt_udp_bind(occupier, &local) >= 0);
    duo.leaf = start(&duo, &duo.leaf_identity, &duo.leaf_record, duo.port);
    assert_true(bench_wait(&duo.leaf_record, ZT_NOTICE_FATAL, 5000) >= 0);
    snprintf(port, sizeof port, "%u", duo.port);
    assert_non_null(strstr(duo.leaf_record.text, port));
    assert_string_equal(zt_service_fatal_text(duo.leaf), duo.leaf_record.text);
    assert_null(zt_service_lock(duo.leaf));
    zt_service_unlock(duo.leaf);
    assert_int_equal(zt_service_join(duo.leaf, 1), -ESHUTDOWN);
    zt_service_stop(duo.leaf, 0);
    assert_int_equal(bench_count(&duo.leaf_record, ZT_NOTICE_UP), 0);
    assert_int_equal(bench_count(&duo.leaf_record, ZT_NOTICE_DOWN), 1);
    zt_udp_free(occupier);
    bench_record_clear(&duo.root_record);
    bench_record_clear(&duo.leaf_record);
}

static void a_planet_that_is_none_is_fatal(void **unused)
{
    (void)unused;
    prepare(&duo);
    memset(duo.planet, 0, sizeof duo.planet);
    duo.planet_length = 4096;
    duo.leaf = start(&duo, &duo.leaf_identity, &duo.leaf_record, 0);
    assert_true(bench_wait(&duo.leaf_record, ZT_NOTICE_FATAL, 5000) >= 0);
    assert_non_null(strstr(duo.leaf_record.text, "planet"));
    zt_service_stop(duo.leaf, 0);
    bench_record_clear(&duo.root_record);
    bench_record_clear(&duo.leaf_record);
}

/* 0xff, ports 2000 to 3000: needs no controller. */
#define ADHOC UINT64_C(0xff07d00bb8000000)

static void an_adhoc_network_reaches_the_stack_and_leaves_it(void **unused)
{
    struct zt_service_options options;

    (void)unused;
    prepare(&duo);
    options = bench_options(&duo.leaf_identity, &duo.leaf_record);
    options.planet = duo.planet;
    options.planet_length = duo.planet_length;
    options.use_stack = true;
    duo.leaf = zt_service_start(&options);
    assert_int_equal(zt_service_join(duo.leaf, 0), -EINVAL);
    assert_int_equal(zt_service_join(duo.leaf, ADHOC), 0);
    int network = bench_wait(&duo.leaf_record, ZT_NOTICE_NETWORK, 3000);
    int address = bench_wait(&duo.leaf_record, ZT_NOTICE_ADDRESS_ADDED, 0);
    assert_true(address >= 0 && address < network);
    assert_true(duo.leaf_record.notices[address].nwid == ADHOC);
    assert_int_equal(duo.leaf_record.notices[address].endpoint.family, ZT_FAMILY_IPV6);

    (void)zt_service_lock(duo.leaf);
    assert_true(fake_stack.set_count > 0);
    assert_true(fake_stack.last.nwid == ADHOC);
    zt_service_unlock(duo.leaf);
    assert_int_equal(zt_service_leave(duo.leaf, ADHOC), 0);
    assert_true(bench_wait(&duo.leaf_record, ZT_NOTICE_NETWORK_GONE, 3000) > network);
    assert_true(bench_wait(&duo.leaf_record, ZT_NOTICE_ADDRESS_REMOVED, 0) > network);
    unsigned stops = fake_stack.stops;
    zt_service_stop(duo.leaf, 100);
    assert_int_equal(fake_stack.removed_count, 1);
    assert_int_equal(fake_stack.stops, stops + 1);
    bench_record_clear(&duo.root_record);
    bench_record_clear(&duo.leaf_record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leaf_is_online_within_a_second),
        cmocka_unit_test(notices_come_in_order_and_down_is_the_last),
        cmocka_unit_test(an_idle_node_rarely_wakes),
        cmocka_unit_test(many_starts_and_stops_leave_nothing_open),
        cmocka_unit_test(an_occupied_port_is_fatal_and_named),
        cmocka_unit_test(a_planet_that_is_none_is_fatal),
        cmocka_unit_test(an_adhoc_network_reaches_the_stack_and_leaves_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
