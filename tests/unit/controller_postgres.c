/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to a server that hangs: whose processes all stand still, by SIGSTOP. */
#define _POSIX_C_SOURCE 200809L

#include "controller/postgres.h"
#include "controller/postgres_schema.h"

#include "controller_database.h"

#include <poll.h>

static bool has_postgres;

struct link {
    struct zt_postgres postgres;
    int64_t now_ms;
    int backend; /* the server's process at the other end */
};

static bool set_up_nothing(struct zt_postgres *postgres)
{
    (void)postgres;
    return true;
}

/* One that serves others. */
static int set_up(void **state)
{
    struct link *link = calloc(1, sizeof *link);

    *state = link;
    if (!has_postgres)
        return 0;
    if (!zt_postgres_open(&link->postgres, database_store() + strlen("postgres:"), set_up_nothing))
        fail_msg("%s", link->postgres.error);
    link->now_ms = 1000;
    assert_int_equal(zt_postgres_step(&link->postgres, link->now_ms), ZT_STORE_OK);
    link->backend = PQbackendPID(link->postgres.connection);
    return 0;
}

static int tear_down(void **state)
{
    struct link *link = *state;

    if (has_postgres)
        zt_postgres_close(&link->postgres);
    free(link);
    return 0;
}

static struct link *link_of(void **state)
{
    if (!has_postgres)
        skip();
    return *state;
}

/* Steps until the connection is of use again; the time is that of the test, so nothing runs out. */
static int step_until_up(struct link *link)
{
    for (int i = 0; i < 600; i++) {
        int result = zt_postgres_step(&link->postgres, link->now_ms);

        if (result != ZT_STORE_AWAY)
            return result;
        (void)poll(NULL, 0, 50);
    }
    fail_msg("%s", link->postgres.error);
    return ZT_STORE_AWAY;
}

static void a_late_answer_is_waited_for_without_blocking(void **state)
{
    struct link *link = link_of(state);

    database_freeze(true);
    assert_int_equal(zt_postgres_command(&link->postgres, "SELECT 1"), ZT_STORE_AWAY);
    assert_string_equal(link->postgres.error, "the server does not answer");
    assert_int_equal(link->postgres.state, ZT_POSTGRES_LATE);
    assert_int_equal(zt_postgres_step(&link->postgres, link->now_ms + 4000), ZT_STORE_AWAY);
    assert_int_equal(zt_postgres_command(&link->postgres, "SELECT 1"), ZT_STORE_AWAY);
    database_freeze(false);
    assert_int_equal(step_until_up(link), ZT_STORE_RELOAD);
    assert_int_equal(PQbackendPID(link->postgres.connection), link->backend);
    assert_int_equal(zt_postgres_command(&link->postgres, "SELECT 1"), ZT_STORE_OK);
    assert_int_equal(zt_postgres_step(&link->postgres, link->now_ms), ZT_STORE_OK);
}

static void after_five_seconds_the_server_counts_as_gone(void **state)
{
    struct link *link = link_of(state);

    database_freeze(true);
    assert_int_equal(zt_postgres_command(&link->postgres, "SELECT 1"), ZT_STORE_AWAY);
    link->now_ms += ZT_POSTGRES_ANSWER_MS + 1;
    assert_int_equal(zt_postgres_step(&link->postgres, link->now_ms), ZT_STORE_AWAY);
    assert_int_not_equal(link->postgres.state, ZT_POSTGRES_LATE);
    database_freeze(false);
    link->now_ms += ZT_POSTGRES_DELAY_MS;
    assert_int_equal(step_until_up(link), ZT_STORE_RELOAD);
    assert_int_not_equal(PQbackendPID(link->postgres.connection), link->backend);
}

static void a_transaction_left_in_the_middle_is_ended(void **state)
{
    struct link *link = link_of(state);

    assert_int_equal(zt_postgres_command(&link->postgres, "CREATE TABLE half (a integer)"),
                     ZT_STORE_OK);
    assert_int_equal(zt_postgres_command(&link->postgres, "BEGIN"), ZT_STORE_OK);
    database_freeze(true);
    assert_int_equal(zt_postgres_command(&link->postgres, "INSERT INTO half VALUES (1)"),
                     ZT_STORE_AWAY);
    assert_int_equal(zt_postgres_command(&link->postgres, "ROLLBACK"), ZT_STORE_AWAY);
    database_freeze(false);
    assert_int_equal(step_until_up(link), ZT_STORE_RELOAD);
    assert_int_equal(PQtransactionStatus(link->postgres.connection), PQTRANS_IDLE);
    database_run(
        "DO \\$\\$ BEGIN ASSERT NOT EXISTS (SELECT FROM half); END \\$\\$; DROP TABLE half");
}

/* More than fits into the buffers of a socket that nobody reads. */
static void a_long_command_is_not_stuck_on_its_way(void **state)
{
    enum { LENGTH = 8 << 20 };
    struct link *link = link_of(state);
    char *command = malloc(LENGTH + 1);

    memset(command, ' ', LENGTH);
    memcpy(command, "SELECT 1", 8);
    command[LENGTH] = 0;
    database_freeze(true);
    assert_int_equal(zt_postgres_command(&link->postgres, command), ZT_STORE_AWAY);
    database_freeze(false);
    assert_int_equal(step_until_up(link), ZT_STORE_RELOAD);
    assert_int_equal(zt_postgres_command(&link->postgres, command), ZT_STORE_OK);
    free(command);
}

static void a_server_that_dies_while_its_answer_is_late_is_found_again(void **state)
{
    struct link *link = link_of(state);

    database_freeze(true);
    assert_int_equal(zt_postgres_command(&link->postgres, "SELECT 1"), ZT_STORE_AWAY);
    database_freeze(false);
    database_go_away();
    for (int i = 0; i < 10; i++)
        (void)zt_postgres_step(&link->postgres, link->now_ms);
    assert_int_equal(zt_postgres_step(&link->postgres, link->now_ms), ZT_STORE_AWAY);
    database_come_back();
    link->now_ms += ZT_POSTGRES_MAX_DELAY_MS;
    assert_int_equal(step_until_up(link), ZT_STORE_RELOAD);
    assert_int_equal(zt_postgres_command(&link->postgres, "SELECT 1"), ZT_STORE_OK);
}

/* Who works alone, as a restore does, may wait for a lock; who serves others may not. */
static void a_lock_is_waited_for_by_those_who_work_alone(void **state)
{
    struct link *link = link_of(state);
    struct zt_postgres alone;
    static const char shown[] = "DO $$ BEGIN ASSERT current_setting('lock_timeout') = '%s'; END $$";
    char command[128];

    (void)snprintf(command, sizeof command, shown, "500ms");
    assert_int_equal(zt_postgres_command(&link->postgres, command), ZT_STORE_OK);
    assert_true(zt_postgres_open(&alone, database_store() + strlen("postgres:"), set_up_nothing));
    (void)snprintf(command, sizeof command, shown, "0");
    assert_int_equal(zt_postgres_command(&alone, command), ZT_STORE_OK);
    zt_postgres_close(&alone);
}

static int start_database(void **unused)
{
    (void)unused;
    has_postgres = database_start();
    return 0;
}

static int stop_database(void **unused)
{
    (void)unused;
    database_stop();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_late_answer_is_waited_for_without_blocking),
        TEST(after_five_seconds_the_server_counts_as_gone),
        TEST(a_transaction_left_in_the_middle_is_ended),
        TEST(a_long_command_is_not_stuck_on_its_way),
        TEST(a_server_that_dies_while_its_answer_is_late_is_found_again),
        TEST(a_lock_is_waited_for_by_those_who_work_alone),
    };

    return cmocka_run_group_tests(tests, start_database, stop_database);
}
