/* SPDX-License-Identifier: Apache-2.0 */
/* TCP sockets to listen on. */
#ifndef ZT_HTTP_LISTEN_H
#define ZT_HTTP_LISTEN_H

#include "base/endpoint.h"

#include <sys/socket.h>

/* A listening socket, and *endpoint with the port it got; or a negative errno. */
int zt_http_listen(struct zt_endpoint *endpoint);
/* NONE for a family that is none of ours. */
struct zt_endpoint zt_http_endpoint_of(const struct sockaddr *address);

#endif
