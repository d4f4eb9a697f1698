/* SPDX-License-Identifier: Apache-2.0 */
/* The client of a running service under its classic name, with its classic output, on which scripts
   depend. docs/wire.md 22.3. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/cli.h"

#include "base/endpoint.h"
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
#define MOST_WORD 200 /* of a token, a host's name */

struct command {
    const char *name;
    const char *arguments;
    int least, most; /* words, with the name */
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

    return text && *text ? text : "-";
}

int64_t zt_cli_number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

bool zt_cli_is_set(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

void zt_cli_put(const char *text)
{
    for (const char *at = text ? text : "-"; *at; at++) {
        bool is_c1 = at[0] == '\xc2' && (unsigned char)at[1] >= 0x80 && (unsigned char)at[1] < 0xa0;

        if (is_c1)
            at++;
        (void)putchar(is_c1 || iscntrl((unsigned char)*at) ? '?' : *at);
    }
}

int zt_cli_tell(struct zt_cli *cli, const char *command, const char *method, const char *path,
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

/* A path of the API itself. */
static int run_raw(struct zt_cli *cli, const char *path)
{
    char error[256];
    int status;

    for (const char *at = path; *at; at++)
        if (!isgraph((unsigned char)*at)) {
            (void)fputs("zerotier-cli: not a path: a blank, for instance, is written %20\n",
                        stderr);
            return ZT_CLI_USAGE;
        }
    status = zt_http_ask(&cli->place, "GET", path, NULL, &cli->text, error, sizeof error);
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
    { "info", "", 1, 1, zt_cli_info },
    { "status", "", 1, 1, zt_cli_info },
    { "listpeers", "", 1, 1, zt_cli_listpeers },
    { "peers", "", 1, 1, zt_cli_peers },
    { "listnetworks", "", 1, 1, zt_cli_listnetworks },
    { "join", "<network>", 2, 2, zt_cli_join },
    { "leave", "<network>", 2, 2, zt_cli_leave },
    { "set", "<network> <setting>=<true|false>", 3, 3, zt_cli_set },
    { "get", "<network> <property>", 3, 3, zt_cli_get },
    { "listmoons", "", 1, 1, zt_cli_listmoons },
    { "orbit", "<world id> <seed>", 3, 3, zt_cli_orbit },
    { "deorbit", "<world id>", 2, 2, zt_cli_deorbit },
    { "listbonds", "", 1, 1, zt_cli_listbonds },
    { "bond", "list | <address> show | <address> rotate | setmtu <mtu> <interface> <ip>", 2, 5,
      zt_cli_bond },
    { "dump", "", 1, 1, zt_cli_dump },
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
        (void)fprintf(to, "  %-*s%s%s\n", *commands[i].arguments ? 12 : 0, commands[i].name,
                      *commands[i].arguments ? " " : "", commands[i].arguments);
    (void)fputs("  /<path>      a GET of the API itself\n", to);
}

/* The first word of a small file, of which a longer one is none. */
static bool read_word(char *out, size_t size, const char *folder, const char *name)
{
    char path[ZT_HOME_TEXT], error[ZT_HOME_TEXT];
    uint8_t *bytes;
    size_t length, at = 0, end;

    zt_format(path, sizeof path, "%.400s/%s", folder, name);
    if (!zt_home_is_plain(path, error) || zt_home_read(path, 4096, &bytes, &length, error) != 0)
        return false;
    while (at < length && isspace(bytes[at]))
        at++;
    for (end = at; end < length && !isspace(bytes[end]);)
        end++;
    zt_format(out, size, "%.*s", (int)(end - at), (const char *)bytes + at);
    zt_wipe(bytes, length);
    free(bytes);
    return *out != 0 && end - at < size;
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
    zt_format(cli->missing, sizeof cli->missing,
              "missing port and zerotier-one.port not found or not readable in %.380s "
              "(try again as its owner)",
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
    if (!*cli->missing)
        zt_format(cli->missing, sizeof cli->missing,
                  "authtoken.secret not found or not readable in %.380s (try again as its owner)",
                  cli->home);
    return false;
}

/* What goes into a line of HTTP as it is. */
static bool is_printable(const char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length; i++)
        if (!isgraph((unsigned char)text[i]))
            return false;
    return length > 0 && length < MOST_WORD;
}

/* A name, or an address without port and brackets. */
static bool is_host(const char *text)
{
    struct zt_endpoint ip;
    bool is_name = is_printable(text);

    for (const char *at = text; *at; at++)
        is_name = is_name && (isalnum((unsigned char)*at) || strchr("-._", *at));
    return is_name || (!strchr(text, '/') && zt_endpoint_parse(&ip, text, 0));
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
    else if (text[1] == 'T' && is_printable(value))
        cli->place.token = value;
    else if (text[1] == 'H' && is_host(value))
        cli->place.host = value;
    else if (text[1] == 'v' && !*value) {
        (void)printf("%d.%d.%d\n", ZT_VERSION_MAJOR, ZT_VERSION_MINOR, ZT_VERSION_REVISION);
        return ZT_CLI_OK;
    } else {
        bool is_help = strcmp(text, "-h") == 0 || strcmp(text, "--help") == 0;
        if (!is_help)
            (void)fprintf(stderr,
                          "zerotier-cli: %.*s: not a switch, or its value is missing or wrong\n",
                          text[1] == 'T' ? 2 : (int)strlen(text), text); /* no token */
        print_help(is_help ? stdout : stderr);
        return is_help ? ZT_CLI_OK : ZT_CLI_USAGE;
    }
    return ZT_GO_ON;
}

static int run_command(struct zt_cli *cli, const struct command *command, int count, char **words)
{
    if (count < command->least) {
        (void)fprintf(stderr, "zerotier-cli: %s: an argument is missing\n", words[0]);
        print_help(stderr);
        return ZT_CLI_USAGE;
    }
    if (count > command->most)
        (void)fprintf(stderr, "zerotier-cli: %s: %s: one word too many, left aside\n", words[0],
                      words[command->most]);
    return command->run(cli, count, words);
}

static int run(struct zt_cli *cli, int count, char **words)
{
    bool has_port = find_port(cli), has_token = find_token(cli);

    if ((!has_port || !has_token) && strcmp(words[0], "dump") != 0) {
        (void)fprintf(stderr, "zerotier-cli: %s\n", cli->missing);
        return ZT_CLI_USAGE;
    }
    if (words[0][0] == '/')
        return run_raw(cli, words[0]);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, words[0]) == 0)
            return run_command(cli, &commands[i], count, words);
    (void)fprintf(stderr, "zerotier-cli: unknown command %s\n", words[0]);
    print_help(stderr); /* and no failure: so it always was */
    return ZT_CLI_OK;
}

/* Takes the switches, wherever they stand, out of the words. ZT_GO_ON, or the exit code. */
static int read_switches(struct zt_cli *cli, int *count, char **words)
{
    int code = ZT_GO_ON, kept = 0;

    for (int at = 0; at < *count && code == ZT_GO_ON; at++) {
        if (words[at][0] == '-')
            code = read_switch(cli, words[at]);
        else
            words[kept++] = words[at];
    }
    *count = kept;
    return code;
}

int zt_command_cli(int count, char **arguments)
{
    const char *home = getenv("ZEROTIER_HOME");
    struct zt_cli cli = { .home = home && *home ? home : DEFAULT_HOME, .place.host = "127.0.0.1" };
    int code = read_switches(&cli, &count, arguments);

    if (code == ZT_GO_ON && count == 0) {
        (void)fputs("zerotier-cli: a command is missing\n", stderr);
        print_help(stderr);
        code = ZT_CLI_USAGE;
    }
    if (code == ZT_GO_ON)
        code = run(&cli, count, arguments);
    free(cli.text);
    zt_wipe(cli.token, sizeof cli.token);
    return code;
}
