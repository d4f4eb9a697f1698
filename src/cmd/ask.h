/* SPDX-License-Identifier: Apache-2.0 */
/* What the administering commands share: their options, and asking with its errors reported. */
#ifndef ZT_CMD_ASK_H
#define ZT_CMD_ASK_H

#include "cmd/args.h"
#include "vl1/address.h"

/* Options of every such command. */
struct zt_ask {
    const struct zt_command *command;
    const char *home;
    bool as_json;
};

#define ZT_ASK_OPTIONS(ask)                                                                        \
    { "--home", "-H", ZT_OPTION_NAME, &(ask)->home },                                              \
    {                                                                                              \
        "--json", "-j", ZT_OPTION_FLAG, &(ask)->as_json                                            \
    }
#define ZT_ASK_HELP                                                                                \
    "  -H, --home DIR  state directory of the running controller\n"                                \
    "  -j, --json      print the answer as JSON\n"

/* Reads the arguments; there must be `least` to `most` words. */
int zt_ask_read(struct zt_ask *ask, int count, char **arguments, const struct zt_option *options,
                size_t option_count, size_t least, size_t most, struct zt_texts *words);
/* The answer's body, or NULL after the error was reported. Takes body. */
json_t *zt_ask(const struct zt_ask *ask, const char *method, const char *path, json_t *body);
/* "/controller/network/<nwid>/member/<address>" of texts that were judged; false: reported. */
ZT_MUST_USE bool zt_ask_path(const struct zt_ask *ask, char *path, size_t size, const char *nwid,
                             const char *address);

#endif
