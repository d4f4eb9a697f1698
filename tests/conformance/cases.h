/* SPDX-License-Identifier: Apache-2.0 */
/* What the cases share: lines of results, addresses, pairs of connected sockets. */
#ifndef ZT_CONFORMANCE_CASES_H
#define ZT_CONFORMANCE_CASES_H

#include "sockets.h"

#include <stdbool.h>

/* The family and address that the cases run on; its port is 0. */
struct place {
    const char *name; /* "4", "6", "own" */
    int family;
    struct sockaddr_storage addr;
    socklen_t length;
};

extern const struct place *here;

/* Names the case for the lines that follow. */
void begin(const char *name);
/* Prints `case: call -> result ERROR` and returns the result. The error only if it is negative. */
long said(const char *call, long result);
/* The same for what another thread was told. */
void told_code(const char *call, long result, int code);
/* The same for descriptors, whose numbers differ: ok. */
int opened(const char *call, int fd);
/* Prints `case: call -> text`. */
void told(const char *call, const char *text);
/* POLLIN as I, POLLOUT as O, POLLERR as E, POLLHUP as H, POLLNVAL as N. */
void told_events(const char *call, int count, short events);
void told_error(int fd); /* SO_ERROR by its name */

struct sockaddr_storage with_port(uint16_t port);
uint16_t port_of(int fd);
int new_stream(void);
int new_datagram(void);
/* Bound to an address of here and a port of the system's choice. */
int new_bound(int type);
int new_listener(int backlog);
/* A connection; exits the program without one. */
void new_pair(int *client, int *server);
/* Connects to the port. */
int connect_to(int fd, uint16_t port);
/* Waits for up to two seconds; returns the events. */
short wait_for(int fd, short events);
void set_nonblocking(int fd);
void set_int(int fd, int level, int option, int value);
int get_int(int fd, int level, int option);

void streams(void);
void datagrams(void);
void options(void);
void waiting(void);
void endings(void);
void giving_up(void);
void mistakes(void);
void names(void);
void crowds(void);
/* On a network that has addresses of its own: 10.7.0.0/24. */
void broadcasts(void);
void groups_of_a_network(void);
void unreachable(void);
/* Does that network pass on what is for this group? */
bool is_subscribed(const unsigned char mac[6]);
unsigned network_number(void);

#endif
