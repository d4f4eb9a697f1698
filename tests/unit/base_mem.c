/* SPDX-License-Identifier: Apache-2.0 */
/* Memory: zeroed when taken, wiped when given back, able to fail on demand. */
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void a_block_is_zeroed_and_aligned(void **unused)
{
    (void)unused;
    for (size_t size = 0; size < 200; size++) {
        uint8_t *block = zt_alloc(size);

        assert_non_null(block);
        assert_int_equal((uintptr_t)block % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(block[i], 0);
            block[i] = 0xff;
        }
        zt_free(block);
    }
}

static void blocks_are_counted(void **unused)
{
    (void)unused;
    long before = zt_mem_live();
    void *a = zt_alloc(1);
    void *b = zt_alloc(2);

    assert_int_equal(zt_mem_live(), before + 2);
    zt_free(a);
    zt_free(NULL);
    assert_int_equal(zt_mem_live(), before + 1);
    zt_free(b);
    assert_int_equal(zt_mem_live(), before);
}

static void only_the_nth_allocation_fails(void **unused)
{
    (void)unused;
    for (unsigned n = 1; n < 5; n++) {
        zt_mem_fail_nth(n);
        for (unsigned i = 1; i < 8; i++) {
            void *block = zt_alloc(8);

            assert_int_equal(block == NULL, i == n);
            zt_free(block);
        }
    }
    zt_mem_fail_nth(1);
    zt_mem_fail_nth(0);
    void *block = zt_alloc(8);
    assert_non_null(block);
    zt_free(block);
}

static void a_size_that_overflows_is_refused(void **unused)
{
    (void)unused;
    assert_null(zt_alloc(SIZE_MAX));
    assert_null(zt_alloc(SIZE_MAX - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_is_zeroed_and_aligned),
        cmocka_unit_test(blocks_are_counted),
        cmocka_unit_test(only_the_nth_allocation_fails),
        cmocka_unit_test(a_size_that_overflows_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
