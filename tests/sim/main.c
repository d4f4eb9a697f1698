/* SPDX-License-Identifier: Apache-2.0 */
/* The simulator's command line: one seed or a range, each run once or twice. */
#include "sim.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char usage[] =
    "usage: sim [--nodes N] [--seed S | --seeds A-B] [--twice] [--no-faults] [--verbose]\n"
    "           [--identities FILE]\n"
    "       sim --members N --storm [--seed S | --seeds A-B] [--twice] [--verbose]\n"
    "Runs a network of N nodes (default 100): roots, a controller, members behind NATs of four "
    "kinds,\n"
    "and checks that every pair meets, directly where the NATs permit.\n"
    "  --twice       run each seed twice; the hashes of all effects must agree\n"
    "  --no-faults   no loss, jitter, corruption, restarts or clock jumps\n"
    "  --members N   so many members besides the roots and the controller\n"
    "  --storm       nothing else goes wrong, but the controller restarts from its store while "
    "all\n"
    "                members come back at the same moment with nothing saved and ask at once: "
    "each\n"
    "                must have its configuration again within 90 simulated seconds\n"
    "  --verbose     print what every node logs\n";

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void print_swarm(const struct options *options, const struct result *result, double took)
{
    printf("seed %llu nodes %u: pairs tried %u reached %u direct %u of %u permitted, first contact "
           "%lld ms, restarts at most %u datagrams, %llu datagrams, simulated %.1f s real %.2f s, "
           "hash %016llx\n",
           (unsigned long long)options->seed, options->nodes, result->tried, result->reached,
           result->direct_permitted, result->permitted, (long long)result->first_contact_ms,
           result->again_datagrams, (unsigned long long)result->datagrams,
           (double)result->simulated_ms / 1000, took, (unsigned long long)result->hash);
}

static void print_storm(const struct options *options, const struct result *result, double took)
{
    printf("seed %llu storm: %u of %u members configured again, median %.1f s, last %.1f s, "
           "%llu datagrams, real %.2f s, hash %016llx\n",
           (unsigned long long)options->seed, result->configured, result->members,
           (double)result->median_wait_ms / 1000, (double)result->worst_wait_ms / 1000,
           (unsigned long long)result->datagrams, took, (unsigned long long)result->hash);
}

static bool run_seed(const struct options *options, bool twice)
{
    struct result first, second;
    double began = seconds();
    bool good;

    swarm_run(options, &first);
    if (options->storm)
        print_storm(options, &first, seconds() - began);
    else
        print_swarm(options, &first, seconds() - began);
    good = first.violations == 0;
    if (twice) {
        swarm_run(options, &second);
        if (second.hash != first.hash) {
            fprintf(stderr, "sim: seed %llu: the second run's hash is %016llx\n",
                    (unsigned long long)options->seed, (unsigned long long)second.hash);
            good = false;
        }
    }
    fflush(stdout);
    return good;
}

static bool parse_range(const char *text, uint64_t *first, uint64_t *last)
{
    char *end;

    *first = strtoull(text, &end, 10);
    *last = *first;
    if (*end == '-')
        *last = strtoull(end + 1, &end, 10);
    return *end == '\0' && end != text && *first <= *last;
}

int main(int argc, char **argv)
{
    static const struct option known[] = { { "nodes", required_argument, NULL, 'n' },
                                           { "seed", required_argument, NULL, 's' },
                                           { "seeds", required_argument, NULL, 's' },
                                           { "twice", no_argument, NULL, 't' },
                                           { "no-faults", no_argument, NULL, 'f' },
                                           { "verbose", no_argument, NULL, 'v' },
                                           { "members", required_argument, NULL, 'm' },
                                           { "storm", no_argument, NULL, 'S' },
                                           { "identities", required_argument, NULL, 'i' },
                                           { "help", no_argument, NULL, 'h' },
                                           { NULL, 0, NULL, 0 } };
    struct options options = { .nodes = 100, .faults = true };
    uint64_t first = 1, last = 1;
    bool twice = false, good = true;
    int option;

    sim_identities_path = ZT_SOURCE_DIR "/tests/sim/identities.txt";
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'n':
            options.nodes = (uint32_t)strtoul(optarg, NULL, 10);
            break;
        case 'm': /* and as many others as build() makes of them */
            options.nodes = (uint32_t)strtoul(optarg, NULL, 10);
            options.nodes += options.nodes >= 200 ? 3 : 2;
            break;
        case 'S':
            options.storm = true;
            options.faults = false;
            break;
        case 's':
            if (!parse_range(optarg, &first, &last)) {
                fprintf(stderr, "sim: %s is no seed or range of seeds\n", optarg);
                return 2;
            }
            break;
        case 't':
            twice = true;
            break;
        case 'f':
            options.faults = false;
            break;
        case 'v':
            options.verbose = true;
            break;
        case 'i':
            sim_identities_path = optarg;
            break;
        default:
            fputs(usage, option == 'h' ? stdout : stderr);
            return option == 'h' ? 0 : 2;
        }
    }
    if (options.nodes < 4 || options.nodes > 20000) {
        fprintf(stderr, "sim: --nodes must be 4 to 20000\n");
        return 2;
    }
    for (uint64_t seed = first; seed <= last; seed++) {
        options.seed = seed;
        good &= run_seed(&options, twice);
    }
    return good ? 0 : 1;
}
