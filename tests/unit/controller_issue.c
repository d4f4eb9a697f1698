/* SPDX-License-Identifier: Apache-2.0 */
/* Issued configurations: every credential verifies, names the member, and fits what it said it can hold. */
#include "controller_fixture.h"

#define FULL                                                                                       \
    "{\"private\":false,\"mtu\":1400,\"name\":\"beta\",\"multicastLimit\":7,"                      \
    "\"enableBroadcast\":false,\"certificateTimeoutWindowSize\":1,"                                \
    "\"v4AssignMode\":{\"zt\":true},\"ipAssignmentPools\":[{\"ipRangeStart\":\"10.1.2.1\","        \
    "\"ipRangeEnd\":\"10.1.2.254\"}],\"routes\":[{\"target\":\"10.1.2.0/24\",\"via\":null},"       \
    "{\"target\":\"0.0.0.0/0\",\"via\":\"10.1.2.1\"}],"                                            \
    "\"dns\":{\"domain\":\"lab\",\"servers\":[\"10.1.2.2\"]},"                                     \
    "\"rules\":[{\"type\":\"MATCH_ETHERTYPE\",\"etherType\":2048,\"not\":true},"                   \
    "{\"type\":\"ACTION_DROP\"},{\"type\":\"ACTION_ACCEPT\"}],"                                    \
    "\"tags\":[{\"id\":1,\"default\":5},{\"id\":2,\"default\":6}],"                                \
    "\"capabilities\":[{\"id\":3,\"default\":true,\"rules\":[{\"type\":\"ACTION_ACCEPT\"}]},"      \
    "{\"id\":4,\"default\":true,\"rules\":[{\"type\":\"ACTION_DROP\"},"                            \
    "{\"type\":\"ACTION_DROP\"}]}]}"

static const zt_address member = UINT64_C(0x0651022d1b);

static struct zt_config *config_with(struct fixture *fixture, const char *metadata)
{
    struct zt_identity identity = make_identity(member);

    assert_non_null(set_network(fixture, NWID, FULL));
    ask_with(fixture, NWID, &identity, metadata);
    return take_config(fixture, 99);
}

static void every_credential_verifies(void **state)
{
    struct fixture *fixture = *state;
    struct zt_identity self = make_identity(CONTROLLER_ADDRESS), them = make_identity(member);
    const struct zt_identity *chain[] = { &self };
    struct zt_config *config = config_with(fixture, METADATA);

    assert_int_equal(zt_com_verify(&config->com, &self), ZT_SIGNATURE_GOOD);
    assert_true(zt_com_member(&config->com) == member);
    assert_true(zt_com_nwid(&config->com) == NWID);
    assert_true(zt_com_issued_ms(&config->com) == fixture->now.wall_ms);
    assert_true(zt_com_agrees(&config->com, &config->com, &them));
    assert_int_equal(config->ownership_count, 1);
    assert_int_equal(config->ownerships[0].id, 1);
    assert_int_equal(zt_ownership_verify(&config->ownerships[0], &self), ZT_SIGNATURE_GOOD);
    assert_true(zt_ownership_has_ip(&config->ownerships[0], (const uint8_t[]){ 10, 1, 2, 91 }, 4));
    assert_int_equal(config->tag_count, 2);
    assert_int_equal(config->capability_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(zt_tag_verify(&config->tags[i], &self), ZT_SIGNATURE_GOOD);
        assert_true(config->tags[i].member == member);
        assert_int_equal(zt_capability_verify(&config->capabilities[i], chain), ZT_SIGNATURE_GOOD);
        assert_true(zt_capability_member(&config->capabilities[i]) == member);
    }
    zt_config_free(config);
}

static void the_fields_are_those_of_the_network(void **state)
{
    struct zt_config *config = config_with(*state, METADATA);

    assert_true(config->nwid == NWID && config->member == member);
    assert_int_equal(config->revision, 1);
    assert_int_equal(config->mtu, 1400);
    assert_int_equal(config->multicast_limit, 7);
    assert_int_equal(config->flags, 0);
    assert_int_equal(config->window_ms, 300000); /* never shorter */
    assert_true(config->is_public);
    assert_string_equal(config->dns.domain, "lab");
    assert_int_equal(config->dns.server_count, 1);
    assert_int_equal(config->route_count, 2);
    assert_int_equal(config->rule_count, 3);
    assert_int_equal(config->rules[0].type, ZT_RULE_ETHERTYPE | ZT_RULE_NOT);
    zt_config_free(config);
}

static void a_member_without_rules_engine_gets_one_accept(void **state)
{
    struct zt_config *config = config_with(*state, "v=7\nmajv=1");

    assert_int_equal(config->rule_count, 1);
    assert_int_equal(config->rules[0].type, ZT_RULE_ACCEPT);
    assert_int_equal(config->tag_count, 0);
    assert_int_equal(config->capability_count, 0);
    assert_int_equal(config->com.count > 0, 1);
    zt_config_free(config);
}

static void advertised_limits_are_kept(void **state)
{
    struct zt_config *config = config_with(*state, "revr=1\nmr=2\nmt=1\nmcr=1\nmc=1");

    assert_int_equal(config->rule_count, 2);
    assert_int_equal(config->tag_count, 1);
    assert_int_equal(config->capability_count, 1);
    assert_int_equal(config->capabilities[0].id, 3);
    zt_config_free(config);
}

static void the_same_moment_gives_the_same_bytes(void **state)
{
    struct fixture *fixture = *state;
    static uint8_t first[65536];
    size_t length;

    zt_config_free(config_with(fixture, METADATA));
    length = fixture->effect.answer.length;
    assert_in_range(length, 1, sizeof first);
    memcpy(first, fixture->effect.answer.bytes, length);
    pass(fixture, -2000); /* ask lets two seconds pass */
    fixture->now.mono_ms += 2000;
    ask(fixture, NWID, member);
    zt_config_free(take_config(fixture, 99));
    assert_int_equal(fixture->effect.answer.length, length);
    assert_memory_equal(fixture->effect.answer.bytes, first, length);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_credential_verifies),
        TEST(the_fields_are_those_of_the_network),
        TEST(a_member_without_rules_engine_gets_one_accept),
        TEST(advertised_limits_are_kept),
        TEST(the_same_moment_gives_the_same_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
