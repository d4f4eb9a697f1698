/* SPDX-License-Identifier: Apache-2.0 */
/* The program zt: roots, controllers and their administration, as subcommands. */
#include "cmd/args.h"
#include "cmd/commands.h"
#include "vl1/wire.h"

#include <stdio.h>
#include <string.h>

static const struct zt_subcommand commands[] = {
    { "up", "run all that a network of your own needs", zt_command_up },
    { "join", "make this machine's programs members of a network", zt_command_join },
    { "id", "make and use identities", zt_command_id },
    { "planet", "make, sign and show planet files", zt_command_planet },
    { "moon", "plan, sign and show moons; orbit them", zt_command_moon },
    { "root", "run a root server", zt_command_root },
    { "controller", "run a network controller", zt_command_controller },
    { "network", "administer the networks of a running controller", zt_command_network },
    { "member", "administer their members", zt_command_member },
    { "rules", "compile, explain and try the rules of networks", zt_command_rules },
    { "doctor", "say why a node is offline, relayed or slow", zt_command_doctor },
    { "status", "show the state of a running root or controller", zt_command_status },
};

static void print_list(FILE *to, const char *prefix, const struct zt_subcommand *table,
                       unsigned long length)
{
    (void)fprintf(to, "usage: zt %s%sCOMMAND [OPTION...]\n", prefix, *prefix ? " " : "");
    for (unsigned long i = 0; i < length; i++)
        (void)fprintf(to, "  %-12s %s\n", table[i].name, table[i].summary);
    (void)fprintf(to, "`zt %s%sCOMMAND --help` tells more.\n", prefix, *prefix ? " " : "");
}

int zt_run_subcommand(const char *prefix, const struct zt_subcommand *table, unsigned long length,
                      int count, char **arguments)
{
    const char *name = count > 0 ? arguments[0] : "";

    for (unsigned long i = 0; i < length; i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].run(count - 1, arguments + 1);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_list(stdout, prefix, table, length);
        return ZT_EXIT_OK;
    }
    if (*name)
        (void)fprintf(stderr, "zt%s%s: unknown command %s\n", *prefix ? " " : "", prefix, name);
    print_list(stderr, prefix, table, length);
    return ZT_EXIT_USAGE;
}

/* The classic tool that this name, or this first switch, asks for; NULL: none. */
static int (*classic_tool(const char *name))(int count, char **arguments)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;

    if (strcmp(base, "zerotier-idtool") == 0 || strcmp(name, "-i") == 0)
        return zt_command_idtool;
    if (strcmp(base, "zerotier-cli") == 0 || strcmp(name, "-q") == 0)
        return zt_command_cli;
    return NULL;
}

/* Scripts keep what such a tool prints, an identity for instance: what could not be written is not done. */
static int run_classic(int (*tool)(int, char **), int count, char **arguments)
{
    int code = tool(count, arguments);

    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    (void)fputs("zt: standard output can't be written\n", stderr);
    return code == ZT_EXIT_OK ? ZT_EXIT_FAILED : code;
}

int main(int count, char **arguments)
{
    int (*tool)(int, char **) = count > 0 ? classic_tool(arguments[0]) : NULL;

    if (tool)
        return run_classic(tool, count - 1, arguments + 1);
    tool = count > 1 ? classic_tool(arguments[1]) : NULL;
    if (tool)
        return run_classic(tool, count - 2, arguments + 2);
    if (count == 2 && strcmp(arguments[1], "--version") == 0) {
        (void)printf("zt %d.%d.%d\n", ZT_VERSION_MAJOR, ZT_VERSION_MINOR, ZT_VERSION_REVISION);
        return ZT_EXIT_OK;
    }
    return zt_run_subcommand("", commands, sizeof commands / sizeof commands[0], count - 1,
                             arguments + 1);
}
