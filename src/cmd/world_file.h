/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands for planets and moons share: files of either are shown and signed the same way. */
#ifndef ZT_CMD_WORLD_FILE_H
#define ZT_CMD_WORLD_FILE_H

#include "cmd/args.h"
#include "cmd/home.h"
#include "cmd/world_json.h"

void zt_world_print(const struct zt_world *world, bool as_json);

/* Each returns the exit code after it has reported an error. */

/* `show [-j] FILE` */
int zt_world_file_show(const struct zt_command *command, int count, char **arguments);
/* `sign [-o FILE] PLAN`: dates and signs the plan, which must be of this type. Without an output
   the file is named by the world's id. */
int zt_world_file_sign(const struct zt_command *command, enum zt_world_type type, int count,
                       char **arguments);

/* A plan of a moon with these roots ("IDENTITY" or "IDENTITY=IP/PORT,..."), in their order, with fresh
   keys; it bears the address of the first. 0, or -1 with a text. */
int zt_world_plan_new(struct zt_world_plan *plan, const char *const *roots, size_t count,
                      char error[ZT_HOME_TEXT]);
/* A plan from a file, a root from "IDENTITY" or "IDENTITY=IP/PORT,...": 0, or -1 with a text. */
int zt_world_file_plan(struct zt_world_plan *plan, const char *path, char error[ZT_HOME_TEXT]);
int zt_world_file_root(struct zt_root *root, const char *argument, char error[ZT_HOME_TEXT]);
/* Dates the world, later than before if that is known, signs it and writes it. 0, or -1 with a text. */
int zt_world_file_write(struct zt_world_plan *plan, const char *path, char error[ZT_HOME_TEXT]);

#endif
