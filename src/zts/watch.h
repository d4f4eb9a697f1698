/* SPDX-License-Identifier: Apache-2.0 */
/* What the socket calls tell the descriptors that programs wait on (zts_get_os_fd). All cost one look
   into a table for a socket without one. Any thread, with or without the core lock. */
#ifndef ZT_ZTS_WATCH_H
#define ZT_ZTS_WATCH_H

#include <stdbool.h>

/* The caller accepted a connection from the socket, or changed its state: compare again. */
void zts_watch_refresh(int fd);
/* The caller tried to receive; has_data: and got some. */
void zts_watch_received(int fd, bool has_data);
/* Sending was refused for now. */
void zts_watch_refused(int fd);
/* The socket is about to be closed. */
void zts_watch_close(int fd);
/* Is shown the descriptor of fd? */
bool zts_watch_is(int fd, int shown);
/* From now on the caller closes shown, the descriptor of fd: however the socket ends, it only hangs up, so
   that its number is not another file's while the caller still uses it. False: it is not that of fd, or
   was taken before. */
bool zts_watch_take(int fd, int shown);
/* The node stops: all hang up and belong to the program. No new ones come, as it runs no more. */
void zts_watch_stop(void);

#endif
