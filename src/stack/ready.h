/* SPDX-License-Identifier: Apache-2.0 */
/* What a socket is ready for, as POSIX tells it, and threads that wait for it. With the core lock held. */
#ifndef ZT_STACK_READY_H
#define ZT_STACK_READY_H

#include "base/limits.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    ZT_READY_IN = 1,     /* reading would not block: data, a connection, the end or an error */
    ZT_READY_OUT = 2,    /* writing would not block */
    ZT_READY_ERROR = 4,  /* an error waits to be told */
    ZT_READY_HANGUP = 8, /* a stream with both directions closed, or never connected */
    ZT_READY_CLOSED = 16 /* no such descriptor */
};

unsigned zt_socket_ready(int fd);
/* Of a stream from which data was just received: is its end what comes next, or an error? */
bool zt_socket_ends_next(int fd);
/* To be called for each new descriptor, before anyone waits for it; accepted ones inherit it. */
void zt_ready_attach(int fd);

/* Called after each event of a socket that may change the answer above, with the core lock held; is_news:
   something came in. NULL: nobody. */
void zt_ready_tell(void (*told)(int fd, bool is_news));

/* A thread that waits, and for which sockets. */
struct zt_waiter {
    struct zt_waiter *next, *previous;
    void *semaphore;
    bool is_woken;
    int end; /* one past the highest descriptor */
    uint8_t in[ZT_MAX_SOCKETS / 8], out[ZT_MAX_SOCKETS / 8];
};

/* For descriptors below end. */
void zt_waiter_init(struct zt_waiter *waiter, int end);
/* Neither in nor out: any change. */
void zt_waiter_add(struct zt_waiter *waiter, int fd, bool in, bool out);
/* Releases the core lock, held once, until something happened on one of the sockets, or for so long
   (0: for ever), and takes it again. */
void zt_waiter_wait(struct zt_waiter *waiter, uint32_t timeout_ms);
/* Wakes all who wait, whatever for. */
void zt_waiter_wake_all(void);

#endif
