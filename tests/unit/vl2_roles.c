/* SPDX-License-Identifier: Apache-2.0 */
/* Anchors, replicators, unwanted groups, and the mode for low bandwidth. */
#include "vl2_lab.h"

#include "vl2/multicast.h"

static const struct zt_group everyone = { { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } }, 0 };

/* All are members of a network where Bob has these roles, and have met him. */
static struct lab *lab_where_bob_is(uint64_t roles)
{
    struct lab *lab = lab_new();

    for (size_t i = ANN; i <= EVE; i++) {
        lab->nodes[i].config->specialist_count = 1;
        lab->nodes[i].config->specialists[0] = lab_address(lab, BOB) | roles;
        lab_join(lab, i);
    }
    lab_run(lab, 15000);
    return lab;
}

static bool likes(const struct lab *lab, size_t at, const struct zt_group *group, size_t who)
{
    const struct zt_audience *audience =
        zt_likes_audience(&lab_vl2(lab, at)->likes, lab->nwid, group);

    for (size_t i = 0; audience != NULL && i < audience->count; i++)
        if (audience->likes[i]->address == lab_address(lab, who))
            return true;
    return false;
}

static void a_replicator_gets_one_copy_and_spreads_it(void **unused)
{
    struct lab *lab = lab_where_bob_is(ZT_SPECIALIST_REPLICATOR | ZT_SPECIALIST_BRIDGE);

    (void)unused;
    assert_int_equal(lab_frame(lab, ANN, zt_mac_broadcast, lab_mac(lab, ANN), 64), ZT_DROP_NONE);
    assert_int_equal(lab_network(lab, ANN)->spread.count, 0);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[BOB].frames, 1);
    assert_int_equal(lab->nodes[EVE].frames, 1);
    assert_memory_equal(lab->nodes[EVE].frame + 6, lab_mac(lab, ANN).bytes, 6);
    assert_int_equal(lab->nodes[ANN].frames, 0);
    lab_free(lab);
}

static void without_the_bridge_role_a_replicator_speaks_for_members_only(void **unused)
{
    struct lab *lab = lab_where_bob_is(ZT_SPECIALIST_REPLICATOR);

    (void)unused;
    (void)lab_frame(lab, ANN, zt_mac_broadcast, lab_mac(lab, ANN), 64);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[BOB].frames, 1);
    assert_int_equal(lab->nodes[EVE].frames, 0); /* Eve has not seen Ann's certificate */
    (void)lab_frame(lab, ANN, lab_mac(lab, EVE), lab_mac(lab, ANN), 64);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[EVE].frames, 1);
    (void)lab_frame(lab, ANN, zt_mac_broadcast, lab_mac(lab, ANN), 64);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[EVE].frames, 2);
    lab_free(lab);
}

static void nothing_is_replicated_for_a_member_with_a_foreign_mac(void **unused)
{
    struct lab *lab = lab_where_bob_is(ZT_SPECIALIST_REPLICATOR | ZT_SPECIALIST_BRIDGE);
    uint8_t bytes[256];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    (void)unused;
    zt_write_u64(&out, lab->nwid);
    zt_write_u8(&out, ZT_MULTICAST_SOURCE | ZT_MULTICAST_REPLICATE);
    zt_mac_write(lab_mac(lab, CONTROLLER), &out);
    zt_mac_write(zt_mac_broadcast, &out);
    zt_write_u32(&out, 0);
    zt_write_u16(&out, ZT_ETHER_IPV4);
    zt_write_u64(&out, 0);
    assert_int_equal(lab_hand(lab, BOB, EVE, ZT_VERB_MULTICAST_FRAME, &out), ZT_DROP_NO_BRIDGE);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[BOB].frames, 0);
    assert_int_equal(lab->nodes[ANN].frames, 0);
    lab_free(lab);
}

static uint64_t oks_of(const struct lab *lab, size_t i)
{
    return zt_vl1_counters(zt_node_vl1(lab->nodes[i].node))->verbs_out[ZT_VERB_OK];
}

/* A MULTICAST_FRAME of Eve to Bob that asks for members; mac: its source if it names one. */
static enum zt_drop hand_gathering(struct lab *lab, const struct zt_mac *mac, size_t payload)
{
    uint8_t bytes[256] = { 0 };
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    unsigned flags = ZT_MULTICAST_GATHER | (mac != NULL ? ZT_MULTICAST_SOURCE : 0);

    zt_write_u64(&out, lab->nwid);
    zt_write_u8(&out, (uint8_t)flags);
    zt_write_u32(&out, 5);
    if (mac != NULL)
        zt_mac_write(*mac, &out);
    zt_mac_write(zt_mac_broadcast, &out);
    zt_write_u32(&out, 0);
    zt_write_u16(&out, ZT_ETHER_IPV4);
    (void)zt_write_reserve(&out, payload);
    return lab_hand(lab, BOB, EVE, ZT_VERB_MULTICAST_FRAME, &out);
}

static void members_are_told_also_for_a_frame_that_carries_nothing(void **unused)
{
    struct lab *lab = lab_where_bob_is(ZT_SPECIALIST_ANCHOR);
    uint64_t before = oks_of(lab, BOB);

    (void)unused;
    assert_int_equal(hand_gathering(lab, NULL, 0), ZT_DROP_EMPTY_FRAME);
    assert_int_equal(oks_of(lab, BOB), before + 1);
    assert_int_equal(hand_gathering(lab, NULL, 64), ZT_DROP_NONE);
    assert_int_equal(oks_of(lab, BOB), before + 2);
    lab_free(lab);
}

static void no_members_are_told_to_who_sends_with_a_foreign_mac(void **unused)
{
    struct lab *lab = lab_where_bob_is(ZT_SPECIALIST_ANCHOR);
    struct zt_mac mac = lab_mac(lab, CONTROLLER);
    uint64_t before = oks_of(lab, BOB);

    (void)unused;
    assert_int_equal(hand_gathering(lab, &mac, 64), ZT_DROP_NO_BRIDGE);
    assert_int_equal(oks_of(lab, BOB), before);
    lab_free(lab);
}

static void an_anchor_keeps_likes_and_answers_gathers(void **unused)
{
    struct lab *lab = lab_where_bob_is(ZT_SPECIALIST_ANCHOR);

    (void)unused;
    assert_true(likes(lab, BOB, &everyone, ANN));
    assert_true(likes(lab, BOB, &everyone, EVE));
    /* With neither root nor controller the anchor alone brings them together. */
    lab->cut[ROOT] = true;
    lab->cut[CONTROLLER] = true;
    zt_likes_clear(&lab_vl2(lab, ANN)->likes);
    (void)lab_frame(lab, ANN, zt_mac_broadcast, lab_mac(lab, ANN), 64);
    lab_run(lab, 1000);
    assert_true(likes(lab, ANN, &everyone, EVE));
    assert_int_equal(lab->nodes[BOB].frames, 1);
    lab_free(lab);
}

static void a_node_that_does_not_want_a_group_is_taken_off(void **unused)
{
    struct lab *lab = lab_with_members();
    uint8_t bytes[64];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    (void)unused;
    (void)lab_frame(lab, EVE, lab_mac(lab, ANN), lab_mac(lab, EVE), 64);
    lab_run(lab, 3000);
    zt_multicast_heard(lab_vl2(lab, ANN), lab->nwid, &everyone, lab_address(lab, EVE));
    zt_multicast_heard(lab_vl2(lab, ANN), lab->nwid, &everyone, lab_address(lab, BOB));
    zt_write_u8(&out, ZT_VERB_MULTICAST_FRAME);
    zt_write_u64(&out, 1);
    zt_write_u8(&out, ZT_ERROR_UNWANTED_MULTICAST);
    zt_write_u64(&out, lab->nwid);
    zt_mac_write(everyone.mac, &out);
    zt_write_u32(&out, everyone.adi);
    for (size_t cut = 10; cut < zt_writer_length(&out); cut++) {
        struct zt_writer part = { .start = bytes, .at = bytes + cut };

        assert_int_equal(lab_hand(lab, ANN, EVE, ZT_VERB_ERROR, &part), ZT_DROP_TRUNCATED);
    }
    assert_int_equal(lab_hand(lab, ANN, CONTROLLER, ZT_VERB_ERROR, &out), ZT_DROP_NOT_MEMBER);
    assert_true(likes(lab, ANN, &everyone, EVE));
    assert_int_equal(lab_hand(lab, ANN, EVE, ZT_VERB_ERROR, &out), ZT_DROP_NONE);
    assert_false(likes(lab, ANN, &everyone, EVE));
    assert_true(likes(lab, ANN, &everyone, BOB));
    lab_free(lab);
}

static void low_bandwidth_asks_and_announces_rarely(void **unused)
{
    struct lab *lab = lab_new();
    int64_t gathered_ms;

    (void)unused;
    lab_vl2(lab, ANN)->low_bandwidth = true;
    lab_join(lab, ANN);
    lab_run(lab, 1000);
    assert_int_equal(lab->nodes[ANN].requests, 1);
    assert_true(likes(lab, ROOT, &everyone, ANN));
    zt_likes_clear(&lab_vl2(lab, ROOT)->likes);
    lab_run(lab, 3600000);
    assert_int_equal(lab->nodes[ANN].requests, 1);
    assert_false(likes(lab, ROOT, &everyone, ANN));
    lab_run(lab, 64 * 60000 - 3600000);
    assert_int_equal(lab->nodes[ANN].requests, 2);
    /* A group that has members is gathered every 180 s. */
    zt_multicast_heard(lab_vl2(lab, ANN), lab->nwid, &everyone, lab_address(lab, BOB));
    (void)lab_frame(lab, ANN, zt_mac_broadcast, lab_mac(lab, ANN), 64);
    lab_run(lab, 179000);
    gathered_ms = zt_spread_gathered_ms(&lab_network(lab, ANN)->spread, &everyone);
    (void)lab_frame(lab, ANN, zt_mac_broadcast, lab_mac(lab, ANN), 64);
    assert_int_equal(zt_spread_gathered_ms(&lab_network(lab, ANN)->spread, &everyone), gathered_ms);
    lab_run(lab, 1000);
    (void)lab_frame(lab, ANN, zt_mac_broadcast, lab_mac(lab, ANN), 64);
    assert_int_not_equal(zt_spread_gathered_ms(&lab_network(lab, ANN)->spread, &everyone),
                         gathered_ms);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replicator_gets_one_copy_and_spreads_it),
        cmocka_unit_test(without_the_bridge_role_a_replicator_speaks_for_members_only),
        cmocka_unit_test(nothing_is_replicated_for_a_member_with_a_foreign_mac),
        cmocka_unit_test(members_are_told_also_for_a_frame_that_carries_nothing),
        cmocka_unit_test(no_members_are_told_to_who_sends_with_a_foreign_mac),
        cmocka_unit_test(an_anchor_keeps_likes_and_answers_gathers),
        cmocka_unit_test(a_node_that_does_not_want_a_group_is_taken_off),
        cmocka_unit_test(low_bandwidth_asks_and_announces_rarely),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
