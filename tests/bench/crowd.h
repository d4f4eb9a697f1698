/* SPDX-License-Identifier: Apache-2.0 */
/* Many nodes in one process, each with an address of its own, behind one socket. */
#ifndef ZT_BENCH_CROWD_H
#define ZT_BENCH_CROWD_H

#include "node/node.h"

#include <stdio.h>

enum { CROWD_MOST = 32768, CROWD_PORT = 9993 };

struct member {
    struct zt_node *node;
    struct zt_identity identity;
    int64_t began_us;  /* when it began to wait for what it is asked to get */
    int64_t waited_us; /* until it got it; -1: not yet */
};

struct crowd {
    uint8_t planet[ZT_MAX_WORLD];
    size_t planet_length;
    FILE *identities; /* one a line: address and secret key in hex; NULL: they are made up */
    struct member members[CROWD_MOST];
    unsigned count;
    int64_t ticked_ms;
    int fd;
};

_Noreturn void crowd_die(const char *what); /* with what the system says */
struct zt_instant crowd_now(void);
int64_t crowd_now_us(void);

/* crowd_net.c: the socket. 172.16.0.0/12 must be routed to this host. */
void crowd_open(struct crowd *crowd);
/* Sends what the member's node wants sent. */
void crowd_send(const struct crowd *crowd, unsigned index);
/* Waits for at most so long, and feeds what came to the nodes it is for. */
void crowd_receive(struct crowd *crowd, int wait_ms);

/* crowd_made.c: identities whose address was not worked for. Only who is told of them believes them: a node
   that finds them in its cache, and who asks that node. The i-th is the same in each process. */
struct zt_identity crowd_made(unsigned index);
/* Writes the cache of a node that has met so many of them. False: errno says why not. */
bool crowd_write_cache(const char *folder, unsigned count);

#endif
