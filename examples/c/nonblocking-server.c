/* SPDX-License-Identifier: Apache-2.0 */
/* One thread, many clients: non-blocking sockets and zts_bsd_poll. Echoes what it is sent. */
#include "common.h"

#include <stdio.h>

static const char usage[] = "Usage: nonblocking-server -n NETWORK [options] ADDRESS PORT\n"
                            "Echoes whatever its clients send, all of them at once.\n\n"
                            "      --count N        end after N clients have left (default 1; 0: "
                            "never)\n";

enum { MOST_CLIENTS = 64, CHUNK = 4096 };

/* What was read of a client and not yet written back. */
struct client {
    size_t length, written;
    char bytes[CHUNK];
};

/* The listener comes first; fds[i] belongs to clients[i]. */
static struct zts_pollfd fds[MOST_CLIENTS + 1];
static struct client clients[MOST_CLIENTS + 1];
static unsigned used = 1;

static void take_client(void)
{
    int fd = zts_bsd_accept(fds[0].fd, NULL, NULL);

    if (fd < 0)
        return; /* it left again, or there is none after all */
    if (used > MOST_CLIENTS || zts_set_blocking(fd, 0) != ZTS_ERR_OK) {
        zts_close(fd);
        return;
    }
    clients[used] = (struct client){ .length = 0 };
    fds[used++] = (struct zts_pollfd){ .fd = fd, .events = ZTS_POLLIN };
}

static void drop_client(unsigned index)
{
    zts_close(fds[index].fd);
    used--;
    fds[index] = fds[used];
    clients[index] = clients[used];
}

/* False: this client is done. */
static int serve_client(unsigned index)
{
    struct client *client = &clients[index];
    int fd = fds[index].fd;

    if (client->written == client->length) {
        ssize_t length = zts_read(fd, client->bytes, sizeof client->bytes);
        if (length <= 0)
            return length < 0 && zts_get_errno() == ZTS_EAGAIN;
        client->length = (size_t)length;
        client->written = 0;
    }
    ssize_t written =
        zts_write(fd, client->bytes + client->written, client->length - client->written);
    if (written < 0 && zts_get_errno() != ZTS_EAGAIN)
        return 0;
    client->written += written > 0 ? (size_t)written : 0;
    /* Reading goes on when everything is written. */
    fds[index].events = client->written == client->length ? ZTS_POLLIN : ZTS_POLLOUT;
    return 1;
}

static int serve(unsigned count)
{
    unsigned left = 0;

    while (count == 0 || left < count) {
        if (zts_bsd_poll(fds, used, -1) < 0)
            return failed("polling");
        if (fds[0].revents != 0)
            take_client();
        /* From the end, as leaving clients are replaced by the last one. */
        for (unsigned i = used - 1; i > 0; i--) {
            if (fds[i].revents == 0 || serve_client(i))
                continue;
            drop_client(i);
            left++;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv, usage);

    if (options.argument_count != 2) {
        fprintf(stderr, "%s", usage);
        return 2;
    }
    int family = read_family(options.arguments[0], usage);
    unsigned short port = read_port(options.arguments[1], usage);
    start_node(&options);
    wait_for_address(options.network, family);
    print_addresses(options.network);
    int listener = zts_socket(family, ZTS_SOCK_STREAM, 0);
    if (listener < 0 || zts_set_blocking(listener, 0) != ZTS_ERR_OK ||
        zts_bind(listener, options.arguments[0], port) != ZTS_ERR_OK ||
        zts_listen(listener, MOST_CLIENTS) != ZTS_ERR_OK)
        return failed("listening");
    printf("listening at %s port %u\n", options.arguments[0], port);
    fds[0] = (struct zts_pollfd){ .fd = listener, .events = ZTS_POLLIN };
    int result = serve(options.count);
    zts_close(listener);
    check(zts_node_free(), "ending the node");
    return result;
}
