/* SPDX-License-Identifier: Apache-2.0 */
/* Running a root, a controller, or both in one process, until a signal ends it. */
#ifndef ZT_CMD_SERVER_H
#define ZT_CMD_SERVER_H

#include "cmd/args.h"
#include "cmd/home.h"

#define ZT_MAX_SERVER_ENDPOINTS 32

struct zt_server_options {
    const struct zt_command *command;
    const char *home;
    uint16_t port;
    bool is_root, is_controller, in_memory, allow_loopback, is_verbose, as_json;
    const char *planet_file;                               /* NULL: that of the state directory */
    struct zt_endpoint endpoints[ZT_MAX_SERVER_ENDPOINTS]; /* of a root, as others reach it */
    size_t endpoint_count;                                 /* 0: the machine's own */
    struct zt_endpoint bind[ZT_MAX_SERVER_ENDPOINTS];
    size_t bind_count;
};

/* Returns the exit code, after SIGINT, SIGTERM or a failure, which has been reported. */
int zt_server_run(const struct zt_server_options *options);

#endif
