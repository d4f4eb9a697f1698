/* SPDX-License-Identifier: Apache-2.0 */
/* A file of SQLite with the tables of a controller. */
#ifndef ZT_CONTROLLER_SQLITE_H
#define ZT_CONTROLLER_SQLITE_H

#include "controller/store.h"

#include <sqlite3.h>

struct zt_sqlite {
    sqlite3 *database;
    char error[256]; /* of the last failure */
};

/* Opens the file, or makes it if it is missing and wanted, and brings its tables to the version of this
   program. Not ZT_STORE_OK: the error is told; the database may be open all the same. */
int zt_sqlite_open(struct zt_sqlite *sqlite, const char *path, bool create);
/* Notes the error of the last call. A file that another process holds is as good as away: ZT_STORE_AWAY;
   else ZT_STORE_FAILED. */
int zt_sqlite_fail(struct zt_sqlite *sqlite);

#endif
