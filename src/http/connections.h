/* SPDX-License-Identifier: Apache-2.0 */
/* The open connections and since when each has been at its request: the slow ones are cut, however busy
   they look, and the oldest ones when there are too many. Any thread may call. */
#ifndef ZT_HTTP_CONNECTIONS_H
#define ZT_HTTP_CONNECTIONS_H

#include "base/endpoint.h"

#define ZT_MAX_HTTP_CONNECTIONS 256 /* the oldest gives way */
#define ZT_MAX_HTTP_PER_CLIENT 128  /* of one IP address; its oldest gives way */
#define ZT_MAX_HTTP_BURST 512       /* beyond these two: first requests of administrators */
#define ZT_HTTP_GRACE_MS 5000
#define ZT_HTTP_SLACK 256        /* those that were cut and are not closed yet */
#define ZT_HTTP_IDLE_S 15        /* without a byte either way */
#define ZT_HTTP_REQUEST_MS 60000 /* from the end of one request to the end of the next */
#define ZT_HTTP_SWEEP_MS 1000

struct zt_connections;
struct zt_connection;

struct zt_connections *zt_connections_new(void); /* NULL: out of memory */
void zt_connections_free(struct zt_connections *connections);

/* Cuts an older one if it is one too many. Consoles open a connection for each of hundreds of members at once,
   so the first request of who may administer has some grace. NULL: no room; the connection is not watched. */
struct zt_connection *zt_connections_add(struct zt_connections *connections, int socket,
                                         const struct zt_endpoint *remote, bool may_administer,
                                         int64_t now_ms);
/* The next request may begin. connection NULL is fine in both. */
void zt_connections_done(struct zt_connections *connections, struct zt_connection *connection,
                         int64_t now_ms);
/* To be called before its socket is closed. */
void zt_connections_remove(struct zt_connections *connections, struct zt_connection *connection);
/* Cuts those whose time is over; their owner then sees the end. Returns how many. */
size_t zt_connections_sweep(struct zt_connections *connections, int64_t now_ms);

#endif
