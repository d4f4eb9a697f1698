/* SPDX-License-Identifier: Apache-2.0 */
/* The table of peers: by address, in order of creation, and in order of silence. */
#ifndef ZT_VL1_TOPOLOGY_H
#define ZT_VL1_TOPOLOGY_H

#include "vl1/peer.h"
#include "vl1/vl1.h"

struct zt_topology {
    struct zt_peer *peers; /* hash table by address; owned */
    struct zt_peer *last;  /* heard or sent to last: packets come in runs */
    struct zt_peer
        *silent[2];  /* lists, the longest silent first, exact to a second; [1]: with paths */
    size_t pathless; /* how many are in the first */
};

struct zt_peer *zt_topology_find(const struct zt_vl1 *vl1, zt_address address);
/* Makes a peer of an identity that was judged genuine; key NULL: agree now. At the bound the
   longest silent one that is no root gives way, first of those that have no path, as long as these
   are not few: a flood of strangers, who can't answer from where they say they are, pushes out each
   other and not those in use. NULL: unusable key or out of memory. */
struct zt_peer *zt_topology_add(struct zt_vl1 *vl1, const struct zt_identity *identity,
                                const struct zt_session_key *key);
/* Notes that an authenticated packet came. */
void zt_topology_heard(struct zt_vl1 *vl1, struct zt_peer *peer);
/* Housekeeping: saves and forgets the silent ones, frees what the others don't need. */
void zt_topology_sweep(struct zt_vl1 *vl1);
void zt_topology_clear(struct zt_topology *topology);

/* Events about a peer's paths, after any change to them. */
void zt_peer_gained_path(struct zt_vl1 *vl1, struct zt_peer *peer);
void zt_peer_lost_path(struct zt_vl1 *vl1, struct zt_peer *peer);
/* Where it was last is where it is greeted when wanted again, and what the cache keeps of it, until
   it has a path. */
void zt_peer_remember(struct zt_peer *peer, const struct zt_endpoint *endpoint);
/* Removes expired paths. */
void zt_peer_prune(struct zt_vl1 *vl1, struct zt_peer *peer);

/* The peer cache. docs/wire.md 8.2. */
void zt_cache_save(struct zt_vl1 *vl1, const struct zt_peer *peer);

#endif
