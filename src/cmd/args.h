/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: options from a table, help, and what goes wrong with them. */
#ifndef ZT_CMD_ARGS_H
#define ZT_CMD_ARGS_H

#include "base/endpoint.h"

#include <jansson.h>

enum { ZT_EXIT_OK = 0, ZT_EXIT_FAILED = 1, ZT_EXIT_USAGE = 2, ZT_GO_ON = -1 };

#define ZT_MAX_TEXTS 64 /* uses of one option, and positional arguments */

struct zt_texts {
    size_t count;
    const char *values[ZT_MAX_TEXTS];
};

/* TEXT and LIST are UTF-8. NAME, of a file or a place, may be anything but empty. */
enum zt_option_kind { ZT_OPTION_FLAG, ZT_OPTION_TEXT, ZT_OPTION_NAME, ZT_OPTION_LIST };

struct zt_option {
    const char *name;  /* "--pool" */
    const char *alias; /* "-p", or NULL */
    enum zt_option_kind kind;
    void *to; /* bool, const char * or struct zt_texts; left as it is if not given */
};

struct zt_command {
    const char *name;     /* "network create", as in messages */
    const char *synopsis; /* of its arguments */
    const char *help;     /* whole lines */
};

/* Reads arguments after the command's name. ZT_GO_ON, or the exit code: after --help, or after a usage
   error, which has been reported. */
int zt_args_read(const struct zt_command *command, int count, char **arguments,
                 const struct zt_option *options, size_t option_count, struct zt_texts *positional);

/* "zt COMMAND: text" on stderr. Returns code, for `return zt_complain(...)`. */
int zt_complain(const struct zt_command *command, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A decimal number within bounds. */
ZT_MUST_USE bool zt_args_number(uint64_t *out, const char *text, uint64_t least, uint64_t most);

/* JSON on stdout, sorted and indented, with a line end. Takes json. */
void zt_print_json(json_t *json);

#endif
