/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of PostgreSQL that somebody moves to other keys, empties out, or deletes and makes again: nobody stays in
   force who is not in the tables. */
#define _POSIX_C_SOURCE 200809L

#include "controller_fixture.h"

#include "controller_database.h"

#include <poll.h>

#define MEMBER UINT64_C(0x0651022d1b)
#define OTHER_MEMBER UINT64_C(0x0651022d1c)
#define OTHER_NWID (NWID + 1)

static int set_up_database(void **state)
{
    struct fixture *fixture = zt_alloc(sizeof *fixture);

    *state = fixture;
    if (!has_postgres)
        return 0;
    database_empty();
    open_at(fixture, CONTROLLER_ADDRESS, database_store(), NULL);
    assert_non_null(set_network(fixture, NWID, "{\"name\":\"first\"}"));
    assert_non_null(set_network(fixture, OTHER_NWID, "{}"));
    assert_non_null(set_member(fixture, NWID, MEMBER, "{\"authorized\":true}"));
    ask(fixture, NWID, MEMBER);
    take_error(fixture, 0);
    return 0;
}

static int tear_down_database(void **state)
{
    struct fixture *fixture = *state;

    if (has_postgres)
        close_at(fixture);
    zt_free(fixture);
    return 0;
}

static struct fixture *fixture_of(void **state)
{
    if (!has_postgres)
        skip();
    return *state;
}

static bool has_network(struct fixture *fixture, zt_nwid nwid)
{
    json_t *json = zt_controller_network(fixture->controller, nwid, &fixture->error);

    json_decref(json);
    return json != NULL;
}

static bool has_member(struct fixture *fixture, zt_address address)
{
    json_t *json = zt_controller_member(fixture->controller, NWID, address, &fixture->error);

    json_decref(json);
    return json != NULL;
}

/* As the keeper does: waits for the store's descriptor, then takes over what has changed. Until this member of
   the first network has become known, or unknown. */
static void follow_until(struct fixture *fixture, zt_address address, bool is_known)
{
    for (int i = 0; i < 100 && has_member(fixture, address) != is_known; i++) {
        struct pollfd wait = { .events = POLLIN };
        bool for_writing;

        wait.fd = fixture->store->functions->descriptor(fixture->store, &for_writing);
        (void)poll(&wait, 1, 100);
        pass(fixture, 100);
        zt_controller_follow(fixture->controller, fixture->now);
    }
    assert_true(has_member(fixture, address) == is_known);
}

static void assert_revoked(struct fixture *fixture, zt_address target)
{
    assert_true(take(fixture));
    assert_int_equal(fixture->effect.kind, ZT_CONTROLLER_REVOKE);
    assert_true(fixture->effect.revocation.target == target);
}

static void a_member_under_another_address_is_another_member(void **state)
{
    struct fixture *fixture = fixture_of(state);

    database_run("UPDATE zt_member SET address = '0651022d1c', record = record - 'identity'");
    follow_until(fixture, OTHER_MEMBER, true);
    follow_until(fixture, MEMBER, false);
    assert_revoked(fixture, MEMBER);
}

static void a_member_on_another_network_has_left_the_first(void **state)
{
    struct fixture *fixture = fixture_of(state);
    json_t *moved;

    database_run("UPDATE zt_member SET nwid = 'c2068edfed000002'");
    follow_until(fixture, MEMBER, false);
    assert_revoked(fixture, MEMBER);
    moved = zt_controller_member(fixture->controller, OTHER_NWID, MEMBER, &fixture->error);
    assert_non_null(moved);
    json_decref(moved);
}

static void a_network_under_another_number_is_another_network(void **state)
{
    struct fixture *fixture = fixture_of(state);

    database_run("UPDATE zt_network SET nwid = 'c2068edfed000003' WHERE nwid = 'c2068edfed000002';"
                 " DELETE FROM zt_member");
    follow_until(fixture, MEMBER, false);
    assert_false(has_network(fixture, OTHER_NWID));
    assert_true(has_network(fixture, NWID + 2));
}

static void emptied_tables_hold_nothing(void **state)
{
    struct fixture *fixture = fixture_of(state);

    database_run("TRUNCATE zt_member CASCADE");
    follow_until(fixture, MEMBER, false);
    assert_revoked(fixture, MEMBER);
    assert_true(has_network(fixture, NWID));
    assert_non_null(set_member(fixture, NWID, MEMBER, "{\"authorized\":true}"));
    database_run("TRUNCATE zt_network CASCADE");
    follow_until(fixture, MEMBER, false);
    assert_false(has_network(fixture, NWID));
    assert_non_null(set_network(fixture, NWID, "{\"name\":\"new\"}"));
    assert_false(has_member(fixture, MEMBER));
}

static void a_network_made_again_has_lost_its_members(void **state)
{
    struct fixture *fixture = fixture_of(state);

    database_run("BEGIN; DELETE FROM zt_network WHERE nwid = 'c2068edfed000001';"
                 " INSERT INTO zt_network (nwid, record) VALUES ('c2068edfed000001', '{}');"
                 " INSERT INTO zt_member (nwid, address, record)"
                 " VALUES ('c2068edfed000001', '0651022d1c', '{}'); COMMIT");
    follow_until(fixture, MEMBER, false);
    follow_until(fixture, OTHER_MEMBER, true);
    assert_revoked(fixture, MEMBER);
}

/* A table that a version before this one made gets the triggers that it lacks. */
static void tables_of_an_earlier_version_tell_it_too(void **state)
{
    struct fixture *fixture = fixture_of(state);

    database_run("DROP TRIGGER zt_empty ON zt_network; DROP TRIGGER zt_empty ON zt_member;"
                 " DROP FUNCTION zt_tell_empty; DELETE FROM zt_schema WHERE version > 2");
    zt_controller_free(fixture->controller);
    fixture->store->functions->close(fixture->store);
    fixture->store =
        zt_store_open(database_store(), false, fixture->error.text, sizeof fixture->error.text);
    assert_non_null(fixture->store);
    open_controller(fixture);
    database_run("TRUNCATE zt_member CASCADE");
    follow_until(fixture, MEMBER, false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_database, tear_down_database)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_member_under_another_address_is_another_member),
        TEST(a_member_on_another_network_has_left_the_first),
        TEST(a_network_under_another_number_is_another_network),
        TEST(emptied_tables_hold_nothing),
        TEST(a_network_made_again_has_lost_its_members),
        TEST(tables_of_an_earlier_version_tell_it_too),
    };

    return cmocka_run_group_tests(tests, database_begin, database_end);
}
