/* SPDX-License-Identifier: Apache-2.0 */
/* What a controller knows of its members after a restart: when they were seen, who has to be told what; and when
   that is stored. */
#include "controller_fixture.h"

static const zt_address member = UINT64_C(0x0651022d1b);

static void after_a_restart_a_member_is_known_and_pushed_to_at_once(void **state)
{
    struct fixture *fixture = *state;
    json_t *json;

    assert_non_null(set_network(fixture, NWID, "{}"));
    assert_non_null(set_member(fixture, NWID, member, "{}"));
    ask(fixture, NWID, member);
    drain(fixture);
    zt_controller_free(fixture->controller);
    open_controller(fixture);
    pass(fixture, 60000);
    zt_controller_tend(fixture->controller, fixture->now);
    json = zt_controller_member(fixture->controller, NWID, member, &fixture->error);
    assert_json(json_object_get(json, "lastSeen"), "1700000002000");
    assert_json(json_object_get(json, "clientVersion"), "\"1.14.2\"");
    assert_json(json_object_get(json, "physicalAddr"), "\"192.0.2.7/9993\"");
    assert_json(json_object_get(json, "online"), "true");
    json_decref(json);
    assert_non_null(set_member(fixture, NWID, member, "{\"authorized\":true}"));
    zt_config_free(take_config(fixture, 0));
    pass(fixture, 60000);
    zt_controller_tend(fixture->controller, fixture->now);
    json = zt_controller_member(fixture->controller, NWID, member, &fixture->error);
    assert_json(json_object_get(json, "online"), "false");
    json_decref(json);
}

/* Written by others: the distance to it would overflow, and after a time in the future a member would be
   online for as long. */
static void a_time_that_cannot_be_is_none(void **state)
{
    static const char *const times[] = { "-9223372036854775808", "9223372036854775807", "-1" };
    struct fixture *fixture = *state;

    assert_non_null(set_network(fixture, NWID, "{}"));
    assert_non_null(set_member(fixture, NWID, member, "{}"));
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        char text[128];
        struct zt_record record = { .kind = ZT_RECORD_SEEN, .nwid = NWID, .address = member };
        json_t *json;

        record.length = zt_format(text, sizeof text, "{\"lastSeen\":%s,\"traits\":{}}", times[i]);
        record.json = text;
        assert_int_equal(fixture->store->functions->put(fixture->store, &record, 0), ZT_STORE_OK);
        zt_controller_free(fixture->controller);
        open_controller(fixture);
        pass(fixture, 1000);
        zt_controller_tend(fixture->controller, fixture->now);
        json = zt_controller_member(fixture->controller, NWID, member, &fixture->error);
        assert_json(json_object_get(json, "lastSeen"), "0");
        assert_json(json_object_get(json, "online"), "false");
        json_decref(json);
    }
}

static void after_a_restart_late_revocations_are_told_again(void **state)
{
    struct fixture *fixture = *state;

    assert_non_null(set_network(fixture, NWID, "{\"private\":false}"));
    for (zt_address address = 0x10; address < 0x13; address++)
        ask(fixture, NWID, address);
    drain(fixture);
    assert_non_null(set_member(fixture, NWID, 0x10, "{\"authorized\":false}"));
    pass(fixture, 1500000);
    assert_non_null(set_member(fixture, NWID, 0x11, "{\"authorized\":false}"));
    pass(fixture, 600000);                   /* the first certificate has run out */
    zt_controller_free(fixture->controller); /* killed before it could tell */
    open_controller(fixture);
    zt_controller_tend(fixture->controller, fixture->now);
    for (int i = 0; i < 2; i++) { /* the one left, and the target */
        assert_true(take(fixture));
        assert_int_equal(fixture->effect.kind, ZT_CONTROLLER_REVOKE);
        assert_true(fixture->effect.revocation.target == 0x11);
    }
    assert_false(take(fixture));
    pass(fixture, 1000);
    zt_controller_tend(fixture->controller, fixture->now);
    assert_false(take(fixture));
}

static void what_a_first_request_tells_is_stored_within_a_second(void **state)
{
    struct fixture *fixture = *state, second = *fixture;

    assert_non_null(set_network(fixture, NWID, "{\"private\":false}"));
    ask(fixture, NWID, member);
    drain(fixture);
    pass(fixture, 1000);
    zt_controller_tend(fixture->controller, fixture->now);
    open_controller(&second); /* the first did not get to say good-bye */
    assert_non_null(set_network(&second, NWID, "{\"name\":\"x\"}"));
    zt_config_free(take_config(&second, 0));
    zt_controller_free(second.controller);
}

/* Through a store that counts. */
static const struct zt_store_functions *whole;
static unsigned seen_count;

static int count_put(struct zt_store *store, const struct zt_record *record, uint64_t expected)
{
    seen_count += record->kind == ZT_RECORD_SEEN;
    return whole->put(store, record, expected);
}

static void times_of_many_members_are_stored_a_thousand_a_second(void **state)
{
    struct fixture *fixture = *state;
    struct zt_store_functions counting = *fixture->store->functions;

    whole = fixture->store->functions;
    counting.put = count_put;
    fixture->store->functions = &counting;
    assert_non_null(set_network(fixture, NWID, "{\"private\":false}"));
    for (zt_address address = 1; address <= 1500; address++) {
        ask(fixture, NWID, address);
        drain(fixture);
    }
    for (unsigned second = 0; second < 4; second++) {
        seen_count = 0;
        pass(fixture, 1000);
        zt_controller_tend(fixture->controller, fixture->now);
        assert_int_equal(seen_count, second == 0 ? 1000 : second == 1 ? 500 : 0);
    }
    fixture->store->functions = whole;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(after_a_restart_a_member_is_known_and_pushed_to_at_once),
        TEST(a_time_that_cannot_be_is_none),
        TEST(after_a_restart_late_revocations_are_told_again),
        TEST(what_a_first_request_tells_is_stored_within_a_second),
        TEST(times_of_many_members_are_stored_a_thousand_a_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
