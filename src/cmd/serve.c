/* SPDX-License-Identifier: Apache-2.0 */
/* `zt root` and `zt controller`: their options. */
#include "cmd/commands.h"
#include "cmd/server.h"

#include <string.h>

#define COMMON_HELP                                                                                \
    "  -H, --home DIR        state directory, created if missing (mode 0700)\n"                    \
    "  -p, --port PORT       UDP port, 9993 unless given\n"                                        \
    "  -e, --endpoint IP/PORT  where others reach this root; may be repeated. Without\n"           \
    "                        it the machine's own addresses are named\n"                           \
    "  -b, --bind IP         bind to this address only; may be repeated\n"                         \
    "      --allow-loopback  use loopback addresses too: demos and tests on one machine\n"         \
    "  -v, --verbose         log every packet\n"                                                   \
    "  -j, --json            print the line that says `ready` as JSON\n"

static const struct zt_command root_command = {
    "root", "-H DIR [-p PORT] [-e IP/PORT]... [-b IP]...",
    "Runs a root server. Its identity is made on the first start. DIR/planet names this\n"
    "root: give the file to every node. DIR/planet.key signs later changes of it.\n" COMMON_HELP
    "      --planet FILE     use this planet instead, which must name this root\n"
};

static const struct zt_command controller_command = {
    "controller", "-H DIR [-p PORT] [--planet FILE] [--root] [--memory]",
    "Hosts networks, whose records are kept in DIR/controller.db.\n" COMMON_HELP
    "      --planet FILE     the planet to use; without it DIR/planet\n"
    "      --root            be a root too, named by DIR/planet\n"
    "      --memory          keep records in memory only\n"
};

static int read_endpoints(const struct zt_command *command, const char *option,
                          const struct zt_texts *texts, uint16_t port, bool with_port,
                          struct zt_endpoint *out, size_t *count)
{
    if (texts->count > ZT_MAX_SERVER_ENDPOINTS)
        return zt_complain(command, ZT_EXIT_USAGE, "%s is given too often", option);
    for (size_t i = 0; i < texts->count; i++) {
        const char *text = texts->values[i];

        if (!zt_endpoint_parse(&out[i], text, port) || (with_port && out[i].port == 0) ||
            (!with_port && strchr(text, '/')))
            return zt_complain(command, ZT_EXIT_USAGE, "%s: %s is not %s", option, text,
                               with_port ? "IP/PORT" : "an IP address");
        if (!with_port)
            out[i].port = 0;
    }
    *count = texts->count;
    return ZT_GO_ON;
}

static int read_options(struct zt_server_options *options, int count, char **arguments)
{
    const struct zt_command *command = options->command;
    struct zt_texts endpoints = { 0 }, binds = { 0 }, positional;
    const char *port_text = "9993";
    uint64_t port;
    const struct zt_option table[] = {
        { "--home", "-H", ZT_OPTION_TEXT, &options->home },
        { "--port", "-p", ZT_OPTION_TEXT, &port_text },
        { "--endpoint", "-e", ZT_OPTION_LIST, &endpoints },
        { "--bind", "-b", ZT_OPTION_LIST, &binds },
        { "--allow-loopback", NULL, ZT_OPTION_FLAG, &options->allow_loopback },
        { "--verbose", "-v", ZT_OPTION_FLAG, &options->is_verbose },
        { "--json", "-j", ZT_OPTION_FLAG, &options->as_json },
        { "--planet", NULL, ZT_OPTION_TEXT, &options->planet_file },
        { "--root", NULL, ZT_OPTION_FLAG, &options->is_root },
        { "--memory", NULL, ZT_OPTION_FLAG, &options->in_memory },
    };
    size_t known = sizeof table / sizeof table[0] - (options->is_controller ? 0 : 2);
    int code = zt_args_read(command, count, arguments, table, known, &positional);

    if (code != ZT_GO_ON)
        return code;
    if (positional.count > 0)
        return zt_complain(command, ZT_EXIT_USAGE, "unexpected %s", positional.values[0]);
    if (!options->home)
        return zt_complain(command, ZT_EXIT_USAGE, "--home DIR is missing");
    if (!zt_args_number(&port, port_text, options->is_root ? 1 : 0, UINT16_MAX))
        return zt_complain(command, ZT_EXIT_USAGE, "--port: %s is not a port", port_text);
    options->port = (uint16_t)port;
    code = read_endpoints(command, "--endpoint", &endpoints, options->port, true,
                          options->endpoints, &options->endpoint_count);
    if (code != ZT_GO_ON)
        return code;
    return read_endpoints(command, "--bind", &binds, 0, false, options->bind, &options->bind_count);
}

static int run(struct zt_server_options *options, int count, char **arguments)
{
    int code = read_options(options, count, arguments);

    return code == ZT_GO_ON ? zt_server_run(options) : code;
}

int zt_command_root(int count, char **arguments)
{
    struct zt_server_options options = { .command = &root_command, .is_root = true };

    return run(&options, count, arguments);
}

int zt_command_controller(int count, char **arguments)
{
    struct zt_server_options options = { .command = &controller_command, .is_controller = true };

    return run(&options, count, arguments);
}
