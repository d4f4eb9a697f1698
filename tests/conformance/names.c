/* SPDX-License-Identifier: Apache-2.0 */
/* Names of sockets: binding, ports, sharing them, both families on one socket. */
#include "cases.h"

static bool is_here(const struct sockaddr_storage *addr)
{
    size_t at = here->family == AF_INET ? 4 : 8, length = here->family == AF_INET ? 4 : 16;

    return memcmp((const char *)addr + at, (const char *)&here->addr + at, length) == 0;
}

static void naming(void)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    int fd = new_stream();

    begin("naming");
    said("getsockname unbound", getsockname(fd, (struct sockaddr *)&name, &length));
    told("port", port_of(fd) == 0 ? "none" : "some");
    said("getpeername", getpeername(fd, (struct sockaddr *)&name, &length));
    name = with_port(0);
    said("bind", bind(fd, (struct sockaddr *)&name, here->length));
    told("port", port_of(fd) == 0 ? "none" : "some");
    said("bind again", bind(fd, (struct sockaddr *)&name, here->length));
    length = sizeof name;
    said("getsockname", getsockname(fd, (struct sockaddr *)&name, &length));
    told("length", length == here->length ? "right" : "wrong");
    told("address", is_here(&name) ? "ours" : "another");
    close(fd);
    fd = new_stream();
    said("listen unbound", listen(fd, 1));
    told("port", port_of(fd) == 0 ? "none" : "some");
    close(fd);
}

static void ends_of_a_connection(void)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    int client, server;

    begin("ends of a connection");
    new_pair(&client, &server);
    said("getsockname", getsockname(client, (struct sockaddr *)&name, &length));
    told("address", is_here(&name) ? "ours" : "another");
    said("getpeername", getpeername(client, (struct sockaddr *)&name, &length));
    told("address", is_here(&name) ? "ours" : "another");
    uint16_t port = port_of(server);
    told("port", memcmp((char *)&name + 2, &port, 2) == 0 ? "the server's" : "another");
    said("listen", listen(client, 1));
    said("bind", bind(client, (struct sockaddr *)&name, here->length));
    close(client);
    close(server);
}

/* It may become somebody's. */
static void not_ours(void)
{
    struct sockaddr_storage addr = with_port(0);
    bool is4 = here->family == AF_INET;
    int fd = new_stream();

    begin("an address of nobody's");
    inet_pton(here->family, is4 ? "192.0.2.1" : "2001:db8::1", (char *)&addr + (is4 ? 4 : 8));
    said("bind", bind(fd, (struct sockaddr *)&addr, here->length));
    close(fd);
}

static void as_text(void)
{
    static const char *const texts[] = { "10.1.2",    "0x0a.1.2.3",     "10.1.2.256",
                                         "10.1.2.3 ", "2001:DB8::abcd", "::1",
                                         "1::2::3",   "255.255.255.255" };

    begin("addresses as text");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        unsigned char bytes[16];
        char text[64] = "none";
        if (inet_pton(here->family, texts[i], bytes) == 1)
            inet_ntop(here->family, bytes, text, sizeof text);
        told(texts[i], text);
    }
}

static void sharing(int type, const char *name)
{
    int one = new_bound(type), other = socket(here->family, type, 0);
    struct sockaddr_storage addr = with_port(port_of(one));

    begin(name);
    said("bind", bind(other, (struct sockaddr *)&addr, here->length));
    set_int(other, SOL_SOCKET, SO_REUSEADDR, 1);
    said("bind when one allows it", bind(other, (struct sockaddr *)&addr, here->length));
    set_int(one, SOL_SOCKET, SO_REUSEADDR, 1);
    said("bind when both allow it", bind(other, (struct sockaddr *)&addr, here->length));
    close(one);
    close(other);
}

static void listeners(void)
{
    int one = new_listener(1), other = new_stream();
    struct sockaddr_storage addr = with_port(port_of(one));

    begin("listeners");
    said("bind", bind(other, (struct sockaddr *)&addr, here->length));
    close(one);
    said("bind when the other closed", bind(other, (struct sockaddr *)&addr, here->length));
    said("listen", listen(other, 1));
    said("listen again", listen(other, 5));
    said("connect", connect_to(other, port_of(other)));
    close(other);
}

static void after_connections(void)
{
    int one = new_listener(1), client = new_stream(), other = new_stream();
    struct sockaddr_storage addr = with_port(port_of(one));
    char byte;

    begin("after connections");
    set_int(one, SOL_SOCKET, SO_REUSEADDR, 1);
    connect_to(client, port_of(one));
    int server = accept(one, NULL, NULL);
    close(server);
    recv(client, &byte, 1, 0);
    close(client);
    close(one);
    set_int(other, SOL_SOCKET, SO_REUSEADDR, 1);
    said("bind with SO_REUSEADDR", bind(other, (struct sockaddr *)&addr, here->length));
    said("listen", listen(other, 1));
    close(other);
}

static void told_mapped(const char *what, const struct sockaddr_in6 *from, socklen_t length)
{
    static const char mapped[16] = "\0\0\0\0\0\0\0\0\0\0\377\377\177\0\0\1";

    if (length != sizeof *from || from->sin6_family != AF_INET6)
        told(what, "of the other family");
    else
        told(what,
             memcmp((const char *)from + 8, mapped, sizeof mapped) == 0 ? "mapped" : "another");
}

/* An IPv6 socket for both families. */
static void both_families(int type, int only6, const char *name)
{
    struct sockaddr_in6 any;
    struct sockaddr_in to;
    char byte;
    int fd = socket(AF_INET6, type, 0), client = socket(AF_INET, type, 0);

    begin(name);
    memset(&any, 0, sizeof any);
    any.sin6_family = AF_INET6;
    set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, only6);
    said("bind", bind(fd, (struct sockaddr *)&any, sizeof any));
    if (type == SOCK_STREAM)
        said("listen", listen(fd, 1));
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = port_of(fd);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    said("connect", connect(client, (struct sockaddr *)&to, sizeof to));
    said("send", send(client, "x", 1, MSG_NOSIGNAL));
    if (!only6) {
        struct sockaddr_in6 from;
        socklen_t length = sizeof from;
        int server = type == SOCK_STREAM ? accept(fd, (struct sockaddr *)&from, &length) : fd;
        if (type == SOCK_STREAM)
            told_mapped("accept", &from, length);
        wait_for(server, POLLIN);
        length = sizeof from;
        said("recvfrom", recvfrom(server, &byte, 1, 0, (struct sockaddr *)&from, &length));
        length = sizeof from;
        if (type == SOCK_STREAM)
            getpeername(server, (struct sockaddr *)&from, &length);
        told_mapped("address", &from, length);
        if (type == SOCK_STREAM)
            close(server);
    }
    close(client);
    close(fd);
}

void names(void)
{
    naming();
    ends_of_a_connection();
    sharing(SOCK_STREAM, "sharing a stream's port");
    sharing(SOCK_DGRAM, "sharing a datagram port");
    listeners();
    after_connections();
    not_ours();
    as_text();
    if (here->family == AF_INET)
        return;
    both_families(SOCK_STREAM, 0, "both families by stream");
    both_families(SOCK_DGRAM, 0, "both families by datagram");
    both_families(SOCK_STREAM, 1, "only IPv6 by stream");
    both_families(SOCK_DGRAM, 1, "only IPv6 by datagram");
}
