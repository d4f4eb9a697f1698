/* SPDX-License-Identifier: Apache-2.0 */
/* Names before rules: which macros and capabilities there are, so that the order of a text is free. */
#include "rules/steps.h"

#include "base/text.h"
#include "rules/names.h"
#include "rules/naming.h"
#include "rules/values.h"

#include <string.h>

/* Copies the name after macro, tag or cap. False after telling why not. */
static bool read_name(struct zt_compiler *compiler, char name[ZT_MAX_RULES_NAME + 1],
                      const struct zt_word *word, size_t length, const char *kind)
{
    if (length == 0 || length > ZT_MAX_RULES_NAME) {
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                  "`%.*s`: the name of a %s has 1 to %d bytes", ZT_SHOWN(word->length), word->at,
                  kind, ZT_MAX_RULES_NAME);
        return false;
    }
    zt_name_fold(name, word->at, length);
    if (zt_rulebook_name_is_good(name))
        return true;
    zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
              zt_name_is_reserved(name, length)
                  ? "`%s` is a word of the language and cannot name a %s"
                  : "`%s` cannot name a %s: expected letters, digits (not first) and _",
              name, kind);
    return false;
}

/* One `$name` of a header. */
static bool read_parameter(struct zt_compiler *compiler, struct zt_rules_macro *macro,
                           const struct zt_word *word, const char *at, size_t length)
{
    char *name = macro->parameters[macro->parameter_count];

    if (length < 2 || at[0] != '$' || length - 1 > ZT_MAX_RULES_NAME) {
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                  "`%.*s`: expected parameters like ($a,$b)", ZT_SHOWN(word->length), word->at);
        return false;
    }
    zt_name_fold(name, at + 1, length - 1);
    for (size_t i = 0; i < macro->parameter_count; i++)
        if (strcmp(macro->parameters[i], name) == 0) {
            zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                      "`$%s` is a parameter twice", name);
            return false;
        }
    macro->parameter_count++;
    return true;
}

static bool read_parameters(struct zt_compiler *compiler, struct zt_rules_macro *macro,
                            const struct zt_word *word, const char *at, size_t length)
{
    while (length > 0) {
        size_t one = 0;

        while (one < length && at[one] != ',')
            one++;
        if (macro->parameter_count == ZT_MAX_RULES_PARAMETERS) {
            zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                      "`%s` has more than %d parameters", macro->name, ZT_MAX_RULES_PARAMETERS);
            return false;
        }
        if (!read_parameter(compiler, macro, word, at, one))
            return false;
        one += one < length;
        at += one;
        length -= one;
    }
    return true;
}

static bool read_header(struct zt_compiler *compiler, struct zt_rules_macro *macro,
                        const struct zt_word *word)
{
    size_t name_length, length;
    const char *at;

    if (!zt_word_call(word, &name_length, &at, &length)) {
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                  "`%.*s`: expected name($a,$b) as one word, without blanks",
                  ZT_SHOWN(word->length), word->at);
        return false;
    }
    if (!read_name(compiler, macro->name, word, name_length, "macro"))
        return false;
    if (zt_compiler_macro(compiler, word->at, name_length) != NULL) {
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                  "a second macro is named `%s`", macro->name);
        return false;
    }
    return read_parameters(compiler, macro, word, at, length);
}

static void declare_macro(struct zt_compiler *compiler, size_t open)
{
    const struct zt_word *opener = &compiler->words.list[open];
    struct zt_rules_scope scope = { .at = open + 1, .end = opener->end };
    const struct zt_word *word =
        zt_scope_take(compiler, &scope, opener, "a name, as name or name($a,$b)");
    struct zt_rules_macro *macro = &compiler->macros[compiler->macro_count];

    if (word == NULL)
        return;
    if (compiler->macro_count == ZT_MAX_RULES_MACROS) {
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT, "more than %d macros",
                  ZT_MAX_RULES_MACROS);
        return;
    }
    memset(macro, 0, sizeof *macro);
    if (!read_header(compiler, macro, word))
        return;
    macro->begin = scope.at;
    macro->end = scope.end;
    compiler->macro_count++;
}

static bool read_capability_id(struct zt_compiler *compiler, struct zt_rules_scope *scope,
                               uint32_t *id, const struct zt_word *by)
{
    const struct zt_word *word = zt_scope_take(compiler, scope, by, "a number");
    char text[ZT_MAX_RULES_NAME + 1] = "";
    uint64_t number;

    if (word == NULL)
        return false;
    if (word->length <= ZT_MAX_RULES_NAME)
        zt_name_fold(text, word->at, word->length);
    if (!zt_value_number(&number, text, UINT32_MAX)) {
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                  "`%.*s` is no id: expected a number to 4294967295", ZT_SHOWN(word->length),
                  word->at);
        return false;
    }
    for (size_t i = 0; i < compiler->book->capability_count; i++)
        if (compiler->book->capabilities[i].id == number) {
            zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                      "%llu is already the id of cap `%s`", (unsigned long long)number,
                      compiler->book->capabilities[i].name);
            return false;
        }
    *id = (uint32_t)number;
    return true;
}

/* id and default; what else stands in the block is judged when rules are read. */
static bool read_settings(struct zt_compiler *compiler, struct zt_rules_scope *scope,
                          struct zt_rulebook_capability *capability, const struct zt_word *name)
{
    const struct zt_word *id = NULL, *word;

    while ((word = zt_scope_peek(compiler, scope)) != NULL) {
        scope->at = word->kind == ZT_WORD_OPEN ? word->end + 1 : scope->at + 1;
        if (word->kind != ZT_WORD_PLAIN)
            continue;
        if (zt_word_is(word, "default"))
            capability->is_default = true;
        if (zt_word_is(word, "include") && zt_scope_peek(compiler, scope) != NULL)
            scope->at++;
        if (!zt_word_is(word, "id"))
            continue;
        if (id != NULL) {
            zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                      "cap `%s` has a second id", capability->name);
            return false;
        }
        id = word;
        if (!read_capability_id(compiler, scope, &capability->id, word))
            return false;
    }
    if (id == NULL)
        zt_format(zt_compiler_blame(compiler, name), ZT_RULES_ERROR_TEXT,
                  "cap `%s` has no id: expected `id` and a number in its block", capability->name);
    return id != NULL;
}

static void declare_capability(struct zt_compiler *compiler, size_t open)
{
    const struct zt_word *opener = &compiler->words.list[open];
    struct zt_rules_scope scope = { .at = open + 1, .end = opener->end };
    const struct zt_word *word = zt_scope_take(compiler, &scope, opener, "a name");
    struct zt_rulebook *book = compiler->book;
    struct zt_rulebook_capability *capability = &book->capabilities[book->capability_count];

    if (word == NULL)
        return;
    if (book->capability_count == ZT_MAX_CAPABILITIES) {
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                  "more than %d capabilities", ZT_MAX_CAPABILITIES);
        return;
    }
    memset(capability, 0, sizeof *capability);
    if (!read_name(compiler, capability->name, word, word->length, "cap"))
        return;
    for (size_t i = 0; i < book->capability_count; i++)
        if (strcmp(book->capabilities[i].name, capability->name) == 0) {
            zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                      "a second cap is named `%s`", capability->name);
            return;
        }
    if (!read_settings(compiler, &scope, capability, word))
        return;
    compiler->capability_at[book->capability_count++] = open;
}

void zt_rules_declare(struct zt_compiler *compiler)
{
    for (size_t i = 0; i < compiler->words.count && !zt_compiler_is_done(compiler); i++) {
        const struct zt_word *word = &compiler->words.list[i];

        if (word->kind != ZT_WORD_OPEN)
            continue;
        if (zt_word_is(word, "macro"))
            declare_macro(compiler, i);
        else if (zt_word_is(word, "tag"))
            zt_rules_declare_tag(compiler, i);
        else if (zt_word_is(word, "cap"))
            declare_capability(compiler, i);
        i = word->end;
    }
}
