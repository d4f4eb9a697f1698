/* SPDX-License-Identifier: Apache-2.0 */
/* `zt up`: root, controller and a first network in one process, and the line by which others join. */
#include "base/text.h"
#include "cmd/commands.h"
#include "cmd/invite.h"
#include "cmd/server.h"
#include "os/host.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct zt_command command = {
    "up", "--self-hosted -H DIR [-e IP/PORT]... [--name NAME] [--public]",
    "Runs a root and a controller, and on the first start creates a network: private, with IPv4\n"
    "addresses from a range of its own and RFC 4193 ones. Prints the command by which the next\n"
    "node joins, and runs until a signal ends it.\n"
    "      --self-hosted     depend on nobody else's servers: the only kind there is\n"
    "  -H, --home DIR        state directory, created if missing (mode 0700)\n"
    "  -p, --port PORT       UDP port, 9993 unless given\n"
    "  -e, --endpoint IP/PORT  where others reach this machine; may be repeated. Without it\n"
    "                        the machine's own addresses are named\n"
    "      --name NAME       of the network\n"
    "      --public          admit whoever asks\n"
    "      --allow-loopback  use loopback addresses too: demos and tests on one machine\n"
    "  -v, --verbose         log every packet\n"
};

struct wish {
    const char *name;
    bool is_public;
};

/* 10.x.y.0/24, drawn so that two networks of one household hardly ever meet. */
static json_t *new_network_body(const struct wish *wish)
{
    char target[32], first[32], last[32];
    uint8_t draw[2];

    zt_host_random(draw, sizeof draw);
    zt_format(target, sizeof target, "10.%u.%u.0/24", draw[0], draw[1]);
    zt_format(first, sizeof first, "10.%u.%u.1", draw[0], draw[1]);
    zt_format(last, sizeof last, "10.%u.%u.254", draw[0], draw[1]);
    return json_pack("{s:s, s:b, s:[{s:s, s:n}], s:[{s:s, s:s}], s:{s:b}, s:{s:b, s:b, s:b}}",
                     "name", wish->name, "private", !wish->is_public, "routes", "target", target,
                     "via", "ipAssignmentPools", "ipRangeStart", first, "ipRangeEnd", last,
                     "v4AssignMode", "zt", 1, "v6AssignMode", "rfc4193", 1, "6plane", 0, "zt", 0);
}

/* The answer to a request that must succeed; NULL: reported. Takes body. */
static json_t *ask(const struct zt_api *api, const char *method, const char *path, json_t *body)
{
    int status = 0;
    json_t *answer = zt_api_route(api, method, path, body, &status);
    const char *why = json_string_value(json_object_get(answer, "description"));

    json_decref(body);
    if (status == 200)
        return answer;
    (void)zt_complain(&command, ZT_EXIT_FAILED, "%s: %s", path, why ? why : "refused");
    json_decref(answer);
    return NULL;
}

/* The first network there is, or a new one. */
static json_t *find_network(const struct wish *wish, const struct zt_api *api)
{
    json_t *networks = ask(api, "GET", "/controller/network", NULL), *network;
    const char *first;
    char path[64];

    if (!networks)
        return NULL;
    first = json_string_value(json_array_get(networks, 0));
    if (first) {
        zt_format(path, sizeof path, "/controller/network/%s", first);
        network = ask(api, "GET", path, NULL);
    } else {
        network = ask(api, "POST", "/controller/network", new_network_body(wish));
    }
    json_decref(networks);
    return network;
}

static bool read_planet(struct zt_invite *invite, const char *home)
{
    char path[ZT_HOME_TEXT], error[ZT_HOME_TEXT];
    uint8_t *bytes;

    zt_format(path, sizeof path, "%.400s/planet", home);
    if (zt_home_read(path, ZT_MAX_WORLD, &bytes, &invite->planet_length, error) != 0) {
        (void)zt_complain(&command, ZT_EXIT_FAILED, "%s", error);
        return false;
    }
    memcpy(invite->planet, bytes, invite->planet_length);
    free(bytes);
    return true;
}

static void print_network(const json_t *network, const char *home, const struct zt_invite *invite)
{
    const json_t *routes = json_object_get(network, "routes");
    const char *range = json_string_value(json_object_get(json_array_get(routes, 0), "target"));
    bool is_private = json_is_true(json_object_get(network, "private"));
    char text[ZT_INVITE_TEXT];

    zt_invite_write(text, invite);
    (void)printf("network %016" PRIx64 " %s\n", invite->nwid, range ? range : "");
    (void)printf("join it: zt join -H node %s\n", text);
    if (is_private)
        (void)printf("then admit the node: zt member authorize -H %s %016" PRIx64 " ADDRESS\n",
                     home, invite->nwid);
    (void)fflush(stdout);
}

static bool say_ready(const struct zt_server_options *options, const struct zt_api *api)
{
    static struct zt_invite invite;
    json_t *network = find_network(options->context, api);
    const char *nwid = json_string_value(json_object_get(network, "id"));
    bool is_known = nwid && zt_hex_number(&invite.nwid, nwid, 16);

    if (is_known && read_planet(&invite, options->home))
        print_network(network, options->home, &invite);
    else
        is_known = false;
    json_decref(network);
    return is_known;
}

int zt_command_up(int count, char **arguments)
{
    struct wish wish = { .name = "home" };
    struct zt_server_options options = { .command = &command,
                                         .is_root = true,
                                         .is_controller = true,
                                         .ready = say_ready,
                                         .context = &wish };
    bool is_self_hosted = false;
    const struct zt_option own[] = {
        { "--self-hosted", NULL, ZT_OPTION_FLAG, &is_self_hosted },
        { "--name", NULL, ZT_OPTION_TEXT, &wish.name },
        { "--public", NULL, ZT_OPTION_FLAG, &wish.is_public },
    };
    int code = zt_server_read(&options, own, 3, count, arguments);

    if (code == ZT_GO_ON && !is_self_hosted)
        code = zt_complain(&command, ZT_EXIT_USAGE,
                           "say --self-hosted: this runs servers that are yours alone");
    code = code == ZT_GO_ON ? zt_server_run(&options) : code;
    zt_server_options_clear(&options);
    return code;
}
