/* SPDX-License-Identifier: Apache-2.0 */
/* The database of likes: which nodes want which multicast group of which network. docs/wire.md
   16.1. */
#ifndef ZT_VL2_LIKES_H
#define ZT_VL2_LIKES_H

#include "base/table.h"
#include "crypto/rng.h"
#include "vl2/ether.h"

#define ZT_AUDIENCE_KEY 18 /* network, MAC, ADI as on the wire */
#define ZT_LIKE_KEY 23     /* the same and the address */

struct zt_audience;

struct zt_like {
    uint8_t key[ZT_LIKE_KEY];
    zt_address address;
    int64_t heard_ms;
    struct zt_audience *audience;
    size_t index;                /* in the audience */
    struct zt_like *prev, *next; /* in order of being heard */
    UT_hash_handle hh;
};

/* All who like one group. Their order means nothing: shuffling changes it. */
struct zt_audience {
    uint8_t key[ZT_AUDIENCE_KEY];
    struct zt_like **likes; /* owned */
    size_t count, capacity;
    UT_hash_handle hh;
};

/* How many likes one node has, so that it can't push out those of all others. */
struct zt_liker {
    zt_address address;
    size_t count;
    UT_hash_handle hh;
};

/* Zeroed is empty. */
struct zt_likes {
    struct zt_like *table;
    struct zt_liker *likers;
    struct zt_like *oldest; /* utlist: head, whose prev is the newest */
    struct zt_audience *audiences;
};

void zt_likes_clear(struct zt_likes *likes);
/* True: not known before. At the bound the one longest not heard gives way; at the bound of likes of
   one node its newcomer is refused. */
bool zt_likes_add(struct zt_likes *likes, zt_nwid nwid, const struct zt_group *group,
                  zt_address address, int64_t now_ms);
void zt_likes_remove(struct zt_likes *likes, zt_nwid nwid, const struct zt_group *group,
                     zt_address address);
/* NULL: nobody. Borrowed until the next change. */
struct zt_audience *zt_likes_audience(const struct zt_likes *likes, zt_nwid nwid,
                                      const struct zt_group *group);
/* Brings `count` members, drawn at random, to the front in random order (all, if there are fewer).
   */
void zt_audience_shuffle(struct zt_audience *audience, struct zt_rng *rng, size_t count);
/* Forgets likes not heard for 600 s. */
void zt_likes_clean(struct zt_likes *likes, int64_t now_ms);

#endif
