/* SPDX-License-Identifier: Apache-2.0 */
/* `zt id`: identities made, shown, checked, and used for signatures. */
#include "base/text.h"
#include "cmd/args.h"
#include "cmd/commands.h"
#include "cmd/home.h"
#include "crypto/wipe.h"
#include "os/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SIGNED_FILE (64 << 20)

static const struct zt_command new_command = {
    "id new", "[FILE]",
    "Makes an identity. With FILE the secret form is written there (mode 0600) and the\n"
    "public form to FILE.public; without, the secret form is printed.\n"
};
static const struct zt_command show_command = {
    "id show", "[-j] IDENTITY", "Prints the public form. IDENTITY is a file or the text itself.\n"
};
static const struct zt_command validate_command = {
    "id validate", "IDENTITY", "Checks the proof of work: does the address belong to the key?\n"
};
static const struct zt_command sign_command = {
    "id sign", "IDENTITY FILE", "Prints a signature of the file, 192 hexadecimal digits.\n"
};
static const struct zt_command verify_command = {
    "id verify", "IDENTITY FILE SIGNATURE",
    "Checks a signature, given as digits or as a file that holds them.\n"
};

/* Reads arguments that are exactly `wanted` words. */
static int read_words(const struct zt_command *command, int count, char **arguments, size_t wanted,
                      struct zt_texts *words)
{
    int code = zt_args_read(command, count, arguments, NULL, 0, words);

    if (code != ZT_GO_ON)
        return code;
    if (words->count != wanted)
        return zt_complain(command, ZT_EXIT_USAGE, "%s: %s needed", command->synopsis,
                           wanted == 1 ? "one is" : "all of them are");
    return ZT_GO_ON;
}

static int write_identity(const struct zt_identity *identity, const char *path)
{
    char name[ZT_FILE_NAME], public_name[ZT_FILE_NAME + 8], text[ZT_IDENTITY_TEXT];
    char error[ZT_HOME_TEXT];
    struct zt_folder *folder;
    int code;

    if (zt_home_split(&folder, name, path, error) != 0)
        return zt_complain(&new_command, ZT_EXIT_FAILED, "%s", error);
    if (zt_file_exists(folder, name)) { /* an identity that is lost can't be had again */
        zt_folder_close(folder);
        return zt_complain(&new_command, ZT_EXIT_FAILED, "%s: exists, and is not replaced", path);
    }
    zt_format(public_name, sizeof public_name, "%s.public", name);
    zt_identity_text(identity, true, text);
    code = zt_file_write(folder, name, text, strlen(text), ZT_FILE_SECRET);
    zt_identity_text(identity, false, text);
    if (code == 0)
        code = zt_file_write(folder, public_name, text, strlen(text), 0);
    zt_folder_close(folder);
    if (code == 0)
        return ZT_EXIT_OK;
    zt_error_text(code, error);
    return zt_complain(&new_command, ZT_EXIT_FAILED, "%s: %s", path, error);
}

static int run_new(int count, char **arguments)
{
    struct zt_identity identity;
    struct zt_texts words;
    struct zt_rng rng;
    char text[ZT_IDENTITY_TEXT];
    uint8_t seed[32];
    int code = zt_args_read(&new_command, count, arguments, NULL, 0, &words);

    if (code != ZT_GO_ON)
        return code;
    if (words.count > 1)
        return zt_complain(&new_command, ZT_EXIT_USAGE, "at most one file is possible");
    zt_host_random(seed, sizeof seed);
    zt_rng_init(&rng, seed);
    if (!zt_identity_generate(&identity, &rng))
        return zt_complain(&new_command, ZT_EXIT_FAILED, "out of memory");
    zt_rng_wipe(&rng);
    zt_identity_text(&identity, words.count == 0, text);
    if (words.count == 1)
        code = write_identity(&identity, words.values[0]);
    else
        code = ZT_EXIT_OK;
    if (code == ZT_EXIT_OK)
        (void)puts(text);
    zt_wipe(text, sizeof text);
    zt_wipe(seed, sizeof seed);
    zt_identity_wipe(&identity);
    return code;
}

static int run_show(int count, char **arguments)
{
    char text[ZT_IDENTITY_TEXT], error[ZT_HOME_TEXT];
    struct zt_identity identity;
    struct zt_texts words;
    bool as_json = false;
    const struct zt_option options[] = { { "--json", "-j", ZT_OPTION_FLAG, &as_json } };
    int code = zt_args_read(&show_command, count, arguments, options, 1, &words);

    if (code != ZT_GO_ON)
        return code;
    if (words.count != 1)
        return zt_complain(&show_command, ZT_EXIT_USAGE, "one identity is needed");
    if (zt_home_identity(&identity, words.values[0], false, error) != 0)
        return zt_complain(&show_command, ZT_EXIT_FAILED, "%s", error);
    zt_identity_text(&identity, false, text);
    if (as_json)
        zt_print_json(json_pack("{s:s%, s:s}", "address", text, (size_t)10, "identity", text));
    else
        (void)puts(text);
    zt_identity_wipe(&identity);
    return ZT_EXIT_OK;
}

static int run_validate(int count, char **arguments)
{
    struct zt_identity identity;
    struct zt_texts words;
    char error[ZT_HOME_TEXT];
    int code = read_words(&validate_command, count, arguments, 1, &words);
    bool is_valid;

    if (code != ZT_GO_ON)
        return code;
    if (zt_home_identity(&identity, words.values[0], false, error) != 0)
        return zt_complain(&validate_command, ZT_EXIT_FAILED, "%s", error);
    is_valid = zt_identity_prove(&identity);
    zt_identity_wipe(&identity);
    if (!is_valid)
        return zt_complain(&validate_command, ZT_EXIT_FAILED, "%s FAILED validation",
                           words.values[0]);
    (void)printf("%s is a valid identity\n", words.values[0]);
    return ZT_EXIT_OK;
}

static int run_sign(int count, char **arguments)
{
    uint8_t *bytes, signature[ZT_SIGNATURE_SIZE];
    char text[2 * ZT_SIGNATURE_SIZE + 1], error[ZT_HOME_TEXT];
    struct zt_identity identity;
    struct zt_texts words;
    size_t length;
    int code = read_words(&sign_command, count, arguments, 2, &words);

    if (code != ZT_GO_ON)
        return code;
    if (zt_home_identity(&identity, words.values[0], true, error) != 0 ||
        zt_home_read(words.values[1], MAX_SIGNED_FILE, &bytes, &length, error) != 0)
        return zt_complain(&sign_command, ZT_EXIT_FAILED, "%s", error);
    zt_identity_sign(signature, &identity, bytes, length);
    zt_hex_write(text, signature, sizeof signature);
    (void)puts(text);
    free(bytes);
    zt_identity_wipe(&identity);
    return ZT_EXIT_OK;
}

static int run_verify(int count, char **arguments)
{
    uint8_t *bytes, signature[ZT_SIGNATURE_SIZE];
    char error[ZT_HOME_TEXT];
    struct zt_identity identity;
    struct zt_texts words;
    size_t length;
    int code = read_words(&verify_command, count, arguments, 3, &words);
    bool is_good;

    if (code != ZT_GO_ON)
        return code;
    if (zt_home_identity(&identity, words.values[0], false, error) != 0 ||
        !zt_home_signature(signature, words.values[2], error) ||
        zt_home_read(words.values[1], MAX_SIGNED_FILE, &bytes, &length, error) != 0)
        return zt_complain(&verify_command, ZT_EXIT_FAILED, "%s", error);
    is_good = zt_identity_verify(&identity, bytes, length, signature);
    free(bytes);
    zt_identity_wipe(&identity);
    if (!is_good)
        return zt_complain(&verify_command, ZT_EXIT_FAILED, "%s signature check FAILED",
                           words.values[1]);
    (void)printf("%s signature valid\n", words.values[1]);
    return ZT_EXIT_OK;
}

static const struct zt_subcommand subcommands[] = {
    { "new", "make an identity", run_new },
    { "show", "print its public form", run_show },
    { "validate", "check its proof of work", run_validate },
    { "sign", "sign a file", run_sign },
    { "verify", "check a signature", run_verify },
};

int zt_command_id(int count, char **arguments)
{
    return zt_run_subcommand("id", subcommands, sizeof subcommands / sizeof subcommands[0], count,
                             arguments);
}
