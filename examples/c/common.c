/* SPDX-License-Identifier: Apache-2.0 */
/* Options, and a node that is started and joined. */
#include "common.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    LOOPBACK = 256,
    SINK,
    BULK,
    COUNT,
    PING,
    MESSAGE,
    POLL_MS = 50,
    PLANET_SIZE = 4096,
    MOST_PEERS = 64
};

static const char common_help[] =
    "  -H, --home DIR       keep identity and networks in DIR (default: in memory)\n"
    "  -n, --network ID     network to join, 16 hexadecimal digits\n"
    "  -R, --planet FILE    roots to use instead of the built-in ones\n"
    "  -P, --port PORT      UDP port (default: random)\n"
    "      --loopback       also use loopback addresses as physical paths (for tests)\n"
    "  -h, --help           this text\n";

static _Noreturn void print_usage(const char *usage, int code)
{
    fprintf(code == 0 ? stdout : stderr, "%s%s", usage, common_help);
    exit(code);
}

static unsigned long number(const char *text, unsigned long limit, const char *usage)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (*text == 0 || *end != 0 || value > limit)
        print_usage(usage, 2);
    return value;
}

static uint64_t network_id(const char *text, const char *usage)
{
    if (strlen(text) != 16 || strspn(text, "0123456789abcdefABCDEF") != 16)
        print_usage(usage, 2);
    return strtoull(text, NULL, 16);
}

static void take_option(struct options *options, int option, const char *usage)
{
    switch (option) {
    case 'H':
        options->storage = optarg;
        break;
    case 'n':
        options->network = network_id(optarg, usage);
        break;
    case 'R':
        options->planet = optarg;
        break;
    case 'P':
        options->port = (unsigned short)number(optarg, 65535, usage);
        break;
    case LOOPBACK:
        options->loopback = true;
        break;
    case SINK:
        options->sink = true;
        break;
    case BULK:
        options->bulk_mib = (unsigned)number(optarg, 1 << 20, usage);
        break;
    case COUNT:
        options->count = (unsigned)number(optarg, 1 << 20, usage);
        break;
    case PING:
        options->pings = (unsigned)number(optarg, 1 << 20, usage);
        break;
    case MESSAGE:
        options->message = optarg;
        break;
    default:
        print_usage(usage, option == 'h' ? 0 : 2);
    }
}

struct options read_any_options(int argc, char **argv, const char *usage)
{
    static const struct option known[] = {
        { "home", required_argument, NULL, 'H' },
        { "network", required_argument, NULL, 'n' },
        { "planet", required_argument, NULL, 'R' },
        { "port", required_argument, NULL, 'P' },
        { "loopback", no_argument, NULL, LOOPBACK },
        { "sink", no_argument, NULL, SINK },
        { "bulk", required_argument, NULL, BULK },
        { "count", required_argument, NULL, COUNT },
        { "ping", required_argument, NULL, PING },
        { "message", required_argument, NULL, MESSAGE },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    struct options options = { .count = 1 };
    int option;

    while ((option = getopt_long(argc, argv, "H:n:R:P:h", known, NULL)) != -1)
        take_option(&options, option, usage);
    options.arguments = argv + optind;
    options.argument_count = argc - optind;
    /* Progress must be seen at once by whoever reads our output. */
    setvbuf(stdout, NULL, _IOLBF, 0);
    return options;
}

struct options read_options(int argc, char **argv, const char *usage)
{
    struct options options = read_any_options(argc, argv, usage);

    if (options.network == 0)
        print_usage(usage, 2);
    return options;
}

unsigned short read_port(const char *text, const char *usage)
{
    unsigned long port = number(text, 65535, usage);

    if (port == 0)
        print_usage(usage, 2);
    return (unsigned short)port;
}

int read_family(const char *address, const char *usage)
{
    int family = zts_util_get_ip_family(address);

    if (family < 0)
        print_usage(usage, 2);
    return family;
}

int failed(const char *what)
{
    fprintf(stderr, "%s failed: error %d\n", what, zts_errno);
    return 1;
}

void check(int result, const char *what)
{
    if (result == ZTS_ERR_OK)
        return;
    fprintf(stderr, "%s failed: %d\n", what, result);
    exit(1);
}

static void use_planet(const char *name)
{
    char bytes[PLANET_SIZE];
    FILE *file = fopen(name, "rb");

    if (file == NULL) {
        perror(name);
        exit(1);
    }
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    check(zts_init_set_roots(bytes, (unsigned)length), "reading the planet");
}

/* Written by the event thread only; an entry is complete before the count says so. */
static uint64_t met[MOST_PEERS];
static _Atomic unsigned met_count;

static void remember_peer(uint64_t id)
{
    for (unsigned i = 0; i < met_count; i++) {
        if (met[i] == id)
            return;
    }
    if (met_count < MOST_PEERS) {
        met[met_count] = id;
        met_count++;
    }
}

static void on_event(void *context)
{
    const zts_event_msg_t *event = context;

    if (event->peer != NULL)
        remember_peer(event->peer->peer_id);

    if (event->event_code == ZTS_EVENT_NODE_FATAL_ERROR) {
        fprintf(stderr, "the node can't work\n");
        exit(1);
    }
    if (event->event_code == ZTS_EVENT_NETWORK_ACCESS_DENIED)
        fprintf(stderr, "waiting for the network's controller to authorize this node\n");
    if (event->event_code == ZTS_EVENT_NETWORK_NOT_FOUND)
        fprintf(stderr, "the controller knows no such network\n");
}

void set_up_node(const struct options *options)
{
    if (options->storage != NULL)
        check(zts_init_from_storage(options->storage), "using the storage");
    if (options->planet != NULL)
        use_planet(options->planet);
    check(zts_init_set_port(options->port), "setting the port");
    check(zts_init_allow_loopback_paths(options->loopback), "allowing loopback");
}

void start_node(const struct options *options)
{
    set_up_node(options);
    check(zts_init_set_event_handler(on_event), "setting the event handler");
    check(zts_node_start(), "starting the node");
    while (!zts_node_is_online())
        zts_util_delay(POLL_MS);
    printf("node: %010llx\n", (unsigned long long)zts_node_get_id());

    check(zts_net_join(options->network), "joining the network");
    while (zts_net_transport_is_ready(options->network) != 1)
        zts_util_delay(POLL_MS);
    printf("network: %016llx\n", (unsigned long long)options->network);
}

void wait_for_address(uint64_t network, int family)
{
    while (zts_addr_is_assigned(network, (unsigned)family) != 1)
        zts_util_delay(POLL_MS);
}

void print_addresses(uint64_t network)
{
    char text[ZTS_IP_MAX_STR_LEN];

    if (zts_addr_get_str(network, ZTS_AF_INET, text, sizeof text) == ZTS_ERR_OK)
        printf("address 4: %s\n", text);
    if (zts_addr_get_str(network, ZTS_AF_INET6, text, sizeof text) == ZTS_ERR_OK)
        printf("address 6: %s\n", text);
}

static void print_path(uint64_t id)
{
    static const char *const ciphers[] = { "no cipher", "Salsa20/12", "no cipher", "AES-GMAC-SIV" };
    static zts_peer_info_t info;
    char endpoint[ZTS_MAX_ENDPOINT_STR_LEN];

    if (zts_peer_get_info(id, &info) != ZTS_ERR_OK || info.role != ZTS_PEER_ROLE_LEAF)
        return;
    const char *cipher = ciphers[(unsigned)info.unused_0 & 3];
    if (zts_core_query_path(id, 0, endpoint, sizeof endpoint) == ZTS_ERR_OK)
        printf("path: %010llx direct by %s, %s\n", (unsigned long long)id, endpoint, cipher);
    else
        printf("path: %010llx relayed, %s\n", (unsigned long long)id, cipher);
}

void print_paths(uint64_t network)
{
    for (unsigned i = 0; i < met_count; i++) {
        if (met[i] != network >> 24)
            print_path(met[i]);
    }
}

double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
