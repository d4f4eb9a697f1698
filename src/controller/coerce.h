/* SPDX-License-Identifier: Apache-2.0 */
/* What clients of the API send for booleans, numbers and texts, read as what they mean.
   docs/wire.md 19.2. */
#ifndef ZT_CONTROLLER_COERCE_H
#define ZT_CONTROLLER_COERCE_H

#include "base/bytes.h"

#include <jansson.h>

/* Each is false, and *out untouched, if the value (NULL: missing) is of no fitting kind. */
ZT_MUST_USE bool zt_coerce_bool(bool *out, const json_t *value);
ZT_MUST_USE bool zt_coerce_integer(int64_t *out, const json_t *value);
/* A new JSON string, or NULL. */
json_t *zt_coerce_text(const json_t *value);

/* The same for a member of an object, with what holds if it is missing or unfit. */
bool zt_json_bool(const json_t *object, const char *key, bool otherwise);
int64_t zt_json_integer(const json_t *object, const char *key, int64_t otherwise);
/* Borrowed; otherwise if it is no string. */
const char *zt_json_text(const json_t *object, const char *key, const char *otherwise);

#endif
