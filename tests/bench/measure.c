/* SPDX-License-Identifier: Apache-2.0 */
/* The client of the measurements: stream throughput, latency of small exchanges, paced datagrams. */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

double seconds_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void sleep_until(double moment)
{
    struct timespec at = { .tv_sec = (time_t)moment };

    at.tv_nsec = (long)((moment - (double)at.tv_sec) * 1e9);
    (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

int open_stream(const struct stack *stack, const char *ip, enum mode mode)
{
    uint8_t first = (uint8_t)mode;
    int fd = stack->open(true);

    if (fd < 0)
        return -1;
    if (stack->connect(fd, ip, STREAM_PORT) == 0 && send_all(stack, fd, &first, 1))
        return fd;
    (void)stack->close(fd);
    return -1;
}

int measure_failed(const struct stack *stack, const char *what)
{
    (void)printf("{\"error\": \"%s: %s\"}\n", stack->name, what);
    return 1;
}

int measure_stream(const struct stack *stack, const char *ip, double seconds)
{
    static uint8_t chunk[CHUNK_SIZE];
    int fd = open_stream(stack, ip, MODE_SINK);
    double began = seconds_now();
    uint64_t sent = 0, arrived = 0;

    if (fd < 0)
        return measure_failed(stack, "no stream");
    while (seconds_now() < began + seconds && send_all(stack, fd, chunk, sizeof chunk))
        sent += sizeof chunk;
    bool answered = stack->finish(fd) == 0 && receive_all(stack, fd, &arrived, sizeof arrived);
    double took = seconds_now() - began;
    (void)stack->close(fd);
    if (!answered || arrived != sent)
        return measure_failed(stack, "the stream broke");
    (void)printf("{\"mbit_per_s\": %.1f}\n", (double)arrived * 8 / took / 1e6);
    return 0;
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static bool exchange(const struct stack *stack, int fd, double *took)
{
    uint8_t message[MESSAGE_SIZE] = { 0 };
    double began = seconds_now();

    if (!send_all(stack, fd, message, sizeof message) ||
        !receive_all(stack, fd, message, sizeof message))
        return false;
    *took = seconds_now() - began;
    return true;
}

int measure_latency(const struct stack *stack, const char *ip, unsigned count)
{
    int fd = open_stream(stack, ip, MODE_ECHO);
    double *times = calloc(count, sizeof *times);
    bool good = fd >= 0 && times != NULL && count > 0;

    for (unsigned i = 0; good && i < count; i++)
        good = exchange(stack, fd, &times[i]);
    if (good) {
        qsort(times, count, sizeof *times, by_size);
        (void)printf("{\"median_us\": %.1f, \"p99_us\": %.1f}\n", times[count / 2] * 1e6,
                     times[count * 99 / 100] * 1e6);
    }
    if (fd >= 0)
        (void)stack->close(fd);
    free(times);
    return good ? 0 : measure_failed(stack, "the exchange broke");
}

/* Datagrams that arrived since it was asked last, or -1. */
static int64_t ask_count(const struct stack *stack, const char *ip)
{
    uint64_t count = 0;
    int fd = open_stream(stack, ip, MODE_COUNT);

    if (fd < 0)
        return -1;
    bool answered = receive_all(stack, fd, &count, sizeof count);
    (void)stack->close(fd);
    return answered ? (int64_t)count : -1;
}

/* In bursts of a millisecond; a sender that falls behind sends less, it does not catch up. */
static unsigned send_paced(const struct stack *stack, int fd, unsigned per_second, double seconds)
{
    static const uint8_t datagram[DATAGRAM_SIZE];
    unsigned sent = 0;
    double began = seconds_now();

    for (double next = began; next < began + seconds; next += 1e-3) {
        sleep_until(next);
        for (unsigned i = 0; i < per_second / 1000; i++)
            sent += stack->send(fd, datagram, sizeof datagram) == DATAGRAM_SIZE;
        if (seconds_now() > began + seconds)
            break;
    }
    return sent;
}

int measure_datagrams(const struct stack *stack, const char *ip, unsigned per_second,
                      double seconds)
{
    int fd = stack->open(false);

    if (fd < 0 || stack->connect(fd, ip, DATAGRAM_PORT) != 0 || ask_count(stack, ip) < 0)
        return measure_failed(stack, "no datagram socket");
    unsigned sent = send_paced(stack, fd, per_second, seconds);
    sleep_until(seconds_now() + 0.3); /* what is under way arrives */
    int64_t arrived = ask_count(stack, ip);
    (void)stack->close(fd);
    if (arrived < 0 || sent == 0)
        return measure_failed(stack, "the count was lost");
    double offered = per_second * seconds;
    (void)printf("{\"sent_per_s\": %.0f, \"arrived_per_s\": %.0f, \"loss_percent\": %.3f}\n",
                 sent / seconds, (double)arrived / seconds, 100 * (1 - (double)arrived / offered));
    return 0;
}

bool reach(const struct stack *stack, const char *ip)
{
    double took;
    int fd = open_stream(stack, ip, MODE_ECHO);

    if (fd < 0)
        return false;
    bool good = exchange(stack, fd, &took);
    (void)stack->close(fd);
    return good;
}
