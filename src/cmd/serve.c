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
    "      --http IP:PORT    serve the HTTP APIs there; may be repeated. Without it on\n"          \
    "                        loopback, at the number of the UDP port\n"                            \
    "      --http-allow IP/BITS  administration from there too; may be repeated\n"                 \
    "      --no-http         no HTTP by TCP, only at DIR/control.sock\n"                           \
    "  -v, --verbose         log every packet\n"                                                   \
    "  -j, --json            print the line that says `ready` as JSON\n"

static const struct zt_command root_command = {
    "root", "-H DIR [-p PORT] [-e IP/PORT]... [-b IP]...",
    "Runs a root server. Its identity is made on the first start. DIR/planet names this\n"
    "root: give the file to every node. DIR/planet.key signs later changes of it.\n" COMMON_HELP
    "      --planet FILE     use this planet instead, which must name this root\n"
};

static const struct zt_command controller_command = {
    "controller", "-H DIR [-p PORT] [--planet FILE] [--root] [--store STORE]",
    "Hosts networks, whose records are kept in DIR/controller.db.\n"
    "Tools for such records, each with its own --help:\n"
    "  backup       all of one moment, into a file\n"
    "  restore      all from such a file, in place of what is there\n"
    "  export       a folder of JSON files\n"
    "  import       such files, also of another controller\n"
    "  copy         from one store to another\n"
    "Options:\n" COMMON_HELP
    "      --planet FILE     the planet to use, unless DIR/planet is a later\n"
    "                        revision of it; without it DIR/planet\n"
    "      --root            be a root too, named by DIR/planet\n"
    "      --store STORE     keep records there: sqlite:PATH, postgres:URI, or memory (lost at\n"
    "                        the end). PostgreSQL may be shared by several controllers\n"
    "      --memory          the same as --store memory\n"
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

static int read_http(struct zt_server_options *options, const struct zt_texts *listen,
                     const struct zt_texts *allow)
{
    const struct zt_command *command = options->command;

    if (options->no_http && listen->count + allow->count > 0)
        return zt_complain(command, ZT_EXIT_USAGE, "--no-http excludes --http and --http-allow");
    for (size_t i = 0; i < listen->count; i++)
        if (i >= ZT_MAX_HTTP_LISTEN || !zt_http_address_read(&options->http[i], listen->values[i]))
            return zt_complain(command, ZT_EXIT_USAGE, "--http: %s is not IP:PORT, or one too many",
                               listen->values[i]);
    for (size_t i = 0; i < allow->count; i++)
        if (i >= ZT_MAX_HTTP_PREFIXES ||
            !zt_http_network_read(&options->http_allow[i], allow->values[i]))
            return zt_complain(command, ZT_EXIT_USAGE,
                               "--http-allow: %s is not IP/BITS, or one too many",
                               allow->values[i]);
    options->http_count = listen->count;
    options->http_allow_count = allow->count;
    return ZT_GO_ON;
}

static void append(struct zt_option *table, size_t *known, const struct zt_option *more,
                   size_t count)
{
    for (size_t i = 0; i < count; i++)
        table[(*known)++] = more[i];
}

/* local.conf has the second word: what the command line names is not taken from there. */
static int read_port(struct zt_server_options *options, const char *text)
{
    const struct zt_command *command = options->command;
    struct zt_local_conf *conf = &options->conf;
    uint64_t port = 9993;
    char error[ZT_HOME_TEXT];

    if (text && !zt_args_number(&port, text, options->is_root ? 1 : 0, UINT16_MAX))
        return zt_complain(command, ZT_EXIT_USAGE, "--port: %s is not a port", text);
    if (!zt_local_conf_read(conf, options->home, error, sizeof error))
        return zt_complain(command, ZT_EXIT_FAILED, "%s", error);
    if (!text && conf->has_port && conf->port == 0 && options->is_root)
        return zt_complain(command, ZT_EXIT_FAILED,
                           "local.conf: settings.primaryPort: a root needs a port that stays");
    options->port = !text && conf->has_port ? conf->port : (uint16_t)port;
    if (options->bind_count == 0) {
        memcpy(options->bind, conf->bind, conf->bind_count * sizeof *conf->bind);
        options->bind_count = conf->bind_count;
    }
    return ZT_GO_ON;
}

int zt_server_read(struct zt_server_options *options, const struct zt_option *own, size_t own_count,
                   int count, char **arguments)
{
    const struct zt_command *command = options->command;
    struct zt_texts endpoints = { 0 }, binds = { 0 }, http = { 0 }, allow = { 0 }, positional;
    const char *port_text = NULL;
    bool in_memory = false;
    const struct zt_option common[] = {
        { "--home", "-H", ZT_OPTION_NAME, &options->home },
        { "--port", "-p", ZT_OPTION_TEXT, &port_text },
        { "--endpoint", "-e", ZT_OPTION_LIST, &endpoints },
        { "--bind", "-b", ZT_OPTION_LIST, &binds },
        { "--http", NULL, ZT_OPTION_LIST, &http },
        { "--http-allow", NULL, ZT_OPTION_LIST, &allow },
        { "--no-http", NULL, ZT_OPTION_FLAG, &options->no_http },
        { "--allow-loopback", NULL, ZT_OPTION_FLAG, &options->allow_loopback },
        { "--verbose", "-v", ZT_OPTION_FLAG, &options->is_verbose },
        { "--json", "-j", ZT_OPTION_FLAG, &options->as_json },
        { "--planet", NULL, ZT_OPTION_NAME, &options->planet_file },
    };
    const struct zt_option controllers[] = {
        { "--root", NULL, ZT_OPTION_FLAG, &options->is_root },
        { "--memory", NULL, ZT_OPTION_FLAG, &in_memory },
        { "--store", NULL, ZT_OPTION_NAME, &options->store },
    };
    struct zt_option table[32];
    size_t known = 0;
    int code;

    append(table, &known, common, sizeof common / sizeof common[0]);
    if (options->is_controller)
        append(table, &known, controllers, sizeof controllers / sizeof controllers[0]);
    append(table, &known, own, own_count);
    code = zt_args_read(command, count, arguments, table, known, &positional);
    if (code != ZT_GO_ON)
        return code;
    if (positional.count > 0)
        return zt_complain(command, ZT_EXIT_USAGE, "unexpected %s", positional.values[0]);
    if (!options->home)
        return zt_complain(command, ZT_EXIT_USAGE, "--home DIR is missing");
    if (in_memory && options->store)
        return zt_complain(command, ZT_EXIT_USAGE, "--memory and --store exclude each other");
    if (in_memory)
        options->store = "memory";
    code = read_http(options, &http, &allow);
    if (code == ZT_GO_ON)
        code = read_endpoints(command, "--bind", &binds, 0, false, options->bind,
                              &options->bind_count);
    if (code == ZT_GO_ON)
        code = read_port(options, port_text);
    if (code != ZT_GO_ON)
        return code;
    return read_endpoints(command, "--endpoint", &endpoints, options->port, true,
                          options->endpoints, &options->endpoint_count);
}

void zt_server_options_clear(struct zt_server_options *options)
{
    zt_local_conf_clear(&options->conf);
}

static int run(struct zt_server_options *options, int count, char **arguments)
{
    int code = zt_server_read(options, NULL, 0, count, arguments);

    code = code == ZT_GO_ON ? zt_server_run(options) : code;
    zt_server_options_clear(options);
    return code;
}

int zt_command_root(int count, char **arguments)
{
    struct zt_server_options options = { .command = &root_command, .is_root = true };

    return run(&options, count, arguments);
}

static const struct zt_subcommand tools[] = {
    { "backup", "write all records to a file", zt_command_backup },
    { "restore", "replace all records by those of a file", zt_command_restore },
    { "export", "write all records as JSON files", zt_command_export },
    { "import", "read JSON files as records", zt_command_import },
    { "copy", "copy all records to another store", zt_command_copy },
};

int zt_command_controller(int count, char **arguments)
{
    struct zt_server_options options = { .command = &controller_command, .is_controller = true };

    for (size_t i = 0; count > 0 && i < sizeof tools / sizeof tools[0]; i++)
        if (strcmp(arguments[0], tools[i].name) == 0)
            return tools[i].run(count - 1, arguments + 1);
    return run(&options, count, arguments);
}
