/* SPDX-License-Identifier: Apache-2.0 */
/* The store on SQLite: tables of JSON texts; each change is on the disk before it returns. */
#include "base/mem.h"
#include "base/text.h"
#include "controller/store.h"

#include <sqlite3.h>
#include <string.h>

#define SCHEMA_VERSION 2
/* To wait for another process that writes (a backup does not, a restore does), with nobody else to serve and with. */
#define BUSY_MS 5000
#define BUSY_SERVING_MS 500

enum statement {
    LOAD_NETWORKS,
    LOAD_MEMBERS,
    LOAD_SEEN,
    NEW_NETWORK, /* the order of kinds; see statement_for */
    NEW_MEMBER,
    ANY_SEEN,
    CHANGE_NETWORK,
    CHANGE_MEMBER,
    ANY_NETWORK,
    ANY_MEMBER,
    REMOVE_NETWORK,
    REMOVE_MEMBER,
    REMOVE_ALL,
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
    [LOAD_NETWORKS] = "SELECT nwid, 0, record, " REVISION " FROM network ORDER BY nwid",
    [LOAD_MEMBERS] = "SELECT nwid, address, record, " REVISION " FROM member"
                     " ORDER BY nwid, address",
    [LOAD_SEEN] = "SELECT nwid, address, record, 0 FROM seen ORDER BY nwid, address",
    [NEW_NETWORK] = "INSERT INTO network (nwid, record, revision) VALUES (?1, ?3, ?4)"
                    " ON CONFLICT DO NOTHING",
    [NEW_MEMBER] = "INSERT INTO member (nwid, address, record, revision) VALUES (?1, ?2, ?3, ?4)"
                   " ON CONFLICT DO NOTHING",
    [ANY_SEEN] = "INSERT INTO seen (nwid, address, record) SELECT nwid, address, ?3 FROM member"
                 " WHERE nwid = ?1 AND address = ?2"
                 " ON CONFLICT (nwid, address) DO UPDATE SET record = excluded.record",
    [CHANGE_NETWORK] = "UPDATE network SET record = ?3, revision = ?4"
                       " WHERE nwid = ?1 AND revision = ?5",
    [CHANGE_MEMBER] = "UPDATE member SET record = ?3, revision = ?4"
                      " WHERE nwid = ?1 AND address = ?2 AND revision = ?5",
    [ANY_NETWORK] = "INSERT INTO network (nwid, record, revision) VALUES (?1, ?3, ?4)"
                    " ON CONFLICT (nwid) DO UPDATE SET record = ?3, revision = ?4",
    [ANY_MEMBER] = "INSERT INTO member (nwid, address, record, revision) VALUES (?1, ?2, ?3, ?4)"
                   " ON CONFLICT (nwid, address) DO UPDATE SET record = ?3, revision = ?4",
    [REMOVE_NETWORK] = "DELETE FROM network WHERE nwid = ?1",
    [REMOVE_MEMBER] = "DELETE FROM member WHERE nwid = ?1 AND address = ?2",
    [REMOVE_ALL] = "DELETE FROM network",
    [BEGIN] = "BEGIN IMMEDIATE",
    [BEGIN_READING] = "BEGIN",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [DATA_VERSION] = "PRAGMA data_version",
};

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

struct sqlite_store {
    struct zt_store store; /* first, so that one can be had from the other */
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    int64_t data_version; /* changes when another connection has written */
    bool is_serving;      /* changes() has been called: others wait while we do */
    bool is_locked;       /* by another process, when we last looked */
    char error[256];
};

static struct sqlite_store *opened(struct zt_store *store)
{
    return (struct sqlite_store *)store;
}

/* A file that another process holds is as good as away: who serves others does not wait for it again at each
   change, but looks in changes(). */
static int fail(struct sqlite_store *store)
{
    if ((sqlite3_errcode(store->database) & 0xff) == SQLITE_BUSY) {
        store->is_locked = store->is_serving;
        zt_format(store->error, sizeof store->error, "the file is locked by another program");
        return ZT_STORE_AWAY;
    }
    zt_format(store->error, sizeof store->error, "%s", sqlite3_errmsg(store->database));
    return ZT_STORE_FAILED;
}

/* Runs a statement without result to its end. */
static int run(struct sqlite_store *store, enum statement which)
{
    sqlite3_stmt *statement = store->statements[which];
    int result = ZT_STORE_AWAY;

    if (!store->is_locked || which == BEGIN_READING || which == COMMIT || which == ROLLBACK)
        result = sqlite3_step(statement) == SQLITE_DONE ? ZT_STORE_OK : fail(store);
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    return result;
}

static int load_table(struct sqlite_store *store, enum statement which, enum zt_record_kind kind,
                      zt_store_visit visit, void *context)
{
    sqlite3_stmt *statement = store->statements[which];
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
        (void)fail(store);
    (void)sqlite3_reset(statement);
    return step == SQLITE_DONE ? ZT_STORE_OK : ZT_STORE_FAILED;
}

static int load_tables(struct sqlite_store *store, zt_store_visit visit, void *context)
{
    int result = load_table(store, LOAD_NETWORKS, ZT_RECORD_NETWORK, visit, context);

    if (result == ZT_STORE_OK)
        result = load_table(store, LOAD_MEMBERS, ZT_RECORD_MEMBER, visit, context);
    if (result == ZT_STORE_OK)
        result = load_table(store, LOAD_SEEN, ZT_RECORD_SEEN, visit, context);
    return result;
}

static int load(struct zt_store *store, zt_store_visit visit, void *context)
{
    int result = run(opened(store), BEGIN_READING);

    if (result != ZT_STORE_OK)
        return result;
    result = load_tables(opened(store), visit, context);
    (void)run(opened(store), COMMIT);
    return result;
}

static enum statement statement_for(const struct zt_record *record, uint64_t expected)
{
    if (record->kind == ZT_RECORD_SEEN)
        return ANY_SEEN;
    if (expected == ZT_ANY_REVISION)
        return record->kind == ZT_RECORD_NETWORK ? ANY_NETWORK : ANY_MEMBER;
    if (expected == ZT_NO_RECORD)
        return record->kind == ZT_RECORD_NETWORK ? NEW_NETWORK : NEW_MEMBER;
    return record->kind == ZT_RECORD_NETWORK ? CHANGE_NETWORK : CHANGE_MEMBER;
}

static int put(struct zt_store *base, const struct zt_record *record, uint64_t expected)
{
    struct sqlite_store *store = opened(base);
    enum statement which = statement_for(record, expected);
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
    return sqlite3_changes(store->database) > 0 ? ZT_STORE_OK : ZT_STORE_CONFLICT;
}

static int remove_record(struct zt_store *store, zt_nwid nwid, zt_address address)
{
    enum statement which = nwid == 0 ? REMOVE_ALL : address ? REMOVE_MEMBER : REMOVE_NETWORK;
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
    (void)sqlite3_busy_timeout(store->database, 0);
    store->is_locked = false;
    if (run(store, BEGIN) == ZT_STORE_OK)
        (void)run(store, ROLLBACK);
    (void)sqlite3_busy_timeout(store->database, BUSY_SERVING_MS);
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
        (void)sqlite3_busy_timeout(store->database, BUSY_SERVING_MS);
    store->is_serving = true;
    if (store->is_locked && !is_free(store))
        return ZT_STORE_AWAY;
    version = data_version(store);
    if (version == store->data_version)
        return ZT_STORE_OK;
    store->data_version = version;
    return ZT_STORE_RELOAD;
}

static int descriptor(struct zt_store *store, bool *for_writing)
{
    (void)store;
    *for_writing = false;
    return -1;
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

static const struct zt_store_functions functions = {
    .load = load,
    .put = put,
    .put_members = zt_store_put_each,
    .remove = remove_record,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .changes = changes,
    .descriptor = descriptor,
    .error = error_text,
    .close = close_store,
};

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
static int check_owner(struct sqlite_store *store, bool create)
{
    int version = schema_version(store->database);
    int tables = one_number(store->database, "SELECT count(*) FROM sqlite_master");

    if (version < 0 || tables < 0)
        return fail(store);
    if (version > 0 || (create && tables == 0))
        return ZT_STORE_OK;
    zt_format(store->error, sizeof store->error,
              tables == 0 ? "holds no records of a controller" : "is a database of something else");
    return ZT_STORE_FAILED;
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

/* From version to version in one transaction: a file is never left between two. */
static int migrate(struct sqlite_store *store)
{
    int result = execute(store, "BEGIN IMMEDIATE"), version;

    if (result != ZT_STORE_OK)
        return result;
    version = schema_version(store->database); /* another process may have been faster */
    for (; result == ZT_STORE_OK && version < SCHEMA_VERSION; version++)
        result = execute(store, migrations[version]);
    if (result == ZT_STORE_OK)
        result = execute(store, "COMMIT");
    if (result != ZT_STORE_OK)
        (void)sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

static int prepare_schema(struct sqlite_store *store)
{
    int version = schema_version(store->database);

    if (version < 0)
        return fail(store);
    if (version <= SCHEMA_VERSION)
        return version == SCHEMA_VERSION ? ZT_STORE_OK : migrate(store);
    zt_format(store->error, sizeof store->error, "schema version %d is newer than %d", version,
              SCHEMA_VERSION);
    return ZT_STORE_FAILED;
}

static int prepare_statements(struct sqlite_store *store)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        if (sqlite3_prepare_v3(store->database, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &store->statements[i], NULL) != SQLITE_OK)
            return fail(store);
    return 0;
}

static int open_database(struct sqlite_store *store, const char *path, bool create)
{
    int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);

    if (sqlite3_open_v2(path, &store->database, flags, NULL) != SQLITE_OK)
        return fail(store);
    (void)sqlite3_busy_timeout(store->database, BUSY_MS);
    if (check_owner(store, create) != 0)
        return -1;
    if (execute(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                       "PRAGMA foreign_keys = ON") != 0 ||
        check_integrity(store) != 0 || prepare_schema(store) != 0)
        return -1;
    if (prepare_statements(store) != 0)
        return -1;
    store->data_version = data_version(store);
    return 0;
}

struct zt_store *zt_store_sqlite_open(const char *path, bool create, char *error, size_t error_size)
{
    struct sqlite_store *store = zt_alloc(sizeof *store);

    if (!store) {
        zt_format(error, error_size, "%s: out of memory", path);
        return NULL;
    }
    store->store.functions = &functions;
    zt_format(store->error, sizeof store->error, "no name of a file");
    if (*path &&
        open_database(store, path, create) == 0) /* without one it would be a passing one */
        return &store->store;
    zt_format(error, error_size, "%.150s%s: %s", *path ? path : "sqlite",
              strlen(path) > 150 ? "..." : "", store->error);
    close_store(&store->store);
    return NULL;
}
