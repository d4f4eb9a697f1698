/* SPDX-License-Identifier: Apache-2.0 */
/* The events of a node's whole life in a real network: which, in which order, with which pointers. */
#define _GNU_SOURCE
#include "lab/lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define OPEN_NETWORK                                                                               \
    "{\"private\": %s, \"v4AssignMode\": {\"zt\": true}, \"v6AssignMode\": {\"6plane\": true},"    \
    " \"ipAssignmentPools\": [{\"ipRangeStart\": \"10.7.0.1\", \"ipRangeEnd\": \"10.7.0.254\"}],"  \
    " \"routes\": [{\"target\": \"10.7.0.0/24\"}, {\"target\": \"10.9.0.0/16\","                   \
    " \"via\": \"10.7.0.200\"}]}"

static struct lab *lab;
static char folder[] = "/tmp/zt-events-XXXXXX";

static int open_lab(void **unused)
{
    char json[512];

    (void)unused;
    lab = lab_open();
    snprintf(json, sizeof json, OPEN_NETWORK, "false");
    lab_set_network(lab, lab_network(lab, 1), json);
    snprintf(json, sizeof json, OPEN_NETWORK, "true");
    lab_set_network(lab, lab_network(lab, 2), json);
    return mkdtemp(folder) == NULL;
}

static int close_lab(void **unused)
{
    char command[64];

    (void)unused;
    lab_close(lab);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* These codes came in this order, others between them or not. */
static void assert_order(const int *codes, size_t length)
{
    int place = -1;

    for (size_t i = 0; i < length; i++) {
        int next = lab_find(codes[i], place + 1);
        if (next < 0) {
            lab_print();
            fail_msg("event %d is missing after place %d", codes[i], place);
        }
        place = next;
    }
}

#define ASSERT_ORDER(...)                                                                          \
    assert_order((const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

static void assert_all_sound(void)
{
    for (int i = 0; i < lab_count(0); i++) {
        if (lab_event_at(i).is_sound)
            continue;
        lab_print();
        fail_msg("event %d has the wrong pointers", lab_event_at(i).code);
    }
}

/* Programs take the first word of a peer for a sign that the node is online. */
static void assert_no_peer_before_online(void)
{
    int online = lab_find(ZTS_EVENT_NODE_ONLINE, 0);

    assert_true(online >= 0);
    for (int i = 0; i < online; i++) {
        int code = lab_event_at(i).code;
        if (code < ZTS_EVENT_PEER_DIRECT || code > ZTS_EVENT_PEER_PATH_DEAD)
            continue;
        lab_print();
        fail_msg("event %d before the node was online", code);
    }
}

static void stop_and_wait(void)
{
    assert_int_equal(zts_node_stop(), ZTS_ERR_OK);
    int place = lab_wait(ZTS_EVENT_NODE_DOWN, 1);
    assert_true(place >= 0);
    /* The next start waits for the stop: then nothing can follow. */
    assert_int_equal(zts_init_set_port(0), ZTS_ERR_OK);
    assert_int_equal(lab_count(0), place + 1);
    assert_all_sound();
}

static void start_from_storage_with(void (*handler)(void *))
{
    lab_forget();
    lab_settings(lab, handler);
    assert_int_equal(zts_init_from_storage(folder), ZTS_ERR_OK);
    assert_int_equal(zts_node_start(), ZTS_ERR_OK);
}

static void start_from_storage(void)
{
    start_from_storage_with(lab_note);
}

static void a_first_start_tells_the_identity_the_planet_and_its_way_to_the_network(void **unused)
{
    (void)unused;
    start_from_storage();
    assert_true(lab_wait(ZTS_EVENT_NODE_ONLINE, 1) >= 0);
    assert_true(lab_wait(ZTS_EVENT_PEER_DIRECT, 1) >= 0);
    ASSERT_ORDER(ZTS_EVENT_STACK_UP, ZTS_EVENT_STORE_IDENTITY_SECRET,
                 ZTS_EVENT_STORE_IDENTITY_PUBLIC, ZTS_EVENT_STORE_PLANET, ZTS_EVENT_NODE_UP,
                 ZTS_EVENT_NODE_ONLINE);
    assert_true(lab_event_at(lab_find(ZTS_EVENT_NODE_ONLINE, 0)).id == zts_node_get_id());
    assert_no_peer_before_online();
    assert_all_sound();
}

static void joining_tells_interface_addresses_routes_and_readiness(void **unused)
{
    const uint64_t nwid = lab_network(lab, 1);

    (void)unused;
    lab_forget();
    assert_int_equal(zts_net_join(nwid), ZTS_ERR_OK);
    assert_true(lab_wait(ZTS_EVENT_NETWORK_OK, 1) >= 0);
    ASSERT_ORDER(ZTS_EVENT_NETIF_UP, ZTS_EVENT_NETIF_LINK_UP, ZTS_EVENT_ADDR_ADDED_IP4,
                 ZTS_EVENT_ROUTE_ADDED, ZTS_EVENT_ROUTE_ADDED, ZTS_EVENT_NETWORK_UPDATE,
                 ZTS_EVENT_NETWORK_READY_IP4, ZTS_EVENT_NETWORK_READY_IP6, ZTS_EVENT_NETWORK_OK);
    ASSERT_ORDER(ZTS_EVENT_NETIF_LINK_UP, ZTS_EVENT_ADDR_ADDED_IP6, ZTS_EVENT_NETWORK_UPDATE);
    assert_true(lab_wait(ZTS_EVENT_STORE_NETWORK, 1) >= 0);
    assert_int_equal(lab_count(ZTS_EVENT_NETWORK_UPDATE), 1);

    struct lab_event address = lab_event_at(lab_find(ZTS_EVENT_ADDR_ADDED_IP4, 0));
    char text[ZTS_IP_MAX_STR_LEN];
    assert_int_equal(zts_addr_get_str(nwid, ZTS_AF_INET, text, sizeof text), ZTS_ERR_OK);
    assert_string_equal(address.text, text);
    assert_int_equal(address.prefix, 24);
    assert_true(address.id == nwid);
    struct lab_event route = lab_event_at(lab_find(ZTS_EVENT_ROUTE_ADDED, 0));
    assert_true(strcmp(route.text, "10.7.0.0") == 0 || strcmp(route.text, "10.9.0.0") == 0);
    assert_all_sound();
}

static void a_change_by_the_controller_tells_the_removal_first(void **unused)
{
    const uint64_t nwid = lab_network(lab, 1);

    (void)unused;
    lab_forget();
    lab_set_member(lab, nwid, zts_node_get_id(), "{\"ipAssignments\": [\"10.7.0.99\"]}");
    assert_true(lab_wait(ZTS_EVENT_ADDR_ADDED_IP4, 1) >= 0);
    assert_true(lab_wait(ZTS_EVENT_NETWORK_UPDATE, 1) >= 0);
    ASSERT_ORDER(ZTS_EVENT_ADDR_REMOVED_IP4, ZTS_EVENT_ADDR_ADDED_IP4, ZTS_EVENT_NETWORK_UPDATE);
    assert_string_equal(lab_event_at(lab_find(ZTS_EVENT_ADDR_ADDED_IP4, 0)).text, "10.7.0.99");

    lab_forget();
    lab_set_network(lab, nwid, "{\"routes\": [{\"target\": \"10.7.0.0/24\"}]}");
    assert_true(lab_wait(ZTS_EVENT_NETWORK_UPDATE, 1) >= 0);
    ASSERT_ORDER(ZTS_EVENT_ROUTE_REMOVED, ZTS_EVENT_NETWORK_UPDATE);
    assert_string_equal(lab_event_at(lab_find(ZTS_EVENT_ROUTE_REMOVED, 0)).text, "10.9.0.0");
    assert_int_equal(lab_count(ZTS_EVENT_ROUTE_ADDED), 0);
    assert_all_sound();
}

static void a_private_network_waits_for_its_controller(void **unused)
{
    const uint64_t nwid = lab_network(lab, 2), self = zts_node_get_id();

    (void)unused;
    lab_forget();
    assert_int_equal(zts_net_join(nwid), ZTS_ERR_OK);
    int denied = lab_wait(ZTS_EVENT_NETWORK_ACCESS_DENIED, 1);
    assert_true(denied >= 0);
    assert_true(lab_event_at(denied).id == nwid);
    int update = lab_find(ZTS_EVENT_NETWORK_UPDATE, 0);
    assert_in_range(update, 0, denied);
    assert_int_equal(lab_event_at(update).status, ZTS_NETWORK_STATUS_ACCESS_DENIED);
    assert_int_equal(lab_count(ZTS_EVENT_NETIF_LINK_UP), 0);

    lab_forget();
    lab_set_member(lab, nwid, self, "{\"authorized\": true}");
    assert_true(lab_wait(ZTS_EVENT_NETWORK_OK, 1) >= 0);
    ASSERT_ORDER(ZTS_EVENT_NETIF_LINK_UP, ZTS_EVENT_ADDR_ADDED_IP4, ZTS_EVENT_NETWORK_UPDATE,
                 ZTS_EVENT_NETWORK_READY_IP4, ZTS_EVENT_NETWORK_OK);
    assert_all_sound();
}

static void an_unknown_network_is_not_found(void **unused)
{
    const uint64_t nwid = lab_network(lab, 3);

    (void)unused;
    lab_forget();
    assert_int_equal(zts_net_join(nwid), ZTS_ERR_OK);
    int place = lab_wait(ZTS_EVENT_NETWORK_NOT_FOUND, 1);
    assert_true(place >= 0);
    assert_true(lab_event_at(place).id == nwid);
    assert_int_equal(lab_event_at(lab_find(ZTS_EVENT_NETWORK_UPDATE, 0)).status,
                     ZTS_NETWORK_STATUS_NOT_FOUND);
    assert_int_equal(zts_net_leave(nwid), ZTS_ERR_OK);
    assert_true(lab_wait(ZTS_EVENT_NETWORK_DOWN, 1) > place);
    assert_all_sound();
}

static void leaving_takes_everything_back(void **unused)
{
    const uint64_t nwid = lab_network(lab, 2);

    (void)unused;
    lab_forget();
    assert_int_equal(zts_net_leave(nwid), ZTS_ERR_OK);
    int place = lab_wait(ZTS_EVENT_NETWORK_DOWN, 1);
    assert_true(place >= 0);
    assert_true(lab_event_at(place).id == nwid);
    ASSERT_ORDER(ZTS_EVENT_ADDR_REMOVED_IP4, ZTS_EVENT_NETIF_LINK_DOWN, ZTS_EVENT_NETIF_DOWN,
                 ZTS_EVENT_NETIF_REMOVED, ZTS_EVENT_NETWORK_DOWN);
    ASSERT_ORDER(ZTS_EVENT_ADDR_REMOVED_IP6, ZTS_EVENT_NETWORK_DOWN);
    ASSERT_ORDER(ZTS_EVENT_ROUTE_REMOVED, ZTS_EVENT_NETWORK_DOWN);
    assert_all_sound();
}

static void stopping_takes_everything_back_and_ends_with_node_down(void **unused)
{
    (void)unused;
    lab_forget();
    stop_and_wait();
    ASSERT_ORDER(ZTS_EVENT_ADDR_REMOVED_IP4, ZTS_EVENT_NETIF_LINK_DOWN, ZTS_EVENT_NETIF_DOWN,
                 ZTS_EVENT_NETIF_REMOVED, ZTS_EVENT_NETWORK_DOWN, ZTS_EVENT_NODE_OFFLINE,
                 ZTS_EVENT_STACK_DOWN, ZTS_EVENT_NODE_DOWN);
    ASSERT_ORDER(ZTS_EVENT_STORE_PEER, ZTS_EVENT_NODE_DOWN);
    assert_int_equal(lab_count(ZTS_EVENT_NETWORK_DOWN), 1);
    assert_true(lab_event_at(lab_find(ZTS_EVENT_NETWORK_DOWN, 0)).id == lab_network(lab, 1));
}

static void a_kept_network_is_told_before_online_and_ready_after_it(void **unused)
{
    (void)unused;
    start_from_storage();
    assert_true(lab_wait(ZTS_EVENT_NETWORK_OK, 1) >= 0);
    ASSERT_ORDER(ZTS_EVENT_STORE_PLANET, ZTS_EVENT_NODE_UP, ZTS_EVENT_NETIF_UP,
                 ZTS_EVENT_ADDR_ADDED_IP4, ZTS_EVENT_NETWORK_UPDATE, ZTS_EVENT_NODE_ONLINE,
                 ZTS_EVENT_NETWORK_READY_IP4, ZTS_EVENT_NETWORK_READY_IP6, ZTS_EVENT_NETWORK_OK);
    assert_int_equal(lab_count(ZTS_EVENT_STORE_IDENTITY_SECRET), 0);
    assert_all_sound();
    stop_and_wait();
}

/* A handler so slow that the network has been refused before the first event is through. */
static void note_slowly(void *message)
{
    const zts_event_msg_t *event = message;
    bool is_first = event->event_code == ZTS_EVENT_NODE_UP;

    while (is_first && zts_net_get_status(lab_network(lab, 2)) != ZTS_NETWORK_STATUS_ACCESS_DENIED)
        zts_util_delay(1);
    lab_note(message);
}

static void become_a_former_member(uint64_t nwid)
{
    start_from_storage();
    assert_int_equal(zts_net_join(nwid), ZTS_ERR_OK);
    assert_true(lab_wait(ZTS_EVENT_NETWORK_OK, 2) >= 0);
    const uint64_t self = zts_node_get_id();
    stop_and_wait();
    lab_set_member(lab, nwid, self, "{\"authorized\": false}");
}

static void a_membership_that_ended_meanwhile_takes_the_link_down(void **unused)
{
    const uint64_t nwid = lab_network(lab, 2);

    (void)unused;
    become_a_former_member(nwid);
    start_from_storage_with(note_slowly);
    int denied = lab_wait(ZTS_EVENT_NETWORK_ACCESS_DENIED, 1);
    assert_true(denied >= 0);
    assert_true(lab_event_at(denied).id == nwid);
    ASSERT_ORDER(ZTS_EVENT_NETIF_LINK_UP, ZTS_EVENT_ADDR_ADDED_IP4, ZTS_EVENT_NODE_ONLINE,
                 ZTS_EVENT_NETIF_LINK_DOWN, ZTS_EVENT_NETWORK_UPDATE,
                 ZTS_EVENT_NETWORK_ACCESS_DENIED);
    assert_int_equal(zts_net_leave(nwid), ZTS_ERR_OK);
    stop_and_wait();
}

static void a_node_that_can_not_work_says_so_and_still_goes_down(void **unused)
{
    static const char junk[4096];

    (void)unused;
    lab_forget();
    lab_settings_with_identity(lab, 1, lab_note);
    assert_int_equal(zts_init_set_roots(junk, sizeof junk), ZTS_ERR_OK);
    assert_int_equal(zts_node_start(), ZTS_ERR_OK);
    assert_true(lab_wait(ZTS_EVENT_NODE_FATAL_ERROR, 1) >= 0);
    assert_int_equal(lab_count(ZTS_EVENT_NODE_UP), 0);
    assert_int_equal(zts_node_is_online(), 0);
    stop_and_wait();
    ASSERT_ORDER(ZTS_EVENT_STACK_UP, ZTS_EVENT_NODE_FATAL_ERROR, ZTS_EVENT_STACK_DOWN,
                 ZTS_EVENT_NODE_DOWN);
    assert_int_equal(lab_count(ZTS_EVENT_NODE_OFFLINE), 0);
}

static void without_a_handler_in_this_phase_nothing_is_delivered(void **unused)
{
    (void)unused;
    lab_forget();
    lab_settings_with_identity(lab, 1, NULL);
    assert_int_equal(zts_node_start(), ZTS_ERR_OK);
    while (zts_node_is_online() != 1)
        zts_util_delay(10);
    assert_int_equal(zts_node_stop(), ZTS_ERR_OK);
    assert_int_equal(zts_init_set_port(0), ZTS_ERR_OK);
    assert_int_equal(lab_count(0), 0);
}

static void a_new_identity_replaces_the_kept_one(void **unused)
{
    (void)unused;
    lab_forget();
    lab_settings(lab, lab_note);
    assert_int_equal(zts_init_from_storage(folder), ZTS_ERR_OK);
    assert_int_equal(zts_init_new_identity(), ZTS_ERR_OK);
    assert_int_equal(zts_node_start(), ZTS_ERR_OK);
    assert_int_equal(zts_init_new_identity(), ZTS_ERR_SERVICE);
    int online = lab_wait(ZTS_EVENT_NODE_ONLINE, 1);
    assert_true(online >= 0);
    const uint64_t first = lab_event_at(online).id;
    stop_and_wait();

    start_from_storage();
    online = lab_wait(ZTS_EVENT_NODE_ONLINE, 1);
    assert_true(online >= 0);
    assert_true(lab_event_at(online).id == first);
    stop_and_wait();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_start_tells_the_identity_the_planet_and_its_way_to_the_network),
        cmocka_unit_test(joining_tells_interface_addresses_routes_and_readiness),
        cmocka_unit_test(a_change_by_the_controller_tells_the_removal_first),
        cmocka_unit_test(a_private_network_waits_for_its_controller),
        cmocka_unit_test(an_unknown_network_is_not_found),
        cmocka_unit_test(leaving_takes_everything_back),
        cmocka_unit_test(stopping_takes_everything_back_and_ends_with_node_down),
        cmocka_unit_test(a_kept_network_is_told_before_online_and_ready_after_it),
        cmocka_unit_test(a_membership_that_ended_meanwhile_takes_the_link_down),
        cmocka_unit_test(a_node_that_can_not_work_says_so_and_still_goes_down),
        cmocka_unit_test(without_a_handler_in_this_phase_nothing_is_delivered),
        cmocka_unit_test(a_new_identity_replaces_the_kept_one),
    };

    return cmocka_run_group_tests(tests, open_lab, close_lab);
}
