/* SPDX-License-Identifier: Apache-2.0 */
/* The event queue: order, ownership, bounds, several takers, its descriptor. */
#include "ZeroTierSockets.h"
#include "known.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { PATIENCE_MS = 30000 };

static bool is_readable(void)
{
    struct pollfd at = { .fd = zts_event_get_os_fd(), .events = POLLIN };

    assert_true(at.fd >= 0);
    return poll(&at, 1, 0) == 1 && (at.revents & POLLIN) != 0;
}

/* Starts a node that fills a queue and makes some events without any network around. */
static void start(unsigned capacity)
{
    const uint64_t network = zts_net_compute_adhoc_id(1, 1000);

    assert_int_equal(zts_init_event_queue(capacity), 0);
    assert_int_equal(use_known_identity(), 0);
    assert_int_equal(zts_node_start(), 0);
    assert_int_equal(zts_net_join(network), 0);
    assert_int_equal(zts_wait_address(network, ZTS_AF_INET6, PATIENCE_MS), 0);
}

/* The stop ends in the background: the next start waits for it. */
static void stop(void)
{
    assert_int_equal(zts_node_stop(), 0);
    assert_int_equal(zts_init_allow_net_cache(0), 0);
}

static void without_a_queue_there_is_nothing_to_wait_for(void **unused)
{
    zts_event_msg_t *event;

    (void)unused;
    assert_int_equal(zts_event_wait(&event, -1), ZTS_ERR_SERVICE);
    assert_true(is_readable());
    assert_int_equal(zts_event_wait(NULL, 0), ZTS_ERR_ARG);
    assert_int_equal(zts_event_wait(&event, -2), ZTS_ERR_ARG);
    zts_event_free(NULL);
}

static void capacities_are_judged(void **unused)
{
    zts_event_msg_t *event;

    (void)unused;
    assert_int_equal(zts_init_event_queue(0), ZTS_ERR_ARG);
    assert_int_equal(zts_init_event_queue(ZTS_MAX_EVENT_QUEUE + 1), ZTS_ERR_ARG);
    assert_int_equal(zts_init_event_queue(ZTS_MAX_EVENT_QUEUE), 0);
    assert_false(is_readable());
    assert_int_equal(zts_event_wait(&event, 0), ZTS_ERR_NO_RESULT);
    assert_int_equal(zts_event_wait(&event, 1), ZTS_ERR_NO_RESULT);
}

static void events_come_in_order_and_belong_to_the_taker(void **unused)
{
    zts_event_msg_t *event, *kept = NULL;
    int codes = 0, last = 0;
    bool up = false, address = false;

    (void)unused;
    start(1000);
    assert_int_equal(zts_init_event_queue(1), ZTS_ERR_SERVICE);
    assert_true(is_readable());
    stop();
    assert_true(is_readable());
    while (zts_event_wait(&event, -1) == 0) {
        codes++;
        last = event->event_code;
        if (last == ZTS_EVENT_NODE_UP) {
            assert_int_equal(event->len, sizeof *event->node);
            up = true;
        }
        if (last == ZTS_EVENT_ADDR_ADDED_IP6) {
            assert_true(up);
            assert_null(event->node);
            assert_int_equal(event->addr->addr.ss_family, ZTS_AF_INET6);
            address = true;
            kept = event;
            continue;
        }
        zts_event_free(event);
    }
    assert_true(address);
    assert_int_equal(last, ZTS_EVENT_NODE_DOWN);
    assert_true(kept->addr->net_id == zts_net_compute_adhoc_id(1, 1000));
    zts_event_free(kept);
    assert_int_equal(zts_event_wait(&event, -1), ZTS_ERR_SERVICE);
    assert_true(is_readable());
}

static void the_oldest_gives_way_and_is_reported(void **unused)
{
    zts_event_msg_t *event;

    (void)unused;
    start(2);
    stop();
    assert_int_equal(zts_event_wait(&event, -1), 0);
    assert_int_equal(event->event_code, ZTS_EVENT_LOST);
    assert_true(event->len > 0);
    zts_event_free(event);
    assert_int_equal(zts_event_wait(&event, -1), 0);
    assert_int_not_equal(event->event_code, ZTS_EVENT_LOST);
    zts_event_free(event);
    assert_int_equal(zts_event_wait(&event, -1), 0);
    assert_int_equal(event->event_code, ZTS_EVENT_NODE_DOWN);
    zts_event_free(event);
    assert_int_equal(zts_event_wait(&event, -1), ZTS_ERR_SERVICE);
}

static void a_new_queue_forgets_what_was_left(void **unused)
{
    zts_event_msg_t *event;

    (void)unused;
    start(100);
    stop();
    assert_true(is_readable());
    assert_int_equal(zts_init_event_queue(100), 0);
    assert_false(is_readable());
    assert_int_equal(zts_event_wait(&event, 0), ZTS_ERR_NO_RESULT);
}

static void *take_all(void *context)
{
    zts_event_msg_t *event;

    while (zts_event_wait(&event, -1) == 0) {
        ++*(int *)context;
        zts_event_free(event);
    }
    return NULL;
}

static void several_takers_share_the_events_and_all_learn_of_the_end(void **unused)
{
    pthread_t takers[3];
    int counts[3] = { 0 };

    (void)unused;
    assert_int_equal(zts_init_event_queue(1000), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&takers[i], NULL, take_all, &counts[i]), 0);
    start(1000);
    stop();
    for (int i = 0; i < 3; i++)
        pthread_join(takers[i], NULL);
    assert_true(counts[0] + counts[1] + counts[2] >= 3);
}

static void the_descriptor_wakes_a_poll(void **unused)
{
    struct pollfd at = { .fd = zts_event_get_os_fd(), .events = POLLIN };
    zts_event_msg_t *event;

    (void)unused;
    assert_int_equal(zts_init_event_queue(1000), 0);
    assert_int_equal(use_known_identity(), 0);
    assert_int_equal(zts_node_start(), 0);
    assert_int_equal(poll(&at, 1, PATIENCE_MS), 1);
    assert_int_equal(zts_event_wait(&event, 0), 0);
    zts_event_free(event);
    assert_int_equal(zts_event_get_os_fd(), at.fd);
    assert_int_equal(zts_node_free(), 0);
    while (zts_event_wait(&event, 0) == 0)
        zts_event_free(event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_queue_there_is_nothing_to_wait_for),
        cmocka_unit_test(capacities_are_judged),
        cmocka_unit_test(events_come_in_order_and_belong_to_the_taker),
        cmocka_unit_test(the_oldest_gives_way_and_is_reported),
        cmocka_unit_test(a_new_queue_forgets_what_was_left),
        cmocka_unit_test(several_takers_share_the_events_and_all_learn_of_the_end),
        cmocka_unit_test(the_descriptor_wakes_a_poll),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
