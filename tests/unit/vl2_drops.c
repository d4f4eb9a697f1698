/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of members that are dropped on arrival: shown to those who look on, and to nobody else. */
#include "vl2_lab.h"

/* Bob sends to Ann, whose rules drop everything. */
static struct lab *lab_with_a_frame_dropped(bool reported)
{
    struct lab *lab = lab_new();

    zt_node_report_drops(lab->nodes[ANN].node, reported);
    lab->nodes[ANN].config->rules[0].type = ZT_RULE_DROP;
    lab_join(lab, ANN);
    lab_join(lab, BOB);
    lab_run(lab, 1000);
    assert_int_equal(lab_frame(lab, BOB, lab_mac(lab, ANN), lab_mac(lab, BOB), 50), ZT_DROP_NONE);
    lab_run(lab, 3000);
    assert_true(lab_drops(lab, ANN, ZT_DROP_FILTERED) >= 1);
    return lab;
}

static void a_dropped_frame_is_shown_with_its_reason(void **unused)
{
    struct lab *lab = lab_with_a_frame_dropped(true);

    (void)unused;
    assert_int_equal(lab->nodes[ANN].frames, 1);
    assert_int_equal(lab->nodes[ANN].frame_code, ZT_DROP_FILTERED);
    assert_int_equal(lab->nodes[ANN].frame_length, 64);
    assert_memory_equal(lab->nodes[ANN].frame + 6, lab_mac(lab, BOB).bytes, 6);
    lab_free(lab);
}

static void without_onlookers_it_is_only_counted(void **unused)
{
    struct lab *lab = lab_with_a_frame_dropped(false);

    (void)unused;
    assert_int_equal(lab->nodes[ANN].frames, 0);
    lab_free(lab);
}

static void an_accepted_frame_is_shown_once_and_without_a_reason(void **unused)
{
    struct lab *lab = lab_with_members();

    (void)unused;
    zt_node_report_drops(lab->nodes[BOB].node, true);
    assert_int_equal(lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 50), ZT_DROP_NONE);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[BOB].frames, 1);
    assert_int_equal(lab->nodes[BOB].frame_code, ZT_DROP_NONE);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dropped_frame_is_shown_with_its_reason),
        cmocka_unit_test(without_onlookers_it_is_only_counted),
        cmocka_unit_test(an_accepted_frame_is_shown_once_and_without_a_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
