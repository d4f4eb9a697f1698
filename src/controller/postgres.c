/* SPDX-License-Identifier: Apache-2.0 */
/* The connection to PostgreSQL: a small state machine, down, connecting, up, late. */
#define _POSIX_C_SOURCE 200809L

#include "controller/postgres.h"

#include "base/mem.h"
#include "base/text.h"

#include <poll.h>
#include <string.h>

#define READ_ONLY "25006" /* SQLSTATE read_only_sql_transaction */

/* Says why in one line. */
static void note_error(struct zt_postgres *postgres, const char *text)
{
    size_t length = strcspn(text, "\n");

    zt_format(postgres->error, sizeof postgres->error, "%.*s", (int)length, text);
}

/* Says of each server, a line each, why it is not of use, without the advice that follows after a tab. */
static void note_attempt(struct zt_postgres *postgres)
{
    const char *line = PQerrorMessage(postgres->connection);
    size_t at = 0, length;

    postgres->error[0] = 0;
    for (; *line; line += length + (line[length] == '\n')) {
        length = strcspn(line, "\n");
        if (*line == '\t' || length == 0)
            continue;
        zt_format(postgres->error + at, sizeof postgres->error - at, "%s%.*s", at > 0 ? "; " : "",
                  (int)length, line);
        at = strlen(postgres->error);
    }
}

/* Who was of no use, or is lost, comes last in the next attempt. */
static void drop(struct zt_postgres *postgres)
{
    if (postgres->connection)
        zt_postgres_hosts_turn(&postgres->hosts, PQhost(postgres->connection));
    PQfinish(postgres->connection);
    postgres->connection = NULL;
    postgres->state = ZT_POSTGRES_DOWN;
}

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

/* A row that somebody with SQL has locked must not stop all others. */
static bool limit_locks(struct zt_postgres *postgres)
{
    char command[64];
    int why;

    zt_format(command, sizeof command, "SET lock_timeout = %d", ZT_POSTGRES_LOCK_MS);
    PQclear(zt_postgres_run(postgres, command, &why));
    return why == ZT_STORE_OK;
}

/* Not blocking: a large record would be stuck on its way to a server that hangs. */
static bool come_up(struct zt_postgres *postgres)
{
    (void)PQsetNoticeReceiver(postgres->connection, ignore_notice, NULL);
    (void)PQsetnonblocking(postgres->connection, 1);
    postgres->state = ZT_POSTGRES_UP;
    if ((!postgres->is_serving || limit_locks(postgres)) && postgres->set_up(postgres))
        return true;
    drop(postgres);
    return false;
}

bool zt_postgres_open(struct zt_postgres *postgres, const char *where,
                      bool (*set_up)(struct zt_postgres *postgres))
{
    size_t length = strlen(where);

    memset(postgres, 0, sizeof *postgres);
    postgres->set_up = set_up;
    postgres->delay_ms = ZT_POSTGRES_DELAY_MS;
    postgres->where = zt_alloc(length + 1);
    if (!postgres->where) {
        note_error(postgres, "out of memory");
        return false;
    }
    memcpy(postgres->where, where, length);
    postgres->connection = zt_postgres_hosts_connect(&postgres->hosts, where, true);
    if (PQstatus(postgres->connection) == CONNECTION_OK)
        return come_up(postgres);
    note_attempt(postgres);
    drop(postgres);
    return false;
}

void zt_postgres_close(struct zt_postgres *postgres)
{
    drop(postgres);
    zt_postgres_hosts_clear(&postgres->hosts);
    zt_free(postgres->where);
    postgres->where = NULL;
}

/* Waits longer each time, so that a server that is starting is not stormed. */
static int fail_attempt(struct zt_postgres *postgres, int64_t mono_ms)
{
    drop(postgres);
    postgres->retry_ms = mono_ms + postgres->delay_ms;
    if (postgres->delay_ms < ZT_POSTGRES_MAX_DELAY_MS)
        postgres->delay_ms *= 2;
    return ZT_STORE_AWAY;
}

static bool is_ready(const struct zt_postgres *postgres)
{
    struct pollfd wait = { PQsocket(postgres->connection),
                           postgres->awaited == PGRES_POLLING_WRITING ? POLLOUT : POLLIN, 0 };

    return poll(&wait, 1, 0) > 0;
}

static int go_on_connecting(struct zt_postgres *postgres, int64_t mono_ms)
{
    if (mono_ms - postgres->since_ms > ZT_POSTGRES_CONNECT_MS) {
        note_error(postgres, "the server does not answer");
        return fail_attempt(postgres, mono_ms);
    }
    if (!is_ready(postgres))
        return ZT_STORE_AWAY;
    postgres->awaited = PQconnectPoll(postgres->connection);
    if (postgres->awaited == PGRES_POLLING_FAILED) {
        note_attempt(postgres);
        return fail_attempt(postgres, mono_ms);
    }
    if (postgres->awaited != PGRES_POLLING_OK)
        return ZT_STORE_AWAY;
    if (!come_up(postgres))
        return fail_attempt(postgres, mono_ms);
    postgres->delay_ms = ZT_POSTGRES_DELAY_MS;
    return ZT_STORE_RELOAD;
}

static int begin_connecting(struct zt_postgres *postgres, int64_t mono_ms)
{
    if (mono_ms < postgres->retry_ms)
        return ZT_STORE_AWAY;
    postgres->connection = zt_postgres_hosts_connect(&postgres->hosts, postgres->where, false);
    if (PQstatus(postgres->connection) == CONNECTION_BAD) {
        note_attempt(postgres);
        return fail_attempt(postgres, mono_ms);
    }
    postgres->state = ZT_POSTGRES_CONNECTING;
    postgres->since_ms = mono_ms;
    postgres->awaited = PGRES_POLLING_WRITING;
    return go_on_connecting(postgres, mono_ms);
}

static void lose(struct zt_postgres *postgres)
{
    note_error(postgres, PQerrorMessage(postgres->connection));
    drop(postgres);
}

/* Takes the answers that come late. A transaction that was left in the middle is ended. */
static int go_on_waiting(struct zt_postgres *postgres, int64_t mono_ms)
{
    PGconn *connection = postgres->connection;
    bool is_good = PQflush(connection) >= 0 && PQconsumeInput(connection) == 1;

    while (is_good && !PQisBusy(connection)) {
        PGresult *result = PQgetResult(connection);

        PQclear(result);
        if (result)
            continue;
        if (PQtransactionStatus(connection) == PQTRANS_IDLE) {
            postgres->state = ZT_POSTGRES_UP;
            return ZT_STORE_RELOAD;
        }
        is_good = PQsendQuery(connection, "ROLLBACK") == 1;
    }
    if (is_good && mono_ms - postgres->since_ms <= ZT_POSTGRES_ANSWER_MS)
        return ZT_STORE_AWAY;
    if (is_good)
        drop(postgres);
    else
        lose(postgres);
    return begin_connecting(postgres, mono_ms);
}

static int read_input(struct zt_postgres *postgres, int64_t mono_ms)
{
    if (PQconsumeInput(postgres->connection) == 1)
        return ZT_STORE_OK;
    lose(postgres);
    return begin_connecting(postgres, mono_ms);
}

int zt_postgres_step(struct zt_postgres *postgres, int64_t mono_ms)
{
    postgres->stepped_ms = mono_ms;
    if (!postgres->is_serving) {
        postgres->is_serving = true;
        if (postgres->state == ZT_POSTGRES_UP && !limit_locks(postgres))
            return ZT_STORE_AWAY;
    }
    switch (postgres->state) {
    case ZT_POSTGRES_CONNECTING:
        return go_on_connecting(postgres, mono_ms);
    case ZT_POSTGRES_LATE:
        return go_on_waiting(postgres, mono_ms);
    case ZT_POSTGRES_UP:
        return read_input(postgres, mono_ms);
    default:
        return begin_connecting(postgres, mono_ms);
    }
}

void zt_postgres_expect_long(struct zt_postgres *postgres)
{
    postgres->is_long = true;
}

/* Waits until there is a result. False: the server hangs, and its answer is late from now on; or it is gone. */
static bool await(struct zt_postgres *postgres)
{
    while (PQisBusy(postgres->connection)) {
        int unsent = PQflush(postgres->connection);
        struct pollfd wait = { PQsocket(postgres->connection),
                               (short)(unsent > 0 ? POLLIN | POLLOUT : POLLIN), 0 };

        if (unsent >= 0 && poll(&wait, 1, postgres->patience_ms) == 0) {
            note_error(postgres, "the server does not answer");
            postgres->state = ZT_POSTGRES_LATE;
            postgres->since_ms = postgres->stepped_ms;
            return false;
        }
        if (unsent < 0 || PQconsumeInput(postgres->connection) != 1) {
            lose(postgres);
            return false;
        }
    }
    return true;
}

/* Takes what follows a failure, so that the next command finds the connection free. */
static void drain(struct zt_postgres *postgres)
{
    PGresult *rest;

    while (await(postgres) && (rest = PQgetResult(postgres->connection)) != NULL)
        PQclear(rest);
}

/* Is it the server that refuses, whatever it is asked? One that ends a connection says so (57P: it stops, it
   has crashed) before the connection breaks; one that may only be read from is a standby, or was made so. */
static bool is_servers_fault(struct zt_postgres *postgres, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    if (PQstatus(postgres->connection) != CONNECTION_OK)
        return true;
    if (state && strcmp(state, READ_ONLY) == 0) {
        note_error(postgres, "the server can only be read from (is it a standby?)");
        return true;
    }
    return state && (strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0);
}

/* Who looks for another server finds it, or this one once it is good again. */
static PGresult *judge(struct zt_postgres *postgres, PGresult *result, int *why)
{
    ExecStatusType status = PQresultStatus(result);
    bool is_away;

    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE)
        return result;
    note_error(postgres, PQresultErrorMessage(result));
    is_away = is_servers_fault(postgres, result);
    PQclear(result);
    if (is_away)
        drop(postgres);
    else
        drain(postgres);
    *why = postgres->state == ZT_POSTGRES_UP ? ZT_STORE_FAILED : ZT_STORE_AWAY;
    return NULL;
}

PGresult *zt_postgres_next(struct zt_postgres *postgres, int *why)
{
    PGresult *result;

    if (!await(postgres)) {
        *why = ZT_STORE_AWAY;
        return NULL;
    }
    result = PQgetResult(postgres->connection);
    return result ? judge(postgres, result, why) : NULL;
}

/* Takes all results of what was sent; the last is returned, unless one of them was a failure. */
static PGresult *finish(struct zt_postgres *postgres, bool is_sent, int *why)
{
    PGresult *last = NULL, *next;

    if (!is_sent) {
        *why = ZT_STORE_AWAY;
        lose(postgres);
        return NULL;
    }
    while ((next = zt_postgres_next(postgres, why)) != NULL) {
        PQclear(last);
        last = next;
    }
    if (*why == ZT_STORE_OK)
        return last;
    PQclear(last);
    return NULL;
}

/* To be asked before each command. */
static bool is_up(struct zt_postgres *postgres, int *why)
{
    if (!postgres->is_serving)
        postgres->patience_ms = ZT_POSTGRES_ALONE_MS;
    else
        postgres->patience_ms = postgres->is_long ? ZT_POSTGRES_ANSWER_MS : ZT_POSTGRES_PATIENCE_MS;
    postgres->is_long = false;
    *why = postgres->state == ZT_POSTGRES_UP ? ZT_STORE_OK : ZT_STORE_AWAY;
    return *why == ZT_STORE_OK;
}

PGresult *zt_postgres_run(struct zt_postgres *postgres, const char *command, int *why)
{
    if (!is_up(postgres, why))
        return NULL;
    return finish(postgres, PQsendQuery(postgres->connection, command) == 1, why);
}

PGresult *zt_postgres_run_prepared(struct zt_postgres *postgres, const char *name, int count,
                                   const char *const *values, int *why)
{
    if (!is_up(postgres, why))
        return NULL;
    return finish(postgres,
                  PQsendQueryPrepared(postgres->connection, name, count, values, NULL, NULL, 0),
                  why);
}

bool zt_postgres_prepare(struct zt_postgres *postgres, const char *name, const char *text)
{
    int why;

    if (!is_up(postgres, &why))
        return false;
    PQclear(finish(postgres, PQsendPrepare(postgres->connection, name, text, 0, NULL) == 1, &why));
    return why == ZT_STORE_OK;
}

int zt_postgres_start(struct zt_postgres *postgres, const char *name)
{
    int why;

    zt_postgres_expect_long(postgres); /* a large table is sorted before its first row comes */
    if (!is_up(postgres, &why))
        return why;
    if (PQsendQueryPrepared(postgres->connection, name, 0, NULL, NULL, NULL, 0) == 1 &&
        PQsetSingleRowMode(postgres->connection) == 1)
        return ZT_STORE_OK;
    lose(postgres);
    return ZT_STORE_AWAY;
}
