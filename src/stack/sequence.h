/* SPDX-License-Identifier: Apache-2.0 */
/* Initial sequence numbers. With the core lock held. */
#ifndef ZT_STACK_SEQUENCE_H
#define ZT_STACK_SEQUENCE_H

struct tcp_pcb;

/* The next connection between the ends of this one begins beyond what this one sent. */
void zt_sequence_follow(const struct tcp_pcb *ended);

#endif
