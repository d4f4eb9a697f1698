/* SPDX-License-Identifier: Apache-2.0 */
/* The classic client's commands about networks. docs/wire.md 22.3 */
#define _POSIX_C_SOURCE 200809L

#include "cmd/cli.h"

#include "base/text.h"
#include "os/host.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PATH_TEXT 64

/* "/network/<nwid>"; false: reported. */
static bool write_path(char path[PATH_TEXT], const char *nwid)
{
    uint64_t number;

    if (strlen(nwid) != 16 || !zt_hex_number(&number, nwid, 16)) {
        (void)fprintf(stderr, "invalid network id\n");
        return false;
    }
    zt_format(path, PATH_TEXT, "/network/%s", nwid);
    return true;
}

int zt_cli_join(struct zt_cli *cli, int count, char **words)
{
    char path[PATH_TEXT];

    (void)count;
    if (!write_path(path, words[1]))
        return ZT_CLI_USAGE;
    return zt_cli_tell(cli, "join", "POST", path, "{}", true);
}

int zt_cli_leave(struct zt_cli *cli, int count, char **words)
{
    char path[PATH_TEXT];

    (void)count;
    if (!write_path(path, words[1]))
        return ZT_CLI_USAGE;
    return zt_cli_tell(cli, "leave", "DELETE", path, NULL, true);
}

/* "<name>=<value>"; a name that is none of a network's settings does nothing. */
int zt_cli_set(struct zt_cli *cli, int count, char **words)
{
    static const char *const names[] = { "allowManaged", "allowGlobal", "allowDefault",
                                         "allowDNS" };
    const char *divider = strchr(words[2], '=');
    size_t length = divider ? (size_t)(divider - words[2]) : 0;
    char path[PATH_TEXT], body[64];
    json_t *network;

    (void)count;
    if (!write_path(path, words[1]))
        return ZT_CLI_USAGE;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (length != strlen(names[i]) || strncmp(names[i], words[2], length) != 0)
            continue;
        zt_format(body, sizeof body, "{\"%s\":%s}", names[i],
                  divider[1] == 't' || divider[1] == '1' ? "true" : "false");
        network = zt_cli_ask(cli, "set", "POST", path, body);
        if (!network)
            return ZT_CLI_FAILED;
        zt_cli_print(network);
        json_decref(network);
        return ZT_CLI_OK;
    }
    (void)fprintf(stderr, "zerotier-cli: %s: no such setting, nothing is changed\n", words[2]);
    return ZT_CLI_OK; /* and no failure: so it always was */
}

static void print_sso(const json_t *network)
{
    int64_t expiry_ms = zt_cli_number(network, "authenticationExpiryTime");
    int64_t now_ms = zt_host_now().wall_ms;
    const char *url = zt_cli_text(network, "authenticationURL");

    if (!zt_cli_is_set(network, "ssoEnabled") && strcmp(url, "-") == 0)
        return;
    if (expiry_ms > now_ms) {
        (void)printf("    AUTH OK, expires in: %" PRId64 " seconds\n", (expiry_ms - now_ms) / 1000);
        return;
    }
    (void)fputs("    AUTH EXPIRED, URL: ", stdout);
    zt_cli_put(url);
    (void)putchar('\n');
}

/* A column that holds nothing is a "-", so that those behind it can be counted. */
static void print_network(const json_t *network)
{
    static const char *const columns[] = {
        "nwid", "name", "mac", "status", "type", "portDeviceName"
    };
    const json_t *addresses = json_object_get(network, "assignedAddresses");

    (void)fputs("200 listnetworks ", stdout);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        zt_cli_put(zt_cli_text(network, columns[i]));
        (void)putchar(' ');
    }
    for (size_t i = 0; i < json_array_size(addresses); i++) {
        (void)fputs(i ? "," : "", stdout);
        zt_cli_put(json_string_value(json_array_get(addresses, i)));
    }
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
    if (json_is_string(value)) {
        zt_cli_put(json_string_value(value));
        (void)putchar('\n');
    } else if (json_is_boolean(value))
        (void)puts(json_is_true(value) ? "1" : "0");
    else if (json_is_integer(value))
        (void)printf("%" PRId64 "\n", (int64_t)json_integer_value(value));
    else
        (void)puts("error, unknown property name");
}

int zt_cli_get(struct zt_cli *cli, int count, char **words)
{
    char path[PATH_TEXT];
    json_t *network;

    (void)count;
    if (!write_path(path, words[1]))
        return ZT_CLI_USAGE;
    network = zt_cli_ask(cli, "get", "GET", path, NULL);
    if (!network)
        return ZT_CLI_FAILED;
    print_property(network, words[2]);
    json_decref(network);
    return ZT_CLI_OK;
}
