/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a file of SQLite: is it ours, is it sound, and are its tables those of today? */
#include "controller/sqlite.h"

#include "base/text.h"

#define SCHEMA_VERSION 2
#define BUSY_MS                                                                                    \
    5000 /* to wait for another process that writes: a backup does not, a restore does */

/* Each entry leads from one version to the next; 0 is an empty file. */
static const char *const migrations[SCHEMA_VERSION] = {
    "CREATE TABLE network (nwid INTEGER PRIMARY KEY, record TEXT NOT NULL);"
    "CREATE TABLE member (nwid INTEGER NOT NULL REFERENCES network (nwid) ON DELETE CASCADE,"
    " address INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (nwid, address)) WITHOUT ROWID;"
    "PRAGMA user_version = 1;",

    "ALTER TABLE network ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE member ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;"
    "UPDATE network SET revision = coalesce(json_extract(record, '$.revision'), 0)"
    " WHERE json_valid(record);"
    "UPDATE member SET revision = coalesce(json_extract(record, '$.revision'), 0)"
    " WHERE json_valid(record);"
    "CREATE TABLE seen (nwid INTEGER NOT NULL, address INTEGER NOT NULL, record TEXT NOT NULL,"
    " PRIMARY KEY (nwid, address), FOREIGN KEY (nwid, address)"
    " REFERENCES member (nwid, address) ON DELETE CASCADE) WITHOUT ROWID;"
    "PRAGMA user_version = 2;",
};

int zt_sqlite_fail(struct zt_sqlite *sqlite)
{
    bool is_busy = (sqlite3_errcode(sqlite->database) & 0xff) == SQLITE_BUSY;

    zt_format(sqlite->error, sizeof sqlite->error, "%s",
              is_busy ? "the file is locked by another program" : sqlite3_errmsg(sqlite->database));
    return is_busy ? ZT_STORE_AWAY : ZT_STORE_FAILED;
}

/* Of a statement's one row; -1: it failed. */
static int one_number(sqlite3 *database, const char *text)
{
    sqlite3_stmt *statement = NULL;
    int number = -1;

    if (sqlite3_prepare_v2(database, text, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int(statement, 0);
    (void)sqlite3_finalize(statement);
    return number;
}

static int schema_version(sqlite3 *database)
{
    return one_number(database, "PRAGMA user_version");
}

/* Before anything is written: is the file new, and may it be; or is it one of ours? */
static int check_owner(struct zt_sqlite *sqlite, bool create)
{
    int version = schema_version(sqlite->database);
    int tables = one_number(sqlite->database, "SELECT count(*) FROM sqlite_master");

    if (version < 0 || tables < 0)
        return zt_sqlite_fail(sqlite);
    if (version > 0 || (create && tables == 0))
        return ZT_STORE_OK;
    zt_format(sqlite->error, sizeof sqlite->error,
              tables == 0 ? "holds no records of a controller" : "is a database of something else");
    return ZT_STORE_FAILED;
}

static int execute(struct zt_sqlite *sqlite, const char *text)
{
    return sqlite3_exec(sqlite->database, text, NULL, NULL, NULL) == SQLITE_OK
               ? ZT_STORE_OK
               : zt_sqlite_fail(sqlite);
}

/* A damaged file is found here and not when a record is missed. */
static int check_integrity(struct zt_sqlite *sqlite)
{
    sqlite3_stmt *statement = NULL;
    bool is_sound = false;

    if (sqlite3_prepare_v2(sqlite->database, "PRAGMA quick_check(1)", -1, &statement, NULL) !=
        SQLITE_OK)
        return zt_sqlite_fail(sqlite);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        const char *verdict = (const char *)sqlite3_column_text(statement, 0);
        is_sound = verdict && sqlite3_stricmp(verdict, "ok") == 0;
        zt_format(sqlite->error, sizeof sqlite->error, "damaged: %s", verdict ? verdict : "?");
    } else {
        (void)zt_sqlite_fail(sqlite);
    }
    (void)sqlite3_finalize(statement);
    return is_sound ? ZT_STORE_OK : ZT_STORE_FAILED;
}

/* From version to version in one transaction: a file is never left between two. */
static int migrate(struct zt_sqlite *sqlite)
{
    int result = execute(sqlite, "BEGIN IMMEDIATE"), version;

    if (result != ZT_STORE_OK)
        return result;
    version = schema_version(sqlite->database); /* another process may have been faster */
    for (; result == ZT_STORE_OK && version < SCHEMA_VERSION; version++)
        result = execute(sqlite, migrations[version]);
    if (result == ZT_STORE_OK)
        result = execute(sqlite, "COMMIT");
    if (result != ZT_STORE_OK)
        (void)sqlite3_exec(sqlite->database, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

static int prepare_schema(struct zt_sqlite *sqlite)
{
    int version = schema_version(sqlite->database);

    if (version < 0)
        return zt_sqlite_fail(sqlite);
    if (version <= SCHEMA_VERSION)
        return version == SCHEMA_VERSION ? ZT_STORE_OK : migrate(sqlite);
    zt_format(sqlite->error, sizeof sqlite->error, "schema version %d is newer than %d", version,
              SCHEMA_VERSION);
    return ZT_STORE_FAILED;
}

int zt_sqlite_open(struct zt_sqlite *sqlite, const char *path, bool create)
{
    int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
    int result;

    if (sqlite3_open_v2(path, &sqlite->database, flags, NULL) != SQLITE_OK)
        return zt_sqlite_fail(sqlite);
    (void)sqlite3_busy_timeout(sqlite->database, BUSY_MS);
    result = check_owner(sqlite, create);
    if (result == ZT_STORE_OK)
        result = execute(sqlite, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                 "PRAGMA foreign_keys = ON");
    if (result == ZT_STORE_OK)
        result = check_integrity(sqlite);
    return result == ZT_STORE_OK ? prepare_schema(sqlite) : result;
}
