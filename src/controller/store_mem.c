/* SPDX-License-Identifier: Apache-2.0 */
/* The store that keeps nothing: for controllers whose records may go with the process, and for tests. */
#include "base/mem.h"
#include "controller/store.h"

static int load_nothing(struct zt_store *store, zt_store_visit visit, void *context)
{
    (void)store;
    (void)visit;
    (void)context;
    return 0;
}

static int put(struct zt_store *store, zt_nwid nwid, zt_address member, const char *json,
               size_t length)
{
    (void)store;
    (void)nwid;
    (void)member;
    (void)json;
    (void)length;
    return 0;
}

static int remove_record(struct zt_store *store, zt_nwid nwid, zt_address member)
{
    (void)store;
    (void)nwid;
    (void)member;
    return 0;
}

static int begin_or_commit(struct zt_store *store)
{
    (void)store;
    return 0;
}

static void rollback(struct zt_store *store)
{
    (void)store;
}

static const char *no_error(struct zt_store *store)
{
    (void)store;
    return "";
}

static void close_store(struct zt_store *store)
{
    zt_free(store);
}

static const struct zt_store_functions functions = { load_nothing,    put,
                                                     remove_record,   begin_or_commit,
                                                     begin_or_commit, rollback,
                                                     no_error,        close_store };

struct zt_store *zt_store_mem_open(void)
{
    struct zt_store *store = zt_alloc(sizeof *store);

    if (store)
        store->functions = &functions;
    return store;
}
