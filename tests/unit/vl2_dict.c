/* SPDX-License-Identifier: Apache-2.0 */
/* The dictionary: odd texts, numbers, and the writer at its bound. */
#include "vl2_values.h"

#include "vl2/dict.h"

static struct zt_dict dict_of(const char *text)
{
    return zt_dict_of(text, strlen(text));
}

static void values_are_found_in_odd_texts(void **unused)
{
    static const struct {
        const char *text, *key, *value; /* NULL: not there */
    } cases[] = {
        { "a=1\nb=2", "b", "2" },        { "a=1\rb=2", "b", "2" },  { "\n\na=1\n\n", "a", "1" },
        { "a=1\nb=2", "c", NULL },       { "a", "a", NULL },        { "=x", "", "x" },
        { "\n\na=1", "", NULL },         { "ab=1\na=2", "a", "2" }, { "a=1\na=2", "a", "1" },
        { "a=x=y", "a", "x=y" },         { "a=\\q\\", "a", "q" },   { "a=x\\\nb=2", "b", "2" },
        { "a=\\e\\n\\r", "a", "=\n\r" }, { "", "a", NULL },         { "a=", "a", "" },
        { " a=1", "a", NULL },           { "a\\e=1", "a\\e", "1" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_dict dict = dict_of(cases[i].text);
        char value[16];
        long length = zt_dict_get(&dict, cases[i].key, value, sizeof value);

        assert_int_equal(zt_dict_has(&dict, cases[i].key), cases[i].value != NULL);
        if (cases[i].value == NULL) {
            assert_int_equal(length, -1);
            continue;
        }
        assert_int_equal(length, strlen(cases[i].value));
        assert_string_equal(value, cases[i].value);
    }
}

static void the_text_ends_at_a_zero_byte(void **unused)
{
    static const char text[] = "a=1\0b=2";
    struct zt_dict dict = zt_dict_of(text, sizeof text - 1);

    (void)unused;
    assert_true(zt_dict_has(&dict, "a"));
    assert_false(zt_dict_has(&dict, "b"));
}

static void a_long_value_is_cut_and_its_whole_length_told(void **unused)
{
    struct zt_dict dict = dict_of("k=012\\0456");
    char value[8];

    (void)unused;
    memset(value, 'x', sizeof value);
    assert_int_equal(zt_dict_get(&dict, "k", value, 5), 7);
    assert_memory_equal(value, "012\0\0xxx", 8);
    assert_int_equal(zt_dict_get(&dict, "k", value, 1), 7);
    assert_int_equal(value[0], 0);
    assert_int_equal(zt_dict_get(&dict, "k", value, 8), 7);
    assert_memory_equal(value, "012\000456", 8);
}

static void numbers_are_read_as_far_as_they_go(void **unused)
{
    static const struct {
        const char *text;
        uint64_t u64;
        int64_t i64;
    } cases[] = {
        { "k=0", 0, 0 },
        { "k=ff", 255, 255 },
        { "k=FF", 255, 255 },
        { "k=12zz", 0x12, 0x12 },
        { "k=zz", 0, 0 },
        { "k=7fffffffffffffff", INT64_MAX, INT64_MAX },
        { "k=8000000000000000", UINT64_C(1) << 63, INT64_MAX },
        { "k=ffffffffffffffff", UINT64_MAX, INT64_MAX },
        { "k=1ffffffffffffffff", UINT64_MAX, INT64_MAX },
        { "k=-5", UINT64_MAX - 4, -5 },
        { "k=--5", 0, 0 },
        { "k=", 7, 7 },
        { "j=1", 7, 7 },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_dict dict = dict_of(cases[i].text);

        assert_true(zt_dict_get_u64(&dict, "k", 7) == cases[i].u64);
        assert_true(zt_dict_get_i64(&dict, "k", 7) == cases[i].i64);
    }
}

static void a_boolean_is_known_by_its_first_letter(void **unused)
{
    static const char *const yes[] = { "k=1", "k=true", "k=True", "k=t", "k=17" };
    static const char *const no[] = { "k=0", "k=", "k=false", "k=yes", "k= 1" };

    (void)unused;
    for (size_t i = 0; i < 5; i++) {
        struct zt_dict dict = dict_of(yes[i]);

        assert_true(zt_dict_get_bool(&dict, "k", false));
        dict = dict_of(no[i]);
        assert_false(zt_dict_get_bool(&dict, "k", true));
        assert_true(zt_dict_get_bool(&dict, "j", true));
    }
}

static void every_byte_survives(void **unused)
{
    uint8_t value[256], text[700], back[257];
    struct zt_writer out = zt_writer_of(text, sizeof text);
    struct zt_dict dict;

    (void)unused;
    for (size_t i = 0; i < sizeof value; i++)
        value[i] = (uint8_t)i;
    zt_dict_put(&out, "a", value, sizeof value);
    zt_dict_put(&out, "b", value, sizeof value);
    assert_false(out.failed);
    dict = zt_dict_of(text, zt_writer_length(&out));
    assert_int_equal(zt_dict_get(&dict, "b", back, sizeof back), 256);
    assert_memory_equal(back, value, sizeof value);
}

static void what_is_written_has_one_form(void **unused)
{
    static const char expected[] = "n=0000000000000fff\nid=00000000ab\ny=1\nz=0\nt=x\\ey\np=a\\nb";
    char text[128];
    struct zt_writer out = zt_writer_of(text, sizeof text);

    (void)unused;
    zt_dict_put_u64(&out, "n", 0xfff);
    zt_dict_put_address(&out, "id", 0xab);
    zt_dict_put_bool(&out, "y", true);
    zt_dict_put_bool(&out, "z", false);
    zt_dict_put_text(&out, "t", "x=y");
    zt_dict_open(&out, "p");
    zt_dict_append(&out, "a", 1);
    zt_dict_append(&out, "\nb", 2);
    assert_int_equal(zt_writer_length(&out), strlen(expected));
    assert_memory_equal(text, expected, strlen(expected));
}

static void an_entry_without_room_is_left_out_whole(void **unused)
{
    static const char expected[] = "a=1\nb=\\n\\n";

    (void)unused;
    for (size_t capacity = 0; capacity <= strlen(expected) + 1; capacity++) {
        char text[32];
        struct zt_writer out = zt_writer_of(text, capacity);
        size_t length;

        zt_dict_put(&out, "a", "1", 1);
        zt_dict_put(&out, "b", "\n\n", 2);
        length = zt_writer_length(&out);
        assert_int_equal(out.failed, capacity < strlen(expected));
        assert_true(length == 0 || length == 3 || length == strlen(expected));
        assert_memory_equal(text, expected, length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_found_in_odd_texts),
        cmocka_unit_test(the_text_ends_at_a_zero_byte),
        cmocka_unit_test(a_long_value_is_cut_and_its_whole_length_told),
        cmocka_unit_test(numbers_are_read_as_far_as_they_go),
        cmocka_unit_test(a_boolean_is_known_by_its_first_letter),
        cmocka_unit_test(every_byte_survives),
        cmocka_unit_test(what_is_written_has_one_form),
        cmocka_unit_test(an_entry_without_room_is_left_out_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
