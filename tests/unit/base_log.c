/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines: composed only if wanted, cut if too long. */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static unsigned lines;
static char last[1024];

static void keep(void *context, enum zt_log_level level, const char *module, const char *line)
{
    assert_ptr_equal(context, &lines);
    assert_int_equal(level, ZT_LOG_INFO);
    assert_string_equal(module, "path");
    strcpy(last, line);
    lines++;
}

static void a_line_reaches_the_sink_if_its_level_is_on(void **unused)
{
    struct zt_log log = { .level = ZT_LOG_INFO, .sink = keep, .context = &lines };

    (void)unused;
    lines = 0;
    zt_log_info(&log, "path", "%s -> %d", "probing", 7);
    assert_string_equal(last, "probing -> 7");
    zt_log_trace(&log, "path", "no");
    log.level = ZT_LOG_ERROR;
    zt_log_info(&log, "path", "no");
    zt_log_info(NULL, "path", "no");
    log.level = ZT_LOG_TRACE;
    log.sink = NULL;
    zt_log_info(&log, "path", "no");
    assert_int_equal(lines, 1);
}

static bool wants_paths(void *context, enum zt_log_level level, const char *module)
{
    assert_ptr_equal(context, &lines);
    return level == ZT_LOG_INFO && strcmp(module, "path") == 0;
}

static void who_wants_lines_may_choose_by_module(void **unused)
{
    struct zt_log log = { .wants = wants_paths, .sink = keep, .context = &lines };

    (void)unused;
    lines = 0;
    zt_log_info(&log, "path", "yes");
    zt_log_info(&log, "peer", "no");
    zt_log_error(&log, "path", "no");
    assert_int_equal(lines, 1);
    log.sink = NULL;
    zt_log_info(&log, "path", "no");
    assert_int_equal(lines, 1);
}

static void a_long_line_is_cut(void **unused)
{
    struct zt_log log = { .level = ZT_LOG_INFO, .sink = keep, .context = &lines };

    (void)unused;
    zt_log_info(&log, "path", "%0900d", 1);
    assert_in_range(strlen(last), 100, 899);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_reaches_the_sink_if_its_level_is_on),
        cmocka_unit_test(who_wants_lines_may_choose_by_module),
        cmocka_unit_test(a_long_line_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
