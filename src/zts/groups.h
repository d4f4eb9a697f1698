/* SPDX-License-Identifier: Apache-2.0 */
/* Groups that sockets join and leave. */
#ifndef ZT_ZTS_GROUPS_H
#define ZT_ZTS_GROUPS_H

#include "zts/zts.h"

/* Does the option join or leave a group, and is there one in its value? */
bool zts_groups_has(int level, int optname, zts_socklen_t optlen);
/* Joins or leaves: 0 or -1, the reason in zt_stack_errno. */
int zts_groups_set(int fd, int level, int optname, const void *optval);

#endif
