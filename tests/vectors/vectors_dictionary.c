/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of the key=value dictionary: escapes, look-ups, numbers, cut values, a full writer. */
#include "vectors.h"

#include "vl2/dict.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY ((size_t)1 << 20)

/* The length that a reader with a buffer of this size is told, with the value in it. */
static bool value_is(const struct zt_dict *dict, const json_t *get)
{
    size_t size = vectors_size(get, "buffer_size", CAPACITY);
    uint8_t *value = vectors_scratch(size);
    int64_t expected = vectors_integer(get, "length");
    struct vectors_bytes bytes;
    long length;

    if (size == 0)
        return false;
    length = zt_dict_get(dict, vectors_text(get, "key"), value, size);
    if (length < 0 || expected < 0)
        return length == expected;
    if ((size_t)length > size - 1)
        length = (long)(size - 1);
    bytes = vectors_bytes(get, "value");
    return length == expected && vectors_same(bytes, value, (size_t)length) && value[length] == 0;
}

static bool typed_values_are(const struct zt_dict *dict, const json_t *get)
{
    const char *key = vectors_text(get, "key");

    return zt_dict_get_bool(dict, key, false) == vectors_true(get, "as_bool") &&
           zt_dict_get_bool(dict, key, true) == vectors_true(get, "as_bool_default_true") &&
           zt_dict_get_u64(dict, key, 0) == vectors_number(get, "as_unsigned", 16) &&
           zt_dict_get_u64(dict, key, 7) == vectors_number(get, "as_unsigned_default_7", 16) &&
           zt_dict_get_i64(dict, key, 0) == strtoll(vectors_text(get, "as_signed"), NULL, 10) &&
           zt_dict_has(dict, key) == vectors_true(get, "contains");
}

static const char *look_up(const json_t *entry, bool typed)
{
    struct vectors_bytes text = vectors_bytes(entry, "encoded");
    struct zt_dict dict = zt_dict_of(text.at, text.length);
    const json_t *get;
    size_t index;

    json_array_foreach(json_object_get(entry, "get"), index, get)
    {
        if (!value_is(&dict, get))
            return "value differs";
        if (typed && !typed_values_are(&dict, get))
            return "typed value differs";
    }
    return NULL;
}

static const char *check_decode(const json_t *root, const json_t *entry)
{
    (void)root;
    return look_up(entry, true);
}

static const char *check_short_buffer(const json_t *root, const json_t *entry)
{
    (void)root;
    return look_up(entry, false);
}

static const char *check_encode(const json_t *root, const json_t *entry)
{
    struct vectors_bytes encoded = vectors_bytes(entry, "encoded");
    uint8_t *text = vectors_scratch(encoded.length);
    struct zt_writer out = zt_writer_of(text, encoded.length);
    const json_t *add;
    size_t index;

    (void)root;
    json_array_foreach(json_object_get(entry, "add"), index, add)
    {
        struct vectors_bytes value = vectors_bytes(add, "value");

        zt_dict_put(&out, vectors_text(add, "key"), value.at, value.length);
        if (out.failed == vectors_true(add, "ok"))
            return "entry refused";
    }
    if (!vectors_same(encoded, text, zt_writer_length(&out)))
        return "text differs";
    return look_up(entry, true);
}

/* False: no such kind, or no such value. */
static bool put_typed(struct zt_writer *out, const char *kind, const json_t *value)
{
    const char *text = json_string_value(value);

    if (strcmp(kind, "bool") == 0) {
        zt_dict_put_bool(out, "k", json_is_true(value));
        return json_is_boolean(value);
    }
    if (text == NULL)
        return false;
    if (strcmp(kind, "signed") == 0) /* the sign is lost */
        zt_dict_put_u64(out, "k", strtoull(text + (text[0] == '-'), NULL, 10));
    else /* an address is written with 16 digits, except in a network configuration */
        zt_dict_put_u64(out, "k", strtoull(text, NULL, 16));
    return strcmp(kind, "signed") == 0 || strcmp(kind, "unsigned") == 0 ||
           strcmp(kind, "address") == 0;
}

static const char *check_typed_add(const json_t *root, const json_t *entry)
{
    struct vectors_bytes encoded = vectors_bytes(entry, "encoded");
    const json_t *as_text = json_object_get(entry, "text");
    uint8_t text[64];
    struct zt_writer out = zt_writer_of(text, sizeof text);

    (void)root;
    if (!put_typed(&out, vectors_text(entry, "kind"), json_object_get(entry, "value")))
        return "unknown kind or value";
    if (!vectors_same(encoded, text, zt_writer_length(&out)))
        return "text differs";
    return vectors_expect(as_text == NULL ||
                              (json_string_length(as_text) == encoded.length &&
                               memcmp(json_string_value(as_text), text, encoded.length) == 0),
                          "text for people differs");
}

/* Once an entry found no room, neither does any later one. */
static const char *check_capacity(const json_t *root, const json_t *capacity)
{
    size_t size = vectors_size(capacity, "capacity", CAPACITY);
    uint8_t *text = vectors_scratch(size);
    struct zt_writer out = zt_writer_of(text, size);
    const json_t *add;
    size_t index;

    (void)root;
    json_array_foreach(json_object_get(capacity, "add"), index, add)
    {
        struct vectors_bytes value = vectors_bytes(add, "value");

        zt_dict_put(&out, vectors_text(add, "key"), value.at, value.length);
        if (out.failed == vectors_true(add, "ok"))
            return "room or not, differs";
        if (!vectors_same(vectors_bytes(add, "encoded_after"), text, zt_writer_length(&out)))
            return "text differs";
    }
    return NULL;
}

void vectors_dictionary(struct vectors_run *run, const json_t *root)
{
    vectors_each(run, root, "encode", check_encode);
    vectors_each(run, root, "decode", check_decode);
    vectors_each(run, root, "typed_add", check_typed_add);
    vectors_each(run, root, "short_buffer", check_short_buffer);
    vectors_one(run, root, "capacity", check_capacity);
}
