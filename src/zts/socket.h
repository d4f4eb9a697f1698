/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the socket calls: lwIP's result as ours, and what we remember of a descriptor. */
#ifndef ZT_ZTS_SOCKET_H
#define ZT_ZTS_SOCKET_H

#include "zts/zts.h"

enum {
    ZTS_MARK_OPEN = 1,        /* the descriptor was given out, and not closed yet */
    ZTS_MARK_CONNECTING = 2,  /* a non-blocking connect was started and not yet asked about */
    ZTS_MARK_FAILED = 4,      /* the last attempt to connect failed, and the caller knows */
    ZTS_MARK_ERROR_TOLD = 8,  /* the caller knows that the connection was lost */
    ZTS_MARK_REUSE_ADDR = 16, /* options that lwIP has only one for */
    ZTS_MARK_REUSE_PORT = 32,
    ZTS_MARK_STREAM = 64,
    ZTS_MARK_TRIED = 128,    /* a stream that was connected once, or tried to */
    ZTS_MARK_BOUND = 256,    /* a datagram socket that surely has a port */
    ZTS_MARK_PERSISTS = 512, /* zts_connect makes one attempt after the other */
    ZTS_MARK_GIVEN_UP = 1024 /* and shall make no more */
};

/* Marks are looked at without the core lock, for which the network's thread competes. */
void zts_mark_new(int fd, unsigned marks);
void zts_mark(int fd, unsigned mark);
/* Was it marked? Takes the mark away. */
bool zts_unmark(int fd, unsigned mark);
bool zts_is_marked(int fd, unsigned mark);

/* Is it closed, or being closed? lwIP wakes those who wait for it before it is gone. */
bool zts_is_closed(int fd);

/* Before and after a call of lwIP's. finish returns result, with zts_errno set, or cleared on success. */
void zts_begin(void);
ssize_t zts_finish(ssize_t result);
/* What it means that lwIP calls an attempt to connect aborted or reset. */
int zts_connect_errno(int fd, int code);
/* Was a non-blocking connect started, and failed or still under way? */
bool zts_is_attempt(int fd);
/* Takes the mark of such a connect away. Was it one that failed? */
bool zts_take_attempt(int fd);
/* Takes the error that waits to be told (ZTS_SO_ERROR); 0: none. */
int zts_take_error(int fd);
bool zts_is_stream(int fd);
/* May the address be given to lwIP? */
bool zts_is_socket_address(const void *addr, zts_socklen_t addrlen);
/* Is it of IPv6, and shorter than such addresses are? lwIP would read on. NULL is not. */
bool zts_is_cut_short(const void *addr, zts_socklen_t addrlen);
/* Before sending to addr: a group of the link needs the network whose link is meant. */
void zts_choose_link(int fd, const void *addr, zts_socklen_t addrlen);
bool zts_is_nonblocking(int fd);
/* How long a call with these flags may wait, by ZTS_SO_RCVTIMEO or ZTS_SO_SNDTIMEO: 0 not at all, negative
   for ever. */
int64_t zts_patience_ms(int fd, int flags, int option);

#endif
