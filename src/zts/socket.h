/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the socket calls: lwIP's result as ours, and what we remember of a descriptor. */
#ifndef ZT_ZTS_SOCKET_H
#define ZT_ZTS_SOCKET_H

#include "zts/zts.h"

enum {
    ZTS_MARK_CONNECTING = 1, /* a non-blocking connect was started and not yet asked about */
    ZTS_MARK_ENDED = 2       /* reading reported the end */
};

void zts_mark_reset(int fd);
void zts_mark(int fd, unsigned mark);
/* Was it marked? Takes the mark away. */
bool zts_unmark(int fd, unsigned mark);
bool zts_is_marked(int fd, unsigned mark);

/* Before and after a call of lwIP's. finish returns result, with zts_errno set, or cleared on success. */
void zts_begin(void);
ssize_t zts_finish(ssize_t result);
/* What lwIP calls an aborted or reset attempt to connect. */
int zts_connect_errno(int code);
bool zts_is_nonblocking(int fd);

#endif
