/* SPDX-License-Identifier: Apache-2.0 */
/* The event thread: notices wait in a queue and reach the user's callback in order, without any lock. */
#ifndef ZT_SERVICE_EVENTS_H
#define ZT_SERVICE_EVENTS_H

#include "service/service.h"

/* Notices waiting. At the bound an older notice of the same subject gives way, else the oldest about
   peers, else the oldest. */
#define ZT_MAX_NOTICES 16384

struct zt_events;

/* NULL if no thread or memory is to be had. */
struct zt_events *zt_events_new(void (*notice)(void *context, const struct zt_notice *notice),
                                void *context);
/* Any thread; copies all. events NULL: nobody listens. */
void zt_events_push(struct zt_events *events, const struct zt_notice *notice);
/* Delivers what waits, ends the thread and frees. Not from a notice. NULL is fine. */
void zt_events_free(struct zt_events *events);

#endif
