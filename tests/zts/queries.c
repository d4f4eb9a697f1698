/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about nothing, the library's lock, counters and silence: where libzt answered wrongly, hung or
   talked. The comments name the row of docs/api.md, "Defects of the original". */
#define _GNU_SOURCE
#include "ZeroTierSockets.h"
#include "known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <pthread.h>
#include <unistd.h>

#include <cmocka.h>

static uint64_t network;

static int begin(void **unused)
{
    (void)unused;
    network = zts_net_compute_adhoc_id(1, 65535);
    return use_known_identity() != 0 || zts_node_start() != 0 || zts_net_join(network) != 0 ||
           zts_wait_address(network, ZTS_AF_INET6, 30000) != 0;
}

static int end(void **unused)
{
    (void)unused;
    return zts_node_free();
}

/* D16 */
static void questions_about_nothing_are_refused(void **unused)
{
    char text[ZTS_IP_MAX_STR_LEN], via[ZTS_IP_MAX_STR_LEN];
    uint16_t flags, metric;
    uint64_t mac;
    uint32_t adi;

    (void)unused;
    assert_int_equal(zts_net_transport_is_ready(0), ZTS_ERR_ARG);
    assert_int_equal(zts_addr_is_assigned(network, 99), 0);
    assert_int_equal(zts_addr_get_str(network, 99, text, sizeof text), ZTS_ERR_ARG);
    assert_int_equal(zts_net_get_mac_str(0x1234, text, sizeof text), ZTS_ERR_NO_RESULT);
    assert_int_equal(zts_core_query_addr(0x1234, 0, text, sizeof text), ZTS_ERR_NO_RESULT);
    assert_int_equal(zts_core_query_route(0x1234, 0, text, via, sizeof via, &flags, &metric),
                     ZTS_ERR_NO_RESULT);
    assert_int_equal(zts_core_query_mc(0x1234, 0, &mac, &adi), ZTS_ERR_NO_RESULT);
    assert_int_equal(zts_core_query_addr(network, 99, text, sizeof text), ZTS_ERR_ARG);
    assert_int_equal(zts_moon_orbit(0, 0), ZTS_ERR_ARG);
    assert_int_equal(zts_moon_deorbit(0), ZTS_ERR_ARG);
}

static void *release(void *result)
{
    *(int *)result = zts_core_lock_release();
    return NULL;
}

/* D17 */
static void the_lock_may_be_taken_twice_and_released_by_its_owner_only(void **unused)
{
    pthread_t thread;
    int result = 0;

    (void)unused;
    assert_int_equal(zts_core_lock_obtain(), 0);
    assert_int_equal(zts_core_lock_obtain(), 0);
    assert_int_equal(zts_net_get_status(network), ZTS_NETWORK_STATUS_OK);
    assert_int_equal(zts_core_query_addr_count(network), 1);
    assert_int_equal(pthread_create(&thread, NULL, release, &result), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(result, ZTS_ERR_SERVICE);
    assert_int_equal(zts_core_lock_release(), 0);
    assert_int_equal(zts_core_lock_release(), 0);
    assert_int_equal(zts_core_lock_release(), ZTS_ERR_SERVICE);
}

/* D23 */
static void packets_are_counted(void **unused)
{
    zts_stats_counter_t before, after;
    int fd = zts_udp_client("127.0.0.1");
    struct zts_sockaddr_storage to;
    zts_socklen_t length;

    (void)unused;
    assert_int_equal(zts_stats_get_all(NULL), ZTS_ERR_ARG);
    assert_int_equal(zts_stats_get_all(&before), 0);
    assert_int_equal(zts_util_ipstr_to_saddr("127.0.0.1", 9, (struct zts_sockaddr *)&to, &length),
                     0);
    assert_int_equal(zts_bsd_sendto(fd, "x", 1, 0, (struct zts_sockaddr *)&to, length), 1);
    assert_int_equal(zts_stats_get_all(&after), 0);
    assert_int_equal(after.udp_tx, before.udp_tx + 1);
    zts_close(fd);
}

/* D24 */
static void an_unknown_peer_has_no_paths(void **unused)
{
    (void)unused;
    assert_int_equal(zts_core_query_path_count(0x1234567890), ZTS_ERR_NO_RESULT);
}

/* D28 */
static void nothing_is_printed(void **unused)
{
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    char byte;

    (void)unused;
    assert_true(file != NULL && saved >= 0);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    (void)zts_net_leave(network);
    (void)zts_net_join(network);
    (void)zts_wait_address(network, ZTS_AF_INET6, 30000);
    (void)zts_node_stop();
    int started = zts_node_start();
    (void)dup2(saved, STDERR_FILENO);
    close(saved);
    assert_int_equal(started, 0);
    rewind(file);
    assert_int_equal(fread(&byte, 1, 1, file), 0);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_about_nothing_are_refused),
        cmocka_unit_test(the_lock_may_be_taken_twice_and_released_by_its_owner_only),
        cmocka_unit_test(packets_are_counted),
        cmocka_unit_test(an_unknown_peer_has_no_paths),
        cmocka_unit_test(nothing_is_printed),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
