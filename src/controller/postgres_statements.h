/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of the store on PostgreSQL, and the rows that they select. */
#ifndef ZT_CONTROLLER_POSTGRES_STATEMENTS_H
#define ZT_CONTROLLER_POSTGRES_STATEMENTS_H

#include "controller/postgres.h"
#include "controller/store_parts.h"

/* Beside those of enum zt_sql. */
enum {
    ZT_POSTGRES_ONE_NETWORK = ZT_SQL_COUNT,
    ZT_POSTGRES_ONE_MEMBER,
    ZT_POSTGRES_NEW_MEMBERS, /* of many members; the parameter is their rows: postgres_rows.h */
    ZT_POSTGRES_CHANGE_MEMBERS,
    ZT_POSTGRES_STATEMENT_COUNT
};

/* All, on a new connection. False: the error is told. */
ZT_MUST_USE bool zt_postgres_prepare_all(struct zt_postgres *postgres);
/* As zt_postgres_start and zt_postgres_run_prepared. Values are as many as the statement takes: the nwid, of
   members the address, the record, and the revision that is expected. */
int zt_postgres_start_statement(struct zt_postgres *postgres, unsigned which);
PGresult *zt_postgres_run_statement(struct zt_postgres *postgres, unsigned which,
                                    const char *const *values, int *why);
/* A row of the four columns that each SELECT has; record borrows of it. False: its keys are none. */
ZT_MUST_USE bool zt_postgres_read_row(struct zt_record *record, enum zt_record_kind kind,
                                      const PGresult *result, int row);

#endif
