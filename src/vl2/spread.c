/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of multicast frames of one network, and its memory of gathers. */
#include "vl2/spread.h"

#include "base/rate.h"

#include <assert.h>

static void remove_gathering(struct zt_spread *spread, struct zt_gathering *gathering)
{
    HASH_DEL(spread->gatherings, gathering);
    zt_free(gathering);
}

void zt_spread_clear(struct zt_spread *spread)
{
    while (spread->count > 0)
        zt_spread_remove(spread, spread->count - 1);
    while (spread->gatherings != NULL)
        remove_gathering(spread, spread->gatherings);
}

struct zt_queued *zt_spread_push(struct zt_spread *spread, const uint8_t *payload, size_t length)
{
    struct zt_queued *queued = zt_alloc(sizeof *queued + length);

    if (queued == NULL)
        return NULL;
    if (spread->count == ZT_MAX_MULTICAST_QUEUE)
        zt_spread_remove(spread, 0);
    memcpy(queued->payload, payload, length);
    queued->length = length;
    spread->queue[spread->count++] = queued;
    return queued;
}

void zt_spread_remove(struct zt_spread *spread, size_t index)
{
    assert(index < spread->count);
    zt_free(spread->queue[index]);
    spread->count--;
    memmove(&spread->queue[index], &spread->queue[index + 1],
            (spread->count - index) * sizeof spread->queue[0]);
}

static struct zt_gathering *find(const struct zt_spread *spread, const struct zt_group *group,
                                 uint8_t key[10])
{
    struct zt_gathering *gathering;

    memcpy(key, group->mac.bytes, 6);
    zt_store_u32(key + 6, group->adi);
    HASH_FIND(hh, spread->gatherings, key, 10, gathering);
    return gathering;
}

int64_t zt_spread_gathered_ms(const struct zt_spread *spread, const struct zt_group *group)
{
    uint8_t key[10];
    const struct zt_gathering *gathering = find(spread, group, key);

    return gathering == NULL ? ZT_NEVER_MS : gathering->gathered_ms;
}

void zt_spread_gathered(struct zt_spread *spread, const struct zt_group *group, int64_t now_ms)
{
    uint8_t key[10];
    struct zt_gathering *gathering = find(spread, group, key);

    /* Taken out and added again, it moves to the end: the list stays in order of time. */
    if (gathering != NULL)
        HASH_DEL(spread->gatherings, gathering);
    else
        gathering = zt_alloc(sizeof *gathering);
    if (gathering == NULL)
        return;
    if (HASH_COUNT(spread->gatherings) >= ZT_MAX_GROUPS)
        remove_gathering(spread, spread->gatherings);
    memcpy(gathering->key, key, sizeof key);
    gathering->gathered_ms = now_ms;
    HASH_ADD(hh, spread->gatherings, key, sizeof gathering->key, gathering);
    if (gathering->hh.tbl == NULL)
        zt_free(gathering);
}

void zt_spread_clean(struct zt_spread *spread, int64_t life_ms, int64_t now_ms)
{
    while (spread->gatherings != NULL && now_ms - spread->gatherings->gathered_ms >= life_ms)
        remove_gathering(spread, spread->gatherings);
}
