/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of the classic client share: where the service is, and asking it. */
#ifndef ZT_CMD_CLI_H
#define ZT_CMD_CLI_H

#include "cmd/http_ask.h"

#include <jansson.h>
#include <stdbool.h>

enum { ZT_CLI_OK = 0, ZT_CLI_FAILED = 1, ZT_CLI_USAGE = 2 };

struct zt_cli {
    struct zt_http_place place;
    const char *home;
    char *text; /* of the last answer; owned */
    char token[128];
    bool as_json;
};

/* Each prints its result and returns the exit code. words[0] is the command's name. */
int zt_cli_info(struct zt_cli *cli, int count, char **words);
int zt_cli_listpeers(struct zt_cli *cli, int count, char **words);
int zt_cli_peers(struct zt_cli *cli, int count, char **words);
int zt_cli_listnetworks(struct zt_cli *cli, int count, char **words);
int zt_cli_get(struct zt_cli *cli, int count, char **words);

/* The answer's body, or NULL after what went wrong was printed. command: as in "404 command ...". */
json_t *zt_cli_ask(struct zt_cli *cli, const char *command, const char *method, const char *path,
                   const char *body);
/* JSON indented by one space, with a line end. */
void zt_cli_print(const json_t *json);
const char *zt_cli_text(const json_t *object, const char *key);

#endif
