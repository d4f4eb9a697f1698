/* SPDX-License-Identifier: Apache-2.0 */
/* Random calls from many threads while the node starts and stops: none crashes, hangs or leaks.
   random_caller [SECONDS [SEED [THREADS]]] [shared]
   Each thread has its own descriptors, unless they are to be shared. */
#define _GNU_SOURCE
#include "lab/lab.h"
#include "lab/random_calls.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <time.h>

#include <cmocka.h> /* for the lab; a crash must reach the debugger, so there is no group of tests */

enum { MOST_THREADS = 64, LONGEST_CALL_S = 60 };
/* Of the event queue, the capture under way and the root's sockets, which may be in the middle of a change. */
enum { KEPT_FILES = 8 };

/* Under a sanitizer everything is slower. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static unsigned seconds = 15; /* four runs: a minute */
#else
static unsigned seconds = 5;
#endif
static unsigned seed = 1, threads = 6;
static bool is_shared;
static struct lab *lab;
static _Atomic bool is_over;
static struct caller callers[MOST_THREADS];
static unsigned fewest_files; /* that were open between two runs */

static int64_t now_s(void)
{
    struct timespec now;

    (void)timespec_get(&now, TIME_UTC);
    return now.tv_sec;
}

/* Sometimes slow, sometimes calling back. */
static void on_event(void *message)
{
    static struct caller caller = { .state = 1, .run = UINT_MAX };
    const zts_event_msg_t *event = message;

    if (event->event_code % 7 == 0)
        random_call(&caller);
}

static void *call_at_random(void *context)
{
    struct caller *caller = context;

    while (!is_over) {
        caller->since_s = now_s();
        random_call(caller);
        caller->count++;
    }
    caller->since_s = 0;
    return NULL;
}

/* Nothing may take longer than a stop needs to come and to wake it. */
static void *watch(void *unused)
{
    for (;;) {
        zts_util_delay(1000);
        for (unsigned i = 0; i < threads; i++) {
            int64_t since_s = callers[i].since_s;
            if (since_s == 0 || now_s() - since_s < LONGEST_CALL_S)
                continue;
            fprintf(stderr, "%s hangs (seed %u)\n", callers[i].call, seed);
            abort();
        }
    }
    return unused;
}

static void run_once(struct caller *mover)
{
    lab_settings_with_identity(lab, 1, on_event);
    unsigned open_files = random_close_left_over();
    if (fewest_files == 0 || open_files < fewest_files)
        fewest_files = open_files;
    random_run++;
    assert_int_equal(zts_node_start(), ZTS_ERR_OK);
    (void)zts_net_join(lab_network(lab, 1));
    unsigned steps = 1 + random_below(mover, 20);
    zts_util_delay(50 * steps);
    assert_int_equal(zts_node_stop(), ZTS_ERR_OK);
}

static int call_and_move(void)
{
    pthread_t ids[MOST_THREADS], watcher;
    struct caller mover = { .state = seed * 77 + 1 };
    int64_t end_s = now_s() + seconds;
    unsigned long long calls = 0;

    random_extras_begin();
    lab = lab_open();
    lab_set_network(lab, lab_network(lab, 1),
                    "{\"private\": false, \"v4AssignMode\": {\"zt\": true},"
                    " \"ipAssignmentPools\": [{\"ipRangeStart\": \"10.7.0.1\","
                    " \"ipRangeEnd\": \"10.7.0.9\"}],"
                    " \"routes\": [{\"target\": \"10.7.0.0/24\"}]}");
    for (unsigned i = 0; i < threads; i++) {
        callers[i] = (struct caller){ .state = seed * UINT64_C(0x9e3779b97f4a7c15) + i + 1,
                                      .nwid = lab_network(lab, 1),
                                      .shares = is_shared,
                                      .run = UINT_MAX,
                                      .since_s = now_s() };
        assert_int_equal(pthread_create(&ids[i], NULL, call_at_random, &callers[i]), 0);
    }
    assert_int_equal(pthread_create(&watcher, NULL, watch, NULL), 0);
    assert_int_equal(pthread_detach(watcher), 0);
    while (now_s() < end_s)
        run_once(&mover);
    is_over = true;
    for (unsigned i = 0; i < threads; i++) {
        assert_int_equal(pthread_join(ids[i], NULL), 0);
        calls += callers[i].count;
    }
    printf("seed %u: %llu calls\n", seed, calls);
    assert_int_equal(zts_init_set_port(0), ZTS_ERR_OK);
    random_extras_end();
    unsigned open_files = random_close_left_over();
    if (open_files > fewest_files + KEPT_FILES) {
        fprintf(stderr, "%u descriptors of the system are left, %u were enough (seed %u)\n",
                open_files, fewest_files, seed);
        abort();
    }
    assert_int_equal(zts_node_free(), ZTS_ERR_OK);
    lab_close(lab);
    return 0;
}

int main(int argc, char **argv)
{
    is_shared = argc > 1 && strcmp(argv[argc - 1], "shared") == 0;
    argc -= is_shared;
    if (argc > 1)
        seconds = (unsigned)strtoul(argv[1], NULL, 10);
    if (argc > 2)
        seed = (unsigned)strtoul(argv[2], NULL, 10);
    if (argc > 3)
        threads = (unsigned)strtoul(argv[3], NULL, 10);
    if (threads < 1 || threads > MOST_THREADS) {
        fprintf(stderr, "random_caller: 1 to %d threads\n", MOST_THREADS);
        return 2;
    }
    return call_and_move();
}
