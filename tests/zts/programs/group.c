/* SPDX-License-Identifier: Apache-2.0 */
/* Hears of a group, or speaks to it. Who hears has joined it before there is a network to hear of it by. */
#include "common.h"

#include <stdio.h>
#include <string.h>

static const char usage[] = "Usage: group -n NETWORK [options] (hear|say) ADDRESS PORT\n\n";

enum { ROUNDS = 1000, PAUSE_MS = 100 };

static int join(int fd, const char *address, int family)
{
    struct zts_ip_mreq wanted4 = { .imr_interface = { ZTS_INADDR_ANY } };
    struct zts_ipv6_mreq wanted6 = { .ipv6mr_interface = 0 };

    if (family == ZTS_AF_INET) {
        zts_inet_pton(family, address, &wanted4.imr_multiaddr);
        return zts_bsd_setsockopt(fd, ZTS_IPPROTO_IP, ZTS_IP_ADD_MEMBERSHIP, &wanted4,
                                  sizeof wanted4);
    }
    zts_inet_pton(family, address, &wanted6.ipv6mr_multiaddr);
    return zts_bsd_setsockopt(fd, ZTS_IPPROTO_IPV6, ZTS_IPV6_JOIN_GROUP, &wanted6, sizeof wanted6);
}

static int hear(const struct options *options, const char *address, unsigned short port, int family)
{
    char text[16] = "";

    set_up_node(options);
    check(zts_node_start(), "starting the node");
    int fd = zts_udp_server(family == ZTS_AF_INET ? "0.0.0.0" : "::", port);
    if (fd < 0 || join(fd, address, family) != 0)
        return failed("joining the group");
    check(zts_net_join(options->network), "joining the network");
    wait_for_address(options->network, family);
    print_addresses(options->network);
    printf("listening at port %u\n", port);
    if (zts_read(fd, text, sizeof text - 1) < 0)
        return failed("hearing");
    printf("heard %s\n", text);
    return 0;
}

static int say(const struct options *options, const char *address, unsigned short port, int family)
{
    struct zts_sockaddr_storage to;
    zts_socklen_t length;

    start_node(options);
    wait_for_address(options->network, family);
    int fd = zts_udp_client(address);
    zts_util_ipstr_to_saddr(address, port, (struct zts_sockaddr *)&to, &length);
    for (int i = 0; i < ROUNDS; i++) {
        if (zts_bsd_sendto(fd, "words", 5, 0, (struct zts_sockaddr *)&to, length) != 5)
            return failed("speaking");
        zts_util_delay(PAUSE_MS);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv, usage);

    if (options.argument_count != 3) {
        fprintf(stderr, "%s", usage);
        return 2;
    }
    const char *address = options.arguments[1];
    int family = read_family(address, usage);
    unsigned short port = read_port(options.arguments[2], usage);
    int result = strcmp(options.arguments[0], "hear") == 0 ? hear(&options, address, port, family)
                                                           : say(&options, address, port, family);
    zts_node_free();
    return result;
}
