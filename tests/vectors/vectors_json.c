/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers of the vector runner: counting, and values out of JSON. */
#include "vectors.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_KEPT 256 /* byte strings that one case may ask for */

/* What the running case asked for; freed when it is judged. */
static uint8_t *kept[MAX_KEPT];
static size_t kept_count;

void vectors_check(struct vectors_run *run, bool ok, const char *format, ...)
{
    va_list arguments;

    if (ok) {
        run->passed++;
        return;
    }
    run->failed++;
    printf("FAILED %s: ", run->file);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
}

static void release_kept(void)
{
    while (kept_count > 0)
        free(kept[--kept_count]);
}

void vectors_each(struct vectors_run *run, const json_t *root, const char *array,
                  vectors_case *judge)
{
    const json_t *entries = json_object_get(root, array);

    if (!json_is_array(entries)) {
        vectors_check(run, false, "%s: no such array", array);
        return;
    }
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const char *wrong = judge(root, json_array_get(entries, i));

        release_kept();
        vectors_check(run, wrong == NULL, "%s[%zu]: %s", array, i, wrong == NULL ? "" : wrong);
    }
}

static void give_up(const char *key, const char *expected)
{
    fprintf(stderr, "broken file: %s is not %s\n", key, expected);
    exit(1);
}

static uint8_t *allocate(size_t length)
{
    uint8_t *bytes = calloc(length + 1, 1);

    if (bytes == NULL) {
        perror("vectors");
        exit(1);
    }
    return bytes;
}

static uint8_t *read_hex(const json_t *value, const char *key, size_t *length)
{
    const char *text = json_string_value(value);

    if (text == NULL || json_string_length(value) % 2 != 0)
        give_up(key, "a hex string");
    *length = json_string_length(value) / 2;

    uint8_t *bytes = allocate(*length);

    if (!zt_hex_read(bytes, text, *length))
        give_up(key, "a hex string");
    return bytes;
}

uint8_t *vectors_hex(const json_t *value, size_t *length)
{
    return read_hex(value, "value", length);
}

static uint8_t *keep(uint8_t *bytes)
{
    if (kept_count == MAX_KEPT)
        give_up("case", "within what the runner can hold");
    kept[kept_count++] = bytes;
    return bytes;
}

struct vectors_bytes vectors_bytes_of(const json_t *value)
{
    struct vectors_bytes bytes;

    bytes.at = keep(read_hex(value, "value", &bytes.length));
    return bytes;
}

struct vectors_bytes vectors_bytes(const json_t *object, const char *key)
{
    struct vectors_bytes bytes;

    bytes.at = keep(read_hex(json_object_get(object, key), key, &bytes.length));
    return bytes;
}

uint8_t *vectors_scratch(size_t length)
{
    return keep(allocate(length));
}

bool vectors_same(struct vectors_bytes expected, const void *bytes, size_t length)
{
    return expected.length == length && memcmp(expected.at, bytes, length) == 0;
}

const char *vectors_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (text == NULL)
        give_up(key, "a string");
    return text;
}

int64_t vectors_integer(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_integer(value))
        give_up(key, "an integer");
    return json_integer_value(value);
}

bool vectors_true(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_boolean(value))
        give_up(key, "true or false");
    return json_is_true(value);
}

uint64_t vectors_number(const json_t *object, const char *key, unsigned digits)
{
    uint64_t number;

    if (!zt_hex_number(&number, vectors_text(object, key), digits))
        give_up(key, "a hex number");
    return number;
}

bool vectors_identity(const json_t *text, struct zt_identity *out)
{
    const char *string = json_string_value(text);

    return string != NULL && zt_identity_parse(out, string, json_string_length(text));
}

bool vectors_key(const json_t *object, const char *key, struct zt_session_key *out)
{
    struct vectors_bytes bytes = vectors_bytes(object, key);

    if (bytes.length != sizeof out->bytes)
        return false;
    memcpy(out->bytes, bytes.at, sizeof out->bytes);
    return true;
}
