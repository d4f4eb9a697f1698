/* SPDX-License-Identifier: Apache-2.0 */
/* Local settings of a network: what a file says, and what it can't say. */
#include "cmd/network_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static bool read_text(struct zt_network_policy *policy, const char *text,
                      char error[ZT_POLICY_ERROR])
{
    static char copy[65536];

    assert_true(strlen(text) < sizeof copy);
    strcpy(copy, text);
    *error = 0;
    return zt_network_policy_read(policy, copy, error);
}

static struct zt_network_policy policy_of(const char *text)
{
    struct zt_network_policy policy;
    char error[ZT_POLICY_ERROR];

    if (!read_text(&policy, text, error))
        fail_msg("%s: %s", text, error);
    return policy;
}

static void assert_written(const char *text, const char *wanted)
{
    struct zt_network_policy policy = policy_of(text);
    char written[ZT_POLICY_TEXT];

    assert_int_equal(zt_network_policy_write(&policy, written), strlen(wanted));
    assert_string_equal(written, wanted);
    policy = policy_of(written);
    assert_int_equal(zt_network_policy_write(&policy, written), strlen(wanted));
    assert_string_equal(written, wanted); /* and is read as it was meant */
}

static void what_is_not_named_has_its_default(void **unused)
{
    static const char defaults[] = "allowManaged=1\nallowGlobal=0\nallowDefault=0\nallowDNS=0\n";

    (void)unused;
    assert_written("", defaults);
    assert_written("\n\n", defaults);
    assert_written("colour=blue\n# allowDNS=1\nallowdns=1\n", defaults);
}

static void lines_are_keys_and_values(void **unused)
{
    (void)unused;
    assert_written("allowManaged=0\nallowGlobal=1\nallowDefault=1\nallowDNS=1\n",
                   "allowManaged=0\nallowGlobal=1\nallowDefault=1\nallowDNS=1\n");
    assert_written(" allowGlobal = true \r\nallowDNS=TRUE\r\nallowManaged=False",
                   "allowManaged=0\nallowGlobal=1\nallowDefault=0\nallowDNS=1\n");
    assert_written("allowDNS=0\nallowDNS=1", /* the later line counts */
                   "allowManaged=1\nallowGlobal=0\nallowDefault=0\nallowDNS=1\n");
}

static void a_list_of_networks_is_kept(void **unused)
{
    (void)unused;
    assert_written("allowManaged=10.0.0.0/8, fd00::/8 ,192.168.1.7\n",
                   "allowManaged=10.0.0.0/8,fd00::/8,192.168.1.7/32\nallowGlobal=0\n"
                   "allowDefault=0\nallowDNS=0\n");
    assert_written("allowManaged=0:0::/0\n", /* as short as a switch */
                   "allowManaged=::/0,::/0\nallowGlobal=0\nallowDefault=0\nallowDNS=0\n");
    assert_written("allowManaged=10.0.0.0/8\nallowManaged=1",
                   "allowManaged=1\nallowGlobal=0\nallowDefault=0\nallowDNS=0\n");
}

static void a_list_may_be_as_long_as_its_bound(void **unused)
{
    char text[ZT_POLICY_TEXT * 2] = "allowManaged=", error[ZT_POLICY_ERROR];
    size_t length = strlen(text);
    struct zt_network_policy policy;

    (void)unused;
    for (int i = 0; i < ZT_MAX_POLICY_RANGES; i++)
        length +=
            (size_t)snprintf(text + length, sizeof text - length,
                             "%sfd00:1111:2222:3333:4444:5555:6666:7%03d/128", i ? "," : "", i);
    policy = policy_of(text);
    assert_int_equal(policy.range_count, ZT_MAX_POLICY_RANGES);
    (void)zt_network_policy_write(&policy, text);
    policy = policy_of(text);
    assert_int_equal(policy.range_count, ZT_MAX_POLICY_RANGES);
    length = (size_t)(strchr(text, '\n') - text);
    (void)snprintf(text + length, sizeof text - length, ",10.0.0.0/8\n");
    assert_false(read_text(&policy, text, error));
    assert_string_equal(error, "allowManaged: there are more than 64 networks");
}

static void what_is_damaged_is_named_and_changes_nothing(void **unused)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        { "allowDNS", "a line: allowDNS is not KEY=VALUE" },
        { "allowManaged=0\n[", "a line: [ is not KEY=VALUE" },
        { "allowGlobal=", "allowGlobal: nothing is not 0 or 1" },
        { "allowGlobal=2", "allowGlobal: 2 is not 0 or 1" },
        { "allowDNS=10.0.0.0/8", "allowDNS: 10.0.0.0/8 is not 0 or 1" },
        { "allowManaged=yes", "allowManaged: yes is not 0, 1 or a list of IP/BITS" },
        { "allowManaged=::/0", "allowManaged: ::/0 is not 0, 1 or a list of IP/BITS" },
        { "allowManaged=10.0.0.0/33", "allowManaged: 10.0.0.0/33 is not IP/BITS" },
        { "allowManaged=fd00::/129", "allowManaged: fd00::/129 is not IP/BITS" },
        { "allowManaged=10.0.0.0/8,everything", "allowManaged: everything is not IP/BITS" },
        { "allowManaged=,,,,,,,", "allowManaged: , is not IP/BITS" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_network_policy policy = policy_of("allowManaged=172.16.0.0/12\nallowDNS=1");
        const struct zt_network_policy before = policy;
        char error[ZT_POLICY_ERROR];

        assert_false(read_text(&policy, cases[i].text, error));
        assert_string_equal(error, cases[i].error);
        assert_memory_equal(&policy, &before, sizeof policy);
    }
}

static void each_beginning_of_a_file_is_read_or_refused(void **unused)
{
    static const char whole[] =
        "allowManaged=10.0.0.0/8,fd00::/8\nallowGlobal=true\nx=y\nallowDNS=1\n";

    (void)unused;
    for (size_t length = 0; length < sizeof whole; length++) {
        struct zt_network_policy policy;
        char text[sizeof whole], error[ZT_POLICY_ERROR] = "";

        memcpy(text, whole, length);
        text[length] = 0;
        assert_true(zt_network_policy_read(&policy, text, error) != (*error != 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_named_has_its_default),
        cmocka_unit_test(lines_are_keys_and_values),
        cmocka_unit_test(a_list_of_networks_is_kept),
        cmocka_unit_test(a_list_may_be_as_long_as_its_bound),
        cmocka_unit_test(what_is_damaged_is_named_and_changes_nothing),
        cmocka_unit_test(each_beginning_of_a_file_is_read_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
