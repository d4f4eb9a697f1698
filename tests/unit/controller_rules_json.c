/* SPDX-License-Identifier: Apache-2.0 */
/* Rules as JSON: every known set survives the way to bytes and back; bad entries refuse the set. */
#include "controller/rules_json.h"
#include "controller_fixture.h"
#include "vl2/rules_codec.h"

#include <stdlib.h>

static struct zt_rule rules[ZT_MAX_RULES];

static bool read_text(const char *text, size_t *count, char error[128])
{
    json_t *json = parse(text);
    bool is_good = zt_rules_from_json(rules, ZT_MAX_RULES, count, json, error, 128);

    json_decref(json);
    return is_good;
}

static void assert_bytes(const struct zt_rule *from, size_t count, const char *hex)
{
    static uint8_t bytes[32768];
    static char text[65537];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    zt_rules_write(from, count, &out);
    assert_false(out.failed);
    zt_hex_write(text, bytes, zt_writer_length(&out));
    assert_string_equal(text, hex);
}

static void published_sets_survive_both_ways(void **unused)
{
    json_t *file = json_load_file(ZT_SOURCE_DIR "/tests/vectors/data/rules.json", 0, NULL);
    json_t *sets = json_object_get(file, "rule_sets");
    size_t checked = 0;

    (void)unused;
    if (!file)
        skip();
    for (size_t i = 0; i < json_array_size(sets); i++) {
        const json_t *set = json_array_get(sets, i), *given = json_object_get(set, "rules_json");
        const char *hex = json_string_value(json_object_get(set, "rules_bytes"));
        char error[128] = "";
        size_t count;
        json_t *again;

        if (!json_is_array(given))
            continue;
        if (!zt_rules_from_json(rules, ZT_MAX_RULES, &count, given, error, sizeof error))
            print_error("set %zu: %s\n", i, error);
        assert_string_equal(error, "");
        assert_bytes(rules, count, hex);
        again = zt_rules_to_json(rules, count);
        assert_true(zt_rules_from_json(rules, ZT_MAX_RULES, &count, again, error, sizeof error));
        assert_bytes(rules, count, hex);
        json_decref(again);
        checked++;
    }
    assert_true(checked > 150);
    json_decref(file);
}

static void entries_become_the_bytes_of_the_protocol(void **unused)
{
    static const struct {
        const char *json, *hex;
    } cases[] = {
        { "[]", "" },
        { "[{\"type\":\"ACTION_ACCEPT\",\"not\":true,\"or\":true}]", "0100" },
        { "[{\"type\":\"ACTION_TEE\",\"address\":\"deadbeef11\",\"length\":128}]",
          "020e000000deadbeef11000000000080" },
        { "[{\"type\":\"ACTION_REDIRECT\",\"address\":\"deadbeef11\",\"length\":128}]",
          "040e000000deadbeef11000000000000" },
        { "[{\"type\":\"MATCH_IP_PROTOCOL\",\"ipProtocol\":\"17\",\"not\":true}]", "a40111" },
        { "[{\"type\":\"MATCH_ETHERTYPE\",\"etherType\":2054,\"or\":true}]", "65020806" },
        { "[{\"type\":\"MATCH_IPV4_SOURCE\",\"ip\":\"10.0.0.0/8\"}]", "1f050a00000008" },
        { "[{\"type\":\"MATCH_IPV4_SOURCE\",\"ip\":\"10.0.0.1/99\"}]", "1f050a00000120" },
        { "[{\"type\":\"MATCH_ICMP\",\"icmpType\":8,\"icmpCode\":0}]", "2603080001" },
        { "[{\"type\":\"MATCH_ICMP\",\"icmpType\":8}]", "2603080000" },
        { "[{\"type\":\"MATCH_IP_SOURCE_PORT_RANGE\",\"start\":1,\"end\":1023}]", "2704000103ff" },
        { "[{\"type\":\"MATCH_IP_DEST_PORT_RANGE\",\"start\":22}]", "280400160016" },
        { "[{\"type\":\"MATCH_CHARACTERISTICS\",\"mask\":\"8000000000000000\"}]",
          "29088000000000000000" },
        { "[{\"type\":\"INTEGER_RANGE\",\"start\":5,\"end\":\"000000000000000f\",\"idx\":4,"
          "\"little\":true,\"bits\":32}]",
          "33130000000000000005000000000000000f00049f" },
        { "[{\"type\":\"MATCH_INTEGER_RANGE\",\"start\":\"ffffffffffffffff\",\"bits\":64}]",
          "3313ffffffffffffffffffffffffffffffff00003f" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char error[128];
        size_t count;

        assert_true(read_text(cases[i].json, &count, error));
        assert_bytes(rules, count, cases[i].hex);
    }
}

static void a_bad_entry_refuses_the_whole_set_and_is_named(void **unused)
{
    static const struct {
        const char *json, *named;
    } cases[] = {
        { "{}", "not an array" },
        { "[1]", "type" },
        { "[{}]", "type" },
        { "[{\"type\":5}]", "type" },
        { "[{\"type\":\"ACTION_PRIORITY\"}]", "type" },
        { "[{\"type\":\"match_ethertype\"}]", "type" },
        { "[{\"type\":\"MATCH_ETHERTYPE\",\"etherType\":65536}]", "etherType" },
        { "[{\"type\":\"MATCH_ETHERTYPE\",\"etherType\":-1}]", "etherType" },
        { "[{\"type\":\"MATCH_ETHERTYPE\",\"etherType\":null}]", "etherType" },
        { "[{\"type\":\"MATCH_VLAN_PCP\",\"vlanPcp\":256}]", "vlanPcp" },
        { "[{\"type\":\"MATCH_SOURCE_ZEROTIER_ADDRESS\",\"zt\":\"123\"}]", "zt" },
        { "[{\"type\":\"MATCH_SOURCE_ZEROTIER_ADDRESS\",\"zt\":5}]", "zt" },
        { "[{\"type\":\"MATCH_MAC_DEST\",\"mac\":\"aa:bb\"}]", "mac" },
        { "[{\"type\":\"MATCH_MAC_DEST\"}]", "mac" },
        { "[{\"type\":\"MATCH_IPV4_DEST\",\"ip\":\"fd00::/8\"}]", "ip" },
        { "[{\"type\":\"MATCH_IPV6_DEST\",\"ip\":\"10.0.0.0/8\"}]", "ip" },
        { "[{\"type\":\"MATCH_IPV6_DEST\"}]", "ip" },
        { "[{\"type\":\"MATCH_ICMP\",\"icmpType\":8,\"icmpCode\":256}]", "icmpCode" },
        { "[{\"type\":\"MATCH_CHARACTERISTICS\",\"mask\":\"x\"}]", "mask" },
        { "[{\"type\":\"MATCH_CHARACTERISTICS\",\"mask\":\"00000000000000001\"}]", "mask" },
        { "[{\"type\":\"MATCH_RANDOM\",\"probability\":4294967296}]", "probability" },
        { "[{\"type\":\"MATCH_TAGS_EQUAL\",\"id\":4294967296}]", "id" },
        { "[{\"type\":\"INTEGER_RANGE\",\"bits\":0}]", "bits" },
        { "[{\"type\":\"INTEGER_RANGE\",\"bits\":65}]", "bits" },
        { "[{\"type\":\"ACTION_TEE\",\"length\":65536}]", "length" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char error[128] = "";
        size_t count = 77;

        assert_false(read_text(cases[i].json, &count, error));
        assert_int_equal(count, 77);
        if (!strstr(error, cases[i].named))
            fail_msg("%s: %s", cases[i].json, error);
    }
}

static void a_set_holds_its_bound_and_not_one_more(void **unused)
{
    json_t *array = json_array();
    char error[128];
    size_t count;

    (void)unused;
    for (int i = 0; i < ZT_MAX_RULES; i++)
        json_array_append_new(array, json_pack("{s:s}", "type", "ACTION_DROP"));
    assert_true(zt_rules_from_json(rules, ZT_MAX_RULES, &count, array, error, sizeof error));
    assert_int_equal(count, ZT_MAX_RULES);
    json_array_append_new(array, json_pack("{s:s}", "type", "ACTION_DROP"));
    assert_false(zt_rules_from_json(rules, ZT_MAX_RULES, &count, array, error, sizeof error));
    json_decref(array);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_sets_survive_both_ways),
        cmocka_unit_test(entries_become_the_bytes_of_the_protocol),
        cmocka_unit_test(a_bad_entry_refuses_the_whole_set_and_is_named),
        cmocka_unit_test(a_set_holds_its_bound_and_not_one_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
