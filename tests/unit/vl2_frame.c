/* SPDX-License-Identifier: Apache-2.0 */
/* Frames between members: who gets them, who does not, and why. */
#include "vl2_lab.h"

static void a_frame_reaches_the_member_it_is_for(void **unused)
{
    struct lab *lab = lab_with_members();

    (void)unused;
    assert_int_equal(lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 100), ZT_DROP_NONE);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[BOB].frames, 1);
    assert_int_equal(lab->nodes[BOB].frame_length, 114);
    assert_memory_equal(lab->nodes[BOB].frame, lab_mac(lab, BOB).bytes, 6);
    assert_memory_equal(lab->nodes[BOB].frame + 6, lab_mac(lab, ANN).bytes, 6);
    assert_int_equal(zt_load_u16(lab->nodes[BOB].frame + 12), ZT_ETHER_IPV4);
    assert_int_equal(lab->nodes[EVE].frames, 0);
    lab_free(lab);
}

static void an_answer_needs_no_second_introduction(void **unused)
{
    struct lab *lab = lab_with_members();

    (void)unused;
    (void)lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 100);
    lab_run(lab, 3000);
    (void)lab_frame(lab, BOB, lab_mac(lab, ANN), lab_mac(lab, BOB), 100);
    lab_run(lab, 50);
    assert_int_equal(lab->nodes[ANN].frames, 1);
    lab_free(lab);
}

static void a_frame_to_ourselves_comes_back(void **unused)
{
    struct lab *lab = lab_with_members();

    (void)unused;
    assert_int_equal(lab_frame(lab, ANN, lab_mac(lab, ANN), lab_mac(lab, ANN), 60), ZT_DROP_NONE);
    lab_run(lab, 1);
    assert_int_equal(lab->nodes[ANN].frames, 1);
    lab_free(lab);
}

static void bad_frames_are_refused_for_their_reason(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_mac foreign = { { 0x06, 1, 2, 3, 4, 5 } };
    struct zt_node *ann = lab->nodes[ANN].node;
    static uint8_t big[ZT_ETHER_HEADER + ZT_MAX_MTU + 1];
    struct {
        struct zt_mac to, from;
        enum zt_drop reason;
    } cases[] = {
        { lab_mac(lab, BOB), foreign, ZT_DROP_NO_BRIDGE },
        { foreign, lab_mac(lab, ANN), ZT_DROP_NO_BRIDGE },
        { zt_mac_of(lab->nwid, 0), lab_mac(lab, ANN), ZT_DROP_NO_ROUTE },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(lab_frame(lab, ANN, cases[i].to, cases[i].from, 50), cases[i].reason);
    assert_int_equal(zt_node_frame(ann, lab->now, lab->nwid, big, 13), ZT_DROP_TRUNCATED);
    assert_int_equal(zt_node_frame(ann, lab->now, lab->nwid, big, 14), ZT_DROP_EMPTY_FRAME);
    assert_int_equal(zt_node_frame(ann, lab->now, lab->nwid, big, sizeof big), ZT_DROP_TOO_LARGE);
    assert_int_equal(zt_node_frame(ann, lab->now, lab->nwid + 1, big, 60), ZT_DROP_NOT_JOINED);
    lab_free(lab);
}

static void frames_count_once_each(void **unused)
{
    struct lab *lab = lab_with_members();
    uint64_t before = lab_drops(lab, ANN, ZT_DROP_TRUNCATED);

    (void)unused;
    (void)zt_node_frame(lab->nodes[ANN].node, lab->now, lab->nwid, (const uint8_t *)"", 0);
    assert_int_equal(lab_drops(lab, ANN, ZT_DROP_TRUNCATED), before + 1);
    lab_free(lab);
}

static struct zt_frame_tally tally_of(struct lab *lab, size_t i)
{
    struct zt_network_status status;

    assert_true(zt_vl2_network_status(zt_node_vl2(lab->nodes[i].node), lab->nwid, &status));
    return status.tally;
}

static void a_network_counts_frames_by_whether_they_were_accepted(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_mac foreign = { { 0x06, 1, 2, 3, 4, 5 } };
    struct zt_frame_tally before;

    (void)unused;
    (void)lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 100);
    lab_run(lab, 3000);
    before = tally_of(lab, BOB);
    assert_int_equal(tally_of(lab, ANN).out[true], 1);
    assert_int_equal(before.in[true], 1);
    (void)lab_frame(lab, ANN, foreign, lab_mac(lab, ANN), 100);
    assert_int_equal(tally_of(lab, ANN).out[false], 1);
    (void)lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 100);
    lab_run(lab, 100);
    assert_int_equal(tally_of(lab, ANN).out[true], 2);
    assert_int_equal(tally_of(lab, BOB).in[true], 2);
    assert_int_equal(tally_of(lab, BOB).in[false], before.in[false]);
    lab_free(lab);
}

static void without_a_config_no_frame_leaves(void **unused)
{
    struct lab *lab = lab_new();

    (void)unused;
    lab->silent_controller = true;
    lab_join(lab, ANN);
    assert_int_equal(lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 50),
                     ZT_DROP_NOT_CONFIGURED);
    lab_free(lab);
}

static void a_stranger_with_a_forged_certificate_gets_nothing_in(void **unused)
{
    struct lab *lab = lab_new();
    struct zt_com *com = &lab->nodes[EVE].config->com;

    (void)unused;
    lab_join(lab, ANN);
    lab_run(lab, 1000);
    lab_join(lab, EVE);
    lab_run(lab, 1000);
    /* Eve signs her certificate herself, in the controller's name. */
    zt_com_make(com, lab->nwid, lab->now.wall_ms, 1800000, &lab->nodes[EVE].self);
    zt_com_sign(com, &lab->nodes[EVE].self);
    com->signer = lab_address(lab, CONTROLLER);
    lab_network(lab, EVE)->config->com = *com;
    lab_network(lab, EVE)->installs++;
    for (int i = 0; i < 5; i++) {
        (void)lab_frame(lab, EVE, lab_mac(lab, ANN), lab_mac(lab, EVE), 50);
        lab_run(lab, 2000);
    }
    assert_int_equal(lab->nodes[ANN].frames, 0);
    assert_true(lab_drops(lab, ANN, ZT_DROP_FORGED) > 0);
    lab_free(lab);
}

static void a_closed_gate_asks_at_most_four_times_a_second(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_member *member;
    int64_t asked_ms;

    (void)unused;
    /* Ann believes that Bob has seen her certificate; he has not. */
    lab_run(lab, 100);
    member = zt_members_get(&lab_network(lab, ANN)->members, lab_address(lab, BOB), false,
                            lab->now.mono_ms);
    member->pushed_install = lab_network(lab, ANN)->installs;
    member->pushed_ms = lab->now.mono_ms;
    while (zt_rate_take(&member->demands, lab->now.mono_ms))
        continue;
    (void)lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 50);
    lab_run(lab, 200);
    member = zt_members_find(&lab_network(lab, BOB)->members, lab_address(lab, ANN));
    assert_non_null(member);
    asked_ms = member->refused_ms;
    (void)lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 50);
    lab_run(lab, 50);
    assert_int_equal(member->refused_ms, asked_ms);
    assert_int_equal(lab->nodes[BOB].frames, 0);
    /* A later one is answered, the certificate follows, and the frames were kept. */
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[BOB].frames, 2);
    lab_free(lab);
}

static void a_bridge_carries_frames_of_foreign_macs(void **unused)
{
    struct lab *lab = lab_new();
    struct zt_mac foreign = { { 0x06, 1, 2, 3, 4, 5 } };

    (void)unused;
    for (size_t i = ANN; i <= EVE; i++) {
        lab->nodes[i].config->specialist_count = 1;
        lab->nodes[i].config->specialists[0] = ZT_SPECIALIST_BRIDGE | lab_address(lab, ANN);
        lab_join(lab, i);
    }
    lab_run(lab, 1000);
    assert_int_equal(lab_frame(lab, ANN, lab_mac(lab, BOB), foreign, 50), ZT_DROP_NONE);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[BOB].frames, 1);
    assert_memory_equal(lab->nodes[BOB].frame + 6, foreign.bytes, 6);
    assert_int_equal(zt_bridge_route_to(&lab_network(lab, BOB)->bridge, foreign),
                     lab_address(lab, ANN));
    /* and back: the bridge gets what is for the foreign MAC, and for unknown ones */
    assert_int_equal(lab_frame(lab, BOB, foreign, lab_mac(lab, BOB), 50), ZT_DROP_NONE);
    foreign.bytes[5]++;
    assert_int_equal(lab_frame(lab, BOB, foreign, lab_mac(lab, BOB), 50), ZT_DROP_NONE);
    lab_run(lab, 1000);
    assert_int_equal(lab->nodes[ANN].frames, 2);
    lab_free(lab);
}

static void rules_apply_on_the_way_out(void **unused)
{
    struct lab *lab = lab_new();

    (void)unused;
    lab->nodes[ANN].config->rules[0].type = ZT_RULE_DROP;
    lab_join(lab, ANN);
    lab_join(lab, BOB);
    lab_run(lab, 1000);
    assert_int_equal(lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 50),
                     ZT_DROP_FILTERED);
    (void)lab_frame(lab, BOB, lab_mac(lab, ANN), lab_mac(lab, BOB), 50);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[ANN].frames, 0);
    assert_true(lab_drops(lab, ANN, ZT_DROP_FILTERED) >= 2);
    lab_free(lab);
}

static void a_watching_member_gets_a_copy(void **unused)
{
    struct lab *lab = lab_new();

    (void)unused;
    for (size_t i = ANN; i <= EVE; i++) {
        struct zt_config *config = lab->nodes[i].config;

        zt_free(config->rules);
        config->rules = zt_alloc(2 * sizeof *config->rules);
        config->rule_count = 2;
        config->rules[0].type = ZT_RULE_TEE;
        config->rules[0].u.forward.address = lab_address(lab, EVE);
        config->rules[1].type = ZT_RULE_ACCEPT;
        lab_join(lab, i);
    }
    lab_run(lab, 1000);
    (void)lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 50);
    lab_run(lab, 4000);
    assert_int_equal(lab->nodes[BOB].frames, 1);
    assert_true(lab->nodes[EVE].frames >= 1);
    assert_memory_equal(lab->nodes[EVE].frame, lab_mac(lab, BOB).bytes, 6);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_reaches_the_member_it_is_for),
        cmocka_unit_test(an_answer_needs_no_second_introduction),
        cmocka_unit_test(a_frame_to_ourselves_comes_back),
        cmocka_unit_test(bad_frames_are_refused_for_their_reason),
        cmocka_unit_test(frames_count_once_each),
        cmocka_unit_test(a_network_counts_frames_by_whether_they_were_accepted),
        cmocka_unit_test(without_a_config_no_frame_leaves),
        cmocka_unit_test(a_stranger_with_a_forged_certificate_gets_nothing_in),
        cmocka_unit_test(a_closed_gate_asks_at_most_four_times_a_second),
        cmocka_unit_test(a_bridge_carries_frames_of_foreign_macs),
        cmocka_unit_test(rules_apply_on_the_way_out),
        cmocka_unit_test(a_watching_member_gets_a_copy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
