/* SPDX-License-Identifier: Apache-2.0 */
/* The stores, all by the same tests: what was put is there, what failed left nothing, who was overtaken is
   told. And of each what only it can do. */
#define _POSIX_C_SOURCE 200809L

#include "controller_fixture.h"

#include "controller_database.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

enum kind { MEMORY, SQLITE, POSTGRES };

static const enum kind kinds[] = { MEMORY, SQLITE, POSTGRES };

static char folder[64], path[80], where[128];

static int make_folder(void **state)
{
    const enum kind *kind = *state;

    strcpy(folder, "/tmp/zt-store-XXXXXX");
    assert_non_null(mkdtemp(folder));
    zt_format(path, sizeof path, "%s/controller.db", folder);
    zt_format(where, sizeof where, "memory");
    if (*kind == SQLITE)
        zt_format(where, sizeof where, "sqlite:%s", path);
    if (*kind == POSTGRES && has_postgres) {
        zt_format(where, sizeof where, "%s", database_store());
        database_empty();
    }
    return 0;
}

static int remove_folder(void **unused)
{
    static const char *const suffixes[] = { "", "-wal", "-shm" };
    char name[96];

    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        zt_format(name, sizeof name, "%s%s", path, suffixes[i]);
        (void)unlink(name);
    }
    return rmdir(folder);
}

static struct zt_store *open_store(void **state)
{
    if (*(const enum kind *)*state == POSTGRES && !has_postgres)
        skip();
    return open_store_at(where);
}

static struct zt_store *open_again(void **state, struct zt_store *store)
{
    if (*(const enum kind *)*state == MEMORY)
        return store;
    store->functions->close(store);
    return open_store(state);
}

struct seen {
    size_t count;
    char text[1024];
};

/* Databases write JSON in ways of their own. */
static void note(void *context, const struct zt_record *record)
{
    static const char *const names[] = {
        [ZT_RECORD_NETWORK] = "", [ZT_RECORD_MEMBER] = "", [ZT_RECORD_SEEN] = "seen "
    };
    struct seen *seen = context;
    size_t used = strlen(seen->text);
    json_t *json = record->json ? json_loadb(record->json, record->length, 0, NULL) : json_null();
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

    assert_non_null(text);
    seen->count++;
    zt_format(seen->text + used, sizeof seen->text - used, "%s%llx/%llx=%s;", names[record->kind],
              (unsigned long long)record->nwid, (unsigned long long)record->address, text);
    free(text);
    json_decref(json);
}

static void assert_holds(struct zt_store *store, const char *expected)
{
    struct seen seen = { 0 };

    assert_int_equal(store->functions->load(store, note, &seen), ZT_STORE_OK);
    assert_string_equal(seen.text, expected);
}

static int put_kind(struct zt_store *store, enum zt_record_kind kind, zt_nwid nwid,
                    zt_address address, const char *json, uint64_t expected)
{
    json_t *parsed = json_loads(json, 0, NULL);
    struct zt_record record = {
        kind,    nwid,
        address, (uint64_t)json_integer_value(json_object_get(parsed, "revision")),
        json,    strlen(json)
    };

    json_decref(parsed);
    return store->functions->put(store, &record, expected);
}

static int put_at(struct zt_store *store, zt_nwid nwid, zt_address address, const char *json,
                  uint64_t expected)
{
    return put_kind(store, address ? ZT_RECORD_MEMBER : ZT_RECORD_NETWORK, nwid, address, json,
                    expected);
}

static void put(struct zt_store *store, zt_nwid nwid, zt_address address, const char *json)
{
    assert_int_equal(put_at(store, nwid, address, json, ZT_ANY_REVISION), ZT_STORE_OK);
}

static void what_was_put_is_there_after_opening_again(void **state)
{
    struct zt_store *store = open_store(state);

    put(store, UINT64_C(0xffffffffff000001), 0, "{\"a\":1}");
    put(store, 2, 0, "{}");
    put(store, 2, 5, "{\"m\":1}");
    put(store, 2, 5, "{\"m\":2,\"revision\":4}");
    store = open_again(state, store);
    assert_holds(store, *(const enum kind *)*state == SQLITE
                            ? "ffffffffff000001/0={\"a\":1};2/0={};2/5={\"m\":2,\"revision\":4};"
                            : "2/0={};ffffffffff000001/0={\"a\":1};2/5={\"m\":2,\"revision\":4};");
    assert_int_equal(store->functions->remove(store, 2, 0), ZT_STORE_OK);
    assert_holds(store, "ffffffffff000001/0={\"a\":1};");
    assert_int_equal(store->functions->remove(store, 2, 0), ZT_STORE_OK);
    assert_int_equal(store->functions->remove(store, 0, 0), ZT_STORE_OK);
    assert_holds(store, "");
    store->functions->close(store);
}

static void who_was_overtaken_is_told(void **state)
{
    struct zt_store *store = open_store(state);

    assert_int_equal(put_at(store, 2, 0, "{\"revision\":1}", ZT_NO_RECORD), ZT_STORE_OK);
    assert_int_equal(put_at(store, 2, 0, "{\"revision\":1}", ZT_NO_RECORD), ZT_STORE_CONFLICT);
    assert_int_equal(put_at(store, 2, 5, "{\"revision\":1}", 3), ZT_STORE_CONFLICT);
    assert_int_equal(put_at(store, 2, 5, "{\"revision\":1}", ZT_NO_RECORD), ZT_STORE_OK);
    assert_int_equal(put_at(store, 2, 5, "{\"revision\":2}", 1), ZT_STORE_OK);
    assert_int_equal(put_at(store, 2, 5, "{\"revision\":2,\"x\":1}", 1), ZT_STORE_CONFLICT);
    assert_int_equal(put_at(store, 2, 0, "{\"revision\":2}", 1), ZT_STORE_OK);
    assert_int_equal(put_at(store, 2, 0, "{\"revision\":9}", 1), ZT_STORE_CONFLICT);
    assert_int_equal(put_at(store, 1, 0, "{}", ZT_NO_RECORD), ZT_STORE_OK);
    assert_int_equal(put_at(store, 1, 0, "{\"revision\":1}", 0), ZT_STORE_OK);
    assert_holds(store, "1/0={\"revision\":1};2/0={\"revision\":2};2/5={\"revision\":2};");
    store->functions->close(store);
}

static void what_was_seen_goes_with_the_member(void **state)
{
    struct zt_store *store = open_store(state);

    put(store, 2, 0, "{}");
    put(store, 2, 5, "{}");
    assert_int_equal(put_kind(store, ZT_RECORD_SEEN, 2, 5, "{\"s\":1}", 0), ZT_STORE_OK);
    assert_int_equal(put_kind(store, ZT_RECORD_SEEN, 2, 5, "{\"s\":2}", 0), ZT_STORE_OK);
    assert_int_equal(put_kind(store, ZT_RECORD_SEEN, 2, 6, "{\"s\":1}", 0), ZT_STORE_OK);
    store = open_again(state, store);
    assert_holds(store, "2/0={};2/5={};seen 2/5={\"s\":2};");
    assert_int_equal(store->functions->remove(store, 2, 5), ZT_STORE_OK);
    assert_holds(store, "2/0={};");
    store->functions->close(store);
}

static void a_member_without_its_network_is_refused(void **state)
{
    struct zt_store *store = open_store(state);

    assert_int_equal(put_at(store, 7, 5, "{}", ZT_NO_RECORD), ZT_STORE_FAILED);
    assert_true(*store->functions->error(store));
    assert_holds(store, "");
    store->functions->close(store);
}

static void a_rolled_back_change_leaves_nothing(void **state)
{
    struct zt_store *store = open_store(state);

    put(store, 3, 0, "{\"a\":1}");
    put(store, 3, 4, "{}");
    assert_int_equal(store->functions->begin(store), ZT_STORE_OK);
    put(store, 1, 0, "{}");
    put(store, 3, 0, "{\"a\":2}");
    put(store, 3, 0, "{\"a\":3}");
    assert_int_equal(store->functions->remove(store, 3, 4), ZT_STORE_OK);
    store->functions->rollback(store);
    assert_holds(store, "3/0={\"a\":1};3/4={};");
    assert_int_equal(store->functions->begin(store), ZT_STORE_OK);
    put(store, 1, 0, "{}");
    assert_int_equal(store->functions->commit(store), ZT_STORE_OK);
    assert_holds(store, "1/0={};3/0={\"a\":1};3/4={};");
    store->functions->close(store);
}

static struct zt_put put_of(zt_address address, const char *json, uint64_t revision,
                            uint64_t expected)
{
    return (struct zt_put){ { ZT_RECORD_MEMBER, 2, address, revision, json, strlen(json) },
                            expected };
}

static void several_members_are_put_as_one(void **state)
{
    struct zt_store *store = open_store(state);
    struct zt_put puts[] = { put_of(5, "{\"a\":\"\\\"\\u00e9'\",\"revision\":1}", 1, ZT_NO_RECORD),
                             put_of(6, "{\"revision\":4}", 4, 3),
                             put_of(7, "{\"revision\":1}", 1, ZT_NO_RECORD) };

    put(store, 2, 0, "{}");
    put(store, 2, 6, "{\"revision\":3}");
    assert_int_equal(store->functions->put_members(store, puts, 3), ZT_STORE_OK);
    store = open_again(state, store);
    assert_holds(store, "2/0={};2/5={\"a\":\"\\\"\u00e9'\",\"revision\":1};2/6={\"revision\":4};"
                        "2/7={\"revision\":1};");
    /* one that was overtaken, a new one or an old one, keeps all from being stored */
    for (size_t i = 0; i < 2; i++) {
        puts[0] = put_of(8, "{\"revision\":1}", 1, ZT_NO_RECORD);
        puts[1] = i == 0 ? put_of(5, "{\"revision\":1}", 1, ZT_NO_RECORD)
                         : put_of(5, "{\"revision\":4}", 4, 3);
        puts[2] = put_of(6, "{\"revision\":5}", 5, 4);
        assert_int_equal(store->functions->put_members(store, puts, 3), ZT_STORE_CONFLICT);
    }
    puts[1] = put_of(7, "{\"revision\":2}", 2, 1);
    assert_int_equal(store->functions->put_members(store, puts, 3), ZT_STORE_OK);
    assert_holds(store, "2/0={};2/5={\"a\":\"\\\"\u00e9'\",\"revision\":1};2/6={\"revision\":5};"
                        "2/7={\"revision\":2};2/8={\"revision\":1};");
    store->functions->close(store);
}

static void several_members_of_no_network_are_refused(void **state)
{
    struct zt_store *store = open_store(state);
    struct zt_put puts[] = { put_of(5, "{}", 0, ZT_NO_RECORD), put_of(6, "{}", 0, ZT_NO_RECORD) };

    assert_int_equal(store->functions->put_members(store, puts, 2), ZT_STORE_FAILED);
    assert_holds(store, "");
    put(store, 2, 0, "{}");
    assert_int_equal(store->functions->put_members(store, puts, 2), ZT_STORE_OK);
    store->functions->close(store);
}

/* What was put is durable, what was in a transaction is gone. */
static void a_process_killed_in_a_transaction_leaves_nothing_of_it(void **state)
{
    struct zt_store *store;
    int status;
    pid_t child;

    if (*(const enum kind *)*state == POSTGRES && !has_postgres)
        skip();
    child = fork();
    if (child == 0) {
        store = open_store(state);
        put(store, 1, 0, "{}");
        (void)store->functions->begin(store);
        put(store, 2, 0, "{}");
        (void)raise(SIGKILL);
    }
    assert_true(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    store = open_store(state);
    assert_holds(store, "1/0={};");
    store->functions->close(store);
}

static void damage_is_reported_with_the_path(void **state)
{
    struct zt_store *store = open_store(state);
    char error[256] = "";
    FILE *file;

    put(store, 1, 0, "{}");
    store->functions->close(store);
    file = fopen(path, "r+b");
    assert_non_null(file);
    for (int i = 0; i < 600; i++)
        (void)fputc(i * 7, file);
    (void)fclose(file);
    assert_null(zt_store_sqlite_open(path, true, error, sizeof error));
    assert_memory_equal(error, path, strlen(path));
    assert_null(zt_store_sqlite_open("/nonexistent/x.db", true, error, sizeof error));
    assert_memory_equal(error, "/nonexistent/x.db: ", 19);
}

static void a_file_that_is_to_be_there_is_not_made(void **state)
{
    char error[256] = "";

    (void)state;
    assert_null(zt_store_open(where, false, error, sizeof error));
    assert_non_null(strstr(error, path));
    assert_int_equal(access(path, F_OK), -1);
}

static void a_name_of_no_store_is_refused(void **state)
{
    static const char *const names[] = {
        "", "memory:", "sqlite:", "sqlite", "postgres:", "mysql:x"
    };
    char error[256];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_null(zt_store_open(names[i], true, error, sizeof error));
        assert_non_null(strstr(error, "is none of"));
    }
}

static void execute(const char *sql)
{
    sqlite3 *file;

    assert_int_equal(sqlite3_open(path, &file), SQLITE_OK);
    assert_int_equal(sqlite3_exec(file, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(file), SQLITE_OK);
}

static void the_first_schema_becomes_the_present_one(void **state)
{
    struct zt_store *store;

    execute(
        "CREATE TABLE network (nwid INTEGER PRIMARY KEY, record TEXT NOT NULL);"
        "CREATE TABLE member (nwid INTEGER NOT NULL REFERENCES network (nwid) ON DELETE CASCADE,"
        " address INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (nwid, address))"
        " WITHOUT ROWID;"
        "INSERT INTO network VALUES (2, '{\"revision\":7}'), (3, 'no json');"
        "INSERT INTO member VALUES (2, 5, '{\"revision\":8}');"
        "PRAGMA user_version = 1");
    store = open_store(state);
    assert_int_equal(put_at(store, 2, 0, "{\"revision\":8}", 7), ZT_STORE_OK);
    assert_int_equal(put_at(store, 2, 5, "{\"revision\":9}", 8), ZT_STORE_OK);
    assert_int_equal(put_at(store, 3, 0, "{}", ZT_ANY_REVISION), ZT_STORE_OK);
    assert_holds(store, "2/0={\"revision\":8};3/0={};2/5={\"revision\":9};");
    store->functions->close(store);
    execute("PRAGMA user_version = 99");
    char error[256];
    assert_null(zt_store_open(where, true, error, sizeof error));
    assert_non_null(strstr(error, "schema version 99 is newer"));
}

static void a_controller_finds_its_networks_and_members_again(void **state)
{
    struct fixture fixture = { .now = { 5000, INT64_C(1700000000000) } };
    json_t *json;

    fixture.store = open_store(state);
    open_controller(&fixture);
    assert_non_null(set_network(&fixture, NWID, "{\"private\":false,\"name\":\"x\"}"));
    ask(&fixture, NWID, 0x10);
    zt_config_free(take_config(&fixture, 99));
    assert_non_null(set_member(&fixture, NWID, 0x11, "{\"ipAssignments\":[\"10.0.0.1\"]}"));
    zt_controller_free(fixture.controller);
    fixture.store = open_again(state, fixture.store);
    open_controller(&fixture);
    json = zt_controller_network(fixture.controller, NWID, &fixture.error);
    assert_json(json_object_get(json, "name"), "\"x\"");
    json_decref(json);
    json = zt_controller_members(fixture.controller, NWID, &fixture.error);
    assert_json(json, "{\"0000000010\":1,\"0000000011\":1}");
    json_decref(json);
    json = zt_controller_member(fixture.controller, NWID, 0x10, &fixture.error);
    assert_non_null(json_object_get(json, "identity"));
    json_decref(json);
    zt_controller_free(fixture.controller);
    fixture.store->functions->close(fixture.store);
}

static int fail_put(struct zt_store *store, const struct zt_record *record, uint64_t expected)
{
    (void)store;
    (void)record;
    (void)expected;
    return ZT_STORE_FAILED;
}

static int fail_remove(struct zt_store *store, zt_nwid nwid, zt_address member)
{
    (void)store;
    (void)nwid;
    (void)member;
    return -1;
}

static void a_store_that_fails_changes_nothing_in_memory(void **state)
{
    struct fixture *fixture = *state;
    struct zt_store_functions broken = *fixture->store->functions;
    const struct zt_store_functions *whole = fixture->store->functions;
    json_t *json;

    assert_non_null(set_network(fixture, NWID, "{\"private\":false,\"name\":\"x\"}"));
    assert_non_null(set_member(fixture, NWID, 0x10, "{\"authorized\":true}"));
    broken.put = fail_put;
    broken.remove = fail_remove;
    fixture->store->functions = &broken;
    assert_null(set_network(fixture, NWID, "{\"name\":\"y\"}"));
    assert_int_equal(fixture->error.status, 500);
    assert_null(set_network(fixture, NWID + 1, "{}"));
    assert_null(set_member(fixture, NWID, 0x10, "{\"authorized\":false}"));
    assert_null(set_member(fixture, NWID, 0x11, "{}"));
    assert_null(zt_controller_delete_member(fixture->controller, fixture->now, NWID, 0x10,
                                            &fixture->error));
    assert_null(
        zt_controller_delete_network(fixture->controller, fixture->now, NWID, &fixture->error));
    ask(fixture, NWID, 0x12); /* would be admitted, can't be stored: no answer */
    assert_false(take(fixture));
    fixture->store->functions = whole;
    json = zt_controller_network(fixture->controller, NWID, &fixture->error);
    assert_json(json_object_get(json, "name"), "\"x\"");
    json_decref(json);
    json = zt_controller_members(fixture->controller, NWID, &fixture->error);
    assert_json(json, "{\"0000000010\":1}");
    json_decref(json);
}

#define TEST(name, which)                                                                          \
    {                                                                                              \
#name " (" #which ")", name, make_folder, remove_folder, (void *)(uintptr_t)&kinds[which]  \
    }
#define EACH(name) TEST(name, MEMORY), TEST(name, SQLITE), TEST(name, POSTGRES)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(what_was_put_is_there_after_opening_again),
        EACH(who_was_overtaken_is_told),
        EACH(what_was_seen_goes_with_the_member),
        EACH(a_member_without_its_network_is_refused),
        EACH(a_rolled_back_change_leaves_nothing),
        EACH(several_members_are_put_as_one),
        EACH(several_members_of_no_network_are_refused),
        TEST(a_process_killed_in_a_transaction_leaves_nothing_of_it, SQLITE),
        TEST(a_process_killed_in_a_transaction_leaves_nothing_of_it, POSTGRES),
        EACH(a_controller_finds_its_networks_and_members_again),
        TEST(damage_is_reported_with_the_path, SQLITE),
        TEST(a_file_that_is_to_be_there_is_not_made, SQLITE),
        TEST(a_name_of_no_store_is_refused, SQLITE),
        TEST(the_first_schema_becomes_the_present_one, SQLITE),
        cmocka_unit_test_setup_teardown(a_store_that_fails_changes_nothing_in_memory, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, database_begin, database_end);
}
