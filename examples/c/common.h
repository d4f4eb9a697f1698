/* SPDX-License-Identifier: Apache-2.0 */
/* What the examples share: options, a started node in a network, a checksum of what was transferred. */
#ifndef EXAMPLE_COMMON_H
#define EXAMPLE_COMMON_H

#include "ZeroTierSockets.h"

#include <stdbool.h>
#include <stdint.h>

struct options {
    const char *storage; /* NULL: a new identity each time */
    const char *planet;  /* file; NULL: the built-in roots */
    uint64_t network;
    unsigned short port; /* UDP; 0: random */
    bool loopback;
    bool sink;
    unsigned bulk_mib, count, pings;
    const char *message;
    char **arguments; /* the rest */
    int argument_count;
};

/* Reads the command line; prints usage and ends the program if it is wrong or asks for it. */
struct options read_options(int argc, char **argv, const char *usage);
/* Makes the settings that the options ask for; start_node does it too. */
void set_up_node(const struct options *options);
/* The same for programs that need no network. */
struct options read_any_options(int argc, char **argv, const char *usage);
/* Arguments: a port that is not 0, an address. End the program otherwise. */
unsigned short read_port(const char *text, const char *usage);
int read_family(const char *address, const char *usage);

/* Ends the program with a message unless the result is ZTS_ERR_OK. */
void check(int result, const char *what);
/* Starts a node, joins the network and waits until it is usable. Ends the program if that fails. */
void start_node(const struct options *options);
/* Waits for an address of the family. */
void wait_for_address(uint64_t network, int family);
/* Prints the addresses that are assigned now. */
void print_addresses(uint64_t network);
/* How the peers met so far are reached, roots and controller left out. */
void print_paths(uint64_t network);
/* Prints the reason of the last failure and returns 1, for main to return. */
int failed(const char *what);
double seconds_now(void);

#endif
