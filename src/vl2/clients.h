/* SPDX-License-Identifier: Apache-2.0 */
/* Whom our own controller dealt with lately: rate of requests, memory of grants. docs/wire.md 18.1. */
#ifndef ZT_VL2_CLIENTS_H
#define ZT_VL2_CLIENTS_H

#include "base/rate.h"
#include "base/table.h"
#include "vl1/address.h"

struct zt_client_key {
    zt_nwid nwid;
    zt_address address;
};

struct zt_client {
    struct zt_client_key key;
    int64_t at_ms;           /* last asked, or granted */
    struct zt_rate requests; /* of who asked */
    UT_hash_handle hh;
};

/* Tables in order of first appearance: strangers fill those of requests as they like, and must not push out
   of memory who was granted a config. Zeroed is empty. */
struct zt_clients {
    struct zt_client *sources; /* who asked for whatever network: nwid is 0 */
    struct zt_client *asked, *granted;
};

void zt_clients_clear(struct zt_clients *clients);
/* A request came. False: too many of late, it must be dropped silently: for this network, or, as anybody can
   think of a million networks, for all of them. */
bool zt_clients_asked(struct zt_clients *clients, zt_nwid nwid, zt_address address, int64_t now_ms);
/* The controller gave this member a config. */
void zt_clients_granted(struct zt_clients *clients, zt_nwid nwid, zt_address address,
                        int64_t now_ms);
/* Was it given one within 180 s? */
bool zt_clients_is_granted(const struct zt_clients *clients, zt_nwid nwid, zt_address address,
                           int64_t now_ms);
void zt_clients_clean(struct zt_clients *clients, int64_t now_ms);

#endif
