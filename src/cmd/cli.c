/* SPDX-License-Identifier: Apache-2.0 */
/* The client of a running service under its classic name, with its classic output, on which scripts
   depend. docs/wire.md 22.3. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/cli.h"

#include "base/text.h"
#include "cmd/args.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "crypto/wipe.h"
#include "vl1/wire.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_HOME "/var/lib/zerotier-one"
#define PATH_TEXT 256

struct command {
    const char *name;
    const char *arguments;
    int words; /* at least, with the name */
    int (*run)(struct zt_cli *cli, int count, char **words);
};

json_t *zt_cli_ask(struct zt_cli *cli, const char *command, const char *method, const char *path,
                   const char *body)
{
    char error[256];
    int status;
    json_t *json;

    free(cli->text);
    status = zt_http_ask(&cli->place, method, path, body, &cli->text, error, sizeof error);
    if (status == 0) {
        (void)fprintf(stderr, "Error connecting to the ZeroTier service: %s\n", error);
        return NULL;
    }
    if (status != 200) {
        (void)printf("%d %s %s\n", status, command, cli->text);
        return NULL;
    }
    json = json_loads(cli->text, JSON_DECODE_ANY, NULL);
    if (!json)
        (void)printf("%d %s invalid JSON response\n", status, command);
    return json;
}

void zt_cli_print(const json_t *json)
{
    (void)json_dumpf(json, stdout, JSON_INDENT(1) | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    (void)putchar('\n');
}

const char *zt_cli_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "-";
}

/* Asks, and says "200 <command> OK", or with -j what was answered. */
static int tell(struct zt_cli *cli, const char *command, const char *method, const char *path,
                const char *body, bool may_json)
{
    json_t *answer = zt_cli_ask(cli, command, method, path, body);

    if (!answer)
        return ZT_CLI_FAILED;
    json_decref(answer);
    if (cli->as_json && may_json)
        (void)printf("%s", cli->text);
    else
        (void)printf("200 %s OK\n", command);
    return ZT_CLI_OK;
}

/* "/network/<nwid>"; false: reported. */
static bool network_path(char path[PATH_TEXT], const char *nwid)
{
    uint64_t number;

    if (strlen(nwid) != 16 || !zt_hex_number(&number, nwid, 16)) {
        (void)fprintf(stderr, "invalid network id\n");
        return false;
    }
    zt_format(path, PATH_TEXT, "/network/%s", nwid);
    return true;
}

static int run_join(struct zt_cli *cli, int count, char **words)
{
    char path[PATH_TEXT];

    (void)count;
    if (!network_path(path, words[1]))
        return ZT_CLI_USAGE;
    return tell(cli, "join", "POST", path, "{}", true);
}

static int run_leave(struct zt_cli *cli, int count, char **words)
{
    char path[PATH_TEXT];

    (void)count;
    if (!network_path(path, words[1]))
        return ZT_CLI_USAGE;
    return tell(cli, "leave", "DELETE", path, NULL, true);
}

/* The world id is the address of the first root, in 10 digits; longer forms have leading zeros. */
static bool moon_path(char path[PATH_TEXT], const char *text)
{
    size_t digits = strlen(text);
    uint64_t id;

    if (digits == 0 || digits > 16 || !zt_hex_number(&id, text, (unsigned)digits)) {
        (void)fprintf(stderr, "invalid world id\n");
        return false;
    }
    if (id >> 40 == 0)
        zt_format(path, PATH_TEXT, "/moon/%010llx", (unsigned long long)id);
    else
        zt_format(path, PATH_TEXT, "/moon/%016llx", (unsigned long long)id);
    return true;
}

static int run_orbit(struct zt_cli *cli, int count, char **words)
{
    char path[PATH_TEXT], body[64];
    uint64_t seed;

    (void)count;
    if (!moon_path(path, words[1]))
        return ZT_CLI_USAGE;
    if (strlen(words[2]) != 10 || !zt_hex_number(&seed, words[2], 10)) {
        (void)fprintf(stderr, "invalid address of a seed\n");
        return ZT_CLI_USAGE;
    }
    zt_format(body, sizeof body, "{\"seed\":\"%s\"}", words[2]);
    return tell(cli, "orbit", "POST", path, body, false);
}

static int run_deorbit(struct zt_cli *cli, int count, char **words)
{
    char path[PATH_TEXT];

    (void)count;
    if (!moon_path(path, words[1]))
        return ZT_CLI_USAGE;
    return tell(cli, "deorbit", "DELETE", path, NULL, true);
}

static int run_listmoons(struct zt_cli *cli, int count, char **words)
{
    json_t *moons = zt_cli_ask(cli, "listmoons", "GET", "/moon", NULL);

    (void)count;
    (void)words;
    if (!moons)
        return ZT_CLI_FAILED;
    zt_cli_print(moons);
    json_decref(moons);
    return ZT_CLI_OK;
}

/* "<name>=<value>"; a name that is none of a network's settings does nothing. */
static int run_set(struct zt_cli *cli, int count, char **words)
{
    static const char *const names[] = { "allowManaged", "allowGlobal", "allowDefault",
                                         "allowDNS" };
    const char *divider = strchr(words[2], '=');
    size_t length = divider ? (size_t)(divider - words[2]) : 0;
    char path[PATH_TEXT], body[64];
    json_t *network;

    (void)count;
    if (!network_path(path, words[1]))
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

/* A path of the API itself. */
static int run_raw(struct zt_cli *cli, const char *path)
{
    char error[256];
    int status = zt_http_ask(&cli->place, "GET", path, NULL, &cli->text, error, sizeof error);

    if (status == 0) {
        (void)fprintf(stderr, "Error connecting to the ZeroTier service: %s\n", error);
        return ZT_CLI_FAILED;
    }
    if (status == 200)
        (void)printf("%s\n", cli->text);
    else
        (void)printf("%d %s %s\n", status, path, cli->text);
    return status == 200 ? ZT_CLI_OK : ZT_CLI_FAILED;
}

static const struct command commands[] = {
    { "info", "", 1, zt_cli_info },
    { "status", "", 1, zt_cli_info },
    { "listpeers", "", 1, zt_cli_listpeers },
    { "peers", "", 1, zt_cli_peers },
    { "listnetworks", "", 1, zt_cli_listnetworks },
    { "join", "<network>", 2, run_join },
    { "leave", "<network>", 2, run_leave },
    { "set", "<network> <setting>=<true|false>", 3, run_set },
    { "get", "<network> <property>", 3, zt_cli_get },
    { "listmoons", "", 1, run_listmoons },
    { "orbit", "<world id> <seed>", 3, run_orbit },
    { "deorbit", "<world id>", 2, run_deorbit },
};

static void print_help(FILE *to)
{
    (void)fputs("usage: zerotier-cli [-switches] <command> [<arguments>]\n"
                "  -h         this help\n"
                "  -v         version\n"
                "  -j         JSON, as the service answers\n"
                "  -D<dir>    home directory of the service\n"
                "  -p<port>   its HTTP port; default: zerotier-one.port in the home directory\n"
                "  -T<token>  authentication token; default: authtoken.secret there\n"
                "  -H<host>   where it runs; default: 127.0.0.1\n"
                "commands:\n",
                to);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        (void)fprintf(to, "  %-12s %s\n", commands[i].name, commands[i].arguments);
    (void)fputs("  /<path>      a GET of the API itself\n", to);
}

/* The first word of a small file, cut to fit. */
static bool read_word(char *out, size_t size, const char *folder, const char *name)
{
    char path[ZT_HOME_TEXT], error[ZT_HOME_TEXT];
    uint8_t *bytes;
    size_t length, at = 0, end;

    zt_format(path, sizeof path, "%.400s/%s", folder, name);
    if (zt_home_read(path, 4096, &bytes, &length, error) != 0)
        return false;
    while (at < length && isspace(bytes[at]))
        at++;
    for (end = at; end < length && !isspace(bytes[end]);)
        end++;
    zt_format(out, size, "%.*s", (int)(end - at), (const char *)bytes + at);
    zt_wipe(bytes, length);
    free(bytes);
    return *out != 0;
}

static bool find_port(struct zt_cli *cli)
{
    uint64_t port;
    char text[16];

    if (cli->place.port)
        return true;
    if (read_word(text, sizeof text, cli->home, "zerotier-one.port") &&
        zt_args_number(&port, text, 1, 65535)) {
        cli->place.port = (unsigned)port;
        return true;
    }
    (void)fprintf(stderr, "zerotier-cli: missing port and zerotier-one.port not found in %s\n",
                  cli->home);
    return false;
}

static bool find_token(struct zt_cli *cli)
{
    const char *user = getenv("HOME");

    if (cli->place.token)
        return true;
    cli->place.token = cli->token;
    if (read_word(cli->token, sizeof cli->token, cli->home, "authtoken.secret") ||
        (user && read_word(cli->token, sizeof cli->token, user, ".zeroTierOneAuthToken")))
        return true;
    (void)fprintf(stderr,
                  "zerotier-cli: authtoken.secret not found or not readable in %s "
                  "(try again as its owner)\n",
                  cli->home);
    return false;
}

/* One switch; ZT_GO_ON, or the exit code. */
static int read_switch(struct zt_cli *cli, const char *text)
{
    const char *value = text + 2;
    uint64_t port;

    if (text[1] == 'j' && !*value)
        cli->as_json = true;
    else if (text[1] == 'D' && *value)
        cli->home = value;
    else if (text[1] == 'p' && zt_args_number(&port, value, 1, 65535))
        cli->place.port = (unsigned)port;
    else if (text[1] == 'T' && *value)
        cli->place.token = value;
    else if (text[1] == 'H' && *value)
        cli->place.host = value;
    else if (text[1] == 'v' && !*value) {
        (void)printf("%d.%d.%d\n", ZT_VERSION_MAJOR, ZT_VERSION_MINOR, ZT_VERSION_REVISION);
        return ZT_CLI_OK;
    } else {
        bool is_help = strcmp(text, "-h") == 0 || strcmp(text, "--help") == 0;
        if (!is_help)
            (void)fprintf(
                stderr, "zerotier-cli: %s: not a switch, or its value is missing or wrong\n", text);
        print_help(is_help ? stdout : stderr);
        return is_help ? ZT_CLI_OK : ZT_CLI_USAGE;
    }
    return ZT_GO_ON;
}

static int run(struct zt_cli *cli, int count, char **words)
{
    if (!find_port(cli) || !find_token(cli))
        return ZT_CLI_USAGE;
    if (words[0][0] == '/')
        return run_raw(cli, words[0]);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, words[0]) != 0)
            continue;
        if (count >= commands[i].words)
            return commands[i].run(cli, count, words);
        (void)fprintf(stderr, "zerotier-cli: %s: an argument is missing\n", words[0]);
        print_help(stderr);
        return ZT_CLI_USAGE;
    }
    (void)fprintf(stderr, "zerotier-cli: unknown command %s\n", words[0]);
    print_help(stderr); /* and no failure: so it always was */
    return ZT_CLI_OK;
}

int zt_command_cli(int count, char **arguments)
{
    const char *home = getenv("ZEROTIER_HOME");
    struct zt_cli cli = { .home = home ? home : DEFAULT_HOME, .place.host = "127.0.0.1" };
    int at = 0, code = ZT_GO_ON;

    for (; at < count && arguments[at][0] == '-' && code == ZT_GO_ON; at++)
        code = read_switch(&cli, arguments[at]);
    if (code != ZT_GO_ON)
        return code;
    if (at == count) {
        (void)fputs("zerotier-cli: a command is missing\n", stderr);
        print_help(stderr);
        return ZT_CLI_USAGE;
    }
    code = run(&cli, count - at, arguments + at);
    free(cli.text);
    zt_wipe(cli.token, sizeof cli.token);
    return code;
}
