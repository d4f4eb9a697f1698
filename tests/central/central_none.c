/* SPDX-License-Identifier: Apache-2.0 */
/* zts_central_* without libcurl: arguments are judged as ever, but no session can be opened. */
#include "zts/central.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TOKEN "0123456789abcdefghijklmnopqrstuv"

static void without_libcurl_no_session_can_be_opened(void **unused)
{
    char answer[16];
    int status = 7;

    (void)unused;
    assert_int_equal(zts_central_init("ab", TOKEN, answer, sizeof answer), ZTS_ERR_ARG);
    assert_int_equal(zts_central_init("https://a", TOKEN, answer, sizeof answer), ZTS_ERR_GENERAL);
    const int results[] = {
        zts_central_status_get(&status),         zts_central_self_get(&status),
        zts_central_net_get(&status, 1),         zts_central_net_update(&status, 1),
        zts_central_net_delete(&status, 1),      zts_central_net_get_all(&status),
        zts_central_member_get(&status, 1, 1),   zts_central_member_update(&status, 1, 1, answer),
        zts_central_node_auth(&status, 1, 1, 1), zts_central_net_get_members(&status, 1),
    };
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        assert_int_equal(results[i], ZTS_ERR_SERVICE);
    assert_int_equal(status, 7);
    assert_int_equal(zts_central_set_access_mode(ZTS_CENTRAL_READ), ZTS_ERR_OK);
    assert_int_equal(zts_central_set_verbose(1), ZTS_ERR_OK);
    assert_int_equal(zts_central_get_last_resp_buf(answer, 1), ZTS_ERR_OK);
    zts_central_clear_resp_buf();
    zts_central_cleanup();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_libcurl_no_session_can_be_opened),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
