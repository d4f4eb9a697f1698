/* SPDX-License-Identifier: Apache-2.0 */
/* An echo server on libuv: uv_poll waits for the listener, and each connection is handed over to the
   system and to libuv, which then reads and writes it like any stream of its own. */
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

static const char usage[] =
    "Usage: libuv -n NETWORK [options] ADDRESS PORT\n"
    "Listens at ADDRESS and sends back what its clients send, until standard "
    "input ends.\n\n";

struct reply {
    uv_write_t request;
    uv_buf_t bytes;
};

static int listener;

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

static void give_memory(uv_handle_t *unused, size_t wanted, uv_buf_t *bytes)
{
    (void)unused;
    bytes->base = malloc(wanted);
    bytes->len = bytes->base == NULL ? 0 : wanted;
}

static void end(uv_stream_t *client)
{
    if (!uv_is_closing((uv_handle_t *)client))
        uv_close((uv_handle_t *)client, free_handle);
}

static void on_read(uv_stream_t *client, ssize_t length, const uv_buf_t *bytes);

/* One reply is under way at a time: a client that does not read is not read either. */
static void on_sent(uv_write_t *request, int error)
{
    struct reply *reply = request->data;

    if (error != 0 || uv_read_start(request->handle, give_memory, on_read) != 0)
        end(request->handle);
    free(reply->bytes.base);
    free(reply);
}

static void send_back(uv_stream_t *client, char *bytes, size_t length)
{
    struct reply *reply = malloc(sizeof *reply);

    uv_read_stop(client);
    if (reply != NULL) {
        reply->request.data = reply;
        reply->bytes = uv_buf_init(bytes, (unsigned)length);
        if (uv_write(&reply->request, client, &reply->bytes, 1, on_sent) == 0)
            return;
    }
    free(bytes);
    free(reply);
    end(client);
}

static void on_read(uv_stream_t *client, ssize_t length, const uv_buf_t *bytes)
{
    if (length > 0) {
        send_back(client, bytes->base, (size_t)length);
        return;
    }
    free(bytes->base);
    if (length < 0)
        end(client);
}

/* From here on it is an ordinary stream. */
static void hand_over(uv_loop_t *loop, int fd)
{
    int os_fd = zts_export_fd(fd);
    uv_pipe_t *client = malloc(sizeof *client);

    if (os_fd < 0 || client == NULL) {
        failed("handing over a connection");
        free(client);
        if (os_fd >= 0)
            close(os_fd);
        else
            zts_close(fd);
        return;
    }
    uv_pipe_init(loop, client, 0);
    int error = uv_pipe_open(client, os_fd);
    if (error == 0)
        error = uv_read_start((uv_stream_t *)client, give_memory, on_read);
    if (error != 0) {
        fprintf(stderr, "reading: %s\n", uv_strerror(error));
        uv_close((uv_handle_t *)client, free_handle);
    }
}

static void on_connection(uv_poll_t *watcher, int status, int unused)
{
    char peer[ZTS_INET6_ADDRSTRLEN];
    unsigned short port;
    int fd;

    (void)status;
    (void)unused;
    while ((fd = zts_accept(listener, peer, sizeof peer, &port)) >= 0) {
        printf("connection from %s port %u\n", peer, port);
        hand_over(watcher->loop, fd);
    }
}

static void close_handle(uv_handle_t *handle, void *input)
{
    if (!uv_is_closing(handle))
        uv_close(handle, handle->data == input ? NULL : free_handle);
}

static void on_input(uv_poll_t *input, int unused, int unused_too)
{
    char ignored[256];

    (void)unused;
    (void)unused_too;
    if (read(STDIN_FILENO, ignored, sizeof ignored) <= 0)
        uv_walk(input->loop, close_handle, input->data);
}

/* The two watchers are static, and marked so by their data. */
static int serve(uv_loop_t *loop)
{
    static uv_poll_t connections, input;
    int error = uv_poll_init(loop, &connections, zts_get_os_fd(listener));

    connections.data = input.data = &input;
    if (error == 0)
        error = uv_poll_start(&connections, UV_READABLE, on_connection);
    if (error == 0)
        error = uv_poll_init(loop, &input, STDIN_FILENO);
    if (error == 0)
        error = uv_poll_start(&input, UV_READABLE, on_input);
    if (error != 0) {
        fprintf(stderr, "waiting: %s\n", uv_strerror(error));
        return 1;
    }
    uv_run(loop, UV_RUN_DEFAULT);
    return uv_loop_close(loop) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv, usage);
    int port;

    if (options.argument_count != 2 || sscanf(options.arguments[1], "%d", &port) != 1 || port < 1 ||
        port > 65535 || zts_util_get_ip_family(options.arguments[0]) < 0) {
        fprintf(stderr, "%s", usage);
        return 2;
    }
    start_node(&options);
    wait_for_address(options.network, zts_util_get_ip_family(options.arguments[0]));
    print_addresses(options.network);
    listener = zts_socket(zts_util_get_ip_family(options.arguments[0]), ZTS_SOCK_STREAM, 0);
    if (listener < 0 || zts_set_reuse_addr(listener, 1) != 0 ||
        zts_bind(listener, options.arguments[0], (unsigned short)port) != 0 ||
        zts_listen(listener, 64) != 0)
        return failed("listening");
    zts_set_blocking(listener, 0);
    printf("listening at %s port %d\n", options.arguments[0], port);
    int result = serve(uv_default_loop());
    zts_close(listener);
    zts_node_stop();
    zts_node_free();
    return result;
}
