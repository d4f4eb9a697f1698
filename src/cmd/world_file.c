/* SPDX-License-Identifier: Apache-2.0 */
/* World files and plans, read, shown, signed and written. */
#include "cmd/world_file.h"

#include "base/text.h"
#include "crypto/wipe.h"
#include "os/host.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PLAN 65536

static void print_text(const struct zt_world *world)
{
    (void)printf("%s %016" PRIx64 ", revision %" PRId64 "\n",
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

void zt_world_print(const struct zt_world *world, bool as_json)
{
    if (as_json)
        zt_print_json(zt_world_json(world));
    else
        print_text(world);
}

static int read_world(struct zt_world *world, const char *path, char error[ZT_HOME_TEXT])
{
    struct zt_reader in;
    uint8_t *bytes;
    size_t length;
    bool is_good;

    if (zt_home_read(path, ZT_MAX_WORLD, &bytes, &length, error) != 0)
        return -1;
    in = zt_reader_of(bytes, length);
    is_good = zt_world_read(world, &in);
    free(bytes);
    zt_format(error, ZT_HOME_TEXT, "%.200s: not a world file", path);
    return is_good ? 0 : -1;
}

int zt_world_file_show(const struct zt_command *command, int count, char **arguments)
{
    static struct zt_world world;
    struct zt_texts words;
    char error[ZT_HOME_TEXT];
    bool as_json = false;
    const struct zt_option options[] = { { "--json", "-j", ZT_OPTION_FLAG, &as_json } };
    int code = zt_args_read(command, count, arguments, options, 1, &words);

    if (code != ZT_GO_ON)
        return code;
    if (words.count != 1)
        return zt_complain(command, ZT_EXIT_USAGE, "one file is needed");
    if (read_world(&world, words.values[0], error) != 0)
        return zt_complain(command, ZT_EXIT_FAILED, "%s", error);
    zt_world_print(&world, as_json);
    return ZT_EXIT_OK;
}

int zt_world_file_plan(struct zt_world_plan *plan, const char *path, char error[ZT_HOME_TEXT])
{
    char why[ZT_HOME_TEXT - 210];
    json_error_t where;
    uint8_t *bytes;
    size_t length;
    json_t *json;
    bool is_good;

    if (zt_home_read(path, MAX_PLAN, &bytes, &length, error) != 0)
        return -1;
    json = json_loadb((const char *)bytes, length, JSON_REJECT_DUPLICATES, &where);
    zt_wipe(bytes, length);
    free(bytes);
    if (!json) {
        zt_format(error, ZT_HOME_TEXT, "%.200s: line %d: %s", path, where.line, where.text);
        return -1;
    }
    is_good = zt_world_plan_read(plan, json, why, sizeof why);
    json_decref(json);
    if (!is_good)
        zt_format(error, ZT_HOME_TEXT, "%.200s: %s", path, why);
    return is_good ? 0 : -1;
}

int zt_world_file_root(struct zt_root *root, const char *argument, char error[ZT_HOME_TEXT])
{
    const char *divider = strrchr(argument, '=');
    size_t length = divider ? (size_t)(divider - argument) : strlen(argument);
    char identity[ZT_HOME_TEXT];

    memset(root, 0, sizeof *root);
    zt_format(identity, sizeof identity, "%.*s", (int)length, argument);
    if (length >= sizeof identity ||
        zt_home_identity(&root->identity, identity, false, error) != 0) {
        if (length >= sizeof identity)
            zt_format(error, ZT_HOME_TEXT, "%.200s...: too long", argument);
        return -1;
    }
    root->identity = zt_identity_public(&root->identity);
    if (!divider || zt_world_endpoints_read(root, divider + 1))
        return 0;
    zt_format(error, ZT_HOME_TEXT, "%.200s: not a list of IP/PORT", divider + 1);
    return -1;
}

int zt_world_plan_new(struct zt_world_plan *plan, const char *const *roots, size_t count,
                      char error[ZT_HOME_TEXT])
{
    struct zt_world *moon = &plan->world;

    memset(plan, 0, sizeof *plan);
    moon->type = ZT_WORLD_MOON;
    for (size_t i = 0; i < count; i++) {
        struct zt_root *root = &moon->roots[i];

        if (zt_world_file_root(root, roots[i], error) != 0)
            return -1;
        if (zt_world_root(moon, root->identity.address)) {
            zt_format(error, ZT_HOME_TEXT, "%.200s: named twice", roots[i]);
            return -1;
        }
        moon->root_count++;
    }
    moon->id = moon->roots[0].identity.address;
    zt_host_random(plan->secret.bytes, sizeof plan->secret.bytes);
    zt_public_key_of(&plan->key, &plan->secret);
    moon->next_key = plan->key;
    return 0;
}

int zt_world_file_write(struct zt_world_plan *plan, const char *path, char error[ZT_HOME_TEXT])
{
    int64_t now_ms = zt_host_now().wall_ms;
    uint8_t bytes[ZT_MAX_WORLD];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    plan->world.updated_ms = now_ms > plan->world.updated_ms ? now_ms : plan->world.updated_ms + 1;
    zt_world_sign(&plan->world, &plan->secret, &plan->key);
    zt_world_write(&plan->world, &out);
    if (out.failed) {
        zt_format(error, ZT_HOME_TEXT, "%.200s: too many roots or endpoints", path);
        return -1;
    }
    return zt_home_write(path, bytes, zt_writer_length(&out), 0, error);
}

int zt_world_file_sign(const struct zt_command *command, enum zt_world_type type, int count,
                       char **arguments)
{
    static struct zt_world_plan plan;
    const char *output = NULL;
    const struct zt_option options[] = { { "--output", "-o", ZT_OPTION_NAME, &output } };
    char error[ZT_HOME_TEXT], name[32];
    struct zt_texts words;
    int code = zt_args_read(command, count, arguments, options, 1, &words);

    if (code != ZT_GO_ON)
        return code;
    if (words.count != 1)
        return zt_complain(command, ZT_EXIT_USAGE, "one plan is needed");
    if (zt_world_file_plan(&plan, words.values[0], error) != 0)
        return zt_complain(command, ZT_EXIT_FAILED, "%s", error);
    if (plan.world.type != type) {
        zt_wipe(&plan, sizeof plan);
        return zt_complain(command, ZT_EXIT_FAILED, "%s: worldType: plans a %s", words.values[0],
                           type == ZT_WORLD_MOON ? "planet" : "moon");
    }
    zt_format(name, sizeof name, "%016" PRIx64 ".%s", plan.world.id,
              type == ZT_WORLD_MOON ? "moon" : "planet");
    code = zt_world_file_write(&plan, output ? output : name, error);
    zt_wipe(&plan.secret, sizeof plan.secret);
    if (code != 0)
        return zt_complain(command, ZT_EXIT_FAILED, "%s", error);
    (void)printf("wrote %s (signed world with timestamp %" PRId64 ")\n", output ? output : name,
                 plan.world.updated_ms);
    return ZT_EXIT_OK;
}
