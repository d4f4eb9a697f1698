/* SPDX-License-Identifier: Apache-2.0 */
/* A node that joins a network and answers pings, until it is interrupted. */
#define _POSIX_C_SOURCE 200809L
#include "common.h"

#include <signal.h>
#include <stdio.h>

static const char usage[] = "Usage: pingable-node -n NETWORK [options]\n"
                            "Joins a network, prints its addresses and answers pings.\n\n";

/* What ends the program waits until it is asked for. The node's own threads take no signals. */
static void hold_back(sigset_t *ends)
{
    sigemptyset(ends);
    sigaddset(ends, SIGINT);
    sigaddset(ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, ends, NULL);
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv, usage);
    sigset_t ends;
    int which;

    start_node(&options);
    print_addresses(options.network);
    hold_back(&ends);
    printf("ping me; end with Ctrl-C\n");
    sigwait(&ends, &which);
    zts_node_stop();
    zts_node_free();
    return 0;
}
