/* SPDX-License-Identifier: Apache-2.0 */
/* Clock, entropy, threads and waiting: what the program needs of the machine besides sockets and files. */
#ifndef ZT_OS_HOST_H
#define ZT_OS_HOST_H

#include "base/instant.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int64_t zt_host_mono_ms(void);
int64_t zt_host_process(void);         /* its number; a child that fork made has another */
int64_t zt_host_mono_precise_us(void); /* dearer than the above, which steps with the clock tick */
struct zt_instant zt_host_now(void);
/* Never fails: aborts the process if the system has no entropy. */
void zt_host_random(void *out, size_t length);
void zt_host_sleep_ms(int64_t ms);
/* Zeroed memory straight from the system, which gets all of it back. For what is large and short-lived. */
void *zt_host_pages(size_t size); /* NULL: there is none */
void zt_host_pages_free(void *memory, size_t size);
const char *zt_host_platform(void); /* "linux/x86_64"; names of docs/wire.md 12.2 */

struct zt_thread; /* heap object */
/* NULL if the system refuses. name: at most 15 characters shown by debuggers. */
struct zt_thread *zt_thread_start(const char *name, void (*run)(void *context), void *context);
void zt_thread_join(struct zt_thread *thread); /* waits for its end and frees it; NULL is fine */
bool zt_thread_is_self(const struct zt_thread *thread);

/* A mutex with one condition variable: the shape every queue here needs. Heap object. */
struct zt_monitor;
struct zt_monitor *zt_monitor_new(void);
void zt_monitor_free(struct zt_monitor *monitor);
void zt_monitor_enter(struct zt_monitor *monitor);
void zt_monitor_leave(struct zt_monitor *monitor);
/* Entered before and after. timeout_ms < 0: for ever. False after the timeout. */
bool zt_monitor_wait(struct zt_monitor *monitor, int64_t timeout_ms);
void zt_monitor_wake(struct zt_monitor *monitor); /* one waiter; entered or not */
void zt_monitor_wake_all(struct zt_monitor *monitor);

#endif
