/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing bytes: in bounds exact, out of bounds harmless and remembered. */
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static const uint8_t bytes[] = { 1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 };

static void what_was_written_is_read_back_big_endian(void **unused)
{
    uint8_t buffer[23];
    struct zt_writer out = zt_writer_of(buffer, sizeof buffer);

    (void)unused;
    zt_write_u8(&out, 0x01);
    zt_write_u16(&out, 0x0203);
    zt_write_u32(&out, 0x04050607);
    zt_write_u40(&out, 0x08090a0b0cULL);
    zt_write_u64(&out, 0x0d0e0f1011121314ULL);
    zt_write_copy(&out, "xyz", 3);
    assert_false(out.failed);
    assert_int_equal(zt_writer_length(&out), sizeof buffer);
    assert_int_equal(zt_writer_left(&out), 0);
    assert_memory_equal(buffer, bytes, 20);

    struct zt_reader in = zt_reader_of(buffer, sizeof buffer);
    uint8_t tail[3];

    assert_int_equal(zt_read_u8(&in), 0x01);
    assert_int_equal(zt_read_u16(&in), 0x0203);
    assert_int_equal(zt_read_u32(&in), 0x04050607);
    assert_true(zt_read_u40(&in) == 0x08090a0b0cULL);
    assert_true(zt_read_u64(&in) == 0x0d0e0f1011121314ULL);
    zt_read_copy(&in, tail, sizeof tail);
    assert_memory_equal(tail, "xyz", 3);
    assert_false(in.failed);
    assert_int_equal(zt_reader_left(&in), 0);
}

static void read_all(struct zt_reader *in)
{
    uint8_t copy[3];

    zt_read_u8(in);
    zt_read_u16(in);
    zt_read_u32(in);
    zt_read_u40(in);
    zt_read_u64(in);
    zt_read_copy(in, copy, sizeof copy);
}

static void every_prefix_fails_the_reader(void **unused)
{
    (void)unused;
    for (size_t length = 0; length < 20; length++) {
        struct zt_reader in = zt_reader_of(bytes, length);

        read_all(&in);
        assert_true(in.failed);
    }
}

static void a_failed_reader_yields_zeros_and_stays_failed(void **unused)
{
    struct zt_reader in = zt_reader_of(bytes, 3);
    uint8_t copy[2] = { 9, 9 };

    (void)unused;
    assert_int_equal(zt_read_u32(&in), 0);
    assert_true(in.failed);
    /* there would be room for these */
    assert_int_equal(zt_read_u8(&in), 0);
    assert_int_equal(zt_reader_left(&in), 0);
    assert_null(zt_read_take(&in, 1));
    assert_null(zt_read_take(&in, 0));
    zt_read_copy(&in, copy, sizeof copy);
    assert_int_equal(copy[0] | copy[1], 0);
}

static void a_count_too_large_for_any_buffer_fails(void **unused)
{
    struct zt_reader in = zt_reader_of(bytes, sizeof bytes);
    uint8_t buffer[4];
    struct zt_writer out = zt_writer_of(buffer, sizeof buffer);

    (void)unused;
    assert_null(zt_read_take(&in, SIZE_MAX));
    assert_null(zt_write_reserve(&out, SIZE_MAX));
    assert_true(in.failed && out.failed);
}

static void a_write_past_the_end_writes_nothing(void **unused)
{
    uint8_t buffer[8];

    (void)unused;
    for (size_t capacity = 0; capacity < 8; capacity++) {
        memset(buffer, 0xee, sizeof buffer);
        struct zt_writer out = zt_writer_of(buffer, capacity);

        zt_write_u64(&out, 0);
        assert_true(out.failed);
        assert_int_equal(buffer[0], 0xee);
        zt_write_u8(&out, 1); /* fits, but too late */
        assert_int_equal(zt_writer_length(&out), 0);
        assert_int_equal(zt_writer_left(&out), 0);
        assert_int_equal(buffer[0], 0xee);
    }
}

static void nothing_may_be_null(void **unused)
{
    struct zt_reader in = zt_reader_of(NULL, 0);
    struct zt_writer out = zt_writer_of(NULL, 0);

    (void)unused;
    zt_write_copy(&out, NULL, 0);
    zt_read_copy(&in, NULL, 0);
    assert_false(in.failed || out.failed);
    assert_int_equal(zt_read_u8(&in), 0);
    assert_true(in.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read_back_big_endian),
        cmocka_unit_test(every_prefix_fails_the_reader),
        cmocka_unit_test(a_failed_reader_yields_zeros_and_stays_failed),
        cmocka_unit_test(a_count_too_large_for_any_buffer_fails),
        cmocka_unit_test(a_write_past_the_end_writes_nothing),
        cmocka_unit_test(nothing_may_be_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
