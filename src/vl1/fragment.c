/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting packets evenly into datagrams, and putting pieces together that come in any order. */
#include "vl1/fragment.h"

#include "base/mem.h"
#include "base/table.h"
#include "vl1/packet.h"

#include <assert.h>
#include <string.h>

#define BUFFER_IDLE_MS 30000 /* a buffer not used for so long is freed */
#define SOURCE_CLASSES 256
#define SMALLEST_MTU (4 * ZT_FRAGMENT_HEADER_SIZE) /* leaves each piece at least one byte */

struct zt_split zt_split_of(const uint8_t *packet, size_t length, size_t mtu)
{
    struct zt_split split = { .packet = packet, .length = length };

    assert(length >= ZT_HEADER_SIZE);
    assert(mtu >= SMALLEST_MTU);

    if (!zt_split_is_needed(length, mtu)) {
        split.count = 1;
        split.head = length;
        return split;
    }

    /* The head carries no fragment header: as if the packet were longer by one less than pieces. */
    size_t data = mtu - ZT_FRAGMENT_HEADER_SIZE;
    size_t count = (length - ZT_FRAGMENT_HEADER_SIZE + data - 1) / data;

    if (count > ZT_MAX_FRAGMENTS || length > ZT_MAX_PACKET)
        return split;
    split.count = count;
    split.head = (length + (count - 1) * ZT_FRAGMENT_HEADER_SIZE + count - 1) / count;
    split.per_piece = split.head - ZT_FRAGMENT_HEADER_SIZE;
    assert(split.head <= mtu);
    return split;
}

size_t zt_split_length(const struct zt_split *split, size_t i)
{
    assert(i < split->count);

    if (i == 0)
        return split->head;
    size_t left = split->length - split->head - (i - 1) * split->per_piece;

    return ZT_FRAGMENT_HEADER_SIZE + (left < split->per_piece ? left : split->per_piece);
}

/* id(8) destination(5) mark(1) total and number(1) hops(1) data. docs/wire.md 3.3. */
size_t zt_split_piece(const struct zt_split *split, size_t i, uint8_t *out)
{
    size_t length = zt_split_length(split, i);

    if (i == 0) {
        memcpy(out, split->packet, length);
        return length;
    }
    memcpy(out, split->packet, ZT_FRAGMENT_AT_MARK);
    out[ZT_FRAGMENT_AT_MARK] = ZT_FRAGMENT_MARK;
    out[ZT_FRAGMENT_AT_NUMBER] = (uint8_t)(split->count << 4 | i);
    out[ZT_FRAGMENT_AT_HOPS] = 0;
    memcpy(out + ZT_FRAGMENT_HEADER_SIZE, split->packet + split->head + (i - 1) * split->per_piece,
           length - ZT_FRAGMENT_HEADER_SIZE);
    return length;
}

void zt_reassembly_init(struct zt_reassembly *reassembly)
{
    memset(reassembly, 0, sizeof *reassembly);
}

void zt_reassembly_clear(struct zt_reassembly *reassembly)
{
    for (size_t i = 0; i < reassembly->high; i++)
        zt_free(reassembly->slots[i].buffer);
    zt_free(reassembly->slots);
    zt_free(reassembly->sorted);
    memset(reassembly, 0, sizeof *reassembly);
}

/* What one datagram brings. */
struct piece {
    uint64_t id;
    unsigned number;
    unsigned total; /* 0: this is the head, which doesn't know */
    const uint8_t *data;
    size_t length;
};

/* total and number(1) at 14, data from 16; docs/wire.md 3.3 and 3.5. */
static enum zt_drop read_fragment(struct piece *piece, const uint8_t *datagram, size_t length)
{
    piece->total = datagram[ZT_FRAGMENT_AT_NUMBER] >> 4;
    piece->number = datagram[ZT_FRAGMENT_AT_NUMBER] & 0x0f;
    if (piece->total > ZT_MAX_FRAGMENTS || piece->number == 0 || piece->number >= piece->total)
        return ZT_DROP_BAD_FRAGMENT;
    piece->data = datagram + ZT_FRAGMENT_HEADER_SIZE;
    piece->length = length - ZT_FRAGMENT_HEADER_SIZE;
    return ZT_DROP_NONE;
}

static enum zt_drop read_head(struct piece *piece, const uint8_t *datagram, size_t length)
{
    if (length < ZT_HEADER_SIZE)
        return ZT_DROP_SHORT_DATAGRAM;
    piece->total = 0;
    piece->number = 0;
    piece->data = datagram;
    piece->length = length;
    return ZT_DROP_NONE;
}

static enum zt_drop read_piece(struct piece *piece, const uint8_t *datagram, size_t length)
{
    if (length <= ZT_FRAGMENT_HEADER_SIZE)
        return ZT_DROP_SHORT_DATAGRAM;
    piece->id = zt_load_u64(datagram);
    if (datagram[ZT_FRAGMENT_AT_MARK] == ZT_FRAGMENT_MARK)
        return read_fragment(piece, datagram, length);
    return read_head(piece, datagram, length);
}

static bool is_in_use(const struct zt_assembly *slot)
{
    return slot->have != 0;
}

static bool is_overdue(const struct zt_assembly *slot, int64_t now_ms)
{
    return now_ms - slot->started_ms >= ZT_REASSEMBLY_LIFE_MS;
}

/* Where pieces of this packet are. What is overdue counts as given up, though its slot may still
   hold it. */
static struct zt_assembly *find_slot(struct zt_reassembly *reassembly, uint64_t id, int64_t now_ms)
{
    for (size_t i = 0; i < reassembly->high; i++) {
        struct zt_assembly *slot = &reassembly->slots[i];

        if (slot->id == id && is_in_use(slot) && !is_overdue(slot, now_ms))
            return slot;
    }
    return NULL;
}

/* All slots are in use: the oldest of the source that holds the most. */
static struct zt_assembly *choose_victim(struct zt_reassembly *reassembly)
{
    uint8_t held[SOURCE_CLASSES] = { 0 };
    struct zt_assembly *victim = reassembly->slots;

    for (size_t i = 0; i < ZT_MAX_REASSEMBLY; i++)
        held[reassembly->slots[i].source % SOURCE_CLASSES]++;
    for (size_t i = 1; i < ZT_MAX_REASSEMBLY; i++) {
        struct zt_assembly *slot = &reassembly->slots[i];
        unsigned more = held[slot->source % SOURCE_CLASSES];
        unsigned most = held[victim->source % SOURCE_CLASSES];

        if (more > most || (more == most && slot->number < victim->number))
            victim = slot;
    }
    return victim;
}

/* The first slot that is free or overdue, so that few buffers are in play; or else a victim. */
static struct zt_assembly *choose_slot(struct zt_reassembly *reassembly, int64_t now_ms)
{
    for (size_t i = 0; i < reassembly->high; i++) {
        struct zt_assembly *slot = &reassembly->slots[i];

        if (!is_in_use(slot) || is_overdue(slot, now_ms))
            return slot;
    }
    if (reassembly->high < ZT_MAX_REASSEMBLY)
        return &reassembly->slots[reassembly->high++];
    return choose_victim(reassembly);
}

/* A slot for a packet of which nothing came before. NULL when out of memory. */
static struct zt_assembly *begin(struct zt_reassembly *reassembly, uint64_t id,
                                 const struct zt_endpoint *source, int64_t now_ms)
{
    if (reassembly->slots == NULL)
        reassembly->slots = zt_alloc(ZT_MAX_REASSEMBLY * sizeof *reassembly->slots);
    if (reassembly->slots == NULL)
        return NULL;

    struct zt_assembly *slot = choose_slot(reassembly, now_ms);

    if (slot->buffer == NULL)
        slot->buffer = zt_alloc(ZT_MAX_PACKET);
    if (slot->buffer == NULL)
        return NULL;
    if (is_in_use(slot))
        reassembly->lost++;
    slot->id = id;
    slot->number = reassembly->begun++;
    slot->started_ms = reassembly->begun_ms = now_ms;
    slot->source = zt_table_hash(source->ip, sizeof source->ip);
    slot->have = 0;
    slot->total = 0;
    slot->used = 0;
    return slot;
}

static enum zt_drop judge_piece(const struct zt_assembly *slot, const struct piece *piece)
{
    if (slot->total != 0 && piece->total != 0 && piece->total != slot->total)
        return ZT_DROP_BAD_FRAGMENT;
    if ((slot->have & 1U << piece->number) != 0)
        return ZT_DROP_DUPLICATE_FRAGMENT;
    if (piece->length > ZT_MAX_PACKET - slot->used)
        return ZT_DROP_TOO_LARGE;
    return ZT_DROP_NONE;
}

static void keep_piece(struct zt_assembly *slot, const struct piece *piece,
                       const struct zt_link *link)
{
    uint8_t *at = slot->buffer + slot->used;

    memcpy(at, piece->data, piece->length);
    slot->piece[piece->number] = at;
    slot->length[piece->number] = piece->length;
    slot->used += piece->length;
    slot->have |= 1U << piece->number;
    if (piece->total != 0)
        slot->total = piece->total;
    else
        slot->link = *link;
}

static bool is_complete(const struct zt_assembly *slot)
{
    return slot->total != 0 && slot->have == (1U << slot->total) - 1;
}

static bool came_in_order(const struct zt_assembly *slot)
{
    for (unsigned i = 1; i < slot->total; i++)
        if (slot->piece[i] < slot->piece[i - 1])
            return false;
    return true;
}

/* The bytes of a complete packet, or NULL when out of memory. */
static uint8_t *join(struct zt_reassembly *reassembly, const struct zt_assembly *slot,
                     int64_t now_ms)
{
    if (came_in_order(slot))
        return slot->buffer;
    if (reassembly->sorted == NULL)
        reassembly->sorted = zt_alloc(ZT_MAX_PACKET);
    if (reassembly->sorted == NULL)
        return NULL;

    size_t used = 0;

    for (unsigned i = 0; i < slot->total; i++) {
        memcpy(reassembly->sorted + used, slot->piece[i], slot->length[i]);
        used += slot->length[i];
    }
    assert(used == slot->used);
    reassembly->sorted_ms = now_ms;
    return reassembly->sorted;
}

enum zt_drop zt_reassembly_add(struct zt_reassembly *reassembly, int64_t now_ms,
                               const struct zt_link *link, const uint8_t *datagram,
                               size_t datagram_length, uint8_t **packet, size_t *length,
                               struct zt_link *head_link)
{
    struct piece piece;
    enum zt_drop drop = read_piece(&piece, datagram, datagram_length);

    *packet = NULL;
    if (drop != ZT_DROP_NONE)
        return drop;
    if (piece.length > ZT_MAX_PACKET)
        return ZT_DROP_TOO_LARGE;

    struct zt_assembly *slot = find_slot(reassembly, piece.id, now_ms);

    if (slot == NULL)
        slot = begin(reassembly, piece.id, &link->remote, now_ms);
    if (slot == NULL)
        return ZT_DROP_NO_MEMORY;
    drop = judge_piece(slot, &piece);
    if (drop != ZT_DROP_NONE)
        return drop;
    keep_piece(slot, &piece, link);
    if (!is_complete(slot))
        return ZT_DROP_NONE;

    slot->have = 0; /* free; the buffer stays as it is until the slot begins another packet */
    *packet = join(reassembly, slot, now_ms);
    *length = slot->used;
    *head_link = slot->link;
    return *packet == NULL ? ZT_DROP_NO_MEMORY : ZT_DROP_NONE;
}

static void tick_slot(struct zt_reassembly *reassembly, struct zt_assembly *slot, int64_t now_ms)
{
    if (is_in_use(slot) && is_overdue(slot, now_ms)) {
        slot->have = 0;
        reassembly->lost++;
    }
    if (!is_in_use(slot) && now_ms - slot->started_ms >= BUFFER_IDLE_MS) {
        zt_free(slot->buffer);
        slot->buffer = NULL;
    }
}

void zt_reassembly_tick(struct zt_reassembly *reassembly, int64_t now_ms)
{
    for (size_t i = 0; i < reassembly->high; i++)
        tick_slot(reassembly, &reassembly->slots[i], now_ms);
    if (reassembly->slots != NULL && now_ms - reassembly->begun_ms >= BUFFER_IDLE_MS) {
        zt_free(reassembly->slots); /* the buffers are as old, and freed already */
        reassembly->slots = NULL;
        reassembly->high = 0;
    }
    if (reassembly->sorted != NULL && now_ms - reassembly->sorted_ms >= BUFFER_IDLE_MS) {
        zt_free(reassembly->sorted);
        reassembly->sorted = NULL;
    }
}
