/* SPDX-License-Identifier: Apache-2.0 */
/* What is told to those who look: lists read in steps, moons, and counts by verb, error and peer. */
#include "vl1_lab.h"

#include "vl1/tally.h"

static void add_fake(struct lab *lab, zt_address address)
{
    struct zt_identity identity = lab_identity(4);
    struct zt_session_key key = { { 7 } };

    identity.address = address;
    assert_non_null(zt_topology_add(lab->nodes[0].vl1, &identity, &key));
}

static void a_list_read_in_steps_is_the_whole_list(void **unused)
{
    struct lab *lab = lab_new(1);
    const struct zt_vl1 *vl1 = lab->nodes[0].vl1;
    struct zt_peer_status status, whole;
    zt_address after = 0;

    (void)unused;
    assert_false(zt_vl1_peer_after(vl1, 0, &status));
    for (zt_address i = 9; i > 0; i--)
        add_fake(lab, i);
    for (size_t i = 0; i < 9; i++) {
        assert_true(zt_vl1_peer_after(vl1, after, &status));
        assert_true(zt_vl1_peer_at(vl1, i, &whole));
        assert_int_equal(status.address, whole.address);
        after = status.address;
    }
    assert_false(zt_vl1_peer_after(vl1, after, &status));
    assert_false(zt_vl1_peer_after(vl1, 77, &status)); /* unknown: no first one either */
    lab_free(lab);
}

static void moons_held_and_awaited_are_told_apart(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_vl1 *vl1 = lab->nodes[1].vl1;
    struct zt_world moon = lab_world(lab, ZT_WORLD_MOON, 77, 500, 0, 1);

    (void)unused;
    assert_null(zt_vl1_moon_at(vl1, 0));
    assert_int_equal(zt_vl1_awaited_moon_at(vl1, 0), 0);
    assert_int_equal(lab_offer(lab, 1, &moon), ZT_DROP_NONE);
    assert_true(zt_vl1_orbit(vl1, lab->now, 88, lab_address(lab, 0)));
    assert_int_equal(zt_vl1_moon_at(vl1, 0)->id, 77);
    assert_null(zt_vl1_moon_at(vl1, 1));
    assert_int_equal(zt_vl1_awaited_moon_at(vl1, 0), 88);
    assert_int_equal(zt_vl1_awaited_moon_at(vl1, 1), 0);
    lab_free(lab);
}

static void packets_are_counted_by_verb_and_peer_on_both_sides(void **unused)
{
    struct lab *lab = lab_with_root(2);
    const struct zt_counters *root = zt_vl1_counters(lab->nodes[0].vl1);
    const struct zt_counters *leaf = zt_vl1_counters(lab->nodes[1].vl1);
    struct zt_peer_status before, after;
    uint64_t sent = leaf->verbs_out[ZT_VERB_ECHO], came = root->verbs_in[ZT_VERB_ECHO];

    (void)unused;
    assert_true(leaf->verbs_out[ZT_VERB_HELLO] > 0);
    assert_int_equal(leaf->verbs_out[ZT_VERB_HELLO], root->verbs_in[ZT_VERB_HELLO]);
    assert_int_equal(root->verbs_out[ZT_VERB_OK], leaf->verbs_in[ZT_VERB_OK]);
    assert_true(zt_vl1_peer_status(lab->nodes[0].vl1, lab_address(lab, 1), &before));
    assert_int_equal(lab_send(lab, 1, 0, ZT_VERB_ECHO, 10), ZT_DROP_NONE);
    lab_run(lab, 500);
    assert_int_equal(leaf->verbs_out[ZT_VERB_ECHO], sent + 1);
    assert_int_equal(root->verbs_in[ZT_VERB_ECHO], came + 1);
    assert_true(zt_vl1_peer_status(lab->nodes[0].vl1, lab_address(lab, 1), &after));
    assert_int_equal(after.tally.packets_in, before.tally.packets_in + 1);
    assert_int_equal(after.tally.packets_out, before.tally.packets_out + 1); /* its OK */
    assert_int_equal(after.tally.refused, before.tally.refused);
    lab_free(lab);
}

static void a_refused_packet_of_a_peer_is_counted_as_one(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_peer_status before, after;

    (void)unused;
    assert_true(zt_vl1_peer_status(lab->nodes[0].vl1, lab_address(lab, 1), &before));
    assert_int_equal(lab_send(lab, 1, 0, ZT_VERB_WHOIS, 2), ZT_DROP_NONE); /* too short */
    lab_run(lab, 500);
    assert_true(zt_vl1_peer_status(lab->nodes[0].vl1, lab_address(lab, 1), &after));
    assert_int_equal(after.tally.refused, before.tally.refused + 1);
    lab_free(lab);
}

static void errors_are_counted_by_code(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_vl1 *vl1 = lab->nodes[0].vl1;
    const uint8_t codes[] = { ZT_ERROR_OBJ_NOT_FOUND, ZT_ERROR_NETWORK_ACCESS_DENIED, 200 };

    (void)unused;
    for (size_t i = 0; i < sizeof codes; i++) {
        struct zt_inbound asked = { .source = lab_address(lab, 1),
                                    .verb = ZT_VERB_WHOIS,
                                    .id = i,
                                    .link = { LAB_SOCKET, lab->nodes[1].at } };

        zt_vl1_enter(vl1, lab->now);
        (void)zt_vl1_compose_error(vl1, &asked, codes[i]);
        assert_int_equal(zt_vl1_send(vl1, 0), ZT_DROP_NONE);
    }
    lab_run(lab, 500);
    for (size_t i = 0; i < sizeof codes; i++) {
        size_t shown = codes[i] < ZT_ERROR_CODES ? codes[i] : 0;

        assert_int_equal(zt_vl1_counters(vl1)->errors_out[shown], 1);
        assert_int_equal(zt_vl1_counters(lab->nodes[1].vl1)->errors_in[shown], 1);
    }
    lab_free(lab);
}

static void round_trips_are_counted_by_their_length(void **unused)
{
    static const struct {
        int64_t ms;
        size_t range;
    } cases[] = { { 0, 0 }, { 1, 0 }, { 2, 1 }, { 3, 1 }, { 1000, 9 }, { 1001, 10 } };
    struct lab *lab = lab_with_root(2);
    struct zt_peer *peer = lab_peer(lab, 0, 1);

    (void)unused;
    peer->tally = (struct zt_peer_tally){ 0 };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t before = peer->tally.round_trips[cases[i].range];

        zt_tally_latency(peer, cases[i].ms);
        assert_int_equal(peer->tally.round_trips[cases[i].range], before + 1);
    }
    assert_int_equal(peer->tally.round_trip_sum_ms, 2007);
    zt_tally_latency(peer, -1);
    zt_tally_latency(peer, INT64_MAX);
    assert_int_equal(peer->tally.round_trip_sum_ms, 2007);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_read_in_steps_is_the_whole_list),
        cmocka_unit_test(moons_held_and_awaited_are_told_apart),
        cmocka_unit_test(packets_are_counted_by_verb_and_peer_on_both_sides),
        cmocka_unit_test(a_refused_packet_of_a_peer_is_counted_as_one),
        cmocka_unit_test(errors_are_counted_by_code),
        cmocka_unit_test(round_trips_are_counted_by_their_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
