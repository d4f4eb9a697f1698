/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that must fail, and how they say so. */
#include "cases.h"

static void on_a_closed_descriptor(void)
{
    struct sockaddr_storage addr = with_port(0);
    socklen_t length = sizeof addr;
    int fd = new_stream(), value = 0;
    char byte = 0;

    begin("closed");
    said("close", close(fd));
    said("close again", close(fd));
    said("recv", recv(fd, &byte, 1, 0));
    said("send", send(fd, &byte, 1, MSG_NOSIGNAL));
    said("sendto", sendto(fd, &byte, 1, 0, (struct sockaddr *)&addr, here->length));
    said("bind", bind(fd, (struct sockaddr *)&addr, here->length));
    said("listen", listen(fd, 1));
    said("accept", accept(fd, NULL, NULL));
    said("connect", connect(fd, (struct sockaddr *)&addr, here->length));
    said("getsockname", getsockname(fd, (struct sockaddr *)&addr, &length));
    said("getpeername", getpeername(fd, (struct sockaddr *)&addr, &length));
    said("setsockopt", setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, sizeof value));
    said("getsockopt", getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &length));
    said("fcntl", fcntl(fd, F_GETFL, 0));
    said("ioctl", ioctl(fd, FIONREAD, &value));
    said("recv of -1", recv(-1, &byte, 1, 0));
    said("close of -1", close(-1));
    said("recv of a large number", recv(1000000, &byte, 1, 0));
}

static void on_the_wrong_kind(void)
{
    char byte = 0;
    int stream = new_stream(), datagram = new_bound(SOCK_DGRAM), listener = new_listener(1);

    begin("the wrong kind");
    said("listen on datagrams", listen(datagram, 1));
    said("accept on datagrams", accept(datagram, NULL, NULL));
    said("accept on a fresh stream", accept(stream, NULL, NULL));
    said("recv on a fresh stream", recv(stream, &byte, 1, 0));
    said("send on a fresh stream", send(stream, &byte, 1, MSG_NOSIGNAL));
    said("recv on a listener", recv(listener, &byte, 1, 0));
    said("send on a listener", send(listener, &byte, 1, MSG_NOSIGNAL));
    said("an unknown request", fcntl(stream, 12345, 0));
    said("an unknown ioctl", ioctl(stream, 0x7777, &byte));
    close(stream);
    close(datagram);
    close(listener);
}

static void making(void)
{
    begin("making");
    said("an unknown family", socket(99, SOCK_STREAM, 0));
    said("an unknown type", socket(here->family, 5, 0));
    said("a wrong protocol", socket(here->family, SOCK_STREAM, 17));
    said("a wrong protocol", socket(here->family, SOCK_DGRAM, 6));
}

/* The error is the one of the call before, where the stack was not asked. */
static void nothing_given(void)
{
    int fd = new_stream();

    begin("nothing given");
    close(-1);
    said("bind", bind(fd, NULL, here->length));
    said("connect", connect(fd, NULL, here->length));
    said("getsockname", getsockname(fd, NULL, NULL));
    said("recv", recv(fd, NULL, 1, MSG_DONTWAIT));
    close(fd);
}

static void other_families(void)
{
    struct sockaddr_in to4;
    struct sockaddr_in6 to6;
    int stream = new_stream(), datagram = new_datagram();

    begin("the other family");
    memset(&to4, 0, sizeof to4);
    memset(&to6, 0, sizeof to6);
    to4.sin_family = AF_INET;
    to6.sin6_family = AF_INET6;
    to4.sin_port = to6.sin6_port = 0x0101;
    inet_pton(AF_INET, "127.0.0.1", &to4.sin_addr);
    inet_pton(AF_INET6, "::1", &to6.sin6_addr);
    if (here->family == AF_INET) {
        said("bind", bind(stream, (struct sockaddr *)&to6, sizeof to6));
        said("connect", connect(stream, (struct sockaddr *)&to6, sizeof to6));
    } else {
        said("bind", bind(stream, (struct sockaddr *)&to4, sizeof to4));
        said("connect", connect(stream, (struct sockaddr *)&to4, sizeof to4));
    }
    close(stream);
    close(datagram);
}

/* The length of the other family's, which is too short for IPv6. */
static void lengths(void)
{
    struct sockaddr_in6 to;
    struct iovec bytes = { .iov_base = &to, .iov_len = 1 };
    struct msghdr message = { .msg_name = &to,
                              .msg_namelen = sizeof(struct sockaddr_in),
                              .msg_iov = &bytes,
                              .msg_iovlen = 1 };
    int stream = socket(AF_INET6, SOCK_STREAM, 0), datagram = socket(AF_INET6, SOCK_DGRAM, 0);

    begin("a short address");
    memset(&to, 0, sizeof to);
    to.sin6_family = AF_INET6;
    to.sin6_port = 0x0101;
    inet_pton(AF_INET6, "::1", &to.sin6_addr);
    said("bind", bind(stream, (struct sockaddr *)&to, message.msg_namelen));
    said("connect", connect(stream, (struct sockaddr *)&to, message.msg_namelen));
    said("connect datagrams", connect(datagram, (struct sockaddr *)&to, message.msg_namelen));
    said("sendto", sendto(datagram, "x", 1, 0, (struct sockaddr *)&to, message.msg_namelen));
    said("sendmsg", sendmsg(datagram, &message, 0));
    close(stream);
    close(datagram);
}

void mistakes(void)
{
    on_a_closed_descriptor();
    on_the_wrong_kind();
    making();
    other_families();
    lengths();
    nothing_given();
}
