/* SPDX-License-Identifier: Apache-2.0 */
/* Two short queues, retried every 500 ms and whenever what they wait for may have come. */
#include "vl1/queue.h"
#include "vl1/packet.h"
#include "vl1/state.h"

#include <assert.h>
#include <string.h>

void zt_queue_clear(struct zt_queue *queue)
{
    for (size_t i = 0; i < queue->parked_count; i++)
        zt_free(queue->parked[i]);
    for (size_t i = 0; i < queue->deferred_count; i++)
        zt_free(queue->deferred[i]);
    queue->parked_count = queue->deferred_count = 0;
    zt_free(queue->deferred);
    queue->deferred = NULL;
}

bool zt_queue_is_empty(const struct zt_queue *queue)
{
    return queue->parked_count == 0 && queue->deferred_count == 0;
}

/* like: the fields to take over. NULL when out of memory. */
static struct zt_waiting *keep(const struct zt_waiting *like, const uint8_t *bytes, size_t length)
{
    struct zt_waiting *waiting = zt_alloc(sizeof *waiting + length);

    if (!waiting)
        return NULL;
    *waiting = *like;
    waiting->length = length;
    memcpy(waiting->bytes, bytes, length);
    return waiting;
}

static struct zt_waiting *take_first(struct zt_waiting **list, size_t *count)
{
    struct zt_waiting *first = list[0];

    assert(*count > 0);
    (*count)--;
    memmove(list, list + 1, *count * sizeof *list);
    return first;
}

/* The newcomer's IP loses its own oldest if it holds its share of the places, else the oldest of all
   goes: one flooding stranger can't push out what came from elsewhere. */
static struct zt_waiting *take_victim(struct zt_queue *queue, const struct zt_link *link)
{
    size_t victim = 0;
    size_t held = 0;

    for (size_t i = queue->deferred_count; i-- > 0;) {
        if (!zt_endpoint_same_ip(&queue->deferred[i]->link.remote, &link->remote))
            continue;
        victim = i;
        held++;
    }
    if (held < ZT_MAX_DEFERRED / 4)
        victim = 0;

    size_t left = queue->deferred_count - victim;

    queue->deferred_count = victim;
    struct zt_waiting *taken = take_first(queue->deferred + victim, &left);
    queue->deferred_count += left;
    return taken;
}

static void schedule(struct zt_vl1 *vl1)
{
    if (vl1->timers.retry_ms == INT64_MAX)
        vl1->timers.retry_ms = vl1->now.mono_ms + ZT_RETRY_MS;
}

enum zt_drop zt_park(struct zt_vl1 *vl1, const uint8_t *packet, size_t length, unsigned flags)
{
    struct zt_queue *queue = &vl1->queue;
    struct zt_waiting like = { .since_ms = vl1->now.mono_ms, .flags = flags };
    struct zt_waiting *waiting = keep(&like, packet, length);

    if (!waiting)
        return ZT_DROP_NO_MEMORY;
    if (queue->parked_count == ZT_MAX_PARKED)
        zt_free(take_first(queue->parked, &queue->parked_count));
    queue->parked[queue->parked_count++] = waiting;
    schedule(vl1);
    zt_whois_ask(vl1, zt_packet_destination(packet));
    return ZT_DROP_NONE;
}

enum zt_drop zt_defer(struct zt_vl1 *vl1, const struct zt_link *link, const uint8_t *packet,
                      size_t length, bool is_open)
{
    struct zt_queue *queue = &vl1->queue;
    struct zt_waiting like = { .since_ms = vl1->now.mono_ms, .link = *link, .is_open = is_open };
    struct zt_waiting *waiting;

    if (!queue->deferred)
        queue->deferred = zt_alloc(ZT_MAX_DEFERRED * sizeof(struct zt_waiting *));
    waiting = queue->deferred ? keep(&like, packet, length) : NULL;
    if (!waiting)
        return ZT_DROP_NO_MEMORY;
    if (queue->deferred_count == ZT_MAX_DEFERRED) {
        zt_free(take_victim(queue, link));
        zt_vl1_count(vl1, ZT_DROP_NO_ROOM);
    }
    queue->deferred[queue->deferred_count++] = waiting;
    schedule(vl1);
    return ZT_DROP_DEFERRED;
}

enum zt_drop zt_defer_open(struct zt_waiting **waiting, const uint8_t *clear, size_t length)
{
    if (clear != (*waiting)->bytes) {
        struct zt_waiting *opened = keep(*waiting, clear, length);

        if (!opened)
            return ZT_DROP_NO_MEMORY;
        zt_free(*waiting);
        *waiting = opened;
    }
    (*waiting)->is_open = true;
    return ZT_DROP_DEFERRED;
}

void zt_queue_wake(struct zt_vl1 *vl1)
{
    vl1->queue.is_due = true;
}

void zt_vl1_retry_soon(struct zt_vl1 *vl1)
{
    zt_queue_wake(vl1);
    /* Inputs of the layer above end without a retry of their own: then the next tick is due. */
    if (!zt_queue_is_empty(&vl1->queue))
        vl1->timers.retry_ms = vl1->now.mono_ms;
}

static bool is_old(const struct zt_vl1 *vl1, const struct zt_waiting *waiting)
{
    return vl1->now.mono_ms - waiting->since_ms >= ZT_QUEUE_LIFE_MS;
}

static void retry_parked(struct zt_vl1 *vl1)
{
    struct zt_queue *queue = &vl1->queue;

    /* What can't be sent yet goes to the back, so that one round sees each once and keeps the
       order. */
    for (size_t left = queue->parked_count; left > 0; left--) {
        struct zt_waiting *waiting = take_first(queue->parked, &queue->parked_count);
        zt_address destination = zt_packet_destination(waiting->bytes);
        enum zt_drop result;

        if (is_old(vl1, waiting) ||
            zt_send_try(vl1, waiting->bytes, waiting->length, waiting->flags, &result)) {
            zt_free(waiting);
        } else {
            queue->parked[queue->parked_count++] = waiting;
            zt_whois_ask(vl1, destination);
        }
        zt_send_seek(vl1, destination);
    }
}

/* True: judged for good. */
static bool judge_again(struct zt_vl1 *vl1, struct zt_waiting **waiting)
{
    enum zt_drop reason = zt_verbs_retry(vl1, waiting);

    if (reason != ZT_DROP_DEFERRED) {
        zt_vl1_count(vl1, reason);
        return true;
    }
    if (!is_old(vl1, *waiting))
        return false;
    zt_vl1_count(vl1, (*waiting)->is_open ? ZT_DROP_EXPIRED : ZT_DROP_UNKNOWN_SENDER);
    return true;
}

/* In one pass, as it is done for each identity that comes. Judging again defers nothing anew. */
static void retry_deferred(struct zt_vl1 *vl1)
{
    struct zt_queue *queue = &vl1->queue;
    size_t count = queue->deferred_count, kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (judge_again(vl1, &queue->deferred[i]))
            zt_free(queue->deferred[i]);
        else
            queue->deferred[kept++] = queue->deferred[i];
    }
    assert(queue->deferred_count == count);
    queue->deferred_count = kept;
}

void zt_queue_retry(struct zt_vl1 *vl1)
{
    vl1->queue.is_due = false;
    retry_parked(vl1);
    retry_deferred(vl1);
    vl1->timers.retry_ms =
        zt_queue_is_empty(&vl1->queue) ? INT64_MAX : vl1->now.mono_ms + ZT_RETRY_MS;
}
