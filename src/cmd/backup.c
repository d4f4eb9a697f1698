/* SPDX-License-Identifier: Apache-2.0 */
/* `zt controller backup`, `restore` and `copy`: a backup is an SQLite store, whatever it was taken from. */
#define _POSIX_C_SOURCE 200809L

#include "base/text.h"
#include "cmd/commands.h"
#include "cmd/store_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct zt_command backup_command = {
    "controller backup", "-H DIR FILE",
    "Writes all records, as of one moment, to FILE, which is replaced in one step. The\n"
    "controller goes on running.\n" ZT_STORE_HELP
};

static const struct zt_command restore_command = {
    "controller restore", "-H DIR FILE",
    "Replaces all records by those of FILE, which `zt controller backup` has written. A\n"
    "controller that is running takes them over at once.\n" ZT_STORE_HELP
};

static const struct zt_command copy_command = {
    "controller copy", "FROM TO",
    "Copies all records from one store to another, each sqlite:PATH or postgres:URI.\n"
    "Records that are there already are replaced, others stay; with --replace they go.\n"
    "      --replace         empty TO first\n"
    "  -j, --json            print how many records there were as JSON\n"
};

static int report(const struct zt_command *command, bool is_done, const struct zt_tally *tally,
                  bool as_json, const char *error)
{
    if (!is_done)
        return zt_complain(command, ZT_EXIT_FAILED, "%s", error);
    zt_tally_print(tally, as_json);
    return ZT_EXIT_OK;
}

/* One word, the file's name. */
static int read_options(const struct zt_command *command, int count, char **arguments,
                        struct zt_store_choice *choice, const char **file)
{
    const struct zt_option table[] = { ZT_STORE_OPTIONS(choice) };
    struct zt_texts words;
    int code = zt_args_read(command, count, arguments, table, 3, &words);

    if (code != ZT_GO_ON)
        return code;
    if (words.count != 1)
        return zt_complain(command, ZT_EXIT_USAGE, "one FILE is needed");
    *file = words.values[0];
    return zt_store_judge(command, choice);
}

static void remove_journal(const char *path)
{
    static const char *const suffixes[] = { "-wal", "-shm", "-journal" };
    char name[ZT_HOME_TEXT];

    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        zt_format(name, sizeof name, "%s%s", path, suffixes[i]);
        (void)unlink(name);
    }
}

static void remove_database(const char *path)
{
    (void)unlink(path);
    remove_journal(path);
}

static bool sync_path(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    bool is_synced = descriptor >= 0 && fsync(descriptor) == 0;

    if (descriptor >= 0)
        (void)close(descriptor);
    return is_synced;
}

/* The new file under its name, for good. A journal beside it would mean that not all is in the file. */
static bool put_in_place(const char *made, const char *file, char error[ZT_HOME_TEXT])
{
    char journal[ZT_HOME_TEXT], folder[ZT_HOME_TEXT];
    const char *slash = strrchr(file, '/');

    zt_format(journal, sizeof journal, "%s-wal", made);
    zt_format(folder, sizeof folder, "%.*s", slash ? (int)(slash - file + 1) : 1,
              slash ? file : ".");
    if (access(journal, F_OK) == 0) {
        zt_format(error, ZT_HOME_TEXT, "%s: could not be completed", made);
        return false;
    }
    if (sync_path(made)) {
        /* One left by somebody who crashed on the file of before would be taken for this one's. */
        remove_journal(file);
        if (rename(made, file) == 0 && sync_path(folder))
            return true;
    }
    zt_format(error, ZT_HOME_TEXT, "%s: %s", file, strerror(errno));
    return false;
}

static bool write_backup(struct zt_store *from, const char *file, struct zt_tally *tally,
                         char error[ZT_HOME_TEXT])
{
    char made[ZT_HOME_TEXT];
    struct zt_store *to;
    bool is_good;

    if (strlen(file) > sizeof made - 32) {
        zt_format(error, ZT_HOME_TEXT, "%.100s...: too long a name", file);
        return false;
    }
    zt_format(made, sizeof made, "%s.%ld", file, (long)getpid());
    remove_database(made);
    to = zt_store_sqlite_open(made, true, error, ZT_HOME_TEXT);
    if (!to)
        return false;
    is_good = zt_store_copy_whole(from, to, true, tally, error);
    to->functions->close(to);
    is_good = is_good && put_in_place(made, file, error);
    remove_database(made);
    return is_good;
}

/* A file that is no backup stays: somebody has mistyped its name. */
static bool may_replace(const char *file, char error[ZT_HOME_TEXT])
{
    static const char header[] = "SQLite format 3";
    char begin[sizeof header] = "";
    int descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t length;

    if (descriptor < 0)
        return zt_home_is_plain(file, error);
    length = zt_home_is_plain(file, error) ? read(descriptor, begin, sizeof header) : -1;
    (void)close(descriptor);
    if (length == 0 || (length == sizeof header && memcmp(begin, header, sizeof header) == 0))
        return true;
    if (length > 0)
        zt_format(error, ZT_HOME_TEXT, "%.400s: is no backup, and is not replaced", file);
    return false;
}

/* Replacing the database under a controller that runs would lose all that it writes from then on. */
static bool is_store_itself(const struct zt_store_choice *choice, const char *file)
{
    char path[ZT_HOME_TEXT];
    struct stat store, target;

    if (choice->home)
        zt_format(path, sizeof path, "%s/controller.db", choice->home);
    else if (strncmp(choice->store, "sqlite:", 7) == 0)
        zt_format(path, sizeof path, "%s", choice->store + 7);
    else
        return false;
    return stat(path, &store) == 0 && stat(file, &target) == 0 && store.st_dev == target.st_dev &&
           store.st_ino == target.st_ino;
}

int zt_command_backup(int count, char **arguments)
{
    struct zt_store_choice choice = { 0 };
    struct zt_tally tally = { 0 };
    char error[ZT_HOME_TEXT] = "";
    const char *file;
    struct zt_store *from;
    int code = read_options(&backup_command, count, arguments, &choice, &file);

    if (code != ZT_GO_ON)
        return code;
    if (!*file)
        return zt_complain(&backup_command, ZT_EXIT_USAGE, "FILE is empty");
    if (!may_replace(file, error))
        return zt_complain(&backup_command, ZT_EXIT_FAILED, "%s", error);
    if (is_store_itself(&choice, file))
        return zt_complain(&backup_command, ZT_EXIT_FAILED, "%s: is the store itself", file);
    (void)umask(077); /* records are nobody else's */
    from = zt_store_choose(&backup_command, &choice, false, &code);
    if (!from)
        return code;
    code = report(&backup_command, write_backup(from, file, &tally, error), &tally, choice.as_json,
                  error);
    from->functions->close(from);
    return code;
}

static int copy_between(const struct zt_command *command, struct zt_store *from,
                        struct zt_store *to, bool replace, bool as_json)
{
    struct zt_tally tally = { 0 };
    char error[ZT_HOME_TEXT] = "";

    return report(command, zt_store_copy_whole(from, to, replace, &tally, error), &tally, as_json,
                  error);
}

int zt_command_restore(int count, char **arguments)
{
    struct zt_store_choice choice = { 0 };
    char error[ZT_HOME_TEXT] = "";
    struct zt_store *from, *to;
    const char *file;
    int code = read_options(&restore_command, count, arguments, &choice, &file);

    if (code != ZT_GO_ON)
        return code;
    (void)umask(077);
    from = zt_store_sqlite_open(file, false, error, sizeof error);
    if (!from)
        return zt_complain(&restore_command, ZT_EXIT_FAILED, "%s", error);
    to = zt_store_choose(&restore_command, &choice, true, &code);
    if (to) {
        code = copy_between(&restore_command, from, to, true, choice.as_json);
        to->functions->close(to);
    }
    from->functions->close(from);
    return code;
}

int zt_command_copy(int count, char **arguments)
{
    bool replace = false, as_json = false;
    const struct zt_option table[] = { { "--replace", NULL, ZT_OPTION_FLAG, &replace },
                                       { "--json", "-j", ZT_OPTION_FLAG, &as_json } };
    char error[ZT_HOME_TEXT] = "";
    struct zt_store *from, *to;
    struct zt_texts words;
    int code = zt_args_read(&copy_command, count, arguments, table, 2, &words);

    if (code != ZT_GO_ON)
        return code;
    if (words.count != 2)
        return zt_complain(&copy_command, ZT_EXIT_USAGE, "FROM and TO are needed");
    (void)umask(077);
    from = zt_store_open(words.values[0], false, error, sizeof error);
    if (!from)
        return zt_complain(&copy_command, ZT_EXIT_FAILED, "%s", error);
    to = zt_store_open(words.values[1], true, error, sizeof error);
    code = to ? copy_between(&copy_command, from, to, replace, as_json)
              : zt_complain(&copy_command, ZT_EXIT_FAILED, "%s", error);
    if (to)
        to->functions->close(to);
    from->functions->close(from);
    return code;
}
