/* SPDX-License-Identifier: Apache-2.0 */
/* Reassembly of config updates: three at once, bounded by their announced length, no overlaps. */
#include "vl2/updates.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

static void empty(struct zt_update *update)
{
    zt_free(update->text);
    zt_free(update->ranges);
    memset(update, 0, sizeof *update);
}

void zt_updates_clear(struct zt_updates *updates)
{
    for (size_t i = 0; i < ZT_MAX_CONFIG_UPDATES; i++)
        empty(&updates->slots[i]);
}

static struct zt_update *find(struct zt_updates *updates, uint64_t id)
{
    for (size_t i = 0; i < ZT_MAX_CONFIG_UPDATES; i++)
        if (updates->slots[i].id == id)
            return &updates->slots[i];
    return NULL;
}

static enum zt_drop judge_range(const struct zt_update *update, const struct zt_chunk *chunk)
{
    for (size_t i = 0; i < update->range_count; i++) {
        const struct zt_range *held = &update->ranges[i];

        if (held->offset == chunk->offset && held->length == chunk->length)
            return ZT_DROP_STALE;
        if (chunk->offset < held->offset + held->length &&
            held->offset < chunk->offset + chunk->length)
            return ZT_DROP_MALFORMED;
    }
    return update->range_count < ZT_MAX_CONFIG_CHUNKS ? ZT_DROP_NONE : ZT_DROP_NO_ROOM;
}

enum zt_drop zt_updates_judge(const struct zt_updates *updates, const struct zt_chunk *chunk)
{
    if (chunk->update_id == 0 || chunk->length == 0)
        return ZT_DROP_MALFORMED;
    if (chunk->total >= ZT_MAX_CONFIG)
        return ZT_DROP_TOO_LARGE;
    if (chunk->offset > chunk->total || chunk->length > chunk->total - chunk->offset)
        return ZT_DROP_MALFORMED;

    for (size_t i = 0; i < ZT_MAX_CONFIG_UPDATES; i++) {
        const struct zt_update *update = &updates->slots[i];

        if (update->id != chunk->update_id)
            continue;
        return update->total == chunk->total ? judge_range(update, chunk) : ZT_DROP_MALFORMED;
    }
    return ZT_DROP_NONE;
}

static struct zt_update *start(struct zt_updates *updates, const struct zt_chunk *chunk)
{
    struct zt_update *update = &updates->slots[0];
    uint8_t *text = zt_alloc(chunk->total);
    struct zt_range *ranges = zt_alloc(ZT_MAX_CONFIG_CHUNKS * sizeof *ranges);

    if (text == NULL || ranges == NULL) {
        zt_free(text);
        zt_free(ranges);
        return NULL;
    }
    for (size_t i = 1; i < ZT_MAX_CONFIG_UPDATES; i++)
        if (updates->slots[i].used < update->used)
            update = &updates->slots[i];
    empty(update);
    update->id = chunk->update_id;
    update->total = chunk->total;
    update->text = text;
    update->ranges = ranges;
    return update;
}

enum zt_drop zt_updates_add(struct zt_updates *updates, const struct zt_chunk *chunk,
                            struct zt_update **complete)
{
    struct zt_update *update = find(updates, chunk->update_id);

    assert(zt_updates_judge(updates, chunk) == ZT_DROP_NONE);
    *complete = NULL;
    if (update == NULL)
        update = start(updates, chunk);
    if (update == NULL)
        return ZT_DROP_NO_MEMORY;

    assert(update->text != NULL); /* a complete update has no gap into which a chunk could fit */
    memcpy(update->text + chunk->offset, chunk->data, chunk->length);
    update->ranges[update->range_count].offset = chunk->offset;
    update->ranges[update->range_count].length = (uint32_t)chunk->length;
    update->range_count++;
    update->have += (uint32_t)chunk->length;
    update->used = ++updates->uses;
    if (update->have == update->total)
        *complete = update;
    return ZT_DROP_NONE;
}

void zt_updates_finish(struct zt_update *update)
{
    assert(update->have == update->total);
    zt_free(update->text);
    update->text = NULL;
}
