/* SPDX-License-Identifier: Apache-2.0 */
/* A node that joins a network and answers pings, until it is interrupted. */
#include "common.h"

#include <stdio.h>

static const char usage[] = "Usage: pingable-node -n NETWORK [options]\n"
                            "Joins a network, prints its addresses and answers pings.\n\n";

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv, usage);

    start_node(&options);
    print_addresses(options.network);
    printf("ping me; end with Ctrl-C\n");
    for (;;)
        zts_util_delay(1000);
}
