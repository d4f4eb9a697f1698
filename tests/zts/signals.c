/* SPDX-License-Identifier: Apache-2.0 */
/* Signals are the program's: the library's threads take none. */
#define _GNU_SOURCE
#define FIRST_PORT 6500
#include "pair.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "known.h"

static int begin(void **unused)
{
    (void)unused;
    return use_known_identity() != 0 || zts_node_start() != 0;
}

static int end(void **unused)
{
    (void)unused;
    return zts_node_free();
}

/* The only other threads are the library's: if one of them took it, that would end the process. */
static void none_is_delivered_on_a_thread_of_the_library(void **unused)
{
    struct pair pair = connected();
    sigset_t one, pending;
    int number;

    (void)unused;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &one, NULL), 0);
    assert_int_equal(kill(getpid(), SIGUSR1), 0);
    zts_util_delay(50);
    assert_int_equal(sigpending(&pending), 0);
    assert_true(sigismember(&pending, SIGUSR1));
    assert_int_equal(sigwait(&one, &number), 0);
    assert_int_equal(number, SIGUSR1);
    assert_int_equal(pthread_sigmask(SIG_UNBLOCK, &one, NULL), 0);
    close_all(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_is_delivered_on_a_thread_of_the_library),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
