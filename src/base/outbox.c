/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded ring of effects: each entry is a record and its bytes in one piece, never split. */
#include "base/outbox.h"
#include "base/mem.h"

#include <assert.h>
#include <string.h>

enum { FIRST_CAPACITY = 4096, ENTRY_ALIGNMENT = 8 };

/* What stands before the bytes of an entry. */
struct record {
    uint64_t id;
    size_t length;
    struct zt_link link;
    uint32_t code;
    uint32_t kind;
};

_Static_assert(sizeof(struct record) % ENTRY_ALIGNMENT == 0, "bytes start aligned");

/* The room an entry takes; 0 when there is no such number. */
static size_t entry_size(size_t length)
{
    if (length > SIZE_MAX - sizeof(struct record) - ENTRY_ALIGNMENT)
        return 0;
    return (sizeof(struct record) + length + ENTRY_ALIGNMENT - 1) & ~(size_t)(ENTRY_ALIGNMENT - 1);
}

void zt_outbox_init(struct zt_outbox *outbox, size_t limit)
{
    assert(limit <= SIZE_MAX / 2); /* doubling stays defined */
    *outbox = (struct zt_outbox){ .limit = limit };
}

void zt_outbox_clear(struct zt_outbox *outbox)
{
    zt_free(outbox->ring);
    *outbox = (struct zt_outbox){ .limit = outbox->limit };
}

/* Entries lie in [head, tail), or once the tail has wrapped in [head, end) and [0, tail). */
static bool has_wrapped(const struct zt_outbox *outbox)
{
    return outbox->count > 0 && outbox->tail <= outbox->head;
}

/* Where an entry of size bytes may start in the ring as it is; SIZE_MAX if nowhere. */
static size_t find_room(const struct zt_outbox *outbox, size_t size)
{
    if (outbox->count == 0)
        return size <= outbox->capacity ? 0 : SIZE_MAX;
    if (has_wrapped(outbox))
        return size <= outbox->head - outbox->tail ? outbox->tail : SIZE_MAX;
    if (size <= outbox->capacity - outbox->tail)
        return outbox->tail;
    return size <= outbox->head ? 0 : SIZE_MAX;
}

/* Moves all entries to the start of a ring with room for size more bytes. */
static bool grow(struct zt_outbox *outbox, size_t size)
{
    if (outbox->capacity >= outbox->limit || size > outbox->limit - outbox->used)
        return false;

    size_t needed = outbox->used + size;
    size_t capacity = outbox->capacity > 0 ? outbox->capacity : FIRST_CAPACITY;

    while (capacity < needed || capacity <= outbox->capacity)
        capacity *= 2;
    if (capacity > outbox->limit)
        capacity = outbox->limit;

    uint8_t *ring = zt_alloc(capacity);

    if (ring == NULL)
        return false;
    if (outbox->count > 0) {
        size_t stop = has_wrapped(outbox) ? outbox->end : outbox->tail;
        size_t first = stop - outbox->head;

        memcpy(ring, outbox->ring + outbox->head, first);
        memcpy(ring + first, outbox->ring, outbox->used - first);
    }
    zt_free(outbox->ring);
    outbox->ring = ring;
    outbox->capacity = capacity;
    outbox->head = 0;
    outbox->tail = outbox->used;
    return true;
}

uint8_t *zt_outbox_reserve(struct zt_outbox *outbox, const struct zt_effect *effect)
{
    struct record record = { .id = effect->id,
                             .length = effect->length,
                             .link = effect->link,
                             .code = effect->code,
                             .kind = (uint32_t)effect->kind };
    size_t size = entry_size(effect->length);
    size_t at = size > 0 ? find_room(outbox, size) : SIZE_MAX;

    if (at == SIZE_MAX && size > 0 && grow(outbox, size))
        at = outbox->tail;
    if (at == SIZE_MAX) {
        outbox->dropped++;
        return NULL;
    }
    if (outbox->count == 0)
        outbox->head = at;
    else if (at < outbox->tail)
        outbox->end = outbox->tail;
    outbox->tail = at + size;
    outbox->used += size;
    outbox->count++;
    memcpy(outbox->ring + at, &record, sizeof record);
    return outbox->ring + at + sizeof record;
}

bool zt_outbox_put(struct zt_outbox *outbox, const struct zt_effect *effect)
{
    uint8_t *to = zt_outbox_reserve(outbox, effect);

    if (to == NULL)
        return false;
    if (effect->length > 0)
        memcpy(to, effect->bytes, effect->length);
    return true;
}

bool zt_outbox_next(struct zt_outbox *outbox, struct zt_effect *effect)
{
    struct record record;

    if (outbox->count == 0)
        return false;
    if (has_wrapped(outbox) && outbox->head == outbox->end)
        outbox->head = 0;
    memcpy(&record, outbox->ring + outbox->head, sizeof record);
    *effect = (struct zt_effect){ .kind = (enum zt_effect_kind)record.kind,
                                  .code = record.code,
                                  .id = record.id,
                                  .link = record.link,
                                  .bytes = outbox->ring + outbox->head + sizeof record,
                                  .length = record.length };

    size_t size = entry_size(record.length);

    assert(outbox->used >= size);
    outbox->head += size;
    outbox->used -= size;
    outbox->count--;
    return true;
}

bool zt_outbox_has_room(const struct zt_outbox *outbox, size_t length)
{
    size_t size = entry_size(length);

    if (size == 0)
        return false;
    if (find_room(outbox, size) != SIZE_MAX)
        return true;
    return outbox->capacity < outbox->limit && size <= outbox->limit - outbox->used;
}
