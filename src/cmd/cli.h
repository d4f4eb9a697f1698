/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of the classic client share: where the service is, and asking it. */
#ifndef ZT_CMD_CLI_H
#define ZT_CMD_CLI_H

#include "cmd/home.h"
#include "cmd/http_ask.h"

#include <jansson.h>
#include <stdbool.h>

enum { ZT_CLI_OK = 0, ZT_CLI_FAILED = 1, ZT_CLI_USAGE = 2 };

struct zt_cli {
    struct zt_http_place place;
    const char *home;
    char *text; /* of the last answer; owned */
    char token[128];
    char missing[ZT_HOME_TEXT]; /* why the service can't be asked; empty: it can */
    bool as_json;
};

/* Each prints its result and returns the exit code. words[0] is the command's name, and there are as many as its
   row in the table of commands asks for. */
int zt_cli_info(struct zt_cli *cli, int count, char **words);
int zt_cli_listpeers(struct zt_cli *cli, int count, char **words);
int zt_cli_peers(struct zt_cli *cli, int count, char **words);
int zt_cli_listnetworks(struct zt_cli *cli, int count, char **words);
int zt_cli_join(struct zt_cli *cli, int count, char **words);
int zt_cli_leave(struct zt_cli *cli, int count, char **words);
int zt_cli_set(struct zt_cli *cli, int count, char **words);
int zt_cli_get(struct zt_cli *cli, int count, char **words);
int zt_cli_listmoons(struct zt_cli *cli, int count, char **words);
int zt_cli_orbit(struct zt_cli *cli, int count, char **words);
int zt_cli_deorbit(struct zt_cli *cli, int count, char **words);
int zt_cli_listbonds(struct zt_cli *cli, int count, char **words);
int zt_cli_bond(struct zt_cli *cli, int count, char **words);
int zt_cli_dump(struct zt_cli *cli, int count,
                char **words); /* also when the service can't be asked */

/* The answer's body, or NULL after what went wrong was printed. command: as in "404 command ...". */
json_t *zt_cli_ask(struct zt_cli *cli, const char *command, const char *method, const char *path,
                   const char *body);
/* Asks, and says "200 command OK", or with -j what was answered if may_json. Returns the exit code. */
int zt_cli_tell(struct zt_cli *cli, const char *command, const char *method, const char *path,
                const char *body, bool may_json);
/* JSON indented by one space, with a line end. */
void zt_cli_print(const json_t *json);
/* The text of a member, "-" if it has none. */
const char *zt_cli_text(const json_t *object, const char *key);
/* A text that a stranger may have chosen, without what could move a terminal's cursor or begin a line. */
void zt_cli_put(const char *text);

/* A member of the object, or 0 or false. */
int64_t zt_cli_number(const json_t *object, const char *key);
bool zt_cli_is_set(const json_t *object, const char *key);

/* Takes out of a service's answer or a configuration what opens something to who reads it: passwords, keys,
   tokens. docs/wire.md 22.3 */
void zt_cli_redact(json_t *json);

#endif
