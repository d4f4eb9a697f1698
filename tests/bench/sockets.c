/* SPDX-License-Identifier: Apache-2.0 */
/* The two stacks: the library's sockets and the kernel's. Both get TCP_NODELAY and default buffers. */
#include "sockets.h"

#include <ZeroTierSockets.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int ours_open(bool stream)
{
    int fd = zts_bsd_socket(ZTS_AF_INET, stream ? ZTS_SOCK_STREAM : ZTS_SOCK_DGRAM, 0);

    if (fd >= 0 && stream)
        (void)zts_set_no_delay(fd, 1);
    return fd;
}

static int ours_connect(int fd, const char *ip, uint16_t port)
{
    return zts_connect(fd, ip, port, 0);
}

static int ours_accept(int fd)
{
    int client = zts_bsd_accept(fd, NULL, NULL);

    if (client >= 0)
        (void)zts_set_no_delay(client, 1);
    return client;
}

static ssize_t ours_send(int fd, const void *bytes, size_t length)
{
    return zts_bsd_send(fd, bytes, length, 0);
}

static ssize_t ours_receive(int fd, void *bytes, size_t length)
{
    return zts_bsd_recv(fd, bytes, length, 0);
}

const struct stack stack_ours = {
    .name = "ours",
    .open = ours_open,
    .connect = ours_connect,
    .bind = zts_bind,
    .listen = zts_bsd_listen,
    .accept = ours_accept,
    .send = ours_send,
    .receive = ours_receive,
    .finish = zts_shutdown_wr,
    .close = zts_bsd_close,
};

static void set_no_delay(int fd)
{
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
}

static int kernel_open(bool stream)
{
    int fd = socket(AF_INET, stream ? SOCK_STREAM : SOCK_DGRAM, 0);

    if (fd >= 0 && stream)
        set_no_delay(fd);
    return fd;
}

static bool read_address(struct sockaddr_in *address, const char *ip, uint16_t port)
{
    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    address->sin_port = htons(port);
    return inet_pton(AF_INET, ip, &address->sin_addr) == 1;
}

static int kernel_connect(int fd, const char *ip, uint16_t port)
{
    struct sockaddr_in address;

    if (!read_address(&address, ip, port))
        return -1;
    return connect(fd, (const struct sockaddr *)&address, sizeof address);
}

static int kernel_bind(int fd, const char *ip, uint16_t port)
{
    struct sockaddr_in address;

    if (!read_address(&address, ip, port))
        return -1;
    return bind(fd, (const struct sockaddr *)&address, sizeof address);
}

static int kernel_accept(int fd)
{
    int client = accept(fd, NULL, NULL);

    if (client >= 0)
        set_no_delay(client);
    return client;
}

static ssize_t kernel_send(int fd, const void *bytes, size_t length)
{
    return send(fd, bytes, length, MSG_NOSIGNAL);
}

static ssize_t kernel_receive(int fd, void *bytes, size_t length)
{
    return recv(fd, bytes, length, 0);
}

static int kernel_finish(int fd)
{
    return shutdown(fd, SHUT_WR);
}

const struct stack stack_kernel = {
    .name = "kernel",
    .open = kernel_open,
    .connect = kernel_connect,
    .bind = kernel_bind,
    .listen = listen,
    .accept = kernel_accept,
    .send = kernel_send,
    .receive = kernel_receive,
    .finish = kernel_finish,
    .close = close,
};

const struct stack *stack_named(const char *name)
{
    if (strcmp(name, stack_ours.name) == 0)
        return &stack_ours;
    return strcmp(name, stack_kernel.name) == 0 ? &stack_kernel : NULL;
}

bool send_all(const struct stack *stack, int fd, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;

    while (length > 0) {
        ssize_t sent = stack->send(fd, at, length);
        if (sent <= 0)
            return false;
        at += sent;
        length -= (size_t)sent;
    }
    return true;
}

bool receive_all(const struct stack *stack, int fd, void *bytes, size_t length)
{
    uint8_t *at = bytes;

    while (length > 0) {
        ssize_t received = stack->receive(fd, at, length);
        if (received <= 0)
            return false;
        at += received;
        length -= (size_t)received;
    }
    return true;
}
