/* SPDX-License-Identifier: Apache-2.0 */
/* A small set-associative table of ids with ages. */
#include "vl1/expected.h"
#include "base/mem.h"
#include "base/table.h"
#include "vl1/wire.h"

#include <assert.h>

#define WAYS 8
#define FIRST_CAPACITY 64

static struct zt_expectation *set_of(const struct zt_expected *expected, uint32_t id)
{
    return &expected->entries[(id & (expected->capacity / WAYS - 1)) * WAYS];
}

static uint32_t age(const struct zt_expectation *entry, uint32_t now)
{
    return now - entry->at_ms;
}

static bool counts(const struct zt_expectation *entry, uint32_t now)
{
    return entry->is_used && age(entry, now) < ZT_EXPECTED_LIFE_MS;
}

/* A place that is free or too old, or else the oldest. */
static struct zt_expectation *place_in(const struct zt_expected *expected, uint32_t id,
                                       uint32_t now)
{
    struct zt_expectation *set = set_of(expected, id);
    struct zt_expectation *oldest = set;

    for (size_t i = 0; i < WAYS; i++) {
        if (!counts(&set[i], now))
            return &set[i];
        if (age(&set[i], now) > age(oldest, now))
            oldest = &set[i];
    }
    return oldest;
}

static void put(struct zt_expected *expected, const struct zt_expectation *entry, uint32_t now)
{
    *place_in(expected, entry->id, now) = *entry;
}

static bool grow(struct zt_expected *expected, uint32_t now)
{
    struct zt_expected next = { .capacity =
                                    expected->capacity ? expected->capacity * 2 : FIRST_CAPACITY };

    next.entries = zt_alloc(next.capacity * sizeof *next.entries);
    if (!next.entries)
        return false;
    for (size_t i = 0; i < expected->capacity; i++) {
        if (counts(&expected->entries[i], now))
            put(&next, &expected->entries[i], now);
    }
    zt_free(expected->entries);
    *expected = next;
    return true;
}

void zt_expected_clear(struct zt_expected *expected)
{
    zt_free(expected->entries);
    *expected = (struct zt_expected){ 0 };
}

static uint32_t hash_of(const struct zt_endpoint *where)
{
    return zt_table_hash(where, sizeof *where);
}

void zt_expected_add(struct zt_expected *expected, uint64_t id, const struct zt_endpoint *where,
                     int64_t now_ms)
{
    uint32_t now = (uint32_t)now_ms;
    struct zt_expectation entry = { (uint32_t)(id >> 32), now, hash_of(where), true };

    if (expected->capacity == 0 && !grow(expected, now))
        return;
    if (counts(place_in(expected, entry.id, now), now) && expected->capacity < ZT_MAX_EXPECTED)
        (void)grow(expected, now);
    put(expected, &entry, now);
    assert(expected->capacity <= ZT_MAX_EXPECTED);
}

static const struct zt_expectation *find(const struct zt_expected *expected, uint64_t id,
                                         int64_t now_ms)
{
    uint32_t upper = (uint32_t)(id >> 32);

    if (expected->capacity == 0)
        return NULL;
    const struct zt_expectation *set = set_of(expected, upper);
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].id == upper && counts(&set[i], (uint32_t)now_ms))
            return &set[i];
    }
    return NULL;
}

bool zt_expected_has(const struct zt_expected *expected, uint64_t id, int64_t now_ms)
{
    return find(expected, id, now_ms) != NULL;
}

bool zt_expected_from(const struct zt_expected *expected, uint64_t id,
                      const struct zt_endpoint *where, int64_t now_ms)
{
    const struct zt_expectation *entry = find(expected, id, now_ms);

    return entry && entry->where == hash_of(where);
}
