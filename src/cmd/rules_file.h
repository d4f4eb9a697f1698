/* SPDX-License-Identifier: Apache-2.0 */
/* Rules from a file, in the language or as JSON, and as JSON again. docs/rules.md. */
#ifndef ZT_CMD_RULES_FILE_H
#define ZT_CMD_RULES_FILE_H

#include "cmd/args.h"
#include "rules/language.h"

/* A text in the language, or JSON; path "-" is standard input. NULL after the errors were reported.
   The caller returns it with zt_free. */
ZT_MUST_USE struct zt_rulebook *zt_rules_file_read(const struct zt_command *command,
                                                   const char *path);
/* Is this JSON rather than the language? */
bool zt_rules_file_is_json(const uint8_t *bytes, size_t length);
/* Compiles a text that was read from path. NULL after the errors were reported. */
ZT_MUST_USE struct zt_rulebook *zt_rules_file_compile(const struct zt_command *command,
                                                      const char *path, const uint8_t *bytes,
                                                      size_t length);

/* Of JSON: an array of rules; an object with rules, capabilities and tags, as a network has them; or
   what `zt rules compile` prints. NULL with an error. */
struct zt_rulebook *zt_rulebook_from_json(const json_t *json, char error[ZT_RULES_ERROR_TEXT]);
/* {rules, capabilities, tags}, as a controller takes it. NULL: out of memory. */
json_t *zt_rulebook_config(const struct zt_rulebook *book);
/* The same under "config", and the names beside it: capabilitiesByName, tagsByName. */
json_t *zt_rulebook_json(const struct zt_rulebook *book);

#endif
