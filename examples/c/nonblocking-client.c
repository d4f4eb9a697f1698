/* SPDX-License-Identifier: Apache-2.0 */
/* A client that never blocks: it connects, writes and reads when zts_bsd_select says that it can. */
#include "common.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "Usage: nonblocking-client -n NETWORK [options] ADDRESS PORT\n"
    "Sends a message to an echo server and reads it back, without ever blocking in a call.\n\n"
    "      --message TEXT   what to send (default \"Hello, network!\")\n";

enum { ATTEMPTS = 20, PATIENCE_S = 5 };

/* Waits until the descriptor can be read or written. */
static int wait_until_ready(int fd, int for_writing)
{
    struct zts_timeval patience = { .tv_sec = PATIENCE_S };
    zts_fd_set set;

    ZTS_FD_ZERO(&set);
    ZTS_FD_SET(fd, &set);
    return zts_bsd_select(fd + 1, for_writing ? NULL : &set, for_writing ? &set : NULL, NULL,
                          &patience) == 1;
}

/* A socket whose connection was tried and failed is closed; each attempt has its own. -1: failed. */
static int connect_once(int family, const struct zts_sockaddr *to, zts_socklen_t length)
{
    int fd = zts_socket(family, ZTS_SOCK_STREAM, 0);

    if (fd < 0 || zts_set_blocking(fd, 0) != ZTS_ERR_OK)
        return -1;
    if (zts_bsd_connect(fd, to, length) == ZTS_ERR_OK)
        return fd;
    if (zts_get_errno() == ZTS_EINPROGRESS && wait_until_ready(fd, 1) &&
        zts_get_last_socket_error(fd) == 0)
        return fd;
    zts_close(fd);
    return -1;
}

static int converse(int fd, const char *message)
{
    size_t length = strlen(message), sent = 0, received = 0;
    char answer[1024];

    while (sent < length && wait_until_ready(fd, 1)) {
        ssize_t now = zts_write(fd, message + sent, length - sent);
        if (now < 0 && zts_get_errno() != ZTS_EAGAIN)
            return failed("writing");
        sent += now > 0 ? (size_t)now : 0;
    }
    while (received < length && received < sizeof answer && wait_until_ready(fd, 0)) {
        ssize_t now = zts_read(fd, answer + received, sizeof answer - received);
        if (now == 0 || (now < 0 && zts_get_errno() != ZTS_EAGAIN))
            return failed("reading");
        received += now > 0 ? (size_t)now : 0;
    }
    printf("answer: %.*s\n", (int)received, answer);
    return received == length ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv, usage);
    struct zts_sockaddr_storage address;
    zts_socklen_t length = 0;
    int fd = -1;

    if (options.argument_count != 2) {
        fprintf(stderr, "%s", usage);
        return 2;
    }
    int family = read_family(options.arguments[0], usage);
    check(zts_util_ipstr_to_saddr(options.arguments[0], read_port(options.arguments[1], usage),
                                  (struct zts_sockaddr *)&address, &length),
          "reading the address");
    start_node(&options);
    wait_for_address(options.network, family);
    for (int i = 0; fd < 0 && i < ATTEMPTS; i++)
        fd = connect_once(family, (struct zts_sockaddr *)&address, length);
    if (fd < 0)
        return failed("connecting");
    int result = converse(fd, options.message != NULL ? options.message : "Hello, network!");
    zts_close(fd);
    check(zts_node_free(), "ending the node");
    return result;
}
