/* SPDX-License-Identifier: Apache-2.0 */
/* Records that somebody has made wrong by hand, with SQL: each is told by its keys and the field, it stops none
   of the others, and it can be mended. In both stores. */
#define _POSIX_C_SOURCE 200809L

#include "controller_fixture.h"

#include "controller_database.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sqlite3.h>

#define BAD UINT64_C(0xc2068edfed000001) /* the network that is edited */
#define GOOD UINT64_C(0xc2068edfed000002)

static const zt_address edited = UINT64_C(0x0651022d1b), other = UINT64_C(0x0651022d1c);

struct case_of {
    struct fixture fixture;
    bool is_postgres;
    char folder[32], where[128], path[64];
    char said[8192]; /* all lines of the log */
    struct zt_log log;
};

static void note_line(void *context, enum zt_log_level level, const char *module, const char *line)
{
    struct case_of *one = context;
    size_t length = strlen(one->said);

    (void)level;
    (void)module;
    zt_format(one->said + length, sizeof one->said - length, "%s\n", line);
}

static void open_case(struct case_of *one)
{
    one->said[0] = 0;
    one->log = (struct zt_log){ .level = ZT_LOG_INFO, .sink = note_line, .context = one };
    open_at(&one->fixture, CONTROLLER_ADDRESS, one->where, &one->log);
}

static void reopen(struct case_of *one)
{
    close_at(&one->fixture);
    open_case(one);
}

/* Two public networks; in the first of them two members. */
static struct case_of *new_case(bool is_postgres)
{
    struct case_of *one = calloc(1, sizeof *one);
    struct fixture *fixture = &one->fixture;

    one->is_postgres = is_postgres;
    strcpy(one->folder, "/tmp/zt-edited-XXXXXX");
    assert_non_null(mkdtemp(one->folder));
    zt_format(one->path, sizeof one->path, "%s/controller.db", one->folder);
    zt_format(one->where, sizeof one->where, "sqlite:%s", one->path);
    if (is_postgres) {
        zt_format(one->where, sizeof one->where, "%s", database_store());
        database_empty();
    }
    open_case(one);
    assert_non_null(set_network(fixture, BAD, "{\"private\":false,\"name\":\"bad\"}"));
    assert_non_null(set_network(fixture, GOOD, "{\"private\":false,\"name\":\"good\"}"));
    assert_non_null(set_member(fixture, BAD, edited, "{\"name\":\"edited\",\"authorized\":true}"));
    assert_non_null(set_member(fixture, BAD, other, "{\"name\":\"other\"}"));
    return one;
}

static void end_case(struct case_of *one)
{
    close_at(&one->fixture);
    (void)unlink(one->path);
    assert_int_equal(rmdir(one->folder), 0);
    free(one);
}

static void run_sqlite(const struct case_of *one, const char *sql)
{
    sqlite3 *file;

    assert_int_equal(sqlite3_open(one->path, &file), SQLITE_OK);
    if (sqlite3_exec(file, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(file));
    assert_int_equal(sqlite3_close(file), SQLITE_OK);
}

static void run_postgres(const char *sql)
{
    PGconn *connection = PQconnectdb(database_store() + strlen("postgres:"));
    PGresult *result = PQexec(connection, sql);

    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
}

/* Sets one field of the network's record, or of the first member's. */
static void set_field(const struct case_of *one, bool of_member, const char *name,
                      const char *value)
{
    char sql[512];

    if (one->is_postgres) {
        zt_format(sql, sizeof sql,
                  "UPDATE %s SET record = jsonb_set(record, '{%s}', '%s') WHERE %s",
                  of_member ? "zt_member" : "zt_network", name, value,
                  of_member ? "address = '0651022d1b'" : "nwid = 'c2068edfed000001'");
        run_postgres(sql);
        return;
    }
    zt_format(sql, sizeof sql,
              "UPDATE %s SET record = json_set(record, '$.%s', json('%s')) WHERE %s",
              of_member ? "member" : "network", name, value,
              of_member ? "address = 0x0651022d1b" : "nwid = 0xc2068edfed000001");
    run_sqlite(one, sql);
}

static void assert_said(const struct case_of *one, const char *words)
{
    if (!strstr(one->said, words))
        fail_msg("no \"%s\" in: %s", words, one->said);
}

/* Does the network let newcomers in? */
static bool is_served(struct case_of *one, zt_nwid nwid)
{
    struct fixture *fixture = &one->fixture;
    bool is_good;

    while (take(fixture))
        continue;
    ask(fixture, nwid, 0x77);
    is_good = take(fixture) && fixture->effect.kind == ZT_CONTROLLER_ANSWER &&
              fixture->effect.answer.error == 0;
    while (take(fixture))
        continue;
    return is_good;
}

static bool is_known(struct case_of *one, zt_address address)
{
    json_t *json = zt_controller_member(one->fixture.controller, BAD, address, &one->fixture.error);
    bool is_there = json != NULL;

    json_decref(json);
    return is_there;
}

static void follow(struct case_of *one)
{
    struct fixture *fixture = &one->fixture;
    struct pollfd wait = { .events = POLLIN };
    bool for_writing;

    wait.fd = fixture->store->functions->descriptor(fixture->store, &for_writing);
    (void)poll(&wait, wait.fd >= 0, 100);
    pass(fixture, 100);
    zt_controller_follow(fixture->controller, fixture->now);
}

static void follow_until_said(struct case_of *one, const char *words)
{
    for (int i = 0; i < 100 && !strstr(one->said, words); i++)
        follow(one);
    assert_said(one, words);
}

static void in_both(void (*test)(struct case_of *one))
{
    for (int is_postgres = 0; is_postgres <= (int)has_postgres; is_postgres++) {
        struct case_of *one = new_case(is_postgres);

        test(one);
        end_case(one);
    }
}

#define NETWORK_IS "the record of network c2068edfed000001: "
#define MEMBER_IS "the record of member 0651022d1b of network c2068edfed000001: "

/* For both stores: the names of the tables differ. */
static void run_both(const struct case_of *one, const char *format)
{
    char sql[512];
    const char *prefix = one->is_postgres ? "zt_" : "";

    zt_format(sql, sizeof sql, format, prefix, prefix, prefix);
    if (one->is_postgres)
        run_postgres(sql);
    else
        run_sqlite(one, sql);
}

static const struct {
    const char *name, *value;
} bad_of_network[] = {
    { "mtu", "[]" },
    { "private", "{}" },
    { "name", "[1]" },
    { "multicastLimit", "\"many\"" },
    { "multicastLimit", "-1" },
    { "routes", "\"all\"" },
    { "ipAssignmentPools", "true" },
    { "rules", "7" },
    { "rules", "[{}]" },
    { "capabilities", "7" },
    { "capabilities", "[{\"id\": 1, \"rules\": [7]}]" },
    { "tags", "{\"a\": 1}" },
    { "extra", "[]" },
}, bad_of_member[] = {
    { "authorized", "[]" },
    { "activeBridge", "{}" },
    { "noAutoAssignIps", "null" },
    { "ipAssignments", "[7]" },
    { "tags", "[1]" },
    { "capabilities", "[\"x\"]" },
    { "authenticationExpiryTime", "\"soon\"" },
    { "name", "[]" },
    { "identity", "\"0651022d1b:0:rubbish\"" },
};

static void see_fields_of_networks(struct case_of *one)
{
    run_both(one, "CREATE TABLE kept AS SELECT * FROM %snetwork");
    for (size_t i = 0; i < sizeof bad_of_network / sizeof bad_of_network[0]; i++) {
        char words[128];

        zt_format(words, sizeof words, NETWORK_IS "%s: ", bad_of_network[i].name);
        set_field(one, false, bad_of_network[i].name, bad_of_network[i].value);
        reopen(one);
        assert_said(one, words);
        assert_said(one, "left out with all others of this network");
        assert_true(is_served(one, GOOD));
        assert_false(is_known(one, edited));
        run_both(one, "UPDATE %snetwork SET record ="
                      " (SELECT record FROM kept WHERE kept.nwid = %snetwork.nwid)");
        reopen(one);
        assert_string_equal(one->said, "");
        assert_true(is_known(one, edited) && is_served(one, BAD));
    }
}

static void a_network_made_wrong_is_told_by_its_field(void **state)
{
    (void)state;
    in_both(see_fields_of_networks);
}

static void see_fields_of_members(struct case_of *one)
{
    run_both(one, "CREATE TABLE kept AS SELECT * FROM %smember");
    for (size_t i = 0; i < sizeof bad_of_member / sizeof bad_of_member[0]; i++) {
        char words[128];

        zt_format(words, sizeof words, MEMBER_IS "%s: ", bad_of_member[i].name);
        set_field(one, true, bad_of_member[i].name, bad_of_member[i].value);
        reopen(one);
        assert_said(one, words);
        assert_true(is_known(one, other) && !is_known(one, edited));
        assert_true(is_served(one, BAD));
        run_both(one, "UPDATE %smember SET record = (SELECT record FROM kept"
                      " WHERE kept.address = %smember.address)"
                      " WHERE address IN (SELECT address FROM kept)");
    }
}

static void a_member_made_wrong_is_told_by_its_field(void **state)
{
    (void)state;
    in_both(see_fields_of_members);
}

static void see_revisions(struct case_of *one)
{
    static const char *const revisions[] = { "\"abc\"", "-1", "-2",   "-7",
                                             "1.5",     "[]", "null", "9223372036854775807",
                                             "1e300" };

    for (size_t i = 0; i < sizeof revisions / sizeof revisions[0]; i++) {
        char name[32], body[64];
        const json_t *json;

        set_field(one, false, "revision", revisions[i]);
        set_field(one, true, "revision", revisions[i]);
        reopen(one);
        if (!one->is_postgres) { /* there the trigger puts a good one in its place at once */
            assert_said(one, NETWORK_IS "revision: not a whole number");
            assert_said(one, MEMBER_IS "revision: not a whole number");
        }
        zt_format(name, sizeof name, "name %zu", i);
        zt_format(body, sizeof body, "{\"name\":\"%s\"}", name);
        json = set_network(&one->fixture, BAD, body);
        if (!json)
            fail_msg("%s: %s", revisions[i], one->fixture.error.text);
        assert_true(json_integer_value(json_object_get(json, "revision")) > 0);
        json = set_member(&one->fixture, BAD, edited, body);
        if (!json)
            fail_msg("%s: %s", revisions[i], one->fixture.error.text);
        assert_true(json_integer_value(json_object_get(json, "revision")) > 0);
        reopen(one);
        assert_string_equal(one->said, "");
        assert_string_equal(
            json_string_value(json_object_get(set_network(&one->fixture, BAD, "{}"), "name")),
            name);
    }
}

static void a_revision_that_cannot_be_is_counted_anew(void **state)
{
    (void)state;
    in_both(see_revisions);
}

/* The column, as against the field in the record; in PostgreSQL with the trigger off. */
static void see_revision_columns(struct case_of *one)
{
    static const char *const revisions[] = {
        "-1", "-2", "-7", "9223372036854775807", "'abc'", "1.5"
    };

    for (size_t i = 0; i < sizeof revisions / sizeof revisions[0]; i++) {
        char sql[256], body[64];

        if (one->is_postgres && i >= 4)
            break; /* a column of PostgreSQL holds nothing of the kind */
        zt_format(sql, sizeof sql,
                  "%sUPDATE %%snetwork SET revision = %s; UPDATE %%smember SET revision = %s",
                  one->is_postgres ? "SET session_replication_role = replica; " : "", revisions[i],
                  revisions[i]);
        run_both(one, sql);
        reopen(one);
        zt_format(body, sizeof body, "{\"name\":\"%zu\"}", i);
        if (!set_network(&one->fixture, BAD, body) || !set_member(&one->fixture, BAD, edited, body))
            fail_msg("%s: %s", revisions[i], one->fixture.error.text);
    }
}

static void a_column_of_revisions_that_cannot_be_is_written_over(void **state)
{
    (void)state;
    in_both(see_revision_columns);
}

/* While it runs: the last good one stays in force, and a network that was bad from the start comes back with
   its members. */
static void see_mending(struct case_of *one)
{
    set_field(one, false, "mtu", "[]");
    set_field(one, true, "tags", "7");
    follow_until_said(one, NETWORK_IS "mtu: ");
    follow_until_said(one, MEMBER_IS "tags: ");
    assert_true(is_served(one, BAD) && is_known(one, edited));
    reopen(one);
    assert_false(is_served(one, BAD));
    set_field(one, false, "mtu", "1400");
    set_field(one, true, "tags", "[]");
    for (int i = 0; i < 100 && !is_known(one, edited); i++)
        follow(one);
    assert_true(is_served(one, BAD) && is_known(one, edited) && is_known(one, other));
}

static void a_record_that_is_mended_is_taken_over_with_its_members(void **state)
{
    (void)state;
    in_both(see_mending);
}

static void see_times(struct case_of *one)
{
    set_field(one, true, "lastDeauthorizedTime", "9223372036854775807");
    set_field(one, true, "lastAuthorizedTime", "-9223372036854775807");
    set_field(one, true, "creationTime", "\"long ago\"");
    reopen(one);
    zt_controller_tend(one->fixture.controller, one->fixture.now);
    ask(&one->fixture, BAD, edited);
    while (take(&one->fixture)) {
        struct zt_dict dict;

        if (one->fixture.effect.kind != ZT_CONTROLLER_ANSWER)
            continue;
        dict = zt_dict_of(one->fixture.effect.answer.bytes, one->fixture.effect.answer.length);
        assert_int_equal(zt_dict_get_u64(&dict, "ts", 0) / 1000000, 1700000);
    }
}

/* Certificates of all would be dated there. */
static void a_time_far_ahead_leads_nobody_there(void **state)
{
    (void)state;
    in_both(see_times);
}

static void sqlite_may_hold_any_text_under_any_key(void **state)
{
    static const struct {
        const char *sql, *words;
    } cases[] = {
        { "UPDATE network SET record = '{\"name\": ' WHERE nwid = 0xc2068edfed000001",
          NETWORK_IS "not JSON at byte 9: " },
        { "UPDATE network SET record = '[]' WHERE nwid = 0xc2068edfed000001",
          NETWORK_IS "not a JSON object" },
        { "UPDATE network SET record = x'00ff' WHERE nwid = 0xc2068edfed000001",
          NETWORK_IS "not JSON at byte " },
        { "UPDATE network SET record = '' WHERE nwid = 0xc2068edfed000001",
          NETWORK_IS "not JSON at byte 0: " },
        { "UPDATE member SET record = '{\"authorized\":false,\"authorized\":true}'"
          " WHERE address = 0x0651022d1b",
          MEMBER_IS "not JSON at byte " },
        { "INSERT INTO member VALUES (0xc2068edfed000001, 'abc', '{}', 0)", "its keys are not" },
        { "INSERT INTO member VALUES (0xc2068edfed000001, -5, '{}', 0)", "its keys are not" },
        { "INSERT INTO network VALUES (0, '{}', 0)",
          "the record of network 0000000000000000: its keys are not" },
        { "INSERT INTO member VALUES (0xc2068edfed000009, 7, '{}', 0)",
          "the record of member 0000000007 of network c2068edfed000009: left out" },
        { "INSERT INTO seen VALUES (0xc2068edfed000001, 0x0651022d1b, 'rubbish')",
          "the last request of member 0651022d1b of network c2068edfed000001: not JSON" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct case_of *one = new_case(false);

        run_sqlite(one, cases[i].sql);
        reopen(one);
        assert_said(one, cases[i].words);
        assert_true(is_served(one, GOOD));
        assert_null(set_network(&one->fixture, 0xc2068edfed000002, "[]"));
        end_case(one);
    }
}

/* Whose deletion would mean that of all. */
static void a_network_without_number_is_never_deleted(void **state)
{
    struct case_of *one = new_case(false);

    (void)state;
    run_sqlite(one, "INSERT INTO network VALUES (0, '{}', 0)");
    reopen(one);
    assert_null(zt_controller_delete_network(one->fixture.controller, one->fixture.now, 0,
                                             &one->fixture.error));
    assert_int_equal(one->fixture.error.status, 404);
    reopen(one);
    assert_true(is_served(one, BAD) && is_served(one, GOOD));
    end_case(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_made_wrong_is_told_by_its_field),
        cmocka_unit_test(a_member_made_wrong_is_told_by_its_field),
        cmocka_unit_test(a_revision_that_cannot_be_is_counted_anew),
        cmocka_unit_test(a_column_of_revisions_that_cannot_be_is_written_over),
        cmocka_unit_test(a_record_that_is_mended_is_taken_over_with_its_members),
        cmocka_unit_test(a_time_far_ahead_leads_nobody_there),
        cmocka_unit_test(sqlite_may_hold_any_text_under_any_key),
        cmocka_unit_test(a_network_without_number_is_never_deleted),
    };

    return cmocka_run_group_tests(tests, database_begin, database_end);
}
