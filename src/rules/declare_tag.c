/* SPDX-License-Identifier: Apache-2.0 */
/* A tag's block: its id, the names of its values, and its default. docs/rules.md. */
#include "rules/steps.h"

#include "base/text.h"
#include "rules/names.h"
#include "rules/values.h"

#include <string.h>

struct reading {
    struct zt_compiler *compiler;
    struct zt_rules_scope scope;
    struct zt_rulebook_tag *tag;
    const struct zt_word *otherwise; /* the word after `default` */
    bool has_id;
};

/* The word in lower case; empty if it is too long to be anything. */
static const char *fold(char out[ZT_MAX_RULES_NAME + 1], const struct zt_word *word)
{
    out[0] = 0;
    if (word->length <= ZT_MAX_RULES_NAME)
        zt_name_fold(out, word->at, word->length);
    return out;
}

static bool refuse(struct reading *in, const struct zt_word *word, const char *expected)
{
    zt_format(zt_compiler_blame(in->compiler, word), ZT_RULES_ERROR_TEXT, "`%.*s`: expected %s",
              ZT_SHOWN(word->length), word->at, expected);
    return false;
}

static bool read_number(struct reading *in, uint32_t *out, const struct zt_word *by)
{
    const struct zt_word *word = zt_scope_take(in->compiler, &in->scope, by, "a number");
    char text[ZT_MAX_RULES_NAME + 1];
    uint64_t number;

    if (word == NULL)
        return false;
    if (!zt_value_number(&number, fold(text, word), UINT32_MAX))
        return refuse(in, word, "a number to 4294967295");
    *out = (uint32_t)number;
    return true;
}

/* Bits and earlier flags of this tag, with commas between. */
static bool read_bits(struct reading *in, uint32_t *out, const struct zt_word *word)
{
    static const char expected[] = "bits 0 to 31 or earlier flags, with commas between";
    char text[ZT_MAX_RULES_NAME + 1];
    uint32_t mask = 0;

    for (size_t at = 0; at <= word->length;) {
        struct zt_word item = { .at = word->at + at };
        const struct zt_rulebook_value *flag = NULL;
        uint64_t bit = 0;

        while (at + item.length < word->length && item.at[item.length] != ',')
            item.length++;
        (void)fold(text, &item);
        for (size_t i = 0; i < in->tag->value_count; i++) {
            const struct zt_rulebook_value *value =
                &in->compiler->book->values[in->tag->first_value + i];

            if (value->is_flag && strcmp(value->name, text) == 0)
                flag = value;
        }
        if (flag == NULL && !zt_value_number(&bit, text, 31))
            return refuse(in, word, expected);
        mask |= flag != NULL ? flag->value : UINT32_C(1) << bit;
        at += item.length + 1;
    }
    *out = mask;
    return true;
}

static bool read_value_name(struct reading *in, struct zt_rulebook_value *value,
                            const struct zt_word *by)
{
    const struct zt_word *word = zt_scope_take(in->compiler, &in->scope, by, "a name");
    const struct zt_rulebook *book = in->compiler->book;

    if (word == NULL)
        return false;
    if (!zt_rulebook_value_name_is_good(fold(value->name, word)))
        return refuse(in, word, "a name that is no number and has no comma");
    for (size_t i = 0; i < in->tag->value_count; i++) {
        const struct zt_rulebook_value *other = &book->values[in->tag->first_value + i];

        if (other->is_flag == value->is_flag && strcmp(other->name, value->name) == 0) {
            zt_format(zt_compiler_blame(in->compiler, word), ZT_RULES_ERROR_TEXT,
                      "tag `%s` has a second %s `%s`", in->tag->name,
                      by->at[0] == 'f' || by->at[0] == 'F' ? "flag" : "enum", value->name);
            return false;
        }
    }
    return true;
}

/* enum NUMBER NAME, flag BITS NAME */
static bool read_value(struct reading *in, const struct zt_word *by, bool is_flag)
{
    struct zt_rulebook *book = in->compiler->book;
    struct zt_rulebook_value *value = &book->values[book->value_count];
    const struct zt_word *bits;

    if (book->value_count == ZT_MAX_RULES_VALUES) {
        zt_format(zt_compiler_blame(in->compiler, by), ZT_RULES_ERROR_TEXT,
                  "more than %d enums and flags", ZT_MAX_RULES_VALUES);
        return false;
    }
    memset(value, 0, sizeof *value);
    value->is_flag = is_flag;
    if (!is_flag && !read_number(in, &value->value, by))
        return false;
    if (is_flag) {
        bits = zt_scope_take(in->compiler, &in->scope, by, "bits and a name");
        if (bits == NULL || !read_bits(in, &value->value, bits))
            return false;
    }
    if (!read_value_name(in, value, by))
        return false;
    book->value_count++;
    in->tag->value_count++;
    return true;
}

static bool read_id(struct reading *in, const struct zt_word *by)
{
    const struct zt_rulebook_tag *other;

    if (in->has_id)
        return refuse(in, by, "one id only");
    if (!read_number(in, &in->tag->id, by))
        return false;
    in->has_id = true;
    other = zt_rulebook_tag_by_id(in->compiler->book, in->tag->id);
    if (other == NULL)
        return true;
    zt_format(zt_compiler_blame(in->compiler, by), ZT_RULES_ERROR_TEXT,
              "%u is already the id of tag `%s`", (unsigned)in->tag->id, other->name);
    return false;
}

static bool read_setting(struct reading *in, const struct zt_word *word)
{
    in->scope.at++;
    if (zt_word_is(word, "id"))
        return read_id(in, word);
    if (zt_word_is(word, "enum"))
        return read_value(in, word, false);
    if (zt_word_is(word, "flag"))
        return read_value(in, word, true);
    if (!zt_word_is(word, "default"))
        return refuse(in, word, "id, enum, flag or default");
    if (in->otherwise != NULL)
        return refuse(in, word, "one default only");
    in->otherwise =
        zt_scope_take(in->compiler, &in->scope, word, "a number or the name of an enum or flag");
    return in->otherwise != NULL;
}

/* Looked up when all names are known. */
static bool settle_default(struct reading *in)
{
    char text[ZT_MAX_RULES_NAME + 1];

    if (in->otherwise == NULL)
        return true;
    if (!zt_rulebook_find_value(&in->tag->otherwise, in->compiler->book, in->tag,
                                fold(text, in->otherwise)))
        return refuse(in, in->otherwise, "a number or the name of an enum or flag of this tag");
    in->tag->has_default = true;
    return true;
}

static bool read_block(struct reading *in, const struct zt_word *name)
{
    const struct zt_word *word;

    while ((word = zt_scope_peek(in->compiler, &in->scope)) != NULL)
        if (!read_setting(in, word))
            return false;
    if (in->has_id)
        return settle_default(in);
    zt_format(zt_compiler_blame(in->compiler, name), ZT_RULES_ERROR_TEXT,
              "tag `%s` has no id: expected `id` and a number in its block", in->tag->name);
    return false;
}

static bool read_tag_name(struct reading *in, const struct zt_word *word)
{
    const struct zt_rulebook *book = in->compiler->book;

    if (!zt_rulebook_name_is_good(fold(in->tag->name, word)))
        return refuse(in, word,
                      "a name: letters, digits (not first) and _, and no word of the language");
    for (size_t i = 0; i < book->tag_count; i++)
        if (strcmp(book->tags[i].name, in->tag->name) == 0) {
            zt_format(zt_compiler_blame(in->compiler, word), ZT_RULES_ERROR_TEXT,
                      "a second tag is named `%s`", in->tag->name);
            return false;
        }
    return true;
}

void zt_rules_declare_tag(struct zt_compiler *compiler, size_t open)
{
    const struct zt_word *opener = &compiler->words.list[open];
    struct zt_rulebook *book = compiler->book;
    struct reading in = { .compiler = compiler,
                          .scope = { .at = open + 1, .end = opener->end },
                          .tag = &book->tags[book->tag_count] };
    const struct zt_word *word = zt_scope_take(compiler, &in.scope, opener, "a name");

    if (word == NULL)
        return;
    if (book->tag_count == ZT_MAX_TAGS) {
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT, "more than %d tags",
                  ZT_MAX_TAGS);
        return;
    }
    memset(in.tag, 0, sizeof *in.tag);
    in.tag->first_value = book->value_count;
    if (read_tag_name(&in, word) && read_block(&in, word))
        book->tag_count++;
}
