/* SPDX-License-Identifier: Apache-2.0 */
/* The store on SQLite: two tables of JSON texts; each change is on the disk before it returns. */
#include "base/mem.h"
#include "base/text.h"
#include "controller/store.h"

#include <sqlite3.h>

#define SCHEMA_VERSION 1

enum statement {
    LOAD_NETWORKS,
    LOAD_MEMBERS,
    PUT_NETWORK,
    PUT_MEMBER,
    REMOVE_NETWORK,
    REMOVE_MEMBER,
    BEGIN,
    COMMIT,
    ROLLBACK,
    STATEMENT_COUNT
};

/* Ids are stored as signed 64-bit numbers. Removing a network removes its members by foreign key. */
static const char *const texts[STATEMENT_COUNT] = {
    [LOAD_NETWORKS] = "SELECT nwid, 0, record FROM network ORDER BY nwid",
    [LOAD_MEMBERS] = "SELECT nwid, address, record FROM member ORDER BY nwid, address",
    [PUT_NETWORK] = "INSERT INTO network (nwid, record) VALUES (?1, ?3)"
                    " ON CONFLICT (nwid) DO UPDATE SET record = ?3",
    [PUT_MEMBER] = "INSERT INTO member (nwid, address, record) VALUES (?1, ?2, ?3)"
                   " ON CONFLICT (nwid, address) DO UPDATE SET record = ?3",
    [REMOVE_NETWORK] = "DELETE FROM network WHERE nwid = ?1",
    [REMOVE_MEMBER] = "DELETE FROM member WHERE nwid = ?1 AND address = ?2",
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
};

static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE network (nwid INTEGER PRIMARY KEY, record TEXT NOT NULL);"
    "CREATE TABLE member (nwid INTEGER NOT NULL REFERENCES network (nwid) ON DELETE CASCADE,"
    " address INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (nwid, address)) WITHOUT ROWID;"
    "PRAGMA user_version = 1;"
    "COMMIT";

struct sqlite_store {
    struct zt_store store; /* first, so that one can be had from the other */
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    char error[256];
};

static struct sqlite_store *opened(struct zt_store *store)
{
    return (struct sqlite_store *)store;
}

static int fail(struct sqlite_store *store)
{
    zt_format(store->error, sizeof store->error, "%s", sqlite3_errmsg(store->database));
    return -1;
}

/* Runs a statement without result to its end. */
static int run(struct sqlite_store *store, enum statement which)
{
    sqlite3_stmt *statement = store->statements[which];
    int result = sqlite3_step(statement) == SQLITE_DONE ? 0 : fail(store);

    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    return result;
}

static int load_table(struct sqlite_store *store, enum statement which, zt_store_visit visit,
                      void *context)
{
    sqlite3_stmt *statement = store->statements[which];
    int step;

    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *json = (const char *)sqlite3_column_text(statement, 2);

        if (json)
            visit(context, (zt_nwid)sqlite3_column_int64(statement, 0),
                  (zt_address)sqlite3_column_int64(statement, 1), json,
                  (size_t)sqlite3_column_bytes(statement, 2));
    }
    if (step != SQLITE_DONE)
        (void)fail(store);
    (void)sqlite3_reset(statement);
    return step == SQLITE_DONE ? 0 : -1;
}

static int load(struct zt_store *store, zt_store_visit visit, void *context)
{
    if (load_table(opened(store), LOAD_NETWORKS, visit, context) != 0)
        return -1;
    return load_table(opened(store), LOAD_MEMBERS, visit, context);
}

static int put(struct zt_store *store, zt_nwid nwid, zt_address member, const char *json,
               size_t length)
{
    enum statement which = member ? PUT_MEMBER : PUT_NETWORK;
    sqlite3_stmt *statement = opened(store)->statements[which];

    (void)sqlite3_bind_int64(statement, 1, (sqlite3_int64)nwid);
    if (member)
        (void)sqlite3_bind_int64(statement, 2, (sqlite3_int64)member);
    (void)sqlite3_bind_text64(statement, 3, json, length, SQLITE_STATIC, SQLITE_UTF8);
    return run(opened(store), which);
}

static int remove_record(struct zt_store *store, zt_nwid nwid, zt_address member)
{
    enum statement which = member ? REMOVE_MEMBER : REMOVE_NETWORK;
    sqlite3_stmt *statement = opened(store)->statements[which];

    (void)sqlite3_bind_int64(statement, 1, (sqlite3_int64)nwid);
    if (member)
        (void)sqlite3_bind_int64(statement, 2, (sqlite3_int64)member);
    return run(opened(store), which);
}

static int begin(struct zt_store *store)
{
    return run(opened(store), BEGIN);
}

static int commit(struct zt_store *store)
{
    return run(opened(store), COMMIT);
}

static void rollback(struct zt_store *store)
{
    (void)run(opened(store), ROLLBACK);
}

static const char *error_text(struct zt_store *store)
{
    return opened(store)->error;
}

static void close_store(struct zt_store *store)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        (void)sqlite3_finalize(opened(store)->statements[i]);
    (void)sqlite3_close(opened(store)->database);
    zt_free(store);
}

static const struct zt_store_functions functions = { load,   put,      remove_record, begin,
                                                     commit, rollback, error_text,    close_store };

static int schema_version(sqlite3 *database)
{
    sqlite3_stmt *statement = NULL;
    int version = -1;

    if (sqlite3_prepare_v2(database, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        version = sqlite3_column_int(statement, 0);
    (void)sqlite3_finalize(statement);
    return version;
}

static int execute(struct sqlite_store *store, const char *text)
{
    return sqlite3_exec(store->database, text, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(store);
}

/* A damaged file is found here and not when a record is missed. */
static int check_integrity(struct sqlite_store *store)
{
    sqlite3_stmt *statement = NULL;
    bool is_sound = false;

    if (sqlite3_prepare_v2(store->database, "PRAGMA quick_check(1)", -1, &statement, NULL) !=
        SQLITE_OK)
        return fail(store);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        const char *verdict = (const char *)sqlite3_column_text(statement, 0);
        is_sound = verdict && sqlite3_stricmp(verdict, "ok") == 0;
        zt_format(store->error, sizeof store->error, "damaged: %s", verdict ? verdict : "?");
    } else {
        (void)fail(store);
    }
    (void)sqlite3_finalize(statement);
    return is_sound ? 0 : -1;
}

static int prepare_schema(struct sqlite_store *store)
{
    int version = schema_version(store->database);

    if (version < 0)
        return fail(store);
    if (version == 0)
        return execute(store, schema);
    if (version == SCHEMA_VERSION)
        return 0;
    zt_format(store->error, sizeof store->error, "schema version %d is newer than %d", version,
              SCHEMA_VERSION);
    return -1;
}

static int prepare_statements(struct sqlite_store *store)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        if (sqlite3_prepare_v3(store->database, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &store->statements[i], NULL) != SQLITE_OK)
            return fail(store);
    return 0;
}

static int open_database(struct sqlite_store *store, const char *path)
{
    if (sqlite3_open_v2(path, &store->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
        SQLITE_OK)
        return fail(store);
    (void)sqlite3_busy_timeout(store->database, 5000);
    if (execute(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                       "PRAGMA foreign_keys = ON") != 0 ||
        check_integrity(store) != 0 || prepare_schema(store) != 0)
        return -1;
    return prepare_statements(store);
}

struct zt_store *zt_store_sqlite_open(const char *path, char *error, size_t error_size)
{
    struct sqlite_store *store = zt_alloc(sizeof *store);

    if (!store) {
        zt_format(error, error_size, "%s: out of memory", path);
        return NULL;
    }
    store->store.functions = &functions;
    if (open_database(store, path) == 0)
        return &store->store;
    zt_format(error, error_size, "%s: %s", path, store->error);
    close_store(&store->store);
    return NULL;
}
