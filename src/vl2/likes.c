/* SPDX-License-Identifier: Apache-2.0 */
/* Likes: found by key, picked at random by group, forgotten in order of age. */
#include "vl2/likes.h"

#include "base/limits.h"

#include <assert.h>
#include <string.h>
#include <utlist.h>

#define LIKE_LIFE_MS 600000

static void make_key(uint8_t key[ZT_LIKE_KEY], zt_nwid nwid, const struct zt_group *group,
                     zt_address address)
{
    zt_store_u64(key, nwid);
    memcpy(key + 8, group->mac.bytes, 6);
    zt_store_u32(key + 14, group->adi);
    zt_store_u40(key + ZT_AUDIENCE_KEY, address);
}

static void remove_audience(struct zt_likes *likes, struct zt_audience *audience)
{
    HASH_DEL(likes->audiences, audience);
    zt_free(audience->likes);
    zt_free(audience);
}

static struct zt_liker *find_liker(const struct zt_likes *likes, zt_address address)
{
    struct zt_liker *liker;

    HASH_FIND(hh, likes->likers, &address, sizeof address, liker);
    return liker;
}

/* One more of this node; false when it has its share, or out of memory. */
static bool count_like(struct zt_likes *likes, zt_address address)
{
    struct zt_liker *liker = find_liker(likes, address);

    if (liker == NULL) {
        liker = zt_alloc(sizeof *liker);
        if (liker == NULL)
            return false;
        liker->address = address;
        HASH_ADD(hh, likes->likers, address, sizeof liker->address, liker);
        if (liker->hh.tbl == NULL) {
            zt_free(liker);
            return false;
        }
    }
    if (liker->count >= ZT_MAX_LIKES_PER_NODE)
        return false;
    liker->count++;
    return true;
}

static void uncount_like(struct zt_likes *likes, zt_address address)
{
    struct zt_liker *liker = find_liker(likes, address);

    assert(liker != NULL && liker->count > 0);
    if (--liker->count > 0)
        return;
    HASH_DEL(likes->likers, liker);
    zt_free(liker);
}

static void remove_like(struct zt_likes *likes, struct zt_like *like)
{
    struct zt_audience *audience = like->audience;
    struct zt_like *last = audience->likes[audience->count - 1];

    assert(audience->likes[like->index] == like);
    audience->likes[like->index] = last;
    last->index = like->index;
    audience->count--;
    if (audience->count == 0)
        remove_audience(likes, audience);
    DL_DELETE(likes->oldest, like);
    HASH_DEL(likes->table, like);
    uncount_like(likes, like->address);
    zt_free(like);
}

void zt_likes_clear(struct zt_likes *likes)
{
    while (likes->oldest != NULL)
        remove_like(likes, likes->oldest);
}

static struct zt_audience *find_audience(const struct zt_likes *likes, const uint8_t *key)
{
    struct zt_audience *audience;

    HASH_FIND(hh, likes->audiences, key, ZT_AUDIENCE_KEY, audience);
    return audience;
}

static struct zt_audience *get_audience(struct zt_likes *likes, const uint8_t *key)
{
    struct zt_audience *audience = find_audience(likes, key);

    if (audience != NULL)
        return audience;
    audience = zt_alloc(sizeof *audience);
    if (audience == NULL)
        return NULL;
    memcpy(audience->key, key, ZT_AUDIENCE_KEY);
    HASH_ADD(hh, likes->audiences, key, ZT_AUDIENCE_KEY, audience);
    if (audience->hh.tbl != NULL)
        return audience;
    zt_free(audience);
    return NULL;
}

static bool make_room(struct zt_audience *audience)
{
    size_t capacity = audience->capacity == 0 ? 4 : audience->capacity * 2;
    struct zt_like **larger;

    if (audience->count < audience->capacity)
        return true;
    larger = zt_alloc(capacity * sizeof(struct zt_like *));
    if (larger == NULL)
        return false;
    if (audience->count > 0)
        memcpy(larger, audience->likes, audience->count * sizeof(struct zt_like *));
    zt_free(audience->likes);
    audience->likes = larger;
    audience->capacity = capacity;
    return true;
}

/* Puts a like into table and audience; on failure everything is as before. */
static bool link_like(struct zt_likes *likes, struct zt_like *like)
{
    struct zt_audience *audience = get_audience(likes, like->key);

    if (audience == NULL)
        return false;
    if (make_room(audience)) {
        HASH_ADD(hh, likes->table, key, ZT_LIKE_KEY, like);
        if (like->hh.tbl != NULL) {
            like->audience = audience;
            like->index = audience->count;
            audience->likes[audience->count++] = like;
            DL_APPEND(likes->oldest, like);
            return true;
        }
    }
    if (audience->count == 0)
        remove_audience(likes, audience);
    return false;
}

bool zt_likes_add(struct zt_likes *likes, zt_nwid nwid, const struct zt_group *group,
                  zt_address address, int64_t now_ms)
{
    uint8_t key[ZT_LIKE_KEY];
    struct zt_like *like;

    make_key(key, nwid, group, address);
    HASH_FIND(hh, likes->table, key, ZT_LIKE_KEY, like);
    if (like != NULL) {
        like->heard_ms = now_ms;
        DL_DELETE(likes->oldest, like);
        DL_APPEND(likes->oldest, like);
        return false;
    }
    if (!count_like(likes, address))
        return false;
    like = zt_alloc(sizeof *like);
    if (like == NULL) {
        uncount_like(likes, address);
        return false;
    }
    if (HASH_COUNT(likes->table) >= ZT_MAX_GROUP_MEMBERS)
        remove_like(likes, likes->oldest);
    memcpy(like->key, key, sizeof key);
    like->address = address;
    like->heard_ms = now_ms;
    if (link_like(likes, like))
        return true;
    uncount_like(likes, address);
    zt_free(like);
    return false;
}

void zt_likes_remove(struct zt_likes *likes, zt_nwid nwid, const struct zt_group *group,
                     zt_address address)
{
    uint8_t key[ZT_LIKE_KEY];
    struct zt_like *like;

    make_key(key, nwid, group, address);
    HASH_FIND(hh, likes->table, key, ZT_LIKE_KEY, like);
    if (like != NULL)
        remove_like(likes, like);
}

struct zt_audience *zt_likes_audience(const struct zt_likes *likes, zt_nwid nwid,
                                      const struct zt_group *group)
{
    uint8_t key[ZT_LIKE_KEY];

    make_key(key, nwid, group, 0);
    return find_audience(likes, key);
}

void zt_audience_shuffle(struct zt_audience *audience, struct zt_rng *rng, size_t count)
{
    for (size_t i = 0; i < count && i + 1 < audience->count; i++) {
        size_t pick = i + zt_rng_below(rng, (uint32_t)(audience->count - i));
        struct zt_like *like = audience->likes[pick];

        audience->likes[pick] = audience->likes[i];
        audience->likes[i] = like;
        audience->likes[pick]->index = pick;
        like->index = i;
    }
}

void zt_likes_clean(struct zt_likes *likes, int64_t now_ms)
{
    while (likes->oldest != NULL && now_ms - likes->oldest->heard_ms >= LIKE_LIFE_MS)
        remove_like(likes, likes->oldest);
}
