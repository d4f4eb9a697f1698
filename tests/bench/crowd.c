/* SPDX-License-Identifier: Apache-2.0 */
/* Many nodes in one process, each with an address of its own, that greet a root and then keep still. */
#include "base/text.h"
#include "node/node.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 2000, PLANET_SIZE = 4096, UDP_PORT = 9993, BETWEEN_MS = 5, WAIT_MS = 60000 };

struct member {
    struct zt_node *node;
    int fd;
};

struct crowd {
    uint8_t planet[PLANET_SIZE];
    size_t planet_length;
    FILE *identities; /* one a line: address and secret key in hex */
    struct member members[MOST];
    unsigned count;
};

static _Noreturn void give_up(const char *what)
{
    perror(what);
    exit(1);
}

static struct zt_instant now(void)
{
    struct timespec mono, wall;

    (void)clock_gettime(CLOCK_MONOTONIC, &mono);
    (void)clock_gettime(CLOCK_REALTIME, &wall);
    return (struct zt_instant){ .mono_ms = mono.tv_sec * 1000 + mono.tv_nsec / 1000000,
                                .wall_ms = wall.tv_sec * 1000 + wall.tv_nsec / 1000000 };
}

static void next_identity(struct crowd *crowd, struct zt_identity *identity)
{
    char line[256], address[ZT_ADDRESS_TEXT];

    if (!fgets(line, sizeof line, crowd->identities))
        give_up("too few identities");
    *identity = (struct zt_identity){ .has_secret = true };
    zt_format(address, sizeof address, "%.10s", line);
    if (!zt_hex_number(&identity->address, address, 10) ||
        !zt_hex_read(identity->secret.bytes, line + 11, sizeof identity->secret.bytes))
        give_up("a malformed identity");
    zt_public_key_of(&identity->key, &identity->secret);
}

/* A /24 for each, since a root takes strangers from one /24 only now and then (docs/wire.md 6.13). */
static int open_socket(unsigned index)
{
    struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons(UDP_PORT) };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    own.sin_addr.s_addr = htonl(0xac100001U + (index << 8));
    if (fd < 0 || bind(fd, (const struct sockaddr *)&own, sizeof own) != 0)
        give_up("binding to 172.16.0.0/12, which must be routed to this host");
    return fd;
}

/* Sends what the node wants sent; of all else it wants nothing matters here. */
static void settle(struct member *member)
{
    struct zt_effect effect;

    while (zt_node_next(member->node, &effect))
        continue;
    while (zt_node_next_send(member->node, &effect)) {
        const struct zt_endpoint *remote = &effect.link.remote;
        struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(remote->port) };
        if (remote->family != ZT_FAMILY_IPV4)
            continue;
        memcpy(&to.sin_addr, remote->ip, 4);
        (void)sendto(member->fd, effect.bytes, effect.length, 0, (const struct sockaddr *)&to,
                     sizeof to);
    }
}

static void add_member(struct crowd *crowd)
{
    struct member *member = &crowd->members[crowd->count];
    struct zt_identity identity;
    struct zt_node_options options = { .self = &identity, .platform = "bench" };

    next_identity(crowd, &identity);
    /* The seeds need only differ: nothing secret passes here. */
    memcpy(options.seed, &crowd->count, sizeof crowd->count);
    member->fd = open_socket(crowd->count);
    member->node = zt_node_new(&options, now());
    if (!member->node || zt_node_offer_world(member->node, now(), crowd->planet,
                                             crowd->planet_length) != ZT_DROP_NONE)
        give_up("making a node");
    crowd->count++;
    zt_node_tick(member->node, now());
    settle(member);
}

static void receive(struct member *member)
{
    uint8_t bytes[2048];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    ssize_t length;

    while ((length = recvfrom(member->fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from,
                              &size)) > 0) {
        uint8_t ip[4];
        memcpy(ip, &from.sin_addr, sizeof ip);
        struct zt_link link = { 0, zt_endpoint_v4(ip, ntohs(from.sin_port)) };
        zt_node_datagram(member->node, now(), &link, bytes, (size_t)length);
    }
}

/* Drives all for a moment; returns how many have been answered by the root. */
static unsigned drive(struct crowd *crowd)
{
    static struct pollfd waiting[MOST];
    unsigned online = 0;

    for (unsigned i = 0; i < crowd->count; i++)
        waiting[i] = (struct pollfd){ .fd = crowd->members[i].fd, .events = POLLIN };
    (void)poll(waiting, crowd->count, BETWEEN_MS);
    for (unsigned i = 0; i < crowd->count; i++) {
        struct member *member = &crowd->members[i];
        if (waiting[i].revents)
            receive(member);
        if (zt_node_deadline_ms(member->node) <= now().mono_ms)
            zt_node_tick(member->node, now());
        settle(member);
        online += zt_vl1_is_online(zt_node_vl1(member->node));
    }
    return online;
}

/* True when all that ever were asked for are online. */
static bool greet(struct crowd *crowd, unsigned count)
{
    int64_t until = now().mono_ms + WAIT_MS;
    unsigned wanted = crowd->count + count, online = 0;

    while (online < wanted && now().mono_ms < until) {
        if (crowd->count < wanted)
            add_member(crowd);
        online = drive(crowd);
    }
    return online == wanted;
}

static void load(struct crowd *crowd, const char *planet, const char *identities)
{
    FILE *file = fopen(planet, "rb");

    crowd->identities = fopen(identities, "r");
    if (!file || !crowd->identities)
        give_up("opening the planet and the identities");
    crowd->planet_length = fread(crowd->planet, 1, sizeof crowd->planet, file);
    (void)fclose(file);
}

int main(int count, char **arguments)
{
    static struct crowd crowd;
    unsigned more;

    if (count != 3) {
        (void)fprintf(stderr, "usage: crowd PLANET IDENTITIES; then lines: how many more greet\n");
        return 2;
    }
    load(&crowd, arguments[1], arguments[2]);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    while (scanf("%u", &more) == 1) {
        if (more > MOST - crowd.count || !greet(&crowd, more))
            give_up("the crowd did not get online");
        (void)printf("{\"online\": %u}\n", crowd.count);
    }
    return 0;
}
