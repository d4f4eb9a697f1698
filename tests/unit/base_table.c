/* SPDX-License-Identifier: Apache-2.0 */
/* The keyed hash of tables, and tables when memory is short. */
#include "base/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const uint8_t zero_key[16];

/* Folded values of an independent SipHash-1-3 under the zero key. */
static void the_hash_is_siphash_1_3(void **unused)
{
    static const struct {
        const char *text;
        uint32_t hash;
    } cases[] = {
        { "a", 0xf8ef50c1 },
        { "1234567", 0x37c0cb94 },
        { "12345678", 0x04df92a3 },
        { "123456789", 0x082a50cf },
        { "0123456789abcdef0", 0xc7b8a967 },
    };

    (void)unused;
    zt_table_seed(zero_key);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(zt_table_hash(cases[i].text, strlen(cases[i].text)), cases[i].hash);
}

static void every_bit_of_the_key_counts(void **unused)
{
    (void)unused;
    zt_table_seed(zero_key);
    uint32_t before = zt_table_hash("x", 1);

    for (unsigned bit = 0; bit < 128; bit++) {
        uint8_t key[16] = { 0 };

        key[bit / 8] = (uint8_t)(1u << bit % 8);
        zt_table_seed(key);
        assert_int_not_equal(zt_table_hash("x", 1), before);
    }
    zt_table_seed(zero_key);
}

struct entry {
    uint64_t id;
    UT_hash_handle hh;
};

static void an_entry_that_finds_no_memory_is_not_added(void **unused)
{
    (void)unused;
    for (unsigned n = 1; n <= 2; n++) {
        struct entry *table = NULL;
        struct entry entry = { .id = 5 };
        struct entry *found;

        zt_mem_fail_nth(n);
        HASH_ADD(hh, table, id, sizeof entry.id, &entry);
        assert_null(entry.hh.tbl);
        HASH_FIND(hh, table, &entry.id, sizeof entry.id, found);
        assert_null(found);
        zt_mem_fail_nth(0);
        HASH_ADD(hh, table, id, sizeof entry.id, &entry);
        HASH_FIND(hh, table, &entry.id, sizeof entry.id, found);
        assert_ptr_equal(found, &entry);
        HASH_DEL(table, &entry);
    }
    assert_int_equal(zt_mem_live(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_is_siphash_1_3),
        cmocka_unit_test(every_bit_of_the_key_counts),
        cmocka_unit_test(an_entry_that_finds_no_memory_is_not_added),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
