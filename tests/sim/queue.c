/* SPDX-License-Identifier: Apache-2.0 */
/* The event queue: a binary heap by time, then by order of creation. */
#include "sim.h"

#include <stdlib.h>

static bool is_before(const struct event *a, const struct event *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->sequence < b->sequence;
}

static void swap(struct event *a, struct event *b)
{
    struct event keep = *a;

    *a = *b;
    *b = keep;
}

void queue_put(struct queue *queue, int64_t at_ms, enum event_kind kind, uint32_t index,
               struct datagram *datagram)
{
    size_t i = queue->count++;

    if (queue->count > queue->capacity) {
        queue->capacity = queue->capacity ? queue->capacity * 2 : 1024;
        queue->heap = realloc(queue->heap, queue->capacity * sizeof *queue->heap);
        if (!queue->heap)
            abort();
    }
    queue->heap[i] = (struct event){ at_ms, queue->sequence++, kind, index, datagram };
    while (i > 0 && is_before(&queue->heap[i], &queue->heap[(i - 1) / 2])) {
        swap(&queue->heap[i], &queue->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
}

bool queue_take(struct queue *queue, struct event *event)
{
    size_t i = 0;

    if (queue->count == 0)
        return false;
    *event = queue->heap[0];
    queue->heap[0] = queue->heap[--queue->count];
    for (;;) {
        size_t child = 2 * i + 1;

        if (child >= queue->count)
            break;
        if (child + 1 < queue->count && is_before(&queue->heap[child + 1], &queue->heap[child]))
            child++;
        if (!is_before(&queue->heap[child], &queue->heap[i]))
            break;
        swap(&queue->heap[child], &queue->heap[i]);
        i = child;
    }
    return true;
}

void queue_clear(struct queue *queue)
{
    for (size_t i = 0; i < queue->count; i++)
        free(queue->heap[i].datagram);
    free(queue->heap);
    *queue = (struct queue){ 0 };
}
