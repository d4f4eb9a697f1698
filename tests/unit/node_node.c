/* SPDX-License-Identifier: Apache-2.0 */
/* The node as one value: made or not made, the same inputs give the same bytes, a deadline that
   ticks. */
#include "vl2_lab.h"

static void a_node_that_finds_no_memory_is_not_made(void **unused)
{
    struct zt_node_options options = { .platform = "test/none" };
    struct zt_identity self;
    struct zt_node *node = NULL;
    unsigned long n = 0;

    (void)unused;
    assert_true(zt_identity_parse(&self, lab_identities[0], strlen(lab_identities[0])));
    options.self = &self;
    while (node == NULL) {
        zt_mem_fail_nth(++n);
        node = zt_node_new(&options, (struct zt_instant){ 1, 1 });
        zt_mem_fail_nth(0);
        if (node == NULL)
            assert_int_equal(zt_mem_live(), 0);
    }
    assert_true(n > 3);
    zt_node_free(node);
    assert_int_equal(zt_mem_live(), 0);
}

static void freeing_nothing_is_fine(void **unused)
{
    (void)unused;
    zt_node_free(NULL);
}

static void the_same_inputs_send_the_same_bytes(void **unused)
{
    struct zt_counters first;

    (void)unused;
    for (int round = 0; round < 2; round++) {
        struct lab *lab = lab_with_members();
        const struct zt_counters *counters;

        (void)lab_frame(lab, ANN, zt_mac_broadcast, lab_mac(lab, ANN), 64);
        (void)lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 64);
        lab_run(lab, 100000);
        counters = zt_vl1_counters(zt_node_vl1(lab->nodes[ANN].node));
        if (round == 0)
            first = *counters;
        assert_memory_equal(&first, counters, sizeof first);
        lab_free(lab);
    }
}

static void after_a_tick_at_its_deadline_the_next_is_later(void **unused)
{
    struct lab *lab = lab_with_members();

    (void)unused;
    for (int i = 0; i < 200; i++) {
        for (size_t node = 0; node < LAB_NODES; node++) {
            zt_node_tick(lab->nodes[node].node, lab->now);
            assert_true(zt_node_deadline_ms(lab->nodes[node].node) > lab->now.mono_ms);
        }
        lab_run(lab, 97);
    }
    lab_free(lab);
}

static void garbage_from_the_wire_is_counted_and_changes_nothing(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_node *ann = lab->nodes[ANN].node;
    uint64_t seed = 4711;

    (void)unused;
    for (int i = 0; i < 2000; i++) {
        uint8_t bytes[200];
        size_t length = (size_t)(seed >> 33) % sizeof bytes;

        for (size_t at = 0; at < sizeof bytes; at++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
            bytes[at] = (uint8_t)(seed >> 56);
        }
        zt_node_datagram(ann, lab->now, &lab->nodes[BOB].at, bytes, length);
    }
    lab_run(lab, 100);
    assert_int_equal(lab->nodes[ANN].frames, 0);
    assert_int_equal(lab_state(lab, ANN), ZT_NETWORK_OK);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_that_finds_no_memory_is_not_made),
        cmocka_unit_test(freeing_nothing_is_fine),
        cmocka_unit_test(the_same_inputs_send_the_same_bytes),
        cmocka_unit_test(after_a_tick_at_its_deadline_the_next_is_later),
        cmocka_unit_test(garbage_from_the_wire_is_counted_and_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
