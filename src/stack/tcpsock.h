/* SPDX-License-Identifier: Apache-2.0 */
/* What lwIP's socket calls can't do, or do unlike POSIX: a second attempt to connect, giving one up,
   telling the states of a stream apart, ports, options and closing. They take the core lock themselves. */
#ifndef ZT_STACK_TCPSOCK_H
#define ZT_STACK_TCPSOCK_H

#include "lwip/ip_addr.h"

#include <stdbool.h>

enum zt_stream_stage {
    ZT_STREAM_NONE, /* not a stream socket */
    ZT_STREAM_FRESH,
    ZT_STREAM_LISTENING,
    ZT_STREAM_CONNECTING,
    ZT_STREAM_OPEN, /* perhaps in one direction only */
    ZT_STREAM_GONE  /* reset, closed both ways, or the attempt to connect failed */
};

enum zt_stream_stage zt_stream_stage(int fd);

/* Before each connect: notes the options, or makes the descriptor of a failed attempt usable again with
   the options noted before it; and chooses a port if it has none. */
void zt_tcpsock_prepare(int fd, const ip_addr_t *remote, uint16_t port);
/* After a connect that failed at once: takes the port back. */
void zt_tcpsock_unprepare(int fd);
/* Gives up an attempt that is under way, and wakes who waits for it; prepare allows the next. */
void zt_tcpsock_cancel(int fd);
/* Was the last attempt given up so? With the core lock held. */
bool zt_tcpsock_was_cancelled(int fd);
/* The descriptor is closed: what was noted of it is not about the next of its number. With the core lock
   held. */
void zt_tcpsock_forget(int fd);
/* Nobody answers for the address that fd tries to reach. With the core lock held. */
void zt_tcpsock_unreachable(int fd);
/* Was that why the last attempt failed? */
bool zt_tcpsock_was_unreachable(int fd);
/* The attempt of fd succeeded. With the core lock held. */
void zt_tcpsock_opened(int fd);
/* Did the last attempt succeed, whatever became of the connection since? */
bool zt_tcpsock_was_open(int fd);
/* Did the connection end without an error, or has that been told? */
bool zt_tcpsock_ended_well(int fd);
/* Takes away what still waits to be told of an error. */
void zt_tcpsock_forget_error(int fd);
/* Sets how many bytes may wait to be acknowledged, bounded by ours, or only asks (0). Negative: no TCP
   connection. */
int zt_tcpsock_send_buffer(int fd, int size);

bool zt_socket_is_bound(int fd);
/* A free local port for binding fd; 0: none, or no such socket. */
uint16_t zt_socket_choose_port(int fd);
/* Is it a datagram socket that was connected? Always for raw ones, which know no such state. */
bool zt_socket_has_peer(int fd);
/* Gives a datagram socket a port if it has none. */
void zt_socket_bind_datagram(int fd);
/* By which interface a datagram socket sends to groups from now on, given by its number. */
void zt_socket_send_groups_by(int fd, unsigned number);
/* Options that lwIP keeps for some kinds of sockets only. flag: SO_BROADCAST, SO_REUSEADDR... as lwIP's
   SOF_*. False: no such socket. */
bool zt_socket_set_flag(int fd, uint8_t flag, bool on);
/* 0 or 1; negative: no such socket. */
int zt_socket_get_flag(int fd, uint8_t flag);
/* lwIP's name of the interface of the network that was joined as number place (from 0) of those there are.
   False: there are not so many. */
bool zt_stack_interface_name(unsigned place, char name[6]);
/* The number of the interface by which groups are sent to if none is named; 0: no network is joined. */
unsigned zt_stack_default_interface(void);
/* Closes for good: whoever waits for the socket returns, and a second close meanwhile is refused (EBADF).
   A stream with linger time 0 is reset; with one above it waits, if it blocks, until all is
   acknowledged. */
int zt_socket_close(int fd);
/* Is one under way? With the core lock held. */
bool zt_socket_is_closing(int fd);
/* lwip_shutdown, which never lingers here and misses no reader. */
int zt_socket_shutdown(int fd, int how);
/* Was receiving shut down, by the caller or by taking the end of the stream? */
bool zt_socket_reads_no_more(int fd);
void zt_socket_abort_on_close(int fd);
/* Before looking at a stream without taking: so many bytes, if they are there and up to 64 KiB, can then be
   seen at once. For who has the turn to read. */
void zt_stream_gather(int fd, size_t wanted);
/* Copies what was gathered, from offset on. Returns how many bytes. */
ssize_t zt_stream_look(int fd, size_t offset, void *out, size_t length);
/* Is fd open at all? */
bool zt_socket_is_open(int fd);
/* Is it a raw socket, and not just being made or closed? Lock held. */
bool zt_socket_is_raw(int fd);
/* Does a joined network (or loopback) lead there? */
bool zt_stack_can_reach(const ip_addr_t *dest);
/* Is it a group's, or the broadcast address of a joined network or of all? No stream leads there. */
bool zt_stack_is_for_many(const ip_addr_t *dest);

#endif
