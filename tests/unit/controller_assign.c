/* SPDX-License-Identifier: Apache-2.0 */
/* Address assignment: the known vector, several pools, collisions, IPv6, and what is left out. */
#include "controller_fixture.h"

#define V4(pools, routes)                                                                          \
    "{\"private\":false,\"v4AssignMode\":{\"zt\":true},\"ipAssignmentPools\":[" pools              \
    "],\"routes\":[" routes "]}"
#define POOL(first, last) "{\"ipRangeStart\":\"" first "\",\"ipRangeEnd\":\"" last "\"}"
#define ROUTE(target) "{\"target\":\"" target "\",\"via\":null}"

static const zt_address member = UINT64_C(0x0651022d1b);

static struct zt_config *config_of(struct fixture *fixture, zt_address address)
{
    ask(fixture, NWID, address);
    return take_config(fixture, 99);
}

static void assert_addresses(struct fixture *fixture, zt_address address, const char *const *texts,
                             size_t count)
{
    struct zt_config *config = config_of(fixture, address);

    assert_int_equal(config->assigned_count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(ip_text(&config->assigned[i]), texts[i]);
    assert_int_equal(config->ownership_count, count > 0);
    zt_config_free(config);
}

static void pools_give_the_addresses_that_tools_predict(void **unused)
{
    static const struct {
        const char *body, *expected;
    } cases[] = {
        { V4(POOL("10.1.2.1", "10.1.2.254"), ROUTE("10.1.2.0/24")), "10.1.2.91/24" },
        { V4(POOL("10.1.2.7", "10.1.2.7"), ROUTE("10.1.2.0/24")), "10.1.2.7/24" },
        /* no route: the pool is no use, the next one is taken */
        { V4(POOL("10.9.9.1", "10.9.9.9") "," POOL("10.1.2.7", "10.1.2.7"), ROUTE("10.1.2.0/24")),
          "10.1.2.7/24" },
        /* a route with host bits contains nothing, a default route does not count */
        { V4(POOL("10.1.2.7", "10.1.2.7"), ROUTE("10.1.2.1/24") "," ROUTE("0.0.0.0/0")), NULL },
        { V4(POOL("10.1.2.255", "10.1.2.255"), ROUTE("10.1.2.0/24")), NULL },
        { V4("", ROUTE("10.1.2.0/24")), NULL },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(set_up(unused), 0);
        assert_non_null(set_network(*unused, NWID, cases[i].body));
        assert_addresses(*unused, member, &cases[i].expected, cases[i].expected != NULL);
        tear_down(unused);
    }
}

static void a_pool_that_ends_before_it_begins_is_refused(void **unused)
{
    assert_int_equal(set_up(unused), 0);
    assert_null(set_network(*unused, NWID, V4(POOL("10.1.2.9", "10.1.2.7"), ROUTE("10.1.2.0/24"))));
    tear_down(unused);
}

static void an_address_in_use_is_passed_over(void **state)
{
    struct fixture *fixture = *state;

    assert_non_null(
        set_network(fixture, NWID, V4(POOL("10.1.2.1", "10.1.2.254"), ROUTE("10.1.2.0/24"))));
    assert_non_null(set_member(fixture, NWID, 0x77, "{\"ipAssignments\":[\"10.1.2.91/24\"]}"));
    assert_addresses(fixture, member, (const char *[]){ "10.1.2.92/24" }, 1);
    assert_addresses(fixture, member, (const char *[]){ "10.1.2.92/24" }, 1);
    assert_addresses(fixture, member + 1, (const char *[]){ "10.1.2.93/24" }, 1);
    /* given back, it is free again */
    assert_non_null(set_member(fixture, NWID, 0x77, "{\"ipAssignments\":[]}"));
    assert_addresses(fixture, member - 253, (const char *[]){ "10.1.2.91/24" }, 1);
}

static void a_full_pool_leaves_the_member_without(void **state)
{
    struct fixture *fixture = *state;
    size_t without = 0;

    assert_non_null(
        set_network(fixture, NWID, V4(POOL("10.1.2.1", "10.1.2.9"), ROUTE("10.1.2.0/24"))));
    for (zt_address address = 1; address <= 10; address++) {
        struct zt_config *config = config_of(fixture, address);
        without += config->assigned_count == 0;
        zt_config_free(config);
    }
    assert_int_equal(without, 2); /* the last address of a pool is never given out */
}

static void automatic_and_pooled_ipv6_need_no_luck(void **state)
{
    struct fixture *fixture = *state;
    struct zt_config *config;

    assert_non_null(set_network(
        fixture, NWID,
        "{\"private\":false,\"v6AssignMode\":\"rfc4193,6plane,zt\",\"ipAssignmentPools\":["
        "{\"ipRangeStart\":\"fd00:1::\",\"ipRangeEnd\":\"fd00:1::ff:ffff:ffff\"}],\"routes\":["
        "{\"target\":\"fd00:1::/64\",\"via\":null}]}"));
    config = config_of(fixture, member);
    assert_int_equal(config->assigned_count, 3);
    assert_true(zt_ip_rfc4193_member(NWID, config->assigned[0].ip) == member);
    assert_int_equal(config->assigned[0].port, 88);
    assert_true(zt_ip_6plane_member(NWID, config->assigned[1].ip) == member);
    assert_int_equal(config->assigned[1].port, 40);
    assert_string_equal(ip_text(&config->assigned[2]), "fd00:1::6:5102:2d1b/64");
    assert_true(config->flags & ZT_CONFIG_FLAG_NDP_EMULATION);
    zt_config_free(config);
}

static void without_a_direct_route_there_is_no_pooled_ipv6(void **state)
{
    struct fixture *fixture = *state;
    struct zt_config *config;

    assert_non_null(
        set_network(fixture, NWID,
                    "{\"private\":false,\"v6AssignMode\":\"zt\",\"ipAssignmentPools\":["
                    "{\"ipRangeStart\":\"fd00:1::\",\"ipRangeEnd\":\"fd00:1::ffff\"}],"
                    "\"routes\":[{\"target\":\"fd00:1::/64\",\"via\":\"fd00:1::1\"}]}"));
    config = config_of(fixture, member);
    assert_int_equal(config->assigned_count, 0);
    zt_config_free(config);
}

static void fixed_addresses_take_the_longest_route_and_end_automatic_ones(void **state)
{
    struct fixture *fixture = *state;

    assert_non_null(set_network(
        fixture, NWID,
        V4(POOL("10.1.2.1", "10.1.2.254"), ROUTE("10.0.0.0/8") "," ROUTE("10.1.2.0/24"))));
    assert_non_null(set_member(fixture, NWID, member,
                               "{\"authorized\":true,\"ipAssignments\":[\"10.1.2.5\",\"10.7.0.1\","
                               "\"192.168.1.1\",\"nonsense\"]}"));
    assert_addresses(fixture, member, (const char *[]){ "10.1.2.5/24", "10.7.0.1/8" }, 2);
}

static void a_member_that_wants_none_gets_only_fixed_ones(void **state)
{
    struct fixture *fixture = *state;

    assert_non_null(
        set_network(fixture, NWID, V4(POOL("10.1.2.1", "10.1.2.254"), ROUTE("10.1.2.0/24"))));
    assert_non_null(set_member(fixture, NWID, member, "{\"noAutoAssignIps\":true}"));
    assert_addresses(fixture, member, NULL, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pools_give_the_addresses_that_tools_predict),
        cmocka_unit_test(a_pool_that_ends_before_it_begins_is_refused),
        TEST(an_address_in_use_is_passed_over),
        TEST(a_full_pool_leaves_the_member_without),
        TEST(automatic_and_pooled_ipv6_need_no_luck),
        TEST(without_a_direct_route_there_is_no_pooled_ipv6),
        TEST(fixed_addresses_take_the_longest_route_and_end_automatic_ones),
        TEST(a_member_that_wants_none_gets_only_fixed_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
