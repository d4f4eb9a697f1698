/* SPDX-License-Identifier: Apache-2.0 */
/* Runs all cases on loopback, and with ZT_OURS on the node's own address of an ad-hoc network, printing
   a line for each result. The system's own address stands for the latter. Called as `conformance_host network`,
   the cases that need a network 10.7.0.0/24 and an address 10.7.0.1 in it. */
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
    giving_up();
    mistakes();
    names();
    crowds();
    fflush(stdout);
}

static void run_network(void)
{
    struct place place = place_of("network", AF_INET, "10.7.0.1");

    here = &place;
    broadcasts();
    groups_of_a_network();
    unreachable();
    fflush(stdout);
}

#ifdef ZT_OURS

#include "../zts/known.h"
#include "../zts/lab/lab.h"

static struct lab *lab;

bool is_subscribed(const unsigned char mac[6])
{
    uint64_t wanted = 0, found, network = lab_network(lab, 1);
    uint32_t more;
    bool is = false;

    for (int i = 0; i < 6; i++)
        wanted = wanted << 8 | mac[i];
    zts_core_lock_obtain();
    for (int i = zts_core_query_mc_count(network); i-- > 0 && !is;)
        is = zts_core_query_mc(network, (unsigned)i, &found, &more) == 0 && found == wanted;
    zts_core_lock_release();
    return is;
}

unsigned network_number(void)
{
    return 0;
}

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

/* Its own root and controller are in this process, too. */
static void start_network(void)
{
    lab = lab_open();
    uint64_t network = lab_network(lab, 1);
    lab_set_network(lab, network,
                    "{\"private\": false, \"v4AssignMode\": {\"zt\": true},"
                    " \"ipAssignmentPools\": [{\"ipRangeStart\": \"10.7.0.1\","
                    " \"ipRangeEnd\": \"10.7.0.1\"}],"
                    " \"routes\": [{\"target\": \"10.7.0.0/24\"}]}");
    lab_settings_with_identity(lab, 1, NULL);
    if (zts_node_start() != 0 || zts_net_join(network) != 0 ||
        zts_wait_address(network, ZTS_AF_INET, 30000) != 0) {
        fprintf(stderr, "no network of our own\n");
        exit(1);
    }
}

static void stop(void)
{
    zts_node_free();
    if (lab != NULL)
        lab_close(lab);
}

#else

#include <net/if.h>

bool is_subscribed(const unsigned char mac[6])
{
    FILE *list = fopen("/proc/net/dev_mcast", "r");
    char line[128], wanted[16];
    bool is = false;

    snprintf(wanted, sizeof wanted, "%02x%02x%02x%02x%02x%02x", mac[0], mac[1], mac[2], mac[3],
             mac[4], mac[5]);
    while (list != NULL && !is && fgets(line, sizeof line, list) != NULL)
        is = strstr(line, "net0") != NULL && strstr(line, wanted) != NULL;
    if (list != NULL)
        fclose(list);
    return is;
}

unsigned network_number(void)
{
    return if_nametoindex("net0");
}

/* The caller's namespace has it. */
static void start_network(void)
{
}

static void start(char own[46])
{
    strcpy(own, "::1");
}

static void stop(void)
{
}

#endif

int main(int argc, char **argv)
{
    char own[46];

    if (argc > 1 && strcmp(argv[1], "network") == 0) {
        start_network();
        run_network();
        stop();
        return 0;
    }
    start(own);
    run(place_of("4", AF_INET, "127.0.0.1"));
    run(place_of("6", AF_INET6, "::1"));
    run(place_of("own", AF_INET6, own));
    stop();
    return 0;
}
