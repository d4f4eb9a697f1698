/* SPDX-License-Identifier: Apache-2.0 */
/* The store on PostgreSQL: tables of JSON that several controllers and people with SQL may share. A trigger
   tells all of them what was changed. docs/controller.md describes the tables. */
#include "base/mem.h"
#include "base/text.h"
#include "controller/postgres.h"
#include "controller/postgres_rows.h"
#include "controller/postgres_schema.h"
#include "controller/postgres_statements.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NEWS_AT_ONCE 256 /* notices taken in one call of changes() */

struct postgres_store {
    struct zt_store store; /* first, so that one can be had from the other */
    struct zt_postgres postgres;
    bool has_conflict; /* whose record is not what we think */
    zt_nwid conflict_nwid;
    zt_address conflict_address;
};

static struct postgres_store *opened(struct zt_store *store)
{
    return (struct postgres_store *)store;
}

/* Ids as parameters. */
struct ids {
    char nwid[ZT_NWID_TEXT], address[ZT_ADDRESS_TEXT];
};

static struct ids ids_of(zt_nwid nwid, zt_address address)
{
    struct ids ids;

    zt_hex_number_write(ids.nwid, nwid, 16);
    zt_hex_number_write(ids.address, address, 10);
    return ids;
}

/* A primary whose synchronous standby is gone lets everybody in, and lets each change wait. Who has others to
   serve finds out by a change of nothing. The row stays locked while one waits, so there is no second. */
static bool try_writing(struct zt_postgres *postgres)
{
    char why[sizeof postgres->error];

    if (zt_postgres_command(postgres, "UPDATE zt_schema SET version = version") == ZT_STORE_OK)
        return true;
    zt_format(why, sizeof why, "%s", postgres->error);
    zt_format(postgres->error, sizeof postgres->error,
              "no change is carried out (does the server wait for a standby?): %s", why);
    return false;
}

/* Listening comes before the first load, so that no change falls between. */
static bool set_up(struct zt_postgres *postgres)
{
    return zt_postgres_make_schema(postgres) && (!postgres->is_serving || try_writing(postgres)) &&
           zt_postgres_prepare_all(postgres) &&
           zt_postgres_command(postgres, "LISTEN zt_changed") == ZT_STORE_OK;
}

/* Row by row, as a large network should not stand in memory twice. */
static int load_table(struct zt_store *base, enum zt_sql which, enum zt_record_kind kind,
                      zt_store_visit visit, void *context)
{
    struct zt_postgres *postgres = &opened(base)->postgres;
    int why = zt_postgres_start_statement(postgres, which);
    PGresult *result;

    if (why != ZT_STORE_OK)
        return why;
    while ((result = zt_postgres_next(postgres, &why)) != NULL) {
        struct zt_record record;

        if (PQntuples(result) == 1 && zt_postgres_read_row(&record, kind, result, 0))
            visit(context, &record);
        PQclear(result);
    }
    return why;
}

static int load(struct zt_store *base, zt_store_visit visit, void *context)
{
    struct postgres_store *store = opened(base);
    int result =
        zt_postgres_command(&store->postgres, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");

    if (result == ZT_STORE_OK)
        result = zt_sql_load(base, load_table, visit, context);
    if (result == ZT_STORE_OK)
        return zt_postgres_command(&store->postgres, "COMMIT");
    (void)zt_postgres_command(&store->postgres, "ROLLBACK");
    return result;
}

static int put(struct zt_store *base, const struct zt_record *record, uint64_t expected)
{
    struct postgres_store *store = opened(base);
    enum zt_sql which = zt_sql_put(record, expected);
    struct ids ids = ids_of(record->nwid, record->address);
    char revision[24];
    const char *values[4] = { ids.nwid };
    int why, at = 1;
    PGresult *result;
    bool is_done;

    if (record->kind != ZT_RECORD_NETWORK)
        values[at++] = ids.address;
    values[at++] = record->json;
    values[at] = revision;
    zt_format(revision, sizeof revision, "%" PRIu64, expected);
    result = zt_postgres_run_statement(&store->postgres, which, values, &why);
    if (!result)
        return why;
    is_done = record->kind == ZT_RECORD_SEEN || strcmp(PQcmdTuples(result), "1") == 0;
    PQclear(result);
    if (is_done)
        return ZT_STORE_OK;
    store->has_conflict = true;
    store->conflict_nwid = record->nwid;
    store->conflict_address = record->address;
    return ZT_STORE_CONFLICT;
}

/* Writes the rows that are new, or those that are not. */
static int put_rows(struct postgres_store *store, const struct zt_put *puts, size_t put_count,
                    bool are_new)
{
    unsigned which = are_new ? ZT_POSTGRES_NEW_MEMBERS : ZT_POSTGRES_CHANGE_MEMBERS;
    size_t count;
    char *rows = zt_postgres_rows(puts, put_count, are_new, &count);
    const char *const values[] = { rows };
    PGresult *result = NULL;
    int why = rows ? ZT_STORE_OK : ZT_STORE_FAILED;

    if (count > 0 && rows)
        result = zt_postgres_run_statement(&store->postgres, which, values, &why);
    zt_free(rows);
    if (!result)
        return why;
    if (strtoul(PQcmdTuples(result), NULL, 10) != count)
        why = ZT_STORE_CONFLICT;
    PQclear(result);
    return why;
}

static int put_members(struct zt_store *base, const struct zt_put *puts, size_t count)
{
    struct postgres_store *store = opened(base);
    int result = zt_postgres_command(&store->postgres, "BEGIN");

    if (result != ZT_STORE_OK)
        return result;
    result = put_rows(store, puts, count, true);
    if (result == ZT_STORE_OK)
        result = put_rows(store, puts, count, false);
    if (result == ZT_STORE_OK)
        result = zt_postgres_command(&store->postgres, "COMMIT");
    if (result != ZT_STORE_OK)
        (void)zt_postgres_command(&store->postgres, "ROLLBACK");
    return result;
}

static int remove_record(struct zt_store *store, zt_nwid nwid, zt_address address)
{
    unsigned which = address ? ZT_SQL_REMOVE_MEMBER : ZT_SQL_REMOVE_NETWORK;
    struct ids ids = ids_of(nwid, address);
    const char *const values[] = { ids.nwid, ids.address };
    int why;

    if (!address) /* and all its members */
        zt_postgres_expect_long(&opened(store)->postgres);
    if (nwid == 0)
        return zt_postgres_command(&opened(store)->postgres,
                                   "DELETE FROM zt_network; NOTIFY zt_changed, 'all'");
    PQclear(zt_postgres_run_statement(&opened(store)->postgres, which, values, &why));
    return why;
}

static int begin(struct zt_store *store)
{
    return zt_postgres_command(&opened(store)->postgres, "BEGIN");
}

static int commit(struct zt_store *store)
{
    return zt_postgres_command(&opened(store)->postgres, "COMMIT");
}

static void rollback(struct zt_store *store)
{
    (void)zt_postgres_command(&opened(store)->postgres, "ROLLBACK");
}

/* Shows the record as it is now; not there, it is gone. is_gone: it was a network, which has taken its members with
   it. If it is there all the same, it was made again, and all has to be read to know who is left. */
static int visit_one(struct postgres_store *store, zt_nwid nwid, zt_address address, bool is_gone,
                     zt_store_visit visit, void *context)
{
    unsigned which = address ? ZT_POSTGRES_ONE_MEMBER : ZT_POSTGRES_ONE_NETWORK;
    enum zt_record_kind kind = address ? ZT_RECORD_MEMBER : ZT_RECORD_NETWORK;
    struct ids ids = ids_of(nwid, address);
    const char *const values[] = { ids.nwid, ids.address };
    struct zt_record record = { .kind = kind, .nwid = nwid, .address = address };
    int why = ZT_STORE_OK;
    PGresult *result = zt_postgres_run_statement(&store->postgres, which, values, &why);

    if (!result)
        return why;
    if (is_gone && PQntuples(result) > 0)
        why = ZT_STORE_RELOAD;
    else if (PQntuples(result) == 0 || zt_postgres_read_row(&record, kind, result, 0))
        visit(context, &record);
    PQclear(result);
    return why;
}

/* "NWID ADDRESS"; "NWID " or "NWID gone" for a network. Anything else was sent by somebody who means something
   else. */
static int visit_news(struct postgres_store *store, const char *text, zt_store_visit visit,
                      void *context)
{
    char nwid_text[ZT_NWID_TEXT];
    uint64_t nwid, address = 0;
    bool is_gone;

    if (strlen(text) < 17 || text[16] != ' ')
        return ZT_STORE_OK;
    is_gone = strcmp(text + 17, "gone") == 0;
    zt_format(nwid_text, sizeof nwid_text, "%.16s", text);
    if (!zt_hex_number(&nwid, nwid_text, 16) ||
        (text[17] && !is_gone && !zt_hex_number(&address, text + 17, 10)))
        return ZT_STORE_OK;
    return visit_one(store, nwid, address, is_gone, visit, context);
}

static PGnotify *next_news(struct postgres_store *store)
{
    return store->postgres.connection ? PQnotifies(store->postgres.connection) : NULL;
}

/* What has come is older than the reading of all that follows. */
static int forget_news(struct postgres_store *store)
{
    PGnotify *news;

    while ((news = next_news(store)) != NULL)
        PQfreemem(news);
    return ZT_STORE_RELOAD;
}

static int take_news(struct postgres_store *store, zt_store_visit visit, void *context)
{
    for (int i = 0; i < NEWS_AT_ONCE; i++) {
        PGnotify *news = next_news(store);
        int result = ZT_STORE_OK;

        if (!news)
            return ZT_STORE_OK;
        if (strcmp(news->extra, "all") == 0)
            result = ZT_STORE_RELOAD;
        else if (news->be_pid != PQbackendPID(store->postgres.connection))
            result = visit_news(store, news->extra, visit, context);
        PQfreemem(news);
        if (result != ZT_STORE_OK)
            return result == ZT_STORE_RELOAD ? forget_news(store) : result;
    }
    return ZT_STORE_MORE;
}

static int changes(struct zt_store *base, int64_t mono_ms, zt_store_visit visit, void *context)
{
    struct postgres_store *store = opened(base);
    int result = zt_postgres_step(&store->postgres, mono_ms);

    if (result != ZT_STORE_OK)
        return result;
    if (store->has_conflict) {
        store->has_conflict = false;
        result =
            visit_one(store, store->conflict_nwid, store->conflict_address, false, visit, context);
    }
    return result == ZT_STORE_OK ? take_news(store, visit, context) : result;
}

static int descriptor(struct zt_store *store, bool *for_writing)
{
    const struct zt_postgres *postgres = &opened(store)->postgres;

    *for_writing =
        postgres->state == ZT_POSTGRES_CONNECTING && postgres->awaited == PGRES_POLLING_WRITING;
    return postgres->connection ? PQsocket(postgres->connection) : -1;
}

static const char *error_text(struct zt_store *store)
{
    return opened(store)->postgres.error;
}

static void close_store(struct zt_store *store)
{
    zt_postgres_close(&opened(store)->postgres);
    zt_free(store);
}

static const struct zt_store_functions functions = {
    .load = load,
    .put = put,
    .put_members = put_members,
    .remove = remove_record,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .changes = changes,
    .descriptor = descriptor,
    .error = error_text,
    .close = close_store,
};

struct zt_store *zt_store_postgres_open(const char *where, char *error, size_t error_size)
{
    struct postgres_store *store = zt_alloc(sizeof *store);

    if (!store) {
        zt_format(error, error_size, "out of memory");
        return NULL;
    }
    store->store.functions = &functions;
    if (zt_postgres_open(&store->postgres, where, set_up))
        return &store->store;
    zt_format(error, error_size, "PostgreSQL: %s", store->postgres.error);
    close_store(&store->store);
    return NULL;
}
