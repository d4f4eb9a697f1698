/* SPDX-License-Identifier: Apache-2.0 */
/* Runs all cases on loopback, and with ZT_OURS on the node's own address of an ad-hoc network, printing
   a line for each result. The system's own address stands for the latter. */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>

static struct place place_of(const char *name, int family, const char *text)
{
    struct place place = { .name = name, .family = family };

    memset(&place.addr, 0, sizeof place.addr);
    place.addr.ss_family = (unsigned char)family;
    place.length = family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    if (inet_pton(family, text, (char *)&place.addr + (family == AF_INET ? 4 : 8)) != 1)
        exit(1);
    return place;
}

static void run(struct place place)
{
    here = &place;
    streams();
    datagrams();
    options();
    waiting();
    endings();
    mistakes();
    names();
    crowds();
    fflush(stdout);
}

#ifdef ZT_OURS

#include "../zts/known.h"

static void start(char own[ZTS_IP_MAX_STR_LEN])
{
    uint64_t network = zts_net_compute_adhoc_id(1, 65535);

    if (use_known_identity() != 0 || zts_node_start() != 0 || zts_net_join(network) != 0 ||
        zts_wait_address(network, ZTS_AF_INET6, 10000) != 0 ||
        zts_addr_get_str(network, ZTS_AF_INET6, own, ZTS_IP_MAX_STR_LEN) != 0) {
        fprintf(stderr, "no ad-hoc network\n");
        exit(1);
    }
}

static void stop(void)
{
    zts_node_free();
}

#else

static void start(char own[46])
{
    strcpy(own, "::1");
}

static void stop(void)
{
}

#endif

int main(void)
{
    char own[46];

    start(own);
    run(place_of("4", AF_INET, "127.0.0.1"));
    run(place_of("6", AF_INET6, "::1"));
    run(place_of("own", AF_INET6, own));
    stop();
    return 0;
}
