/* SPDX-License-Identifier: Apache-2.0 */
/* Token bucket and interval: never more than allowed, whatever the pauses. */
#include "base/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void a_burst_passes_and_the_next_is_refused(void **unused)
{
    struct zt_rate rate;

    (void)unused;
    zt_rate_init(&rate, 10, 3, 1000);
    for (unsigned i = 0; i < 3; i++)
        assert_true(zt_rate_take(&rate, 1000));
    assert_false(zt_rate_take(&rate, 1000));
    assert_false(zt_rate_take(&rate, 1099));
    assert_true(zt_rate_take(&rate, 1100));
    assert_false(zt_rate_take(&rate, 1100));
}

static void a_long_pause_fills_it_no_higher_than_the_burst(void **unused)
{
    static const int64_t pauses_ms[] = { 300, 301, 100000, INT64_MAX / 2 };

    (void)unused;
    for (unsigned i = 0; i < 4; i++) {
        struct zt_rate rate;
        unsigned taken = 0;

        zt_rate_init(&rate, 10, 3, 0);
        while (zt_rate_take(&rate, 0))
            ;
        while (zt_rate_take(&rate, pauses_ms[i]))
            taken++;
        assert_int_equal(taken, 3);
    }
}

static void small_steps_lose_nothing(void **unused)
{
    struct zt_rate rate;
    unsigned taken = 0;

    (void)unused;
    zt_rate_init(&rate, 3, 1, 0);
    for (int64_t now_ms = 1; now_ms <= 10000; now_ms++)
        taken += zt_rate_take(&rate, now_ms);
    assert_in_range(taken, 29, 31);
}

static void what_is_given_back_can_be_taken_again_but_is_no_more_than_the_burst(void **unused)
{
    struct zt_rate rate;

    (void)unused;
    zt_rate_init(&rate, 1, 2, 0);
    zt_rate_give_back(&rate);
    for (int i = 0; i < 2; i++)
        assert_true(zt_rate_take(&rate, 0));
    assert_false(zt_rate_take(&rate, 0));
    zt_rate_give_back(&rate);
    assert_true(zt_rate_take(&rate, 0));
    assert_false(zt_rate_take(&rate, 0));
}

static void an_interval_passes_once(void **unused)
{
    int64_t last_ms = ZT_NEVER_MS;

    (void)unused;
    assert_true(zt_interval_passed(&last_ms, INT64_C(1) << 40, 0));
    assert_int_equal(last_ms, 0);
    assert_false(zt_interval_passed(&last_ms, 500, 499));
    assert_int_equal(last_ms, 0);
    assert_true(zt_interval_passed(&last_ms, 500, 500));
    assert_false(zt_interval_passed(&last_ms, 500, 999));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_passes_and_the_next_is_refused),
        cmocka_unit_test(a_long_pause_fills_it_no_higher_than_the_burst),
        cmocka_unit_test(small_steps_lose_nothing),
        cmocka_unit_test(what_is_given_back_can_be_taken_again_but_is_no_more_than_the_burst),
        cmocka_unit_test(an_interval_passes_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
