/* SPDX-License-Identifier: Apache-2.0 */
/* Rules to and from bytes. docs/wire.md 14.3. */
#ifndef ZT_VL2_RULES_CODEC_H
#define ZT_VL2_RULES_CODEC_H

#include "vl2/rules.h"

#define ZT_MAX_RULE_SIZE 21 /* bytes of the longest entry in its written form */

/* Reads up to `count` entries, or to the end of the reader if count is SIZE_MAX. Entries beyond
   capacity are skipped. Returns how many were stored; fails the reader if an entry is too short for
   its type. */
size_t zt_rules_read(struct zt_rule *rules, size_t capacity, size_t count, struct zt_reader *in);
void zt_rules_write(const struct zt_rule *rules, size_t count, struct zt_writer *out);
/* The same entries, as far as they can be written? */
bool zt_rules_equal(const struct zt_rule *a, const struct zt_rule *b, size_t count);

#endif
