/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal and bounded formatting. */
#ifndef ZT_BASE_TEXT_H
#define ZT_BASE_TEXT_H

#include "base/bytes.h"

/* The value of a digit of either case, or -1. */
int zt_hex_digit(char digit);
/* Writes 2*count lower-case digits and a 0. */
void zt_hex_write(char *out, const uint8_t *bytes, size_t count);
/* Reads exactly 2*count digits of either case; false if one is not a digit. Does not look further. */
ZT_MUST_USE bool zt_hex_read(uint8_t *out, const char *text, size_t count);
/* Exactly `digits` hex digits of either case and then the end of the text. */
ZT_MUST_USE bool zt_hex_number(uint64_t *out, const char *text, unsigned digits);
/* Lower-case digits, zero padded to `digits`, and a 0. */
void zt_hex_number_write(char *out, uint64_t value, unsigned digits);

/* snprintf that always terminates and returns the length really written. */
size_t zt_format(char *out, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* strtoull base 16 as the dictionary needs it: leading blanks and sign allowed, stops at others. */
uint64_t zt_hex_prefix(const uint8_t *text, size_t length);

#endif
