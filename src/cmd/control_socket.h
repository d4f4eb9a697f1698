/* SPDX-License-Identifier: Apache-2.0 */
/* Unix sockets with JSON lines: what both sides of the control socket need. */
#ifndef ZT_CMD_CONTROL_SOCKET_H
#define ZT_CMD_CONTROL_SOCKET_H

#include "base/bytes.h"

#include <jansson.h>
#include <sys/un.h>

/* False, with error, if the path is too long for a socket. */
ZT_MUST_USE bool zt_control_address(struct sockaddr_un *address, const char *home, char *error,
                                    size_t error_size);
int zt_control_socket(void); /* not inherited by programs started; -1 and errno */
int zt_control_connect(const struct sockaddr_un *address); /* -1 and errno */
void zt_control_limit_time(int socket, int timeout_ms);    /* for receiving and sending */
/* JSON as one line, which the caller frees; NULL when out of memory. */
char *zt_control_text(const json_t *json, size_t *length);
ZT_MUST_USE bool zt_control_send(int socket, const json_t *json); /* as one line */

#endif
