/* SPDX-License-Identifier: Apache-2.0 */
/* `zt moon`: moons planned, signed and shown; and orbited by a running node. docs/wire.md 5.4. */
#include "base/text.h"
#include "cmd/ask.h"
#include "cmd/commands.h"
#include "cmd/world_file.h"
#include "crypto/wipe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct zt_command new_command = {
    "moon new", "[-o FILE] IDENTITY[=IP/PORT,...]...",
    "Plans a moon of these roots, one to four: prints JSON with a fresh pair of keys. The moon\n"
    "bears the address of the first root. Each IDENTITY is a file or the text itself.\n"
    "  -o, --output FILE  write the plan there (mode 0600); it is needed for later revisions\n"
};
static const struct zt_command show_command = { "moon show", "[-j] FILE",
                                                "Prints what a moon or planet file says.\n" };
static const struct zt_command sign_command = {
    "moon sign", "[-o FILE] PLAN",
    "Dates and signs a plan. The result belongs into moons.d of each of its roots, and of nodes\n"
    "that shall use it; other nodes can orbit it.\n"
    "  -o, --output FILE  the moon; its id and .moon unless given\n"
};
static const struct zt_command list_command = {
    "moon list", "-H DIR [-j]", "Lists the moons that a running node orbits.\n" ZT_ASK_HELP
};
static const struct zt_command orbit_command = {
    "moon orbit", "-H DIR ID SEED",
    "Has a running node use a moon. SEED is the address of any of its roots.\n" ZT_ASK_HELP
};
static const struct zt_command deorbit_command = {
    "moon deorbit", "-H DIR ID", "Has a running node forget a moon.\n" ZT_ASK_HELP
};

static int write_plan(const struct zt_world_plan *plan, const char *path, char error[ZT_HOME_TEXT])
{
    json_t *json = zt_world_plan_json(plan);
    char *text = json_dumps(json, JSON_INDENT(1) | JSON_SORT_KEYS);
    int code;

    json_decref(json);
    if (!text) {
        zt_format(error, ZT_HOME_TEXT, "out of memory");
        return -1;
    }
    code = zt_home_write(path, text, strlen(text), ZT_FILE_SECRET, error);
    zt_wipe(text, strlen(text));
    free(text);
    return code;
}

static int run_new(int count, char **arguments)
{
    static struct zt_world_plan plan;
    const char *output = NULL;
    const struct zt_option options[] = { { "--output", "-o", ZT_OPTION_NAME, &output } };
    char error[ZT_HOME_TEXT];
    struct zt_texts words;
    int code = zt_args_read(&new_command, count, arguments, options, 1, &words);

    if (code != ZT_GO_ON)
        return code;
    if (words.count < 1 || words.count > ZT_MAX_ROOTS)
        return zt_complain(&new_command, ZT_EXIT_USAGE, "one to %d roots are needed", ZT_MAX_ROOTS);
    code = zt_world_plan_new(&plan, words.values, words.count, error);
    if (code == 0 && output)
        code = write_plan(&plan, output, error);
    else if (code == 0)
        zt_print_json(zt_world_plan_json(&plan));
    zt_wipe(&plan.secret, sizeof plan.secret);
    return code == 0 ? ZT_EXIT_OK : zt_complain(&new_command, ZT_EXIT_FAILED, "%s", error);
}

static int run_show(int count, char **arguments)
{
    return zt_world_file_show(&show_command, count, arguments);
}

static int run_sign(int count, char **arguments)
{
    return zt_world_file_sign(&sign_command, ZT_WORLD_MOON, count, arguments);
}

static void print_moon(const json_t *moon)
{
    bool is_waiting = json_is_true(json_object_get(moon, "waiting"));

    (void)printf("%s ", json_string_value(json_object_get(moon, "id")));
    if (is_waiting)
        (void)puts("waiting for its seed");
    else
        (void)printf("revision %" PRId64 ", %zu roots\n",
                     (int64_t)json_integer_value(json_object_get(moon, "timestamp")),
                     json_array_size(json_object_get(moon, "roots")));
}

static int run_list(int count, char **arguments)
{
    struct zt_ask ask = { .command = &list_command };
    const struct zt_option options[] = { ZT_ASK_OPTIONS(&ask) };
    struct zt_texts words;
    int code = zt_ask_read(&ask, count, arguments, options, 2, 0, 0, &words);
    json_t *moons;

    if (code != ZT_GO_ON)
        return code;
    moons = zt_ask(&ask, "GET", "/moon", NULL);
    if (!moons)
        return ZT_EXIT_FAILED;
    if (ask.as_json) {
        zt_print_json(moons);
        return ZT_EXIT_OK;
    }
    for (size_t i = 0; i < json_array_size(moons); i++)
        print_moon(json_array_get(moons, i));
    json_decref(moons);
    return ZT_EXIT_OK;
}

/* "/moon/<10 digits>", or 16 for an id that is no address. */
static bool moon_path(char *path, size_t size, const struct zt_command *command, const char *text)
{
    size_t digits = strlen(text);
    uint64_t id;

    if ((digits == 10 || digits == 16) && zt_hex_number(&id, text, (unsigned)digits) && id != 0) {
        zt_format(path, size, "/moon/%s", text);
        return true;
    }
    (void)zt_complain(command, ZT_EXIT_USAGE, "%s is not a moon's id", text);
    return false;
}

static int ask_moon(struct zt_ask *ask, const char *method, const char *path, json_t *body)
{
    json_t *answer = zt_ask(ask, method, path, body);

    if (!answer)
        return ZT_EXIT_FAILED;
    if (ask->as_json)
        zt_print_json(answer);
    else
        json_decref(answer);
    return ZT_EXIT_OK;
}

static int run_orbit(int count, char **arguments)
{
    struct zt_ask ask = { .command = &orbit_command };
    const struct zt_option options[] = { ZT_ASK_OPTIONS(&ask) };
    struct zt_texts words;
    char path[32];
    uint64_t seed;
    int code = zt_ask_read(&ask, count, arguments, options, 2, 2, 2, &words);

    if (code != ZT_GO_ON)
        return code;
    if (!moon_path(path, sizeof path, &orbit_command, words.values[0]))
        return ZT_EXIT_USAGE;
    if (strlen(words.values[1]) != 10 || !zt_hex_number(&seed, words.values[1], 10) || seed == 0)
        return zt_complain(&orbit_command, ZT_EXIT_USAGE, "%s is not an address", words.values[1]);
    return ask_moon(&ask, "POST", path, json_pack("{s:s}", "seed", words.values[1]));
}

static int run_deorbit(int count, char **arguments)
{
    struct zt_ask ask = { .command = &deorbit_command };
    const struct zt_option options[] = { ZT_ASK_OPTIONS(&ask) };
    struct zt_texts words;
    char path[32];
    int code = zt_ask_read(&ask, count, arguments, options, 2, 1, 1, &words);

    if (code != ZT_GO_ON)
        return code;
    if (!moon_path(path, sizeof path, &deorbit_command, words.values[0]))
        return ZT_EXIT_USAGE;
    return ask_moon(&ask, "DELETE", path, NULL);
}

static const struct zt_subcommand subcommands[] = {
    { "new", "plan a moon", run_new },
    { "sign", "make the moon of a plan", run_sign },
    { "show", "print what a moon file says", run_show },
    { "list", "list the moons a running node orbits", run_list },
    { "orbit", "have a running node use one", run_orbit },
    { "deorbit", "have it forget one", run_deorbit },
};

int zt_command_moon(int count, char **arguments)
{
    return zt_run_subcommand("moon", subcommands, sizeof subcommands / sizeof subcommands[0], count,
                             arguments);
}
