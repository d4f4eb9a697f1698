/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to a server that hangs: whose processes all stand still, by SIGSTOP. */
#define _POSIX_C_SOURCE 200809L

#include "controller/postgres.h"
#include "controller/postgres_schema.h"

#include "controller_database.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

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

/* It says so, and breaks the connection after that. */
static void a_server_that_ends_the_connection_is_away(void **state)
{
    struct link *link = link_of(state);

    assert_int_equal(
        zt_postgres_command(&link->postgres, "SELECT pg_terminate_backend(pg_backend_pid())"),
        ZT_STORE_AWAY);
    assert_non_null(strstr(link->postgres.error, "terminating connection"));
    assert_int_equal(step_until_up(link), ZT_STORE_RELOAD);
}

static void a_server_that_can_only_be_read_from_is_away(void **state)
{
    struct link *link = link_of(state);

    assert_int_equal(zt_postgres_command(&link->postgres, "SET default_transaction_read_only = on"),
                     ZT_STORE_OK);
    assert_int_equal(zt_postgres_command(&link->postgres, "SELECT 1"), ZT_STORE_OK);
    assert_int_equal(zt_postgres_command(&link->postgres, "CREATE TABLE half (a integer)"),
                     ZT_STORE_AWAY);
    assert_non_null(strstr(link->postgres.error, "can only be read from"));
    assert_int_equal(step_until_up(link), ZT_STORE_RELOAD);
}

static void an_error_of_ours_is_none_of_the_server(void **state)
{
    struct link *link = link_of(state);

    assert_int_equal(zt_postgres_command(&link->postgres, "SELECT 1/0"), ZT_STORE_FAILED);
    assert_non_null(strstr(link->postgres.error, "division by zero"));
    assert_int_equal(zt_postgres_command(&link->postgres, "SELECT 1"), ZT_STORE_OK);
}

/* Listens, and never says anything. Its port. */
static int open_silent_server(uint16_t *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void after_a_server_that_never_answers_comes_the_next_one(void **state)
{
    struct link other = { .now_ms = 1000 };
    char where[256];
    uint16_t port;
    int silent;

    (void)link_of(state);
    silent = open_silent_server(&port);
    (void)snprintf(where, sizeof where, "host=%s,127.0.0.1 port=5432,%u user=zt dbname=postgres",
                   database.folder, port);
    assert_true(zt_postgres_open(&other.postgres, where, set_up_nothing));
    assert_int_equal(zt_postgres_step(&other.postgres, other.now_ms), ZT_STORE_OK);
    assert_int_equal(
        zt_postgres_command(&other.postgres, "SELECT pg_terminate_backend(pg_backend_pid())"),
        ZT_STORE_AWAY);
    assert_int_equal(zt_postgres_step(&other.postgres, other.now_ms), ZT_STORE_AWAY);
    assert_string_equal(PQhost(other.postgres.connection), "127.0.0.1");
    other.now_ms += ZT_POSTGRES_CONNECT_MS + 1;
    assert_int_equal(zt_postgres_step(&other.postgres, other.now_ms), ZT_STORE_AWAY);
    other.now_ms += ZT_POSTGRES_DELAY_MS;
    assert_int_equal(step_until_up(&other), ZT_STORE_RELOAD);
    assert_string_equal(PQhost(other.postgres.connection), database.folder);
    zt_postgres_close(&other.postgres);
    assert_int_equal(close(silent), 0);
}

static int tcp_option(const struct zt_postgres *postgres, int which)
{
    int value;
    socklen_t length = sizeof value;

    assert_int_equal(
        getsockopt(PQsocket(postgres->connection), IPPROTO_TCP, which, &value, &length), 0);
    return value;
}

/* Over TCP nobody tells that a machine is off, as long as nothing is sent. */
static void a_connection_that_has_died_is_noticed_within_a_minute(void **unused)
{
    struct zt_postgres postgres = { .set_up = set_up_nothing };
    char where[64];
    uint16_t port;
    int silent = open_silent_server(&port);

    (void)unused;
    (void)snprintf(where, sizeof where, "host=127.0.0.1 port=%u", port);
    postgres.where = where;
    assert_int_equal(zt_postgres_step(&postgres, 1000), ZT_STORE_AWAY);
    assert_true(tcp_option(&postgres, TCP_KEEPIDLE) +
                    tcp_option(&postgres, TCP_KEEPINTVL) * tcp_option(&postgres, TCP_KEEPCNT) <=
                60);
    postgres.where = NULL;
    zt_postgres_close(&postgres);
    assert_int_equal(close(silent), 0);
}

static void the_order_of_servers_turns(void **unused)
{
    char hosts[] = "a,b,,d", ports[] = "1,2,3,4", one[] = "5432";
    struct zt_postgres_hosts lists = { true, { hosts, NULL, ports } };

    (void)unused;
    zt_postgres_hosts_turn(&lists, "a");
    assert_string_equal(hosts, "b,,d,a");
    assert_string_equal(ports, "2,3,4,1");
    zt_postgres_hosts_turn(&lists, "d"); /* after it comes a */
    assert_string_equal(hosts, "a,b,,d");
    assert_string_equal(ports, "1,2,3,4");
    zt_postgres_hosts_turn(&lists, "unknown");
    assert_string_equal(hosts, "b,,d,a");
    zt_postgres_hosts_turn(&lists, NULL);
    assert_string_equal(hosts, ",d,a,b");
    lists.lists[ZT_POSTGRES_PORT] = one;
    zt_postgres_hosts_turn(&lists, "b");
    assert_string_equal(one, "5432");
    assert_string_equal(hosts, ",d,a,b");
    lists = (struct zt_postgres_hosts){ true, { NULL, hosts, one } };
    zt_postgres_hosts_turn(&lists, "d"); /* by their addresses, where there are no names */
    assert_string_equal(hosts, "a,b,,d");
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
        TEST(a_server_that_ends_the_connection_is_away),
        TEST(a_server_that_can_only_be_read_from_is_away),
        TEST(an_error_of_ours_is_none_of_the_server),
        TEST(after_a_server_that_never_answers_comes_the_next_one),
        cmocka_unit_test(a_connection_that_has_died_is_noticed_within_a_minute),
        cmocka_unit_test(the_order_of_servers_turns),
    };

    return cmocka_run_group_tests(tests, database_begin, database_end);
}
