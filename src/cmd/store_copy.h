/* SPDX-License-Identifier: Apache-2.0 */
/* What the tools for records share: which store is meant, copying, and telling how far it has come. */
#ifndef ZT_CMD_STORE_COPY_H
#define ZT_CMD_STORE_COPY_H

#include "cmd/args.h"
#include "cmd/home.h"
#include "controller/store.h"

/* Options of each tool. */
struct zt_store_choice {
    const char *home;  /* its controller.db, unless a store is named */
    const char *store; /* "sqlite:PATH", "postgres:URI" */
    bool as_json;
};

#define ZT_STORE_OPTIONS(choice)                                                                   \
    { "--home", "-H", ZT_OPTION_NAME, &(choice)->home },                                           \
        { "--store", NULL, ZT_OPTION_NAME, &(choice)->store },                                     \
    {                                                                                              \
        "--json", "-j", ZT_OPTION_FLAG, &(choice)->as_json                                         \
    }
#define ZT_STORE_HELP                                                                              \
    "  -H, --home DIR    state directory of the controller, which may be running\n"                \
    "      --store STORE where its records are instead: sqlite:PATH or postgres:URI\n"             \
    "  -j, --json        print how many records there were as JSON\n"

/* Is one store named? ZT_GO_ON, or the exit code after a complaint. */
int zt_store_judge(const struct zt_command *command, const struct zt_store_choice *choice);
/* Opens it. NULL: reported, and *code is the exit code. */
struct zt_store *zt_store_choose(const struct zt_command *command,
                                 const struct zt_store_choice *choice, bool create, int *code);

struct zt_tally {
    size_t networks, members;
    bool is_shown; /* that there is progress: when standard error is a terminal */
    int64_t shown_ms;
};

void zt_tally_count(struct zt_tally *tally, const struct zt_record *record);
/* Prints it when all is done: "3 networks, 20 members", or as JSON. */
void zt_tally_print(const struct zt_tally *tally, bool as_json);

/* Copies all records into a transaction that the caller has begun and ends. False: error tells which side
   has failed, and why. */
ZT_MUST_USE bool zt_store_copy(struct zt_store *from, struct zt_store *to, struct zt_tally *tally,
                               char error[ZT_HOME_TEXT]);
/* Begins, empties if replace, copies, commits; or changes nothing. */
ZT_MUST_USE bool zt_store_copy_whole(struct zt_store *from, struct zt_store *to, bool replace,
                                     struct zt_tally *tally, char error[ZT_HOME_TEXT]);

#endif
