/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs of local sockets: what is put in at one end comes out at the other, within this machine. */
#ifndef ZT_OS_DUCT_H
#define ZT_OS_DUCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens a pair that carries bytes, or messages that stay apart. The first end is non-blocking and meant
   for us, the second one for the program. Both are closed by exec. False: no descriptors left. */
bool zt_duct_open(bool keeps_borders, int ends[2]);
void zt_duct_close(int fd);

/* The length, 0 at the end, negative errno; -EAGAIN: not now. */
int64_t zt_duct_receive(int fd, void *bytes, size_t size);
int64_t zt_duct_send(int fd, const void *bytes, size_t length);
/* The other end reads the end after what was sent. */
void zt_duct_end(int fd);
/* Sending at the other end fails from now on. */
void zt_duct_refuse(int fd);

struct zt_duct_wait {
    int fd; /* -1: left out */
    bool wants_in, wants_out;
    bool is_in, is_out; /* the answer */
    bool is_hung;       /* the other end is closed; told without being asked for */
};

enum { ZT_DUCT_MOST_WAITS = 2049 };

/* Sleeps until one of them is as wanted. */
void zt_duct_wait(struct zt_duct_wait *waits, size_t count);

#endif
