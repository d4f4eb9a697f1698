/* SPDX-License-Identifier: Apache-2.0 */
/* Roles of PostgreSQL that may do less than its owner: one that may change rows serves, one that may not is told. */
#define _POSIX_C_SOURCE 200809L

#include "controller_fixture.h"

#include "controller_database.h"

/* The tables are made by their owner; the clerk is given these rights on them, and none to make others. */
static struct zt_store *open_as_clerk(const char *rights, char *error, size_t error_size)
{
    char text[256];
    struct zt_store *store = zt_store_open(database_store(), true, error, error_size);

    assert_non_null(store);
    store->functions->close(store);
    database_run("REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO clerk");
    zt_format(text, sizeof text, "GRANT %s ON ALL TABLES IN SCHEMA public TO clerk", rights);
    database_run(text);
    zt_format(text, sizeof text, "postgres:host=%s user=clerk dbname=postgres", database.folder);
    return zt_store_open(text, true, error, error_size);
}

static int set_up_database(void **state)
{
    (void)state;
    if (has_postgres)
        database_empty();
    return 0;
}

static int put_network(struct zt_store *store)
{
    static const char json[] = "{\"name\":\"a\",\"revision\":1}";
    struct zt_record record = { ZT_RECORD_NETWORK, NWID, 0, 1, json, sizeof json - 1 };

    return store->functions->put(store, &record, ZT_NO_RECORD);
}

static void rights_on_rows_are_enough(void **unused)
{
    struct zt_store *store;
    char error[256] = "";

    (void)unused;
    if (!has_postgres)
        skip();
    store = open_as_clerk("SELECT, INSERT, UPDATE, DELETE", error, sizeof error);
    if (!store)
        fail_msg("%s", error);
    assert_int_equal(put_network(store), ZT_STORE_OK);
    assert_int_equal(store->functions->remove(store, NWID, 0), ZT_STORE_OK);
    store->functions->close(store);
}

static void who_may_only_read_is_told(void **unused)
{
    struct zt_store *store;
    char error[256] = "";

    (void)unused;
    if (!has_postgres)
        skip();
    store = open_as_clerk("SELECT", error, sizeof error);
    if (!store)
        fail_msg("%s", error);
    assert_int_equal(put_network(store), ZT_STORE_FAILED);
    assert_non_null(strstr(store->functions->error(store), "permission denied"));
    store->functions->close(store);
}

static int begin(void **unused)
{
    int result = database_begin(unused);

    if (has_postgres)
        database_run("CREATE ROLE clerk LOGIN");
    return result;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(rights_on_rows_are_enough, set_up_database),
        cmocka_unit_test_setup(who_may_only_read_is_told, set_up_database),
    };

    return cmocka_run_group_tests(tests, begin, database_end);
}
