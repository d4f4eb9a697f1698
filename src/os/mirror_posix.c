/* SPDX-License-Identifier: Apache-2.0 */
/* A descriptor that shows what we say: one end of a pair of sockets. A byte put in at the other end makes
   it readable; as long as it is stuffed itself, and nobody reads at the other end, it is not writable. */
#define _GNU_SOURCE
#include "os/mirror.h"

#include <assert.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SMALL_BUFFER = 4096 }; /* asked for; the system may round it up */

static int make_quiet(int fd)
{
    int small = SMALL_BUFFER;

    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
#ifdef SO_NOSIGPIPE
    (void)setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &(int){ 1 }, sizeof(int));
#endif
    return fcntl(fd, F_SETFD, FD_CLOEXEC) | fcntl(fd, F_SETFL, O_NONBLOCK);
}

bool zt_mirror_open(struct zt_mirror *mirror)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return false;
    if ((make_quiet(pair[0]) | make_quiet(pair[1])) != 0) {
        close(pair[0]);
        close(pair[1]);
        return false;
    }
    *mirror = (struct zt_mirror){ .shown = pair[0], .other = pair[1], .writable = true };
    return true;
}

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* Everything that waits at this end. */
static void drain(int fd)
{
    char bytes[SMALL_BUFFER];

    while (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        continue;
}

static void stuff(int fd)
{
    static const char bytes[SMALL_BUFFER];

    while (send(fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
        continue;
}

static void raise_readable(struct zt_mirror *mirror)
{
    (void)send(mirror->other, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void zt_mirror_show(struct zt_mirror *mirror, bool readable, bool writable)
{
    assert(mirror->other >= 0);

    if (readable && !mirror->readable)
        raise_readable(mirror);
    if (!readable && mirror->readable)
        drain(mirror->shown);
    if (writable && !mirror->writable)
        drain(mirror->other);
    if (!writable && mirror->writable)
        stuff(mirror->shown);
    mirror->readable = readable;
    mirror->writable = writable;
}

void zt_mirror_stir(struct zt_mirror *mirror)
{
    assert(mirror->readable);

    drain(mirror->shown);
    raise_readable(mirror);
}

void zt_mirror_hang_up(struct zt_mirror *mirror)
{
    if (mirror->other >= 0)
        close(mirror->other);
    mirror->other = -1;
}

void zt_mirror_close(struct zt_mirror *mirror)
{
    zt_mirror_hang_up(mirror);
    close(mirror->shown);
}
