/* SPDX-License-Identifier: Apache-2.0 */
/* The store interface: where a controller keeps its records. Records are JSON texts; ids are keys.
   Calls come from one thread at a time. Every put and delete is durable when it returns 0. */
#ifndef ZT_CONTROLLER_STORE_H
#define ZT_CONTROLLER_STORE_H

#include "vl1/address.h"

#include <stddef.h>

struct zt_store;

/* Called for each record while loading; json is borrowed. member 0: a network record. */
typedef void (*zt_store_visit)(void *context, zt_nwid nwid, zt_address member, const char *json,
                               size_t length);

struct zt_store_functions {
    /* All networks first, then all members. 0 or negative. */
    int (*load)(struct zt_store *store, zt_store_visit visit, void *context);
    int (*put)(struct zt_store *store, zt_nwid nwid, zt_address member, const char *json,
               size_t length);
    /* member 0: the network with all its members. */
    int (*remove)(struct zt_store *store, zt_nwid nwid, zt_address member);
    /* Several puts and removes as one: all or nothing. */
    int (*begin)(struct zt_store *store);
    int (*commit)(struct zt_store *store);
    void (*rollback)(struct zt_store *store);
    const char *(*error)(struct zt_store *store); /* text of the last failure */
    void (*close)(struct zt_store *store);        /* frees it */
};

struct zt_store {
    const struct zt_store_functions *functions;
};

struct zt_store *zt_store_mem_open(void); /* NULL: out of memory */
/* path: the database file, created if missing. NULL on failure, with a text in error. */
struct zt_store *zt_store_sqlite_open(const char *path, char *error, size_t error_size);

#endif
