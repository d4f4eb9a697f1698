/* SPDX-License-Identifier: Apache-2.0 */
/* A descriptor of the system that is readable and writable as we say, for programs that wait with epoll,
   kqueue or poll for what happens in here. No data passes through it. */
#ifndef ZT_OS_MIRROR_H
#define ZT_OS_MIRROR_H

#include <stdbool.h>

/* In place; the caller's lock guards it. */
struct zt_mirror {
    int shown; /* what the program waits on */
    int other; /* our end; -1: hung up */
    bool readable, writable;
};

/* Opens it, writable and not readable. False: the system has no descriptors left. */
bool zt_mirror_open(struct zt_mirror *mirror);
/* Who waits is woken by what becomes true, with level and with edge triggering. */
void zt_mirror_show(struct zt_mirror *mirror, bool readable, bool writable);
/* Readable as before, but there is news: one more edge for who waits for edges. */
void zt_mirror_stir(struct zt_mirror *mirror);
/* From now on readable, writable and hung up for good. The descriptor is left to the program. */
void zt_mirror_hang_up(struct zt_mirror *mirror);
void zt_mirror_close(struct zt_mirror *mirror);

#endif
