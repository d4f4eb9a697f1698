/* SPDX-License-Identifier: Apache-2.0 */
/* Single words read as numbers, ranges, addresses. Seen inside the layer only. docs/rules.md. */
#ifndef ZT_RULES_VALUES_H
#define ZT_RULES_VALUES_H

#include "vl2/rules.h"

/* Each is false, with nothing stored, if the word is something else or out of bounds. */

/* Decimal, or hexadecimal with 0x. */
ZT_MUST_USE bool zt_value_number(uint64_t *out, const char *text, uint64_t most);
/* A number, or `first-last`. */
ZT_MUST_USE bool zt_value_range(uint16_t *first, uint16_t *last, const char *text, uint16_t most);
/* Ten hexadecimal digits; with is_loose whatever stands between them is passed over. */
ZT_MUST_USE bool zt_value_address(zt_address *out, const char *text, bool is_loose);
/* 0.0 to 1.0, as that part of UINT32_MAX, rounded down. */
ZT_MUST_USE bool zt_value_fraction(uint32_t *out, const char *text);
/* The shortest decimal that reads as this. */
#define ZT_FRACTION_TEXT 13
void zt_value_fraction_text(char out[ZT_FRACTION_TEXT], uint32_t part);
/* IP/bits. Gives 4 or 6 in family. */
ZT_MUST_USE bool zt_value_prefix(struct zt_rule *rule, uint8_t *family, const char *text);

#endif
