/* SPDX-License-Identifier: Apache-2.0 */
/* The door of the HTTP APIs: listens on TCP and a Unix socket, answers from a backend. docs/http.md. */
#ifndef ZT_HTTP_HTTP_H
#define ZT_HTTP_HTTP_H

#include "base/endpoint.h"
#include "base/log.h"
#include "controller/list.h"
#include "os/files.h"

#include <jansson.h>

#define ZT_MAX_HTTP_LISTEN 8    /* addresses listened on; more are refused */
#define ZT_MAX_HTTP_PREFIXES 64 /* networks that may administer; more are refused */

/* Could a node start with this local.conf? False: error names the field. */
typedef bool (*zt_conf_judge)(const json_t *conf, char *error, size_t error_size);

/* What knows the answers. Called from several threads at once. */
struct zt_http_backend {
    void *context;
    /* The internal API: method and path to a JSON value, always, with *status set. body may be NULL. */
    json_t *(*route)(void *context, const char *method, const char *path, const json_t *body,
                     int *status);
    /* The members of a network as JSON text of malloc, whose error it is if *status is not 200. form NULL:
       that of the local API. NULL: out of memory. */
    char *(*list)(void *context, uint64_t nwid, const struct zt_list_form *form, size_t *length,
                  int *status);
};

/* All is borrowed for the life of the server but the two lists of endpoints, which are copied. */
struct zt_http_options {
    const char *home;         /* path of the state directory, to be shown */
    struct zt_folder *folder; /* the same: holds tokens, account and local.conf */
    const char *socket; /* path of a Unix socket for the owner, who needs no token; NULL: none */
    bool no_tcp;        /* the Unix socket only */
    const struct zt_endpoint
        *listen; /* count 0: loopback, or all addresses if others may come in */
    size_t listen_count;
    uint16_t port; /* where listen names none */
    const struct zt_endpoint
        *allow; /* networks (port = prefix length) beside those of local.conf */
    size_t allow_count;
    struct zt_http_backend backend;
    zt_conf_judge judge;      /* of local.conf before it is changed; may be NULL */
    const struct zt_log *log; /* may be NULL */
};

/* "IP/PORT", "IP:PORT" or "[IP]:PORT". False: none of these. */
ZT_MUST_USE bool zt_http_address_read(struct zt_endpoint *endpoint, const char *text);
/* "IP/BITS", or an IP alone. */
ZT_MUST_USE bool zt_http_network_read(struct zt_endpoint *network, const char *text);

struct zt_http;

/* Makes the tokens if they are missing, and answers from now on. NULL: error says why, with the file or
   the address. A socket that somebody left at that path is replaced. Of the two default addresses those
   are left out that this machine does not have. */
struct zt_http *zt_http_start(const struct zt_http_options *options, char *error,
                              size_t error_size);
uint16_t zt_http_port(const struct zt_http *http); /* of the first TCP address; 0: none */
void zt_http_stop(struct zt_http *http);           /* answers what is being asked; NULL is fine */

#endif
