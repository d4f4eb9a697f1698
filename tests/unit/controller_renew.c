/* SPDX-License-Identifier: Apache-2.0 */
/* A network's change that brings its members something: stored for several as one, then told. */
#include "controller_watched.h"

#define FIRST 0x10
#define COUNT 10 /* members; a transaction may hold 64 */
#define OPEN                                                                                       \
    "{\"private\":false,\"routes\":[{\"target\":\"10.0.0.0/24\"}],"                                \
    "\"ipAssignmentPools\":[{\"ipRangeStart\":\"10.0.0.1\",\"ipRangeEnd\":\"10.0.0.200\"}]}"
#define TAGGED "{\"tags\":[{\"id\":7,\"default\":5}]}"

static void join(struct fixture *fixture, zt_address first, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        ask(fixture, NWID, first + i);
        take_error(fixture, 0);
    }
    assert_false(take(fixture));
    forget_counts();
}

static int set_up_joined(void **state)
{
    struct fixture *fixture;

    (void)set_up(state);
    fixture = *state;
    watch_store(fixture);
    assert_non_null(set_network(fixture, NWID, OPEN));
    join(fixture, FIRST, COUNT);
    return 0;
}

static void change(struct fixture *fixture, const char *body)
{
    assert_non_null(set_network(fixture, NWID, body));
    forget_counts();
}

/* Takes all pushes. How many of them tell of that many tags and addresses? */
static unsigned count_pushed(struct fixture *fixture, size_t tags, size_t addresses)
{
    unsigned count = 0;

    while (take(fixture)) {
        struct zt_dict dict =
            zt_dict_of(fixture->effect.answer.bytes, fixture->effect.answer.length);
        struct zt_config *config = zt_config_read(&dict);

        assert_non_null(config);
        assert_int_equal(fixture->effect.answer.packet_id, 0);
        count += config->tag_count == tags && config->assigned_count == addresses;
        zt_config_free(config);
    }
    return count;
}

static unsigned count_stored(struct fixture *fixture, const char *field)
{
    unsigned count = 0;

    zt_controller_free(fixture->controller);
    open_controller(fixture);
    for (zt_address at = FIRST; at < FIRST + COUNT; at++) {
        json_t *member = zt_controller_member(fixture->controller, NWID, at, &fixture->error);

        count += json_array_size(json_object_get(member, field)) == 1;
        json_decref(member);
    }
    return count;
}

static void what_a_change_brings_many_is_stored_as_one(void **state)
{
    struct fixture *fixture = *state;

    change(fixture, TAGGED);
    assert_int_equal(count_pushed(fixture, 1, 0), COUNT);
    assert_int_equal(watch.group_count, 1);
    assert_int_equal(watch.put_count, COUNT);
    assert_int_equal(count_stored(fixture, "tags"), COUNT);
}

static void more_than_fit_one_transaction_take_several(void **state)
{
    struct fixture *fixture = *state;

    join(fixture, 0x100, 64);
    change(fixture, TAGGED);
    assert_int_equal(count_pushed(fixture, 1, 0), COUNT + 64);
    assert_int_equal(watch.group_count, 2);
    assert_int_equal(watch.put_count, COUNT + 64);
}

static void a_change_that_brings_members_nothing_stores_nothing(void **state)
{
    struct fixture *fixture = *state;

    change(fixture, "{\"name\":\"other\"}");
    assert_int_equal(count_pushed(fixture, 0, 0), COUNT);
    assert_int_equal(watch.put_count + watch.group_count, 0);
}

static void each_of_a_group_gets_an_address_of_its_own(void **state)
{
    struct fixture *fixture = *state;
    json_t *taken = json_object();

    /* The pool has one address for each and no more; the last is never given out. */
    change(fixture, "{\"v4AssignMode\":{\"zt\":true},\"ipAssignmentPools\":"
                    "[{\"ipRangeStart\":\"10.0.0.1\",\"ipRangeEnd\":\"10.0.0.11\"}]}");
    for (int i = 0; i < COUNT; i++) {
        struct zt_config *config = take_config(fixture, 0);

        assert_int_equal(config->assigned_count, 1);
        (void)json_object_set_new(taken, ip_text(&config->assigned[0]), json_true());
        zt_config_free(config);
    }
    assert_int_equal(json_object_size(taken), COUNT);
    json_decref(taken);
    assert_int_equal(watch.group_count, 1);
    assert_int_equal(count_stored(fixture, "ipAssignments"), COUNT);
}

static void a_change_while_others_wait_reaches_those_too(void **state)
{
    struct fixture *fixture = *state;

    change(fixture, TAGGED);
    assert_true(take(fixture)); /* by then all are renewed */
    assert_int_equal(watch.group_count, 1);
    change(fixture, "{\"tags\":[{\"id\":7,\"default\":5},{\"id\":8,\"default\":6}]}");
    assert_int_equal(count_pushed(fixture, 2, 0), COUNT);
    assert_int_equal(watch.group_count, 1);
}

static void one_that_can_not_be_stored_does_not_hold_up_the_others(void **state)
{
    struct fixture *fixture = *state;

    watch.group_result = ZT_STORE_FAILED;
    watch.refused = FIRST + 3;
    change(fixture, TAGGED);
    assert_int_equal(count_pushed(fixture, 1, 0), COUNT - 1);
    watch.refused = 0;
    assert_int_equal(count_stored(fixture, "tags"), COUNT - 1);
}

static void a_store_that_fails_is_not_asked_for_each_of_many(void **state)
{
    struct fixture *fixture = *state;

    watch.group_result = ZT_STORE_FAILED;
    watch.refused = ANY_MEMBER;
    change(fixture, TAGGED);
    assert_int_equal(count_pushed(fixture, 0, 0),
                     COUNT); /* told what they have, and of the change */
    assert_int_equal(watch.put_count, 2);
}

static void any_allocation_may_fail(void **state)
{
    struct fixture *fixture = *state;

    for (unsigned n = 1; n < 60; n++) {
        char body[64];

        zt_format(body, sizeof body, "{\"tags\":[{\"id\":7,\"default\":%u}]}", n);
        change(fixture, body);
        zt_mem_fail_nth(n);
        while (take(fixture)) {
        }
        zt_mem_fail_nth(0);
        change(fixture, n % 2 ? "{\"mtu\":1400}" : "{\"mtu\":1500}");
        assert_int_equal(count_pushed(fixture, 1, 0), COUNT);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_joined, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_change_brings_many_is_stored_as_one),
        TEST(more_than_fit_one_transaction_take_several),
        TEST(a_change_that_brings_members_nothing_stores_nothing),
        TEST(each_of_a_group_gets_an_address_of_its_own),
        TEST(a_change_while_others_wait_reaches_those_too),
        TEST(one_that_can_not_be_stored_does_not_hold_up_the_others),
        TEST(a_store_that_fails_is_not_asked_for_each_of_many),
        TEST(any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
