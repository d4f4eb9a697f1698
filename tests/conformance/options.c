/* SPDX-License-Identifier: Apache-2.0 */
/* Options, written and read back; groups; flags of descriptors. */
#include "cases.h"

static void flags(void)
{
    static const struct {
        const char *name;
        int level, option;
    } table[] = {
        { "SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR }, { "SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT },
        { "SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE }, { "SO_BROADCAST", SOL_SOCKET, SO_BROADCAST },
        { "TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY },
    };
    int fd = new_stream();

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        int on = 1, off = 0;
        begin(table[i].name);
        said("at first", get_int(fd, table[i].level, table[i].option) != 0);
        said("set", setsockopt(fd, table[i].level, table[i].option, &on, sizeof on));
        said("then", get_int(fd, table[i].level, table[i].option) != 0);
        said("take away", setsockopt(fd, table[i].level, table[i].option, &off, sizeof off));
        said("then", get_int(fd, table[i].level, table[i].option) != 0);
    }
    close(fd);
}

static void numbers(void)
{
    static const struct {
        const char *name;
        int level, option, value;
    } table[] = {
        { "IP_TTL", IPPROTO_IP, IP_TTL, 33 },
        { "IP_TOS", IPPROTO_IP, IP_TOS, 16 },
        { "TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE, 30 },
        { "TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL, 5 },
        { "TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT, 4 },
    };
    int fd = new_stream();

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        int value = table[i].value;
        begin(table[i].name);
        said("set", setsockopt(fd, table[i].level, table[i].option, &value, sizeof value));
        said("read", get_int(fd, table[i].level, table[i].option));
    }
    close(fd);
}

static void kinds(void)
{
    int listener = new_listener(1), datagram = new_datagram(), stream = new_stream();

    begin("kinds");
    told("stream", get_int(stream, SOL_SOCKET, SO_TYPE) == SOCK_STREAM ? "stream" : "other");
    told("datagram", get_int(datagram, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM ? "datagram" : "other");
    said("listens", get_int(listener, SOL_SOCKET, SO_ACCEPTCONN));
    said("listens", get_int(stream, SOL_SOCKET, SO_ACCEPTCONN));
    told_error(stream);
    close(listener);
    close(datagram);
    close(stream);
}

static void buffers(int type, const char *name)
{
    int fd = socket(here->family, type, 0), size = 100000;

    begin(name);
    said("SO_SNDBUF", setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
    told("at least", get_int(fd, SOL_SOCKET, SO_SNDBUF) >= 99000 ? "that" : "less");
    said("SO_RCVBUF", setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size));
    told("at least", get_int(fd, SOL_SOCKET, SO_RCVBUF) >= 100000 ? "that" : "less");
    close(fd);
}

static void structures(void)
{
    struct linger wanted = { .l_onoff = 1, .l_linger = 7 }, found = { 0, 0 };
    struct timeval time = { .tv_sec = 2, .tv_usec = 500000 }, seen = { 0, 0 };
    socklen_t length = sizeof found;
    int fd = new_stream();

    begin("structures");
    said("SO_LINGER", setsockopt(fd, SOL_SOCKET, SO_LINGER, &wanted, sizeof wanted));
    said("SO_LINGER", getsockopt(fd, SOL_SOCKET, SO_LINGER, &found, &length));
    said("seconds", found.l_onoff != 0 ? found.l_linger : -1);
    said("SO_SNDTIMEO", setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time));
    length = sizeof seen;
    said("SO_SNDTIMEO", getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &seen, &length));
    said("milliseconds", (long)seen.tv_sec * 1000 + (long)seen.tv_usec / 1000);
    said("NULL", setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, NULL, sizeof(int)));
    said("too short", setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &length, 1));
    said("unknown", setsockopt(fd, SOL_SOCKET, 0x7777, &length, sizeof length));
    said("read only", setsockopt(fd, SOL_SOCKET, SO_ERROR, &length, sizeof length));
    close(fd);
}

static void descriptor_flags(void)
{
    int fd = new_datagram(), on = 1;
    char byte;

    begin("descriptor flags");
    said("F_SETFL", fcntl(fd, F_SETFL, O_NONBLOCK));
    told("F_GETFL", (fcntl(fd, F_GETFL, 0) & O_NONBLOCK) != 0 ? "set" : "not set");
    said("F_SETFL", fcntl(fd, F_SETFL, 0));
    told("F_GETFL", (fcntl(fd, F_GETFL, 0) & O_NONBLOCK) != 0 ? "set" : "not set");
    said("FIONBIO", ioctl(fd, FIONBIO, &on));
    told("F_GETFL", (fcntl(fd, F_GETFL, 0) & O_NONBLOCK) != 0 ? "set" : "not set");
    said("recv", recv(fd, &byte, 1, 0));
    close(fd);
}

static void groups(void)
{
    struct ip_mreq group4;
    struct ipv6_mreq group6;
    int fd = new_datagram();

    begin("groups");
    memset(&group4, 0, sizeof group4);
    memset(&group6, 0, sizeof group6);
    inet_pton(AF_INET, "239.1.2.3", &group4.imr_multiaddr);
    inet_pton(AF_INET6, "ff02::1234", &group6.ipv6mr_multiaddr);
    if (here->family == AF_INET) {
        said("leave", setsockopt(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group4, sizeof group4));
        said("join", setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group4, sizeof group4));
        said("join again", setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group4, sizeof group4));
        said("leave", setsockopt(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group4, sizeof group4));
    } else {
        said("join", setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &group6, sizeof group6));
        said("leave", setsockopt(fd, IPPROTO_IPV6, IPV6_LEAVE_GROUP, &group6, sizeof group6));
        said("leave", setsockopt(fd, IPPROTO_IPV6, IPV6_LEAVE_GROUP, &group6, sizeof group6));
    }
    close(fd);
}

void options(void)
{
    flags();
    numbers();
    kinds();
    buffers(SOCK_STREAM, "stream buffers");
    buffers(SOCK_DGRAM, "datagram buffers");
    structures();
    descriptor_flags();
    groups();
}
