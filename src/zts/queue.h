/* SPDX-License-Identifier: Apache-2.0 */
/* The event queue, filled by the event thread. */
#ifndef ZT_ZTS_QUEUE_H
#define ZT_ZTS_QUEUE_H

#include "zts/zts.h"

/* Copies the event into the queue, if the program asked for one. NODE_DOWN ends it. */
void zts_queue_push(const zts_event_msg_t *event);

#endif
