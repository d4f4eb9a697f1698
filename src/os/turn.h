/* SPDX-License-Identifier: Apache-2.0 */
/* Whose turn it is to serve the UDP sockets: the wire thread's, or that of a thread that would otherwise
   sleep until the wire thread has news for it.
   A program that asks and waits for the answer then needs one thread instead of two, and nobody is woken
   between the kernel and the program. The turn passes only where that pays: to a thread that keeps
   blocking for short times, alone, and is brought few datagrams at a time. There is one turn in the
   process, for the node that the sockets belong to. */
#ifndef ZT_OS_TURN_H
#define ZT_OS_TURN_H

#include "os/host.h"

struct zt_turn_work {
    void *context;
    /* One round: waits at most timeout_ms, then does all that is due. How many datagrams came. is_near:
       what it waits for may come at once. */
    size_t (*serve)(void *context, int64_t timeout_ms, bool is_near);
    /* Ends the waiting of the round under way, or of the next. Any thread. */
    void (*wake)(void *context);
};

/* The wire thread. Open: from now on others may have the turn, which is the caller's; nothing happens if
   another work has it already. Yield, after a round that brought so many datagrams: lets a thread that
   asked have it, and returns when it is the caller's again. Context: the work's; of another work, nothing
   happens. */
void zt_turn_open(const struct zt_turn_work *work);
void zt_turn_yield(const void *context, size_t came);
/* Any thread that is not serving: nobody but the wire thread serves once this returns. */
void zt_turn_close(const void *context);

/* Sleeps, or serves, until is_ready(object) or for timeout_ms (< 0: for ever). The monitor is entered
   before, after, and when is_ready is asked; the core lock is not held. Returns the last answer. */
bool zt_turn_wait(struct zt_monitor *monitor, bool (*is_ready)(const void *object),
                  const void *object, int64_t timeout_ms);
/* Wakes all who wait so at this monitor, which the caller keeps alive. */
void zt_turn_wake_all(struct zt_monitor *monitor);
/* The calling thread asked something that may be answered at once: in its next wait it looks for the
   answer for a moment before it sleeps, if it has the turn. */
void zt_turn_expect(void);
/* The calling thread never serves: what it waits for is not worth it. */
void zt_turn_abstain(void);

#endif
