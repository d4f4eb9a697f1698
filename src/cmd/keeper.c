/* SPDX-License-Identifier: Apache-2.0 */
/* The controller's thread. Two monitors: the queue's is a leaf and held for a copy; the desk's guards the
   controller and is held while it decides, writes and hands over. The core's lock is taken inside it. The
   thread waits for its bell and for the store's descriptor, and looks after the controller each second. */
#include "cmd/keeper.h"

#include "base/mem.h"
#include "base/text.h"
#include "cmd/bell.h"
#include "os/host.h"

#include <string.h>

struct zt_keeper {
    struct zt_controller *controller; /* owned, as is the store; guarded by desk */
    struct zt_store *store;
    struct zt_service *service; /* borrowed */
    struct zt_thread *thread;
    struct zt_monitor *desk;
    struct zt_bell bell;
    int descriptor; /* the store's; of the thread alone, as is the next */
    bool for_writing;
    struct zt_monitor *queue; /* guards what follows */
    bool is_stopping;
    uint64_t dropped; /* as there was no room */
    size_t head, count;
    struct zt_config_request requests[ZT_MAX_KEEPER_QUEUE];
    struct zt_config_request taken[ZT_KEEPER_BATCH]; /* of the thread alone again */
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
    if (zt_bell_open(&keeper->bell) && keeper->desk && keeper->queue)
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
    zt_bell_close(&keeper->bell);
    zt_free(keeper);
}

void zt_keeper_request(void *context, const struct zt_config_request *request)
{
    struct zt_keeper *keeper = context;

    zt_monitor_enter(keeper->queue);
    if (keeper->count < ZT_MAX_KEEPER_QUEUE) {
        keeper->requests[(keeper->head + keeper->count) % ZT_MAX_KEEPER_QUEUE] = *request;
        keeper->count++;
    } else {
        keeper->dropped++;
    }
    zt_monitor_leave(keeper->queue);
    zt_bell_ring(&keeper->bell);
}

/* Takes the oldest requests. False: the thread is to end. */
static bool take_requests(struct zt_keeper *keeper, size_t *taken)
{
    bool goes_on;

    zt_monitor_enter(keeper->queue);
    for (*taken = 0; *taken < ZT_KEEPER_BATCH && keeper->count > 0; (*taken)++) {
        keeper->taken[*taken] = keeper->requests[keeper->head];
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

/* One round at the desk. True if there may be more to do at once. */
static bool work(struct zt_keeper *keeper, size_t taken, bool is_ready)
{
    struct zt_instant now = zt_host_now();
    bool is_busy;

    zt_monitor_enter(keeper->desk);
    zt_controller_requests(keeper->controller, now, keeper->taken, taken);
    if (is_ready)
        zt_controller_follow(keeper->controller, now);
    zt_controller_tend(keeper->controller, now);
    is_busy = carry_out(keeper);
    keeper->descriptor = keeper->store->functions->descriptor(keeper->store, &keeper->for_writing);
    zt_monitor_leave(keeper->desk);
    return is_busy || taken > 0;
}

static void run(void *context)
{
    struct zt_keeper *keeper = context;
    size_t taken;
    bool is_busy = true;

    keeper->descriptor = -1;
    while (take_requests(keeper, &taken)) {
        bool is_ready = zt_bell_wait(&keeper->bell, keeper->descriptor, keeper->for_writing,
                                     is_busy || taken > 0 ? 0 : ZT_KEEPER_ROUND_MS);

        is_busy = work(keeper, taken, is_ready);
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
    zt_monitor_leave(keeper->queue);
    zt_bell_ring(&keeper->bell);
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
    zt_bell_ring(&keeper->bell); /* the call may have left effects */
    return result;
}

char *zt_keeper_list(struct zt_keeper *keeper, zt_nwid nwid, const struct zt_list_form *form,
                     size_t *length, int *status)
{
    char *text;

    zt_monitor_enter(keeper->desk);
    text =
        zt_controller_list_members(keeper->controller, zt_host_now(), nwid, form, length, status);
    zt_monitor_leave(keeper->desk);
    return text;
}

json_t *zt_keeper_counters(struct zt_keeper *keeper)
{
    struct zt_controller_counters counters;
    uint64_t dropped;
    size_t waiting;

    zt_monitor_enter(keeper->desk);
    counters = zt_controller_counters(keeper->controller);
    zt_monitor_leave(keeper->desk);
    zt_monitor_enter(keeper->queue);
    waiting = keeper->count;
    dropped = keeper->dropped;
    zt_monitor_leave(keeper->queue);
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:i}", "networks",
        (json_int_t)counters.networks, "members", (json_int_t)counters.members, "networkChanges",
        (json_int_t)counters.network_changes, "memberChanges", (json_int_t)counters.member_changes,
        "authorized", (json_int_t)counters.authorized, "deauthorized",
        (json_int_t)counters.deauthorized, "requests", (json_int_t)counters.requests, "queue",
        (json_int_t)waiting, "dropped", (json_int_t)dropped, "threads", keeper->thread ? 1 : 0);
}
