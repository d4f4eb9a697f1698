/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of which one end or both were closed. With the core lock held. */
#ifndef ZT_STACK_ENDING_H
#define ZT_STACK_ENDING_H

#include <stdbool.h>

struct tcp_hdr;
struct tcp_pcb;

/* Before each segment for a connection that does not listen. False: the pcb is gone. */
bool zt_ending_heard(struct tcp_pcb *pcb, const struct tcp_hdr *header);
/* Ends those that were closed by the program and have delivered all, without a word to the other end, which
   may still be reading. */
void zt_ending_leave_quietly(void);

#endif
