/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams: sizes, senders, connected sockets and what they hear of closed ports. */
#include "cases.h"

static char large[70000];

static long send_to(int fd, uint16_t port, const void *bytes, size_t length)
{
    struct sockaddr_storage to = with_port(port);

    return sendto(fd, bytes, length, 0, (struct sockaddr *)&to, here->length);
}

static void sizes(void)
{
    static const size_t lengths[] = { 0, 1, 1400, 2800, 9000, 30000, 65000 };
    int one = new_bound(SOCK_DGRAM), other = new_bound(SOCK_DGRAM);

    begin("datagram sizes");
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        said("sendto", send_to(one, port_of(other), large, lengths[i]));
        wait_for(other, POLLIN);
        said("recv", recv(other, large, sizeof large, MSG_DONTWAIT));
    }
    said("sendto of 65500", send_to(one, port_of(other), large, 65500));
    wait_for(other, POLLIN);
    said("recv of 65500", recv(other, large, sizeof large, MSG_DONTWAIT));
    said("sendto of 65536", send_to(one, port_of(other), large, 65536));
    said("sendto of 70000", send_to(one, port_of(other), large, 70000));
    said("recv", recv(other, large, sizeof large, MSG_DONTWAIT));
    close(one);
    close(other);
}

static void cutting(void)
{
    char a[2], b[3];
    struct iovec in[2] = { { a, sizeof a }, { b, sizeof b } };
    struct msghdr message = { .msg_iov = in, .msg_iovlen = 2 };
    int one = new_bound(SOCK_DGRAM), other = new_bound(SOCK_DGRAM);

    begin("cutting");
    for (int i = 0; i < 5; i++)
        said("sendto", send_to(one, port_of(other), "abcdefgh", 8));
    wait_for(other, POLLIN);
    said("recv of less", recv(other, a, 2, 0));
    said("recvmsg of less", recvmsg(other, &message, 0));
    told("msg_flags", (message.msg_flags & MSG_TRUNC) != 0 ? "cut" : "whole");
    said("recv for the length", recv(other, a, 2, MSG_TRUNC));
    said("peek", recv(other, a, 2, MSG_PEEK));
    said("recv into nothing", recv(other, a, 0, 0));
    wait_for(other, POLLIN);
    said("recvmsg", recvmsg(other, &message, MSG_DONTWAIT));
    said("recvmsg of nothing", recvmsg(other, &message, MSG_DONTWAIT));
    close(one);
    close(other);
}

static void in_parts(void)
{
    struct sockaddr_storage to;
    char a[3], b[4], empty[1];
    struct iovec out[3] = { { "abc", 3 }, { empty, 0 }, { "defg", 4 } };
    struct iovec in[3] = { { a, sizeof a }, { empty, 0 }, { b, sizeof b } };
    int one = new_bound(SOCK_DGRAM), other = new_bound(SOCK_DGRAM);
    struct msghdr message = {
        .msg_name = &to, .msg_namelen = here->length, .msg_iov = out, .msg_iovlen = 3
    };

    begin("datagrams in parts");
    to = with_port(port_of(other));
    said("sendmsg", sendmsg(one, &message, 0));
    said("sendmsg again", sendmsg(one, &message, 0));
    wait_for(other, POLLIN);
    message.msg_iov = in;
    said("recvmsg", recvmsg(other, &message, 0));
    told("bytes", memcmp(a, "abc", 3) == 0 && memcmp(b, "defg", 4) == 0 ? "same" : "others");
    told("msg_flags", (message.msg_flags & MSG_TRUNC) != 0 ? "cut" : "whole");
    wait_for(other, POLLIN);
    said("readv", readv(other, in, 3));
    said("connect", connect_to(one, port_of(other)));
    said("writev", writev(one, out, 3));
    wait_for(other, POLLIN);
    said("recv", recv(other, a, sizeof a, 0));
    close(one);
    close(other);
}

/* Only a connection has directions to shut; a datagram socket may pretend. */
static void shutting(void)
{
    int one = new_bound(SOCK_DGRAM), other = new_bound(SOCK_DGRAM);

    begin("shutting datagrams");
    connect_to(one, port_of(other));
    said("shutdown", shutdown(one, SHUT_WR));
    close(one);
    close(other);
}

static void senders(void)
{
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    char byte;
    int one = new_bound(SOCK_DGRAM), other = new_bound(SOCK_DGRAM);
    struct iovec in = { &byte, 1 };
    struct msghdr message = { .msg_iov = &in, .msg_iovlen = 1, .msg_name = &from };

    begin("senders");
    for (int i = 0; i < 3; i++)
        send_to(one, port_of(other), "x", 1);
    wait_for(other, POLLIN);
    said("recvfrom", recvfrom(other, &byte, 1, 0, (struct sockaddr *)&from, &length));
    told("length", length == here->length ? "right" : "wrong");
    uint16_t port = port_of(one);
    told("port", memcmp((char *)&from + 2, &port, 2) == 0 ? "right" : "wrong");
    message.msg_namelen = sizeof from;
    said("recvmsg", recvmsg(other, &message, 0));
    told("length", message.msg_namelen == here->length ? "right" : "wrong");
    length = 4;
    said("recvfrom with little room",
         recvfrom(other, &byte, 1, 0, (struct sockaddr *)&from, &length));
    told("length", length == here->length ? "right" : "wrong");
    close(one);
    close(other);
}

static void connected(void)
{
    char byte;
    int one = new_bound(SOCK_DGRAM), other = new_bound(SOCK_DGRAM),
        stranger = new_bound(SOCK_DGRAM);
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    struct sockaddr nobody;

    begin("connected datagrams");
    said("send unconnected", send(one, "x", 1, 0));
    said("getpeername unconnected", getpeername(one, (struct sockaddr *)&peer, &length));
    said("connect", connect_to(one, port_of(other)));
    said("getpeername", getpeername(one, (struct sockaddr *)&peer, &length));
    said("send", send(one, "x", 1, 0));
    wait_for(other, POLLIN);
    said("recv", recv(other, &byte, 1, MSG_DONTWAIT));
    said("a stranger sends", send_to(stranger, port_of(one), "y", 1));
    said("the peer sends", send_to(other, port_of(one), "z", 1));
    wait_for(one, POLLIN);
    said("recv", recv(one, &byte, 1, MSG_DONTWAIT));
    told("from", byte == 'z' ? "the peer" : "the stranger");
    said("recv", recv(one, &byte, 1, MSG_DONTWAIT));
    said("connect elsewhere", connect_to(one, port_of(stranger)));
    said("sendto elsewhere", send_to(one, port_of(other), "x", 1));
    memset(&nobody, 0, sizeof nobody);
    said("dissolve", connect(one, &nobody, sizeof nobody));
    said("send", send(one, "x", 1, 0));
    close(one);
    close(other);
    close(stranger);
}

static void refused(void)
{
    char byte;
    int one = new_datagram(), other = new_bound(SOCK_DGRAM);
    uint16_t port = port_of(other);

    begin("refused datagrams");
    close(other);
    said("connect", connect_to(one, port));
    said("send", send(one, "x", 1, 0));
    told_events("poll", 1, wait_for(one, POLLIN));
    said("recv", recv(one, &byte, 1, MSG_DONTWAIT));
    said("recv", recv(one, &byte, 1, MSG_DONTWAIT));
    said("send", send(one, "x", 1, 0));
    wait_for(one, POLLIN);
    told_error(one);
    told_error(one);
    said("send", send(one, "x", 1, 0));
    said("recv, waiting", recv(one, &byte, 1, 0));
    close(one);
}

static void pending(void)
{
    int one = new_bound(SOCK_DGRAM), other = new_bound(SOCK_DGRAM), size = -1;

    begin("pending datagrams");
    said("FIONREAD", ioctl(other, FIONREAD, &size));
    said("size", size);
    send_to(one, port_of(other), "abc", 3);
    send_to(one, port_of(other), "abcdef", 6);
    wait_for(other, POLLIN);
    said("FIONREAD", ioctl(other, FIONREAD, &size));
    said("size", size);
    close(one);
    close(other);
}

void datagrams(void)
{
    sizes();
    cutting();
    in_parts();
    shutting();
    senders();
    connected();
    refused();
    pending();
}
