/* SPDX-License-Identifier: Apache-2.0 */
/* Expected replies: matched while young, never invented, bounded. */
#include "vl1_lab.h"

static const struct zt_endpoint here = { .family = ZT_FAMILY_IPV4,
                                         .port = 9993,
                                         .ip = { 10, 0, 0, 1 } };
static const struct zt_endpoint there = { .family = ZT_FAMILY_IPV4,
                                          .port = 9993,
                                          .ip = { 10, 0, 0, 2 } };

static void an_id_is_expected_for_30_seconds_however_often_it_is_answered(void **unused)
{
    struct zt_expected expected = { 0 };

    (void)unused;
    zt_expected_add(&expected, 0x1122334455667788, &here, 5000);
    assert_true(zt_expected_has(&expected, 0x1122334455667788, 5000));
    assert_true(zt_expected_has(&expected, 0x1122334455667789, 5000)); /* old counters */
    assert_true(zt_expected_has(&expected, 0x1122334455667788, 5000 + ZT_EXPECTED_LIFE_MS - 1));
    assert_false(zt_expected_has(&expected, 0x1122334455667788, 5000 + ZT_EXPECTED_LIFE_MS));
    zt_expected_clear(&expected);
}

static void an_empty_place_matches_nothing(void **unused)
{
    struct zt_expected expected = { 0 };

    (void)unused;
    assert_false(zt_expected_has(&expected, 0, 0));
    zt_expected_add(&expected, UINT64_C(1) << 32, &here, 0);
    assert_false(zt_expected_has(&expected, 0, 0));
    zt_expected_clear(&expected);
}

static void an_answer_from_elsewhere_is_told_from_one_from_where_was_asked(void **unused)
{
    struct zt_expected expected = { 0 };
    struct zt_endpoint other_port = here;

    (void)unused;
    other_port.port++;
    assert_false(zt_expected_from(&expected, UINT64_C(7) << 32, &here, 0));
    /* also after the table has grown */
    for (uint64_t i = 0; i < 1000; i++)
        zt_expected_add(&expected, i << 32, i % 2 ? &here : &there, 0);
    assert_true(zt_expected_from(&expected, UINT64_C(7) << 32, &here, 0));
    assert_false(zt_expected_from(&expected, UINT64_C(7) << 32, &there, 0));
    assert_false(zt_expected_from(&expected, UINT64_C(7) << 32, &other_port, 0));
    assert_true(zt_expected_from(&expected, UINT64_C(8) << 32, &there, 0));
    assert_false(zt_expected_from(&expected, UINT64_C(7) << 32, &here, ZT_EXPECTED_LIFE_MS));
    zt_expected_clear(&expected);
}

static void the_table_grows_to_its_bound_and_keeps_the_young(void **unused)
{
    struct zt_expected expected = { 0 };

    (void)unused;
    for (uint64_t i = 0; i < 3 * ZT_MAX_EXPECTED; i++) {
        zt_expected_add(&expected, i << 32, &here, (int64_t)i / 1000);
        assert_true(zt_expected_has(&expected, i << 32, (int64_t)i / 1000));
    }
    assert_int_equal(expected.capacity, ZT_MAX_EXPECTED);
    assert_false(zt_expected_has(&expected, 0, 13));
    zt_expected_clear(&expected);
    assert_int_equal(zt_mem_live(), 0);
}

static void without_memory_nothing_is_expected(void **unused)
{
    struct zt_expected expected = { 0 };

    (void)unused;
    zt_mem_fail_nth(1);
    zt_expected_add(&expected, 1, &here, 0);
    assert_false(zt_expected_has(&expected, 1, 0));
    zt_expected_clear(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_is_expected_for_30_seconds_however_often_it_is_answered),
        cmocka_unit_test(an_empty_place_matches_nothing),
        cmocka_unit_test(an_answer_from_elsewhere_is_told_from_one_from_where_was_asked),
        cmocka_unit_test(the_table_grows_to_its_bound_and_keeps_the_young),
        cmocka_unit_test(without_memory_nothing_is_expected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
