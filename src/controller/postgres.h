/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to PostgreSQL that comes back: opened once waiting, afterwards without ever blocking on the
   way to a server that is gone. */
#ifndef ZT_CONTROLLER_POSTGRES_H
#define ZT_CONTROLLER_POSTGRES_H

#include "base/bytes.h"
#include "controller/store.h"

#include <libpq-fe.h>

#define ZT_POSTGRES_CONNECT_MS 10000   /* for one attempt */
#define ZT_POSTGRES_ANSWER_MS 5000     /* of silence, then the server counts as gone */
#define ZT_POSTGRES_DELAY_MS 250       /* after a failed attempt; doubles */
#define ZT_POSTGRES_MAX_DELAY_MS 15000 /* at most */

struct zt_postgres {
    char *where; /* owned */
    PGconn *connection;
    enum { ZT_POSTGRES_DOWN, ZT_POSTGRES_CONNECTING, ZT_POSTGRES_UP } state;
    PostgresPollingStatusType awaited; /* while connecting */
    int64_t since_ms, retry_ms, delay_ms;
    bool (*set_up)(
        struct zt_postgres *postgres); /* after each connect; false: error is filled in */
    char error[256];
};

/* Connects, waiting. False: error is filled in. Either way zt_postgres_close is due. */
ZT_MUST_USE bool zt_postgres_open(struct zt_postgres *postgres, const char *where,
                                  bool (*set_up)(struct zt_postgres *postgres));
void zt_postgres_close(struct zt_postgres *postgres);
/* Reads what has come, or goes on connecting. ZT_STORE_OK: as before; ZT_STORE_RELOAD: connected anew;
   ZT_STORE_AWAY: not connected. */
int zt_postgres_step(struct zt_postgres *postgres, int64_t mono_ms);

/* Runs a command, or a prepared statement. The result, for PQclear; NULL: *why is ZT_STORE_AWAY or
   ZT_STORE_FAILED, and error is filled in. */
PGresult *zt_postgres_run(struct zt_postgres *postgres, const char *command, int *why);
PGresult *zt_postgres_run_prepared(struct zt_postgres *postgres, const char *name, int count,
                                   const char *const *values, int *why);
ZT_MUST_USE bool zt_postgres_prepare(struct zt_postgres *postgres, const char *name,
                                     const char *text);
/* Starts a prepared statement without parameters, whose rows come one by one by zt_postgres_next; NULL is
   the end, or a failure, and then *why is set. */
int zt_postgres_start(struct zt_postgres *postgres, const char *name);
PGresult *zt_postgres_next(struct zt_postgres *postgres, int *why);

#endif
