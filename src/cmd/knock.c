/* SPDX-License-Identifier: Apache-2.0 */
/* Knocking: connected sockets, which the system tells what becomes of their datagrams. */
#define _GNU_SOURCE

#include "cmd/knock.h"

#include "os/host.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISTEN_MS 330
#define HEADERS_V4 28 /* IP's and UDP's */
#define HEADERS_V6 48

static int connect_to(int fd, const struct zt_endpoint *at)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(at->port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(at->port) };

    memcpy(&v4.sin_addr, at->ip, 4);
    memcpy(&v6.sin6_addr, at->ip, 16);
    if (at->family == ZT_FAMILY_IPV4)
        return connect(fd, (const void *)&v4, sizeof v4);
    return connect(fd, (const void *)&v6, sizeof v6);
}

/* -1 with the error noted. */
static int send_one(struct zt_knock *knock)
{
    static const uint8_t nothing[ZT_KNOCK_LENGTH] = { 0 };
    bool is_v4 = knock->at.family == ZT_FAMILY_IPV4;
    int whole = is_v4 ? IP_PMTUDISC_DO : IPV6_PMTUDISC_DO;
    int fd = socket(is_v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    assert(knock->length > 0 && knock->length <= ZT_KNOCK_LENGTH);

    if (fd >= 0 &&
        setsockopt(fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6,
                   is_v4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER, &whole, sizeof whole) == 0 &&
        connect_to(fd, &knock->at) == 0 &&
        (send(fd, nothing, knock->length, MSG_NOSIGNAL) >= 0 || errno == EMSGSIZE))
        return fd;
    knock->error = errno;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static void learn(struct zt_knock *knock, int fd)
{
    bool is_v4 = knock->at.family == ZT_FAMILY_IPV4;
    int error = 0, mtu = 0;
    socklen_t error_size = sizeof error, mtu_size = sizeof mtu;

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_size) == 0 && error != EMSGSIZE)
        knock->error = error;
    if (getsockopt(fd, is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_MTU : IPV6_MTU, &mtu,
                   &mtu_size) == 0)
        knock->room = mtu - (is_v4 ? HEADERS_V4 : HEADERS_V6);
}

void zt_knock(struct zt_knock *knocks, size_t count)
{
    int fds[ZT_MAX_KNOCKS];

    assert(count <= ZT_MAX_KNOCKS);

    for (size_t i = 0; i < count; i++)
        fds[i] = send_one(&knocks[i]);
    if (count > 0)
        zt_host_sleep_ms(LISTEN_MS);
    for (size_t i = 0; i < count; i++) {
        if (fds[i] < 0)
            continue;
        learn(&knocks[i], fds[i]);
        (void)close(fds[i]);
    }
}
