/* SPDX-License-Identifier: Apache-2.0 */
/* The local settings of all joined networks, and their files. Any thread may call. docs/wire.md 17.1 */
#ifndef ZT_CMD_POLICIES_H
#define ZT_CMD_POLICIES_H

#include "base/log.h"
#include "cmd/network_policy.h"
#include "os/files.h"
#include "vl1/address.h"

#include <jansson.h>

#define ZT_POLICIES_ERROR 512 /* longest text of a failure with its 0 */

struct zt_policies;

/* Reads the settings of the networks that home says are joined. What is damaged is told and set aside. folder and
   home, its path, are borrowed. To be called after the service was started, which keys the tables. NULL: out of
   memory. */
struct zt_policies *zt_policies_open(struct zt_folder *folder, const char *home,
                                     const struct zt_log *log);
void zt_policies_close(struct zt_policies *policies); /* NULL is fine */

/* Never waits for the disk. The defaults for a network without settings, or if policies is NULL. */
struct zt_network_policy zt_policies_of(struct zt_policies *policies, zt_nwid nwid);
/* A network is about to be joined, or is joined already: reads its settings, if that was not done, and takes over
   and keeps those that body names as booleans. False: error names the file and says why nothing was changed. */
ZT_MUST_USE bool zt_policies_change(struct zt_policies *policies, zt_nwid nwid, const json_t *body,
                                    char error[ZT_POLICIES_ERROR]);
/* The network was left. Its file stays, for when it is joined again. */
void zt_policies_forget(struct zt_policies *policies, zt_nwid nwid);

#endif
