/* SPDX-License-Identifier: Apache-2.0 */
/* Drop reasons: each has a name and a text of its own. */
#include "vl1/drop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void every_reason_has_a_name_and_a_text(void **unused)
{
    (void)unused;
    for (int i = 0; i < ZT_DROP_COUNT; i++) {
        assert_true(strlen(zt_drop_name((enum zt_drop)i)) > 0);
        assert_true(strlen(zt_drop_text((enum zt_drop)i)) > 0);
    }
}

static void no_two_reasons_share_a_name_or_a_text(void **unused)
{
    (void)unused;
    for (int i = 0; i < ZT_DROP_COUNT; i++) {
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(zt_drop_name((enum zt_drop)i), zt_drop_name((enum zt_drop)j));
            assert_string_not_equal(zt_drop_text((enum zt_drop)i), zt_drop_text((enum zt_drop)j));
        }
    }
}

static void accepted_is_zero(void **unused)
{
    (void)unused;
    assert_int_equal(ZT_DROP_NONE, 0);
    assert_string_equal(zt_drop_name(ZT_DROP_NONE), "NONE");
    assert_string_equal(zt_drop_name(ZT_DROP_BAD_MAC), "BAD_MAC");
    assert_string_equal(zt_drop_text(ZT_DROP_BAD_MAC), "authentication failed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_has_a_name_and_a_text),
        cmocka_unit_test(no_two_reasons_share_a_name_or_a_text),
        cmocka_unit_test(accepted_is_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
