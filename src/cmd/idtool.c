/* SPDX-License-Identifier: Apache-2.0 */
/* The tool for identities and worlds under its classic name, with its classic output, on which scripts
   depend. docs/wire.md 22.2. */
#include "base/text.h"
#include "cmd/args.h"
#include "cmd/commands.h"
#include "cmd/world_file.h"
#include "crypto/wipe.h"
#include "os/host.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SIGNED_FILE (64 << 20)
#define MAX_VANITY 10

/* What the arguments mean, by their count after the command's name. */
struct tool {
    const char *name;
    const char *arguments;
    int least, most;
    int (*run)(int count, char **arguments);
};

static int complain(const char *text)
{
    (void)fprintf(stderr, "%s\n", text);
    return ZT_EXIT_FAILED;
}

/* Digits that the address shall begin with, as a number and its mask. */
static int read_vanity(uint64_t *wanted, uint64_t *mask, const char *text)
{
    size_t digits = strlen(text);
    unsigned shift = (unsigned)(MAX_VANITY - digits) * 4;

    if (digits == 0 || digits > MAX_VANITY || !zt_hex_number(wanted, text, (unsigned)digits))
        return complain("the address can begin with up to 10 hexadecimal digits only");
    *wanted <<= shift;
    *mask = UINT64_C(0xffffffffff) >> shift << shift;
    /* It would be sought for ever. */
    if (zt_address_is_reserved(*wanted | (digits < MAX_VANITY)))
        return complain("no address begins with ff, or consists of zeros");
    return ZT_EXIT_OK;
}

static bool generate(struct zt_identity *identity, uint64_t wanted, uint64_t mask)
{
    uint64_t tries = 0;
    uint8_t seed[32];
    struct zt_rng rng;
    bool is_made;

    zt_host_random(seed, sizeof seed);
    zt_rng_init(&rng, seed);
    zt_wipe(seed, sizeof seed);
    for (;;) {
        is_made = zt_identity_generate(identity, &rng);
        tries++;
        if (!is_made || (identity->address & mask) == wanted)
            break;
        (void)fprintf(stderr, "try %" PRIu64 ": %010" PRIx64 "\n", tries, identity->address);
    }
    zt_rng_wipe(&rng);
    return is_made;
}

static int write_identity(const struct zt_identity *identity, const char *path, bool with_secret)
{
    char text[ZT_IDENTITY_TEXT], error[ZT_HOME_TEXT];
    int code;

    zt_identity_text(identity, with_secret, text);
    code = zt_home_write(path, text, strlen(text), with_secret ? ZT_FILE_SECRET : 0, error);
    zt_wipe(text, sizeof text);
    return code == 0 ? ZT_EXIT_OK : complain(error);
}

/* The public form first: if it can't be written, the secret of an identity that was there is not lost. */
static int write_identities(const struct zt_identity *identity, int count, char **paths)
{
    int code = count > 1 ? write_identity(identity, paths[1], false) : ZT_EXIT_OK;

    if (code == ZT_EXIT_OK)
        code = write_identity(identity, paths[0], true);
    for (int i = 0; i < count && i < 2 && code == ZT_EXIT_OK; i++)
        (void)printf("%s written\n", paths[i]);
    return code;
}

/* Scripts expect that an identity is replaced without a word; what else is there was not meant. What is no plain
   file is left to writing, which tells. */
static bool may_replace(const char *path)
{
    struct zt_identity identity;
    char error[ZT_HOME_TEXT];
    bool is_empty;
    FILE *file;

    if (!zt_home_is_plain(path, error))
        return true;
    if (zt_home_identity(&identity, path, false, error) == 0) {
        zt_identity_wipe(&identity);
        return true;
    }
    file = fopen(path, "rb");
    if (!file)
        return true;
    is_empty = fgetc(file) == EOF;
    (void)fclose(file);
    if (!is_empty)
        (void)fprintf(stderr, "%s: is no identity, and is not replaced\n", path);
    return is_empty;
}

static bool may_write(int count, char **arguments)
{
    if (count > 1 && strcmp(arguments[0], arguments[1]) == 0) {
        (void)complain("the secret and the public identity can't be one file");
        return false;
    }
    return (count < 1 || may_replace(arguments[0])) && (count < 2 || may_replace(arguments[1]));
}

/* generate [secret file [public file [digits]]] */
static int run_generate(int count, char **arguments)
{
    struct zt_identity identity;
    uint64_t wanted = 0, mask = 0;
    char text[ZT_IDENTITY_TEXT];
    int code = ZT_EXIT_OK;

    if (count > 2 && read_vanity(&wanted, &mask, arguments[2]) != ZT_EXIT_OK)
        return ZT_EXIT_FAILED;
    if (!may_write(count, arguments))
        return ZT_EXIT_FAILED;
    if (!generate(&identity, wanted, mask))
        return complain("out of memory");
    if (count == 0) {
        zt_identity_text(&identity, true, text);
        (void)fputs(text, stdout);
        zt_wipe(text, sizeof text);
    } else {
        code = write_identities(&identity, count, arguments);
    }
    zt_identity_wipe(&identity);
    return code;
}

static bool read_identity(struct zt_identity *identity, const char *argument, bool with_secret)
{
    char error[ZT_HOME_TEXT];

    if (zt_home_identity(identity, argument, false, error) != 0) {
        (void)fprintf(stderr, "Identity argument invalid or file unreadable: %s\n", argument);
        return false;
    }
    if (with_secret && !identity->has_secret)
        (void)fprintf(stderr, "%s: identity has no secret key\n", argument);
    return !with_secret || identity->has_secret;
}

static int run_validate(int count, char **arguments)
{
    struct zt_identity identity;
    bool is_valid;

    (void)count;
    if (!read_identity(&identity, arguments[0], false))
        return ZT_EXIT_FAILED;
    is_valid = zt_identity_prove(&identity);
    zt_identity_wipe(&identity);
    if (is_valid)
        (void)printf("%s is a valid identity\n", arguments[0]);
    else
        (void)fprintf(stderr, "%s FAILED validation.\n", arguments[0]);
    return is_valid ? ZT_EXIT_OK : ZT_EXIT_FAILED;
}

static int run_getpublic(int count, char **arguments)
{
    struct zt_identity identity;
    char text[ZT_IDENTITY_TEXT];

    (void)count;
    if (!read_identity(&identity, arguments[0], false))
        return ZT_EXIT_FAILED;
    zt_identity_text(&identity, false, text);
    (void)fputs(text, stdout);
    zt_identity_wipe(&identity);
    return ZT_EXIT_OK;
}

static int run_sign(int count, char **arguments)
{
    uint8_t *bytes, signature[ZT_SIGNATURE_SIZE];
    char text[2 * ZT_SIGNATURE_SIZE + 1], error[ZT_HOME_TEXT];
    struct zt_identity identity;
    size_t length;

    (void)count;
    if (!read_identity(&identity, arguments[0], true))
        return ZT_EXIT_FAILED;
    if (zt_home_read(arguments[1], MAX_SIGNED_FILE, &bytes, &length, error) != 0) {
        zt_identity_wipe(&identity);
        return complain(error);
    }
    zt_identity_sign(signature, &identity, bytes, length);
    zt_hex_write(text, signature, sizeof signature);
    (void)fputs(text, stdout);
    free(bytes);
    zt_identity_wipe(&identity);
    return ZT_EXIT_OK;
}

static int run_verify(int count, char **arguments)
{
    uint8_t *bytes, signature[ZT_SIGNATURE_SIZE];
    char error[ZT_HOME_TEXT];
    struct zt_identity identity;
    size_t length;
    bool is_good;

    (void)count;
    if (!read_identity(&identity, arguments[0], false))
        return ZT_EXIT_FAILED;
    if (!zt_home_signature(signature, arguments[2], error) ||
        zt_home_read(arguments[1], MAX_SIGNED_FILE, &bytes, &length, error) != 0)
        return complain(error);
    is_good = zt_identity_verify(&identity, bytes, length, signature);
    free(bytes);
    zt_identity_wipe(&identity);
    if (is_good)
        (void)printf("%s signature valid\n", arguments[1]);
    else
        (void)fprintf(stderr, "%s signature check FAILED\n", arguments[1]);
    return is_good ? ZT_EXIT_OK : ZT_EXIT_FAILED;
}

static int run_initmoon(int count, char **arguments)
{
    static struct zt_world_plan plan;
    char text[ZT_IDENTITY_TEXT], error[ZT_HOME_TEXT];
    const char *root = text;
    struct zt_identity identity;
    json_t *json;

    (void)count;
    if (!read_identity(&identity, arguments[0], false))
        return ZT_EXIT_FAILED;
    zt_identity_text(&identity, false, text);
    zt_identity_wipe(&identity);
    if (zt_world_plan_new(&plan, &root, 1, error) != 0)
        return complain(error);
    json = zt_world_plan_json(&plan);
    (void)json_dumpf(json, stdout, JSON_INDENT(1) | JSON_SORT_KEYS);
    (void)putchar('\n');
    json_decref(json);
    zt_wipe(&plan.secret, sizeof plan.secret);
    return ZT_EXIT_OK;
}

/* A plan just as initmoon printed it makes a moon that nobody finds. */
static void warn_of_hidden(const struct zt_world *world)
{
    for (size_t i = 0; i < world->root_count; i++)
        if (world->roots[i].endpoint_count == 0)
            (void)fprintf(stderr,
                          "root %010" PRIx64 " has no stableEndpoints: who doesn't know it already "
                          "can't find it\n",
                          world->roots[i].identity.address);
}

static int run_genmoon(int count, char **arguments)
{
    static struct zt_world_plan plan;
    char error[ZT_HOME_TEXT], name[32];
    int code;

    (void)count;
    if (zt_world_file_plan(&plan, arguments[0], error) != 0)
        return complain(error);
    zt_format(name, sizeof name, "%016" PRIx64 ".moon", plan.world.id);
    code = zt_world_file_write(&plan, name, error);
    zt_wipe(&plan.secret, sizeof plan.secret);
    if (code != 0)
        return complain(error);
    warn_of_hidden(&plan.world);
    (void)printf("wrote %s (signed world with timestamp %" PRId64 ")\n", name,
                 plan.world.updated_ms);
    return ZT_EXIT_OK;
}

static const struct tool tools[] = {
    { "generate", "[<secret file> [<public file> [<leading digits>]]]", 0, 3, run_generate },
    { "validate", "<identity>", 1, 1, run_validate },
    { "getpublic", "<identity>", 1, 1, run_getpublic },
    { "sign", "<secret identity> <file>", 2, 2, run_sign },
    { "verify", "<identity> <file> <signature>", 3, 3, run_verify },
    { "initmoon", "<public identity of first seed>", 1, 1, run_initmoon },
    { "genmoon", "<moon plan in JSON>", 1, 1, run_genmoon },
};

static void print_help(FILE *to)
{
    (void)fputs("usage: zerotier-idtool <command> [<arguments>]\n", to);
    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++)
        (void)fprintf(to, "  %-10s %s\n", tools[i].name, tools[i].arguments);
}

/* What is wrong comes before what would be right. */
static int refuse(const char *name, const struct tool *tool)
{
    if (tool)
        (void)fprintf(stderr, "zerotier-idtool %s: wrong number of arguments\n", name);
    else
        (void)fprintf(stderr, "zerotier-idtool: unknown command %s\n", name);
    print_help(stderr);
    return ZT_EXIT_FAILED;
}

int zt_command_idtool(int count, char **arguments)
{
    if (count == 0 || strcmp(arguments[0], "-h") == 0 || strcmp(arguments[0], "--help") == 0) {
        print_help(stdout);
        return count == 0 ? ZT_EXIT_FAILED : ZT_EXIT_OK;
    }
    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++) {
        const struct tool *tool = &tools[i];

        if (strcmp(tool->name, arguments[0]) != 0)
            continue;
        if (count - 1 < tool->least || count - 1 > tool->most)
            return refuse(arguments[0], tool);
        return tool->run(count - 1, arguments + 1);
    }
    return refuse(arguments[0], NULL);
}
