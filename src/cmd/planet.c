/* SPDX-License-Identifier: Apache-2.0 */
/* `zt planet`: planet files made, brought up to date, signed and shown. */
#include "cmd/commands.h"
#include "cmd/world_file.h"

#include <stdlib.h>
#include <string.h>

#define ROOTS_SYNOPSIS "-o FILE [--id N] IDENTITY_FILE=IP/PORT[,IP/PORT...]..."

static const struct zt_command new_command = {
    "planet new", ROOTS_SYNOPSIS,
    "Makes a planet of these roots, at most four.\n"
    "  -o, --output FILE  the planet; FILE.key keeps the key that signs later revisions\n"
    "      --id N         world id, decimal; a random one unless given\n"
    "  -j, --json         print the result as JSON\n"
};
static const struct zt_command update_command = {
    "planet update", "-o FILE [-j] IDENTITY_FILE=IP/PORT[,IP/PORT...]...",
    "Makes a later revision of the planet in FILE, with these roots, signed by FILE.key.\n"
    "Nodes that have the planet take the revision from any of its roots.\n"
    "  -o, --output FILE  the planet\n"
    "  -j, --json         print the result as JSON\n"
};
static const struct zt_command show_command = { "planet show", "[-j] FILE",
                                                "Prints what a planet or moon file says.\n" };
static const struct zt_command sign_command = {
    "planet sign", "[-o FILE] PLAN",
    "Signs a plan: JSON as `zt moon new` prints it, with \"worldType\": \"planet\".\n"
    "  -o, --output FILE  the planet; its id and .planet unless given\n"
};

/* "FILE=IP/PORT,..."; the last '=' divides. */
static int read_roots(const struct zt_command *command, struct zt_world *world,
                      const struct zt_texts *words)
{
    char error[ZT_HOME_TEXT];

    if (words->count < 1 || words->count > ZT_MAX_ROOTS)
        return zt_complain(command, ZT_EXIT_USAGE, "one to %d roots are needed", ZT_MAX_ROOTS);
    for (size_t i = 0; i < words->count; i++) {
        struct zt_root *root = &world->roots[i];

        if (!strchr(words->values[i], '='))
            return zt_complain(command, ZT_EXIT_USAGE, "%s: not IDENTITY_FILE=IP/PORT",
                               words->values[i]);
        if (zt_world_file_root(root, words->values[i], error) != 0)
            return zt_complain(command, ZT_EXIT_FAILED, "%s", error);
        if (zt_world_root(world, root->identity.address))
            return zt_complain(command, ZT_EXIT_USAGE, "%s: named twice", words->values[i]);
        world->root_count++;
    }
    zt_world_sort(world);
    return ZT_GO_ON;
}

/* is_new: the file must not be there yet, else it must. */
static int make_planet(const struct zt_command *command, const char *output, uint64_t id,
                       const struct zt_world *wish, bool is_new, bool as_json)
{
    static struct zt_world planet;
    char name[ZT_FILE_NAME], error[ZT_HOME_TEXT];
    struct zt_folder *folder;
    int code;

    if (zt_home_split(&folder, name, output, error) != 0)
        return zt_complain(command, ZT_EXIT_FAILED, "%s", error);
    if (zt_file_exists(folder, name) == is_new) {
        zt_folder_close(folder);
        return zt_complain(command, ZT_EXIT_FAILED,
                           is_new ? "%s: exists; `zt planet update` makes a later revision of it"
                                  : "%s: does not exist; `zt planet new` makes it",
                           output);
    }
    code = zt_home_planet(&planet, folder, name, id, wish->roots, wish->root_count, error);
    zt_folder_close(folder);
    if (code != 0)
        return zt_complain(command, ZT_EXIT_FAILED, "%s", error);
    zt_world_print(&planet, as_json);
    return ZT_EXIT_OK;
}

static int run_either(const struct zt_command *command, bool is_new, int count, char **arguments)
{
    static struct zt_world wish;
    const char *output = NULL, *id_text = NULL;
    struct zt_texts words;
    bool as_json = false;
    uint64_t id = 0;
    const struct zt_option options[] = {
        { "--output", "-o", ZT_OPTION_NAME, &output },
        { "--json", "-j", ZT_OPTION_FLAG, &as_json },
        { "--id", NULL, ZT_OPTION_TEXT, &id_text },
    };
    int code = zt_args_read(command, count, arguments, options, is_new ? 3 : 2, &words);

    if (code != ZT_GO_ON)
        return code;
    if (!output)
        return zt_complain(command, ZT_EXIT_USAGE, "--output FILE is missing");
    if (id_text && !zt_args_number(&id, id_text, 1, INT64_MAX))
        return zt_complain(command, ZT_EXIT_USAGE, "--id: %s is not a world id", id_text);
    code = read_roots(command, &wish, &words);
    if (code != ZT_GO_ON)
        return code;
    return make_planet(command, output, id, &wish, is_new, as_json);
}

static int run_new(int count, char **arguments)
{
    return run_either(&new_command, true, count, arguments);
}

static int run_update(int count, char **arguments)
{
    return run_either(&update_command, false, count, arguments);
}

static int run_show(int count, char **arguments)
{
    return zt_world_file_show(&show_command, count, arguments);
}

static int run_sign(int count, char **arguments)
{
    return zt_world_file_sign(&sign_command, ZT_WORLD_PLANET, count, arguments);
}

static const struct zt_subcommand subcommands[] = {
    { "new", "make a planet file", run_new },
    { "update", "make its next revision", run_update },
    { "show", "print what one says", run_show },
    { "sign", "make one from a plan in JSON", run_sign },
};

int zt_command_planet(int count, char **arguments)
{
    return zt_run_subcommand("planet", subcommands, sizeof subcommands / sizeof subcommands[0],
                             count, arguments);
}
