/* SPDX-License-Identifier: Apache-2.0 */
/* How many threads at once use one descriptor in lwIP. Takes no lock unless somebody has to wait; any
   thread. */
#ifndef ZT_ZTS_SHARE_H
#define ZT_ZTS_SHARE_H

#include <stdbool.h>
#include <stdint.h>

enum zts_turn {
    ZTS_TURN_READ, /* what was received; a stream that listens has no such queue any more */
    ZTS_TURN_WRITE /* to a stream, or to connect one */
};

/* Longest wait for a write to end before a stream is made non-blocking or gets a time to send in, neither
   of which lwIP bears in the middle of a write. */
#define ZTS_WRITE_PATIENCE_MS 50

/* False: another thread has it. fd: in range. */
bool zts_turn_take(enum zts_turn turn, int fd);
/* The same, but sleeps until it is ours, in the order of asking, or for timeout_ms (negative: for ever).
   Whoever has it is woken when fd is closed or the node stops, so then the others get it too, and lwIP
   tells them. */
bool zts_turn_await(enum zts_turn turn, int fd, int64_t timeout_ms);
void zts_turn_give_back(enum zts_turn turn, int fd);

/* For calls that many threads may be in. Waits while there are too many; false: fd was closed. */
bool zts_crowd_enter(int fd);
void zts_crowd_leave(int fd);

#endif
