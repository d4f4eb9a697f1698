/* SPDX-License-Identifier: Apache-2.0 */
/* Deciding: who gets a configuration, who an error, and what changes set in motion. */
#include "controller_fixture.h"

#include <stdlib.h>

#define POOLED                                                                                     \
    "{\"v4AssignMode\":{\"zt\":true},\"routes\":[{\"target\":\"10.1.2.0/24\",\"via\":null}],"      \
    "\"ipAssignmentPools\":[{\"ipRangeStart\":\"10.1.2.1\",\"ipRangeEnd\":\"10.1.2.254\"}]}"

static const zt_address member = UINT64_C(0x0651022d1b);

static const json_t *get_member(struct fixture *fixture, zt_address address)
{
    static json_t *result;

    json_decref(result);
    result = zt_controller_member(fixture->controller, NWID, address, &fixture->error);
    return result;
}

static void an_unknown_network_is_not_found(void **state)
{
    struct fixture *fixture = *state;

    ask(fixture, NWID, member);
    take_error(fixture, ZT_ERROR_OBJ_NOT_FOUND);
    assert_int_equal(fixture->effect.answer.packet_id, 99);
    assert_int_equal(fixture->effect.answer.link.socket, 3);
    assert_false(take(fixture));
}

static void a_network_of_another_controller_gets_silence(void **state)
{
    struct fixture *fixture = *state;

    ask(fixture, UINT64_C(0x1122334455000001), member);
    assert_false(take(fixture));
}

static void a_stranger_is_refused_and_seen(void **state)
{
    struct fixture *fixture = *state;

    assert_non_null(set_network(fixture, NWID, "{}"));
    ask(fixture, NWID, member);
    take_error(fixture, ZT_ERROR_NETWORK_ACCESS_DENIED);
    assert_json(json_object_get(get_member(fixture, member), "authorized"), "false");
    assert_json(json_object_get(get_member(fixture, member), "clientVersion"), "\"1.14.2\"");
    assert_json(json_object_get(get_member(fixture, member), "physicalAddr"), "\"192.0.2.7/9993\"");
}

static void a_public_network_takes_anyone(void **state)
{
    struct fixture *fixture = *state;
    struct zt_config *config;

    assert_non_null(set_network(fixture, NWID, "{\"private\":\"false\",\"name\":\"open\"}"));
    ask(fixture, NWID, member);
    config = take_config(fixture, 99);
    assert_true(config->is_public);
    assert_string_equal(config->name, "open");
    assert_true(config->member == member);
    zt_config_free(config);
    assert_false(take(fixture)); /* its own request changed its record: no push */
    assert_json(json_object_get(get_member(fixture, member), "lastAuthorizedCredentialType"),
                "\"public\"");
}

static void authorising_a_waiting_member_pushes_its_config(void **state)
{
    struct fixture *fixture = *state;
    struct zt_config *config;

    assert_non_null(set_network(fixture, NWID, POOLED));
    ask(fixture, NWID, member);
    take_error(fixture, ZT_ERROR_NETWORK_ACCESS_DENIED);
    assert_non_null(set_member(fixture, NWID, member, "{\"authorized\":\"true\"}"));
    config = take_config(fixture, 0);
    assert_int_equal(config->assigned_count, 1);
    assert_string_equal(ip_text(&config->assigned[0]), "10.1.2.91/24");
    zt_config_free(config);
    assert_false(take(fixture));
    assert_json(json_object_get(get_member(fixture, member), "ipAssignments"), "[\"10.1.2.91\"]");
}

static void a_member_that_never_asked_is_not_pushed(void **state)
{
    struct fixture *fixture = *state;

    assert_non_null(set_network(fixture, NWID, "{}"));
    assert_non_null(set_member(fixture, NWID, member, "{\"authorized\":true}"));
    assert_false(take(fixture));
}

static void another_key_under_a_pinned_address_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct zt_identity thief = make_identity(member ^ 1);

    assert_non_null(set_network(fixture, NWID, "{\"private\":false}"));
    ask(fixture, NWID, member);
    drain(fixture);
    thief.address = member;
    ask_with(fixture, NWID, &thief, METADATA);
    take_error(fixture, ZT_ERROR_NETWORK_ACCESS_DENIED);
    ask(fixture, NWID, member);
    zt_config_free(take_config(fixture, 99));
}

static void a_fifth_request_within_a_second_is_silent(void **state)
{
    struct fixture *fixture = *state;

    assert_non_null(set_network(fixture, NWID, "{\"private\":false}"));
    for (int i = 0; i < 4; i++) {
        ask(fixture, NWID, member);
        assert_true(take(fixture));
        drain(fixture);
        pass(fixture, -2000); /* ask lets two seconds pass */
    }
    ask(fixture, NWID, member);
    assert_false(take(fixture));
    pass(fixture, -1000);
    ask(fixture, NWID, member);
    assert_true(take(fixture));
}

static void a_token_admits_until_it_expires(void **state)
{
    static const struct {
        const char *tokens, *metadata;
        bool admits;
    } cases[] = {
        { "{\"abc\":0}", "revr=1\na=token:abc", true },
        { "{\"abc\":1700000009999}", "revr=1\na=token:abc", true },
        { "{\"abc\":1700000000001}", "revr=1\na=token:abc", false },
        { "{\"abc\":0}", "revr=1\na=token:", false },
        { "{\"\":0}", "revr=1\na=token:", false },
        { "{\"abc\":0}", "revr=1\na=token:abcd", false },
        { "{\"abc\":0}", "revr=1\na=abc", false },
        { "{}", "revr=1\na=token:abc", false },
        { "[null]", "revr=1\na=token:abc", false },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_identity identity = make_identity(member);
        char body[128];

        assert_int_equal(set_up(state), 0);
        struct fixture *fixture = *state;
        zt_format(body, sizeof body, "{\"authTokens\":%s}", cases[i].tokens);
        assert_non_null(set_network(fixture, NWID, body));
        ask_with(fixture, NWID, &identity, cases[i].metadata);
        take_error(fixture, cases[i].admits ? 0 : ZT_ERROR_NETWORK_ACCESS_DENIED);
        if (cases[i].admits)
            assert_json(json_object_get(get_member(fixture, member), "lastAuthorizedCredential"),
                        "\"abc\"");
        tear_down(state);
    }
}

static void deauthorising_revokes_at_all_members_and_the_target(void **state)
{
    struct fixture *fixture = *state;
    struct zt_identity self = make_identity(CONTROLLER_ADDRESS);
    bool told[4] = { false };

    assert_non_null(set_network(fixture, NWID, "{\"private\":false}"));
    for (zt_address address = 0x10; address < 0x13; address++)
        ask(fixture, NWID, address);
    drain(fixture);
    pass(fixture, INT64_C(86400000)); /* the age of a request does not matter */
    assert_non_null(set_member(fixture, NWID, 0x11, "{\"authorized\":false}"));
    while (take(fixture)) {
        assert_int_equal(fixture->effect.kind, ZT_CONTROLLER_REVOKE);
        assert_true(fixture->effect.revocation.target == 0x11);
        assert_int_equal(fixture->effect.revocation.type, ZT_CREDENTIAL_COM);
        assert_true(fixture->effect.revocation.threshold_ms == fixture->now.wall_ms);
        assert_int_equal(zt_revocation_verify(&fixture->effect.revocation, &self),
                         ZT_SIGNATURE_GOOD);
        told[fixture->effect.to - 0x10] = true;
    }
    assert_true(told[0] && told[1] && told[2]);
}

static void a_member_authorised_again_gets_a_newer_certificate(void **state)
{
    struct fixture *fixture = *state;
    struct zt_config *config;
    int64_t threshold_ms;

    assert_non_null(set_network(fixture, NWID, "{}"));
    assert_non_null(set_member(fixture, NWID, member, "{\"authorized\":true}"));
    ask(fixture, NWID, member);
    drain(fixture);
    assert_non_null(set_member(fixture, NWID, member, "{\"authorized\":false}"));
    assert_true(take(fixture));
    threshold_ms = fixture->effect.revocation.threshold_ms;
    drain(fixture);
    assert_non_null(set_member(fixture, NWID, member, "{\"authorized\":true}"));
    config = take_config(fixture, 0);
    assert_true(zt_com_issued_ms(&config->com) > threshold_ms);
    zt_config_free(config);
}

static void a_deleted_member_is_revoked_and_comes_back_as_a_stranger(void **state)
{
    struct fixture *fixture = *state;
    json_t *json;

    assert_non_null(set_network(fixture, NWID, "{}"));
    assert_non_null(set_member(fixture, NWID, member, "{\"authorized\":true}"));
    ask(fixture, NWID, member);
    drain(fixture);
    json = zt_controller_delete_member(fixture->controller, fixture->now, NWID, member,
                                       &fixture->error);
    assert_json(json_object_get(json, "id"), "\"0651022d1b\"");
    json_decref(json);
    assert_true(take(fixture));
    assert_int_equal(fixture->effect.kind, ZT_CONTROLLER_REVOKE);
    assert_true(fixture->effect.to == member);
    assert_false(take(fixture));
    assert_null(get_member(fixture, member));
    assert_int_equal(fixture->error.status, 404);
    ask(fixture, NWID, member);
    take_error(fixture, ZT_ERROR_NETWORK_ACCESS_DENIED);
}

static void a_deleted_network_revokes_every_member(void **state)
{
    struct fixture *fixture = *state;
    json_t *json;
    int count = 0;

    assert_non_null(set_network(fixture, NWID, "{\"private\":false}"));
    for (zt_address address = 0x10; address < 0x13; address++)
        ask(fixture, NWID, address);
    assert_non_null(set_network(fixture, NWID, "{\"name\":\"x\"}")); /* pushes wait */
    json = zt_controller_delete_network(fixture->controller, fixture->now, NWID, &fixture->error);
    assert_non_null(json);
    json_decref(json);
    while (take(fixture))
        count += fixture->effect.kind == ZT_CONTROLLER_REVOKE;
    assert_int_equal(count, 9);
    ask(fixture, NWID, 0x10);
    take_error(fixture, ZT_ERROR_OBJ_NOT_FOUND);
}

static void a_changed_network_is_pushed_once_to_each_member_that_asked(void **state)
{
    struct fixture *fixture = *state;
    int count = 0;

    assert_non_null(set_network(fixture, NWID, "{\"private\":false}"));
    for (zt_address address = 0x10; address < 0x15; address++)
        ask(fixture, NWID, address);
    drain(fixture);
    assert_non_null(set_network(fixture, NWID, "{\"name\":\"a\"}"));
    assert_non_null(set_network(fixture, NWID, "{\"name\":\"b\"}"));
    while (take(fixture)) {
        assert_int_equal(fixture->effect.answer.packet_id, 0);
        count++;
    }
    assert_int_equal(count, 5);
}

static void a_change_that_changes_nothing_is_silent(void **state)
{
    struct fixture *fixture = *state;

    assert_non_null(set_network(fixture, NWID, "{\"private\":false,\"name\":\"a\"}"));
    ask(fixture, NWID, member);
    drain(fixture);
    assert_json(json_object_get(set_network(fixture, NWID, "{\"name\":\"a\"}"), "revision"), "1");
    assert_json(
        json_object_get(set_member(fixture, NWID, member, "{\"authorized\":true}"), "revision"),
        "1");
    assert_false(take(fixture));
}

static void default_capabilities_come_with_the_first_authorisation(void **state)
{
    struct fixture *fixture = *state;

    assert_non_null(set_network(
        fixture, NWID,
        "{\"capabilities\":[{\"id\":9,\"default\":true,\"rules\":[{\"type\":\"ACTION_ACCEPT\"}]},"
        "{\"id\":4,\"default\":false,\"rules\":[]}],\"tags\":[{\"id\":2,\"default\":5},"
        "{\"id\":1,\"default\":null}]}"));
    ask(fixture, NWID, member);
    drain(fixture);
    assert_non_null(set_member(fixture, NWID, member, "{\"authorized\":true}"));
    struct zt_config *config = take_config(fixture, 0);
    assert_int_equal(config->capability_count, 1);
    assert_int_equal(config->capabilities[0].id, 9);
    assert_int_equal(config->tag_count, 1);
    assert_int_equal(config->tags[0].value, 5);
    zt_config_free(config);
    /* taken away, it stays away */
    assert_non_null(set_member(fixture, NWID, member, "{\"capabilities\":[]}"));
    drain(fixture);
    ask(fixture, NWID, member);
    drain(fixture);
    assert_json(json_object_get(get_member(fixture, member), "capabilities"), "[]");
    assert_json(json_object_get(get_member(fixture, member), "tags"), "[[2,5]]");
}

static void single_sign_on_is_asked_for_until_the_expiry_is_set(void **state)
{
    struct fixture *fixture = *state;
    struct zt_dict dict;
    char url[64];

    assert_non_null(set_network(fixture, NWID,
                                "{\"ssoEnabled\":true,\"authorizationEndpoint\":\"https://x/\"}"));
    assert_non_null(set_member(fixture, NWID, member, "{\"authorized\":true}"));
    ask(fixture, NWID, member);
    take_error(fixture, ZT_ERROR_NETWORK_AUTHENTICATION_REQUIRED);
    dict = zt_dict_of(fixture->effect.answer.bytes, fixture->effect.answer.length);
    assert_int_equal(zt_dict_get(&dict, "aU", url, sizeof url), 10);
    assert_string_equal(url, "https://x/");
    assert_non_null(
        set_member(fixture, NWID, member, "{\"authenticationExpiryTime\":1800000000000}"));
    zt_config_free(take_config(fixture, 0));
}

static void strangers_are_bounded(void **state)
{
    struct fixture *fixture = *state;
    json_t *members;

    assert_non_null(set_network(fixture, NWID, "{}"));
    for (zt_address address = 1; address <= 1030; address++) {
        ask(fixture, NWID, address);
        drain(fixture);
    }
    members = zt_controller_members(fixture->controller, NWID, &fixture->error);
    assert_int_equal(json_object_size(members), 1024);
    assert_null(json_object_get(members, "0000000006"));
    assert_non_null(json_object_get(members, "0000000007"));
    json_decref(members);
}

static void full_of_answers_it_drops_requests(void **state)
{
    struct fixture *fixture = *state;
    int count = 0;

    for (zt_address address = 1; address <= 300; address++)
        ask(fixture, NWID, address);
    while (take(fixture))
        count++;
    assert_int_equal(count, 256);
}

static void any_allocation_may_fail(void **state)
{
    tear_down(state);
    for (unsigned long n = 1; n < 90; n++) {
        assert_int_equal(set_up(state), 0);
        struct fixture *fixture = *state;
        json_t *body = parse(POOLED);

        zt_mem_fail_nth(n);
        json_decref(zt_controller_set_network(fixture->controller, fixture->now, NWID, body,
                                              &fixture->error));
        ask(fixture, NWID, member);
        drain(fixture);
        (void)set_member(fixture, NWID, member, "{\"authorized\":true}");
        drain(fixture);
        zt_mem_fail_nth(0);
        json_decref(body);
        /* afterwards everything works */
        assert_non_null(set_network(fixture, NWID, POOLED));
        assert_non_null(set_member(fixture, NWID, member, "{\"authorized\":true}"));
        drain(fixture);
        ask(fixture, NWID, member);
        zt_config_free(take_config(fixture, 99));
        tear_down(state);
    }
    set_up(state);
}

static void networks_are_numbered_by_the_controller_only(void **state)
{
    struct fixture *fixture = *state;
    json_t *ids;

    assert_null(set_network(fixture, UINT64_C(0x1122334455000001), "{}"));
    assert_int_equal(fixture->error.status, 400);
    assert_non_null(set_network(fixture, 0, "{}"));
    assert_non_null(set_network(fixture, 0, "{}"));
    ids = zt_controller_networks(fixture->controller);
    assert_int_equal(json_array_size(ids), 2);
    for (size_t i = 0; i < 2; i++)
        assert_memory_equal(json_string_value(json_array_get(ids, i)), "c2068edfed", 10);
    json_decref(ids);
}

static void bridges_stand_in_everybodys_config(void **state)
{
    struct fixture *fixture = *state;
    struct zt_config *config;

    assert_non_null(set_network(fixture, NWID, "{\"private\":false}"));
    ask(fixture, NWID, 0x10);
    ask(fixture, NWID, 0x11);
    drain(fixture);
    assert_non_null(set_member(fixture, NWID, 0x10, "{\"activeBridge\":1}"));
    for (int i = 0; i < 2; i++) {
        config = take_config(fixture, 0);
        assert_true(zt_config_has_specialist(config, 0x10, ZT_SPECIALIST_BRIDGE));
        zt_config_free(config);
    }
    assert_non_null(set_member(fixture, NWID, 0x10, "{\"activeBridge\":0}"));
    config = take_config(fixture, 0);
    assert_int_equal(config->specialist_count, 0);
    zt_config_free(config);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_unknown_network_is_not_found),
        TEST(a_network_of_another_controller_gets_silence),
        TEST(a_stranger_is_refused_and_seen),
        TEST(a_public_network_takes_anyone),
        TEST(authorising_a_waiting_member_pushes_its_config),
        TEST(a_member_that_never_asked_is_not_pushed),
        TEST(another_key_under_a_pinned_address_is_refused),
        TEST(a_fifth_request_within_a_second_is_silent),
        cmocka_unit_test(a_token_admits_until_it_expires),
        TEST(deauthorising_revokes_at_all_members_and_the_target),
        TEST(a_member_authorised_again_gets_a_newer_certificate),
        TEST(a_deleted_member_is_revoked_and_comes_back_as_a_stranger),
        TEST(a_deleted_network_revokes_every_member),
        TEST(a_changed_network_is_pushed_once_to_each_member_that_asked),
        TEST(a_change_that_changes_nothing_is_silent),
        TEST(default_capabilities_come_with_the_first_authorisation),
        TEST(single_sign_on_is_asked_for_until_the_expiry_is_set),
        TEST(strangers_are_bounded),
        TEST(full_of_answers_it_drops_requests),
        TEST(any_allocation_may_fail),
        TEST(networks_are_numbered_by_the_controller_only),
        TEST(bridges_stand_in_everybodys_config),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
