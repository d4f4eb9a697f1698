/* SPDX-License-Identifier: Apache-2.0 */
/* A storm: the controller restarts from its store while all members come back at the same moment with
   nothing saved, as after a power cut, so that all of them ask at once. */
#include "sim.h"

#include <stdlib.h>

#define STORM_AT_MS 30000
#define STORM_LASTS_MS 90000    /* by its end each member must have a configuration again */
#define CONTROLLER_DOWN_MS 3000 /* so that the first requests of all go nowhere */

void storm_draw(struct sim *sim)
{
    sim->end_ms = STORM_AT_MS + STORM_LASTS_MS;
    queue_put(&sim->queue, STORM_AT_MS, EVENT_STORM, 0, NULL);
}

static void forget_saved(struct sim_node *node)
{
    for (size_t i = 0; i < node->saved_count; i++) {
        free(node->saved[i].bytes);
        node->saved[i] = (struct saved){ 0 };
    }
    node->saved_count = 0;
}

void storm_run(struct sim *sim)
{
    struct sim_node *controller = &sim->nodes[sim->controller_index];

    for (uint32_t i = sim->controller_index + 1; i < sim->node_count; i++) {
        struct sim_node *node = &sim->nodes[i];

        check_that(sim, node->role != ROLE_MEMBER || node->configured_ms >= 0,
                   "member %u has no configuration before the storm", i);
        node_stop(node);
        forget_saved(node);
        queue_put(&sim->queue, sim->now_ms + 1, EVENT_START, i, NULL);
    }
    node_stop(controller);
    hosting_restart(sim);
    queue_put(&sim->queue, sim->now_ms + CONTROLLER_DOWN_MS, EVENT_START, controller->index, NULL);
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

void storm_judge(struct sim *sim, struct result *result)
{
    int64_t *waits = calloc(sim->node_count, sizeof *waits);

    if (!waits)
        abort();
    for (uint32_t i = sim->controller_index + 1; i < sim->node_count; i++) {
        const struct sim_node *node = &sim->nodes[i];

        if (node->role != ROLE_MEMBER)
            continue;
        result->members++;
        check_that(sim, node->configured_ms >= STORM_AT_MS, "member %u is lost in the storm", i);
        if (node->configured_ms >= STORM_AT_MS)
            waits[result->configured++] = node->configured_ms - STORM_AT_MS;
    }
    qsort(waits, result->configured, sizeof *waits, compare);
    if (result->configured) {
        result->median_wait_ms = waits[result->configured / 2];
        result->worst_wait_ms = waits[result->configured - 1];
    }
    free(waits);
}
