/* SPDX-License-Identifier: Apache-2.0 */
/* Ad-hoc networks: what their ids mean. */
#include "vl2_values.h"

#include "base/mem.h"
#include "vl2/config.h"
#include "vl2/rules_codec.h"

static int nothing_is_left(void **unused)
{
    (void)unused;
    return zt_mem_live() == 0 ? 0 : -1;
}

static void a_port_range_network_configures_itself(void **unused)
{
    static const uint8_t expected[] = { 0xa5, 2,    0x86, 0xdd, 0,    0, 0x24, 1, 58,   1,    0,
                                        0x24, 1,    17,   0x64, 1,    6, 0x28, 4, 0x00, 0x50, 0x01,
                                        0xbb, 1,    0,    0xa9, 8,    0, 0,    0, 0,    0,    0,
                                        0,    2,    1,    0,    0x29, 8, 0,    0, 0,    0,    0,
                                        0,    0,    2,    0x29, 8,    0, 0,    0, 0,    0,    0,
                                        0,    0x10, 1,    0,    0,    0 };
    bool not_found;
    struct zt_config *config =
        zt_config_adhoc(UINT64_C(0xff005001bb000000), MEMBER, NOW_MS, &not_found);
    uint8_t rules[128];
    struct zt_writer out = zt_writer_of(rules, sizeof rules);

    (void)unused;
    assert_non_null(config);
    assert_string_equal(config->name, "adhoc-0050-01bb");
    assert_true(config->is_public && config->com.count == 0 && config->multicast_limit == 0);
    assert_true(config->issued_ms == NOW_MS && config->window_ms == 7200000);
    assert_int_equal(config->mtu, 2800);
    assert_int_equal(config->flags, ZT_CONFIG_FLAG_NDP_EMULATION);
    assert_int_equal(config->member, MEMBER);
    assert_int_equal(config->assigned_count, 1);
    assert_int_equal(zt_ip_6plane_member(config->nwid, config->assigned[0].ip), MEMBER);
    zt_rules_write(config->rules, config->rule_count, &out);
    assert_int_equal(config->rule_count, 14);
    assert_int_equal(zt_writer_length(&out), sizeof expected);
    assert_memory_equal(rules, expected, sizeof expected);
    zt_config_free(config);
}

static void a_slash_eight_network_configures_itself(void **unused)
{
    static const uint8_t ip[4] = { 42, 0x33, 0x83, 0x90 };
    bool not_found;
    struct zt_config *config =
        zt_config_adhoc(UINT64_C(0xff2a112233445501), MEMBER, NOW_MS, &not_found);

    (void)unused;
    assert_non_null(config);
    assert_string_equal(config->name, "adhoc-42.0.0.0");
    assert_int_equal(config->multicast_limit, 1024);
    assert_int_equal(config->assigned_count, 2);
    assert_memory_equal(config->assigned[1].ip, ip, 4);
    assert_int_equal(config->assigned[1].port, 8);
    assert_true(zt_config_has_specialist(config, OTHER, ZT_SPECIALIST_ANCHOR));
    assert_false(zt_config_has_specialist(config, OTHER, ZT_SPECIALIST_BRIDGE));
    zt_config_free(config);
    config = zt_config_adhoc(UINT64_C(0xff2a000000000001), MEMBER, NOW_MS, &not_found);
    assert_int_equal(config->specialist_count, 0);
    zt_config_free(config);
}

static void other_ids_have_no_adhoc_config(void **unused)
{
    static const struct {
        zt_nwid nwid;
        bool not_found;
    } cases[] = {
        { UINT64_C(0xff01bb0050000000), true },  /* range reversed */
        { UINT64_C(0xff00500050000002), false }, /* neither form */
        { UINT64_C(0xfe005001bb000000), false }, /* an ordinary network */
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool not_found = !cases[i].not_found;

        assert_null(zt_config_adhoc(cases[i].nwid, MEMBER, NOW_MS, &not_found));
        assert_int_equal(not_found, cases[i].not_found);
    }
    for (unsigned long n = 1; n <= 2; n++) {
        bool not_found;

        zt_mem_fail_nth(n);
        assert_null(zt_config_adhoc(UINT64_C(0xff005001bb000000), MEMBER, NOW_MS, &not_found));
        assert_false(not_found);
        zt_mem_fail_nth(0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_port_range_network_configures_itself, nothing_is_left),
        cmocka_unit_test_teardown(a_slash_eight_network_configures_itself, nothing_is_left),
        cmocka_unit_test_teardown(other_ids_have_no_adhoc_config, nothing_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
