/* SPDX-License-Identifier: Apache-2.0 */
/* The machine as a whole: a root and leaves meet, talk, lose each other and meet again. */
#include "vl1_lab.h"

static void a_leaf_that_greets_its_root_is_online(void **unused)
{
    struct lab *lab = lab_with_root(2);

    (void)unused;
    assert_true(zt_vl1_is_online(lab->nodes[1].vl1));
    assert_int_equal(lab->nodes[1].events[ZT_EVENT_ONLINE], 1);
    assert_int_equal(lab->nodes[1].events[ZT_EVENT_PEER_DIRECT], 1);
    assert_int_equal(lab->nodes[1].events[ZT_EVENT_PATH_NEW], 1);
    assert_int_equal(lab->nodes[0].proofs, 1);
    assert_non_null(lab_path(lab, 1, 0));
    assert_non_null(lab_path(lab, 0, 1));
    assert_int_equal(lab_path(lab, 1, 0)->latency_ms, 2 * LAB_DELAY_MS);
    assert_int_equal(lab_peer(lab, 0, 1)->protocol, ZT_PROTOCOL_VERSION);
    lab_free(lab);
}

static void a_root_is_always_online(void **unused)
{
    struct lab *lab = lab_with_root(1);

    (void)unused;
    assert_true(zt_vl1_am_upstream(lab->nodes[0].vl1));
    assert_true(zt_vl1_is_online(lab->nodes[0].vl1));
    lab_free(lab);
}

static void two_strangers_find_each_other_and_a_direct_path(void **unused)
{
    struct lab *lab = lab_with_root(3);

    (void)unused;
    assert_int_equal(lab_send(lab, 1, 2, ZT_VERB_FRAME, 100), ZT_DROP_NONE);
    assert_null(lab_peer(lab, 1, 2));
    lab_run(lab, 500);
    assert_int_equal(lab->nodes[2].upper_packets, 1);
    assert_int_equal(lab->nodes[2].upper_verb, ZT_VERB_FRAME);
    assert_non_null(lab_path(lab, 1, 2));
    assert_non_null(lab_path(lab, 2, 1));
    assert_true(zt_vl1_counters(lab->nodes[0].vl1)->relayed > 0);
    assert_int_equal(lab->nodes[1].ttl_sends, 1);

    lab->cut[0][1] = lab->cut[0][2] = true;
    assert_int_equal(lab_send(lab, 1, 2, ZT_VERB_FRAME, 100), ZT_DROP_NONE);
    lab_run(lab, 100);
    assert_int_equal(lab->nodes[2].upper_packets, 2);
    assert_int_equal(zt_peer_cipher(lab_peer(lab, 1, 2)), ZT_CIPHER_GMAC_SIV);
    lab_free(lab);
}

static void a_pair_that_can_not_meet_stays_relayed(void **unused)
{
    struct lab *lab = lab_with_root(3);

    (void)unused;
    lab->cut[1][2] = lab->cut[2][1] = true;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(lab_send(lab, 1, 2, ZT_VERB_FRAME, 2800), ZT_DROP_NONE);
        lab_run(lab, 1000);
    }
    assert_int_equal(lab->nodes[2].upper_packets, 5);
    assert_null(lab_path(lab, 1, 2));
    lab_free(lab);
}

static void a_large_packet_travels_in_pieces(void **unused)
{
    struct lab *lab = lab_with_root(2);
    size_t before = lab->datagrams;

    (void)unused;
    assert_int_equal(lab_send(lab, 1, 0, ZT_VERB_FRAME, 9900), ZT_DROP_NONE);
    assert_int_equal(lab_send(lab, 1, 0, ZT_VERB_FRAME, 9901), ZT_DROP_TOO_LARGE);
    lab_run(lab, 50);
    assert_int_equal(lab->datagrams - before, 7);
    assert_int_equal(lab->nodes[0].upper_packets, 1);
    lab_free(lab);
}

static void a_path_that_falls_silent_expires_and_traffic_returns_to_the_relay(void **unused)
{
    struct lab *lab = lab_with_root(3);

    (void)unused;
    lab_send(lab, 1, 2, ZT_VERB_FRAME, 10);
    lab_run(lab, 1000);
    assert_non_null(lab_path(lab, 1, 2));
    lab->cut[1][2] = lab->cut[2][1] = true;
    lab_run(lab, ZT_PATH_EXPIRY_MS + ZT_HOUSEKEEPING_MS);
    assert_null(lab_path(lab, 1, 2));
    assert_int_equal(lab->nodes[1].events[ZT_EVENT_PATH_DEAD], 1);
    unsigned before = lab->nodes[2].upper_packets;
    lab_send(lab, 1, 2, ZT_VERB_FRAME, 10);
    lab_run(lab, 100);
    assert_int_equal(lab->nodes[2].upper_packets, before + 1);
    lab_free(lab);
}

static void an_idle_leaf_keeps_its_root_and_wakes_rarely(void **unused)
{
    struct lab *lab = lab_with_root(2);
    size_t before = lab->datagrams;

    (void)unused;
    lab_run(lab, 600000);
    assert_true(zt_vl1_is_online(lab->nodes[1].vl1));
    assert_int_equal(lab->nodes[1].events[ZT_EVENT_PATH_DEAD], 0);
    assert_true(lab->datagrams - before < 120); /* an ECHO and its OK each 15 s, a few HELLOs */
    assert_true(lab->datagrams - before > 60);
    lab_free(lab);
}

static void a_leaf_notices_that_its_root_is_gone_and_is_back(void **unused)
{
    struct lab *lab = lab_with_root(2);

    (void)unused;
    lab->cut[1][0] = true;
    lab_run(lab, ZT_PEER_ACTIVITY_MS + 2 * ZT_PING_CHECK_MS);
    assert_false(zt_vl1_is_online(lab->nodes[1].vl1));
    assert_int_equal(lab->nodes[1].events[ZT_EVENT_OFFLINE], 1);
    lab->cut[1][0] = false;
    lab_run(lab, 2 * ZT_PING_CHECK_MS);
    assert_true(zt_vl1_is_online(lab->nodes[1].vl1));
    assert_int_equal(lab->nodes[1].events[ZT_EVENT_ONLINE], 2);
    lab_free(lab);
}

static void a_leaf_is_known_again_soon_after_its_root_restarted(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct lab_node *root = &lab->nodes[0];
    struct zt_vl1_options options = {
        .self = &root->self, .rng = &root->rng, .sends = &root->sends, .effects = &root->effects
    };
    struct zt_world planet = lab_world(lab, ZT_WORLD_PLANET, 4711, 1000, 0, 1);

    (void)unused;
    zt_vl1_free(root->vl1);
    root->vl1 = zt_vl1_new(&options, lab->now);
    assert_non_null(root->vl1);
    lab_offer(lab, 0, &planet);
    assert_null(lab_peer(lab, 0, 1));
    lab_run(lab, 45000);
    assert_non_null(lab_path(lab, 0, 1));
    lab_free(lab);
}

static void a_silent_peer_is_saved_and_forgotten(void **unused)
{
    struct lab *lab = lab_with_root(2);

    (void)unused;
    lab->cut[1][0] = true;
    lab_run(lab, ZT_PEER_ACTIVITY_MS + ZT_HOUSEKEEPING_MS + 1000);
    assert_null(lab_peer(lab, 0, 1));
    assert_int_equal(lab->nodes[0].saves[ZT_OBJECT_PEER], 1);
    lab_free(lab);
}

static void a_cached_peer_is_greeted_when_it_is_wanted(void **unused)
{
    struct lab *lab = lab_with_root(3);

    (void)unused;
    lab_send(lab, 1, 2, ZT_VERB_FRAME, 10);
    lab_run(lab, 1000);
    zt_cache_save(lab->nodes[1].vl1, lab_peer(lab, 1, 2));
    lab_run(lab, 1);
    uint8_t record[512];
    size_t length = lab->nodes[1].saved_length;
    memcpy(record, lab->nodes[1].saved, length);
    lab_free(lab);

    lab = lab_with_root(3);
    for (size_t i = 0; i < length; i++)
        assert_int_not_equal(zt_vl1_load_peer(lab->nodes[1].vl1, lab->now, record, i),
                             ZT_DROP_NONE);
    assert_null(lab_peer(lab, 1, 2));
    assert_int_equal(zt_vl1_load_peer(lab->nodes[1].vl1, lab->now, record, length), ZT_DROP_NONE);
    assert_int_equal(lab_peer(lab, 1, 2)->protocol, ZT_PROTOCOL_VERSION);
    assert_null(lab_path(lab, 1, 2));
    lab_send(lab, 1, 2, ZT_VERB_FRAME, 10);
    lab_run(lab, 1000);
    assert_non_null(lab_path(lab, 1, 2));
    lab_free(lab);
}

static void a_closed_socket_takes_its_paths_along(void **unused)
{
    struct lab *lab = lab_with_root(2);

    (void)unused;
    zt_vl1_socket_closed(lab->nodes[1].vl1, lab->now, LAB_SOCKET);
    lab_carry_out(lab);
    assert_null(lab_path(lab, 1, 0));
    assert_int_equal(lab->nodes[1].events[ZT_EVENT_PATH_DEAD], 1);
    assert_int_equal(lab->nodes[1].events[ZT_EVENT_PEER_RELAY], 2);
    lab_run(lab, 2 * ZT_PING_CHECK_MS);
    assert_non_null(lab_path(lab, 1, 0));
    lab_free(lab);
}

/* First the old address goes with its socket, then the new one comes; between them there is none. */
static void a_node_that_moves_is_heard_from_its_new_address_at_once(void **unused)
{
    struct lab *lab = lab_with_root(3);
    uint8_t ip[4] = { 10, 0, 77, 1 };

    (void)unused;
    lab_send(lab, 1, 2, ZT_VERB_FRAME, 10);
    lab_send(lab, 2, 1, ZT_VERB_FRAME, 10);
    lab_run(lab, 1000);
    zt_vl1_set_local_endpoints(lab->nodes[1].vl1, &lab->nodes[1].at, 1);
    lab_run(lab, 1000);
    assert_non_null(lab_path(lab, 2, 1));
    for (size_t i = 0; i < 3; i++)
        lab->cut[1][i] = true;
    zt_vl1_socket_closed(lab->nodes[1].vl1, lab->now, LAB_SOCKET);
    zt_vl1_set_local_endpoints(lab->nodes[1].vl1, NULL, 0);
    lab_run(lab, 100);
    for (size_t i = 0; i < 3; i++)
        lab->cut[1][i] = false;
    lab->nodes[1].at = zt_endpoint_v4(ip, LAB_PORT);
    zt_vl1_set_local_endpoints(lab->nodes[1].vl1, &lab->nodes[1].at, 1);
    lab_run(lab, 100);
    assert_memory_equal(lab_path(lab, 2, 1)->link.remote.ip, ip, 4);
    lab_free(lab);
}

static void every_judged_packet_is_counted_once(void **unused)
{
    struct lab *lab = lab_with_root(2);
    const struct zt_counters *counters = zt_vl1_counters(lab->nodes[1].vl1);
    struct zt_link link = { LAB_SOCKET, lab_endpoint(0) };
    uint64_t sum = 0;

    (void)unused;
    for (size_t length = 0; length < 28; length++) {
        uint8_t junk[28] = { 0 };

        zt_vl1_datagram(lab->nodes[1].vl1, lab->now, &link, junk, length);
    }
    for (size_t i = 0; i < ZT_DROP_COUNT; i++)
        sum += counters->drops[i];
    assert_int_equal(sum + counters->fragments_in, counters->datagrams_in);
    lab_free(lab);
}

/* What one input leaves behind must not depend on the hops and lengths an attacker chooses. */
static void damaged_datagrams_change_nothing(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_vl1 *vl1 = lab->nodes[0].vl1;
    struct zt_link link = { LAB_SOCKET, lab_endpoint(1) };

    (void)unused;
    lab_send(lab, 1, 0, ZT_VERB_FRAME, 40);
    lab_carry_out(lab);
    struct lab_datagram good = lab->last[1];
    for (size_t i = 0; i < good.length; i++) {
        uint8_t bytes[ZT_MAX_PACKET];

        memcpy(bytes, good.bytes, good.length);
        zt_vl1_datagram(vl1, lab->now, &link, bytes, i); /* each prefix */
        memcpy(bytes, good.bytes, good.length);
        bytes[i] ^= 0x08; /* each byte damaged; the hops are not protected, but this bit is */
        zt_vl1_datagram(vl1, lab->now, &link, bytes, good.length);
        assert_int_equal(lab->nodes[0].upper_packets, 0);
    }
    zt_vl1_datagram(vl1, lab->now, &link, good.bytes, good.length);
    assert_int_equal(lab->nodes[0].upper_packets, 1);
    lab_free(lab);
}

static void running_out_of_memory_loses_packets_only(void **unused)
{
    (void)unused;
    for (unsigned long n = 1; n < 60; n++) {
        struct lab *lab = lab_with_root(3);

        zt_mem_fail_nth(n);
        lab_send(lab, 1, 2, ZT_VERB_FRAME, 2800);
        lab_run(lab, 300);
        zt_mem_fail_nth(0);
        lab_run(lab, 12000);
        lab_send(lab, 1, 2, ZT_VERB_FRAME, 2800);
        lab_run(lab, 1000);
        assert_true(lab->nodes[2].upper_packets > 0);
        lab_free(lab);
        assert_int_equal(zt_mem_live(), 0);
    }
}

static void a_peer_is_small(void **unused)
{
    (void)unused;
    assert_true(sizeof(struct zt_peer) + 2 * sizeof(struct zt_path) < 2048);
}

/* Two leaves with a path, both active. */
static struct lab *lab_of_friends(void)
{
    struct lab *lab = lab_with_root(3);

    lab_send(lab, 1, 2, ZT_VERB_FRAME, 10);
    lab_run(lab, 1000);
    lab_send(lab, 2, 1, ZT_VERB_FRAME, 10);
    lab_send(lab, 1, 2, ZT_VERB_FRAME, 10);
    lab_run(lab, 1000);
    assert_non_null(lab_path(lab, 1, 2));
    return lab;
}

static void a_path_that_went_dead_is_replaced_by_the_relay_until_it_answers_again(void **unused)
{
    struct lab *lab = lab_of_friends();

    (void)unused;
    lab->cut[1][2] = lab->cut[2][1] = true;
    for (size_t i = 0; i < 26; i++) {
        lab_send(lab, 1, 2, ZT_VERB_FRAME, 10);
        lab_run(lab, 1000);
    }
    unsigned before = lab->nodes[2].upper_packets;
    for (size_t i = 0; i < 10; i++) {
        lab_send(lab, 1, 2, ZT_VERB_FRAME, 10);
        lab_run(lab, 1000);
    }
    assert_int_equal(lab->nodes[2].upper_packets - before, 10);

    lab->cut[1][2] = lab->cut[2][1] = false;
    lab_run(lab, 6000);
    uint64_t relayed = zt_vl1_counters(lab->nodes[0].vl1)->relayed;
    lab_send(lab, 1, 2, ZT_VERB_FRAME, 10);
    lab_run(lab, 1000);
    assert_true(zt_vl1_counters(lab->nodes[0].vl1)->relayed == relayed);
    assert_int_equal(lab->nodes[2].upper_packets - before, 11);
    lab_free(lab);
}

static void a_quiet_path_and_one_way_traffic_never_look_dead(void **unused)
{
    (void)unused;
    for (unsigned one_way = 0; one_way < 2; one_way++) {
        struct lab *lab = lab_of_friends();

        for (size_t i = 0; i < 400; i++) {
            if (one_way)
                lab_send(lab, 1, 2, ZT_VERB_FRAME, 10);
            lab_run(lab, 1000);
            assert_non_null(lab_path(lab, 1, 2));
            assert_false(zt_path_is_mute(lab_path(lab, 1, 2), lab->now.mono_ms));
        }
        lab_free(lab);
    }
}

static void an_idle_node_is_small(void **unused)
{
    (void)unused;
    assert_true(sizeof(struct zt_vl1) < 16384);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leaf_that_greets_its_root_is_online),
        cmocka_unit_test(a_root_is_always_online),
        cmocka_unit_test(two_strangers_find_each_other_and_a_direct_path),
        cmocka_unit_test(a_pair_that_can_not_meet_stays_relayed),
        cmocka_unit_test(a_large_packet_travels_in_pieces),
        cmocka_unit_test(a_path_that_falls_silent_expires_and_traffic_returns_to_the_relay),
        cmocka_unit_test(an_idle_leaf_keeps_its_root_and_wakes_rarely),
        cmocka_unit_test(a_leaf_notices_that_its_root_is_gone_and_is_back),
        cmocka_unit_test(a_leaf_is_known_again_soon_after_its_root_restarted),
        cmocka_unit_test(a_silent_peer_is_saved_and_forgotten),
        cmocka_unit_test(a_cached_peer_is_greeted_when_it_is_wanted),
        cmocka_unit_test(a_closed_socket_takes_its_paths_along),
        cmocka_unit_test(a_node_that_moves_is_heard_from_its_new_address_at_once),
        cmocka_unit_test(every_judged_packet_is_counted_once),
        cmocka_unit_test(damaged_datagrams_change_nothing),
        cmocka_unit_test(running_out_of_memory_loses_packets_only),
        cmocka_unit_test(a_peer_is_small),
        cmocka_unit_test(a_path_that_went_dead_is_replaced_by_the_relay_until_it_answers_again),
        cmocka_unit_test(a_quiet_path_and_one_way_traffic_never_look_dead),
        cmocka_unit_test(an_idle_node_is_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
