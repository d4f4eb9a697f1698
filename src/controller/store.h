/* SPDX-License-Identifier: Apache-2.0 */
/* The store interface: where a controller keeps its records. Records are JSON texts; ids are keys.
   Calls come from one thread at a time. What was put is durable when the call returns ZT_STORE_OK. */
#ifndef ZT_CONTROLLER_STORE_H
#define ZT_CONTROLLER_STORE_H

#include "vl1/address.h"

#include <stdbool.h>
#include <stddef.h>

enum zt_record_kind {
    ZT_RECORD_NETWORK = 1,
    ZT_RECORD_MEMBER, /* of a network that is there */
    ZT_RECORD_SEEN    /* what is known of a member besides its record; goes with it */
};

struct zt_record {
    enum zt_record_kind kind;
    zt_nwid nwid;
    zt_address address; /* 0 for a network */
    uint64_t revision;  /* of networks and members, as the JSON has it */
    const char *json;   /* borrowed; ends with a 0. NULL: the record is gone */
    size_t length;      /* without that 0 */
};

enum zt_store_result {
    ZT_STORE_OK = 0,
    ZT_STORE_MORE = 1,      /* changes: call again */
    ZT_STORE_RELOAD = 2,    /* changes: too much may have changed to tell; load again */
    ZT_STORE_FAILED = -1,   /* error() tells */
    ZT_STORE_CONFLICT = -2, /* put: somebody else has changed the record; changes() will tell */
    ZT_STORE_AWAY = -3      /* the database can't be reached now; error() tells */
};

/* Instead of an expected revision. */
#define ZT_ANY_REVISION UINT64_MAX
#define ZT_NO_RECORD (UINT64_MAX - 1) /* none is there yet */

/* A record to put, if the one that is there has the revision `expected`. */
struct zt_put {
    struct zt_record record;
    uint64_t expected;
};

/* The record is borrowed. */
typedef void (*zt_store_visit)(void *context, const struct zt_record *record);

struct zt_store;

/* Each returns ZT_STORE_OK or another of enum zt_store_result. */
struct zt_store_functions {
    /* As of one moment: all networks, then all members, then what was seen of them. */
    int (*load)(struct zt_store *store, zt_store_visit visit, void *context);
    /* Makes or replaces a record, if the one that is there has the revision `expected`. That is of no
       meaning for ZT_RECORD_SEEN, which is left out if there is no such member. */
    int (*put)(struct zt_store *store, const struct zt_record *record, uint64_t expected);
    /* Puts several members' records as one, all or nothing, with a revision to expect of each. After a failure
       its text may be of no help: each that is put alone tells its own. */
    int (*put_members)(struct zt_store *store, const struct zt_put *puts, size_t count);
    /* address 0: the network with all its members; nwid 0: everything. A record that is not there is no
       failure. */
    int (*remove)(struct zt_store *store, zt_nwid nwid, zt_address address);
    /* Several puts and removes as one: all or nothing. After a failure in between: rollback. */
    int (*begin)(struct zt_store *store);
    int (*commit)(struct zt_store *store);
    void (*rollback)(struct zt_store *store);
    /* What others have changed since load or the last call. Also reconnects. Never blocks for long. */
    int (*changes)(struct zt_store *store, int64_t mono_ms, zt_store_visit visit, void *context);
    /* Becomes ready when changes() has something to do, besides being called each second; -1: none. May be
       another one after each call. */
    int (*descriptor)(struct zt_store *store, bool *for_writing);
    const char *(*error)(struct zt_store *store); /* text of the last failure */
    void (*close)(struct zt_store *store);        /* frees it */
};

struct zt_store {
    const struct zt_store_functions *functions;
};

/* Records live as long as the store. NULL: out of memory. */
struct zt_store *zt_store_mem_open(void);
/* path: the database file, created if missing and wanted. NULL on failure, with a text in error. */
struct zt_store *zt_store_sqlite_open(const char *path, bool create, char *error,
                                      size_t error_size);
/* where: a connection string or URI of PostgreSQL; the tables are made if missing. */
struct zt_store *zt_store_postgres_open(const char *where, char *error, size_t error_size);
/* "memory", "sqlite:PATH" or "postgres:URI", where URI may also be what follows "postgres:" in
   postgres://... or a connection string. */
struct zt_store *zt_store_open(const char *where, bool create, char *error, size_t error_size);

#endif
