/* SPDX-License-Identifier: Apache-2.0 */
/* The classic client's commands about bonds, several paths to one peer at once. A node of ours has none and says so;
   others that are asked may. docs/wire.md 22.3 */
#define _POSIX_C_SOURCE 200809L

#include "cmd/cli.h"

#include "base/endpoint.h"
#include "base/text.h"
#include "cmd/args.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PATH_TEXT 256
#define MOST_INTERFACE 63 /* more than any system's names have */
#define LEAST_MTU 68
#define MOST_MTU 65535

static void print_bond(const json_t *peer)
{
    (void)printf("200 listbonds %s %s %" PRId64 " %" PRId64 "\n", zt_cli_text(peer, "address"),
                 zt_cli_text(peer, "bondingPolicyStr"), zt_cli_number(peer, "numAliveLinks"),
                 zt_cli_number(peer, "numTotalLinks"));
}

int zt_cli_listbonds(struct zt_cli *cli, int count, char **words)
{
    json_t *peers = zt_cli_ask(cli, words[0], "GET", "/peer", NULL);

    (void)count;
    if (!peers)
        return ZT_CLI_FAILED;
    if (cli->as_json) {
        zt_cli_print(peers);
    } else {
        (void)puts("200 listbonds <ztaddr> <policy> <alive links> <total links>");
        for (size_t i = 0; i < json_array_size(peers); i++)
            if (zt_cli_is_set(json_array_get(peers, i), "isBonded"))
                print_bond(json_array_get(peers, i));
    }
    json_decref(peers);
    return ZT_CLI_OK;
}

static double measure_of(const json_t *path, const char *key)
{
    return json_number_value(json_object_get(path, key));
}

static void print_link(const json_t *peer, const json_t *path)
{
    (void)printf("200 bond %s %s %s %d %d %g %g %g %g\n", zt_cli_text(peer, "address"),
                 zt_cli_text(path, "address"), zt_cli_text(path, "ifname"),
                 zt_cli_is_set(path, "bonded"), zt_cli_is_set(path, "eligible"),
                 measure_of(path, "latencyMean"), measure_of(path, "latencyVariance"),
                 measure_of(path, "packetLossRatio"), measure_of(path, "packetErrorRatio"));
}

static int show(struct zt_cli *cli, uint64_t address)
{
    char path[PATH_TEXT];
    const json_t *links;
    json_t *peer;

    zt_format(path, sizeof path, "/bond/show/%010" PRIx64, address);
    peer = zt_cli_ask(cli, "bond", "GET", path, NULL);
    if (!peer)
        return ZT_CLI_FAILED;
    links = json_object_get(peer, "paths");
    if (cli->as_json) {
        zt_cli_print(peer);
    } else {
        (void)puts("200 bond <ztaddr> <path> <dev> <bonded> <eligible> <latency> <variance> <loss> "
                   "<errors>");
        for (size_t i = 0; i < json_array_size(links); i++)
            print_link(peer, json_array_get(links, i));
    }
    json_decref(peer);
    return ZT_CLI_OK;
}

static int refuse(const char *text)
{
    (void)fprintf(stderr, "zerotier-cli: bond: %s\n", text);
    return ZT_CLI_USAGE;
}

/* A name as a part of a path: all but letters and digits as %XX. False: too long, or none. */
static bool write_escaped(char out[3 * MOST_INTERFACE + 1], const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t length = strlen(name), at = 0;

    if (length == 0 || length > MOST_INTERFACE)
        return false;
    for (size_t i = 0; i < length; i++)
        at += zt_format(out + at, 4, strchr(plain, name[i]) ? "%c" : "%%%02X",
                        (unsigned char)name[i]);
    return true;
}

static int set_mtu(struct zt_cli *cli, char **words)
{
    char path[PATH_TEXT + 3 * MOST_INTERFACE], interface[3 * MOST_INTERFACE + 1];
    char ip[ZT_ENDPOINT_TEXT];
    struct zt_endpoint endpoint;
    uint64_t mtu;

    if (!zt_args_number(&mtu, words[2], LEAST_MTU, MOST_MTU))
        return refuse("the MTU is no number from 68 to 65535");
    if (!write_escaped(interface, words[3]))
        return refuse("this is no name of an interface");
    if (strchr(words[4], '/') || !zt_endpoint_parse(&endpoint, words[4], 0))
        return refuse("this is no IP address");
    zt_endpoint_text(&endpoint, false, ip);
    zt_format(path, sizeof path, "/bond/setmtu/%u/%s/%s", (unsigned)mtu, interface, ip);
    return zt_cli_tell(cli, "bond", "POST", path, "{}", true);
}

static int rotate(struct zt_cli *cli, uint64_t address)
{
    char path[PATH_TEXT];

    zt_format(path, sizeof path, "/bond/rotate/%010" PRIx64, address);
    return zt_cli_tell(cli, "bond", "POST", path, "{}", true);
}

int zt_cli_bond(struct zt_cli *cli, int count, char **words)
{
    const char *verb = count > 2 ? words[2] : "";
    uint64_t address;

    if (strcmp(words[1], "list") == 0)
        return zt_cli_listbonds(cli, count, words);
    if (strcmp(words[1], "setmtu") == 0)
        return count > 4 ? set_mtu(cli, words) : refuse("setmtu needs <mtu> <interface> <ip>");
    if (!zt_hex_number(&address, words[1], 10))
        return refuse("list, setmtu or an address of 10 digits is needed");
    if (strcmp(verb, "show") == 0)
        return show(cli, address);
    if (strcmp(verb, "rotate") == 0)
        return rotate(cli, address);
    return refuse("after the address, show or rotate is needed");
}
