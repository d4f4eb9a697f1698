/* SPDX-License-Identifier: Apache-2.0 */
/* Copying records from store to store, all or nothing. */
#define _POSIX_C_SOURCE 200809L

#include "cmd/store_copy.h"

#include "base/text.h"
#include "os/host.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SHOW_MS 200

int zt_store_judge(const struct zt_command *command, const struct zt_store_choice *choice)
{
    if (!choice->home != !choice->store)
        return ZT_GO_ON;
    return zt_complain(command, ZT_EXIT_USAGE, "one of --home DIR and --store STORE is needed");
}

struct zt_store *zt_store_choose(const struct zt_command *command,
                                 const struct zt_store_choice *choice, bool create, int *code)
{
    char own[ZT_HOME_TEXT], error[ZT_HOME_TEXT];
    struct zt_store *store;

    if (choice->home)
        zt_format(own, sizeof own, "sqlite:%s/controller.db", choice->home);
    store = zt_store_open(choice->home ? own : choice->store, create, error, sizeof error);
    if (!store)
        *code = zt_complain(command, ZT_EXIT_FAILED, "%s", error);
    return store;
}

static void write_tally(const struct zt_tally *tally, char out[64])
{
    zt_format(out, 64, "%zu network%s, %zu member%s", tally->networks,
              tally->networks == 1 ? "" : "s", tally->members, tally->members == 1 ? "" : "s");
}

void zt_tally_count(struct zt_tally *tally, const struct zt_record *record)
{
    int64_t now_ms = zt_host_mono_ms();
    char text[64];

    tally->networks += record->kind == ZT_RECORD_NETWORK;
    tally->members += record->kind == ZT_RECORD_MEMBER;
    if (!isatty(STDERR_FILENO) || now_ms - tally->shown_ms < SHOW_MS)
        return;
    tally->shown_ms = now_ms;
    write_tally(tally, text);
    (void)fprintf(stderr, "\r%s", text);
    (void)fflush(stderr);
    tally->is_shown = true;
}

void zt_tally_print(const struct zt_tally *tally, bool as_json)
{
    char text[64];

    if (as_json) {
        zt_print_json(json_pack("{s:I, s:I}", "networks", (json_int_t)tally->networks, "members",
                                (json_int_t)tally->members));
        return;
    }
    write_tally(tally, text);
    (void)printf("%s\n", text);
}

struct copying {
    struct zt_store *to;
    struct zt_tally *tally;
    int result; /* of the first failure */
};

static void copy_record(void *context, const struct zt_record *record)
{
    struct copying *copying = context;

    if (copying->result != ZT_STORE_OK)
        return;
    copying->result = copying->to->functions->put(copying->to, record, ZT_ANY_REVISION);
    if (copying->result == ZT_STORE_OK)
        zt_tally_count(copying->tally, record);
}

bool zt_store_copy(struct zt_store *from, struct zt_store *to, struct zt_tally *tally,
                   char error[ZT_HOME_TEXT])
{
    struct copying copying = { .to = to, .tally = tally };
    int result = from->functions->load(from, copy_record, &copying);

    if (tally->is_shown)
        (void)fputc('\n', stderr);
    if (result != ZT_STORE_OK)
        zt_format(error, ZT_HOME_TEXT, "reading: %s", from->functions->error(from));
    else if (copying.result != ZT_STORE_OK)
        zt_format(error, ZT_HOME_TEXT, "writing: %s", to->functions->error(to));
    return result == ZT_STORE_OK && copying.result == ZT_STORE_OK;
}

bool zt_store_copy_whole(struct zt_store *from, struct zt_store *to, bool replace,
                         struct zt_tally *tally, char error[ZT_HOME_TEXT])
{
    bool is_good = to->functions->begin(to) == ZT_STORE_OK &&
                   (!replace || to->functions->remove(to, 0, 0) == ZT_STORE_OK);

    if (!is_good)
        zt_format(error, ZT_HOME_TEXT, "writing: %s", to->functions->error(to));
    is_good = is_good && zt_store_copy(from, to, tally, error);
    if (is_good && to->functions->commit(to) == ZT_STORE_OK)
        return true;
    if (is_good)
        zt_format(error, ZT_HOME_TEXT, "writing: %s", to->functions->error(to));
    to->functions->rollback(to);
    return false;
}
