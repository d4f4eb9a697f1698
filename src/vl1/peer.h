/* SPDX-License-Identifier: Apache-2.0 */
/* One remote identity: session key, versions, paths, and when what happened. docs/wire.md 6.1. */
#ifndef ZT_VL1_PEER_H
#define ZT_VL1_PEER_H

#include "base/limits.h"
#include "base/table.h"
#include "crypto/gmac_siv.h"
#include "vl1/identity.h"
#include "vl1/path.h"
#include "vl1/vl1.h"
#include "vl1/world.h"

#define ZT_MAX_REMEMBERED 4 /* endpoints of paths that are gone; the first gone gives way */
#define ZT_PEER_TRIES 4     /* unknown links remembered, so that each is confirmed once a second */

struct zt_try {
    struct zt_link link;
    int64_t at_ms;
};

/* The timers that concern a peer are the checks of ping.c; here are the times they look at. */
struct zt_peer {
    UT_hash_handle hh;    /* in the table, by address, in order of creation */
    struct zt_peer *prev; /* in one of the lists by silence, see topology.h */
    struct zt_peer *next;
    struct zt_identity identity; /* public */
    struct zt_session_key key;
    struct zt_gmac_siv *siv; /* made when first needed, freed when silent; owned */
    enum zt_world_type role; /* of which world it is a root, NONE for a leaf */
    int protocol;            /* -1: unknown, as are the next three */
    int major, minor, revision;
    bool is_direct;    /* has paths: what the last event about it said, and which list it is in */
    int64_t listed_ms; /* when it was last moved in the list by silence */

    int64_t created_ms;
    int64_t heard_ms;   /* last authenticated packet */
    int64_t active_ms;  /* last packet that carries users' data or configuration */
    int64_t trusted_ms; /* last proof of a real relationship */
    int64_t greeted_ms; /* last full HELLO of the keepalive */
    int64_t hinted_ms;  /* last configured endpoint tried */
    int64_t pushed_ms;  /* our last PUSH_DIRECT_PATHS */
    int64_t push_heard_ms;
    unsigned push_count; /* pushes received in close succession */
    int64_t whois_ms;    /* last WHOIS answered */
    int64_t echoed_ms;   /* last ECHO answered over a link that is no path */
    int64_t worlds_ms;   /* last OK(HELLO) that carried worlds */

    struct zt_try tries[ZT_PEER_TRIES];
    size_t try_next;
    uint64_t hello_id; /* of its last HELLO that came directly: copies leave from all its sockets */
    int64_t hello_ms;  /* when the first copy came */

    struct zt_link
        redirect; /* where it asked us to, priority 0: nowhere; adopted once it answers */
    uint16_t redirect_priority;

    struct zt_endpoint *cached; /* where it was before, while it has no path; owned */
    size_t cached_count;
    int64_t sought_ms; /* last greeted there */

    struct zt_peer_tally tally;

    struct zt_path *paths; /* owned, grows on demand */
    size_t path_count;
    size_t path_capacity;
    int best;        /* index of the best path, -1: none unexpired */
    int64_t best_ms; /* when best was found; ZT_NEVER_MS: must be found anew */
};

/* NULL when out of memory. */
struct zt_peer *zt_peer_new(const struct zt_identity *identity, const struct zt_session_key *key,
                            int64_t now_ms);
void zt_peer_free(struct zt_peer *peer);

/* Keys for cipher 3, made on first use; NULL when out of memory. */
struct zt_gmac_siv *zt_peer_siv(struct zt_peer *peer);
/* The suite for the next packet to it. docs/wire.md 2.4. */
enum zt_cipher zt_peer_cipher(const struct zt_peer *peer);
/* Does it understand ECHO as a probe? docs/wire.md 4.24. */
bool zt_peer_knows_echo(const struct zt_peer *peer);
bool zt_peer_is_alive(const struct zt_peer *peer, int64_t now_ms);
bool zt_peer_is_trusted(const struct zt_peer *peer, int64_t now_ms);

/* The best unexpired path, or NULL; remembered for a tenth of a second. One that doesn't answer any
   more ranks behind all that do. */
struct zt_path *zt_peer_best_path(struct zt_peer *peer, int64_t now_ms);
/* The best of all, even if expired. */
struct zt_path *zt_peer_any_path(struct zt_peer *peer, int64_t now_ms);
/* The best unexpired path of one scope and family, or NULL. */
struct zt_path *zt_peer_path_in(struct zt_peer *peer, enum zt_scope scope, enum zt_family family,
                                int64_t now_ms);
struct zt_path *zt_peer_path(struct zt_peer *peer, const struct zt_link *link);
bool zt_peer_has_endpoint(const struct zt_peer *peer, const struct zt_endpoint *endpoint,
                          int64_t now_ms);
/* An alive path from the same socket to the same IP: a new port there is not adopted meanwhile. */
bool zt_peer_has_sibling(const struct zt_peer *peer, const struct zt_link *link, int64_t now_ms);

/* Adds a path in the place docs/wire.md 6.3 names; at the bound the longest silent gives way.
   True and *path. *replaced: another path had to go. False when out of memory. */
bool zt_peer_install(struct zt_peer *peer, const struct zt_path *path, int64_t now_ms,
                     bool *replaced);
/* Forgets where it was before. */
void zt_peer_forget_cached(struct zt_peer *peer);
/* Removes path i; the order of the others stays. */
void zt_peer_remove_path(struct zt_peer *peer, size_t i);
void zt_peer_paths_changed(struct zt_peer *peer);

/* May this unknown link be confirmed now? At most once a second each. */
bool zt_peer_may_try(struct zt_peer *peer, const struct zt_link *link, int64_t now_ms);
/* When was it tried last, if it is remembered at all? ZT_NEVER_MS: not. */
int64_t zt_peer_tried_ms(const struct zt_peer *peer, const struct zt_link *link);
/* The peer spoke from remote, and would have from its other ports of that IP too since since_ms:
   those silent since then are behind all others until they speak. */
void zt_peer_doubt_siblings(struct zt_peer *peer, const struct zt_endpoint *remote,
                            int64_t since_ms, int64_t now_ms);

#endif
