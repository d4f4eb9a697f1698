/* SPDX-License-Identifier: Apache-2.0 */
/* The server of the measurements: streams one after the other, datagrams counted. */
#include "measure.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* Of each stack, ours first. */
static _Atomic uint64_t datagrams[2];

static _Atomic uint64_t *counter_of(const struct stack *stack)
{
    return &datagrams[stack == &stack_kernel];
}

static void sink(const struct stack *stack, int fd, uint8_t *chunk)
{
    uint64_t total = 0;
    ssize_t received;

    while ((received = stack->receive(fd, chunk, CHUNK_SIZE)) > 0)
        total += (uint64_t)received;
    if (received == 0)
        (void)send_all(stack, fd, &total, sizeof total);
}

static void echo(const struct stack *stack, int fd, uint8_t *chunk)
{
    while (receive_all(stack, fd, chunk, MESSAGE_SIZE)) {
        if (!send_all(stack, fd, chunk, MESSAGE_SIZE))
            return;
    }
}

/* Is it to be kept open? */
static bool serve_stream(const struct stack *stack, int fd, uint8_t *chunk)
{
    uint8_t mode = 0;
    uint64_t count;

    if (!receive_all(stack, fd, &mode, 1))
        return false;
    if (mode == MODE_SINK)
        sink(stack, fd, chunk);
    if (mode == MODE_ECHO)
        echo(stack, fd, chunk);
    if (mode == MODE_COUNT) {
        count = atomic_exchange(counter_of(stack), 0);
        (void)send_all(stack, fd, &count, sizeof count);
    }
    return mode == MODE_HOLD;
}

static _Noreturn void give_up(const struct stack *stack, const char *what)
{
    (void)fprintf(stderr, "server, %s: %s failed\n", stack->name, what);
    exit(1);
}

static int open_bound(const struct stack *stack, bool stream, uint16_t port)
{
    int fd = stack->open(stream);

    if (fd < 0 || stack->bind(fd, "0.0.0.0", port) != 0)
        give_up(stack, "bind");
    return fd;
}

static void *serve_streams(void *context)
{
    static uint8_t chunks[2][CHUNK_SIZE];
    const struct stack *stack = context;
    int listener = open_bound(stack, true, STREAM_PORT);

    if (stack->listen(listener, 4) != 0)
        give_up(stack, "listen");
    for (;;) {
        int fd = stack->accept(listener);
        if (fd < 0)
            give_up(stack, "accept");
        if (!serve_stream(stack, fd, chunks[stack == &stack_kernel]))
            (void)stack->close(fd);
    }
    return NULL;
}

static void *count_datagrams(void *context)
{
    const struct stack *stack = context;
    int fd = open_bound(stack, false, DATAGRAM_PORT);
    uint8_t datagram[DATAGRAM_SIZE];

    for (;;) {
        if (stack->receive(fd, datagram, sizeof datagram) == DATAGRAM_SIZE)
            atomic_fetch_add(counter_of(stack), 1);
    }
    return NULL;
}

void serve(const struct stack *stack)
{
    pthread_t streams, counting;
    void *context = (void *)(uintptr_t)stack;

    if (pthread_create(&streams, NULL, serve_streams, context) != 0 ||
        pthread_create(&counting, NULL, count_datagrams, context) != 0)
        give_up(stack, "starting a thread");
}
