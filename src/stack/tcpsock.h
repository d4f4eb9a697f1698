/* SPDX-License-Identifier: Apache-2.0 */
/* What lwIP's socket calls can't do for TCP: a second attempt to connect, giving one up, and telling
   the states apart in which they behave unlike POSIX, and closing safely. They take the core lock themselves. */
#ifndef ZT_STACK_TCPSOCK_H
#define ZT_STACK_TCPSOCK_H

#include "lwip/ip_addr.h"

#include <stdbool.h>

/* Before each connect: notes the options, or makes the descriptor of a failed attempt usable again with
   the options noted before it. */
void zt_tcpsock_prepare(int fd);
/* Gives up an attempt that is under way; prepare allows the next. */
void zt_tcpsock_cancel(int fd);
/* A TCP socket that was never connected and does not listen. */
bool zt_tcpsock_is_unconnected(int fd);
bool zt_tcpsock_is_bound(int fd);
/* Sets how many bytes may wait to be acknowledged, bounded by ours, or only asks (0). Negative: no TCP
   connection. */
int zt_tcpsock_send_buffer(int fd, int size);
/* lwip_close, for listening sockets too: lwIP 2.2.1 asserts when a connection still waits to be accepted. */
int zt_socket_close(int fd);
void zt_socket_abort_on_close(int fd);
/* Is fd open at all? */
bool zt_socket_is_open(int fd);
/* Does a joined network (or loopback) lead there? */
bool zt_stack_can_reach(const ip_addr_t *dest);

#endif
