/* SPDX-License-Identifier: Apache-2.0 */
/* The tables and triggers of the store on PostgreSQL. */
#ifndef ZT_CONTROLLER_POSTGRES_SCHEMA_H
#define ZT_CONTROLLER_POSTGRES_SCHEMA_H

#include "controller/postgres.h"

/* Runs commands that give no rows; enum zt_store_result. */
int zt_postgres_command(struct zt_postgres *postgres, const char *command);
/* Makes what is missing, in one transaction. False: error is filled in. */
ZT_MUST_USE bool zt_postgres_make_schema(struct zt_postgres *postgres);

#endif
