/* SPDX-License-Identifier: Apache-2.0 */
/* The controller's thread. Two monitors: the queue's is a leaf and held for a copy; the desk's guards the
   controller and is held while it decides, writes and hands over. The core's lock is taken inside it. */
#include "cmd/keeper.h"

#include "base/mem.h"
#include "base/text.h"
#include "os/host.h"

#include <string.h>

struct zt_keeper {
    struct zt_controller *controller; /* owned, as is the store; guarded by desk */
    struct zt_store *store;
    struct zt_service *service; /* borrowed */
    struct zt_thread *thread;
    struct zt_monitor *desk;
    struct zt_monitor *queue; /* guards what follows */
    bool is_stopping;
    bool has_work; /* an API call left effects */
    size_t head, count;
    struct zt_config_request requests[ZT_MAX_KEEPER_QUEUE];
};

struct zt_keeper *zt_keeper_new(struct zt_store *store)
{
    struct zt_keeper *keeper = zt_alloc(sizeof *keeper);

    if (!keeper) {
        store->functions->close(store);
        return NULL;
    }
    keeper->store = store;
    keeper->desk = zt_monitor_new();
    keeper->queue = zt_monitor_new();
    if (keeper->desk && keeper->queue)
        return keeper;
    zt_keeper_free(keeper);
    return NULL;
}

void zt_keeper_free(struct zt_keeper *keeper)
{
    if (!keeper)
        return;
    zt_controller_free(keeper->controller);
    keeper->store->functions->close(keeper->store);
    if (keeper->desk)
        zt_monitor_free(keeper->desk);
    if (keeper->queue)
        zt_monitor_free(keeper->queue);
    zt_free(keeper);
}

void zt_keeper_request(void *context, const struct zt_config_request *request)
{
    struct zt_keeper *keeper = context;

    zt_monitor_enter(keeper->queue);
    if (keeper->count < ZT_MAX_KEEPER_QUEUE) {
        keeper->requests[(keeper->head + keeper->count) % ZT_MAX_KEEPER_QUEUE] = *request;
        keeper->count++;
    }
    zt_monitor_wake(keeper->queue);
    zt_monitor_leave(keeper->queue);
}

/* Waits for something to do. False: the thread is to end. *has_request tells whether request is one. */
static bool next_work(struct zt_keeper *keeper, bool is_busy, struct zt_config_request *request,
                      bool *has_request)
{
    bool goes_on;

    zt_monitor_enter(keeper->queue);
    while (!is_busy && !keeper->is_stopping && !keeper->has_work && keeper->count == 0)
        (void)zt_monitor_wait(keeper->queue, -1);
    keeper->has_work = false;
    *has_request = keeper->count > 0;
    if (*has_request) {
        *request = keeper->requests[keeper->head];
        keeper->head = (keeper->head + 1) % ZT_MAX_KEEPER_QUEUE;
        keeper->count--;
    }
    goes_on = !keeper->is_stopping;
    zt_monitor_leave(keeper->queue);
    return goes_on;
}

/* The time is read under the lock: while we waited for it, the node may have been told a later one. */
static void hand_over(struct zt_keeper *keeper, const struct zt_controller_effect *effect)
{
    struct zt_node *node = zt_service_lock(keeper->service);
    struct zt_instant now = zt_host_now();

    if (node && effect->kind == ZT_CONTROLLER_ANSWER)
        zt_node_answer(node, now, &effect->answer);
    if (node && effect->kind == ZT_CONTROLLER_REVOKE)
        zt_node_send_revocation(node, now, effect->to, &effect->revocation);
    zt_service_unlock(keeper->service);
}

/* Carries out a bounded number of effects; true if there may be more. */
static bool carry_out(struct zt_keeper *keeper)
{
    struct zt_controller_effect effect;

    for (int i = 0; i < ZT_KEEPER_BATCH; i++) {
        if (!zt_controller_next(keeper->controller, zt_host_now(), &effect))
            return false;
        hand_over(keeper, &effect);
    }
    return true;
}

static void run(void *context)
{
    struct zt_keeper *keeper = context;
    struct zt_config_request request;
    bool is_busy = false, has_request;

    while (next_work(keeper, is_busy, &request, &has_request)) {
        zt_monitor_enter(keeper->desk);
        if (has_request)
            zt_controller_request(keeper->controller, zt_host_now(), &request);
        is_busy = carry_out(keeper);
        zt_monitor_leave(keeper->desk);
    }
}

bool zt_keeper_start(struct zt_keeper *keeper, struct zt_service *service,
                     const struct zt_identity *self, const struct zt_log *log, char *error,
                     size_t error_size)
{
    uint8_t seed[32];

    zt_host_random(seed, sizeof seed);
    keeper->service = service;
    keeper->controller = zt_controller_new(self, keeper->store, seed, log, error, error_size);
    if (!keeper->controller)
        return false;
    keeper->thread = zt_thread_start("zt-controller", run, keeper);
    if (!keeper->thread)
        zt_format(error, error_size, "no thread is to be had");
    return keeper->thread != NULL;
}

void zt_keeper_stop(struct zt_keeper *keeper)
{
    if (!keeper || !keeper->thread)
        return;
    zt_monitor_enter(keeper->queue);
    keeper->is_stopping = true;
    zt_monitor_wake_all(keeper->queue);
    zt_monitor_leave(keeper->queue);
    zt_thread_join(keeper->thread);
    keeper->thread = NULL;
}

json_t *zt_keeper_route(struct zt_keeper *keeper, const char *method, const char *path,
                        const json_t *body, int *status)
{
    json_t *result;

    zt_monitor_enter(keeper->desk);
    result = zt_controller_route(keeper->controller, zt_host_now(), method, path, body, status);
    zt_monitor_leave(keeper->desk);

    zt_monitor_enter(keeper->queue);
    keeper->has_work = true;
    zt_monitor_wake(keeper->queue);
    zt_monitor_leave(keeper->queue);
    return result;
}
