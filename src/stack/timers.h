/* SPDX-License-Identifier: Apache-2.0 */
/* When lwIP's timers begin to run. All with the core lock held. */
#ifndef ZT_STACK_TIMERS_H
#define ZT_STACK_TIMERS_H

/* Once, after lwIP's thread has been started. */
void zt_timers_init(void);
/* An Ethernet interface exists now: its tables age. */
void zt_timers_interface_added(void);
/* Around a wait for a name server, which may be reached without any interface, or lose the last one. */
void zt_timers_lookup_began(void);
void zt_timers_lookup_ended(void);
/* Something is about to happen on a TCP connection: its timer runs at its full pace again. */
void zt_timers_tcp_busy(void);

#endif
