/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP's timers, run only while there is something to time, so that an idle process sleeps.
   TCP: every TCP_TMR_INTERVAL while a connection is open or lingers. Multicast membership reports: every
   100 ms while one is due. All others (ARP, reassembly, neighbours, DNS): once a second while an
   interface exists. */
#include "stack/timers.h"

#include "lwip/dns.h"
#include "lwip/etharp.h"
#include "lwip/igmp.h"
#include "lwip/ip4_frag.h"
#include "lwip/ip6_frag.h"
#include "lwip/mld6.h"
#include "lwip/nd6.h"
#include "lwip/priv/tcp_priv.h"
#include "lwip/sys.h"
#include "lwip/tcpip.h"
#include "lwip/timeouts.h"
#include "os/host.h"

#include <stdbool.h>

enum timer { TIMER_TCP, TIMER_REPORTS, TIMER_SECOND, TIMER_COUNT };

static const int64_t interval_ms[TIMER_COUNT] = { TCP_TMR_INTERVAL, 100, 1000 };

static int64_t due_ms[TIMER_COUNT]; /* 0: not running */
static struct tcpip_callback_msg *wake_message;
static bool wake_posted;

static void woken(void *unused)
{
    (void)unused;
    wake_posted = false;
}

void zt_timers_init(void)
{
    wake_message = tcpip_callbackmsg_new(woken, NULL);
}

/* lwIP's thread computed its sleep without this timer: make it look again. */
static void start_timer(enum timer timer)
{
    if (due_ms[timer] != 0)
        return;
    due_ms[timer] = zt_host_mono_ms() + interval_ms[timer];
    if (wake_posted || wake_message == NULL)
        return;
    wake_posted = tcpip_callbackmsg_trycallback(wake_message) == ERR_OK;
}

void tcp_timer_needed(void)
{
    start_timer(TIMER_TCP);
}

void zt_timers_interface_added(void)
{
    start_timer(TIMER_SECOND);
}

static bool reports_are_due(void)
{
    struct netif *netif;

    NETIF_FOREACH(netif)
    {
        for (struct igmp_group *group = netif_igmp_data(netif); group != NULL;
             group = group->next) {
            if (group->timer != 0)
                return true;
        }
        for (struct mld_group *group = netif_mld6_data(netif); group != NULL; group = group->next) {
            if (group->timer != 0)
                return true;
        }
    }
    return false;
}

static bool interfaces_exist(void)
{
    struct netif *netif;

    NETIF_FOREACH(netif)
    {
        if ((netif->flags & NETIF_FLAG_ETHERNET) != 0)
            return true;
    }
    return false;
}

/* Each handler tells whether its timer is still needed. */
static bool run_tcp(void)
{
    tcp_tmr();
    return tcp_active_pcbs != NULL || tcp_tw_pcbs != NULL;
}

static bool run_reports(void)
{
    igmp_tmr();
    mld6_tmr();
    return reports_are_due();
}

static bool run_second(void)
{
    ip_reass_tmr();
    etharp_tmr();
    dns_tmr();
    nd6_tmr();
    ip6_reass_tmr();
    if (reports_are_due() && due_ms[TIMER_REPORTS] == 0)
        due_ms[TIMER_REPORTS] = zt_host_mono_ms() + interval_ms[TIMER_REPORTS];
    return interfaces_exist();
}

static bool (*const handlers[TIMER_COUNT])(void) = {
    [TIMER_TCP] = run_tcp,
    [TIMER_REPORTS] = run_reports,
    [TIMER_SECOND] = run_second,
};

static void run_timer(enum timer timer, int64_t now_ms)
{
    int64_t next_ms = due_ms[timer] + interval_ms[timer];

    /* After a long sleep the missed rounds are not made up for. */
    if (next_ms <= now_ms)
        next_ms = now_ms + interval_ms[timer];
    if (!handlers[timer]())
        next_ms = 0;
    due_ms[timer] = next_ms;
}

void sys_check_timeouts(void)
{
    int64_t now_ms = zt_host_mono_ms();

    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        if (due_ms[i] != 0 && due_ms[i] <= now_ms)
            run_timer((enum timer)i, now_ms);
    }
}

u32_t sys_timeouts_sleeptime(void)
{
    int64_t first_ms = INT64_MAX;
    int64_t now_ms = zt_host_mono_ms();

    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        if (due_ms[i] != 0 && due_ms[i] < first_ms)
            first_ms = due_ms[i];
    }
    if (first_ms == INT64_MAX)
        return SYS_TIMEOUTS_SLEEPTIME_INFINITE;
    return first_ms <= now_ms ? 0 : (u32_t)(first_ms - now_ms);
}

/* lwIP calls this at its own start; nothing is to be timed yet. */
void sys_timeouts_init(void)
{
}
