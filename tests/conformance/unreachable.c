/* SPDX-License-Identifier: Apache-2.0 */
/* What leads nowhere: no route, or nobody there. On a network 10.7.0.0/24 that is alone. */
#include "cases.h"

static struct sockaddr_storage address_of(int family, const char *text)
{
    struct sockaddr_storage addr;

    memset(&addr, 0, sizeof addr);
    addr.ss_family = (unsigned char)family;
    ((unsigned char *)&addr)[2] = 1;
    inet_pton(family, text, (char *)&addr + (family == AF_INET ? 4 : 8));
    return addr;
}

static void no_route(int family, const char *text, const char *name)
{
    struct sockaddr_storage to = address_of(family, text);
    socklen_t length = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    int stream = socket(family, SOCK_STREAM, 0), datagram = socket(family, SOCK_DGRAM, 0);

    begin(name);
    said("connect", connect(stream, (struct sockaddr *)&to, length));
    told_error(stream);
    said("connect datagrams", connect(datagram, (struct sockaddr *)&to, length));
    said("sendto", sendto(datagram, "x", 1, 0, (struct sockaddr *)&to, length));
    said("send", send(datagram, "x", 1, 0));
    close(stream);
    close(datagram);
}

/* The first of the errors may take some seconds. */
static void nobody_there(void)
{
    struct sockaddr_storage to = address_of(AF_INET, "10.7.0.99");
    int stream = new_stream(), hasty = new_stream(), datagram = new_datagram();
    struct pollfd at = { .fd = hasty, .events = POLLOUT };

    begin("nobody there");
    set_nonblocking(hasty);
    said("connect", connect(hasty, (struct sockaddr *)&to, here->length));
    said("connect, waiting", connect(stream, (struct sockaddr *)&to, here->length));
    told_error(stream);
    said("poll", poll(&at, 1, 20000));
    told_events("events", 1, at.revents);
    told_error(hasty);
    told_error(hasty);
    said("sendto", sendto(datagram, "x", 1, 0, (struct sockaddr *)&to, here->length));
    close(stream);
    close(hasty);
    close(datagram);
}

void unreachable(void)
{
    no_route(AF_INET, "198.51.100.1", "no route");
    no_route(AF_INET6, "2001:db8::1", "no route by IPv6");
    nobody_there();
}
