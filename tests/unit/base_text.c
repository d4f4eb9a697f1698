/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal and bounded formatting. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void hex_is_written_in_lower_case_and_read_in_both(void **unused)
{
    static const uint8_t bytes[] = { 0x00, 0x9f, 0xab, 0xff };
    uint8_t read[4];
    char text[9];

    (void)unused;
    zt_hex_write(text, bytes, sizeof bytes);
    assert_string_equal(text, "009fabff");
    assert_true(zt_hex_read(read, "009FaBFf then more", sizeof read));
    assert_memory_equal(read, bytes, sizeof read);
}

static void what_is_no_digit_is_refused_anywhere(void **unused)
{
    static const char strangers[] = "/:@G`g -x";

    (void)unused;
    for (size_t at = 0; at < 8; at++) {
        for (size_t i = 0; i < sizeof strangers; i++) { /* the 0 at the end too */
            char text[] = "0123cdef";
            uint8_t read[4];
            uint64_t number;

            text[at] = strangers[i];
            assert_false(zt_hex_read(read, text, sizeof read));
            assert_false(zt_hex_number(&number, text, 8));
        }
    }
}

static void a_number_has_exactly_its_digits(void **unused)
{
    uint64_t number = 1;
    char text[17];

    (void)unused;
    assert_true(zt_hex_number(&number, "d5c7701e66", 10));
    assert_true(number == 0xd5c7701e66);
    assert_true(zt_hex_number(&number, "FFFFFFFFFFFFFFFF", 16));
    assert_true(number == UINT64_MAX);
    assert_false(zt_hex_number(&number, "d5c7701e6", 10));
    assert_false(zt_hex_number(&number, "d5c7701e666", 10));
    assert_false(zt_hex_number(&number, "", 1));
    assert_true(number == UINT64_MAX);
    zt_hex_number_write(text, 0x1e66, 10);
    assert_string_equal(text, "0000001e66");
    zt_hex_number_write(text, UINT64_MAX, 16);
    assert_string_equal(text, "ffffffffffffffff");
}

static void formatting_stops_at_the_end_of_the_buffer(void **unused)
{
    char text[6];

    (void)unused;
    assert_int_equal(zt_format(text, sizeof text, "%d", 12345), 5);
    assert_string_equal(text, "12345");
    assert_int_equal(zt_format(text, sizeof text, "%d", 123456), 5);
    assert_string_equal(text, "12345");
    assert_int_equal(zt_format(text, 1, "abc"), 0);
    assert_string_equal(text, "");
}

static void a_prefix_is_read_like_strtoull_does(void **unused)
{
    static const struct {
        const char *text;
        uint64_t value;
    } cases[] = {
        { "", 0 },
        { "0", 0 },
        { "00000000000000ff", 255 },
        { " \t\n\v\f\r1F", 31 },
        { "+10", 16 },
        { "-1", UINT64_MAX },
        { "0x20", 32 },
        { "-0X2", UINT64_MAX - 1 },
        { "0x", 0 },
        { "0xg", 0 },
        { "12g4", 0x12 },
        { "--1", 0 },
        { "1 2", 1 },
        { "ffffffffffffffff", UINT64_MAX },
        { "10000000000000000", UINT64_MAX },
        { "-10000000000000000", UINT64_MAX },
        { "0000000000000000000000001", 1 },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(zt_hex_prefix((const uint8_t *)cases[i].text, strlen(cases[i].text)) ==
                    cases[i].value);
    assert_true(zt_hex_prefix((const uint8_t *)"1234", 2) == 0x12);
    assert_true(zt_hex_prefix((const uint8_t *)"0x12", 2) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex_is_written_in_lower_case_and_read_in_both),
        cmocka_unit_test(what_is_no_digit_is_refused_anywhere),
        cmocka_unit_test(a_number_has_exactly_its_digits),
        cmocka_unit_test(formatting_stops_at_the_end_of_the_buffer),
        cmocka_unit_test(a_prefix_is_read_like_strtoull_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
