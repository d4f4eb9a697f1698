/* SPDX-License-Identifier: Apache-2.0 */
/* The control socket of a running root or controller: one JSON object a line, {"method","path","body"},
   answered by {"status","body"}. Only the owner of the state directory may connect. */
#ifndef ZT_CMD_CONTROL_H
#define ZT_CMD_CONTROL_H

#include "cmd/api.h"

#define ZT_CONTROL_NAME "control.sock"
#define ZT_MAX_CONTROL_CLIENTS 16
#define ZT_MAX_CONTROL_LINE (4 << 20) /* bytes of one request */
#define ZT_CONTROL_TIMEOUT_MS 30000   /* for an answer to come */
#define ZT_CONTROL_CLIENT_MS 5000     /* to complete a request, and to take its answer */

struct zt_control;

/* Claims the state directory for this process and listens on home/control.sock. NULL: error names
   the path and says why, for instance that another process serves it. */
struct zt_control *zt_control_open(const char *home, char *error, size_t error_size);
/* Starts to answer; api is borrowed. Clients that came before have waited. */
ZT_MUST_USE bool zt_control_run(struct zt_control *control, const struct zt_api *api);
void zt_control_stop(struct zt_control *control); /* NULL is fine; removes the socket */

/* The other side: asks the process that serves home. NULL with error if there is none or it does not
   answer; else the answer's body, and *status. body is borrowed and may be NULL. */
json_t *zt_control_ask(const char *home, const char *method, const char *path, const json_t *body,
                       int *status, char *error, size_t error_size);

#endif
