/* SPDX-License-Identifier: Apache-2.0 */
/* Coercions of JSON values: HTML forms send "true" and "32" where true and 32 are meant. */
#include "controller/coerce.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

bool zt_coerce_bool(bool *out, const json_t *value)
{
    if (json_is_boolean(value)) {
        *out = json_is_true(value);
        return true;
    }
    if (json_is_number(value)) {
        *out = json_number_value(value) > 0;
        return true;
    }
    if (json_is_string(value)) {
        char first = json_string_value(value)[0];
        *out = first == 't' || first == 'T' || first == '1';
        return true;
    }
    return false;
}

/* An optional sign, then decimal digits and nothing else, within 63 bits. */
static bool read_decimal(int64_t *out, const char *text)
{
    bool is_negative = *text == '-';
    int64_t value = 0;

    text += is_negative;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || value > (INT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (*text - '0');
    }
    *out = is_negative ? -value : value;
    return true;
}

bool zt_coerce_integer(int64_t *out, const json_t *value)
{
    if (json_is_integer(value)) {
        *out = json_integer_value(value);
        return true;
    }
    if (json_is_boolean(value)) {
        *out = json_is_true(value);
        return true;
    }
    if (json_is_real(value)) {
        double number = json_real_value(value);
        if (!(number > -9e15 && number < 9e15))
            return false;
        *out = (int64_t)number;
        return true;
    }
    return json_is_string(value) && read_decimal(out, json_string_value(value));
}

json_t *zt_coerce_text(const json_t *value)
{
    char text[32];

    if (json_is_string(value))
        return json_stringn(json_string_value(value), json_string_length(value));
    if (json_is_boolean(value))
        return json_string(json_is_true(value) ? "1" : "0");
    if (json_is_null(value)) /* of clients that leave out a name so */
        return json_string("");
    if (!json_is_integer(value))
        return NULL;
    zt_format(text, sizeof text, "%" PRId64, (int64_t)json_integer_value(value));
    return json_string(text);
}

bool zt_json_bool(const json_t *object, const char *key, bool otherwise)
{
    bool value = otherwise;

    return zt_coerce_bool(&value, json_object_get(object, key)) ? value : otherwise;
}

int64_t zt_json_integer(const json_t *object, const char *key, int64_t otherwise)
{
    int64_t value = otherwise;

    return zt_coerce_integer(&value, json_object_get(object, key)) ? value : otherwise;
}

const char *zt_json_text(const json_t *object, const char *key, const char *otherwise)
{
    const json_t *value = json_object_get(object, key);

    return json_is_string(value) ? json_string_value(value) : otherwise;
}
