/* SPDX-License-Identifier: Apache-2.0 */
/* One epoll loop for sockets of the network and descriptors of the system: an echo server for any number
   of clients, and a client that sends lines from its standard input. */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

static const char usage[] =
    "Usage: epoll -n NETWORK [options] serve ADDRESS PORT\n"
    "       epoll -n NETWORK [options] connect ADDRESS PORT\n"
    "serve listens at ADDRESS and sends back what its clients send, until standard input ends.\n"
    "connect sends the lines of standard input there and prints what comes back.\n\n";

enum { CHUNK = 1 << 16, MOST_EVENTS = 64 };

/* One end of a conversation. The bytes that could not be sent yet wait here, and nothing more is read
   from the source meanwhile: that is all that back-pressure needs. */
struct conversation {
    int fd, os_fd;
    size_t at, length;
    char bytes[CHUNK];
};

static int waiter; /* epoll */

static int watch(int os_fd, unsigned events, void *what)
{
    struct epoll_event event = { .events = events, .data.ptr = what };

    return epoll_ctl(waiter, EPOLL_CTL_ADD, os_fd, &event);
}

static void rewatch(struct conversation *conversation)
{
    struct epoll_event event = { .events = conversation->length > 0 ? EPOLLOUT : EPOLLIN,
                                 .data.ptr = conversation };

    epoll_ctl(waiter, EPOLL_CTL_MOD, conversation->os_fd, &event);
}

static struct conversation *begin(int fd, unsigned events)
{
    struct conversation *conversation = calloc(1, sizeof *conversation);
    int os_fd = zts_get_os_fd(fd);

    if (conversation == NULL || os_fd < 0 || watch(os_fd, events, conversation) != 0) {
        fprintf(stderr, "no descriptor or memory for a connection\n");
        free(conversation);
        zts_close(fd);
        return NULL;
    }
    zts_set_blocking(fd, 0);
    conversation->fd = fd;
    conversation->os_fd = os_fd;
    return conversation;
}

/* Closing also takes the descriptor out of epoll. */
static void end(struct conversation *conversation)
{
    zts_close(conversation->fd);
    free(conversation);
}

/* Sends what waits. False: the other side is gone. */
static bool send_waiting(struct conversation *conversation)
{
    while (conversation->length > 0) {
        ssize_t sent = zts_write(conversation->fd, conversation->bytes + conversation->at,
                                 conversation->length);
        if (sent < 0)
            return zts_errno == ZTS_EAGAIN;
        conversation->at += (size_t)sent;
        conversation->length -= (size_t)sent;
    }
    return true;
}

static void echo(struct conversation *client)
{
    bool goes_on = send_waiting(client);

    while (goes_on && client->length == 0) {
        ssize_t length = zts_read(client->fd, client->bytes, CHUNK);
        if (length < 0 && zts_errno == ZTS_EAGAIN)
            break;
        client->at = 0;
        client->length = length > 0 ? (size_t)length : 0;
        goes_on = length > 0 && send_waiting(client);
    }
    if (goes_on)
        rewatch(client);
    else
        end(client);
}

static void accept_all(int listener)
{
    char peer[ZTS_INET6_ADDRSTRLEN];
    unsigned short port;
    int fd;

    while ((fd = zts_accept(listener, peer, sizeof peer, &port)) >= 0) {
        printf("connection from %s port %u\n", peer, port);
        begin(fd, EPOLLIN);
    }
}

/* Listener and standard input are told from clients by these places. */
static char is_listener, is_input;

static int serve(int listener)
{
    struct epoll_event events[MOST_EVENTS];
    char ignored[CHUNK];

    for (;;) {
        int count = epoll_wait(waiter, events, MOST_EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == &is_input && read(STDIN_FILENO, ignored, CHUNK) <= 0)
                return 0;
            if (events[i].data.ptr == &is_listener)
                accept_all(listener);
            else if (events[i].data.ptr != &is_input)
                echo(events[i].data.ptr);
        }
    }
}

static int start_server(const char *address, unsigned short port)
{
    int listener = zts_socket(zts_util_get_ip_family(address), ZTS_SOCK_STREAM, 0);

    if (listener < 0 || zts_set_reuse_addr(listener, 1) != 0 ||
        zts_bind(listener, address, port) != 0 || zts_listen(listener, 64) != 0)
        return failed("listening");
    zts_set_blocking(listener, 0);
    if (watch(zts_get_os_fd(listener), EPOLLIN, &is_listener) != 0 ||
        watch(STDIN_FILENO, EPOLLIN, &is_input) != 0)
        return failed("waiting with epoll (is standard input a file?)");
    printf("listening at %s port %u\n", address, port);
    return serve(listener);
}

static bool input_has_ended;

/* Takes a piece of the input, and lets it wait for room. False: the connection failed. */
static bool take_input(struct conversation *server)
{
    ssize_t length = read(STDIN_FILENO, server->bytes, CHUNK);

    server->at = 0;
    server->length = length > 0 ? (size_t)length : 0;
    if (length > 0)
        return true;
    input_has_ended = true;
    return zts_shutdown_wr(server->fd) == 0;
}

/* Prints what has come. Positive: more may come; 0: that was all; negative: the connection failed. */
static int print_answers(struct conversation *server)
{
    char bytes[CHUNK];
    ssize_t length;

    while ((length = zts_read(server->fd, bytes, CHUNK)) > 0)
        fwrite(bytes, 1, (size_t)length, stdout);
    fflush(stdout);
    if (length < 0 && zts_errno == ZTS_EAGAIN)
        return 1;
    return length == 0 ? 0 : -1;
}

/* Input is read only when the last piece is out; the server's answers always. While it is not read, the
   input is taken out of epoll, which would tell its end even if asked for nothing. */
static void choose_events(const struct conversation *server)
{
    bool wants_input = server->length == 0 && !input_has_ended;
    struct epoll_event input = { .events = EPOLLIN, .data.ptr = &is_input };
    struct epoll_event both = { .events = server->length > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN,
                                .data.ptr = (void *)(uintptr_t)server };

    /* Fails if that is how it is already. */
    epoll_ctl(waiter, wants_input ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, STDIN_FILENO, &input);
    epoll_ctl(waiter, EPOLL_CTL_MOD, server->os_fd, &both);
}

static int converse(struct conversation *server)
{
    struct epoll_event events[2];

    for (;;) {
        int count = epoll_wait(waiter, events, 2, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == &is_input && !take_input(server))
                return failed("ending the conversation");
            int more = events[i].data.ptr == server ? print_answers(server) : 1;
            if (more <= 0)
                return more == 0 ? 0 : failed("reading");
        }
        if (!send_waiting(server))
            return failed("writing");
        choose_events(server);
    }
}

static int start_client(const char *address, unsigned short port)
{
    int fd = zts_tcp_client(address, port);

    if (fd < 0)
        return failed("connecting");
    struct conversation *server = begin(fd, EPOLLIN);
    if (server == NULL)
        return 1;
    int result = watch(STDIN_FILENO, EPOLLIN, &is_input) == 0
                     ? converse(server)
                     : failed("waiting with epoll (is standard input a file?)");
    end(server);
    return result;
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv, usage);
    int port;

    if (options.argument_count != 3 || sscanf(options.arguments[2], "%d", &port) != 1 || port < 1 ||
        port > 65535 || zts_util_get_ip_family(options.arguments[1]) < 0 ||
        (strcmp(options.arguments[0], "serve") != 0 &&
         strcmp(options.arguments[0], "connect") != 0)) {
        fprintf(stderr, "%s", usage);
        return 2;
    }
    waiter = epoll_create1(EPOLL_CLOEXEC);
    if (waiter < 0)
        return failed("opening epoll");
    start_node(&options);
    wait_for_address(options.network, zts_util_get_ip_family(options.arguments[1]));
    print_addresses(options.network);
    int result = options.arguments[0][0] == 's'
                     ? start_server(options.arguments[1], (unsigned short)port)
                     : start_client(options.arguments[1], (unsigned short)port);
    zts_node_stop();
    zts_node_free();
    return result;
}
