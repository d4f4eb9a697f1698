/* SPDX-License-Identifier: Apache-2.0 */
/* The classic client's lines about the node and its peers. docs/wire.md 22.3 */
#define _POSIX_C_SOURCE 200809L

#include "cmd/cli.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
                     zt_cli_is_set(status, "tcpFallbackActive") ? "TUNNELED"
                     : zt_cli_is_set(status, "online")          ? "ONLINE"
                                                                : "OFFLINE");
    json_decref(status);
    return ZT_CLI_OK;
}

static const json_t *preferred_path(const json_t *peer)
{
    const json_t *paths = json_object_get(peer, "paths");

    for (size_t i = 0; i < json_array_size(paths); i++) {
        const json_t *path = json_array_get(paths, i);
        if (zt_cli_is_set(path, "preferred"))
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
    *now_ms = zt_cli_number(status, "clock");
    json_decref(status);
    return zt_cli_ask(cli, command, "GET", "/peer", NULL);
}

static void print_peer_line(const json_t *peer, int64_t now_ms)
{
    const json_t *path = preferred_path(peer);
    char text[128] = "-";

    if (path)
        zt_format(text, sizeof text, "%.60s;%" PRId64 ";%" PRId64, zt_cli_text(path, "address"),
                  since(now_ms, zt_cli_number(path, "lastSend")),
                  since(now_ms, zt_cli_number(path, "lastReceive")));
    (void)printf("200 listpeers %s %s %" PRId64 " %s %s\n", zt_cli_text(peer, "address"), text,
                 zt_cli_number(peer, "latency"), version_of(peer), zt_cli_text(peer, "role"));
}

static void print_peer_row(const json_t *peer, int64_t now_ms)
{
    const json_t *path = preferred_path(peer);

    (void)printf("%-10s %-8s %-6s %5" PRId64 " %-6s", zt_cli_text(peer, "address"),
                 version_of(peer), zt_cli_text(peer, "role"), zt_cli_number(peer, "latency"),
                 path ? "DIRECT" : "RELAY");
    if (path)
        (void)printf(
            " %-8" PRId64 " %-8" PRId64 " %s", since(now_ms, zt_cli_number(path, "lastSend")),
            since(now_ms, zt_cli_number(path, "lastReceive")), zt_cli_text(path, "address"));
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
