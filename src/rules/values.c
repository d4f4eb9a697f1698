/* SPDX-License-Identifier: Apache-2.0 */
/* Reading numbers without any of the leniency of a C library: a whole word or nothing. */
#include "rules/values.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

#define WHOLE UINT64_C(0xffffffff)
#define FRACTION_DIGITS 10 /* enough to tell 2^32 parts apart */

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static bool read_digits(uint64_t *out, const char *text, size_t length, unsigned base)
{
    uint64_t value = 0;

    if (length == 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        int digit = zt_hex_digit(text[i]);

        if (digit < 0 || (unsigned)digit >= base || value > (UINT64_MAX - 15) / base)
            return false;
        value = value * base + (unsigned)digit;
    }
    *out = value;
    return true;
}

static bool read_number(uint64_t *out, const char *text, size_t length, uint64_t most)
{
    bool is_hex = length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    uint64_t value;

    if (is_hex ? !read_digits(&value, text + 2, length - 2, 16)
               : !read_digits(&value, text, length, 10))
        return false;
    if (value > most)
        return false;
    *out = value;
    return true;
}

bool zt_value_number(uint64_t *out, const char *text, uint64_t most)
{
    return read_number(out, text, strlen(text), most);
}

bool zt_value_range(uint16_t *first, uint16_t *last, const char *text, uint16_t most)
{
    size_t length = strlen(text);
    size_t before = 0;
    uint64_t from, to;

    while (before < length && text[before] != '-')
        before++;
    if (!read_number(&from, text, before, most))
        return false;
    to = from;
    if (before < length && !read_number(&to, text + before + 1, length - before - 1, most))
        return false;
    if (from > to)
        return false;
    *first = (uint16_t)from;
    *last = (uint16_t)to;
    return true;
}

bool zt_value_address(zt_address *out, const char *text, bool is_loose)
{
    uint64_t value = 0;
    unsigned digits = 0;

    for (; *text != 0; text++) {
        int digit = zt_hex_digit(*text);

        if (digit < 0 && !is_loose)
            return false;
        if (digit < 0)
            continue;
        value = value << 4 | (unsigned)digit;
        if (++digits > 10)
            return false;
    }
    if (digits != 10)
        return false;
    *out = value;
    return true;
}

/* floor(0.d1d2d3... * WHOLE), from the last digit to the first. Rounding down in between changes
   nothing, since only whole numbers are added. */
static bool read_part(uint64_t *out, const char *digits)
{
    uint64_t part = 0;

    for (size_t i = strlen(digits); i-- > 0;) {
        if (!is_digit(digits[i]))
            return false;
        part = ((uint64_t)(digits[i] - '0') * WHOLE + part) / 10;
    }
    *out = part;
    return true;
}

bool zt_value_fraction(uint32_t *out, const char *text)
{
    bool is_one = text[0] == '1';
    uint64_t part = 0;

    if (text[0] != '0' && text[0] != '1')
        return false;
    if (text[1] != 0 && (text[1] != '.' || !is_digit(text[2]) || !read_part(&part, text + 2)))
        return false;
    for (size_t i = 2; is_one && text[1] != 0 && text[i] != 0; i++)
        if (text[i] != '0')
            return false;
    *out = is_one ? UINT32_MAX : (uint32_t)part;
    return true;
}

void zt_value_fraction_text(char out[ZT_FRACTION_TEXT], uint32_t part)
{
    uint64_t digits = 0;
    uint64_t rest = part;

    for (int count = 1; count <= FRACTION_DIGITS; count++) {
        uint32_t again;

        rest *= 10;
        digits = digits * 10 + rest / WHOLE;
        rest %= WHOLE;
        /* Rounded up, for reading rounds down. */
        (void)zt_format(out, ZT_FRACTION_TEXT, "0.%0*llu", count,
                        (unsigned long long)(digits + (rest != 0)));
        if (zt_value_fraction(&again, out) && again == part)
            return;
    }
    assert(part == UINT32_MAX);
    (void)zt_format(out, ZT_FRACTION_TEXT, "1.0");
}

bool zt_value_prefix(struct zt_rule *rule, uint8_t *family, const char *text)
{
    struct zt_endpoint network;
    bool has_bits = false;

    for (const char *at = text; *at != 0; at++)
        has_bits = has_bits || *at == '/';
    if (!has_bits || !zt_endpoint_parse(&network, text, 0) ||
        network.port > (network.family == ZT_FAMILY_IPV4 ? 32 : 128))
        return false;
    memcpy(rule->u.prefix.ip, network.ip, sizeof network.ip);
    rule->u.prefix.bits = (uint8_t)network.port;
    *family = network.family;
    return true;
}
