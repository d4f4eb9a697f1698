/* SPDX-License-Identifier: Apache-2.0 */
/* The store on SQLite: tables of JSON texts; each change is on the disk before it returns. */
#include "base/mem.h"
#include "base/text.h"
#include "controller/sqlite.h"
#include "controller/store_parts.h"

#include <string.h>

#define BUSY_SERVING_MS 500 /* to wait for another process that writes, with others to serve */

/* Beside those of enum zt_sql. */
enum {
    REMOVE_ALL = ZT_SQL_COUNT,
    BEGIN,
    BEGIN_READING,
    COMMIT,
    ROLLBACK,
    DATA_VERSION,
    STATEMENT_COUNT
};

/* A column holds whatever was put there by hand: what is no whole number can't be compared. */
#define REVISION "CASE typeof(revision) WHEN 'integer' THEN revision ELSE -1 END"

/* Ids are stored as signed 64-bit numbers. Removing a network removes its members by foreign key, and
   what was seen of them. ?1 nwid, ?2 address, ?3 record, ?4 revision, ?5 that which is expected. */
static const char *const texts[STATEMENT_COUNT] = {
    [ZT_SQL_LOAD_NETWORKS] = "SELECT nwid, 0, record, " REVISION " FROM network ORDER BY nwid",
    [ZT_SQL_LOAD_MEMBERS] = "SELECT nwid, address, record, " REVISION " FROM member"
                            " ORDER BY nwid, address",
    [ZT_SQL_LOAD_SEEN] = "SELECT nwid, address, record, 0 FROM seen ORDER BY nwid, address",
    [ZT_SQL_NEW_NETWORK] = "INSERT INTO network (nwid, record, revision) VALUES (?1, ?3, ?4)"
                           " ON CONFLICT DO NOTHING",
    [ZT_SQL_NEW_MEMBER] =
        "INSERT INTO member (nwid, address, record, revision) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT DO NOTHING",
    [ZT_SQL_ANY_SEEN] =
        "INSERT INTO seen (nwid, address, record) SELECT nwid, address, ?3 FROM member"
        " WHERE nwid = ?1 AND address = ?2"
        " ON CONFLICT (nwid, address) DO UPDATE SET record = excluded.record",
    [ZT_SQL_CHANGE_NETWORK] = "UPDATE network SET record = ?3, revision = ?4"
                              " WHERE nwid = ?1 AND revision = ?5",
    [ZT_SQL_CHANGE_MEMBER] = "UPDATE member SET record = ?3, revision = ?4"
                             " WHERE nwid = ?1 AND address = ?2 AND revision = ?5",
    [ZT_SQL_ANY_NETWORK] = "INSERT INTO network (nwid, record, revision) VALUES (?1, ?3, ?4)"
                           " ON CONFLICT (nwid) DO UPDATE SET record = ?3, revision = ?4",
    [ZT_SQL_ANY_MEMBER] =
        "INSERT INTO member (nwid, address, record, revision) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (nwid, address) DO UPDATE SET record = ?3, revision = ?4",
    [ZT_SQL_REMOVE_NETWORK] = "DELETE FROM network WHERE nwid = ?1",
    [ZT_SQL_REMOVE_MEMBER] = "DELETE FROM member WHERE nwid = ?1 AND address = ?2",
    [REMOVE_ALL] = "DELETE FROM network",
    [BEGIN] = "BEGIN IMMEDIATE",
    [BEGIN_READING] = "BEGIN",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [DATA_VERSION] = "PRAGMA data_version",
};

struct sqlite_store {
    struct zt_store store; /* first, so that one can be had from the other */
    struct zt_sqlite sqlite;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    int64_t data_version; /* changes when another connection has written */
    bool is_serving;      /* changes() has been called: others wait while we do */
    bool is_locked;       /* by another process, when we last looked */
};

static struct sqlite_store *opened(struct zt_store *store)
{
    return (struct sqlite_store *)store;
}

/* Who serves others does not wait for a locked file again at each change, but looks in changes(). */
static int fail(struct sqlite_store *store)
{
    int result = zt_sqlite_fail(&store->sqlite);

    if (result == ZT_STORE_AWAY)
        store->is_locked = store->is_serving;
    return result;
}

/* Runs a statement without result to its end. */
static int run(struct sqlite_store *store, unsigned which)
{
    sqlite3_stmt *statement = store->statements[which];
    int result = ZT_STORE_AWAY;

    if (!store->is_locked || which == BEGIN_READING || which == COMMIT || which == ROLLBACK)
        result = sqlite3_step(statement) == SQLITE_DONE ? ZT_STORE_OK : fail(store);
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    return result;
}

static int load_table(struct zt_store *store, enum zt_sql which, enum zt_record_kind kind,
                      zt_store_visit visit, void *context)
{
    sqlite3_stmt *statement = opened(store)->statements[which];
    int step;

    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        struct zt_record record = { .kind = kind,
                                    .nwid = (zt_nwid)sqlite3_column_int64(statement, 0),
                                    .address = (zt_address)sqlite3_column_int64(statement, 1),
                                    .revision = (uint64_t)sqlite3_column_int64(statement, 3),
                                    .json = (const char *)sqlite3_column_text(statement, 2),
                                    .length = (size_t)sqlite3_column_bytes(statement, 2) };

        if (record.json)
            visit(context, &record);
    }
    if (step != SQLITE_DONE)
        (void)fail(opened(store));
    (void)sqlite3_reset(statement);
    return step == SQLITE_DONE ? ZT_STORE_OK : ZT_STORE_FAILED;
}

static int load(struct zt_store *store, zt_store_visit visit, void *context)
{
    int result = run(opened(store), BEGIN_READING);

    if (result != ZT_STORE_OK)
        return result;
    result = zt_sql_load(store, load_table, visit, context);
    (void)run(opened(store), COMMIT);
    return result;
}

static int put(struct zt_store *base, const struct zt_record *record, uint64_t expected)
{
    struct sqlite_store *store = opened(base);
    enum zt_sql which = zt_sql_put(record, expected);
    sqlite3_stmt *statement = store->statements[which];
    int result;

    /* A number that the statement does not have is refused by bind, and of no matter. */
    (void)sqlite3_bind_int64(statement, 1, (sqlite3_int64)record->nwid);
    (void)sqlite3_bind_int64(statement, 2, (sqlite3_int64)record->address);
    (void)sqlite3_bind_text64(statement, 3, record->json, record->length, SQLITE_STATIC,
                              SQLITE_UTF8);
    (void)sqlite3_bind_int64(statement, 4, (sqlite3_int64)record->revision);
    (void)sqlite3_bind_int64(statement, 5, (sqlite3_int64)expected);
    result = run(store, which);
    if (result != ZT_STORE_OK || record->kind == ZT_RECORD_SEEN)
        return result;
    return sqlite3_changes(store->sqlite.database) > 0 ? ZT_STORE_OK : ZT_STORE_CONFLICT;
}

static int remove_record(struct zt_store *store, zt_nwid nwid, zt_address address)
{
    unsigned which = nwid == 0 ? REMOVE_ALL
                     : address ? ZT_SQL_REMOVE_MEMBER
                               : ZT_SQL_REMOVE_NETWORK;
    sqlite3_stmt *statement = opened(store)->statements[which];

    /* A number that the statement does not have is refused by bind, and of no matter. */
    (void)sqlite3_bind_int64(statement, 1, (sqlite3_int64)nwid);
    (void)sqlite3_bind_int64(statement, 2, (sqlite3_int64)address);
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

static int64_t data_version(struct sqlite_store *store)
{
    sqlite3_stmt *statement = store->statements[DATA_VERSION];
    int64_t version = store->data_version;

    if (sqlite3_step(statement) == SQLITE_ROW)
        version = sqlite3_column_int64(statement, 0);
    (void)sqlite3_reset(statement);
    return version;
}

/* Can it be written again? Looks without waiting. */
static bool is_free(struct sqlite_store *store)
{
    (void)sqlite3_busy_timeout(store->sqlite.database, 0);
    store->is_locked = false;
    if (run(store, BEGIN) == ZT_STORE_OK)
        (void)run(store, ROLLBACK);
    (void)sqlite3_busy_timeout(store->sqlite.database, BUSY_SERVING_MS);
    return !store->is_locked;
}

/* Another process has written: a restore, or somebody's SQL. Which rows is not told. */
static int changes(struct zt_store *base, int64_t mono_ms, zt_store_visit visit, void *context)
{
    struct sqlite_store *store = opened(base);
    int64_t version;

    (void)mono_ms;
    (void)visit;
    (void)context;
    if (!store->is_serving)
        (void)sqlite3_busy_timeout(store->sqlite.database, BUSY_SERVING_MS);
    store->is_serving = true;
    if (store->is_locked && !is_free(store))
        return ZT_STORE_AWAY;
    version = data_version(store);
    if (version == store->data_version)
        return ZT_STORE_OK;
    store->data_version = version;
    return ZT_STORE_RELOAD;
}

static const char *error_text(struct zt_store *store)
{
    return opened(store)->sqlite.error;
}

static void close_store(struct zt_store *store)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        (void)sqlite3_finalize(opened(store)->statements[i]);
    (void)sqlite3_close(opened(store)->sqlite.database);
    zt_free(store);
}

static const struct zt_store_functions functions = {
    .load = load,
    .put = put,
    .put_members = zt_store_put_each,
    .remove = remove_record,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .changes = changes,
    .descriptor = zt_store_no_descriptor,
    .error = error_text,
    .close = close_store,
};

static int prepare_statements(struct sqlite_store *store)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        if (sqlite3_prepare_v3(store->sqlite.database, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &store->statements[i], NULL) != SQLITE_OK)
            return fail(store);
    return ZT_STORE_OK;
}

static bool open_database(struct sqlite_store *store, const char *path, bool create)
{
    if (zt_sqlite_open(&store->sqlite, path, create) != ZT_STORE_OK ||
        prepare_statements(store) != ZT_STORE_OK)
        return false;
    store->data_version = data_version(store);
    return true;
}

struct zt_store *zt_store_sqlite_open(const char *path, bool create, char *error, size_t error_size)
{
    struct sqlite_store *store = zt_alloc(sizeof *store);

    if (!store) {
        zt_format(error, error_size, "%s: out of memory", path);
        return NULL;
    }
    store->store.functions = &functions;
    zt_format(store->sqlite.error, sizeof store->sqlite.error, "no name of a file");
    if (*path && open_database(store, path, create)) /* without one it would be a passing one */
        return &store->store;
    zt_format(error, error_size, "%.150s%s: %s", *path ? path : "sqlite",
              strlen(path) > 150 ? "..." : "", store->sqlite.error);
    close_store(&store->store);
    return NULL;
}
