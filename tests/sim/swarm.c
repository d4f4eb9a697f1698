/* SPDX-License-Identifier: Apache-2.0 */
/* Draws a whole world from the seed, runs it, and judges what became of each pair. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#define WARM_UP_MS 5000
#define FAULTS_UNTIL_MS 60000
#define HEALED_FOR_MS 180000
#define PAIR_RETRY_MS 1000
#define PAIR_ECHO_MS 5000

static uint32_t below(struct sim *sim, uint32_t bound)
{
    return zt_rng_below(&sim->rng, bound);
}

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);

    if (!memory)
        abort();
    return memory;
}

/* Each fault is absent in some runs. */
static void draw_faults(struct sim *sim)
{
    static const uint32_t losses[] = { 0, 0, 10000, 50000 };
    static const int64_t jitters[] = { 0, 5, 20, 100 };
    struct faults *faults = &sim->faults;

    if (!sim->options.faults) {
        sim->end_ms = WARM_UP_MS + HEALED_FOR_MS;
        return;
    }
    faults->loss = losses[below(sim, 4)];
    faults->duplicate = below(sim, 2) ? 10000 : 0;
    faults->corrupt = below(sim, 2) ? 2000 : 0;
    faults->jitter_ms = jitters[below(sim, 4)];
    faults->restarts = below(sim, 2) != 0;
    faults->clock_jumps = below(sim, 3) == 0;
    faults->heal_ms = FAULTS_UNTIL_MS;
    sim->end_ms = faults->heal_ms + HEALED_FOR_MS;
}

static void place_public(struct sim *sim, struct sim_node *node, uint32_t *slot)
{
    node->nat = -1;
    node->local = network_public_ip(*slot, 9993);
    sim->by_public_ip[(*slot)++] = node->index + 1;
}

/* One NAT with up to three nodes behind it. Returns how many. */
static uint32_t place_behind_nat(struct sim *sim, uint32_t first, uint32_t *slot)
{
    struct nat *nat = &sim->nats[sim->nat_count];
    uint32_t count = 1 + below(sim, 3);

    if (count > sim->node_count - first)
        count = sim->node_count - first;
    nat_init(nat, (enum nat_kind)below(sim, NAT_KINDS), network_public_ip(*slot, 0));
    nat->first_node = first;
    nat->node_count = count;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t ip[4] = { 192, 168, 1, (uint8_t)(10 + i) };

        sim->nodes[first + i].nat = (int)sim->nat_count;
        sim->nodes[first + i].local = zt_endpoint_v4(ip, 9993);
    }
    sim->by_public_ip[(*slot)++] = sim->node_count + sim->nat_count + 1;
    sim->nat_count++;
    return count;
}

static void draw_places(struct sim *sim, uint32_t root_count)
{
    uint32_t slot = 1, i = 0;

    while (i <= root_count)
        place_public(sim, &sim->nodes[i++], &slot);
    while (i < sim->node_count) {
        if (sim->options.storm || below(sim, 100) < 40)
            place_public(sim, &sim->nodes[i++], &slot);
        else
            i += place_behind_nat(sim, i, &slot);
    }
}

static void draw_nodes(struct sim *sim, uint32_t root_count)
{
    struct zt_identity *identities = zeroed(sim->node_count, sizeof *identities);

    if (sim->options.storm)
        identities_make(identities, sim->node_count, &sim->rng);
    else if (!identities_load(identities, sim->node_count))
        exit(1);
    for (uint32_t i = 0; i < sim->node_count; i++) {
        struct sim_node *node = &sim->nodes[i];

        node->sim = sim;
        node->index = i;
        node->identity = identities[i];
        node->delay_ms = 2 + below(sim, 40);
        node->role = i < root_count ? ROLE_ROOT : i == root_count ? ROLE_CONTROLLER : ROLE_MEMBER;
        if (node->role == ROLE_MEMBER && i % 50 == 7 && !sim->options.storm)
            node->role = ROLE_STRANGER;
    }
    free(identities);
    draw_places(sim, root_count);
}

static void make_planet(struct sim *sim, uint32_t root_count)
{
    struct zt_world *world = zeroed(1, sizeof *world);
    struct zt_writer out = zt_writer_of(sim->planet, sizeof sim->planet);
    const struct zt_identity *signer = &sim->nodes[0].identity;

    world->type = ZT_WORLD_PLANET;
    world->id = 0x51515151;
    world->updated_ms = 1600000000000;
    world->next_key = signer->key;
    world->root_count = root_count;
    for (uint32_t i = 0; i < root_count; i++) {
        world->roots[i].identity = zt_identity_public(&sim->nodes[i].identity);
        world->roots[i].endpoint_count = 1;
        world->roots[i].endpoints[0] = sim->nodes[i].local;
    }
    zt_world_sign(world, &signer->secret, &signer->key);
    zt_world_write(world, &out);
    sim->planet_length = zt_writer_length(&out);
    free(world);
}

static uint32_t draw_member(struct sim *sim, uint32_t first, uint32_t other)
{
    uint32_t index;

    do
        index = first + below(sim, sim->node_count - first);
    while (sim->nodes[index].role != ROLE_MEMBER || index == other);
    return index;
}

static void draw_pairs(struct sim *sim, uint32_t first)
{
    sim->pairs = zeroed(sim->node_count, sizeof *sim->pairs);
    for (uint32_t i = first; i < sim->node_count; i++) {
        struct pair *pair = &sim->pairs[sim->pair_count];

        if (sim->nodes[i].role != ROLE_MEMBER)
            continue;
        *pair = (struct pair){ .a = i,
                               .b = draw_member(sim, first, i),
                               .by_ipv6 = below(sim, 3) == 0,
                               .first_ms = -1,
                               .reached_ms = -1,
                               .number = (uint16_t)sim->pair_count };
        queue_put(&sim->queue, WARM_UP_MS + below(sim, 10000), EVENT_PAIR, sim->pair_count, NULL);
        sim->pair_count++;
    }
}

static void draw_troubles(struct sim *sim, uint32_t first)
{
    for (uint32_t i = first; i < sim->node_count; i++) {
        if (sim->faults.restarts && below(sim, 8) == 0)
            queue_put(&sim->queue, 15000 + below(sim, 40000), EVENT_RESTART, i, NULL);
        if (sim->faults.clock_jumps && below(sim, 4) == 0)
            queue_put(&sim->queue, 10000 + below(sim, 40000), EVENT_CLOCK, i, NULL);
    }
}

static void build(struct sim *sim, const struct options *options)
{
    uint8_t seed[32] = { 0x51 };
    uint32_t root_count = options->nodes >= 200 ? 2 : 1;

    memcpy(seed + 8, &options->seed, sizeof options->seed);
    sim->options = *options;
    zt_rng_init(&sim->rng, seed);
    sim->now_ms = 1000;
    sim->node_count = options->nodes;
    sim->nodes = zeroed(sim->node_count, sizeof *sim->nodes);
    sim->nats = zeroed(sim->node_count, sizeof *sim->nats);
    sim->by_public_ip = zeroed(65536, sizeof *sim->by_public_ip);
    sim->controller_index = root_count;
    draw_faults(sim);
    draw_nodes(sim, root_count);
    make_planet(sim, root_count);
    hosting_start(sim);
    if (options->storm) {
        storm_draw(sim);
    } else {
        draw_pairs(sim, root_count + 1);
        again_draw(sim);
        draw_troubles(sim, 1); /* root 0 stays, so that there is always one */
    }
    for (uint32_t i = 0; i < sim->node_count; i++)
        queue_put(&sim->queue, 1000 + (i <= root_count ? 0 : below(sim, 3000)), EVENT_START, i,
                  NULL);
}

static void run_pair(struct sim *sim, uint32_t index)
{
    struct pair *pair = &sim->pairs[index];
    struct sim_node *a = &sim->nodes[pair->a];

    if (a->node) {
        host_pair(sim, pair);
        node_settle(a);
    }
    queue_put(&sim->queue, sim->now_ms + (pair->reached ? PAIR_ECHO_MS : PAIR_RETRY_MS), EVENT_PAIR,
              index, NULL);
}

static void run_event(struct sim *sim, struct event *event)
{
    struct sim_node *node = &sim->nodes[event->index];

    switch (event->kind) {
    case EVENT_ARRIVE:
        network_arrive(sim, (int)event->index - 1, event->datagram);
        break;
    case EVENT_TICK:
        node_tick(node);
        break;
    case EVENT_PAIR:
        run_pair(sim, event->index);
        break;
    case EVENT_RESTART:
        node_stop(node);
        queue_put(&sim->queue, sim->now_ms + 500 + below(sim, 5000), EVENT_START, event->index,
                  NULL);
        break;
    case EVENT_START:
        node_start(node);
        break;
    case EVENT_AGAIN:
        again_run(sim, &sim->pairs[event->index]);
        break;
    case EVENT_CLOCK:
        node->wall_offset_ms += (int64_t)below(sim, 7200000) - 3600000;
        break;
    case EVENT_CONTROLLER:
        hosting_run(sim);
        break;
    case EVENT_STORM:
        storm_run(sim);
        break;
    }
}

/* What was reached while things went wrong does not count: each pair must be reached again. */
static void heal(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->pair_count; i++)
        sim->pairs[i].reached = false;
}

static void run(struct sim *sim)
{
    struct event event;
    bool healed = sim->faults.heal_ms == 0;

    while (queue_take(&sim->queue, &event) && event.at_ms <= sim->end_ms) {
        sim->now_ms = event.at_ms;
        if (!healed && sim->now_ms >= sim->faults.heal_ms) {
            heal(sim);
            healed = true;
        }
        run_event(sim, &event);
    }
    if (event.kind == EVENT_ARRIVE && event.at_ms > sim->end_ms)
        free(event.datagram);
}

static bool is_direct(const struct sim_node *from, const struct sim_node *to)
{
    struct zt_peer_status status;

    if (!from->node || !zt_vl1_peer_status(zt_node_vl1(from->node), to->identity.address, &status))
        return false;
    for (size_t i = 0; i < status.path_count; i++) {
        if (status.paths[i].alive && !status.paths[i].expired)
            return true;
    }
    return false;
}

static int kind_of(const struct sim *sim, const struct sim_node *node)
{
    return node->nat < 0 ? -1 : (int)sim->nats[node->nat].kind;
}

static void judge_pair(struct sim *sim, const struct pair *pair, struct result *result)
{
    const struct sim_node *a = &sim->nodes[pair->a], *b = &sim->nodes[pair->b];
    bool permitted =
        (a->nat >= 0 && a->nat == b->nat) || nat_permits(kind_of(sim, a), kind_of(sim, b));
    bool direct = is_direct(a, b) && is_direct(b, a);

    result->tried++;
    result->reached += pair->reached;
    result->permitted += permitted;
    result->direct += direct;
    result->direct_permitted += permitted && direct;
    if (pair->is_again)
        again_judge(sim, pair, result);
    check_that(sim, pair->reached, "%u never reaches %u%s", a->index, b->index,
               pair->by_ipv6 ? " by IPv6" : "");
    check_that(sim, direct || !permitted, "%u (NAT %d) and %u (NAT %d) never get a direct path",
               a->index, kind_of(sim, a), b->index, kind_of(sim, b));
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int64_t median_first_contact(const struct sim *sim)
{
    int64_t *times = zeroed(sim->pair_count, sizeof *times);
    size_t count = 0;
    int64_t median;

    for (uint32_t i = 0; i < sim->pair_count; i++) {
        if (sim->pairs[i].reached_ms >= 0)
            times[count++] = sim->pairs[i].reached_ms - sim->pairs[i].first_ms;
    }
    qsort(times, count, sizeof *times, compare);
    median = count ? times[count / 2] : -1;
    free(times);
    return median;
}

static void tear_down(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->node_count; i++) {
        if (sim->nodes[i].node)
            check_counters(sim, &sim->nodes[i]);
        zt_node_free(sim->nodes[i].node);
        for (size_t j = 0; j < sim->nodes[i].saved_count; j++)
            free(sim->nodes[i].saved[j].bytes);
    }
    hosting_stop(sim);
    queue_clear(&sim->queue);
    free(sim->nodes);
    free(sim->nats);
    free(sim->by_public_ip);
    free(sim->pairs);
}

void swarm_run(const struct options *options, struct result *result)
{
    struct sim *sim = zeroed(1, sizeof *sim);

    *result = (struct result){ 0 };
    build(sim, options);
    run(sim);
    for (uint32_t i = 0; i < sim->pair_count; i++)
        judge_pair(sim, &sim->pairs[i], result);
    if (options->storm)
        storm_judge(sim, result);
    result->simulated_ms = sim->end_ms;
    result->first_contact_ms = median_first_contact(sim);
    tear_down(sim);
    result->hash = sim->hash;
    result->datagrams = sim->datagrams;
    result->bytes = sim->bytes;
    result->violations = sim->violations;
    free(sim);
}
