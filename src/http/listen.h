/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets to listen on: TCP, and Unix sockets. */
#ifndef ZT_HTTP_LISTEN_H
#define ZT_HTTP_LISTEN_H

#include "base/endpoint.h"

#include <sys/socket.h>

/* A listening socket, and *endpoint with the port it got; or a negative errno. */
int zt_http_listen(struct zt_endpoint *endpoint);
/* A listening Unix socket for this user only, in place of one that is there; or a negative errno. */
int zt_http_listen_at(const char *path);
/* NONE for a family that is none of ours. */
struct zt_endpoint zt_http_endpoint_of(const struct sockaddr *address);

#endif
