/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs of local sockets on POSIX. */
#define _GNU_SOURCE
#include "os/duct.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

bool zt_duct_open(bool keeps_borders, int ends[2])
{
    int done = 0;

    if (socketpair(AF_UNIX, keeps_borders ? SOCK_SEQPACKET : SOCK_STREAM, 0, ends) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        done |= fcntl(ends[i], F_SETFD, FD_CLOEXEC);
#ifdef SO_NOSIGPIPE
        (void)setsockopt(ends[i], SOL_SOCKET, SO_NOSIGPIPE, &(int){ 1 }, sizeof(int));
#endif
    }
    done |= fcntl(ends[0], F_SETFL, O_NONBLOCK);
    if (done == 0)
        return true;
    close(ends[0]);
    close(ends[1]);
    return false;
}

void zt_duct_close(int fd)
{
    close(fd);
}

int64_t zt_duct_receive(int fd, void *bytes, size_t size)
{
    ssize_t length = recv(fd, bytes, size, MSG_DONTWAIT);

    return length < 0 ? -(int64_t)errno : length;
}

int64_t zt_duct_send(int fd, const void *bytes, size_t length)
{
    ssize_t sent = send(fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);

    return sent < 0 ? -(int64_t)errno : sent;
}

void zt_duct_end(int fd)
{
    (void)shutdown(fd, SHUT_WR);
}

void zt_duct_refuse(int fd)
{
    (void)shutdown(fd, SHUT_RD);
}

static short events_of(const struct zt_duct_wait *wait)
{
    return (short)((wait->wants_in ? POLLIN : 0) | (wait->wants_out ? POLLOUT : 0));
}

static void answer(struct zt_duct_wait *wait, short events)
{
    wait->is_in = (events & (POLLIN | POLLHUP | POLLERR)) != 0;
    wait->is_out = (events & (POLLOUT | POLLHUP | POLLERR)) != 0;
    wait->is_hung = (events & (POLLHUP | POLLERR)) != 0;
}

void zt_duct_wait(struct zt_duct_wait *waits, size_t count)
{
    struct pollfd at[ZT_DUCT_MOST_WAITS];

    assert(count > 0 && count <= ZT_DUCT_MOST_WAITS);
    for (size_t i = 0; i < count; i++)
        at[i] = (struct pollfd){ .fd = waits[i].fd, .events = events_of(&waits[i]) };
    if (poll(at, (nfds_t)count, -1) <= 0)
        return;
    for (size_t i = 0; i < count; i++)
        answer(&waits[i], at[i].revents);
}
