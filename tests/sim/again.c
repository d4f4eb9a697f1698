/* SPDX-License-Identifier: Apache-2.0 */
/* Members restart when all is well, a moment between stop and start, each with what it saved: it must be
   answered before it has sent much. */
#include "sim.h"

#define BEFORE_END_MS 60000 /* the first; the others follow one by one */
#define SPACING_MS 1500
#define MOST 24           /* members that do it */
#define GAP_MS 100        /* between stop and start */
#define ASK_MS 100        /* from try to try */
#define MOST_DATAGRAMS 64 /* in 100 small worlds it is 38 at most */

void again_draw(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->pair_count && i < MOST; i++)
        queue_put(&sim->queue, sim->end_ms - BEFORE_END_MS + (int64_t)i * SPACING_MS, EVENT_AGAIN,
                  i, NULL);
}

static void next(struct sim *sim, const struct pair *pair, int64_t in_ms)
{
    queue_put(&sim->queue, sim->now_ms + in_ms, EVENT_AGAIN, (uint32_t)(pair - sim->pairs), NULL);
}

/* Its host knows nobody's MAC any more either. */
static void stop(struct sim *sim, struct pair *pair)
{
    struct sim_node *node = &sim->nodes[pair->a];

    if (!pair->reached || !node->node)
        return;
    node_stop(node);
    queue_put(&sim->queue, sim->now_ms + GAP_MS, EVENT_START, pair->a, NULL);
    pair->reached = false;
    pair->resolved = false;
    pair->is_again = true;
    pair->again_sends = node->sends;
    next(sim, pair, GAP_MS);
}

void again_run(struct sim *sim, struct pair *pair)
{
    struct sim_node *node = &sim->nodes[pair->a];

    if (!pair->is_again) {
        stop(sim, pair);
    } else if (!pair->reached) {
        host_pair(sim, pair);
        node_settle(node);
        next(sim, pair, ASK_MS);
    }
}

void again_judge(struct sim *sim, const struct pair *pair, struct result *result)
{
    if (pair->again_sends > result->again_datagrams)
        result->again_datagrams = (unsigned)pair->again_sends;
    check_that(sim, pair->again_sends <= MOST_DATAGRAMS,
               "%u restarted and sent %llu datagrams until %u answered", pair->a,
               (unsigned long long)pair->again_sends, pair->b);
}
