/* SPDX-License-Identifier: Apache-2.0 */
/* A node that is restarted again and again, with nothing saved, is soon configured each time: its controller
   answers one request a second, four at once, and the node does not wait for the next turn. */
#include "ZeroTierSockets.h"
#include "lab/lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* A busy machine may spoil a round; who waits for the next turn spoils all. */
enum { RESTARTS = 8, SOON_MS = 4000, ROUNDS = 4 };

static struct lab *lab;
static uint64_t network;

/* How many of the restarts were configured soon. */
static int restart_often(void)
{
    int soon = 0;

    for (int i = 0; i < RESTARTS; i++) {
        lab_settings_with_identity(lab, 1, NULL);
        assert_int_equal(zts_node_start(), 0);
        /* who comes online asks again anyway */
        assert_int_equal(zts_wait_online(60000), 0);
        assert_int_equal(zts_net_join(network), 0);
        soon += zts_wait_network(network, SOON_MS) == 0;
        assert_int_equal(zts_wait_network(network, 60000), 0);
        assert_int_equal(zts_node_stop(), 0);
    }
    return soon;
}

static void each_restart_is_configured_soon(void **unused)
{
    int soon = 0;

    (void)unused;
    for (int i = 0; i < ROUNDS && soon < RESTARTS; i++)
        soon = restart_often();
    assert_int_equal(soon, RESTARTS);
}

static int begin(void **unused)
{
    (void)unused;
    lab = lab_open();
    network = lab_network(lab, 1);
    lab_set_network(lab, network,
                    "{\"private\": false, \"v4AssignMode\": {\"zt\": true},"
                    " \"ipAssignmentPools\": [{\"ipRangeStart\": \"10.7.0.1\","
                    " \"ipRangeEnd\": \"10.7.0.9\"}],"
                    " \"routes\": [{\"target\": \"10.7.0.0/24\"}]}");
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    lab_close(lab);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_restart_is_configured_soon),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
