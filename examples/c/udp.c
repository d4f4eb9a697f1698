/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams, over IPv4 and IPv6, with the calls that POSIX has. */
#include "common.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "Usage: udp -n NETWORK [options] serve ADDRESS PORT\n"
    "       udp -n NETWORK [options] send ADDRESS PORT\n"
    "serve answers each datagram with the same; send sends --message until an answer comes.\n\n"
    "      --message TEXT   what to send (default \"Hello, network!\")\n"
    "      --count N        serve: end after N datagrams (default 1; 0: never)\n";

enum { LARGEST = 65535, ATTEMPTS = 60, LINGER_S = 2 };

static char datagram[LARGEST];

static void print_sender(const struct zts_sockaddr_storage *from, zts_socklen_t length,
                         ssize_t bytes)
{
    char text[ZTS_IP_MAX_STR_LEN];
    unsigned short port;

    if (zts_util_ntop((struct zts_sockaddr *)(uintptr_t)from, length, text, sizeof text, &port) ==
        ZTS_ERR_OK)
        printf("from %s port %u: %.*s\n", text, port, (int)bytes, datagram);
}

static int serve(int fd, const struct zts_sockaddr *at, zts_socklen_t length, unsigned count)
{
    if (zts_bsd_bind(fd, at, length) != ZTS_ERR_OK)
        return failed("binding");
    printf("listening\n");
    for (unsigned i = 0;; i++) {
        if (count != 0 &&
            i == count) /* an answer may get lost: whoever asks again soon gets it again */
            check(zts_set_recv_timeout(fd, LINGER_S, 0), "setting the timeout");
        struct zts_sockaddr_storage from;
        zts_socklen_t from_length = sizeof from;
        ssize_t bytes = zts_bsd_recvfrom(fd, datagram, sizeof datagram, 0,
                                         (struct zts_sockaddr *)&from, &from_length);
        if (bytes < 0 && count != 0 && i >= count)
            return 0;
        if (bytes < 0)
            return failed("receiving");
        print_sender(&from, from_length, bytes);
        if (zts_bsd_sendto(fd, datagram, (size_t)bytes, 0, (struct zts_sockaddr *)&from,
                           from_length) != bytes)
            return failed("answering");
    }
}

/* Datagrams may get lost, the first ones while a path to the peer is found: ask again. */
static int ask(int fd, const struct zts_sockaddr *to, zts_socklen_t length, const char *message)
{
    check(zts_set_recv_timeout(fd, 1, 0), "setting the timeout");
    for (int i = 0; i < ATTEMPTS; i++) {
        (void)zts_bsd_sendto(fd, message, strlen(message), 0, to, length);
        ssize_t bytes = zts_bsd_recv(fd, datagram, sizeof datagram, 0);
        if (bytes < 0)
            continue;
        printf("answer: %.*s\n", (int)bytes, datagram);
        return 0;
    }
    return failed("waiting for an answer");
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv, usage);
    struct zts_sockaddr_storage address;
    zts_socklen_t length = 0;

    if (options.argument_count != 3 ||
        (strcmp(options.arguments[0], "serve") != 0 && strcmp(options.arguments[0], "send") != 0)) {
        fprintf(stderr, "%s", usage);
        return 2;
    }
    int family = read_family(options.arguments[1], usage);
    check(zts_util_ipstr_to_saddr(options.arguments[1], read_port(options.arguments[2], usage),
                                  (struct zts_sockaddr *)&address, &length),
          "reading the address");
    start_node(&options);
    wait_for_address(options.network, family);
    print_addresses(options.network);
    int fd = zts_bsd_socket(family, ZTS_SOCK_DGRAM, 0);
    if (fd < 0)
        return failed("making a socket");
    int result = strcmp(options.arguments[0], "serve") == 0
                     ? serve(fd, (struct zts_sockaddr *)&address, length, options.count)
                     : ask(fd, (struct zts_sockaddr *)&address, length,
                           options.message != NULL ? options.message : "Hello, network!");
    zts_bsd_close(fd);
    check(zts_node_free(), "ending the node");
    return result;
}
