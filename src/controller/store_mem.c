/* SPDX-License-Identifier: Apache-2.0 */
/* The store in memory: for controllers whose records may go with the process, and for tests. */
#include "base/table.h"
#include "base/text.h"
#include "controller/store_parts.h"

#include <string.h>

struct entry {
    struct entry_key {
        uint64_t kind, nwid, address;
    } key;
    uint64_t revision;
    char *json; /* owned */
    size_t length;
    UT_hash_handle hh;
};

/* What was there before a change within a transaction; json NULL: nothing was. */
struct undo {
    struct entry_key key;
    uint64_t revision;
    char *json;
    size_t length;
    struct undo *next;
};

struct mem_store {
    struct zt_store store; /* first, so that one can be had from the other */
    struct entry *entries;
    bool is_open;      /* a transaction */
    struct undo *undo; /* newest first */
    char error[64];
};

static struct mem_store *opened(struct zt_store *store)
{
    return (struct mem_store *)store;
}

static int fail(struct mem_store *store, const char *why)
{
    zt_format(store->error, sizeof store->error, "%s", why);
    return ZT_STORE_FAILED;
}

static struct entry *find(const struct mem_store *store, struct entry_key key)
{
    struct entry *entry;

    HASH_FIND(hh, store->entries, &key, sizeof key, entry);
    return entry;
}

static struct entry_key key_of(enum zt_record_kind kind, zt_nwid nwid, zt_address address)
{
    return (struct entry_key){ kind, nwid, address };
}

static char *copy_of(const char *json, size_t length)
{
    char *copy = zt_alloc(length + 1);

    if (copy)
        memcpy(copy, json, length);
    return copy;
}

static void drop(struct mem_store *store, struct entry *entry)
{
    HASH_DEL(store->entries, entry);
    zt_free(entry->json);
    zt_free(entry);
}

/* Within a transaction what was there is kept; entry NULL: nothing was. */
static bool remember(struct mem_store *store, struct entry_key key, const struct entry *entry)
{
    struct undo *undo;

    if (!store->is_open)
        return true;
    undo = zt_alloc(sizeof *undo);
    if (!undo)
        return false;
    undo->key = key;
    if (entry) {
        undo->revision = entry->revision;
        undo->length = entry->length;
        undo->json = copy_of(entry->json, entry->length);
    }
    if (entry && !undo->json) {
        zt_free(undo);
        return false;
    }
    undo->next = store->undo;
    store->undo = undo;
    return true;
}

static void forget(struct mem_store *store)
{
    while (store->undo) {
        struct undo *undo = store->undo;

        store->undo = undo->next;
        zt_free(undo->json);
        zt_free(undo);
    }
    store->is_open = false;
}

/* Takes json. */
static bool set(struct mem_store *store, struct entry_key key, uint64_t revision, char *json,
                size_t length)
{
    struct entry *entry = find(store, key);

    if (!entry) {
        entry = zt_alloc(sizeof *entry);
        if (!entry)
            return false;
        entry->key = key;
        HASH_ADD(hh, store->entries, key, sizeof entry->key, entry);
        if (!entry->hh.tbl) {
            zt_free(entry);
            return false;
        }
    }
    zt_free(entry->json);
    entry->json = json;
    entry->length = length;
    entry->revision = revision;
    return true;
}

static int by_key(const struct entry *a, const struct entry *b)
{
    if (a->key.kind != b->key.kind)
        return a->key.kind < b->key.kind ? -1 : 1;
    if (a->key.nwid != b->key.nwid)
        return a->key.nwid < b->key.nwid ? -1 : 1;
    return a->key.address < b->key.address ? -1 : a->key.address > b->key.address;
}

static int load(struct zt_store *store, zt_store_visit visit, void *context)
{
    struct entry *entry, *next;

    HASH_SORT(opened(store)->entries, by_key);
    HASH_ITER(hh, opened(store)->entries, entry, next)
    {
        struct zt_record record = { (enum zt_record_kind)entry->key.kind,
                                    entry->key.nwid,
                                    entry->key.address,
                                    entry->revision,
                                    entry->json,
                                    entry->length };

        visit(context, &record);
    }
    return ZT_STORE_OK;
}

/* Is what the record belongs to there? */
static bool has_owner(const struct mem_store *store, const struct zt_record *record)
{
    if (record->kind == ZT_RECORD_NETWORK)
        return true;
    if (record->kind == ZT_RECORD_MEMBER)
        return find(store, key_of(ZT_RECORD_NETWORK, record->nwid, 0)) != NULL;
    return find(store, key_of(ZT_RECORD_MEMBER, record->nwid, record->address)) != NULL;
}

static int put(struct zt_store *base, const struct zt_record *record, uint64_t expected)
{
    struct mem_store *store = opened(base);
    struct entry_key key = key_of(record->kind, record->nwid, record->address);
    const struct entry *old = find(store, key);
    uint64_t revision = old ? old->revision : ZT_NO_RECORD;
    char *json;

    if (!has_owner(store, record))
        return record->kind == ZT_RECORD_SEEN ? ZT_STORE_OK
                                              : fail(store, "there is no such network");
    if (record->kind != ZT_RECORD_SEEN && expected != ZT_ANY_REVISION && expected != revision)
        return ZT_STORE_CONFLICT;
    json = copy_of(record->json, record->length);
    if (json && remember(store, key, old) &&
        set(store, key, record->revision, json, record->length))
        return ZT_STORE_OK;
    zt_free(json);
    return fail(store, "out of memory");
}

static bool is_below(const struct entry_key *key, zt_nwid nwid, zt_address address)
{
    return nwid == 0 || (key->nwid == nwid && (address == 0 || key->address == address));
}

static int remove_record(struct zt_store *base, zt_nwid nwid, zt_address address)
{
    struct mem_store *store = opened(base);
    struct entry *entry, *next;

    HASH_ITER(hh, store->entries, entry, next)
    {
        if (is_below(&entry->key, nwid, address) && !remember(store, entry->key, entry))
            return fail(store, "out of memory");
    }
    HASH_ITER(hh, store->entries, entry, next)
    {
        if (is_below(&entry->key, nwid, address))
            drop(store, entry);
    }
    return ZT_STORE_OK;
}

static int begin(struct zt_store *store)
{
    opened(store)->is_open = true;
    return ZT_STORE_OK;
}

static int commit(struct zt_store *store)
{
    forget(opened(store));
    return ZT_STORE_OK;
}

static void rollback(struct zt_store *base)
{
    struct mem_store *store = opened(base);

    for (struct undo *undo = store->undo; undo; undo = undo->next) {
        struct entry *entry = find(store, undo->key);

        if (!undo->json && entry)
            drop(store, entry);
        if (undo->json && set(store, undo->key, undo->revision, undo->json, undo->length))
            undo->json = NULL;
    }
    forget(store);
}

static int changes(struct zt_store *store, int64_t mono_ms, zt_store_visit visit, void *context)
{
    (void)store;
    (void)mono_ms;
    (void)visit;
    (void)context;
    return ZT_STORE_OK;
}

static const char *error_text(struct zt_store *store)
{
    return opened(store)->error;
}

static void close_store(struct zt_store *base)
{
    struct mem_store *store = opened(base);
    struct entry *entry, *next;

    forget(store);
    HASH_ITER(hh, store->entries, entry, next)
    {
        drop(store, entry);
    }
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

struct zt_store *zt_store_mem_open(void)
{
    struct mem_store *store = zt_alloc(sizeof *store);

    if (!store)
        return NULL;
    store->store.functions = &functions;
    return &store->store;
}
