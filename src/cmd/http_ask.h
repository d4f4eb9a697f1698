/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the local API over HTTP, on this machine or another. docs/wire.md 20.1. */
#ifndef ZT_CMD_HTTP_ASK_H
#define ZT_CMD_HTTP_ASK_H

#include <stddef.h>

/* Where, and as whom. */
struct zt_http_place {
    const char *socket; /* path of a Unix socket; NULL: TCP to host and port */
    const char *host;   /* name or address; an IPv6 one without brackets */
    unsigned port;
    const char *token; /* NULL: none is needed there */
};

/* One request; body is JSON, or NULL. The answer's status, and its text in *answer, which the caller
   frees; or 0, and error says why there is none. Blocks up to a minute. */
int zt_http_ask(const struct zt_http_place *place, const char *method, const char *path,
                const char *body, char **answer, char *error, size_t size);

#endif
