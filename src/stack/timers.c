/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP's timers, run only while there is something to time, so that an idle process sleeps.
   TCP: every TCP_TMR_INTERVAL while something is under way on a connection; once a second while
   connections are open or linger, and then the rounds left out are made up for, as lwIP counts time in
   rounds. Multicast membership reports: every 100 ms while one is due. All others (ARP, reassembly,
   neighbours, DNS): once a second while an interface exists or a name is looked up. */
#include "stack/timers.h"

#include "stack/timewait.h"
#include "stack/unreach.h"

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

#include <assert.h>
#include <stdbool.h>

enum timer { TIMER_TCP, TIMER_REPORTS, TIMER_SECOND, TIMER_COUNT };

enum { SECOND_MS = 1000, REPORTS_MS = 100, IDLE_ROUNDS = SECOND_MS / TCP_TMR_INTERVAL };

static const int64_t first_ms[TIMER_COUNT] = { TCP_TMR_INTERVAL, REPORTS_MS, SECOND_MS };

static int64_t due_ms[TIMER_COUNT]; /* 0: not running */
static int64_t idle_since_ms;       /* the last round of TCP; 0: TCP is busy, or not timed */
static int64_t missed_rounds;       /* of TCP */
static unsigned lookups;            /* of names, under way */
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
static void set_timer(enum timer timer, int64_t now_ms)
{
    due_ms[timer] = now_ms + first_ms[timer];
    if (wake_posted || wake_message == NULL)
        return;
    wake_posted = tcpip_callbackmsg_trycallback(wake_message) == ERR_OK;
}

static void start_timer(enum timer timer)
{
    if (due_ms[timer] == 0)
        set_timer(timer, zt_host_mono_ms());
}

static void end_idleness(int64_t now_ms)
{
    int64_t rounds = (now_ms - idle_since_ms) / TCP_TMR_INTERVAL;

    /* After a long sleep of the machine the missed rounds are not made up for. */
    missed_rounds += rounds < IDLE_ROUNDS ? rounds : IDLE_ROUNDS;
    idle_since_ms = 0;
}

void zt_timers_tcp_busy(void)
{
    if (idle_since_ms == 0)
        return;
    int64_t now_ms = zt_host_mono_ms();
    end_idleness(now_ms);
    set_timer(TIMER_TCP, now_ms);
}

void tcp_timer_needed(void)
{
    zt_timers_tcp_busy();
    start_timer(TIMER_TCP);
}

void zt_timers_interface_added(void)
{
    start_timer(TIMER_SECOND);
}

void zt_timers_lookup_began(void)
{
    lookups++;
    start_timer(TIMER_SECOND);
}

void zt_timers_lookup_ended(void)
{
    assert(lookups > 0);
    lookups--;
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

/* Does anything on it wait for an event that must not be late? Keeping alive and lingering may be. */
static bool is_busy(const struct tcp_pcb *pcb)
{
    if (pcb->state != ESTABLISHED && pcb->state != CLOSE_WAIT && pcb->state != FIN_WAIT_2)
        return true;
    return pcb->unsent != NULL || pcb->unacked != NULL || pcb->ooseq != NULL ||
           pcb->refused_data != NULL || pcb->persist_backoff > 0 ||
           (pcb->flags & (TF_ACK_DELAY | TF_ACK_NOW | TF_CLOSEPEND)) != 0;
}

static bool tcp_is_busy(void)
{
    for (const struct tcp_pcb *pcb = tcp_active_pcbs; pcb != NULL; pcb = pcb->next) {
        if (is_busy(pcb))
            return true;
    }
    return false;
}

/* Each handler tells in how many milliseconds it wants to run again; 0: no more. */
static int64_t run_tcp(int64_t now_ms)
{
    if (idle_since_ms != 0)
        end_idleness(now_ms);
    else
        missed_rounds++;
    zt_timewait_detach_old((unsigned)missed_rounds);
    tcp_tmr();
    missed_rounds--;
    /* Nothing whose time is being taken may see the missed rounds pass at once. */
    if (tcp_is_busy())
        return TCP_TMR_INTERVAL;
    for (; missed_rounds > 0; missed_rounds--)
        tcp_tmr();
    if (tcp_active_pcbs == NULL && tcp_tw_pcbs == NULL)
        return 0;
    idle_since_ms = now_ms;
    return SECOND_MS;
}

static int64_t run_reports(int64_t now_ms)
{
    (void)now_ms;
    igmp_tmr();
    mld6_tmr();
    return reports_are_due() ? REPORTS_MS : 0;
}

static int64_t run_second(int64_t now_ms)
{
    ip_reass_tmr();
    etharp_tmr();
    dns_tmr();
    nd6_tmr();
    zt_unreach_check();
    ip6_reass_tmr();
    if (reports_are_due() && due_ms[TIMER_REPORTS] == 0)
        due_ms[TIMER_REPORTS] = now_ms + REPORTS_MS;
    return interfaces_exist() || lookups > 0 ? SECOND_MS : 0;
}

static int64_t (*const handlers[TIMER_COUNT])(int64_t now_ms) = {
    [TIMER_TCP] = run_tcp,
    [TIMER_REPORTS] = run_reports,
    [TIMER_SECOND] = run_second,
};

static void run_timer(enum timer timer, int64_t now_ms)
{
    int64_t interval_ms = handlers[timer](now_ms);

    /* On a grid, so that timers of the same interval share their wake-ups. */
    due_ms[timer] = interval_ms == 0 ? 0 : now_ms - now_ms % interval_ms + interval_ms;
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
    int64_t next_ms = INT64_MAX;
    int64_t now_ms = zt_host_mono_ms();

    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        if (due_ms[i] != 0 && due_ms[i] < next_ms)
            next_ms = due_ms[i];
    }
    if (next_ms == INT64_MAX)
        return SYS_TIMEOUTS_SLEEPTIME_INFINITE;
    return next_ms <= now_ms ? 0 : (u32_t)(next_ms - now_ms);
}

/* lwIP calls this at its own start; nothing is to be timed yet. */
void sys_timeouts_init(void)
{
}
