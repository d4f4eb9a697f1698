/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials about one member: three kinds, one way to keep them. */
#include "vl2/wallet.h"

#include "base/mem.h"

#include <assert.h>
#include <stdalign.h>
#include <string.h>

#define MAX_THRESHOLDS 512 /* per member; the lowest gives way */

static const struct kind {
    size_t size, most, id_at, issued_at;
} kinds[] = {
    [ZT_CREDENTIAL_CAPABILITY] = { sizeof(struct zt_capability), ZT_MAX_CAPABILITIES,
                                   offsetof(struct zt_capability, id),
                                   offsetof(struct zt_capability, issued_ms) },
    [ZT_CREDENTIAL_TAG] = { sizeof(struct zt_tag), ZT_MAX_TAGS, offsetof(struct zt_tag, id),
                            offsetof(struct zt_tag, issued_ms) },
    [ZT_CREDENTIAL_OWNERSHIP] = { sizeof(struct zt_ownership), ZT_MAX_OWNERSHIPS,
                                  offsetof(struct zt_ownership, id),
                                  offsetof(struct zt_ownership, issued_ms) },
};

static const enum zt_credential_type deck_types[] = { ZT_CREDENTIAL_CAPABILITY, ZT_CREDENTIAL_TAG,
                                                      ZT_CREDENTIAL_OWNERSHIP };

static uint32_t id_of(enum zt_credential_type type, const void *credential)
{
    uint32_t id;

    memcpy(&id, (const uint8_t *)credential + kinds[type].id_at, sizeof id);
    return id;
}

static int64_t issued_of(enum zt_credential_type type, const void *credential)
{
    int64_t issued_ms;

    memcpy(&issued_ms, (const uint8_t *)credential + kinds[type].issued_at, sizeof issued_ms);
    return issued_ms;
}

static bool is_same(enum zt_credential_type type, const void *a, const void *b)
{
    if (type == ZT_CREDENTIAL_CAPABILITY)
        return zt_capability_equal(a, b);
    if (type == ZT_CREDENTIAL_TAG)
        return zt_tag_equal(a, b);
    return zt_ownership_equal(a, b);
}

static const struct zt_deck *deck_of(const struct zt_wallet *wallet, enum zt_credential_type type)
{
    assert(type >= ZT_CREDENTIAL_CAPABILITY && type <= ZT_CREDENTIAL_OWNERSHIP);
    if (type == ZT_CREDENTIAL_CAPABILITY)
        return &wallet->capabilities;
    return type == ZT_CREDENTIAL_TAG ? &wallet->tags : &wallet->ownerships;
}

static uint8_t *item_at(const struct zt_deck *deck, enum zt_credential_type type, size_t index)
{
    return (uint8_t *)deck->items + index * kinds[type].size;
}

static uint8_t *find(const struct zt_deck *deck, enum zt_credential_type type, uint32_t id)
{
    for (size_t i = 0; i < deck->count; i++)
        if (id_of(type, item_at(deck, type, i)) == id)
            return item_at(deck, type, i);
    return NULL;
}

struct zt_wallet *zt_wallet_new(void)
{
    return zt_alloc(sizeof(struct zt_wallet));
}

void zt_wallet_free(struct zt_wallet *wallet)
{
    if (wallet == NULL)
        return;
    zt_free(wallet->tags.items);
    zt_free(wallet->capabilities.items);
    zt_free(wallet->ownerships.items);
    zt_free(wallet->thresholds);
    zt_free(wallet);
}

int64_t zt_wallet_threshold(const struct zt_wallet *wallet, enum zt_credential_type type,
                            uint32_t id)
{
    if (wallet == NULL)
        return INT64_MIN;
    for (size_t i = 0; i < wallet->threshold_count; i++)
        if (wallet->thresholds[i].type == type && wallet->thresholds[i].id == id)
            return wallet->thresholds[i].threshold_ms;
    return INT64_MIN;
}

/* docs/wire.md 13.7. Times are what others wrote, so the difference is taken without overflow. */
static bool is_valid(const struct zt_wallet *wallet, enum zt_credential_type type,
                     const void *credential, const struct zt_window *window)
{
    int64_t issued_ms = issued_of(type, credential);
    uint64_t distance = issued_ms > window->issued_ms
                            ? (uint64_t)issued_ms - (uint64_t)window->issued_ms
                            : (uint64_t)window->issued_ms - (uint64_t)issued_ms;

    return distance <= (uint64_t)window->window_ms &&
           issued_ms > zt_wallet_threshold(wallet, type, id_of(type, credential));
}

/* Valid ones first, then by id: an insertion sort, for a deck is nearly sorted after most changes.
   */
static void sort_deck(const struct zt_wallet *wallet, struct zt_deck *deck,
                      enum zt_credential_type type, const struct zt_window *window)
{
    alignas(max_align_t) uint8_t moved[sizeof(struct zt_capability) > sizeof(struct zt_ownership)
                                           ? sizeof(struct zt_capability)
                                           : sizeof(struct zt_ownership)];
    size_t size = kinds[type].size;

    deck->valid = 0;
    for (size_t i = 0; i < deck->count; i++) {
        bool valid = is_valid(wallet, type, item_at(deck, type, i), window);
        size_t lowest = valid ? 0 : deck->valid;
        size_t at = valid ? deck->valid : i;

        while (at > lowest &&
               id_of(type, item_at(deck, type, at - 1)) > id_of(type, item_at(deck, type, i)))
            at--;
        if (valid)
            deck->valid++;
        if (at == i)
            continue;
        memcpy(moved, item_at(deck, type, i), size);
        memmove(item_at(deck, type, at + 1), item_at(deck, type, at), (i - at) * size);
        memcpy(item_at(deck, type, at), moved, size);
    }
}

void zt_wallet_refresh(struct zt_wallet *wallet, const struct zt_window *window)
{
    sort_deck(wallet, &wallet->tags, ZT_CREDENTIAL_TAG, window);
    sort_deck(wallet, &wallet->capabilities, ZT_CREDENTIAL_CAPABILITY, window);
    sort_deck(wallet, &wallet->ownerships, ZT_CREDENTIAL_OWNERSHIP, window);
}

enum zt_drop zt_wallet_judge(const struct zt_wallet *wallet, enum zt_credential_type type,
                             const void *credential, bool *known)
{
    uint32_t id = id_of(type, credential);
    const uint8_t *held = wallet == NULL ? NULL : find(deck_of(wallet, type), type, id);

    *known = false;
    if (held != NULL && issued_of(type, held) > issued_of(type, credential))
        return ZT_DROP_STALE;
    if (held != NULL && is_same(type, held, credential)) {
        *known = true;
        return ZT_DROP_NONE;
    }
    if (zt_wallet_threshold(wallet, type, id) >= issued_of(type, credential))
        return ZT_DROP_REVOKED;
    return ZT_DROP_NONE;
}

/* Room for one more; the old array stays as it was if there is none. */
static enum zt_drop grow(void **items, size_t *capacity, size_t count, size_t size, size_t most)
{
    size_t wanted = *capacity == 0 ? 1 : *capacity * 2;
    void *larger;

    if (count < *capacity)
        return ZT_DROP_NONE;
    if (count >= most)
        return ZT_DROP_NO_ROOM;
    if (wanted > most)
        wanted = most;
    larger = zt_alloc(wanted * size);
    if (larger == NULL)
        return ZT_DROP_NO_MEMORY;
    if (count > 0)
        memcpy(larger, *items, count * size);
    zt_free(*items);
    *items = larger;
    *capacity = wanted;
    return ZT_DROP_NONE;
}

enum zt_drop zt_wallet_store(struct zt_wallet *wallet, enum zt_credential_type type,
                             const void *credential, const struct zt_window *window)
{
    struct zt_deck *deck = (struct zt_deck *)deck_of(wallet, type);
    const struct kind *kind = &kinds[type];
    uint8_t *place = find(deck, type, id_of(type, credential));

    if (place == NULL) {
        enum zt_drop reason =
            grow(&deck->items, &deck->capacity, deck->count, kind->size, kind->most);

        if (reason != ZT_DROP_NONE)
            return reason;
        place = item_at(deck, type, deck->count++);
    }
    memcpy(place, credential, kind->size);
    sort_deck(wallet, deck, type, window);
    return ZT_DROP_NONE;
}

static struct zt_threshold *threshold_for(struct zt_wallet *wallet, enum zt_credential_type type,
                                          uint32_t id)
{
    struct zt_threshold *lowest = wallet->thresholds;
    void *items = wallet->thresholds;
    enum zt_drop reason;

    for (size_t i = 0; i < wallet->threshold_count; i++) {
        if (wallet->thresholds[i].type == type && wallet->thresholds[i].id == id)
            return &wallet->thresholds[i];
        if (wallet->thresholds[i].threshold_ms < lowest->threshold_ms)
            lowest = &wallet->thresholds[i];
    }
    reason = grow(&items, &wallet->threshold_capacity, wallet->threshold_count,
                  sizeof *wallet->thresholds, MAX_THRESHOLDS);
    wallet->thresholds = items;
    if (reason == ZT_DROP_NO_ROOM)
        return lowest;
    if (reason != ZT_DROP_NONE)
        return NULL;
    return &wallet->thresholds[wallet->threshold_count++];
}

enum zt_drop zt_wallet_revoke(struct zt_wallet *wallet, enum zt_credential_type type, uint32_t id,
                              int64_t threshold_ms, const struct zt_window *window)
{
    struct zt_threshold *threshold;

    assert(type >= ZT_CREDENTIAL_CAPABILITY && type <= ZT_CREDENTIAL_OWNERSHIP);
    if (zt_wallet_threshold(wallet, type, id) >= threshold_ms)
        return ZT_DROP_STALE;
    threshold = threshold_for(wallet, type, id);
    if (threshold == NULL)
        return ZT_DROP_NO_MEMORY;
    threshold->type = (uint8_t)type;
    threshold->id = id;
    threshold->threshold_ms = threshold_ms;
    zt_wallet_refresh(wallet, window);
    return ZT_DROP_NONE;
}

/* What is older than the window before our config can only get older. */
static bool is_past(int64_t issued_ms, const struct zt_window *window)
{
    return issued_ms < window->issued_ms &&
           (uint64_t)window->issued_ms - (uint64_t)issued_ms > (uint64_t)window->window_ms;
}

static void clean_deck(struct zt_deck *deck, enum zt_credential_type type,
                       const struct zt_window *window)
{
    size_t kept = 0;

    for (size_t i = 0; i < deck->count; i++) {
        if (is_past(issued_of(type, item_at(deck, type, i)), window))
            continue;
        if (kept != i)
            memcpy(item_at(deck, type, kept), item_at(deck, type, i), kinds[type].size);
        kept++;
    }
    deck->count = kept;
}

bool zt_wallet_clean(struct zt_wallet *wallet, const struct zt_window *window)
{
    size_t kept = 0;

    for (size_t i = 0; i < sizeof deck_types / sizeof deck_types[0]; i++)
        clean_deck((struct zt_deck *)deck_of(wallet, deck_types[i]), deck_types[i], window);
    for (size_t i = 0; i < wallet->threshold_count; i++)
        if (!is_past(wallet->thresholds[i].threshold_ms, window))
            wallet->thresholds[kept++] = wallet->thresholds[i];
    wallet->threshold_count = kept;
    zt_wallet_refresh(wallet, window);
    return wallet->tags.count + wallet->capabilities.count + wallet->ownerships.count + kept == 0;
}
