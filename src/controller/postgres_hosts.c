/* SPDX-License-Identifier: Apache-2.0 */
#include "controller/postgres_hosts.h"

#include "base/mem.h"

#include <string.h>

static const char *const keys_of_lists[ZT_POSTGRES_LISTS] = { "host", "hostaddr", "port" };

/* False: out of memory. */
static bool keep(char **list, const char *text)
{
    size_t size = strlen(text) + 1;

    *list = zt_alloc(size);
    if (*list)
        memcpy(*list, text, size);
    return *list != NULL;
}

static bool keep_lists(struct zt_postgres_hosts *hosts, const PQconninfoOption *options)
{
    for (; options && options->keyword; options++)
        for (int i = 0; i < ZT_POSTGRES_LISTS; i++)
            if (options->val && strcmp(options->keyword, keys_of_lists[i]) == 0 &&
                !keep(&hosts->lists[i], options->val))
                return false;
    return options != NULL;
}

/* What libpq has made of connection string, environment and service file, if not known yet. */
static void learn(struct zt_postgres_hosts *hosts, PGconn *connection)
{
    PQconninfoOption *options;

    if (hosts->are_known)
        return;
    options = PQconninfo(connection);
    if (keep_lists(hosts, options))
        hosts->are_known = true;
    else /* each list goes with the others */
        zt_postgres_hosts_clear(hosts);
    PQconninfoFree(options);
}

/* Ours come first, and what the user names after them, so that it has the last word; but for the order of the
   servers. A connection that has died is noticed after some 20 seconds, even if nothing is sent. */
PGconn *zt_postgres_hosts_connect(struct zt_postgres_hosts *hosts, const char *where, bool wait)
{
    const struct {
        const char *key, *value;
    } given[] = {
        { "application_name", "zt controller" },
        { "connect_timeout", "10" },
        { "keepalives_idle", "10" },
        { "keepalives_interval", "5" },
        { "keepalives_count", "2" },
        { "tcp_user_timeout", "10000" },
        { "target_session_attrs", "read-write" },
        { "client_encoding", "UTF8" },
        { "dbname", where },
        { keys_of_lists[ZT_POSTGRES_HOST], hosts->lists[ZT_POSTGRES_HOST] },
        { keys_of_lists[ZT_POSTGRES_HOSTADDR], hosts->lists[ZT_POSTGRES_HOSTADDR] },
        { keys_of_lists[ZT_POSTGRES_PORT], hosts->lists[ZT_POSTGRES_PORT] },
    };
    enum { COUNT = sizeof given / sizeof given[0] };
    const char *keys[COUNT + 1] = { NULL }, *values[COUNT + 1] = { NULL };
    PGconn *connection;

    for (size_t i = 0; i < COUNT; i++) {
        keys[i] = given[i].key;
        values[i] = given[i].value;
    }
    connection = wait ? PQconnectdbParams(keys, values, 1) : PQconnectStartParams(keys, values, 1);
    learn(hosts, connection);
    return connection;
}

void zt_postgres_hosts_clear(struct zt_postgres_hosts *hosts)
{
    for (int i = 0; i < ZT_POSTGRES_LISTS; i++)
        zt_free(hosts->lists[i]);
    memset(hosts, 0, sizeof *hosts);
}

/* "a,b,c" becomes "b,c,a". One alone stays: a port may be that of all servers. */
static void turn_list(char *list)
{
    size_t length = list ? strlen(list) : 0, first = list ? strcspn(list, ",") : 0;

    if (first == length)
        return;
    list[length] = ','; /* in place of the end */
    for (size_t i = 0; i <= first; i++) {
        char byte = list[0];

        memmove(list, list + 1, length);
        list[length] = byte;
    }
    list[length] = 0;
}

static void turn(struct zt_postgres_hosts *hosts)
{
    for (int i = 0; i < ZT_POSTGRES_LISTS; i++)
        turn_list(hosts->lists[i]);
}

static bool is_first(const char *list, const char *name)
{
    size_t length = strlen(name);

    return list && strncmp(list, name, length) == 0 && (list[length] == ',' || list[length] == 0);
}

static size_t count_hosts(const char *list)
{
    size_t count = 1;

    for (; list && *list; list++)
        count += *list == ',';
    return count;
}

void zt_postgres_hosts_turn(struct zt_postgres_hosts *hosts, const char *last)
{
    const char *names =
        hosts->lists[hosts->lists[ZT_POSTGRES_HOST] ? ZT_POSTGRES_HOST : ZT_POSTGRES_HOSTADDR];
    size_t count = count_hosts(names);

    /* A name that is not found leaves the order as it was. */
    for (size_t i = 0; i < count && last && !is_first(names, last); i++)
        turn(hosts);
    turn(hosts);
}
