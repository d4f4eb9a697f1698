/* SPDX-License-Identifier: Apache-2.0 */
/* `zt planet`: planet files made and shown. */
#include "base/text.h"
#include "cmd/args.h"
#include "cmd/commands.h"
#include "cmd/home.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct zt_command new_command = {
    "planet new", "-o FILE [--id N] IDENTITY_FILE=IP/PORT[,IP/PORT...]...",
    "Makes a planet of these roots, at most four, or a later revision of the one in FILE.\n"
    "  -o, --output FILE  the planet; FILE.key keeps the key that signs later revisions\n"
    "      --id N         world id, decimal; a random one unless given\n"
    "  -j, --json         print the result as JSON\n"
};
static const struct zt_command show_command = { "planet show", "[-j] FILE",
                                                "Prints what a planet or moon file says.\n" };

static int read_endpoints(struct zt_root *root, const char *list)
{
    char text[ZT_ENDPOINT_TEXT];

    for (;;) {
        size_t length = strcspn(list, ",");

        if (root->endpoint_count == ZT_MAX_ROOT_ENDPOINTS || length >= sizeof text)
            return -1;
        zt_format(text, sizeof text, "%.*s", (int)length, list);
        if (!zt_endpoint_parse(&root->endpoints[root->endpoint_count], text, 0) ||
            root->endpoints[root->endpoint_count].port == 0)
            return -1;
        root->endpoint_count++;
        if (!list[length])
            return 0;
        list += length + 1;
    }
}

/* "FILE=IP/PORT,..."; the last '=' divides. */
static int read_root(struct zt_root *root, const char *argument)
{
    const char *divider = strrchr(argument, '=');
    char path[ZT_HOME_TEXT], error[ZT_HOME_TEXT];
    size_t length = divider ? (size_t)(divider - argument) : 0;

    if (!divider || length >= sizeof path)
        return zt_complain(&new_command, ZT_EXIT_USAGE, "%s: not IDENTITY_FILE=IP/PORT", argument);
    zt_format(path, sizeof path, "%.*s", (int)length, argument);
    memset(root, 0, sizeof *root);
    if (zt_home_identity(&root->identity, path, false, error) != 0)
        return zt_complain(&new_command, ZT_EXIT_FAILED, "%s", error);
    root->identity = zt_identity_public(&root->identity);
    if (read_endpoints(root, divider + 1) != 0)
        return zt_complain(&new_command, ZT_EXIT_USAGE, "%s: not a list of IP/PORT", divider + 1);
    return ZT_GO_ON;
}

static int compare_roots(const void *a, const void *b)
{
    zt_address left = ((const struct zt_root *)a)->identity.address;
    zt_address right = ((const struct zt_root *)b)->identity.address;

    return left < right ? -1 : left > right;
}

static json_t *root_json(const struct zt_root *root)
{
    json_t *endpoints = json_array();
    char text[ZT_IDENTITY_TEXT];

    for (size_t i = 0; i < root->endpoint_count; i++) {
        zt_endpoint_text(&root->endpoints[i], true, text);
        (void)json_array_append_new(endpoints, json_string(text));
    }
    zt_identity_text(&root->identity, false, text);
    return json_pack("{s:s, s:o}", "identity", text, "stableEndpoints", endpoints);
}

static json_t *world_json(const struct zt_world *world)
{
    json_t *roots = json_array();
    char key[129], id[17];

    for (size_t i = 0; i < world->root_count; i++)
        (void)json_array_append_new(roots, root_json(&world->roots[i]));
    zt_hex_write(key, world->next_key.bytes, 64);
    zt_hex_number_write(id, world->id, 16);
    return json_pack("{s:s, s:s, s:I, s:s, s:o}", "worldType",
                     world->type == ZT_WORLD_MOON ? "moon" : "planet", "id", id, "timestamp",
                     (json_int_t)world->updated_ms, "updatesMustBeSignedBy", key, "roots", roots);
}

static void print_world(const struct zt_world *world)
{
    (void)printf("%s %" PRIu64 ", revision %" PRId64 "\n",
                 world->type == ZT_WORLD_MOON ? "moon" : "planet", world->id, world->updated_ms);
    for (size_t i = 0; i < world->root_count; i++) {
        const struct zt_root *root = &world->roots[i];
        char text[ZT_ENDPOINT_TEXT];

        (void)printf("root %010" PRIx64 "\n", root->identity.address);
        for (size_t j = 0; j < root->endpoint_count; j++) {
            zt_endpoint_text(&root->endpoints[j], true, text);
            (void)printf("  %s\n", text);
        }
    }
}

static void print_either(const struct zt_world *world, bool as_json)
{
    if (as_json)
        zt_print_json(world_json(world));
    else
        print_world(world);
}

static int make_planet(const char *output, uint64_t id, const struct zt_root *roots, size_t count,
                       bool as_json)
{
    struct zt_world *planet = calloc(1, sizeof *planet);
    char name[ZT_FILE_NAME], error[ZT_HOME_TEXT] = "out of memory";
    struct zt_folder *folder = NULL;
    bool is_made = planet && zt_home_split(&folder, name, output, error) == 0 &&
                   zt_home_planet(planet, folder, name, id, roots, count, error) == 0;

    zt_folder_close(folder);
    if (is_made)
        print_either(planet, as_json);
    free(planet);
    return is_made ? ZT_EXIT_OK : zt_complain(&new_command, ZT_EXIT_FAILED, "%s", error);
}

static int run_new(int count, char **arguments)
{
    static struct zt_root roots[ZT_MAX_ROOTS];
    const char *output = NULL, *id_text = NULL;
    struct zt_texts words;
    bool as_json = false;
    uint64_t id = 0;
    const struct zt_option options[] = {
        { "--output", "-o", ZT_OPTION_TEXT, &output },
        { "--id", NULL, ZT_OPTION_TEXT, &id_text },
        { "--json", "-j", ZT_OPTION_FLAG, &as_json },
    };
    int code = zt_args_read(&new_command, count, arguments, options, 3, &words);

    if (code != ZT_GO_ON)
        return code;
    if (!output)
        return zt_complain(&new_command, ZT_EXIT_USAGE, "--output FILE is missing");
    if (id_text && !zt_args_number(&id, id_text, 1, INT64_MAX))
        return zt_complain(&new_command, ZT_EXIT_USAGE, "--id: %s is not a world id", id_text);
    if (words.count < 1 || words.count > ZT_MAX_ROOTS)
        return zt_complain(&new_command, ZT_EXIT_USAGE, "one to %d roots are needed", ZT_MAX_ROOTS);
    for (size_t i = 0; i < words.count; i++) {
        code = read_root(&roots[i], words.values[i]);
        if (code != ZT_GO_ON)
            return code;
    }
    qsort(roots, words.count, sizeof roots[0], compare_roots);
    return make_planet(output, id, roots, words.count, as_json);
}

static int run_show(int count, char **arguments)
{
    struct zt_world *world;
    struct zt_texts words;
    char error[ZT_HOME_TEXT];
    struct zt_reader in;
    uint8_t *bytes;
    size_t length;
    bool as_json = false, is_good;
    const struct zt_option options[] = { { "--json", "-j", ZT_OPTION_FLAG, &as_json } };
    int code = zt_args_read(&show_command, count, arguments, options, 1, &words);

    if (code != ZT_GO_ON)
        return code;
    if (words.count != 1)
        return zt_complain(&show_command, ZT_EXIT_USAGE, "one file is needed");
    if (zt_home_read(words.values[0], ZT_MAX_WORLD, &bytes, &length, error) != 0)
        return zt_complain(&show_command, ZT_EXIT_FAILED, "%s", error);
    world = calloc(1, sizeof *world);
    in = zt_reader_of(bytes, length);
    is_good = world && zt_world_read(world, &in);
    if (is_good)
        print_either(world, as_json);
    free(bytes);
    free(world);
    if (is_good)
        return ZT_EXIT_OK;
    return zt_complain(&show_command, ZT_EXIT_FAILED, "%s: not a world file", words.values[0]);
}

static const struct zt_subcommand subcommands[] = {
    { "new", "make a planet file", run_new },
    { "show", "print what one says", run_show },
};

int zt_command_planet(int count, char **arguments)
{
    return zt_run_subcommand("planet", subcommands, sizeof subcommands / sizeof subcommands[0],
                             count, arguments);
}
