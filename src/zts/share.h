/* SPDX-License-Identifier: Apache-2.0 */
/* How many threads at once use one descriptor in lwIP. Takes no lock; any thread. */
#ifndef ZT_ZTS_SHARE_H
#define ZT_ZTS_SHARE_H

#include <stdbool.h>
#include <stdint.h>

enum zts_turn {
    ZTS_TURN_READ, /* what was received; a stream that listens has no such queue any more */
    ZTS_TURN_WRITE /* to a stream, or to connect one */
};

/* False: another thread has it. fd: in range. */
bool zts_turn_take(enum zts_turn turn, int fd);
void zts_turn_give_back(enum zts_turn turn, int fd);

/* Waits until reading is ours, unless that is not to be: 0, or the error number. timeout_ms, 0: for ever. */
int zts_turn_await_read(int fd, bool may_wait, int64_t timeout_ms);

/* Before a stream is made non-blocking or gets a time to send in, neither of which lwIP bears in the middle of
   a write. False: one lasts. */
bool zts_turn_await_write(int fd);

/* For calls that many threads may be in. Waits while there are too many; false: fd was closed. */
bool zts_crowd_enter(int fd);
void zts_crowd_leave(int fd);

#endif
