/* SPDX-License-Identifier: Apache-2.0 */
/* A server for one client: writes numbered lines, closes, and stops the node at once; leaving: and ends. */
#include "common.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "Usage: stopper -n NETWORK [options] PORT LINES (plain|exported|leaving)\n\n";

enum { LINE = 64, MOST_LINES = 1 << 16 };

static char lines[MOST_LINES * LINE + 1];

/* In as few calls as there can be. */
typedef ssize_t (*writer)(int fd, const void *bytes, size_t length);

static int write_lines(int fd, writer write_some, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        snprintf(lines + (size_t)i * LINE, LINE + 1, "%063u\n", i);
    for (size_t at = 0; at < (size_t)count * LINE;) {
        ssize_t done = write_some(fd, lines + at, (size_t)count * LINE - at);
        if (done <= 0)
            return failed("writing");
        at += (size_t)done;
    }
    return 0;
}

static int answer(int fd, unsigned count, bool is_exported)
{
    int os_fd = is_exported ? zts_export_fd(fd) : -1;
    int result = is_exported ? write_lines(os_fd, write, count) : write_lines(fd, zts_write, count);

    if (is_exported)
        close(os_fd);
    else
        zts_close(fd);
    return result;
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv, usage);
    char peer[ZTS_INET6_ADDRSTRLEN];
    unsigned short peer_port;
    unsigned count;

    if (options.argument_count != 3 || sscanf(options.arguments[1], "%u", &count) != 1 ||
        count > MOST_LINES) {
        fprintf(stderr, "%s", usage);
        return 2;
    }
    start_node(&options);
    wait_for_address(options.network, ZTS_AF_INET);
    print_addresses(options.network);
    int listener = zts_socket(ZTS_AF_INET, ZTS_SOCK_STREAM, 0);
    if (zts_bind(listener, "0.0.0.0", read_port(options.arguments[0], usage)) != 0 ||
        zts_listen(listener, 1) != 0)
        return failed("listening");
    printf("listening at port %s\n", options.arguments[0]);
    int fd = zts_accept(listener, peer, sizeof peer, &peer_port);
    if (fd < 0)
        return failed("accepting");
    int result = answer(fd, count, strcmp(options.arguments[2], "exported") == 0);
    zts_node_stop();
    if (strcmp(options.arguments[2], "leaving") != 0)
        zts_node_free();
    return result;
}
