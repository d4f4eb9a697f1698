/* SPDX-License-Identifier: Apache-2.0 */
/* What the cases share. */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>

const struct place *here;
static const char *current;

static const char *error_name(int code)
{
    static const struct {
        int code;
        const char *name;
    } names[] = {
        { 0, "0" },
        { 9, "EBADF" },
        { 11, "EAGAIN" },
        { 12, "ENOMEM" },
        { 13, "EACCES" },
        { 14, "EFAULT" },
        { 19, "ENODEV" },
        { 22, "EINVAL" },
        { 23, "ENFILE" },
        { 24, "EMFILE" },
        { 25, "ENOTTY" },
        { 32, "EPIPE" },
        { 38, "ENOSYS" },
        { 88, "ENOTSOCK" },
        { 89, "EDESTADDRREQ" },
        { 90, "EMSGSIZE" },
        { 92, "ENOPROTOOPT" },
        { 93, "EPROTONOSUPPORT" },
        { 94, "ESOCKTNOSUPPORT" },
        { 95, "EOPNOTSUPP" },
        { 97, "EAFNOSUPPORT" },
        { 98, "EADDRINUSE" },
        { 99, "EADDRNOTAVAIL" },
        { 101, "ENETUNREACH" },
        { 103, "ECONNABORTED" },
        { 104, "ECONNRESET" },
        { 105, "ENOBUFS" },
        { 106, "EISCONN" },
        { 107, "ENOTCONN" },
        { 110, "ETIMEDOUT" },
        { 111, "ECONNREFUSED" },
        { 113, "EHOSTUNREACH" },
        { 114, "EALREADY" },
        { 115, "EINPROGRESS" },
    };
    static char number[16];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].code == code)
            return names[i].name;
    }
    snprintf(number, sizeof number, "%d", code);
    return number;
}

void begin(const char *name)
{
    current = name;
}

void told_code(const char *call, long result, int code)
{
    printf("%s %s: %s -> %ld", current, here->name, call, result);
    printf(result < 0 ? " %s\n" : "\n", error_name(code));
}

long said(const char *call, long result)
{
    told_code(call, result, last_error());
    return result;
}

int opened(const char *call, int fd)
{
    if (fd < 0)
        return (int)said(call, fd);
    told(call, "ok");
    return fd;
}

void told(const char *call, const char *text)
{
    printf("%s %s: %s -> %s\n", current, here->name, call, text);
}

void told_events(const char *call, int count, short events)
{
    char text[32];

    snprintf(text, sizeof text, "%d %s%s%s%s%s", count, events & POLLIN ? "I" : "",
             events & POLLOUT ? "O" : "", events & POLLERR ? "E" : "", events & POLLHUP ? "H" : "",
             events & POLLNVAL ? "N" : "");
    told(call, text);
}

void told_error(int fd)
{
    told("SO_ERROR", error_name(get_int(fd, SOL_SOCKET, SO_ERROR)));
}

struct sockaddr_storage with_port(uint16_t port)
{
    struct sockaddr_storage addr = here->addr;

    memcpy((char *)&addr + 2, &port, sizeof port);
    return addr;
}

/* In network byte order, as addresses have it. */
uint16_t port_of(int fd)
{
    struct sockaddr_storage addr;
    socklen_t length = sizeof addr;
    uint16_t port = 0;

    if (getsockname(fd, (struct sockaddr *)&addr, &length) == 0)
        memcpy(&port, (char *)&addr + 2, sizeof port);
    return port;
}

int new_stream(void)
{
    return socket(here->family, SOCK_STREAM, 0);
}

int new_datagram(void)
{
    return socket(here->family, SOCK_DGRAM, 0);
}

static void must(bool works, const char *what)
{
    if (works)
        return;
    fprintf(stderr, "%s %s: %s: error %d\n", current, here->name, what, last_error());
    exit(1);
}

int new_bound(int type)
{
    struct sockaddr_storage addr = with_port(0);
    int fd = socket(here->family, type, 0);

    must(fd >= 0 && bind(fd, (struct sockaddr *)&addr, here->length) == 0, "bind");
    return fd;
}

int new_listener(int backlog)
{
    int fd = new_bound(SOCK_STREAM);

    must(listen(fd, backlog) == 0, "listen");
    return fd;
}

int connect_to(int fd, uint16_t port)
{
    struct sockaddr_storage addr = with_port(port);

    return connect(fd, (struct sockaddr *)&addr, here->length);
}

void new_pair(int *client, int *server)
{
    int listener = new_listener(1);

    *client = new_stream();
    must(connect_to(*client, port_of(listener)) == 0, "connect");
    *server = accept(listener, NULL, NULL);
    must(*server >= 0, "accept");
    close(listener);
}

short wait_for(int fd, short events)
{
    struct pollfd at = { .fd = fd, .events = events };

    poll(&at, 1, 2000);
    return at.revents;
}

void set_nonblocking(int fd)
{
    must(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) | O_NONBLOCK) == 0, "O_NONBLOCK");
}

void set_int(int fd, int level, int option, int value)
{
    must(setsockopt(fd, level, option, &value, sizeof value) == 0, "setsockopt");
}

int get_int(int fd, int level, int option)
{
    int value = 0;
    socklen_t length = sizeof value;

    return getsockopt(fd, level, option, &value, &length) == 0 ? value : -1;
}
