/* SPDX-License-Identifier: Apache-2.0 */
/* An ad-hoc network: no controller, IPv6 only, and TCP to a range of ports. Its id says all that. */
#include "common.h"

#include <stdio.h>

static const char usage[] =
    "Usage: adhoc [options] FIRST-PORT LAST-PORT\n"
    "Joins the network in which everybody may connect to these TCP ports, and answers pings.\n\n"
    "      --count N        end after N seconds (default 1; 0: never)\n";

int main(int argc, char **argv)
{
    struct options options = read_any_options(argc, argv, usage);
    char address[ZTS_IP_MAX_STR_LEN];

    if (options.argument_count != 2) {
        fprintf(stderr, "%s", usage);
        return 2;
    }
    options.network = zts_net_compute_adhoc_id(read_port(options.arguments[0], usage),
                                               read_port(options.arguments[1], usage));
    start_node(&options);
    wait_for_address(options.network, ZTS_AF_INET6);
    print_addresses(options.network);

    /* Everybody can compute everybody's address. */
    check(zts_addr_compute_6plane_str(options.network, zts_node_get_id(), address, sizeof address),
          "computing the address");
    printf("computed: %s\n", address);
    for (unsigned i = 0; options.count == 0 || i < options.count; i++)
        zts_util_delay(1000);
    return zts_node_free();
}
