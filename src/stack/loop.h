/* SPDX-License-Identifier: Apache-2.0 */
/* Packets of ours to ourselves, which lwIP's thread takes in later. All with the core lock held. */
#ifndef ZT_STACK_LOOP_H
#define ZT_STACK_LOOP_H

#include "lwip/netif.h"

/* Once, after lwIP's thread has been started. */
void zt_loop_init(void);
/* The interface goes: so does what waits on it. */
void zt_loop_drop(struct netif *netif);

#endif
