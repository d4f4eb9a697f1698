/* SPDX-License-Identifier: Apache-2.0 */
/* The classic client's commands about moons. docs/wire.md 22.3 */
#define _POSIX_C_SOURCE 200809L

#include "cmd/cli.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PATH_TEXT 64

/* The world id is the address of the first root, in 10 digits; longer forms have leading zeros. */
static bool write_path(char path[PATH_TEXT], const char *text)
{
    size_t digits = strlen(text);
    uint64_t id;

    if (digits == 0 || digits > 16 || !zt_hex_number(&id, text, (unsigned)digits) || id == 0) {
        (void)fprintf(stderr, "invalid world id\n");
        return false;
    }
    zt_format(path, PATH_TEXT, "/moon/%0*" PRIx64, id >> 40 == 0 ? 10 : 16, id);
    return true;
}

int zt_cli_orbit(struct zt_cli *cli, int count, char **words)
{
    char path[PATH_TEXT], body[64];
    uint64_t seed;

    (void)count;
    if (!write_path(path, words[1]))
        return ZT_CLI_USAGE;
    if (strlen(words[2]) != 10 || !zt_hex_number(&seed, words[2], 10)) {
        (void)fprintf(stderr, "invalid address of a seed\n");
        return ZT_CLI_USAGE;
    }
    zt_format(body, sizeof body, "{\"seed\":\"%s\"}", words[2]);
    return zt_cli_tell(cli, "orbit", "POST", path, body, false);
}

int zt_cli_deorbit(struct zt_cli *cli, int count, char **words)
{
    char path[PATH_TEXT];

    (void)count;
    if (!write_path(path, words[1]))
        return ZT_CLI_USAGE;
    return zt_cli_tell(cli, "deorbit", "DELETE", path, NULL, true);
}

int zt_cli_listmoons(struct zt_cli *cli, int count, char **words)
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
