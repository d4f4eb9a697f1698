/* SPDX-License-Identifier: Apache-2.0 */
/* Several puts as one transaction, and what is the same in every dialect of SQL. */
#include "controller/store_parts.h"

int zt_store_put_each(struct zt_store *store, const struct zt_put *puts, size_t count)
{
    const struct zt_store_functions *functions = store->functions;
    int result = functions->begin(store);

    if (result != ZT_STORE_OK)
        return result;
    for (size_t i = 0; i < count && result == ZT_STORE_OK; i++)
        result = functions->put(store, &puts[i].record, puts[i].expected);
    if (result == ZT_STORE_OK)
        result = functions->commit(store);
    if (result != ZT_STORE_OK)
        functions->rollback(store);
    return result;
}

int zt_store_no_descriptor(struct zt_store *store, bool *for_writing)
{
    (void)store;
    *for_writing = false;
    return -1;
}

enum zt_sql zt_sql_put(const struct zt_record *record, uint64_t expected)
{
    if (record->kind == ZT_RECORD_SEEN)
        return ZT_SQL_ANY_SEEN;
    if (expected == ZT_ANY_REVISION)
        return record->kind == ZT_RECORD_NETWORK ? ZT_SQL_ANY_NETWORK : ZT_SQL_ANY_MEMBER;
    if (expected == ZT_NO_RECORD)
        return record->kind == ZT_RECORD_NETWORK ? ZT_SQL_NEW_NETWORK : ZT_SQL_NEW_MEMBER;
    return record->kind == ZT_RECORD_NETWORK ? ZT_SQL_CHANGE_NETWORK : ZT_SQL_CHANGE_MEMBER;
}

int zt_sql_load(struct zt_store *store, zt_sql_load_table load_table, zt_store_visit visit,
                void *context)
{
    int result = load_table(store, ZT_SQL_LOAD_NETWORKS, ZT_RECORD_NETWORK, visit, context);

    if (result == ZT_STORE_OK)
        result = load_table(store, ZT_SQL_LOAD_MEMBERS, ZT_RECORD_MEMBER, visit, context);
    if (result == ZT_STORE_OK)
        result = load_table(store, ZT_SQL_LOAD_SEEN, ZT_RECORD_SEEN, visit, context);
    return result;
}
