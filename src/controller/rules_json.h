/* SPDX-License-Identifier: Apache-2.0 */
/* Rules to and from the JSON form that controllers and their clients use. docs/wire.md 14.4. */
#ifndef ZT_CONTROLLER_RULES_JSON_H
#define ZT_CONTROLLER_RULES_JSON_H

#include "vl2/rules.h"

#include <jansson.h>

/* Reads a whole set of at most capacity rules. False, with a text that names the entry and its member,
   if any entry is bad: dropping one silently would turn "match, action" into a bare action. */
ZT_MUST_USE bool zt_rules_from_json(struct zt_rule *rules, size_t capacity, size_t *count,
                                    const json_t *array, char *error, size_t error_size);
/* A new array, or NULL if memory is out. Types without a JSON form are left out. */
json_t *zt_rules_to_json(const struct zt_rule *rules, size_t count);

#endif
