/* SPDX-License-Identifier: Apache-2.0 */
/* The one lock of the process: around the protocol and around lwIP. Recursive for its owner.
   Whoever releases it last carries out what waits to be sent, so that a burst leaves in one go, and
   wakes whom it has news for, so that nobody wakes only to find the lock taken. */
#ifndef ZT_OS_CORELOCK_H
#define ZT_OS_CORELOCK_H

#include "os/host.h"

void zt_core_lock(void);
void zt_core_unlock(void);
bool zt_core_lock_is_mine(void);

/* Called with the lock held by the outermost zt_core_unlock of any thread, just before the lock is
   released. NULL: nothing. Set with the lock held. */
void zt_core_lock_on_release(void (*flush)(void *context), void *context);

/* Wakes all waiters of a monitor: right after this thread releases the lock; at once if it is not its
   owner, who then keeps the monitor alive for the call. */
void zt_core_lock_wake(struct zt_monitor *monitor);
/* Before a monitor that was given to the function above is freed: takes back what is still to come. */
void zt_core_lock_forget(struct zt_monitor *monitor);

#endif
