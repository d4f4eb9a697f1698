/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a site: files that are there, and wrong; settings that are changed. */
#define _POSIX_C_SOURCE 200809L

#include "site_fixture.h"

#include "http/conf.h"

#include <stdlib.h>
#include <unistd.h>

/* Opens a site on a folder that holds one file. The error, "" if there is none. */
static const char *error_with(const char *name, const char *content)
{
    static char error[256];
    char home[] = "/tmp/zt-http-site-XXXXXX", path[128];
    struct zt_http_options options;
    struct zt_folder *folder;
    struct zt_site site;

    assert_non_null(mkdtemp(home));
    assert_int_equal(zt_folder_open(&folder, home), 0);
    assert_int_equal(zt_file_write(folder, name, content, strlen(content), 0), 0);
    options = options_in(folder);
    if (zt_site_open(&site, &options, error, sizeof error))
        error[0] = 0;
    zt_site_close(&site);
    zt_folder_close(folder);
    (void)snprintf(path, sizeof path, "rm -r %s", home);
    assert_int_equal(system(path), 0);
    return error;
}

static void a_file_that_is_wrong_is_named(void **unused)
{
    static const struct {
        const char *name, *content, *needle; /* needle NULL: it is fine */
    } cases[] = {
        { "authtoken.secret", " abc\n", NULL },
        { "authtoken.secret", " \n", "authtoken.secret" },
        { "metricstoken.secret", "", "metricstoken.secret" },
        { "account.json", "{}", "account.json" },
        { "account.json", "[", "account.json" },
        { "account.json",
          "{\"displayName\":\"a\",\"email\":\"b\",\"smsNumber\":\"\",\"tokens\":{\"a\":\"short\"}}",
          "account.json" },
        { "account.json",
          "{\"displayName\":\"a\",\"email\":\"b\",\"smsNumber\":\"\",\"tokens\":{}}", NULL },
        { "local.conf", "{", "local.conf" },
        { "local.conf", "[]", "local.conf" },
        { "local.conf", "{\"settings\":{\"allowManagementFrom\":[\"10.0.0.0/8\"]}}", NULL },
        { "local.conf", "{\"settings\":{\"allowManagementFrom\":[\"x\"]}}", "allowManagementFrom" },
        { "local.conf", "{\"settings\":{\"allowManagementFrom\":1}}", "allowManagementFrom" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *error = error_with(cases[i].name, cases[i].content);

        if (cases[i].needle)
            assert_non_null(strstr(error, cases[i].needle));
        else
            assert_string_equal(error, "");
    }
}

static void settings_too_long_to_be_read_again_are_refused(void **unused)
{
    char name[] = "/tmp/zt-http-XXXXXX", error[256] = "", *text = calloc(1, (1 << 20) + 1);
    struct zt_folder *folder;
    json_t *changes, *conf;

    (void)unused;
    assert_non_null(mkdtemp(name));
    assert_int_equal(zt_folder_open(&folder, name), 0);
    changes = json_pack("{s:s}", "a", memset(text, 'a', 1 << 20));
    assert_false(zt_conf_change(folder, changes, NULL, error, sizeof error));
    assert_non_null(strstr(error, "local.conf: "));
    conf = zt_conf_read(folder, error, sizeof error);
    assert_int_equal(json_object_size(conf), 0);
    json_decref(conf);
    json_decref(changes);
    free(text);
    zt_folder_close(folder);
    assert_int_equal(rmdir(name), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_wrong_is_named),
        cmocka_unit_test(settings_too_long_to_be_read_again_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
