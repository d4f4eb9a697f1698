/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal and bounded formatting. */
#include "base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const char digit_text[] = "0123456789abcdef";

int zt_hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

void zt_hex_write(char *out, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        *out++ = digit_text[bytes[i] >> 4];
        *out++ = digit_text[bytes[i] & 15];
    }
    *out = 0;
}

bool zt_hex_read(uint8_t *out, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int high = zt_hex_digit(text[2 * i]);
        /* A text that ends here must not be read further. */
        int low = high < 0 ? -1 : zt_hex_digit(text[2 * i + 1]);

        if (low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool zt_hex_number(uint64_t *out, const char *text, unsigned digits)
{
    uint64_t value = 0;

    assert(digits >= 1 && digits <= 16);
    for (unsigned i = 0; i < digits; i++) {
        int digit = zt_hex_digit(text[i]);

        if (digit < 0)
            return false;
        value = value << 4 | (uint64_t)digit;
    }
    if (text[digits] != 0)
        return false;
    *out = value;
    return true;
}

void zt_hex_number_write(char *out, uint64_t value, unsigned digits)
{
    assert(digits >= 1 && digits <= 16);

    for (unsigned i = digits; i-- > 0; value >>= 4)
        out[i] = digit_text[value & 15];
    out[digits] = 0;
}

size_t zt_format(char *out, size_t size, const char *format, ...)
{
    va_list arguments;

    assert(size > 0);
    va_start(arguments, format);
    int wanted = vsnprintf(out, size, format, arguments);
    va_end(arguments);
    if (wanted < 0) {
        out[0] = 0;
        return 0;
    }
    return (size_t)wanted < size ? (size_t)wanted : size - 1;
}

static bool is_blank(uint8_t character)
{
    return character == ' ' || (character >= '\t' && character <= '\r');
}

/* Steps over blanks, one sign and "0x"; *negative tells of a minus. */
static size_t skip_prefix(const uint8_t *text, size_t length, bool *negative)
{
    size_t at = 0;

    while (at < length && is_blank(text[at]))
        at++;
    *negative = at < length && text[at] == '-';
    if (at < length && (text[at] == '-' || text[at] == '+'))
        at++;
    if (length - at > 2 && text[at] == '0' && (text[at + 1] | 0x20) == 'x' &&
        zt_hex_digit((char)text[at + 2]) >= 0)
        at += 2;
    return at;
}

uint64_t zt_hex_prefix(const uint8_t *text, size_t length)
{
    bool negative;
    uint64_t value = 0;

    for (size_t at = skip_prefix(text, length, &negative); at < length; at++) {
        int digit = zt_hex_digit((char)text[at]);

        if (digit < 0)
            break;
        if (value >> 60 != 0)
            return UINT64_MAX; /* too large: saturates, like strtoull */
        value = value << 4 | (uint64_t)digit;
    }
    return negative ? 0 - value : value;
}
