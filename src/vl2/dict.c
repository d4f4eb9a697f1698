/* SPDX-License-Identifier: Apache-2.0 */
/* Finding, unescaping and escaping entries of key=value text. */
#include "vl2/dict.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

#define NUMBER_TEXT 64 /* longer numbers are cut there; they saturate long before */

/* One value as it stands in the text, still escaped. */
struct value {
    const uint8_t *at;
    const uint8_t *end;
};

struct zt_dict zt_dict_of(const void *text, size_t length)
{
    struct zt_dict dict = { text, length };

    assert(text != NULL || length == 0);
    return dict;
}

static bool ends_line(uint8_t c)
{
    return c == '\n' || c == '\r' || c == 0;
}

static const uint8_t *line_end(const uint8_t *at, const uint8_t *end)
{
    while (at < end && !ends_line(*at))
        at++;
    return at;
}

static bool find(struct value *value, const struct zt_dict *dict, const char *key)
{
    const uint8_t *at = dict->text;
    const uint8_t *end = at + dict->length;
    size_t key_length = strlen(key);

    for (;;) {
        const uint8_t *stop = line_end(at, end);

        if ((size_t)(stop - at) > key_length && at[key_length] == '=' &&
            memcmp(at, key, key_length) == 0) {
            value->at = at + key_length + 1;
            value->end = stop;
            return true;
        }
        if (stop == end || *stop == 0)
            return false;
        at = stop + 1;
    }
}

static uint8_t unescape(uint8_t c)
{
    switch (c) {
    case '0':
        return 0;
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 'e':
        return '=';
    default:
        return c;
    }
}

bool zt_dict_has(const struct zt_dict *dict, const char *key)
{
    struct value value;

    return dict->length > 0 && find(&value, dict, key);
}

long zt_dict_get(const struct zt_dict *dict, const char *key, void *out, size_t capacity)
{
    struct value value;
    uint8_t *to = out;
    size_t length = 0;

    assert(capacity > 0);
    to[0] = 0;
    if (dict->length == 0 || !find(&value, dict, key))
        return -1;
    while (value.at < value.end) {
        uint8_t c = *value.at++;

        if (c == '\\') {
            if (value.at == value.end)
                break;
            c = unescape(*value.at++);
        }
        if (length < capacity - 1)
            to[length] = c;
        length++;
    }
    to[length < capacity ? length : capacity - 1] = 0;
    return (long)length;
}

/* Length of the value in out, which is cut to its size; -1 without the key. */
static long get_number(const struct zt_dict *dict, const char *key, uint8_t out[NUMBER_TEXT])
{
    long length = zt_dict_get(dict, key, out, NUMBER_TEXT);

    return length < NUMBER_TEXT ? length : NUMBER_TEXT - 1;
}

uint64_t zt_dict_get_u64(const struct zt_dict *dict, const char *key, uint64_t otherwise)
{
    uint8_t text[NUMBER_TEXT];
    long length = get_number(dict, key, text);

    return length <= 0 ? otherwise : zt_hex_prefix(text, (size_t)length);
}

/* Saturates at both ends, so that a hostile number stays on its side of zero. */
static int64_t with_sign(bool negative, uint64_t magnitude)
{
    if (negative)
        return magnitude > INT64_MAX ? INT64_MIN : -(int64_t)magnitude;
    return magnitude > INT64_MAX ? INT64_MAX : (int64_t)magnitude;
}

int64_t zt_dict_get_i64(const struct zt_dict *dict, const char *key, int64_t otherwise)
{
    uint8_t text[NUMBER_TEXT];
    long length = get_number(dict, key, text);
    long at = 0;

    if (length <= 0)
        return otherwise;
    while (at < length && (text[at] == ' ' || text[at] == '\t'))
        at++;
    if (at < length && text[at] == '-') {
        /* A second sign would make the number positive again. */
        if (at + 1 < length && (text[at + 1] == '-' || text[at + 1] == '+'))
            return 0;
        return with_sign(true, zt_hex_prefix(text + at + 1, (size_t)(length - at - 1)));
    }
    return with_sign(false, zt_hex_prefix(text + at, (size_t)(length - at)));
}

bool zt_dict_get_bool(const struct zt_dict *dict, const char *key, bool otherwise)
{
    uint8_t text[2];
    long length = zt_dict_get(dict, key, text, sizeof text);

    if (length < 0)
        return otherwise;
    return text[0] == '1' || text[0] == 't' || text[0] == 'T';
}

/* The letter that stands for c behind a backslash; 0: c stands for itself. */
static uint8_t escape_of(uint8_t c)
{
    switch (c) {
    case 0:
        return '0';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '=':
        return 'e';
    case '\\':
        return '\\';
    default:
        return 0;
    }
}

void zt_dict_open(struct zt_writer *out, const char *key)
{
    if (zt_writer_length(out) > 0)
        zt_write_u8(out, '\n');
    zt_write_copy(out, key, strlen(key));
    zt_write_u8(out, '=');
}

void zt_dict_append(struct zt_writer *out, const void *value, size_t length)
{
    const uint8_t *from = value;

    for (size_t i = 0; i < length && !out->failed; i++) {
        uint8_t letter = escape_of(from[i]);

        if (letter != 0)
            zt_write_u8(out, '\\');
        zt_write_u8(out, letter != 0 ? letter : from[i]);
    }
}

void zt_dict_put(struct zt_writer *out, const char *key, const void *value, size_t length)
{
    uint8_t *before = out->at;

    zt_dict_open(out, key);
    zt_dict_append(out, value, length);
    if (out->failed)
        out->at = before;
}

void zt_dict_put_text(struct zt_writer *out, const char *key, const char *text)
{
    zt_dict_put(out, key, text, strlen(text));
}

static void put_hex(struct zt_writer *out, const char *key, uint64_t value, unsigned digits)
{
    char text[17];

    zt_hex_number_write(text, value, digits);
    zt_dict_put(out, key, text, digits);
}

void zt_dict_put_u64(struct zt_writer *out, const char *key, uint64_t value)
{
    put_hex(out, key, value, 16);
}

void zt_dict_put_address(struct zt_writer *out, const char *key, zt_address address)
{
    put_hex(out, key, address, 10);
}

void zt_dict_put_bool(struct zt_writer *out, const char *key, bool value)
{
    zt_dict_put(out, key, value ? "1" : "0", 1);
}
