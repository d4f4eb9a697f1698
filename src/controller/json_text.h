/* SPDX-License-Identifier: Apache-2.0 */
/* JSON written straight as text, byte for byte as jansson's compact form: for lists so long that their
   trees would cost more than all the rest. */
#ifndef ZT_CONTROLLER_JSON_TEXT_H
#define ZT_CONTROLLER_JSON_TEXT_H

#include "base/bytes.h"

/* Grows as needed. Out of memory is sticky: what follows is not written, and is_failed tells in the end. */
struct zt_json_text {
    char *bytes; /* of malloc, and the caller's: jansson's own texts are freed the same way */
    size_t length, capacity;
    bool is_failed;
};

void zt_json_put(struct zt_json_text *out, const char *bytes, size_t length);
void zt_json_put_literal(struct zt_json_text *out, const char *text);
void zt_json_put_string(struct zt_json_text *out, const char *text); /* UTF-8; quoted and escaped */
void zt_json_put_integer(struct zt_json_text *out, int64_t number);
void zt_json_put_bool(struct zt_json_text *out, bool value);

#endif
