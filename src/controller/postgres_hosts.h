/* SPDX-License-Identifier: Apache-2.0 */
/* The servers that a connection string names, "host=a,b": which of them is to be asked first. libpq begins with
   the first of its list at each attempt, and one that never answers, or can only be read from, would keep it from
   the others. */
#ifndef ZT_CONTROLLER_POSTGRES_HOSTS_H
#define ZT_CONTROLLER_POSTGRES_HOSTS_H

#include <libpq-fe.h>
#include <stdbool.h>

enum { ZT_POSTGRES_HOST, ZT_POSTGRES_HOSTADDR, ZT_POSTGRES_PORT, ZT_POSTGRES_LISTS };

/* Of zeros: nothing known yet, and libpq finds out. */
struct zt_postgres_hosts {
    bool are_known;
    char *lists[ZT_POSTGRES_LISTS]; /* owned; NULL: not given */
};

/* PQconnectdb or, not waiting, PQconnectStart, with our defaults for what where does not tell. */
PGconn *zt_postgres_hosts_connect(struct zt_postgres_hosts *hosts, const char *where, bool wait);
void zt_postgres_hosts_clear(struct zt_postgres_hosts *hosts);
/* The one after this server (its PQhost) comes first from now on, and this one last. */
void zt_postgres_hosts_turn(struct zt_postgres_hosts *hosts, const char *last);

#endif
