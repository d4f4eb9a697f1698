/* SPDX-License-Identifier: Apache-2.0 */
/* `zt status`: a running root or controller, its peers and its counters. */
#include "cmd/ask.h"
#include "cmd/commands.h"

#include <inttypes.h>
#include <stdio.h>

static const struct zt_command command = {
    "status", "-H DIR [-j]",
    "Shows address, version, peers with their paths, and counters.\n" ZT_ASK_HELP
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "-";
}

static void print_peer(const json_t *peer)
{
    const json_t *paths = json_object_get(peer, "paths");
    const char *endpoint = NULL;

    for (size_t i = 0; i < json_array_size(paths); i++) {
        const json_t *path = json_array_get(paths, i);
        if (json_is_true(json_object_get(path, "preferred")))
            endpoint = text_of(path, "address");
    }
    (void)printf(
        "peer %s %-9s %-6s %s%s %d ms %s\n", text_of(peer, "address"), text_of(peer, "version"),
        text_of(peer, "role"), endpoint ? "direct " : "relayed", endpoint ? endpoint : "",
        (int)json_integer_value(json_object_get(peer, "latency")), text_of(peer, "cipher"));
}

static void print_numbers(const char *prefix, const json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (json_is_integer(value))
            (void)printf("%s %s %" PRId64 "\n", prefix, key, (int64_t)json_integer_value(value));
    }
}

static void print_status(const json_t *status, const json_t *peers)
{
    const json_t *counters = json_object_get(status, "counters");

    (void)printf("%s %s %s\n", text_of(status, "address"), text_of(status, "version"),
                 json_is_true(json_object_get(status, "online")) ? "online" : "offline");
    for (size_t i = 0; i < json_array_size(peers); i++)
        print_peer(json_array_get(peers, i));
    print_numbers("count", counters);
    print_numbers("drop", json_object_get(counters, "drops"));
}

int zt_command_status(int count, char **arguments)
{
    struct zt_ask ask = { .command = &command };
    const struct zt_option options[] = { ZT_ASK_OPTIONS(&ask) };
    struct zt_texts words;
    int code = zt_ask_read(&ask, count, arguments, options, 2, 0, 0, &words);
    json_t *status, *peers;

    if (code != ZT_GO_ON)
        return code;
    status = zt_ask(&ask, "GET", "/status", NULL);
    peers = status ? zt_ask(&ask, "GET", "/peer", NULL) : NULL;
    if (!peers) {
        json_decref(status);
        return ZT_EXIT_FAILED;
    }
    if (ask.as_json)
        zt_print_json(json_pack("{s:O, s:O}", "status", status, "peers", peers));
    else
        print_status(status, peers);
    json_decref(status);
    json_decref(peers);
    return ZT_EXIT_OK;
}
