/* SPDX-License-Identifier: Apache-2.0 */
/* Finding tags, their values and capabilities by what a text calls them. */
#include "rules/names.h"
#include "rules/values.h"
#include "rules/language.h"

#include <string.h>

static bool is_called(const char *name, const char *text)
{
    return zt_name_is(name, text, strlen(text));
}

const struct zt_rulebook_tag *zt_rulebook_tag_by_id(const struct zt_rulebook *book, uint32_t id)
{
    for (size_t i = 0; i < book->tag_count; i++)
        if (book->tags[i].id == id)
            return &book->tags[i];
    return NULL;
}

const struct zt_rulebook_tag *zt_rulebook_find_tag(const struct zt_rulebook *book, const char *text)
{
    uint64_t id;

    for (size_t i = 0; i < book->tag_count; i++)
        if (is_called(book->tags[i].name, text))
            return &book->tags[i];
    return zt_value_number(&id, text, UINT32_MAX) ? zt_rulebook_tag_by_id(book, (uint32_t)id)
                                                  : NULL;
}

const struct zt_rulebook_capability *zt_rulebook_find_capability(const struct zt_rulebook *book,
                                                                 const char *text)
{
    uint64_t id = 0;
    bool is_id = zt_value_number(&id, text, UINT32_MAX);

    for (size_t i = 0; i < book->capability_count; i++) {
        const struct zt_rulebook_capability *capability = &book->capabilities[i];

        if (is_called(capability->name, text) || (is_id && capability->id == id))
            return capability;
    }
    return NULL;
}

static const struct zt_rulebook_value *find_value(const struct zt_rulebook *book,
                                                  const struct zt_rulebook_tag *tag,
                                                  const char *text, bool is_flag)
{
    for (size_t i = 0; i < tag->value_count; i++) {
        const struct zt_rulebook_value *value = &book->values[tag->first_value + i];

        if (value->is_flag == is_flag && is_called(value->name, text))
            return value;
    }
    return NULL;
}

bool zt_rulebook_find_value(uint32_t *value, const struct zt_rulebook *book,
                            const struct zt_rulebook_tag *tag, const char *text)
{
    const struct zt_rulebook_value *named = NULL;
    uint64_t number;

    if (tag != NULL)
        named = find_value(book, tag, text, false);
    if (tag != NULL && named == NULL)
        named = find_value(book, tag, text, true);
    if (named != NULL) {
        *value = named->value;
        return true;
    }
    if (!zt_value_number(&number, text, UINT32_MAX))
        return false;
    *value = (uint32_t)number;
    return true;
}
