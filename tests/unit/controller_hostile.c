/* SPDX-License-Identifier: Apache-2.0 */
/* What strangers, lapsed members and clocks must not bring about at a controller. */
#include "controller_fixture.h"

#include "controller/state.h"

static const zt_address member = 0x0651022d1b;

/* By a sign-on that lapses then. */
static void admit_for_a_minute(struct fixture *fixture)
{
    assert_non_null(set_network(fixture, NWID, "{\"ssoEnabled\":true}"));
    assert_non_null(set_member(fixture, NWID, member,
                               "{\"authorized\":true,\"authenticationExpiryTime\":1700000060000}"));
    ask(fixture, NWID, member);
    zt_config_free(take_config(fixture, 99));
}

static void a_member_whose_sign_on_has_lapsed_gets_no_push(void **state)
{
    struct fixture *fixture = *state;

    admit_for_a_minute(fixture);
    assert_non_null(set_network(fixture, NWID, "{\"name\":\"before\"}"));
    zt_config_free(take_config(fixture, 0));
    pass(fixture, 60000);
    assert_non_null(set_network(fixture, NWID, "{\"name\":\"after\"}"));
    assert_false(take(fixture));
    ask(fixture, NWID, member);
    take_error(fixture, ZT_ERROR_NETWORK_AUTHENTICATION_REQUIRED);
}

static void a_member_whose_sign_on_lapses_is_cut_off(void **state)
{
    struct fixture *fixture = *state;

    admit_for_a_minute(fixture);
    pass(fixture, 50000);
    zt_controller_tend(fixture->controller, fixture->now);
    assert_false(take(fixture));
    pass(fixture, 10000);
    zt_controller_tend(fixture->controller, fixture->now);
    assert_true(take(fixture));
    assert_int_equal(fixture->effect.kind, ZT_CONTROLLER_REVOKE);
    assert_true(fixture->effect.revocation.target == member);
    drain(fixture);
    pass(fixture, 10000);
    zt_controller_tend(fixture->controller, fixture->now);
    assert_false(take(fixture)); /* once */
}

static void a_revocation_covers_what_a_clock_that_was_ahead_has_stamped(void **state)
{
    struct fixture *fixture = *state;
    struct zt_config *config;
    int64_t issued_ms, threshold_ms;

    assert_non_null(set_network(fixture, NWID, "{}"));
    assert_non_null(set_member(fixture, NWID, member, "{\"authorized\":true}"));
    ask(fixture, NWID, member);
    config = take_config(fixture, 99);
    issued_ms = zt_com_issued_ms(&config->com);
    zt_config_free(config);
    fixture->now.wall_ms -= 3600000;
    assert_non_null(set_member(fixture, NWID, member, "{\"authorized\":false}"));
    assert_true(take(fixture));
    threshold_ms = fixture->effect.revocation.threshold_ms;
    assert_true(threshold_ms >= issued_ms);
    drain(fixture);
    assert_non_null(set_member(fixture, NWID, member, "{\"authorized\":true}"));
    config = take_config(fixture, 0);
    assert_true(zt_com_issued_ms(&config->com) > threshold_ms);
    zt_config_free(config);
}

static void strangers_are_bounded_over_all_networks(void **state)
{
    struct fixture *fixture = *state;
    zt_address address = 1;
    json_t *members;

    for (zt_nwid nwid = NWID; nwid < NWID + 17; nwid++) {
        assert_non_null(set_network(fixture, nwid, "{}"));
        for (int i = 0; i < ZT_MAX_STRANGERS; i++, address++) {
            ask(fixture, nwid, address);
            take_error(fixture, ZT_ERROR_NETWORK_ACCESS_DENIED);
        }
    }
    assert_int_equal(fixture->controller->stranger_count, ZT_MAX_ALL_STRANGERS);
    members = zt_controller_members(fixture->controller, NWID + 16, &fixture->error);
    assert_int_equal(json_object_size(members), 0);
    json_decref(members);
    json_decref(
        zt_controller_delete_network(fixture->controller, fixture->now, NWID, &fixture->error));
    drain(fixture);
    assert_int_equal(fixture->controller->stranger_count, ZT_MAX_ALL_STRANGERS - ZT_MAX_STRANGERS);
    ask(fixture, NWID + 16, address);
    drain(fixture);
    members = zt_controller_members(fixture->controller, NWID + 16, &fixture->error);
    assert_int_equal(json_object_size(members), 1);
    json_decref(members);
}

static void networks_are_listed_in_order_of_id(void **state)
{
    struct fixture *fixture = *state;
    json_t *ids;

    assert_non_null(set_network(fixture, NWID + 2, "{}"));
    assert_non_null(set_network(fixture, NWID, "{}"));
    assert_non_null(set_network(fixture, NWID + 1, "{}"));
    ids = zt_controller_networks(fixture->controller);
    assert_json(ids, "[\"c2068edfed000001\",\"c2068edfed000002\",\"c2068edfed000003\"]");
    json_decref(ids);
}

static void the_certificate_window_is_set_and_kept_within_its_bounds(void **state)
{
    static const struct {
        const char *body;
        int64_t window_ms;
    } cases[] = { { "{\"certificateTimeoutWindowSize\":600000}", 600000 },
                  { "{\"certificateTimeoutWindowSize\":\"900000\"}", 900000 },
                  { "{\"certificateTimeoutWindowSize\":1}", ZT_WINDOW_MIN_MS },
                  { "{\"certificateTimeoutWindowSize\":9000000000}", ZT_WINDOW_MAX_MS } };
    struct fixture *fixture = *state;

    assert_non_null(set_network(fixture, NWID, "{\"private\":false}"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_config *config;

        assert_non_null(set_network(fixture, NWID, cases[i].body));
        drain(fixture);
        ask(fixture, NWID, member);
        config = take_config(fixture, 99);
        assert_true(config->window_ms == cases[i].window_ms);
        assert_true(config->com.qualifiers[0].max_delta == (uint64_t)cases[i].window_ms);
        zt_config_free(config);
        drain(fixture);
    }
    assert_null(set_network(fixture, NWID, "{\"certificateTimeoutWindowSize\":-1}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(a_member_whose_sign_on_lapses_is_cut_off),
        TEST(a_member_whose_sign_on_has_lapsed_gets_no_push),
        TEST(a_revocation_covers_what_a_clock_that_was_ahead_has_stamped),
        TEST(strangers_are_bounded_over_all_networks),
        TEST(networks_are_listed_in_order_of_id),
        TEST(the_certificate_window_is_set_and_kept_within_its_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
