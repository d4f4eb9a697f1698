/* SPDX-License-Identifier: Apache-2.0 */
/* zts_wait_*: asks, and sleeps until something changed that could alter the answer.

   A change is counted after it was made, and who waits notes the count before asking, so none is missed.
   While nobody waits a change costs one look at an atomic number. */
#include "zts/wait.h"

#include "os/host.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

struct question {
    uint64_t net_id;
    unsigned family;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic unsigned waiter_count;
static struct zt_monitor *monitor; /* guards what follows */
static unsigned change_count;

static void init_once(void)
{
    monitor = zt_monitor_new();
    assert(monitor != NULL);
}

void zts_wait_changed(void)
{
    if (waiter_count == 0)
        return;
    zt_monitor_enter(monitor);
    change_count++;
    zt_monitor_wake_all(monitor);
    zt_monitor_leave(monitor);
}

void zts_wait_notice(const struct zt_notice *notice)
{
    switch (notice->kind) {
    case ZT_NOTICE_FATAL:
    case ZT_NOTICE_ONLINE:
    case ZT_NOTICE_NETWORK:
    case ZT_NOTICE_ADDRESS_ADDED:
        zts_wait_changed();
        break;
    default:
        break;
    }
}

static void begin_waiting(void)
{
    (void)pthread_once(&once, init_once);
    waiter_count++;
}

static unsigned changes_so_far(void)
{
    zt_monitor_enter(monitor);
    unsigned count = change_count;
    zt_monitor_leave(monitor);
    return count;
}

/* Until there were more changes than known, or the deadline; negative: never. False: the deadline. */
static bool sleep_until(unsigned known, int64_t deadline_ms)
{
    bool in_time = true;

    zt_monitor_enter(monitor);
    while (change_count == known && in_time) {
        int64_t left_ms = deadline_ms < 0 ? -1 : deadline_ms - zt_host_mono_ms();
        if (deadline_ms >= 0 && left_ms <= 0)
            in_time = false;
        else
            (void)zt_monitor_wait(monitor, left_ms);
    }
    zt_monitor_leave(monitor);
    return in_time;
}

void zts_wait_for_change(int64_t timeout_ms)
{
    begin_waiting();
    (void)sleep_until(changes_so_far(), zt_host_mono_ms() + timeout_ms);
    waiter_count--;
}

static bool has_failed(void)
{
    struct zt_service *service = zts_enter();

    if (service == NULL)
        return false;
    bool failed = zt_service_fatal_text(service)[0] != 0;
    zts_leave();
    return failed;
}

/* Answers come as 1: yes, 0: no, negative: no, and here is why. */
typedef int (*asker)(const struct question *question);

static int judge(asker ask, const struct question *question)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (ask(question) == 1)
        return ZTS_ERR_OK;
    return has_failed() ? ZTS_ERR_GENERAL : ZTS_ERR_NO_RESULT;
}

static int wait_for(asker ask, const struct question *question, int timeout_ms)
{
    int64_t deadline_ms = timeout_ms < 0 ? -1 : zt_host_mono_ms() + timeout_ms;
    bool in_time = true;
    int result;

    begin_waiting();
    do {
        unsigned known = changes_so_far();
        result = judge(ask, question);
        if (result == ZTS_ERR_NO_RESULT)
            in_time = sleep_until(known, deadline_ms);
    } while (result == ZTS_ERR_NO_RESULT && in_time);
    waiter_count--;
    return result;
}

static int ask_online(const struct question *unused)
{
    (void)unused;
    return zts_node_is_online();
}

static int ask_network(const struct question *question)
{
    return zts_net_transport_is_ready(question->net_id);
}

static int ask_address(const struct question *question)
{
    return zts_addr_is_assigned(question->net_id, question->family);
}

static bool is_sound(int timeout_ms)
{
    return timeout_ms >= -1;
}

int zts_wait_online(int timeout_ms)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (!is_sound(timeout_ms))
        return ZTS_ERR_ARG;
    return wait_for(ask_online, &(struct question){ 0 }, timeout_ms);
}

int zts_wait_network(uint64_t net_id, int timeout_ms)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (net_id == 0 || !is_sound(timeout_ms))
        return ZTS_ERR_ARG;
    return wait_for(ask_network, &(struct question){ .net_id = net_id }, timeout_ms);
}

int zts_wait_address(uint64_t net_id, unsigned int family, int timeout_ms)
{
    if (!zts_is_running())
        return ZTS_ERR_SERVICE;
    if (net_id == 0 || (family != ZTS_AF_INET && family != ZTS_AF_INET6) || !is_sound(timeout_ms))
        return ZTS_ERR_ARG;
    return wait_for(ask_address, &(struct question){ .net_id = net_id, .family = family },
                    timeout_ms);
}
