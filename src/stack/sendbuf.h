/* SPDX-License-Identifier: Apache-2.0 */
/* How many bytes a connection may hold that are not acknowledged yet. With the core lock held. */
#ifndef ZT_STACK_SENDBUF_H
#define ZT_STACK_SENDBUF_H

struct tcp_pcb;

/* On a new connection, before anything is written. */
void zt_sendbuf_init(struct tcp_pcb *pcb);
/* A segment came in for it. */
void zt_sendbuf_heard(struct tcp_pcb *pcb);
/* Sets it for good, bounded by what is queued and by ours; 0: only asks. Returns what holds. */
int zt_sendbuf_size(struct tcp_pcb *pcb, int size);

#endif
