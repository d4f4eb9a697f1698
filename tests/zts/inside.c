/* SPDX-License-Identifier: Apache-2.0 */
/* Looking inside: counters and the trace. */
#define _XOPEN_SOURCE 700
#include "ZeroTierSockets.h"
#include "known.h"

#include <ctype.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 30000 };

static uint64_t network;

/* The sink is never called by two threads at once; the lock is for this one, which reads. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char lines[64][200];
static unsigned line_count;
static int64_t last_us;
static bool goes_back;

static void keep_line(void *context, int64_t time_us, const char *module, const char *line)
{
    assert_string_equal(context, "context");
    pthread_mutex_lock(&mutex);
    goes_back = goes_back || time_us < last_us;
    last_us = time_us;
    if (line_count < 64)
        (void)snprintf(lines[line_count++], sizeof lines[0], "%s %s", module, line);
    pthread_mutex_unlock(&mutex);
}

static unsigned count_with(const char *text)
{
    unsigned found = 0;

    pthread_mutex_lock(&mutex);
    for (unsigned i = 0; i < line_count; i++)
        found += strstr(lines[i], text) != NULL;
    pthread_mutex_unlock(&mutex);
    return found;
}

static void forget_lines(void)
{
    pthread_mutex_lock(&mutex);
    line_count = 0;
    pthread_mutex_unlock(&mutex);
}

static void unknown_modules_are_refused(void **unused)
{
    (void)unused;
    assert_int_equal(zts_trace_set(16, NULL, NULL), ZTS_ERR_ARG);
}

static void counters_need_a_node(void **unused)
{
    zts_counter_t counter;

    (void)unused;
    assert_int_equal(zts_counter_get(0, &counter), ZTS_ERR_SERVICE);
    assert_int_equal(zts_counter_get(0, NULL), ZTS_ERR_SERVICE);
}

/* Whatever is written to stderr meanwhile is in the file that comes back. */
static FILE *catch_stderr(int *kept)
{
    FILE *caught = tmpfile();

    assert_non_null(caught);
    *kept = dup(STDERR_FILENO);
    assert_true(*kept >= 0);
    assert_int_equal(dup2(fileno(caught), STDERR_FILENO), STDERR_FILENO);
    return caught;
}

static long let_go_of_stderr(FILE *caught, int kept)
{
    assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    (void)close(kept);
    (void)fseek(caught, 0, SEEK_END);
    long length = ftell(caught);
    (void)fclose(caught);
    return length;
}

static void harm_identity(const char *folder)
{
    char path[64];

    (void)snprintf(path, sizeof path, "%s/identity.secret", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fputs("harmed", file);
    (void)fclose(file);
}

static void remove_folder(const char *folder)
{
    char command[80];

    (void)snprintf(command, sizeof command, "rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
}

/* A library that prints is a nuisance to whoever reads its lines anyway. */
static void errors_go_to_the_sink_and_nowhere_else(void **unused)
{
    char context[] = "context", folder[] = "/tmp/zts-inside-XXXXXX";
    int kept;

    (void)unused;
    forget_lines();
    assert_non_null(mkdtemp(folder));
    harm_identity(folder);
    FILE *caught = catch_stderr(&kept);
    int result = zts_trace_set(0, keep_line, context);
    result = result == 0 ? zts_init_from_storage(folder) : result;
    if (result == 0 && zts_node_start() == 0) {
        for (int ms = 0; ms < PATIENCE_MS && count_with("identity.secret") == 0; ms++)
            zts_util_delay(1);
        (void)zts_node_stop();
    }
    int reset = zts_trace_set(0, NULL, NULL);
    assert_int_equal(let_go_of_stderr(caught, kept), 0);
    assert_int_equal(reset, 0);
    assert_int_equal(count_with("identity.secret"), 1);
    remove_folder(folder);
}

static void the_chosen_modules_are_traced_in_order(void **unused)
{
    char context[] = "context";

    (void)unused;
    network = zts_net_compute_adhoc_id(1, 1000);
    assert_int_equal(zts_trace_set(ZTS_TRACE_SERVICE | ZTS_TRACE_VL2, keep_line, context), 0);
    assert_int_equal(use_known_identity(), 0);
    assert_int_equal(zts_node_start(), 0);
    assert_int_equal(zts_net_join(network), 0);
    assert_int_equal(zts_wait_address(network, ZTS_AF_INET6, PATIENCE_MS), 0);
    assert_int_equal(zts_trace_set(0, keep_line, context), 0);
    assert_true(count_with("service up") == 1);
    assert_true(count_with("service address added") == 1);
    assert_true(count_with("network ff000103e8000000 requesting -> ok") == 1);
    /* Neighbours are asked by multicast, which such a network has not. */
    assert_true(count_with("vl2 ff000103e8000000 out") >= 1);
    assert_true(count_with("dropped: network has no multicast") >= 1);
    assert_int_equal(count_with("vl1 "), 0);
    assert_false(goes_back);
}

static void the_trace_can_be_changed_while_the_node_runs(void **unused)
{
    char context[] = "context";

    (void)unused;
    forget_lines();
    assert_int_equal(zts_net_leave(network), 0);
    assert_int_equal(zts_net_join(network), 0);
    assert_int_equal(zts_wait_address(network, ZTS_AF_INET6, PATIENCE_MS), 0);
    assert_int_equal(line_count, 0);
    assert_int_equal(zts_trace_set(ZTS_TRACE_VL1, keep_line, context), 0);
    assert_int_equal(zts_net_leave(network), 0);
    assert_int_equal(zts_net_join(network), 0);
    for (int ms = 0; ms < PATIENCE_MS && count_with("vl1 dropped: network has no multicast") == 0;
         ms++)
        zts_util_delay(1);
    assert_int_equal(zts_trace_set(0, NULL, NULL), 0);
    assert_true(count_with("vl1 dropped: network has no multicast") >= 1);
    assert_int_equal(count_with("service"), 0);
}

static void every_counter_has_a_name_and_a_text(void **unused)
{
    zts_counter_t counter;
    uint64_t no_multicast = 0, datagrams_out = UINT64_MAX;
    unsigned count = 0;
    int result;

    (void)unused;
    while ((result = zts_counter_get(count, &counter)) == 0) {
        for (const char *at = counter.name; *at != 0; at++)
            assert_true(isupper((unsigned char)*at) || isdigit((unsigned char)*at) || *at == '_');
        assert_true(strlen(counter.text) > 3);
        if (strcmp(counter.name, "DROP_NO_MULTICAST") == 0)
            no_multicast = counter.count;
        if (strcmp(counter.name, "DATAGRAMS_OUT") == 0)
            datagrams_out = counter.count;
        count++;
    }
    assert_int_equal(result, ZTS_ERR_NO_RESULT);
    assert_int_equal(zts_counter_get(UINT32_MAX, &counter), ZTS_ERR_NO_RESULT);
    assert_int_equal(zts_counter_get(0, NULL), ZTS_ERR_ARG);
    assert_true(count > 40);
    assert_true(no_multicast >= 1);
    assert_true(datagrams_out != UINT64_MAX);
    assert_int_equal(zts_node_free(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_modules_are_refused),
        cmocka_unit_test(counters_need_a_node),
        cmocka_unit_test(errors_go_to_the_sink_and_nowhere_else),
        cmocka_unit_test(the_chosen_modules_are_traced_in_order),
        cmocka_unit_test(the_trace_can_be_changed_while_the_node_runs),
        cmocka_unit_test(every_counter_has_a_name_and_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
