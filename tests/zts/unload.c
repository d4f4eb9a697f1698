/* SPDX-License-Identifier: Apache-2.0 */
/* The library as a plugin has it: loaded, used and closed at run time. */
#include "ZeroTierSockets.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

enum { ROUNDS = 5 };

static int call(void *library, const char *name)
{
    int (*function)(void);

    *(void **)&function = dlsym(library, name);
    assert_non_null(function);
    return function();
}

static int call_with(void *library, const char *name, int first, int second)
{
    int (*function)(int, int, int);

    *(void **)&function = dlsym(library, name);
    assert_non_null(function);
    return function(first, second, 0);
}

static void *load(void)
{
    void *library = dlopen(ZT_LIBRARY, RTLD_NOW | RTLD_LOCAL);

    assert_non_null(library);
    return library;
}

/* The stop goes on in the background, and the stack's thread stays for the life of the process. */
static void it_may_be_closed_while_it_stops_and_loaded_again(void **unused)
{
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        void *library = load();

        assert_int_equal(call(library, "zts_node_start"), ZTS_ERR_OK);
        assert_int_equal(call_with(library, "zts_bsd_socket", ZTS_AF_INET, ZTS_SOCK_STREAM), 0);
        assert_int_equal(call(library, "zts_node_stop"), ZTS_ERR_OK);
        assert_int_equal(dlclose(library), 0);
    }
    zts_util_delay(300); /* for who would run code that is no more */
}

static void closing_it_does_not_end_the_node(void **unused)
{
    void *library = load();

    (void)unused;
    assert_int_equal(call(library, "zts_node_start"), ZTS_ERR_OK);
    assert_int_equal(dlclose(library), 0);
    zts_util_delay(100);
    library = load();
    assert_int_equal(call(library, "zts_node_free"), ZTS_ERR_OK);
    assert_int_equal(dlclose(library), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_may_be_closed_while_it_stops_and_loaded_again),
        cmocka_unit_test(closing_it_does_not_end_the_node),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
