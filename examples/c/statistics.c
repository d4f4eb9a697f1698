/* SPDX-License-Identifier: Apache-2.0 */
/* The counters of the stack, once a second. */
#include "common.h"

#include <stdio.h>

static const char usage[] = "Usage: statistics -n NETWORK [options]\n"
                            "Joins the network and prints what was sent and received.\n\n"
                            "      --count N        end after N seconds (default 1; 0: never)\n";

static void print_row(const char *name, const uint32_t *row)
{
    printf("%-7s sent %8u  received %8u  dropped %6u  errors %6u\n", name, row[0], row[1], row[2],
           row[3]);
}

static void print_counters(const zts_stats_counter_t *counters)
{
    print_row("link", &counters->link_tx);
    print_row("etharp", &counters->etharp_tx);
    print_row("ip4", &counters->ip4_tx);
    print_row("ip6", &counters->ip6_tx);
    print_row("icmp4", &counters->icmp4_tx);
    print_row("icmp6", &counters->icmp6_tx);
    print_row("udp", &counters->udp_tx);
    print_row("tcp", &counters->tcp_tx);
    print_row("nd6", &counters->nd6_tx);
    printf("\n");
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv, usage);
    zts_stats_counter_t counters;

    start_node(&options);
    print_addresses(options.network);
    for (unsigned i = 0; options.count == 0 || i < options.count; i++) {
        zts_util_delay(1000);
        check(zts_stats_get_all(&counters), "reading the counters");
        print_counters(&counters);
    }
    return zts_node_free();
}
