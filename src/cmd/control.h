/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the process that serves a state directory: its HTTP API on a socket in there, which only the owner
   may open. docs/http.md. */
#ifndef ZT_CMD_CONTROL_H
#define ZT_CMD_CONTROL_H

#include "base/bytes.h"

#include <jansson.h>
#include <sys/un.h>

#define ZT_CONTROL_PATH (sizeof((struct sockaddr_un *)0)->sun_path)

/* "home/control.sock". False, with error: too long for a socket. */
ZT_MUST_USE bool zt_control_path(char path[ZT_CONTROL_PATH], const char *home, char *error,
                                 size_t error_size);
/* NULL with error if nobody is there or no JSON is answered; else the answer's body, and *status. body is
   borrowed and may be NULL. */
json_t *zt_control_ask(const char *home, const char *method, const char *path, const json_t *body,
                       int *status, char *error, size_t error_size);

#endif
