/* SPDX-License-Identifier: Apache-2.0 */
/* Many nodes in one process: they greet a root, join networks, and start anew, all at once.

   crowd PLANET IDENTITIES     driven by lines, each answered by one of JSON; IDENTITIES a file, or "made"
   crowd cache FOLDER COUNT    writes the cache of one that has met so many made ones

   greet N          so many more nodes; when all are online
   start N          so many more, and nobody waits for them
   join NWID        all join, and nobody waits for it
   wait NWID MS     until all have a configuration, at most so long
   again            all start anew with nothing but their identities
   ask NWID N       so many of them, one after the other, leave and join; how long each waits
   have NWID        the addresses of those that have a configuration
   run MS           time passes */
#include "crowd.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BETWEEN_MS = 2, TICK_MS = 5, LOOK_MS = 20, WAIT_MS = 180000, ASK_WAIT_MS = 10000 };

_Noreturn void crowd_die(const char *what)
{
    perror(what);
    exit(1);
}

int64_t crowd_now_us(void)
{
    struct timespec mono;

    (void)clock_gettime(CLOCK_MONOTONIC, &mono);
    return mono.tv_sec * 1000000 + mono.tv_nsec / 1000;
}

struct zt_instant crowd_now(void)
{
    struct timespec wall;

    (void)clock_gettime(CLOCK_REALTIME, &wall);
    return (struct zt_instant){ .mono_ms = crowd_now_us() / 1000,
                                .wall_ms = wall.tv_sec * 1000 + wall.tv_nsec / 1000000 };
}

static struct zt_identity next_identity(struct crowd *crowd)
{
    struct zt_identity identity = { .has_secret = true };
    char line[256], address[ZT_ADDRESS_TEXT];

    if (!crowd->identities)
        return crowd_made(crowd->count);
    if (!fgets(line, sizeof line, crowd->identities))
        crowd_die("too few identities");
    zt_format(address, sizeof address, "%.10s", line);
    if (!zt_hex_number(&identity.address, address, 10) ||
        !zt_hex_read(identity.secret.bytes, line + 11, sizeof identity.secret.bytes))
        crowd_die("a malformed identity");
    zt_public_key_of(&identity.key, &identity.secret);
    return identity;
}

static void start(struct crowd *crowd, unsigned index)
{
    struct member *member = &crowd->members[index];
    struct zt_node_options options = { .self = &member->identity, .platform = "bench" };
    struct zt_instant now = crowd_now();

    /* The seeds need only differ: nothing secret passes here. */
    memcpy(options.seed, &index, sizeof index);
    memcpy(options.seed + 8, &now, sizeof now);
    member->node = zt_node_new(&options, now);
    if (!member->node ||
        zt_node_offer_world(member->node, now, crowd->planet, crowd->planet_length))
        crowd_die("making a node");
    member->began_us = crowd_now_us();
    member->waited_us = -1;
    zt_node_tick(member->node, now);
    crowd_send(crowd, index);
}

static void drive(struct crowd *crowd, int wait_ms)
{
    crowd_receive(crowd, wait_ms);
    struct zt_instant now = crowd_now();

    if (now.mono_ms - crowd->ticked_ms < TICK_MS)
        return; /* looking at all of them each time would cost more than what they do */
    crowd->ticked_ms = now.mono_ms;
    for (unsigned i = 0; i < crowd->count; i++) {
        struct zt_node *node = crowd->members[i].node;

        if (zt_node_deadline_ms(node) > now.mono_ms)
            continue;
        zt_node_tick(node, now);
        crowd_send(crowd, i);
    }
}

static void drive_for(struct crowd *crowd, int64_t ms)
{
    int64_t until_us = crowd_now_us() + ms * 1000;

    while (crowd_now_us() < until_us)
        drive(crowd, BETWEEN_MS);
}

/* nwid 0: online. */
static bool is_there(const struct member *member, zt_nwid nwid)
{
    struct zt_network_status status;

    if (!nwid)
        return zt_vl1_is_online(zt_node_vl1(member->node));
    return zt_vl2_network_status(zt_node_vl2(member->node), nwid, &status) &&
           status.state == ZT_NETWORK_OK;
}

/* How many got what they wait for, by now. */
static unsigned note_waits(struct crowd *crowd, zt_nwid nwid)
{
    int64_t now_us = crowd_now_us();
    unsigned count = 0;

    for (unsigned i = 0; i < crowd->count; i++) {
        struct member *member = &crowd->members[i];

        if (member->waited_us < 0 && is_there(member, nwid))
            member->waited_us = now_us - member->began_us;
        count += member->waited_us >= 0;
    }
    return count;
}

static void begin_waits(struct crowd *crowd)
{
    for (unsigned i = 0; i < crowd->count; i++) {
        crowd->members[i].began_us = crowd_now_us();
        crowd->members[i].waited_us = -1;
    }
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Of the members from `first` on; those that got nothing are left out. */
static void tell(const struct crowd *crowd, unsigned first, int64_t began_us)
{
    int64_t *waits = calloc(crowd->count + 1, sizeof *waits);
    unsigned count = 0;

    for (unsigned i = first; i < crowd->count; i++)
        if (crowd->members[i].waited_us >= 0)
            waits[count++] = crowd->members[i].waited_us;
    qsort(waits, count, sizeof *waits, compare);
    printf(
        "{\"of\": %u, \"there\": %u, \"seconds\": %.3f, \"median_ms\": %.3f, \"p99_ms\": %.3f}\n",
        crowd->count - first, count, (double)(crowd_now_us() - began_us) / 1e6,
        count ? (double)waits[count / 2] / 1e3 : 0.0,
        count ? (double)waits[(size_t)count * 99 / 100] / 1e3 : 0.0);
    free(waits);
}

static void add(struct crowd *crowd)
{
    if (crowd->count == CROWD_MOST)
        crowd_die("too many");
    crowd->members[crowd->count].identity = next_identity(crowd);
    crowd->count++;
    start(crowd, crowd->count - 1);
}

static void add_all(struct crowd *crowd, unsigned more)
{
    for (unsigned i = 0; i < more; i++)
        add(crowd);
    printf("{\"started\": %u}\n", more);
}

/* One more in each round, so that it is the root that sets the pace. */
static void greet(struct crowd *crowd, unsigned more)
{
    unsigned first = crowd->count, wanted = crowd->count + more;
    int64_t began_us = crowd_now_us(), until_us = began_us + WAIT_MS * INT64_C(1000);

    while (crowd->count < wanted || note_waits(crowd, 0) < wanted) {
        if (crowd_now_us() > until_us)
            crowd_die("the crowd did not get online");
        if (crowd->count < wanted)
            add(crowd);
        drive(crowd, crowd->count < wanted ? 0 : BETWEEN_MS);
        (void)note_waits(crowd, 0);
    }
    tell(crowd, first, began_us);
}

static void join(struct crowd *crowd, zt_nwid nwid)
{
    begin_waits(crowd);
    for (unsigned i = 0; i < crowd->count; i++) {
        if (!zt_node_join(crowd->members[i].node, crowd_now(), nwid, NULL, 0))
            crowd_die("joining");
        crowd_send(crowd, i);
    }
    printf("{\"joined\": %u}\n", crowd->count);
}

static void wait_for(struct crowd *crowd, zt_nwid nwid, int64_t most_ms)
{
    int64_t began_us = crowd_now_us();

    while (note_waits(crowd, nwid) < crowd->count && crowd_now_us() - began_us < most_ms * 1000)
        drive_for(crowd, LOOK_MS);
    tell(crowd, 0, began_us);
}

static void start_again(struct crowd *crowd)
{
    for (unsigned i = 0; i < crowd->count; i++) {
        zt_node_free(crowd->members[i].node);
        start(crowd, i);
    }
    printf("{\"started\": %u}\n", crowd->count);
}

static void ask(struct crowd *crowd, zt_nwid nwid, unsigned count)
{
    int64_t began_us = crowd_now_us();

    for (unsigned i = 0; i < crowd->count; i++)
        crowd->members[i].waited_us = -1;
    for (unsigned i = 0; i < count && i < crowd->count; i++) {
        struct member *member = &crowd->members[i];
        int64_t until_us = crowd_now_us() + ASK_WAIT_MS * INT64_C(1000);

        (void)zt_node_leave(member->node, crowd_now(), nwid);
        member->began_us = crowd_now_us();
        if (!zt_node_join(member->node, crowd_now(), nwid, NULL, 0))
            crowd_die("joining");
        crowd_send(crowd, i);
        while (!is_there(member, nwid) && crowd_now_us() < until_us)
            drive(crowd, BETWEEN_MS);
        if (is_there(member, nwid))
            member->waited_us = crowd_now_us() - member->began_us;
    }
    tell(crowd, 0, began_us);
}

static void list_those_who_have(const struct crowd *crowd, zt_nwid nwid)
{
    const char *between = "";

    printf("{\"have\": [");
    for (unsigned i = 0; i < crowd->count; i++) {
        if (!is_there(&crowd->members[i], nwid))
            continue;
        printf("%s\"%010llx\"", between, (unsigned long long)crowd->members[i].identity.address);
        between = ",";
    }
    printf("]}\n");
}

static void run(struct crowd *crowd, int64_t ms)
{
    drive_for(crowd, ms);
    printf("{\"ran\": %lld}\n", (long long)ms);
}

static bool obey(struct crowd *crowd, const char *line)
{
    unsigned long long nwid = 0;
    unsigned number = 0;

    if (sscanf(line, "greet %u", &number) == 1)
        greet(crowd, number);
    else if (sscanf(line, "start %u", &number) == 1)
        add_all(crowd, number);
    else if (sscanf(line, "join %llx", &nwid) == 1)
        join(crowd, nwid);
    else if (sscanf(line, "wait %llx %u", &nwid, &number) == 2)
        wait_for(crowd, nwid, number);
    else if (strcmp(line, "again\n") == 0)
        start_again(crowd);
    else if (sscanf(line, "ask %llx %u", &nwid, &number) == 2)
        ask(crowd, nwid, number);
    else if (sscanf(line, "have %llx", &nwid) == 1)
        list_those_who_have(crowd, nwid);
    else if (sscanf(line, "run %u", &number) == 1)
        run(crowd, number);
    else
        return false;
    return true;
}

static void load(struct crowd *crowd, const char *planet, const char *identities)
{
    FILE *file = fopen(planet, "rb");

    if (strcmp(identities, "made") != 0 && !(crowd->identities = fopen(identities, "r")))
        crowd_die("opening the identities");
    if (!file)
        crowd_die("opening the planet");
    crowd->planet_length = fread(crowd->planet, 1, sizeof crowd->planet, file);
    (void)fclose(file);
}

int main(int count, char **arguments)
{
    static struct crowd crowd;
    char line[128];

    if (count == 4 && strcmp(arguments[1], "cache") == 0) {
        if (!crowd_write_cache(arguments[2], (unsigned)atoi(arguments[3])))
            crowd_die("writing the cache");
        return 0;
    }
    if (count != 3) {
        (void)fprintf(stderr, "usage: crowd PLANET IDENTITIES, or crowd cache FOLDER COUNT\n");
        return 2;
    }
    load(&crowd, arguments[1], arguments[2]);
    crowd_open(&crowd);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    while (fgets(line, sizeof line, stdin)) {
        if (!obey(&crowd, line))
            crowd_die("an unknown command");
    }
    return 0;
}
