/* SPDX-License-Identifier: Apache-2.0 */
/* What client and server of the measurements agree on. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "sockets.h"

enum {
    STREAM_PORT = 7000,
    DATAGRAM_PORT = 7001,
    MESSAGE_SIZE = 64,    /* of request and answer */
    DATAGRAM_SIZE = 1400, /* of UDP payload */
    CHUNK_SIZE = 1 << 17  /* of one send or receive on a stream */
};

/* The first byte on a stream says what it is for. */
enum mode {
    MODE_SINK = 'S', /* the server takes all until the end, then answers with the byte count, u64 */
    MODE_ECHO = 'E', /* each message comes back */
    MODE_COUNT = 'C', /* the server answers with the datagrams since the last time, u64 */
    MODE_HOLD = 'H'   /* the server keeps it open for good */
};

/* Serves both ports of a stack on two threads, for as long as the process runs. */
void serve(const struct stack *stack);

/* Each measures against a server and prints one line of JSON. */
int measure_stream(const struct stack *stack, const char *ip, double seconds);
int measure_latency(const struct stack *stack, const char *ip, unsigned count);
int measure_datagrams(const struct stack *stack, const char *ip, unsigned per_second,
                      double seconds);

/* Makes connections of ours until there are so many, and keeps them; looks at all of them by poll and by
   select. Each prints one line of JSON. */
int hold_connections(const char *ip, unsigned count);
int look_at_connections(void);

/* A stream of this mode, or -1. */
int open_stream(const struct stack *stack, const char *ip, enum mode mode);
/* Prints the line for a failure; 1. */
int measure_failed(const struct stack *stack, const char *what);

/* Connects and gets one message back. */
bool reach(const struct stack *stack, const char *ip);

double seconds_now(void);

#endif
