/* SPDX-License-Identifier: Apache-2.0 */
/* One process of a benchmark: a joined node that serves, measures on command, or times a start. */
#include "measure.h"

#include <ZeroTierSockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLANET_SIZE = 4096, UDP_PORT = 9993, WAIT_MS = 30000 };

static _Noreturn void give_up(const char *what)
{
    (void)fprintf(stderr, "ztmeasure: %s\n", what);
    exit(1);
}

static void check(int result, const char *what)
{
    if (result != ZTS_ERR_OK)
        give_up(what);
}

static void use_planet(const char *name)
{
    static char bytes[PLANET_SIZE];
    FILE *file = fopen(name, "rb");

    if (!file)
        give_up("can't open the planet");
    size_t length = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    check(zts_init_set_roots(bytes, (unsigned)length), "bad planet");
}

static void configure(const char *home, const char *planet)
{
    check(zts_init_from_storage(home), "bad storage");
    use_planet(planet);
    check(zts_init_set_port(UDP_PORT), "bad port");
}

static void join(uint64_t network)
{
    int waited = 0;

    check(zts_net_join(network), "can't join");
    while (zts_addr_is_assigned(network, ZTS_AF_INET) != 1 && waited++ < WAIT_MS)
        zts_util_delay(1);
    if (waited >= WAIT_MS)
        give_up("no address in time");
}

static void print_address(uint64_t network)
{
    char text[ZTS_IP_MAX_STR_LEN];

    check(zts_addr_get_str(network, ZTS_AF_INET, text, sizeof text), "no address");
    (void)printf("{\"address\": \"%s\"}\n", text);
}

static int obey(const char *what, const struct stack *stack, const char *ip, unsigned number)
{
    if (strcmp(what, "stream") == 0)
        return measure_stream(stack, ip, number);
    if (strcmp(what, "latency") == 0)
        return measure_latency(stack, ip, number);
    if (strcmp(what, "datagrams") == 0)
        return measure_datagrams(stack, ip, number, 2);
    if (strcmp(what, "hold") == 0)
        return hold_connections(ip, number);
    if (strcmp(what, "look") == 0)
        return look_at_connections();
    give_up("unknown command");
}

/* Lines: stream STACK IP SECONDS, latency STACK IP COUNT, datagrams STACK IP PER_SECOND, hold ours IP COUNT,
   look ours IP 0. */
static void obey_lines(void)
{
    char line[128], what[16], name[16], ip[64];
    unsigned number;

    while (fgets(line, sizeof line, stdin)) {
        const struct stack *stack;
        if (sscanf(line, "%15s %15s %63s %u", what, name, ip, &number) != 4)
            give_up("a malformed command");
        stack = stack_named(name);
        if (!stack)
            give_up("an unknown stack");
        (void)obey(what, stack, ip, number);
    }
}

static void time_start(uint64_t network, const char *ip)
{
    double began = seconds_now();

    check(zts_node_start(), "can't start");
    join(network);
    double configured = seconds_now();
    if (!reach(&stack_ours, ip))
        give_up("the server is out of reach");
    (void)printf("{\"first_byte_ms\": %.1f, \"address_ms\": %.1f}\n", (seconds_now() - began) * 1e3,
                 (configured - began) * 1e3);
}

int main(int count, char **arguments)
{
    if (count < 5)
        give_up("usage: ztmeasure serve|measure|start HOME PLANET NETWORK [IP]");
    const char *role = arguments[1];
    uint64_t network = strtoull(arguments[4], NULL, 16);

    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    configure(arguments[2], arguments[3]);
    if (strcmp(role, "start") == 0 && count == 6) {
        time_start(network, arguments[5]);
        return zts_node_free();
    }
    check(zts_node_start(), "can't start");
    join(network);
    print_address(network);
    if (strcmp(role, "serve") == 0) {
        serve(&stack_ours);
        serve(&stack_kernel);
    }
    obey_lines();
    return zts_node_free();
}
