/* SPDX-License-Identifier: Apache-2.0 */
/* Salsa20: published key streams, and each vector unit against the portable code. */
/* Included for its statics. */
#include "crypto/salsa_simd.c"
#include "base/text.h"

#include <stdbool.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static const uint8_t key[32] = { 1, 2, 3, 4, 5, 6, 7, 8, [31] = 9 };
static const uint8_t nonce[8] = { 8, 7, 6 };

/* docs/wire.md 2.1 */
static void key_streams_are_those_of_the_vectors(void **unused)
{
    static const struct {
        int rounds;
        const char *key;
        const char *nonce;
        const char *stream;
    } cases[] = {
        { 12, "b473feb629013aba911e4056fb3f691c12f8cbde6f51c7ab373c339eee2bd99e",
          "6701e9374d8b10a7",
          "ce9acf820c3ec1bcb5a2a152f4614528199de799f8bdd552c043c4a626c30e12"
          "9639510feba026dfc1f84eb48cd5b7205462231d6dfa12a21a1f19d067ff81ab" },
        { 20, "6ce1b77cc65ec45bf6e1fed575136dd7f87ce294f113cb446f5c9ef6e5289dcd",
          "08854aa06c830b8c",
          "0f7763247950939058cec5f5dbb13ec51fa5d6f0980e7f8e871083f06e5203fd"
          "42b761e3754be7e2562533be410a0f8e5b8e4be1716d281b94f9ad8e0f0b50a9" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t k[32];
        uint8_t n[8];
        uint8_t expected[64];
        uint8_t stream[64];
        struct zt_salsa salsa;

        assert_true(zt_hex_read(k, cases[i].key, sizeof k));
        assert_true(zt_hex_read(n, cases[i].nonce, sizeof n));
        assert_true(zt_hex_read(expected, cases[i].stream, sizeof expected));
        zt_salsa_init(&salsa, k, n, cases[i].rounds);
        zt_salsa_xor(&salsa, stream, NULL, sizeof stream);
        assert_memory_equal(stream, expected, sizeof expected);
    }
}

/* Two calls in a row: the second shows whether the counter was left right. */
static void compare_with_portable(size_t length, int rounds, uint32_t low, uint32_t high,
                                  bool in_place)
{
    static uint8_t text[1200];
    static uint8_t expected[2][1200];
    static uint8_t found[2][1200];
    struct zt_salsa portable;
    struct zt_salsa vectorised;

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * 7);
    memset(expected, 0xee, sizeof expected);
    memset(found, 0xee, sizeof found);
    if (in_place)
        memcpy(found[0], text, length);
    zt_salsa_init(&portable, key, nonce, rounds);
    portable.state[8] = low;
    portable.state[9] = high;
    vectorised = portable;
    zt_salsa_xor_portable(&portable, expected[0], text, length);
    zt_salsa_xor_portable(&portable, expected[1], NULL, 65);
    zt_salsa_xor(&vectorised, found[0], in_place ? found[0] : text, length);
    zt_salsa_xor(&vectorised, found[1], NULL, 65);
    assert_memory_equal(found, expected, sizeof expected); /* nothing past the end either */
}

static void every_length_equals_the_portable_code(void **unused)
{
    (void)unused;
    for (size_t length = 0; length <= 1100; length++) {
        compare_with_portable(length, 12, 0, 0, false);
        compare_with_portable(length, 20, 5, 0, true);
    }
}

static void the_counter_carries_into_its_high_word(void **unused)
{
    (void)unused;
    for (uint32_t before = 0; before < 20; before++) {
        compare_with_portable(1100, 12, UINT32_MAX - before, 3, false);
        compare_with_portable(300, 12, UINT32_MAX - before, UINT32_MAX, false);
    }
}

/* Machines with eight lanes would never run the four, were it not for this. */
static void four_lanes_equal_the_portable_code(void **unused)
{
#if defined(__x86_64__) || defined(__aarch64__)
    for (uint32_t counter = UINT32_MAX - 8; counter != 8; counter++) {
        struct zt_salsa salsa;
        uint8_t expected[256];
        uint8_t found[256];

        zt_salsa_init(&salsa, key, nonce, 12);
        salsa.state[8] = counter;
        xor_four(&salsa, found, NULL);
        zt_salsa_xor_portable(&salsa, expected, NULL, sizeof expected);
        assert_memory_equal(found, expected, sizeof expected);
    }
#endif
    (void)unused;
}

static void each_call_starts_on_a_new_block(void **unused)
{
    struct zt_salsa salsa;
    uint8_t whole[128];
    uint8_t part[64];

    (void)unused;
    zt_salsa_init(&salsa, key, nonce, 12);
    zt_salsa_xor(&salsa, whole, NULL, sizeof whole);
    zt_salsa_init(&salsa, key, nonce, 12);
    zt_salsa_xor(&salsa, part, NULL, 1);
    zt_salsa_xor(&salsa, part, NULL, sizeof part);
    assert_memory_equal(part, whole + 64, sizeof part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_streams_are_those_of_the_vectors),
        cmocka_unit_test(every_length_equals_the_portable_code),
        cmocka_unit_test(the_counter_carries_into_its_high_word),
        cmocka_unit_test(four_lanes_equal_the_portable_code),
        cmocka_unit_test(each_call_starts_on_a_new_block),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
