/* SPDX-License-Identifier: Apache-2.0 */
/* The subcommands of zt. Each gets the arguments after its name and returns the exit code. */
#ifndef ZT_CMD_COMMANDS_H
#define ZT_CMD_COMMANDS_H

int zt_command_id(int count, char **arguments);
int zt_command_planet(int count, char **arguments);
int zt_command_moon(int count, char **arguments);
int zt_command_up(int count, char **arguments);
int zt_command_doctor(int count, char **arguments);
int zt_command_join(int count, char **arguments);
int zt_command_root(int count, char **arguments);
int zt_command_controller(int count, char **arguments);
int zt_command_backup(int count, char **arguments); /* of zt controller, as are the next */
int zt_command_restore(int count, char **arguments);
int zt_command_export(int count, char **arguments);
int zt_command_import(int count, char **arguments);
int zt_command_copy(int count, char **arguments);
int zt_command_network(int count, char **arguments);
int zt_command_member(int count, char **arguments);
int zt_command_rules(int count, char **arguments);
int zt_command_status(int count, char **arguments);

/* Under their classic names, or after -i and -q. docs/wire.md 22.1. */
int zt_command_idtool(int count, char **arguments);
int zt_command_cli(int count, char **arguments);

/* A word after the command, and what it does: `zt network` + `create`. */
struct zt_subcommand {
    const char *name;
    const char *summary;
    int (*run)(int count, char **arguments);
};

/* Runs the one named by the first argument, or prints the list. */
int zt_run_subcommand(const char *prefix, const struct zt_subcommand *table, unsigned long length,
                      int count, char **arguments);

#endif
