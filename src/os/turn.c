/* SPDX-License-Identifier: Apache-2.0 */
/* The turn: a holder, and a guest's right to it. A guest leaves it vacant without waking anyone, as it is
   likely to be back at once. Meanwhile the wire thread looks every GRACE_MS, and takes a turn that nobody
   took for so long; all other times it sits in its own round and costs nothing. */
#include "os/turn.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
    GRACE_MS = 1,
    PATIENCE_MS = 10,   /* a guest's round that brings nothing; longer waits are no exchange */
    FIRST_WAITS = 8,    /* of one thread, each soon after the one before, before it is a guest */
    MOST_DATAGRAMS = 4, /* a round with more is bulk: two threads do more than one */
};

enum holder { HELD_BY_NOBODY, HELD_BY_WIRE, HELD_BY_GUEST };

static struct {
    struct zt_monitor *monitor; /* guards what follows; made once and kept */
    struct zt_turn_work work;
    enum holder holder;
    unsigned guest_turns; /* counted, so that the wire thread sees changes */
    bool is_called;       /* the wire thread shall take it without further grace */
    const void *waiter;   /* the thread that waited last, named by its own variable */
    unsigned waits;       /* of that thread in a row */
    int64_t waited_ms;    /* when the last began */
} turn;

static _Atomic bool is_open;
static _Atomic bool is_bulk;   /* a round of the wire thread brought many datagrams */
static _Atomic bool is_wanted; /* by a thread that waits for the wire thread to leave */
static struct zt_monitor *_Atomic guest_monitor; /* where the guest would sleep; NULL: no guest */

static _Thread_local bool is_guest, abstains, expects;

static void make_monitor(void)
{
    turn.monitor = zt_monitor_new();
}

void zt_turn_open(const struct zt_turn_work *work)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, make_monitor);
    if (!turn.monitor)
        return; /* the wire thread serves alone, which is only slower */
    zt_monitor_enter(turn.monitor);
    if (!atomic_load(&is_open)) {
        turn.work = *work;
        turn.holder = HELD_BY_WIRE;
        turn.waits = 0;
        atomic_store(&is_wanted, false);
        atomic_store(&is_open, true);
    }
    zt_monitor_leave(turn.monitor);
}

static bool is_of(const void *context)
{
    return atomic_load(&is_open) && turn.work.context == context;
}

void zt_turn_close(const void *context)
{
    if (!atomic_load(&is_open))
        return;
    assert(!is_guest);
    zt_monitor_enter(turn.monitor);
    if (is_of(context)) {
        atomic_store(&is_open, false);
        zt_monitor_wake_all(turn.monitor);
        while (turn.holder == HELD_BY_GUEST) {
            turn.work.wake(turn.work.context);
            (void)zt_monitor_wait(turn.monitor, GRACE_MS);
        }
    }
    zt_monitor_leave(turn.monitor);
}

/* The wire thread between a guest's asking and its own next round. */
static void stand_back(void)
{
    turn.holder = HELD_BY_NOBODY;
    turn.is_called = false;
    for (;;) {
        unsigned seen = turn.guest_turns;
        bool was_woken = zt_monitor_wait(turn.monitor, GRACE_MS);
        if (turn.holder == HELD_BY_GUEST)
            continue;
        if (turn.is_called || !atomic_load(&is_open) || (!was_woken && seen == turn.guest_turns))
            break;
    }
    turn.holder = HELD_BY_WIRE;
}

void zt_turn_yield(const void *context, size_t came)
{
    if (came > MOST_DATAGRAMS)
        atomic_store(&is_bulk, true);
    if (!atomic_load(&is_wanted))
        return;
    zt_monitor_enter(turn.monitor);
    if (is_of(context)) {
        atomic_store(&is_wanted, false);
        zt_monitor_wake_all(turn.monitor);
        stand_back();
    }
    zt_monitor_leave(turn.monitor);
}

/* Notes that this thread begins to wait. Is it worth a turn? Threads that wait by turns do better with the
   wire thread: whoever left would serve none of the others while it works. */
static bool note_wait(void)
{
    int64_t now_ms = zt_host_mono_ms();

    if (turn.waiter != &is_guest || now_ms - turn.waited_ms > PATIENCE_MS ||
        atomic_exchange(&is_bulk, false))
        turn.waits = 0;
    turn.waiter = &is_guest;
    turn.waited_ms = now_ms;
    if (turn.waits < FIRST_WAITS)
        turn.waits++;
    return turn.waits == FIRST_WAITS;
}

static void call_wire(void)
{
    turn.is_called = true;
    zt_monitor_wake_all(turn.monitor);
}

/* The wire thread is in its round; once that ends it sees the wish. */
static void ask_wire(void)
{
    atomic_store(&is_wanted, true);
    turn.work.wake(turn.work.context);
    while (turn.holder == HELD_BY_WIRE && atomic_load(&is_wanted) && atomic_load(&is_open))
        (void)zt_monitor_wait(turn.monitor, -1);
}

static bool take(void)
{
    bool is_worth_it = note_wait();

    if (!is_worth_it && turn.holder == HELD_BY_NOBODY)
        call_wire();
    if (!is_worth_it)
        return false;
    if (turn.holder == HELD_BY_WIRE)
        ask_wire();
    if (turn.holder != HELD_BY_NOBODY || !atomic_load(&is_open))
        return false;
    turn.holder = HELD_BY_GUEST;
    turn.guest_turns++;
    return true;
}

/* Without any monitor entered, as the wire thread may want each before it leaves. */
static bool become_guest(void)
{
    if (abstains || !atomic_load(&is_open))
        return false;
    zt_monitor_enter(turn.monitor);
    is_guest = atomic_load(&is_open) && take();
    zt_monitor_leave(turn.monitor);
    return is_guest;
}

static void stop_serving(bool was_fruitful)
{
    zt_monitor_enter(turn.monitor);
    is_guest = false;
    turn.holder = HELD_BY_NOBODY;
    if (!was_fruitful)
        turn.waits = 0;
    if (!was_fruitful || !atomic_load(&is_open))
        call_wire();
    zt_monitor_leave(turn.monitor);
}

static int64_t left_ms(int64_t deadline_ms)
{
    if (deadline_ms < 0)
        return -1;
    int64_t now_ms = zt_host_mono_ms();
    return deadline_ms > now_ms ? deadline_ms - now_ms : 0;
}

/* As guest, with the monitor entered. False when the wire thread shall go on instead. */
static bool serve_until(struct zt_monitor *monitor, bool (*is_ready)(const void *object),
                        const void *object, int64_t deadline_ms)
{
    size_t came = 1;
    bool is_near = expects;

    while (!is_ready(object) && came > 0 && came <= MOST_DATAGRAMS) {
        int64_t wait_ms = left_ms(deadline_ms);
        zt_monitor_leave(monitor);
        came =
            turn.work.serve(turn.work.context,
                            wait_ms < 0 || wait_ms > PATIENCE_MS ? PATIENCE_MS : wait_ms, is_near);
        is_near = false;
        zt_monitor_enter(monitor);
    }
    return came > 0 && came <= MOST_DATAGRAMS;
}

bool zt_turn_wait(struct zt_monitor *monitor, bool (*is_ready)(const void *object),
                  const void *object, int64_t timeout_ms)
{
    if (is_ready(object))
        return true;
    int64_t deadline_ms = timeout_ms < 0 ? -1 : zt_host_mono_ms() + timeout_ms;

    zt_monitor_leave(monitor);
    bool serves = become_guest();
    zt_monitor_enter(monitor);
    if (serves) {
        atomic_store(&guest_monitor, monitor);
        bool was_fruitful = serve_until(monitor, is_ready, object, deadline_ms);
        atomic_store(&guest_monitor, NULL);
        stop_serving(was_fruitful);
    }
    expects = false;
    for (int64_t wait_ms; !is_ready(object) && (wait_ms = left_ms(deadline_ms)) != 0;)
        (void)zt_monitor_wait(monitor, wait_ms);
    return is_ready(object);
}

void zt_turn_wake_all(struct zt_monitor *monitor)
{
    zt_monitor_wake_all(monitor);
    if (is_guest || atomic_load(&guest_monitor) != monitor)
        return;
    zt_monitor_enter(turn.monitor);
    if (atomic_load(&guest_monitor) == monitor)
        turn.work.wake(turn.work.context);
    zt_monitor_leave(turn.monitor);
}

void zt_turn_expect(void)
{
    expects = true;
}

void zt_turn_abstain(void)
{
    abstains = true;
}
