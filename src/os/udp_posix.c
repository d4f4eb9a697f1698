/* SPDX-License-Identifier: Apache-2.0 */
/* Binding UDP sockets, and closing them. */
#define _GNU_SOURCE
#include "os/udp.h"

#include "os/udp_state.h"

#include <assert.h>
#include <errno.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define BUFFER_BYTES (4 << 20)

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

struct zt_udp *zt_udp_new(void)
{
    struct zt_udp *udp = calloc(1, sizeof *udp);

    if (!udp)
        return NULL;
    udp->use_offload = true;
    if (zt_udp_watch_open(udp))
        return udp;
    zt_udp_free(udp);
    return NULL;
}

void zt_udp_free(struct zt_udp *udp)
{
    if (!udp)
        return;
    while (udp->count > 0)
        zt_udp_close(udp, udp->sockets[0]->number);
    zt_udp_watch_close(udp);
    free(udp->arrivals);
    free(udp);
}

static void set_option(int fd, int level, int name, int value)
{
    /* Each of these is a wish: without it the socket is slower, not wrong. */
    (void)setsockopt(fd, level, name, &value, sizeof value);
}

/* Asks for a large buffer; beyond the system's limit only the privileged get it. */
static size_t grow_buffer(int fd, int name, int force_name)
{
    int bytes = BUFFER_BYTES;
    socklen_t length = sizeof bytes;

    if (setsockopt(fd, SOL_SOCKET, force_name, &bytes, sizeof bytes) != 0)
        (void)setsockopt(fd, SOL_SOCKET, name, &bytes, sizeof bytes);
    if (getsockopt(fd, SOL_SOCKET, name, &bytes, &length) != 0 || bytes < 0)
        return 0;
    return (size_t)bytes / 2; /* Linux reports twice the size, for its own bookkeeping */
}

static void tune(struct zt_udp_socket *socket, bool use_offload)
{
    const struct timeval patience = { .tv_usec =
                                          1000 }; /* the system rounds up to its clock's ticks */
    int fd = socket->fd;

    /* Paths with a smaller MTU fragment: VL1 has no path MTU discovery. docs/wire.md 6.8 */
    if (socket->local.family == ZT_FAMILY_IPV4)
        set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
    else
        set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT);
    set_option(fd, SOL_SOCKET, SO_BROADCAST, 1);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    socket->granted_bytes = grow_buffer(fd, SO_RCVBUF, SO_RCVBUFFORCE);
    (void)grow_buffer(fd, SO_SNDBUF, SO_SNDBUFFORCE);
    if (use_offload)
        set_option(fd, SOL_UDP, UDP_GRO, 1);
    socket->segment_limit = use_offload ? 65000 : 0;
}

/* A bound descriptor or a negative errno; *local learns the port. It may block, for the one kind of call
   that shall: see udp_wait.c. */
static int open_bound(struct zt_endpoint *local)
{
    union zt_sockaddr address;
    socklen_t length = zt_sockaddr_of(&address, local);
    int one = 1;
    int fd = socket(address.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -errno;
    if (local->family == ZT_FAMILY_IPV6 &&
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) != 0)
        goto fail;
    if (bind(fd, &address.any, length) != 0)
        goto fail;
    if (getsockname(fd, &address.any, &length) != 0)
        goto fail;
    (void)zt_sockaddr_read(&address, local);
    return fd;

fail:;
    int error = -errno;
    close(fd);
    return error;
}

int zt_udp_bind(struct zt_udp *udp, const struct zt_endpoint *local)
{
    assert(local->family != ZT_FAMILY_NONE);
    if (udp->count == ZT_UDP_MAX_SOCKETS || udp->next_number == INT32_MAX)
        return -EMFILE;
    struct zt_udp_socket *socket = calloc(1, sizeof *socket);
    if (!socket)
        return -ENOMEM;

    socket->local = *local;
    socket->fd = open_bound(&socket->local);
    if (socket->fd < 0) {
        int error = socket->fd;
        free(socket);
        return error;
    }
    int error = zt_udp_watch_add(udp, socket);
    if (error != 0) {
        close(socket->fd);
        free(socket);
        return error;
    }
    tune(socket, udp->use_offload);
    socket->is_loopback = zt_endpoint_scope(local) == ZT_SCOPE_LOOPBACK;
    socket->number = udp->next_number++;
    udp->sockets[udp->count++] = socket;
    return (int)socket->number;
}

void zt_udp_close(struct zt_udp *udp, uint32_t number)
{
    for (size_t i = 0; i < udp->count; i++) {
        if (udp->sockets[i]->number != number)
            continue;
        zt_udp_watch_remove(udp, udp->sockets[i]);
        close(udp->sockets[i]->fd);
        free(udp->sockets[i]);
        udp->count--;
        memmove(&udp->sockets[i], &udp->sockets[i + 1], (udp->count - i) * sizeof udp->sockets[0]);
        return;
    }
}

void zt_udp_disable_offload(struct zt_udp *udp)
{
    udp->use_offload = false;
    for (size_t i = 0; i < udp->count; i++) {
        udp->sockets[i]->segment_limit = 0;
        set_option(udp->sockets[i]->fd, SOL_UDP, UDP_GRO, 0);
    }
}
