/* SPDX-License-Identifier: Apache-2.0 */
/* zts_wait_*: what they answer, and that changes and the stop wake them. */
#include "ZeroTierSockets.h"
#include "known.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static uint64_t network; /* without a controller, so that it is ready by itself */
static const uint64_t elsewhere = UINT64_C(0x1122334455667788);

static void nothing_is_waited_for_without_a_node(void **unused)
{
    (void)unused;
    assert_int_equal(zts_wait_online(-1), ZTS_ERR_SERVICE);
    assert_int_equal(zts_wait_network(elsewhere, -1), ZTS_ERR_SERVICE);
    assert_int_equal(zts_wait_address(elsewhere, ZTS_AF_INET, -1), ZTS_ERR_SERVICE);
}

static void arguments_are_judged(void **unused)
{
    (void)unused;
    assert_int_equal(use_known_identity(), 0);
    assert_int_equal(zts_node_start(), 0);
    assert_int_equal(zts_wait_online(-2), ZTS_ERR_ARG);
    assert_int_equal(zts_wait_network(0, 0), ZTS_ERR_ARG);
    assert_int_equal(zts_wait_network(elsewhere, -2), ZTS_ERR_ARG);
    assert_int_equal(zts_wait_address(0, ZTS_AF_INET, 0), ZTS_ERR_ARG);
    assert_int_equal(zts_wait_address(elsewhere, 7, 0), ZTS_ERR_ARG);
    assert_int_equal(zts_wait_address(elsewhere, ZTS_AF_INET, -2), ZTS_ERR_ARG);
}

static void what_does_not_come_about_is_no_result(void **unused)
{
    (void)unused;
    assert_int_equal(zts_wait_network(elsewhere, 0), ZTS_ERR_NO_RESULT);
    assert_int_equal(zts_wait_network(elsewhere, 30), ZTS_ERR_NO_RESULT);
    assert_int_equal(zts_wait_address(elsewhere, ZTS_AF_INET, 0), ZTS_ERR_NO_RESULT);
}

static int result_of_wait;

static void *wait_for_network(void *id)
{
    result_of_wait = zts_wait_network(*(uint64_t *)id, -1);
    return NULL;
}

static void a_waiter_is_woken_by_the_change(void **unused)
{
    pthread_t waiter;

    (void)unused;
    network = zts_net_compute_adhoc_id(1, 1000);
    assert_int_equal(pthread_create(&waiter, NULL, wait_for_network, &network), 0);
    zts_util_delay(50);
    assert_int_equal(zts_net_join(network), 0);
    pthread_join(waiter, NULL);
    assert_int_equal(result_of_wait, 0);
    assert_int_equal(zts_wait_address(network, ZTS_AF_INET6, -1), 0);
    assert_int_equal(zts_wait_address(network, ZTS_AF_INET6, 0), 0);
    assert_int_equal(zts_wait_address(network, ZTS_AF_INET, 0), ZTS_ERR_NO_RESULT);
}

static void a_waiter_is_woken_by_the_stop(void **unused)
{
    uint64_t id = elsewhere;
    pthread_t waiter;

    (void)unused;
    assert_int_equal(pthread_create(&waiter, NULL, wait_for_network, &id), 0);
    zts_util_delay(50);
    assert_int_equal(zts_node_stop(), 0);
    pthread_join(waiter, NULL);
    assert_int_equal(result_of_wait, ZTS_ERR_SERVICE);
}

static void a_node_that_cant_work_ends_the_wait(void **unused)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t length = sizeof at;
    int taken = socket(AF_INET, SOCK_DGRAM, 0);

    (void)unused;
    assert_int_equal(bind(taken, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(taken, (struct sockaddr *)&at, &length), 0);
    assert_int_equal(zts_init_set_port(ntohs(at.sin_port)), 0);
    assert_int_equal(use_known_identity(), 0);
    assert_int_equal(zts_node_start(), 0);
    assert_int_equal(zts_wait_online(-1), ZTS_ERR_GENERAL);
    assert_int_equal(zts_wait_network(elsewhere, -1), ZTS_ERR_GENERAL);
    assert_int_equal(zts_node_free(), 0);
    close(taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_waited_for_without_a_node),
        cmocka_unit_test(arguments_are_judged),
        cmocka_unit_test(what_does_not_come_about_is_no_result),
        cmocka_unit_test(a_waiter_is_woken_by_the_change),
        cmocka_unit_test(a_waiter_is_woken_by_the_stop),
        cmocka_unit_test(a_node_that_cant_work_ends_the_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
