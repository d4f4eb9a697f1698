/* SPDX-License-Identifier: Apache-2.0 */
/* The memory store of a fixture watched: it counts what is put, and fails where it is told to. */
#ifndef ZT_TESTS_CONTROLLER_WATCHED_H
#define ZT_TESTS_CONTROLLER_WATCHED_H

#include "controller_fixture.h"

#define ANY_MEMBER UINT64_MAX

static struct {
    const struct zt_store_functions *whole;
    unsigned put_count, group_count;
    int put_result, group_result;
    zt_address refused; /* put alone, or ANY_MEMBER; 0: none */
} watch;

static inline int watched_put(struct zt_store *store, const struct zt_record *record,
                              uint64_t expected)
{
    watch.put_count++;
    if (watch.put_result != ZT_STORE_OK)
        return watch.put_result;
    if (record->address && (watch.refused == ANY_MEMBER || record->address == watch.refused))
        return ZT_STORE_FAILED;
    return watch.whole->put(store, record, expected);
}

static inline int watched_put_members(struct zt_store *store, const struct zt_put *puts,
                                      size_t count)
{
    watch.group_count++;
    return watch.group_result == ZT_STORE_OK ? watch.whole->put_members(store, puts, count)
                                             : watch.group_result;
}

static inline void watch_store(struct fixture *fixture)
{
    static struct zt_store_functions watched;

    memset(&watch, 0, sizeof watch);
    watch.whole = fixture->store->functions;
    watched = *watch.whole;
    watched.put = watched_put;
    watched.put_members = watched_put_members;
    fixture->store->functions = &watched;
}

static inline void forget_counts(void)
{
    watch.put_count = watch.group_count = 0;
}

#endif
