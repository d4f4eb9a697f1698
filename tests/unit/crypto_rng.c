/* SPDX-License-Identifier: Apache-2.0 */
/* The generator: the same seed gives the same bytes, and nothing of the past stays in it. */
#include "crypto/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static const uint8_t seed[32] = { 4, 2 };

static void the_same_seed_gives_the_same_bytes_in_any_portions(void **unused)
{
    struct zt_rng a;
    struct zt_rng b;
    uint8_t whole[3000];
    uint8_t parts[3000];

    (void)unused;
    zt_rng_init(&a, seed);
    zt_rng_init(&b, seed);
    zt_rng_bytes(&a, whole, sizeof whole);
    for (size_t at = 0, step = 0; at < sizeof parts; at += step, step = (step + 1) % 70) {
        step = step < sizeof parts - at ? step : sizeof parts - at;
        zt_rng_bytes(&b, parts + at, step);
    }
    assert_memory_equal(whole, parts, sizeof whole);
}

static void what_was_handed_out_is_not_kept(void **unused)
{
    struct zt_rng rng;
    uint8_t out[16];
    const uint8_t *state = (const uint8_t *)&rng;

    (void)unused;
    zt_rng_init(&rng, seed);
    for (unsigned round = 0; round < 200; round++) {
        zt_rng_bytes(&rng, out, sizeof out);
        for (size_t at = 0; at + sizeof out <= sizeof rng; at++)
            assert_memory_not_equal(state + at, out, sizeof out);
    }
    assert_memory_not_equal(rng.key, seed, sizeof seed);
}

static void stirring_changes_what_follows(void **unused)
{
    struct zt_rng a;
    struct zt_rng b;

    (void)unused;
    zt_rng_init(&a, seed);
    assert_true(zt_rng_u64(&a) != 0);
    b = a;
    zt_rng_stir(&b, seed);
    assert_true(zt_rng_u64(&a) != zt_rng_u64(&b));
    assert_true(zt_rng_u32(&a) != zt_rng_u32(&b));
}

static void below_a_bound_each_number_comes_up_alike(void **unused)
{
    static const uint32_t bounds[] = { 1, 2, 3, 10, 100 };
    struct zt_rng rng;

    (void)unused;
    zt_rng_init(&rng, seed);
    for (unsigned i = 0; i < 5; i++) {
        unsigned counts[100] = { 0 };

        for (unsigned draw = 0; draw < 1000 * bounds[i]; draw++) {
            uint32_t number = zt_rng_below(&rng, bounds[i]);

            assert_true(number < bounds[i]);
            counts[number]++;
        }
        for (uint32_t number = 0; number < bounds[i]; number++)
            assert_in_range(counts[number], 850, 1150);
    }
    for (unsigned i = 0; i < 1000; i++)
        assert_true(zt_rng_below(&rng, 0x80000001) < 0x80000001);
}

static void a_wiped_generator_holds_nothing(void **unused)
{
    struct zt_rng rng;
    static const uint8_t zeros[sizeof rng.block];

    (void)unused;
    zt_rng_init(&rng, seed);
    zt_rng_u32(&rng);
    zt_rng_wipe(&rng);
    assert_memory_equal(rng.key, zeros, sizeof rng.key);
    assert_memory_equal(rng.block, zeros, sizeof rng.block);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_bytes_in_any_portions),
        cmocka_unit_test(what_was_handed_out_is_not_kept),
        cmocka_unit_test(stirring_changes_what_follows),
        cmocka_unit_test(below_a_bound_each_number_comes_up_alike),
        cmocka_unit_test(a_wiped_generator_holds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
