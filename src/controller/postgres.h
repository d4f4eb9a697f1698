/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to PostgreSQL that comes back: opened once waiting, afterwards without ever blocking on the
   way to a server that is gone, and not for long at one that hangs. */
#ifndef ZT_CONTROLLER_POSTGRES_H
#define ZT_CONTROLLER_POSTGRES_H

#include "base/bytes.h"
#include "controller/postgres_hosts.h"
#include "controller/store.h"

#include <libpq-fe.h>

#define ZT_POSTGRES_ANSWER_MS 5000    /* of silence, then the server counts as gone */
#define ZT_POSTGRES_CONNECT_MS 5000   /* for one attempt; then it begins with the next server */
#define ZT_POSTGRES_PATIENCE_MS 1000  /* of it, then others are served; the answer may come yet */
#define ZT_POSTGRES_ALONE_MS 60000    /* of it, while there is nobody else to serve */
#define ZT_POSTGRES_LOCK_MS 500       /* for a row that somebody else holds */
#define ZT_POSTGRES_DELAY_MS 250      /* after a failed attempt; doubles */
#define ZT_POSTGRES_MAX_DELAY_MS 5000 /* at most */

struct zt_postgres {
    char *where; /* owned */
    struct zt_postgres_hosts hosts;
    PGconn *connection;
    /* LATE: a command was sent, and nobody waits for its answer any more. */
    enum { ZT_POSTGRES_DOWN, ZT_POSTGRES_CONNECTING, ZT_POSTGRES_UP, ZT_POSTGRES_LATE } state;
    PostgresPollingStatusType awaited; /* while connecting */
    int64_t since_ms, stepped_ms, retry_ms, delay_ms;
    bool is_serving; /* zt_postgres_step has been called */
    bool is_long;    /* the next command */
    int patience_ms; /* with the present one */
    bool (*set_up)(
        struct zt_postgres *postgres); /* after each connect; false: error is filled in */
    char error[512];
};

/* Connects, waiting. False: error is filled in. Either way zt_postgres_close is due. */
ZT_MUST_USE bool zt_postgres_open(struct zt_postgres *postgres, const char *where,
                                  bool (*set_up)(struct zt_postgres *postgres));
void zt_postgres_close(struct zt_postgres *postgres);
/* Reads what has come, or goes on connecting. ZT_STORE_OK: as before; ZT_STORE_RELOAD: connected anew, or a
   late answer has come, so that it is not known what was done; ZT_STORE_AWAY: not connected, or the server
   hangs. Who calls this has others to serve: from the first call on, commands wait only
   ZT_POSTGRES_PATIENCE_MS, and ZT_POSTGRES_LOCK_MS for locks. */
int zt_postgres_step(struct zt_postgres *postgres, int64_t mono_ms);

/* Runs a command, or a prepared statement. The result, for PQclear; NULL: *why is ZT_STORE_AWAY or
   ZT_STORE_FAILED, and error is filled in. */
PGresult *zt_postgres_run(struct zt_postgres *postgres, const char *command, int *why);
/* The next command has a lot to do: it may be silent for ZT_POSTGRES_ANSWER_MS. */
void zt_postgres_expect_long(struct zt_postgres *postgres);
PGresult *zt_postgres_run_prepared(struct zt_postgres *postgres, const char *name, int count,
                                   const char *const *values, int *why);
ZT_MUST_USE bool zt_postgres_prepare(struct zt_postgres *postgres, const char *name,
                                     const char *text);
/* Starts a prepared statement without parameters, whose rows come one by one by zt_postgres_next; NULL is
   the end, or a failure, and then *why is set. */
int zt_postgres_start(struct zt_postgres *postgres, const char *name);
PGresult *zt_postgres_next(struct zt_postgres *postgres, int *why);

#endif
