/* SPDX-License-Identifier: Apache-2.0 */
/* Running a root, a controller, or both in one process, until a signal ends it. */
#ifndef ZT_CMD_SERVER_H
#define ZT_CMD_SERVER_H

#include "cmd/api.h"
#include "cmd/args.h"
#include "cmd/home.h"
#include "cmd/local_conf.h"
#include "http/http.h"

#define ZT_MAX_SERVER_ENDPOINTS 32

_Static_assert(ZT_MAX_CONF_LIST <= ZT_MAX_SERVER_ENDPOINTS, "both name addresses to bind to");

struct zt_server_options {
    const struct zt_command *command;
    const char *home;
    uint16_t port;
    bool is_root, is_controller, allow_loopback, is_verbose, as_json;
    const char *store;                                     /* NULL: that of the state directory */
    const char *planet_file;                               /* NULL: that of the state directory */
    struct zt_endpoint endpoints[ZT_MAX_SERVER_ENDPOINTS]; /* of a root, as others reach it */
    size_t endpoint_count;                                 /* 0: the machine's own */
    struct zt_endpoint bind[ZT_MAX_SERVER_ENDPOINTS];
    size_t bind_count;
    bool no_http;                                /* no TCP */
    struct zt_endpoint http[ZT_MAX_HTTP_LISTEN]; /* where it listens; count 0: as it chooses */
    size_t http_count;
    struct zt_endpoint http_allow[ZT_MAX_HTTP_PREFIXES]; /* networks that may administer */
    size_t http_allow_count;
    /* Called once all runs, instead of printing the line that says so. False: stop, it has complained. */
    bool (*ready)(const struct zt_server_options *options, const struct zt_api *api);
    void *context;             /* for it */
    struct zt_local_conf conf; /* of the state directory; the fields above come before it */
};

/* Reads the options that all of them know, and those of the command's own (18 at most). ZT_GO_ON, or
   the exit code. To be cleared either way. */
int zt_server_read(struct zt_server_options *options, const struct zt_option *own, size_t own_count,
                   int count, char **arguments);
void zt_server_options_clear(struct zt_server_options *options);
/* Returns the exit code, after SIGINT, SIGTERM or a failure, which has been reported. */
int zt_server_run(const struct zt_server_options *options);

#endif
