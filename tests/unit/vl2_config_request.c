/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for configurations: when, how often, and putting the chunks of an answer together. */
#include "vl2_lab.h"

#include "vl2/clients.h"
#include "vl2/updates.h"

static const uint8_t text[100] = "v=7";

static struct zt_chunk chunk_of(uint64_t update, uint32_t total, uint32_t offset, uint32_t length)
{
    return (struct zt_chunk){ .data = text + offset,
                              .length = length,
                              .is_signed = true,
                              .update_id = update,
                              .total = total,
                              .offset = offset };
}

static void chunks_in_any_order_make_the_whole(void **unused)
{
    struct zt_updates updates = { 0 };
    struct zt_update *complete;
    static const uint32_t offsets[] = { 60, 0, 30 }, lengths[] = { 40, 30, 30 };

    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        struct zt_chunk chunk = chunk_of(1, 100, offsets[i], lengths[i]);

        assert_int_equal(zt_updates_judge(&updates, &chunk), ZT_DROP_NONE);
        assert_int_equal(zt_updates_add(&updates, &chunk, &complete), ZT_DROP_NONE);
        assert_int_equal(complete != NULL, i == 2);
        assert_int_equal(zt_updates_judge(&updates, &chunk), ZT_DROP_STALE);
    }
    assert_memory_equal(complete->text, text, 100);
    zt_updates_finish(complete);
    zt_updates_clear(&updates);
    assert_int_equal(zt_mem_live(), 0);
}

static void impossible_chunks_are_refused(void **unused)
{
    static const struct {
        uint64_t update;
        uint32_t total, offset, length;
        enum zt_drop reason;
    } cases[] = {
        { 0, 100, 0, 10, ZT_DROP_MALFORMED }, { 2, 100, 0, 0, ZT_DROP_MALFORMED },
        { 2, 50, 41, 10, ZT_DROP_MALFORMED }, { 2, 50, 51, 1, ZT_DROP_MALFORMED },
        { 2, 50, 40, 10, ZT_DROP_NONE },      { 2, ZT_MAX_CONFIG, 0, 10, ZT_DROP_TOO_LARGE },
        { 1, 100, 29, 2, ZT_DROP_MALFORMED }, { 1, 100, 10, 10, ZT_DROP_MALFORMED },
        { 1, 99, 30, 10, ZT_DROP_MALFORMED }, { 1, 100, 30, 10, ZT_DROP_NONE },
        { 1, 100, 0, 30, ZT_DROP_STALE },
    };
    struct zt_updates updates = { 0 };
    struct zt_chunk held = chunk_of(1, 100, 0, 30);
    struct zt_update *complete;

    (void)unused;
    (void)zt_updates_add(&updates, &held, &complete);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_chunk chunk = held;

        chunk.update_id = cases[i].update;
        chunk.total = cases[i].total;
        chunk.offset = cases[i].offset;
        chunk.length = cases[i].length;
        assert_int_equal(zt_updates_judge(&updates, &chunk), cases[i].reason);
    }
    zt_updates_clear(&updates);
}

static void three_updates_at_once_then_the_least_recent_gives_way(void **unused)
{
    struct zt_updates updates = { 0 };
    struct zt_update *complete;

    (void)unused;
    for (uint64_t update = 1; update <= 4; update++) {
        struct zt_chunk chunk = chunk_of(update, 100, 0, 10);
        struct zt_chunk again = chunk_of(1, 100, 20, 10);

        (void)zt_updates_add(&updates, &chunk, &complete);
        if (update == 3)
            (void)zt_updates_add(&updates, &again, &complete);
    }
    for (uint64_t update = 1; update <= 4; update++) {
        struct zt_chunk chunk = chunk_of(update, 100, 0, 10);

        assert_int_equal(zt_updates_judge(&updates, &chunk),
                         update == 2 ? ZT_DROP_NONE : ZT_DROP_STALE);
    }
    zt_updates_clear(&updates);
}

static void an_update_that_finds_no_memory_leaves_no_trace(void **unused)
{
    (void)unused;
    for (unsigned long n = 1; n <= 2; n++) {
        struct zt_updates updates = { 0 };
        struct zt_chunk chunk = chunk_of(1, 100, 0, 10);
        struct zt_update *complete;

        zt_mem_fail_nth(n);
        assert_int_equal(zt_updates_add(&updates, &chunk, &complete), ZT_DROP_NO_MEMORY);
        zt_mem_fail_nth(0);
        assert_int_equal(zt_updates_judge(&updates, &chunk), ZT_DROP_NONE);
        assert_int_equal(zt_mem_live(), 0);
    }
}

static void a_member_asks_twice_soon_then_every_5_s_until_answered_then_every_60_s(void **unused)
{
    struct lab *lab = lab_new();

    (void)unused;
    lab->silent_controller = true;
    lab_join(lab, ANN);
    lab_run(lab, 21000);
    assert_int_equal(lab->nodes[ANN].requests, 6);
    lab->silent_controller = false;
    lab_run(lab, 5000);
    assert_int_equal(lab->nodes[ANN].requests, 7);
    assert_int_equal(lab_state(lab, ANN), ZT_NETWORK_OK);
    lab_run(lab, 55000);
    assert_int_equal(lab->nodes[ANN].requests, 7);
    lab_run(lab, 6000);
    assert_int_equal(lab->nodes[ANN].requests, 8);
    lab_free(lab);
}

static void a_push_does_not_put_off_the_next_request(void **unused)
{
    struct lab *lab = lab_with_members();
    unsigned before = lab->nodes[ANN].requests;

    (void)unused;
    for (int i = 0; i < 4; i++) {
        lab_run(lab, 14000);
        lab_push(lab, ANN);
    }
    assert_int_equal(lab->nodes[ANN].config_events, 5 - 1);
    lab_run(lab, 6000);
    assert_int_equal(lab->nodes[ANN].config_events, 6);
    assert_int_equal(lab->nodes[ANN].requests, before + 1);
    lab_free(lab);
}

static void a_config_of_many_chunks_arrives(void **unused)
{
    struct lab *lab = lab_new();
    struct zt_config *config = lab->nodes[ANN].config;
    struct zt_network_status status;

    (void)unused;
    /* 128 tags make a dictionary of three chunks. */
    config->tags = zt_alloc(ZT_MAX_TAGS * sizeof *config->tags);
    config->tag_count = ZT_MAX_TAGS;
    for (uint32_t i = 0; i < ZT_MAX_TAGS; i++) {
        config->tags[i] = (struct zt_tag){ .nwid = lab->nwid,
                                           .issued_ms = lab->now.wall_ms,
                                           .id = i,
                                           .member = lab_address(lab, ANN) };
        zt_tag_sign(&config->tags[i], &lab->nodes[CONTROLLER].self);
    }
    lab_join(lab, ANN);
    lab_run(lab, 1000);
    assert_true(zt_vl2_network_status(zt_node_vl2(lab->nodes[ANN].node), lab->nwid, &status));
    assert_int_equal(status.state, ZT_NETWORK_OK);
    assert_int_equal(status.config->tag_count, ZT_MAX_TAGS);
    lab_free(lab);
}

static void a_node_that_is_no_controller_says_so(void **unused)
{
    struct lab *lab = lab_new();
    zt_nwid nwid = lab_address(lab, BOB) << 24 | 1;
    struct zt_network_status status;

    (void)unused;
    assert_true(zt_node_join(lab->nodes[ANN].node, lab->now, nwid, NULL, 0));
    lab_run(lab, 1000);
    assert_true(zt_vl2_network_status(zt_node_vl2(lab->nodes[ANN].node), nwid, &status));
    assert_int_equal(status.state, ZT_NETWORK_NOT_FOUND);
    lab_free(lab);
}

static void one_member_can_not_ask_for_any_number_of_networks(void **unused)
{
    struct zt_clients clients = { 0 };
    unsigned taken = 0;

    (void)unused;
    for (zt_nwid nwid = 1; nwid <= 1000; nwid++)
        taken += zt_clients_asked(&clients, nwid, 2, 5000);
    assert_int_equal(taken, 256);
    assert_int_equal(HASH_COUNT(clients.asked), 256); /* nor fill the memory with them */
    assert_true(zt_clients_asked(&clients, 1, 3, 5000));
    for (zt_nwid nwid = 1001; nwid <= 2000; nwid++)
        taken += zt_clients_asked(&clients, nwid, 2, 6000);
    assert_int_equal(taken, 306);
    zt_clients_clean(&clients, 20000);
    assert_int_equal(HASH_COUNT(clients.asked) + HASH_COUNT(clients.sources), 0);
    zt_clients_clear(&clients);
}

static void a_controller_hears_a_member_four_times_at_once_and_remembers_grants_180_s(void **unused)
{
    struct zt_clients clients = { 0 };

    (void)unused;
    for (int i = 0; i < 4; i++)
        assert_true(zt_clients_asked(&clients, 1, 2, 5000));
    assert_false(zt_clients_asked(&clients, 1, 2, 5999));
    assert_true(zt_clients_asked(&clients, 3, 2, 5999));
    assert_true(zt_clients_asked(&clients, 1, 2, 6001));
    assert_false(zt_clients_asked(&clients, 1, 2, 6001));
    assert_false(zt_clients_is_granted(&clients, 1, 2, 6001));
    zt_clients_granted(&clients, 1, 2, 7000);
    assert_true(zt_clients_is_granted(&clients, 1, 2, 186999));
    assert_false(zt_clients_is_granted(&clients, 1, 2, 187000));
    assert_false(zt_clients_is_granted(&clients, 3, 2, 7000));
    zt_clients_clean(&clients, 187000);
    assert_int_equal(HASH_COUNT(clients.asked) + HASH_COUNT(clients.granted), 0);
    assert_int_equal(zt_mem_live(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_in_any_order_make_the_whole),
        cmocka_unit_test(impossible_chunks_are_refused),
        cmocka_unit_test(three_updates_at_once_then_the_least_recent_gives_way),
        cmocka_unit_test(an_update_that_finds_no_memory_leaves_no_trace),
        cmocka_unit_test(a_member_asks_twice_soon_then_every_5_s_until_answered_then_every_60_s),
        cmocka_unit_test(a_push_does_not_put_off_the_next_request),
        cmocka_unit_test(a_config_of_many_chunks_arrives),
        cmocka_unit_test(a_node_that_is_no_controller_says_so),
        cmocka_unit_test(one_member_can_not_ask_for_any_number_of_networks),
        cmocka_unit_test(a_controller_hears_a_member_four_times_at_once_and_remembers_grants_180_s),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
