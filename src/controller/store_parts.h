/* SPDX-License-Identifier: Apache-2.0 */
/* What several stores are made of. */
#ifndef ZT_CONTROLLER_STORE_PARTS_H
#define ZT_CONTROLLER_STORE_PARTS_H

#include "controller/store.h"

/* put_members by begin, put and commit. */
int zt_store_put_each(struct zt_store *store, const struct zt_put *puts, size_t count);
/* descriptor of a store that nothing tells of changes. */
int zt_store_no_descriptor(struct zt_store *store, bool *for_writing);

/* What both SQL stores do by prepared statements; each goes on counting with its own. */
enum zt_sql {
    ZT_SQL_LOAD_NETWORKS,
    ZT_SQL_LOAD_MEMBERS,
    ZT_SQL_LOAD_SEEN,
    ZT_SQL_NEW_NETWORK,
    ZT_SQL_NEW_MEMBER,
    ZT_SQL_CHANGE_NETWORK,
    ZT_SQL_CHANGE_MEMBER,
    ZT_SQL_ANY_NETWORK,
    ZT_SQL_ANY_MEMBER,
    ZT_SQL_ANY_SEEN,
    ZT_SQL_REMOVE_NETWORK,
    ZT_SQL_REMOVE_MEMBER,
    ZT_SQL_COUNT
};

/* The one that puts the record where that revision is expected. */
enum zt_sql zt_sql_put(const struct zt_record *record, uint64_t expected);

/* Shows the records of one table, which that statement selects. */
typedef int (*zt_sql_load_table)(struct zt_store *store, enum zt_sql which,
                                 enum zt_record_kind kind, zt_store_visit visit, void *context);
/* All tables in the order of load. */
int zt_sql_load(struct zt_store *store, zt_sql_load_table load_table, zt_store_visit visit,
                void *context);

#endif
