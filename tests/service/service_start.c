/* SPDX-License-Identifier: Apache-2.0 */
/* Starts that come to nothing: cut short by a stop, or failed; what they leave behind. */
#define _GNU_SOURCE
#include "bench.h"
#include "fake_stack.h"
#include "os/host.h"
#include "os/udp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* The linker sends each start of a thread here. */
struct zt_thread *__real_zt_thread_start(const char *name, void (*run)(void *), void *context);
struct zt_thread *__wrap_zt_thread_start(const char *name, void (*run)(void *), void *context);

static const char *refused_thread; /* by name; NULL: none */

struct zt_thread *__wrap_zt_thread_start(const char *name, void (*run)(void *), void *context)
{
    if (refused_thread != NULL && strcmp(name, refused_thread) == 0)
        return NULL;
    return __real_zt_thread_start(name, run, context);
}

static struct record record;
static uint8_t planet[ZT_MAX_WORLD];
static struct zt_identity identity;

static struct zt_service_options options_for(const char *storage)
{
    struct zt_service_options options = bench_options(&identity, &record);
    struct zt_identity root = bench_identity(0);

    identity = bench_identity(1);
    options.planet = planet;
    options.planet_length = bench_planet(&root, 9, planet);
    options.storage = storage;
    options.use_stack = true;
    bench_record_init(&record);
    return options;
}

static bool has_file(const char *folder, const char *name)
{
    struct stat found;
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return stat(path, &found) == 0;
}

/* True: the identity was not waited for. */
static bool stop_while_searching(const char *folder)
{
    struct zt_service_options options = options_for(folder);

    options.identity = NULL;
    struct zt_service *service = zt_service_start(&options);
    assert_non_null(service);
    int64_t before_ms = zt_host_mono_ms();
    zt_service_stop(service, 0);
    print_message("stopped in %d ms\n", (int)(zt_host_mono_ms() - before_ms));

    bool made = bench_count(&record, ZT_NOTICE_IDENTITY) > 0;
    assert_int_equal(has_file(folder, "identity.secret"), made);
    assert_int_equal(has_file(folder, "identity.public"), made);
    assert_int_equal(bench_count(&record, ZT_NOTICE_FATAL), 0);
    assert_int_equal(bench_count(&record, ZT_NOTICE_STACK_UP), 1);
    assert_int_equal(bench_count(&record, ZT_NOTICE_STACK_DOWN), 1);
    assert_int_equal(bench_wait(&record, ZT_NOTICE_DOWN, 0), record.count - 1);
    bench_record_clear(&record);
    return !made;
}

/* The first keys tried may be good, and the machine so busy that they are all tried: but not each time. */
static void a_stop_does_not_wait_for_an_identity_to_be_found(void **state)
{
    const char *folder = *state;
    unsigned cut_short = 0;
    char path[256];

    for (int i = 0; i < 20; i++) {
        bool was_cut_short = stop_while_searching(folder);
        cut_short += was_cut_short;
        snprintf(path, sizeof path, "%s/identity.secret", folder);
        (void)unlink(path);
        snprintf(path, sizeof path, "%s/identity.public", folder);
        (void)unlink(path);
    }
    print_message("%u of 20 searches were cut short\n", cut_short);
    assert_true(cut_short > 0);
}

static void assert_fails_and_stops(const struct zt_service_options *options, const char *word)
{
    unsigned starts = fake_stack.starts, stops = fake_stack.stops;

    struct zt_service *service = zt_service_start(options);
    assert_non_null(service);
    int fatal = bench_wait(&record, ZT_NOTICE_FATAL, 60000);
    assert_true(fatal > bench_wait(&record, ZT_NOTICE_STACK_UP, 0));
    assert_non_null(strstr(record.text, word));
    zt_service_stop(service, 60000);
    assert_int_equal(fake_stack.starts, starts + 1);
    assert_int_equal(fake_stack.stops, stops + 1);
    assert_int_equal(bench_wait(&record, ZT_NOTICE_STACK_DOWN, 0), record.count - 2);
    assert_int_equal(bench_wait(&record, ZT_NOTICE_DOWN, 0), record.count - 1);
    bench_record_clear(&record);
}

static void a_taken_port_takes_the_stack_down_again(void **unused)
{
    struct zt_endpoint local = { .family = ZT_FAMILY_IPV4, .ip = { 127, 0, 0, 1 } };
    struct zt_udp *occupier = zt_udp_new();
    struct zt_service_options options = options_for(NULL);
    char port[8];

    (void)unused;
    options.port = local.port = bench_free_port();
    assert_true(zt_udp_bind(occupier, &local) >= 0);
    snprintf(port, sizeof port, "%u", local.port);
    assert_fails_and_stops(&options, port);
    zt_udp_free(occupier);
}

static void a_folder_that_can_not_be_takes_the_stack_down_again(void **state)
{
    char path[256];

    snprintf(path, sizeof path, "%s/file", (const char *)*state);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    struct zt_service_options options = options_for(path);
    assert_fails_and_stops(&options, path);
}

/* Whoever started it may hold what the handler of notices waits for. */
static void a_start_without_its_thread_tells_nothing_and_leaves_no_stack(void **unused)
{
    struct zt_service_options options = options_for(NULL);
    unsigned starts = fake_stack.starts, stops = fake_stack.stops;

    (void)unused;
    refused_thread = "zt-wire";
    assert_null(zt_service_start(&options));
    refused_thread = NULL;
    assert_int_equal(fake_stack.starts, starts + 1);
    assert_int_equal(fake_stack.stops, stops + 1);
    assert_int_equal(record.count, 0);
    bench_record_clear(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_stop_does_not_wait_for_an_identity_to_be_found,
                                        bench_open_folder, bench_close_folder),
        cmocka_unit_test(a_taken_port_takes_the_stack_down_again),
        cmocka_unit_test_setup_teardown(a_folder_that_can_not_be_takes_the_stack_down_again,
                                        bench_open_folder, bench_close_folder),
        cmocka_unit_test(a_start_without_its_thread_tells_nothing_and_leaves_no_stack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
