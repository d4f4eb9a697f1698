/* SPDX-License-Identifier: Apache-2.0 */
/* zts_errno, and what is remembered of each descriptor. */
#include "zts/socket.h"

#include "stack/tcpsock.h"

#include <stdatomic.h>

int zts_errno;
static _Thread_local int thread_errno;
static _Atomic unsigned short marks[ZT_MAX_SOCKETS];

void zts_set_errno(int code)
{
    thread_errno = code;
    __atomic_store_n(&zts_errno, code, __ATOMIC_RELAXED);
}

int zts_get_errno(void)
{
    return thread_errno;
}

int zts_fail(int code)
{
    zts_set_errno(code);
    return ZTS_ERR_SOCKET;
}

static bool in_range(int fd)
{
    return fd >= 0 && fd < ZT_MAX_SOCKETS;
}

void zts_mark_new(int fd, unsigned mark)
{
    if (in_range(fd))
        marks[fd] = (unsigned short)(ZTS_MARK_OPEN | mark);
}

void zts_mark(int fd, unsigned mark)
{
    if (in_range(fd))
        marks[fd] |= (unsigned short)mark;
}

bool zts_is_marked(int fd, unsigned mark)
{
    return in_range(fd) && (marks[fd] & mark) != 0;
}

bool zts_unmark(int fd, unsigned mark)
{
    bool was_marked = zts_is_marked(fd, mark);

    if (was_marked)
        marks[fd] &= (unsigned short)~mark;
    return was_marked;
}

void zts_begin(void)
{
    zt_stack_errno = 0;
}

bool zts_is_closed(int fd)
{
    return !zts_is_marked(fd, ZTS_MARK_OPEN) || !zt_socket_is_open(fd);
}

ssize_t zts_finish(ssize_t result)
{
    if (result >= 0)
        zts_set_errno(0);
    else
        zts_set_errno(zt_stack_errno != 0 ? zt_stack_errno : ZTS_EIO);
    return result;
}
