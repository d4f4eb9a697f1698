/* SPDX-License-Identifier: Apache-2.0 */
/* The wire thread: waits for datagrams and deadlines, drives the node, carries out its effects. */
#ifndef ZT_SERVICE_WIRE_H
#define ZT_SERVICE_WIRE_H

#include "service/state.h"

/* The thread's body; context is the service. Ends after is_stopping was set and the thread woken. */
void zt_wire_run(void *context);
/* For the lock's release: sends, and wakes the wire thread for what is left to it. Core lock held. */
void zt_wire_flush(struct zt_service *service);

#endif
