/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON as text. */
#include "controller/json_text.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 4096

static bool make_room(struct zt_json_text *out, size_t length)
{
    size_t capacity = out->capacity ? out->capacity : FIRST_CAPACITY;
    char *grown;

    if (out->is_failed || length <= out->capacity - out->length)
        return !out->is_failed;
    while (capacity - out->length < length)
        capacity *= 2;
    grown = realloc(out->bytes, capacity);
    out->is_failed = !grown;
    if (!grown)
        return false;
    out->bytes = grown;
    out->capacity = capacity;
    return true;
}

void zt_json_put(struct zt_json_text *out, const char *bytes, size_t length)
{
    if (!make_room(out, length))
        return;
    memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
}

void zt_json_put_literal(struct zt_json_text *out, const char *text)
{
    zt_json_put(out, text, strlen(text));
}

static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

static void put_escaped(struct zt_json_text *out, char c)
{
    static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt", digits[] = "0123456789ABCDEF";
    char text[6] = { '\\', 'u', '0', '0', digits[(unsigned char)c >> 4], digits[c & 15] };

    for (size_t i = 0; i < sizeof shorts - 1; i += 2) {
        if (shorts[i] != c)
            continue;
        text[1] = shorts[i + 1];
        zt_json_put(out, text, 2);
        return;
    }
    zt_json_put(out, text, sizeof text);
}

void zt_json_put_string(struct zt_json_text *out, const char *text)
{
    zt_json_put(out, "\"", 1);
    while (*text) {
        size_t plain = 0;

        while (is_plain(text[plain]))
            plain++;
        zt_json_put(out, text, plain);
        text += plain;
        if (*text)
            put_escaped(out, *text++);
    }
    zt_json_put(out, "\"", 1);
}

void zt_json_put_integer(struct zt_json_text *out, int64_t number)
{
    char text[20];
    size_t at = sizeof text;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        text[--at] = '-';
    zt_json_put(out, text + at, sizeof text - at);
}

void zt_json_put_bool(struct zt_json_text *out, bool value)
{
    zt_json_put_literal(out, value ? "true" : "false");
}
