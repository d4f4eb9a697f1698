/* SPDX-License-Identifier: Apache-2.0 */
/* A rulebook to and from the JSON of controllers and their clients. docs/wire.md 14.4, docs/rules.md. */
#include "base/mem.h"
#include "base/text.h"
#include "cmd/rules_file.h"
#include "controller/rules_json.h"

#include <string.h>

static bool refuse(char *error, const char *where, size_t index, const char *why)
{
    zt_format(error, ZT_RULES_ERROR_TEXT, "%s, entry %zu: %s", where, index + 1, why);
    return false;
}

static bool read_u32(uint32_t *out, const json_t *value)
{
    json_int_t number = json_integer_value(value);

    if (!json_is_integer(value) || number < 0 || number > UINT32_MAX)
        return false;
    *out = (uint32_t)number;
    return true;
}

/* The key under which an object holds this id, itself or in a member "id"; NULL: none. */
static const char *name_of(const json_t *by_name, uint32_t id, const json_t **found)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)by_name, name, value)
    {
        const json_t *number = json_is_object(value) ? json_object_get(value, "id") : value;
        uint32_t other;

        if (!read_u32(&other, number) || other != id)
            continue;
        *found = value;
        return name;
    }
    return NULL;
}

/* The name that the JSON gives, or one made of the id. */
static bool read_name(char name[ZT_MAX_RULES_NAME + 1], const char *given, const char *prefix,
                      uint32_t id)
{
    if (given == NULL) {
        zt_format(name, ZT_MAX_RULES_NAME + 1, "%s_%u", prefix, (unsigned)id);
        return true;
    }
    if (!zt_rulebook_name_is_good(given))
        return false;
    strcpy(name, given);
    return true;
}

static bool read_capability(struct zt_rulebook *book, size_t index, const json_t *object,
                            const json_t *names, char *error)
{
    static const char where[] = "capabilities";
    struct zt_rulebook_capability *capability = &book->capabilities[book->capability_count];
    const json_t *rules = json_object_get(object, "rules"), *found = NULL;
    char why[ZT_RULES_ERROR_TEXT];

    if (!read_u32(&capability->id, json_object_get(object, "id")))
        return refuse(error, where, index, "id is missing or no number to 4294967295");
    if (!read_name(capability->name, name_of(names, capability->id, &found), "cap", capability->id))
        return refuse(error, where, index, "its name in capabilitiesByName is not possible");
    for (size_t i = 0; i < book->capability_count; i++)
        if (book->capabilities[i].id == capability->id ||
            strcmp(book->capabilities[i].name, capability->name) == 0)
            return refuse(error, where, index, "another has this id or name");
    capability->is_default = json_is_true(json_object_get(object, "default"));
    if (rules != NULL && !zt_rules_from_json(capability->rules, ZT_MAX_CAPABILITY_RULES,
                                             &capability->rule_count, rules, why, sizeof why))
        return refuse(error, where, index, why);
    book->capability_count++;
    return true;
}

/* The members of an object of names and numbers. */
static const char *read_values(struct zt_rulebook *book, struct zt_rulebook_tag *tag,
                               const json_t *object, bool is_flag)
{
    const char *name;
    json_t *number;

    json_object_foreach((json_t *)object, name, number)
    {
        struct zt_rulebook_value *value = &book->values[book->value_count];

        if (book->value_count == ZT_MAX_RULES_VALUES)
            return "too many enums and flags";
        if (!zt_rulebook_value_name_is_good(name))
            return "a name of an enum or flag is not possible";
        if (!read_u32(&value->value, number))
            return "an enum or flag is no number to 4294967295";
        strcpy(value->name, name);
        value->is_flag = is_flag;
        book->value_count++;
        tag->value_count++;
    }
    return NULL;
}

static bool read_tag(struct zt_rulebook *book, size_t index, const json_t *object,
                     const json_t *names, char *error)
{
    static const char where[] = "tags";
    struct zt_rulebook_tag *tag = &book->tags[book->tag_count];
    const json_t *otherwise = json_object_get(object, "default"), *named = NULL;
    const char *why;

    if (!read_u32(&tag->id, json_object_get(object, "id")))
        return refuse(error, where, index, "id is missing or no number to 4294967295");
    if (!read_name(tag->name, name_of(names, tag->id, &named), "tag", tag->id))
        return refuse(error, where, index, "its name in tagsByName is not possible");
    for (size_t i = 0; i < book->tag_count; i++)
        if (book->tags[i].id == tag->id || strcmp(book->tags[i].name, tag->name) == 0)
            return refuse(error, where, index, "another has this id or name");
    tag->has_default = otherwise != NULL && !json_is_null(otherwise);
    if (tag->has_default && !read_u32(&tag->otherwise, otherwise))
        return refuse(error, where, index, "default is neither null nor a number to 4294967295");
    tag->first_value = book->value_count;
    why = read_values(book, tag, json_object_get(named, "enums"), false);
    if (why == NULL)
        why = read_values(book, tag, json_object_get(named, "flags"), true);
    if (why != NULL)
        return refuse(error, where, index, why);
    book->tag_count++;
    return true;
}

static bool read_array(struct zt_rulebook *book, const json_t *config, const char *key, size_t most,
                       const json_t *names,
                       bool (*read)(struct zt_rulebook *, size_t, const json_t *, const json_t *,
                                    char *),
                       char *error)
{
    const json_t *array = json_object_get(config, key);

    if (array != NULL && (!json_is_array(array) || json_array_size(array) > most)) {
        zt_format(error, ZT_RULES_ERROR_TEXT, "%s: not an array of at most %zu", key, most);
        return false;
    }
    for (size_t i = 0; i < json_array_size(array); i++)
        if (!read(book, i, json_array_get(array, i), names, error))
            return false;
    return true;
}

static bool read_book(struct zt_rulebook *book, const json_t *json, char *error)
{
    const json_t *inner = json_object_get(json, "config");
    const json_t *config = inner != NULL ? inner : json;
    const json_t *rules = json_is_array(json) ? json : json_object_get(config, "rules");
    char why[ZT_RULES_ERROR_TEXT];

    if (rules == NULL) {
        zt_format(error, ZT_RULES_ERROR_TEXT,
                  "expected an array of rules, or an object with rules");
        return false;
    }
    if (!zt_rules_from_json(book->rules, ZT_MAX_RULES, &book->rule_count, rules, why, sizeof why)) {
        zt_format(error, ZT_RULES_ERROR_TEXT, "rules: %s", why);
        return false;
    }
    return read_array(book, config, "tags", ZT_MAX_TAGS, json_object_get(json, "tagsByName"),
                      read_tag, error) &&
           read_array(book, config, "capabilities", ZT_MAX_CAPABILITIES,
                      json_object_get(json, "capabilitiesByName"), read_capability, error);
}

struct zt_rulebook *zt_rulebook_from_json(const json_t *json, char error[ZT_RULES_ERROR_TEXT])
{
    struct zt_rulebook *book = zt_alloc(sizeof *book);

    if (book == NULL) {
        zt_format(error, ZT_RULES_ERROR_TEXT, "out of memory");
        return NULL;
    }
    if (read_book(book, json, error))
        return book;
    zt_free(book);
    return NULL;
}

static json_t *tag_default(const struct zt_rulebook_tag *tag)
{
    return tag->has_default ? json_integer(tag->otherwise) : json_null();
}

json_t *zt_rulebook_config(const struct zt_rulebook *book)
{
    json_t *capabilities = json_array(), *tags = json_array();

    for (size_t i = 0; i < book->capability_count; i++) {
        const struct zt_rulebook_capability *capability = &book->capabilities[i];

        (void)json_array_append_new(
            capabilities, json_pack("{s:I, s:b, s:o}", "id", (json_int_t)capability->id, "default",
                                    capability->is_default, "rules",
                                    zt_rules_to_json(capability->rules, capability->rule_count)));
    }
    for (size_t i = 0; i < book->tag_count; i++)
        (void)json_array_append_new(tags,
                                    json_pack("{s:I, s:o}", "id", (json_int_t)book->tags[i].id,
                                              "default", tag_default(&book->tags[i])));
    return json_pack("{s:o, s:o, s:o}", "rules", zt_rules_to_json(book->rules, book->rule_count),
                     "capabilities", capabilities, "tags", tags);
}

static json_t *values_of(const struct zt_rulebook *book, const struct zt_rulebook_tag *tag,
                         bool is_flag)
{
    json_t *values = json_object();

    for (size_t i = 0; i < tag->value_count; i++) {
        const struct zt_rulebook_value *value = &book->values[tag->first_value + i];

        if (value->is_flag == is_flag)
            (void)json_object_set_new(values, value->name, json_integer(value->value));
    }
    return values;
}

json_t *zt_rulebook_json(const struct zt_rulebook *book)
{
    json_t *capabilities = json_object(), *tags = json_object();

    for (size_t i = 0; i < book->capability_count; i++)
        (void)json_object_set_new(capabilities, book->capabilities[i].name,
                                  json_integer(book->capabilities[i].id));
    for (size_t i = 0; i < book->tag_count; i++) {
        const struct zt_rulebook_tag *tag = &book->tags[i];

        (void)json_object_set_new(tags, tag->name,
                                  json_pack("{s:I, s:o, s:o, s:o}", "id", (json_int_t)tag->id,
                                            "default", tag_default(tag), "enums",
                                            values_of(book, tag, false), "flags",
                                            values_of(book, tag, true)));
    }
    return json_pack("{s:o, s:o, s:o}", "config", zt_rulebook_config(book), "capabilitiesByName",
                     capabilities, "tagsByName", tags);
}
