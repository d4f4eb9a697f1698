/* SPDX-License-Identifier: Apache-2.0 */
/* A store that others write to: controllers of other identities, people with SQL, and a server that goes away
   and comes back. */
#define _POSIX_C_SOURCE 200809L

#include "controller_fixture.h"

#include "controller_database.h"

#include <poll.h>
#include <sqlite3.h>

#define OTHER_ADDRESS UINT64_C(0x1122334455)
#define OTHER_NWID UINT64_C(0x1122334455000001)

static const zt_address member = UINT64_C(0x0651022d1b);

struct pair {
    struct fixture ours, other;
};

static int set_up_pair(void **state)
{
    struct pair *pair = calloc(1, sizeof *pair);

    *state = pair;
    if (!has_postgres)
        return 0;
    database_empty();
    open_at(&pair->ours, CONTROLLER_ADDRESS, database_store(), NULL);
    open_at(&pair->other, OTHER_ADDRESS, database_store(), NULL);
    return 0;
}

static int tear_down_pair(void **state)
{
    struct pair *pair = *state;

    if (has_postgres) {
        close_at(&pair->ours);
        close_at(&pair->other);
    }
    free(pair);
    return 0;
}

static struct pair *pair_of(void **state)
{
    if (!has_postgres)
        skip();
    return *state;
}

/* As the keeper does: waits for the store's descriptor, then follows. */
static void follow(struct fixture *fixture)
{
    struct pollfd wait = { .events = POLLIN };
    bool for_writing;

    wait.fd = fixture->store->functions->descriptor(fixture->store, &for_writing);
    wait.events = for_writing ? POLLOUT : POLLIN;
    (void)poll(&wait, 1, 100);
    pass(fixture, 100);
    zt_controller_follow(fixture->controller, fixture->now);
}

/* Follows until there is something to send; fails after a time. */
static void follow_to_effect(struct fixture *fixture)
{
    for (int i = 0; i < 100; i++) {
        if (take(fixture))
            return;
        follow(fixture);
    }
    fail_msg("nothing came");
}

static void follow_to_name(struct fixture *fixture, zt_nwid nwid, const char *name)
{
    for (int i = 0; i < 100; i++) {
        json_t *json = zt_controller_network(fixture->controller, nwid, &fixture->error);
        const char *found = json_string_value(json_object_get(json, "name"));
        bool is_there = name ? found && strcmp(found, name) == 0 : !json;

        json_decref(json);
        if (is_there)
            return;
        follow(fixture);
    }
    fail_msg("the network never was %s", name ? name : "gone");
}

static void a_change_made_at_another_controller_reaches_the_right_one(void **state)
{
    struct pair *pair = pair_of(state);
    struct zt_config *config;

    assert_non_null(set_network(&pair->ours, NWID, "{\"name\":\"a\"}"));
    ask(&pair->ours, NWID, member);
    take_error(&pair->ours, ZT_ERROR_NETWORK_ACCESS_DENIED);
    follow_to_name(&pair->other, NWID, "a");
    assert_non_null(set_member(&pair->other, NWID, member, "{\"authorized\":true}"));
    assert_false(take(&pair->other)); /* not its to tell */
    follow_to_effect(&pair->ours);
    assert_int_equal(pair->ours.effect.answer.error, 0);
    assert_true(pair->ours.effect.answer.member == member);
    drain(&pair->ours);
    assert_non_null(set_network(&pair->other, NWID, "{\"name\":\"b\"}"));
    follow_to_effect(&pair->ours);
    assert_int_equal(pair->ours.effect.answer.packet_id, 0);
    ask(&pair->ours, NWID, member);
    config = take_config(&pair->ours, 99);
    assert_string_equal(config->name, "b");
    zt_config_free(config);
}

static void each_answers_only_for_its_own_networks(void **state)
{
    struct pair *pair = pair_of(state);

    assert_non_null(set_network(&pair->ours, NWID, "{\"private\":false,\"name\":\"a\"}"));
    follow_to_name(&pair->other, NWID, "a");
    ask(&pair->other, NWID, member);
    assert_false(take(&pair->other));
    assert_null(set_network(&pair->ours, OTHER_NWID, "{}"));
    assert_int_equal(pair->ours.error.status, 400);
    assert_non_null(set_network(&pair->other, OTHER_NWID, "{\"name\":\"o\"}"));
    follow_to_name(&pair->ours, OTHER_NWID, "o");
    assert_non_null(set_network(&pair->ours, OTHER_NWID, "{\"name\":\"p\"}"));
    follow_to_name(&pair->other, OTHER_NWID, "p");
}

static void two_changes_at_the_same_moment_both_survive(void **state)
{
    struct pair *pair = pair_of(state);
    const json_t *json;

    assert_non_null(set_network(&pair->ours, NWID, "{\"name\":\"a\"}"));
    follow_to_name(&pair->other, NWID, "a");
    assert_non_null(set_network(&pair->ours, NWID, "{\"mtu\":1400}"));
    json = set_network(&pair->other, NWID, "{\"name\":\"b\"}"); /* has not heard of that */
    assert_json(json_object_get(json, "mtu"), "1400");
    assert_json(json_object_get(json, "name"), "\"b\"");
    assert_json(json_object_get(json, "revision"), "3");
    assert_non_null(set_member(&pair->ours, NWID, member, "{\"name\":\"m\"}"));
    json = set_member(&pair->other, NWID, member, "{\"activeBridge\":true}");
    assert_json(json_object_get(json, "name"), "\"m\"");
    assert_json(json_object_get(json, "activeBridge"), "true");
}

static void a_request_keeps_what_another_has_just_changed(void **state)
{
    struct pair *pair = pair_of(state);
    struct zt_identity identity = make_identity(member);
    json_t *json;

    assert_non_null(set_network(&pair->ours, NWID, "{\"private\":false,\"name\":\"a\"}"));
    ask(&pair->ours, NWID, member);
    drain(&pair->ours);
    follow_to_name(&pair->other, NWID, "a");
    assert_non_null(set_member(&pair->other, NWID, member, "{\"name\":\"m\"}"));
    ask_with(&pair->ours, NWID, &identity, "v=7\nmajv=2\nrevr=1"); /* its version is to be noted */
    take_error(&pair->ours, 0);
    json = zt_controller_member(pair->ours.controller, NWID, member, &pair->ours.error);
    assert_json(json_object_get(json, "name"), "\"m\"");
    assert_json(json_object_get(json, "vMajor"), "2");
    json_decref(json);
}

static void sql_authorises_revokes_and_deletes(void **state)
{
    struct pair *pair = pair_of(state);
    struct fixture *ours = &pair->ours;

    assert_non_null(set_network(ours, NWID, "{}"));
    assert_non_null(set_member(ours, NWID, member, "{}"));
    ask(ours, NWID, member);
    take_error(ours, ZT_ERROR_NETWORK_ACCESS_DENIED);
    database_run("UPDATE zt_member SET record = record || '{\\\"authorized\\\": true}'");
    follow_to_effect(ours);
    assert_int_equal(ours->effect.kind, ZT_CONTROLLER_ANSWER);
    drain(ours);
    database_run("UPDATE zt_member SET record = record || '{\\\"authorized\\\": false}'");
    follow_to_effect(ours);
    assert_int_equal(ours->effect.kind, ZT_CONTROLLER_REVOKE);
    drain(ours);
    /* the edit has a revision of its own, so ours goes on from there */
    assert_non_null(set_member(ours, NWID, member, "{\"authorized\":true}"));
    drain(ours);
    database_run("DELETE FROM zt_member");
    follow_to_effect(ours);
    assert_int_equal(ours->effect.kind, ZT_CONTROLLER_REVOKE);
    drain(ours);
    assert_non_null(set_member(ours, NWID, member, "{\"authorized\":true}"));
    ask(ours, NWID, member);
    drain(ours);
    database_run("DELETE FROM zt_network");
    follow_to_name(ours, NWID, NULL);
    assert_true(take(ours));
    assert_int_equal(ours->effect.kind, ZT_CONTROLLER_REVOKE);
}

static void a_bad_edit_leaves_the_last_good_record_in_force(void **state)
{
    struct pair *pair = pair_of(state);
    struct fixture *ours = &pair->ours;
    struct zt_config *config;

    assert_non_null(set_network(ours, NWID, "{\"private\":false,\"name\":\"a\"}"));
    ask(ours, NWID, member);
    drain(ours);
    database_run("UPDATE zt_network SET record = record || '{\\\"mtu\\\": []}'");
    for (int i = 0; i < 5; i++)
        follow(ours);
    ask(ours, NWID, member);
    config = take_config(ours, 99);
    assert_string_equal(config->name, "a");
    zt_config_free(config);
    database_run("UPDATE zt_network SET record = record || '{\\\"mtu\\\": 1400}'");
    follow_to_effect(ours);
}

static void without_the_database_members_are_answered_and_changes_refused(void **state)
{
    struct pair *pair = pair_of(state);
    struct fixture *ours = &pair->ours;

    assert_non_null(set_network(ours, NWID, "{\"private\":false,\"name\":\"a\"}"));
    ask(ours, NWID, member);
    zt_config_free(take_config(ours, 99));
    database_go_away();
    follow(ours);
    ask(ours, NWID, member);
    zt_config_free(take_config(ours, 99));
    ask_with(ours, NWID, &(struct zt_identity){ .address = 0x77 }, METADATA);
    assert_false(take(ours)); /* would be let in, can't be written down */
    assert_null(set_network(ours, NWID, "{\"name\":\"b\"}"));
    assert_int_equal(ours->error.status, 503);
    assert_true(strlen(ours->error.text) > 20);
    assert_null(set_member(ours, NWID, member, "{\"authorized\":false}"));
    assert_int_equal(ours->error.status, 503);
    database_come_back();
    database_run("UPDATE zt_network SET record = record || '{\\\"name\\\": \\\"c\\\"}'");
    follow_to_name(ours, NWID, "c");
    assert_true(take(ours)); /* what was changed meanwhile is pushed */
    drain(ours);
    assert_non_null(set_member(ours, NWID, member, "{\"authorized\":false}"));
    assert_true(take(ours));
    assert_int_equal(ours->effect.kind, ZT_CONTROLLER_REVOKE);
    follow_to_name(&pair->other, NWID, "c");
}

static bool is_ready(struct fixture *fixture)
{
    int status;
    json_t *said =
        zt_controller_route(fixture->controller, fixture->now, "GET", "/controller", NULL, &status);
    bool is = json_is_true(json_object_get(said, "databaseReady"));

    assert_int_equal(status, 200);
    json_decref(said);
    return is;
}

/* Who waits until the database is ready sees what it holds, also what was not acknowledged. */
static void the_database_is_ready_once_all_has_been_read_again(void **state)
{
    struct pair *pair = pair_of(state);
    struct fixture *ours = &pair->ours;

    assert_non_null(set_network(ours, NWID, "{\"name\":\"a\"}"));
    assert_true(is_ready(ours));
    database_go_away();
    assert_null(set_network(ours, NWID, "{\"name\":\"b\"}"));
    assert_false(is_ready(ours));
    database_come_back();
    database_run("UPDATE zt_network SET record = record || '{\\\"name\\\": \\\"c\\\"}'");
    assert_false(is_ready(ours));
    follow_to_name(ours, NWID, "c");
    assert_true(is_ready(ours));
}

static void a_server_that_hangs_is_not_waited_for(void **state)
{
    struct pair *pair = pair_of(state);
    struct fixture *ours = &pair->ours;
    struct zt_identity identity = make_identity(member);

    assert_non_null(set_network(ours, NWID, "{\"private\":false,\"name\":\"a\"}"));
    ask(ours, NWID, member);
    zt_config_free(take_config(ours, 99));
    follow(ours);
    database_freeze(true);
    /* its version is to be noted, but it is answered without that */
    ask_with(ours, NWID, &identity, "v=7\nmajv=2\nrevr=1");
    take_error(ours, 0);
    assert_null(set_network(ours, NWID, "{\"name\":\"b\"}"));
    assert_int_equal(ours->error.status, 503);
    assert_non_null(strstr(ours->error.text, "does not answer"));
    for (int i = 0; i < 5; i++)
        follow(ours);
    ask(ours, NWID, member);
    zt_config_free(take_config(ours, 99));
    database_freeze(false);
    for (int i = 0; i < 200 && !set_network(ours, NWID, "{\"name\":\"c\"}"); i++)
        follow(ours);
    follow_to_name(&pair->other, NWID, "c");
}

/* More than fits into the buffers of a socket that nobody reads. */
static void a_large_record_is_not_stuck_on_its_way_to_a_server_that_hangs(void **state)
{
    enum { NAME = 60000, PARTS = 40 };
    struct pair *pair = pair_of(state);
    struct fixture *ours = &pair->ours;
    json_t *body = json_object(), *extra = json_object();
    char *name = calloc(1, NAME + 1), key[8];

    memset(name, 'x', NAME);
    for (int i = 0; i < PARTS; i++) {
        zt_format(key, sizeof key, "%d", i);
        assert_int_equal(json_object_set_new(extra, key, json_string(name)), 0);
    }
    assert_int_equal(json_object_set_new(body, "extra", extra), 0);
    assert_non_null(set_network(ours, NWID, "{\"name\":\"a\"}"));
    follow(ours);
    database_freeze(true);
    assert_null(zt_controller_set_network(ours->controller, ours->now, NWID, body, &ours->error));
    assert_int_equal(ours->error.status, 503);
    database_freeze(false);
    for (int i = 0; i < 200 && !set_network(ours, NWID, "{\"name\":\"c\"}"); i++)
        follow(ours);
    follow_to_name(&pair->other, NWID, "c");
    json_decref(body);
    free(name);
}

/* Somebody with SQL who went to lunch in the middle of a transaction. */
static void a_row_that_is_locked_stops_only_changes_of_it(void **state)
{
    struct pair *pair = pair_of(state);
    struct fixture *ours = &pair->ours;
    struct zt_identity identity = make_identity(member);
    struct zt_store *guest;
    static const char json[] = "{\"authorized\":true}";
    struct zt_record record = { ZT_RECORD_MEMBER, NWID, member, 0, json, sizeof json - 1 };

    assert_non_null(set_network(ours, NWID, "{\"private\":false,\"name\":\"a\"}"));
    ask(ours, NWID, member);
    zt_config_free(take_config(ours, 99));
    follow(ours);
    guest = open_store_at(database_store());
    assert_int_equal(guest->functions->begin(guest), ZT_STORE_OK);
    assert_int_equal(guest->functions->put(guest, &record, ZT_ANY_REVISION), ZT_STORE_OK);
    ask_with(ours, NWID, &identity, "v=7\nmajv=2\nrevr=1");
    take_error(ours, 0);
    assert_null(set_member(ours, NWID, member, "{\"authorized\":false}"));
    assert_non_null(strstr(ours->error.text, "lock"));
    assert_non_null(set_member(ours, NWID, 0x77, "{\"authorized\":true}"));
    guest->functions->rollback(guest);
    guest->functions->close(guest);
    assert_non_null(set_member(ours, NWID, member, "{\"authorized\":false}"));
}

static void what_was_deleted_while_away_is_revoked(void **state)
{
    struct pair *pair = pair_of(state);
    struct fixture *ours = &pair->ours;

    assert_non_null(set_network(ours, NWID, "{}"));
    assert_non_null(set_member(ours, NWID, member, "{\"authorized\":true}"));
    assert_non_null(set_member(ours, NWID, 0x77, "{\"authorized\":true}"));
    database_go_away();
    database_come_back();
    database_run("DELETE FROM zt_member WHERE address = '0651022d1b'");
    follow_to_effect(ours);
    assert_int_equal(ours->effect.kind, ZT_CONTROLLER_REVOKE);
    assert_true(ours->effect.revocation.target == member);
    drain(ours);
}

static void a_restore_by_another_program_is_taken_over(void **state)
{
    struct pair *pair = pair_of(state);
    struct fixture *ours = &pair->ours;
    struct zt_store *tool = open_store_at(database_store());
    static const char json[] = "{\"name\":\"restored\"}";
    struct zt_record record = { ZT_RECORD_NETWORK, NWID, 0, 0, json, sizeof json - 1 };

    assert_non_null(set_network(ours, NWID, "{\"name\":\"a\"}"));
    assert_non_null(set_member(ours, NWID, member, "{\"authorized\":true}"));
    assert_int_equal(tool->functions->begin(tool), ZT_STORE_OK);
    assert_int_equal(tool->functions->remove(tool, 0, 0), ZT_STORE_OK);
    assert_int_equal(tool->functions->put(tool, &record, ZT_ANY_REVISION), ZT_STORE_OK);
    assert_int_equal(tool->functions->commit(tool), ZT_STORE_OK);
    tool->functions->close(tool);
    follow_to_effect(ours);
    assert_int_equal(ours->effect.kind, ZT_CONTROLLER_REVOKE);
    follow_to_name(ours, NWID, "restored");
    assert_null(zt_controller_member(ours->controller, NWID, member, &ours->error));
}

struct place {
    char folder[32], path[64];
};

static void open_on_file(struct fixture *fixture, struct place *place)
{
    char where[80];

    zt_format(place->folder, sizeof place->folder, "/tmp/zt-shared-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    zt_format(place->path, sizeof place->path, "%s/controller.db", place->folder);
    zt_format(where, sizeof where, "sqlite:%s", place->path);
    open_at(fixture, CONTROLLER_ADDRESS, where, NULL);
}

static void close_on_file(struct fixture *fixture, const struct place *place)
{
    close_at(fixture);
    assert_int_equal(unlink(place->path), 0);
    assert_int_equal(rmdir(place->folder), 0);
}

static void sql_on_the_file_of_a_running_controller_is_taken_over(void **state)
{
    struct fixture fixture = { 0 };
    struct place place;
    sqlite3 *file;

    (void)state;
    open_on_file(&fixture, &place);
    assert_non_null(set_network(&fixture, NWID, "{\"name\":\"a\"}"));
    zt_controller_follow(fixture.controller, fixture.now);
    assert_int_equal(sqlite3_open(place.path, &file), SQLITE_OK);
    assert_int_equal(sqlite3_exec(file,
                                  "UPDATE network SET record = json_set(record, '$.name', 'b')",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(file), SQLITE_OK);
    follow_to_name(&fixture, NWID, "b");
    assert_non_null(set_network(&fixture, NWID, "{\"name\":\"c\"}"));
    close_on_file(&fixture, &place);
}

/* A restore, or somebody with SQL who went to lunch. */
static void a_file_that_another_holds_is_as_good_as_away(void **state)
{
    struct fixture fixture = { 0 };
    struct zt_identity identity = make_identity(member);
    struct place place;
    sqlite3 *file;

    (void)state;
    open_on_file(&fixture, &place);
    assert_non_null(set_network(&fixture, NWID, "{\"private\":false,\"name\":\"a\"}"));
    ask(&fixture, NWID, member);
    zt_config_free(take_config(&fixture, 99));
    zt_controller_follow(fixture.controller, fixture.now);
    assert_int_equal(sqlite3_open(place.path, &file), SQLITE_OK);
    assert_int_equal(sqlite3_exec(file, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    ask_with(&fixture, NWID, &identity, "v=7\nmajv=2\nrevr=1"); /* its version is to be noted */
    take_error(&fixture, 0);
    for (int i = 0; i < 100; i++) { /* each would wait */
        assert_null(set_network(&fixture, NWID, "{\"name\":\"b\"}"));
        assert_int_equal(fixture.error.status, 503);
        assert_non_null(strstr(fixture.error.text, "locked by another program"));
    }
    zt_controller_follow(fixture.controller, fixture.now);
    assert_null(set_network(&fixture, NWID, "{\"name\":\"b\"}"));
    assert_int_equal(sqlite3_exec(file,
                                  "UPDATE network SET record = json_set(record, '$.mtu', 1400);"
                                  "COMMIT",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(file), SQLITE_OK);
    zt_controller_follow(fixture.controller, fixture.now);
    assert_json(json_object_get(set_network(&fixture, NWID, "{\"name\":\"c\"}"), "mtu"), "1400");
    close_on_file(&fixture, &place);
}

static void a_record_without_revision_can_be_changed(void **state)
{
    struct fixture *fixture = *state;
    struct zt_record record = { ZT_RECORD_NETWORK, NWID, 0, 0, "{}", 2 };

    zt_controller_free(fixture->controller);
    assert_int_equal(fixture->store->functions->put(fixture->store, &record, ZT_NO_RECORD),
                     ZT_STORE_OK);
    open_controller(fixture);
    assert_json(json_object_get(set_network(fixture, NWID, "{\"name\":\"a\"}"), "revision"), "1");
    assert_json(json_object_get(set_network(fixture, NWID, "{\"name\":\"b\"}"), "revision"), "2");
}

#define PAIR(name) cmocka_unit_test_setup_teardown(name, set_up_pair, tear_down_pair)
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAIR(a_change_made_at_another_controller_reaches_the_right_one),
        PAIR(each_answers_only_for_its_own_networks),
        PAIR(two_changes_at_the_same_moment_both_survive),
        PAIR(a_request_keeps_what_another_has_just_changed),
        PAIR(sql_authorises_revokes_and_deletes),
        PAIR(a_bad_edit_leaves_the_last_good_record_in_force),
        PAIR(without_the_database_members_are_answered_and_changes_refused),
        PAIR(the_database_is_ready_once_all_has_been_read_again),
        PAIR(a_server_that_hangs_is_not_waited_for),
        PAIR(a_large_record_is_not_stuck_on_its_way_to_a_server_that_hangs),
        PAIR(a_row_that_is_locked_stops_only_changes_of_it),
        PAIR(what_was_deleted_while_away_is_revoked),
        PAIR(a_restore_by_another_program_is_taken_over),
        cmocka_unit_test(sql_on_the_file_of_a_running_controller_is_taken_over),
        cmocka_unit_test(a_file_that_another_holds_is_as_good_as_away),
        TEST(a_record_without_revision_can_be_changed),
    };

    return cmocka_run_group_tests(tests, database_begin, database_end);
}
