/* SPDX-License-Identifier: Apache-2.0 */
/* Every function of the interface in every state of the node: before start, running, stopping, stopped and
   freed, from several threads and from the handler, answers as documented and never hangs. */
#include "known.h"
#include "lifecycle_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <pthread.h>

#include <cmocka.h>

/* A start proves an identity, or makes one, which a sanitizer slows down more than anything else. */
#if defined(__SANITIZE_THREAD__)
enum { THREADS = 4, ROUNDS = 6 };
#else
enum { THREADS = 4, ROUNDS = 25 };
#endif

static _Atomic int downs, handler_failures;
static _Atomic bool is_checking_in_handler, is_over;

/* Answers of the two states: which of them may come? */
enum { MAY_STOP = 1, MAY_RUN = 2 };

static bool is_fine(const struct row *row, long long answer, int states)
{
    if ((states & MAY_STOP) && (answer == row->stopped))
        return true;
    if (!(states & MAY_RUN))
        return false;
    return row->running == WORKS ? answer != ZTS_ERR_SERVICE : answer == row->running;
}

/* The number of wrong answers, each printed. */
static int check_rows(const char *when, int states)
{
    int wrong = 0;

    for (size_t i = 0; i < row_count; i++) {
        long long answer = rows[i].call();
        if (is_fine(&rows[i], answer, states))
            continue;
        fprintf(stderr, "%s: %s answers %lld\n", when, rows[i].name, answer);
        wrong++;
    }
    return wrong;
}

static void on_event(void *message)
{
    const zts_event_msg_t *event = message;

    if (event->event_code == ZTS_EVENT_NODE_DOWN)
        downs++;
    if (event->event_code != ZTS_EVENT_NODE_UP || !is_checking_in_handler)
        return;
    handler_failures += check_rows("in the handler", MAY_RUN);
    /* From here on the node stops under us. */
    handler_failures += zts_node_stop() != ZTS_ERR_OK;
    handler_failures += zts_node_stop() != ZTS_ERR_SERVICE;
    handler_failures += check_rows("in the handler, stopping", MAY_STOP);
    handler_failures += zts_node_start() != ZTS_ERR_SERVICE;
    handler_failures += zts_init_set_port(0) != ZTS_ERR_SERVICE;
    is_checking_in_handler = false;
}

/* Waits until the node has stopped. */
static void settle(void)
{
    assert_int_equal(zts_init_allow_secondary_port(0), ZTS_ERR_OK);
}

static void start(void)
{
    assert_int_equal(zts_init_set_event_handler(on_event), ZTS_ERR_OK);
    assert_int_equal(use_known_identity(), ZTS_ERR_OK);
    assert_int_equal(zts_node_start(), ZTS_ERR_OK);
}

static bool is_in_table(const char *name)
{
    /* What changes the state, and what has tests of its own. */
    static const char *const others[] = { "zts_node_start", "zts_node_stop", "zts_node_free",
                                          "zts_id_new",     "zts_init_",     "zts_central_" };

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strncmp(name, others[i], strlen(others[i])) == 0)
            return true;
    for (size_t i = 0; i < row_count; i++)
        if (strcmp(name, rows[i].name) == 0)
            return true;
    return strcmp(name, "zts_errno") == 0;
}

static void the_table_names_every_function(void **unused)
{
    FILE *file = fopen(ZT_SOURCE_DIR "/tests/abi/symbols.txt", "r");
    char name[64];
    int missing = 0;

    (void)unused;
    assert_non_null(file);
    while (fscanf(file, "%63s", name) == 1) {
        if (is_in_table(name))
            continue;
        fprintf(stderr, "%s is not in the table\n", name);
        missing++;
    }
    fclose(file);
    assert_int_equal(missing, 0);
}

static void before_the_start(void **unused)
{
    (void)unused;
    assert_int_equal(check_rows("fresh", MAY_STOP), 0);
    assert_int_equal(zts_node_stop(), ZTS_ERR_SERVICE);
    assert_int_equal(zts_node_free(), ZTS_ERR_SERVICE);
}

static void while_the_node_runs(void **unused)
{
    (void)unused;
    start();
    assert_int_equal(check_rows("just started", MAY_RUN), 0);
    while (zts_node_get_id() == 0)
        zts_util_delay(10);
    assert_int_equal(check_rows("running", MAY_RUN), 0);
    assert_int_equal(zts_node_start(), ZTS_ERR_SERVICE);
    assert_int_equal(zts_init_from_storage("/tmp"), ZTS_ERR_SERVICE);
    assert_int_equal(zts_init_set_event_handler(on_event), ZTS_ERR_SERVICE);
    assert_int_equal(zts_init_new_identity(), ZTS_ERR_SERVICE);
}

static void while_it_stops_and_after(void **unused)
{
    (void)unused;
    assert_int_equal(zts_node_stop(), ZTS_ERR_OK);
    assert_int_equal(check_rows("stopping", MAY_STOP), 0);
    assert_int_equal(zts_node_stop(), ZTS_ERR_SERVICE);
    settle();
    assert_int_equal(check_rows("stopped", MAY_STOP), 0);
    assert_int_equal(downs, 1);
}

static void from_inside_the_handler(void **unused)
{
    (void)unused;
    is_checking_in_handler = true;
    start();
    while (is_checking_in_handler)
        zts_util_delay(10);
    settle();
    assert_int_equal(handler_failures, 0);
    assert_int_equal(downs, 2);
}

static void *check_again_and_again(void *wrong)
{
    while (!is_over) {
        *(int *)wrong += check_rows("meanwhile", MAY_STOP | MAY_RUN);
        zts_util_delay(5);
    }
    return NULL;
}

/* Starts and stops from two threads: each of them meets the node in any state. */
static void *start_and_stop(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        if (use_known_identity() == ZTS_ERR_OK &&
            zts_init_set_event_handler(on_event) == ZTS_ERR_OK)
            (void)zts_node_start();
        (void)zts_node_stop();
    }
    return unused;
}

static void from_several_threads_while_it_starts_and_stops(void **unused)
{
    pthread_t checkers[THREADS], movers[2];
    int wrong[THREADS] = { 0 };

    (void)unused;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&checkers[i], NULL, check_again_and_again, &wrong[i]), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&movers[i], NULL, start_and_stop, NULL), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(movers[i], NULL), 0);
    is_over = true;
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(checkers[i], NULL), 0);
        assert_int_equal(wrong[i], 0);
    }
    settle();
    assert_int_equal(check_rows("after all", MAY_STOP), 0);
}

static void after_it_was_freed(void **unused)
{
    (void)unused;
    start();
    assert_int_equal(zts_node_free(), ZTS_ERR_OK);
    assert_int_equal(check_rows("freed", MAY_STOP), 0);
    assert_int_equal(zts_node_free(), ZTS_ERR_SERVICE);
    assert_int_equal(zts_node_stop(), ZTS_ERR_SERVICE);
    assert_int_equal(zts_node_start(), ZTS_ERR_SERVICE);
    assert_int_equal(zts_init_set_event_handler(on_event), ZTS_ERR_SERVICE);
    assert_int_equal(zts_init_new_identity(), ZTS_ERR_SERVICE);
    assert_int_equal(zts_init_from_memory(NULL, 0), ZTS_ERR_SERVICE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_names_every_function),
        cmocka_unit_test(before_the_start),
        cmocka_unit_test(while_the_node_runs),
        cmocka_unit_test(while_it_stops_and_after),
        cmocka_unit_test(from_inside_the_handler),
        cmocka_unit_test(from_several_threads_while_it_starts_and_stops),
        cmocka_unit_test(after_it_was_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
