/* SPDX-License-Identifier: Apache-2.0 */
/* The classic client's lines about the node, its peers and its networks. docs/wire.md 22.3. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/cli.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static bool is_set(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

int zt_cli_info(struct zt_cli *cli, int count, char **words)
{
    json_t *status = zt_cli_ask(cli, "info", "GET", "/status", NULL);

    (void)count;
    (void)words;
    if (!status)
        return ZT_CLI_FAILED;
    if (cli->as_json)
        zt_cli_print(status);
    else
        (void)printf("200 info %s %s %s\n", zt_cli_text(status, "address"),
                     zt_cli_text(status, "version"),
                     is_set(status, "tcpFallbackActive") ? "TUNNELED"
                     : is_set(status, "online")          ? "ONLINE"
                                                         : "OFFLINE");
    json_decref(status);
    return ZT_CLI_OK;
}

static const json_t *preferred_path(const json_t *peer)
{
    const json_t *paths = json_object_get(peer, "paths");

    for (size_t i = 0; i < json_array_size(paths); i++) {
        const json_t *path = json_array_get(paths, i);
        if (is_set(path, "preferred"))
            return path;
    }
    return NULL;
}

/* -1: never */
static int64_t since(int64_t now_ms, int64_t then_ms)
{
    return then_ms > 0 ? now_ms - then_ms : -1;
}

static const char *version_of(const json_t *peer)
{
    const char *version = zt_cli_text(peer, "version");

    return strcmp(version, "-1.-1.-1") == 0 ? "-" : version;
}

/* The peers, with the service's time in *now_ms. */
static json_t *ask_peers(struct zt_cli *cli, const char *command, int64_t *now_ms)
{
    json_t *status = zt_cli_ask(cli, command, "GET", "/status", NULL);

    if (!status)
        return NULL;
    *now_ms = number_of(status, "clock");
    json_decref(status);
    return zt_cli_ask(cli, command, "GET", "/peer", NULL);
}

static void print_peer_line(const json_t *peer, int64_t now_ms)
{
    const json_t *path = preferred_path(peer);
    char text[128] = "-";

    if (path)
        zt_format(text, sizeof text, "%.60s;%" PRId64 ";%" PRId64, zt_cli_text(path, "address"),
                  since(now_ms, number_of(path, "lastSend")),
                  since(now_ms, number_of(path, "lastReceive")));
    (void)printf("200 listpeers %s %s %" PRId64 " %s %s\n", zt_cli_text(peer, "address"), text,
                 number_of(peer, "latency"), version_of(peer), zt_cli_text(peer, "role"));
}

static void print_peer_row(const json_t *peer, int64_t now_ms)
{
    const json_t *path = preferred_path(peer);

    (void)printf("%-10s %-8s %-6s %5" PRId64 " %-6s", zt_cli_text(peer, "address"),
                 version_of(peer), zt_cli_text(peer, "role"), number_of(peer, "latency"),
                 path ? "DIRECT" : "RELAY");
    if (path)
        (void)printf(" %-8" PRId64 " %-8" PRId64 " %s", since(now_ms, number_of(path, "lastSend")),
                     since(now_ms, number_of(path, "lastReceive")), zt_cli_text(path, "address"));
    (void)putchar('\n');
}

static int list_peers(struct zt_cli *cli, const char *command, const char *header,
                      void (*print)(const json_t *peer, int64_t now_ms))
{
    int64_t now_ms = 0;
    json_t *peers = ask_peers(cli, command, &now_ms);

    if (!peers)
        return ZT_CLI_FAILED;
    if (cli->as_json) {
        zt_cli_print(peers);
    } else {
        (void)puts(header);
        for (size_t i = 0; i < json_array_size(peers); i++)
            print(json_array_get(peers, i), now_ms);
    }
    json_decref(peers);
    return ZT_CLI_OK;
}

int zt_cli_listpeers(struct zt_cli *cli, int count, char **words)
{
    (void)count;
    (void)words;
    return list_peers(cli, "listpeers", "200 listpeers <ztaddr> <path> <latency> <version> <role>",
                      print_peer_line);
}

int zt_cli_peers(struct zt_cli *cli, int count, char **words)
{
    (void)count;
    (void)words;
    return list_peers(cli, "peers",
                      "200 peers\n"
                      "<ztaddr>   <ver>    <role> <lat> <link> <lastTX> <lastRX> <path>",
                      print_peer_row);
}

static void print_sso(const json_t *network)
{
    int64_t expiry_ms = number_of(network, "authenticationExpiryTime");
    int64_t now_ms = number_of(network, "clock");

    if (!is_set(network, "ssoEnabled"))
        return;
    if (expiry_ms > now_ms)
        (void)printf("    AUTH OK, expires in: %" PRId64 " seconds\n", (expiry_ms - now_ms) / 1000);
    else
        (void)printf("    AUTH EXPIRED, URL: %s\n", zt_cli_text(network, "authenticationURL"));
}

static void print_network(const json_t *network)
{
    const json_t *addresses = json_object_get(network, "assignedAddresses");
    const char *name = zt_cli_text(network, "name");

    (void)printf("200 listnetworks %s %s %s %s %s %s ", zt_cli_text(network, "nwid"), name,
                 zt_cli_text(network, "mac"), zt_cli_text(network, "status"),
                 zt_cli_text(network, "type"), zt_cli_text(network, "portDeviceName"));
    for (size_t i = 0; i < json_array_size(addresses); i++)
        (void)printf("%s%s", i ? "," : "", json_string_value(json_array_get(addresses, i)));
    (void)puts(json_array_size(addresses) ? "" : "-");
    print_sso(network);
}

int zt_cli_listnetworks(struct zt_cli *cli, int count, char **words)
{
    json_t *networks = zt_cli_ask(cli, "listnetworks", "GET", "/network", NULL);

    (void)count;
    (void)words;
    if (!networks)
        return ZT_CLI_FAILED;
    if (cli->as_json) {
        zt_cli_print(networks);
    } else {
        (void)puts("200 listnetworks <nwid> <name> <mac> <status> <type> <dev> <ZT assigned ips>");
        for (size_t i = 0; i < json_array_size(networks); i++)
            print_network(json_array_get(networks, i));
    }
    json_decref(networks);
    return ZT_CLI_OK;
}

/* Is the address of the kind that the property names? */
static bool is_wanted(const char *property, const char *address)
{
    bool is_ipv6 = strchr(address, ':') != NULL;

    if (strcmp(property, "ip4") == 0)
        return !is_ipv6;
    if (strcmp(property, "ip6") == 0)
        return is_ipv6;
    if (strcmp(property, "ip") == 0)
        return true;
    return strncmp(address, "fc", 2) == 0; /* ip6plane and ip6prefix */
}

static void print_addresses(const json_t *network, const char *property)
{
    const json_t *addresses = json_object_get(network, "assignedAddresses");

    for (size_t i = 0; i < json_array_size(addresses); i++) {
        const char *text = json_string_value(json_array_get(addresses, i));
        size_t length = text ? strcspn(text, "/") : 0;

        if (!text || !is_wanted(property, text))
            continue;
        if (strcmp(property, "ip6prefix") == 0 && length > 24)
            length = 24;
        (void)printf("%.*s\n", (int)length, text);
    }
}

static void print_property(const json_t *network, const char *property)
{
    static const char *const lists[] = { "ip", "ip4", "ip6", "ip6plane", "ip6prefix" };
    const json_t *value = json_object_get(network, property);

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (strcmp(lists[i], property) == 0) {
            print_addresses(network, property);
            return;
        }
    if (json_is_string(value))
        (void)puts(json_string_value(value));
    else if (json_is_boolean(value))
        (void)puts(json_is_true(value) ? "1" : "0");
    else if (json_is_integer(value))
        (void)printf("%" PRId64 "\n", (int64_t)json_integer_value(value));
    else
        (void)puts("error, unknown property name");
}

int zt_cli_get(struct zt_cli *cli, int count, char **words)
{
    char path[64];
    uint64_t number;
    json_t *network;

    (void)count;
    if (strlen(words[1]) != 16 || !zt_hex_number(&number, words[1], 16)) {
        (void)fprintf(stderr, "invalid network id\n");
        return ZT_CLI_USAGE;
    }
    zt_format(path, sizeof path, "/network/%s", words[1]);
    network = zt_cli_ask(cli, "get", "GET", path, NULL);
    if (!network)
        return ZT_CLI_FAILED;
    print_property(network, words[2]);
    json_decref(network);
    return ZT_CLI_OK;
}
