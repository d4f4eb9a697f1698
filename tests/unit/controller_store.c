/* SPDX-License-Identifier: Apache-2.0 */
/* The stores: what was put is there after opening again, what failed left nothing, damage is told. */
#define _POSIX_C_SOURCE 200809L

#include "controller_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64], path[80];

static int make_folder(void **unused)
{
    (void)unused;
    strcpy(folder, "/tmp/zt-store-XXXXXX");
    assert_non_null(mkdtemp(folder));
    zt_format(path, sizeof path, "%s/controller.db", folder);
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

static struct zt_store *open_store(void)
{
    char error[256] = "";
    struct zt_store *store = zt_store_sqlite_open(path, error, sizeof error);

    if (!store)
        fail_msg("%s", error);
    return store;
}

struct seen {
    size_t count;
    char text[512];
};

static void note(void *context, zt_nwid nwid, zt_address address, const char *json, size_t length)
{
    struct seen *seen = context;
    size_t used = strlen(seen->text);

    seen->count++;
    zt_format(seen->text + used, sizeof seen->text - used, "%llx/%llx=%.*s;",
              (unsigned long long)nwid, (unsigned long long)address, (int)length, json);
}

static void assert_holds(struct zt_store *store, const char *expected)
{
    struct seen seen = { 0 };

    assert_int_equal(store->functions->load(store, note, &seen), 0);
    assert_string_equal(seen.text, expected);
}

static void put(struct zt_store *store, zt_nwid nwid, zt_address address, const char *json)
{
    assert_int_equal(store->functions->put(store, nwid, address, json, strlen(json)), 0);
}

static void what_was_put_is_there_after_opening_again(void **unused)
{
    struct zt_store *store = open_store();

    (void)unused;
    put(store, UINT64_C(0xffffffffff000001), 0, "{\"a\":1}");
    put(store, 2, 0, "{}");
    put(store, 2, 5, "{\"m\":1}");
    put(store, 2, 5, "{\"m\":2}");
    store->functions->close(store);
    store = open_store();
    assert_holds(store, "ffffffffff000001/0={\"a\":1};2/0={};2/5={\"m\":2};");
    assert_int_equal(store->functions->remove(store, 2, 0), 0);
    assert_holds(store, "ffffffffff000001/0={\"a\":1};");
    store->functions->close(store);
}

static void a_member_without_its_network_is_refused(void **unused)
{
    struct zt_store *store = open_store();

    (void)unused;
    assert_true(store->functions->put(store, 7, 5, "{}", 2) < 0);
    assert_non_null(strstr(store->functions->error(store), "FOREIGN KEY"));
    store->functions->close(store);
}

static void a_rolled_back_change_leaves_nothing(void **unused)
{
    struct zt_store *store = open_store();

    (void)unused;
    assert_int_equal(store->functions->begin(store), 0);
    put(store, 1, 0, "{}");
    store->functions->rollback(store);
    assert_holds(store, "");
    assert_int_equal(store->functions->begin(store), 0);
    put(store, 1, 0, "{}");
    assert_int_equal(store->functions->commit(store), 0);
    assert_holds(store, "1/0={};");
    store->functions->close(store);
}

/* What was put is durable, what was in a transaction is gone. */
static void a_process_killed_in_a_transaction_leaves_nothing_of_it(void **unused)
{
    struct zt_store *store;
    int status;
    pid_t child = fork();

    (void)unused;
    if (child == 0) {
        store = open_store();
        put(store, 1, 0, "{}");
        (void)store->functions->begin(store);
        put(store, 2, 0, "{}");
        (void)raise(SIGKILL);
    }
    assert_true(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    store = open_store();
    assert_holds(store, "1/0={};");
    store->functions->close(store);
}

static void damage_is_reported_with_the_path(void **unused)
{
    struct zt_store *store = open_store();
    char error[256] = "";
    FILE *file;

    (void)unused;
    put(store, 1, 0, "{}");
    store->functions->close(store);
    file = fopen(path, "r+b");
    assert_non_null(file);
    for (int i = 0; i < 600; i++)
        (void)fputc(i * 7, file);
    (void)fclose(file);
    assert_null(zt_store_sqlite_open(path, error, sizeof error));
    assert_memory_equal(error, path, strlen(path));
    assert_null(zt_store_sqlite_open("/nonexistent/x.db", error, sizeof error));
    assert_memory_equal(error, "/nonexistent/x.db: ", 19);
}

static void a_controller_finds_its_networks_and_members_again(void **unused)
{
    struct fixture fixture = { .now = { 5000, INT64_C(1700000000000) } };
    json_t *json;

    (void)unused;
    fixture.store = open_store();
    open_controller(&fixture);
    assert_non_null(set_network(&fixture, NWID, "{\"private\":false,\"name\":\"x\"}"));
    ask(&fixture, NWID, 0x10);
    zt_config_free(take_config(&fixture, 99));
    assert_non_null(set_member(&fixture, NWID, 0x11, "{\"ipAssignments\":[\"10.0.0.1\"]}"));
    zt_controller_free(fixture.controller);
    fixture.store->functions->close(fixture.store);

    fixture.store = open_store();
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

static int fail_put(struct zt_store *store, zt_nwid nwid, zt_address member, const char *json,
                    size_t length)
{
    (void)store;
    (void)nwid;
    (void)member;
    (void)json;
    (void)length;
    return -1;
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_put_is_there_after_opening_again),
        TEST(a_member_without_its_network_is_refused),
        TEST(a_rolled_back_change_leaves_nothing),
        TEST(a_process_killed_in_a_transaction_leaves_nothing_of_it),
        TEST(damage_is_reported_with_the_path),
        TEST(a_controller_finds_its_networks_and_members_again),
        cmocka_unit_test_setup_teardown(a_store_that_fails_changes_nothing_in_memory, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
