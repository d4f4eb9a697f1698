/* SPDX-License-Identifier: Apache-2.0 */
/* Rule entries: each layout, each length, what is refused and what is skipped. */
#include "vl2_values.h"

#include "base/text.h"
#include "vl2/rules_codec.h"

/* One entry of each kind, docs/wire.md 14.3. */
static const char *const entries[] = {
    "0100",
    "0000",
    "0500",
    "0600",
    "020e000000deadbeef11000000000080",
    "030e000000deadbeef11000000000080",
    "040e000000deadbeef11000000000000",
    "1805deadbeef11",
    "9905deadbeef11",
    "1a020005",
    "1b0103",
    "1c0101",
    "1d06fe2030d9b3c4",
    "5e06fe2030d9b3c4",
    "1f050a00000008",
    "20050a00000008",
    "2111fd00000000000000000000000000000008",
    "2211fd00000000000000000000000000000008",
    "2303fc20b8",
    "a40111",
    "65020806",
    "2603080001",
    "2704000103ff",
    "2804000103ff",
    "29088000000000000000",
    "2a040028003c",
    "2b0480000000",
    "2c080000006400000000",
    "2d080000006400000001",
    "2e080000006400000002",
    "2f080000006400000003",
    "30080000006400000004",
    "31080000006400000005",
    "32080000006400000006",
    "33130000000000000005000000000000000f00049f",
};

#define ENTRY_COUNT (sizeof entries / sizeof entries[0])

static size_t bytes_of(const char *hex, uint8_t *bytes)
{
    size_t length = strlen(hex) / 2;

    assert_true(zt_hex_read(bytes, hex, length));
    return length;
}

static void every_entry_is_written_as_read(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        uint8_t bytes[ZT_MAX_RULE_SIZE], again[ZT_MAX_RULE_SIZE];
        size_t length = bytes_of(entries[i], bytes);
        struct zt_reader in = zt_reader_of(bytes, length);
        struct zt_writer out = zt_writer_of(again, sizeof again);
        struct zt_rule rule;

        assert_int_equal(zt_rules_read(&rule, 1, SIZE_MAX, &in), 1);
        assert_false(in.failed);
        zt_rules_write(&rule, 1, &out);
        assert_int_equal(zt_writer_length(&out), length);
        assert_memory_equal(again, bytes, length);
    }
}

static void a_cut_or_short_entry_is_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        uint8_t bytes[ZT_MAX_RULE_SIZE + 2];
        size_t length = bytes_of(entries[i], bytes);
        struct zt_rule rules[2];

        for (size_t cut = 1; cut < length; cut++) {
            struct zt_reader in = zt_reader_of(bytes, cut);

            assert_int_equal(zt_rules_read(rules, 2, SIZE_MAX, &in), 0);
            assert_true(in.failed);
        }
        for (uint8_t field = 0; field + 2u < length; field++) {
            struct zt_reader in = zt_reader_of(bytes, length);

            bytes[1] = field;
            assert_int_equal(zt_rules_read(rules, 2, 1, &in), 0);
            assert_true(in.failed);
        }
    }
}

static void a_longer_field_is_skipped(void **unused)
{
    static const uint8_t bytes[] = { 0x25, 4, 8, 0, 0xaa, 0xbb, 1, 0 };
    struct zt_reader in = zt_reader_of(bytes, sizeof bytes);
    struct zt_rule rules[2];

    (void)unused;
    assert_int_equal(zt_rules_read(rules, 2, SIZE_MAX, &in), 2);
    assert_int_equal(rules[0].u.number, 0x0800);
    assert_int_equal(rules[1].type, ZT_RULE_ACCEPT);
}

static void an_unknown_entry_keeps_its_type_only(void **unused)
{
    static const uint8_t bytes[] = { 0xfc, 3, 1, 2, 3, 1, 0 };
    static const uint8_t expected[] = { 0xfc, 0, 1, 0 };
    struct zt_reader in = zt_reader_of(bytes, sizeof bytes);
    uint8_t again[8];
    struct zt_writer out = zt_writer_of(again, sizeof again);
    struct zt_rule rules[2];

    (void)unused;
    assert_int_equal(zt_rules_read(rules, 2, SIZE_MAX, &in), 2);
    zt_rules_write(rules, 2, &out);
    assert_int_equal(zt_writer_length(&out), sizeof expected);
    assert_memory_equal(again, expected, sizeof expected);
}

static void entries_beyond_the_capacity_are_skipped(void **unused)
{
    static const uint8_t bytes[] = { 1, 0, 0, 0, 5, 0, 1, 0, 0x7f };
    struct zt_reader in = zt_reader_of(bytes, sizeof bytes);
    struct zt_rule rules[2];

    (void)unused;
    assert_int_equal(zt_rules_read(rules, 2, 4, &in), 2);
    assert_false(in.failed);
    assert_int_equal(zt_reader_left(&in), 1);
    assert_int_equal(rules[1].type, ZT_RULE_DROP);
}

static void a_missing_entry_fails(void **unused)
{
    static const uint8_t bytes[] = { 1, 0 };
    struct zt_reader in = zt_reader_of(bytes, sizeof bytes);
    struct zt_rule rules[2];

    (void)unused;
    assert_int_equal(zt_rules_read(rules, 2, 2, &in), 1);
    assert_true(in.failed);
}

static void entries_are_compared_field_by_field(void **unused)
{
    struct zt_rule a, b;

    (void)unused;
    memset(&a, 0x00, sizeof a);
    memset(&b, 0xff, sizeof b); /* bytes that no ACCEPT uses */
    a.type = b.type = ZT_RULE_ACCEPT;
    assert_true(zt_rules_equal(&a, &b, 1));
    b.type = ZT_RULE_DROP;
    assert_false(zt_rules_equal(&a, &b, 1));
    a.type = b.type = ZT_RULE_ETHERTYPE;
    assert_false(zt_rules_equal(&a, &b, 1));
    assert_true(zt_rules_equal(&a, &b, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_is_written_as_read),
        cmocka_unit_test(a_cut_or_short_entry_is_refused),
        cmocka_unit_test(a_longer_field_is_skipped),
        cmocka_unit_test(an_unknown_entry_keeps_its_type_only),
        cmocka_unit_test(entries_beyond_the_capacity_are_skipped),
        cmocka_unit_test(a_missing_entry_fails),
        cmocka_unit_test(entries_are_compared_field_by_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
