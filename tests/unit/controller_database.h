/* SPDX-License-Identifier: Apache-2.0 */
/* A PostgreSQL cluster of the test's own: in a temporary folder, on a Unix socket there, stopped and removed
   in the end. Needs the server's programs; where they are not installed, tests are skipped. */
#ifndef ZT_TESTS_CONTROLLER_DATABASE_H
#define ZT_TESTS_CONTROLLER_DATABASE_H

#include <glob.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct database {
    char programs[128]; /* folder; empty: not installed */
    char folder[64];    /* with the cluster in data, and the socket */
    bool is_up;
};

static struct database database;
static bool has_postgres; /* it is installed, and runs */

static bool database_find(void)
{
    glob_t found;
    const char *path = "";

    if (glob("/usr/lib/postgresql/*/bin/pg_ctl", 0, NULL, &found) != 0)
        return false;
    path = found.gl_pathv[found.gl_pathc - 1];
    (void)snprintf(database.programs, sizeof database.programs, "%.*s",
                   (int)(strrchr(path, '/') - path), path);
    globfree(&found);
    return true;
}

/* The server refuses to run as root, so root lends it to another user. */
static const char *database_user(void)
{
    return geteuid() == 0 ? "runuser -u nobody -- " : "";
}

static bool shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

static bool shell(const char *format, ...)
{
    char command[2048];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    return system(command) == 0;
}

static void database_come_back(void)
{
    assert_true(shell(
        "cd %s && %s%s/pg_ctl -s -w -D data -l log -o \"-k %s -c listen_addresses='' -c fsync=off"
        " -c shared_buffers=16MB\" start",
        database.folder, database_user(), database.programs, database.folder));
    database.is_up = true;
}

static void database_go_away(void)
{
    if (database.is_up)
        (void)shell("cd %s && %s%s/pg_ctl -s -w -D data -m immediate stop", database.folder,
                    database_user(), database.programs);
    database.is_up = false;
}

/* All its processes stand still, as those of a machine that hangs; or go on. */
static inline void database_freeze(bool on)
{
    assert_true(shell("head -1 %s/data/postmaster.pid | { read -r main; kill -%s $main $(ps -o pid="
                      " --ppid $main); }",
                      database.folder, on ? "STOP" : "CONT"));
}

/* False: not installed. */
static bool database_start(void)
{
    if (*database.folder)
        return true;
    if (!database_find())
        return false;
    strcpy(database.folder, "/tmp/zt-postgres-XXXXXX");
    assert_non_null(mkdtemp(database.folder));
    assert_true(geteuid() != 0 || shell("chown nobody %s", database.folder));
    assert_true(shell("cd %s && %s%s/initdb -D data -A trust -U zt -E UTF8 --locale=C >initdb.log"
                      " 2>&1 || { cat initdb.log; false; }",
                      database.folder, database_user(), database.programs));
    database_come_back();
    return true;
}

static void database_stop(void)
{
    if (!*database.folder)
        return;
    database_go_away();
    (void)shell("rm -rf %s", database.folder);
    *database.folder = 0;
}

/* For zt_store_open. */
static const char *database_store(void)
{
    static char text[128];

    (void)snprintf(text, sizeof text, "postgres:host=%s user=zt dbname=postgres", database.folder);
    return text;
}

/* In a session of its own. */
static void database_run(const char *sql)
{
    assert_true(shell("PGOPTIONS='-c client_min_messages=warning' %s/psql -q -v ON_ERROR_STOP=1 -h "
                      "%s -U zt postgres -c \"%s\" >/dev/null",
                      database.programs, database.folder, sql));
}

static inline void database_empty(void)
{
    database_run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
}

/* Set-up and tear-down of a group of tests. */
static inline int database_begin(void **unused)
{
    (void)unused;
    has_postgres = database_start();
    return 0;
}

static inline int database_end(void **unused)
{
    (void)unused;
    database_stop();
    return 0;
}

#endif
