/* SPDX-License-Identifier: Apache-2.0 */
/* The table of connections. A server's own timeout starts anew with each byte; this one does not. */
#include "http/connections.h"

#include "base/mem.h"
#include "os/host.h"

#include <sys/socket.h>

#define CAPACITY (ZT_MAX_HTTP_BURST + ZT_HTTP_SLACK)

struct zt_connection {
    bool is_used;
    bool is_cut;
    bool is_first; /* request of who may administer */
    int socket;
    struct zt_endpoint remote;
    int64_t since_ms;
};

struct zt_connections {
    struct zt_monitor *desk; /* guards the list */
    struct zt_connection list[CAPACITY];
};

struct zt_connections *zt_connections_new(void)
{
    struct zt_connections *connections = zt_alloc(sizeof *connections);

    if (!connections)
        return NULL;
    connections->desk = zt_monitor_new();
    if (connections->desk)
        return connections;
    zt_free(connections);
    return NULL;
}

void zt_connections_free(struct zt_connections *connections)
{
    if (!connections)
        return;
    zt_monitor_free(connections->desk);
    zt_free(connections);
}

static void cut(struct zt_connection *connection)
{
    (void)shutdown(connection->socket, SHUT_RDWR);
    connection->is_cut = true;
}

static bool has_grace(const struct zt_connection *connection, int64_t now_ms)
{
    return connection->is_first && now_ms - connection->since_ms < ZT_HTTP_GRACE_MS;
}

/* Who goes first: those without grace, of them the oldest. */
static bool goes_before(const struct zt_connection *a, const struct zt_connection *b,
                        int64_t now_ms)
{
    bool grace = has_grace(a, now_ms);

    return grace == has_grace(b, now_ms) ? a->since_ms < b->since_ms : !grace;
}

/* Makes room for one more of this address, or of any (NULL). Those of the Unix socket have none: a crowd
   outside does not cut them. */
static void make_room(struct zt_connections *connections, const struct zt_endpoint *remote,
                      size_t most, int64_t now_ms)
{
    struct zt_connection *first = NULL;
    size_t count = 0;

    for (size_t i = 0; i < CAPACITY; i++) {
        struct zt_connection *at = &connections->list[i];

        bool counts =
            remote ? zt_endpoint_same_ip(&at->remote, remote) : at->remote.family != ZT_FAMILY_NONE;

        if (!at->is_used || at->is_cut || !counts)
            continue;
        count++;
        if (!first || goes_before(at, first, now_ms))
            first = at;
    }
    if (count >= ZT_MAX_HTTP_BURST || (count >= most && !has_grace(first, now_ms)))
        cut(first);
}

struct zt_connection *zt_connections_add(struct zt_connections *connections, int socket,
                                         const struct zt_endpoint *remote, bool may_administer,
                                         int64_t now_ms)
{
    struct zt_connection *found = NULL;

    zt_monitor_enter(connections->desk);
    make_room(connections, remote, ZT_MAX_HTTP_PER_CLIENT, now_ms);
    if (remote->family != ZT_FAMILY_NONE)
        make_room(connections, NULL, ZT_MAX_HTTP_CONNECTIONS, now_ms);
    for (size_t i = 0; i < CAPACITY && !found; i++)
        if (!connections->list[i].is_used)
            found = &connections->list[i];
    if (found)
        *found = (struct zt_connection){ .is_used = true,
                                         .is_first = may_administer,
                                         .socket = socket,
                                         .remote = *remote,
                                         .since_ms = now_ms };
    zt_monitor_leave(connections->desk);
    return found;
}

void zt_connections_done(struct zt_connections *connections, struct zt_connection *connection,
                         int64_t now_ms)
{
    zt_monitor_enter(connections->desk);
    if (connection) {
        connection->since_ms = now_ms;
        connection->is_first = false;
    }
    zt_monitor_leave(connections->desk);
}

void zt_connections_remove(struct zt_connections *connections, struct zt_connection *connection)
{
    zt_monitor_enter(connections->desk);
    if (connection)
        connection->is_used = false;
    zt_monitor_leave(connections->desk);
}

size_t zt_connections_sweep(struct zt_connections *connections, int64_t now_ms)
{
    size_t count = 0;

    zt_monitor_enter(connections->desk);
    for (size_t i = 0; i < CAPACITY; i++) {
        struct zt_connection *at = &connections->list[i];

        if (!at->is_used || at->is_cut || now_ms - at->since_ms < ZT_HTTP_REQUEST_MS)
            continue;
        cut(at);
        count++;
    }
    zt_monitor_leave(connections->desk);
    return count;
}
