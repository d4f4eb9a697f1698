/* SPDX-License-Identifier: Apache-2.0 */
/* Actions and their matches become entries; an include is read as what it stands for. docs/rules.md. */
#include "rules/steps.h"

#include "base/text.h"
#include "rules/names.h"
#include "rules/values.h"

#include <string.h>

struct action {
    const char *keyword;
    uint8_t type;
    bool takes_length, takes_address;
};

static const struct action actions[] = {
    { "accept", ZT_RULE_ACCEPT, false, false }, { "drop", ZT_RULE_DROP, false, false },
    { "break", ZT_RULE_BREAK, false, false },   { "tee", ZT_RULE_TEE, true, true },
    { "watch", ZT_RULE_WATCH, true, true },     { "redirect", ZT_RULE_REDIRECT, false, true },
};

static bool add(struct zt_compiler *compiler, struct zt_rule_list *list, const struct zt_rule *rule,
                const struct zt_word *word)
{
    if (list->rules == NULL)
        return true;
    if (*list->count < list->capacity) {
        list->rules[(*list->count)++] = *rule;
        return true;
    }
    if (!list->is_full)
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                  "`%.*s` makes this set longer than %zu entries", ZT_SHOWN(word->length), word->at,
                  list->capacity);
    list->is_full = true;
    return false;
}

/* What `$name` stands for. */
static bool resolve(struct zt_compiler *compiler, const struct zt_rules_scope *scope,
                    const struct zt_word *word, struct zt_argument *argument)
{
    const struct zt_rules_macro *macro = scope->macro;

    if (macro == NULL) {
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                  "`%.*s`: parameters are known in macros only", ZT_SHOWN(word->length), word->at);
        return false;
    }
    for (size_t i = 0; i < macro->parameter_count; i++) {
        size_t length = strlen(macro->parameters[i]);

        if (length != word->length - 1 || memcmp(macro->parameters[i], word->at + 1, length) != 0)
            continue;
        if (scope->arguments != NULL)
            *argument = scope->arguments[i];
        else
            argument->is_open = true;
        return true;
    }
    zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
              "macro `%s` has no parameter `%.*s` (parameters are in lower case)", macro->name,
              ZT_SHOWN(word->length), word->at);
    return false;
}

static bool take_argument(struct zt_compiler *compiler, struct zt_rules_scope *scope,
                          const struct zt_word *by, const char *expected,
                          struct zt_argument *argument)
{
    const struct zt_word *word = zt_scope_take(compiler, scope, by, expected);

    memset(argument, 0, sizeof *argument);
    if (word == NULL)
        return false;
    if (word->length > ZT_MAX_ARGUMENT) {
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                  "`%.*s...` is too long: expected %s", ZT_SHOWN(word->length), word->at, expected);
        return false;
    }
    if (word->at[0] == '$')
        return resolve(compiler, scope, word, argument);
    memcpy(argument->text, word->at, word->length);
    argument->line = word->line;
    argument->column = word->column;
    return true;
}

static bool read_match(struct zt_compiler *compiler, struct zt_rules_scope *scope,
                       const struct zt_word *word, struct zt_rule *rule)
{
    const struct zt_match_form *form = zt_match_form(word->at, word->length);
    struct zt_argument arguments[2];
    int bad;

    if (form == NULL) {
        const char *guess = zt_match_guess(word->at, word->length);

        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                  "`%.*s` is no match%s%s%s", ZT_SHOWN(word->length), word->at,
                  guess != NULL ? ": expected " : ": expected one like ipprotocol, dport or chr",
                  guess != NULL ? guess : "", guess != NULL ? "?" : "");
        return false;
    }
    for (size_t i = 0; i < 2 && form->expected[i] != NULL; i++)
        if (!take_argument(compiler, scope, word, form->expected[i], &arguments[i]))
            return false;
    bad = zt_match_read(rule, form, arguments, compiler->book);
    if (bad < 0)
        return true;
    zt_format(zt_rules_blame(compiler->errors, arguments[bad].line, arguments[bad].column),
              ZT_RULES_ERROR_TEXT, "`%.*s` does not fit %s: expected %s",
              ZT_SHOWN(strlen(arguments[bad].text)), arguments[bad].text, form->keyword,
              form->expected[bad]);
    return false;
}

/* and, or, not: for the next match only, in any order. */
static bool read_prefixes(struct zt_compiler *compiler, struct zt_rules_scope *scope, uint8_t *bits,
                          const struct zt_word **match)
{
    const struct zt_word *word, *last = NULL;

    *bits = 0;
    while ((word = zt_scope_peek(compiler, scope)) != NULL) {
        uint8_t bit = zt_word_is(word, "or")    ? ZT_RULE_OR
                      : zt_word_is(word, "not") ? ZT_RULE_NOT
                                                : 0;

        if (bit == 0 && !zt_word_is(word, "and"))
            break;
        if (bit != 0 && (*bits & bit) != 0) {
            zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                      "`%.*s` stands twice before a match", ZT_SHOWN(word->length), word->at);
            return false;
        }
        *bits |= bit;
        last = word;
        scope->at++;
    }
    *match = last != NULL ? zt_scope_take(compiler, scope, last, "a match behind it") : word;
    if (last == NULL)
        scope->at++;
    return *match != NULL;
}

static bool read_matches(struct zt_compiler *compiler, struct zt_rules_scope *scope,
                         struct zt_rule_list *list)
{
    for (bool is_first = true; zt_scope_peek(compiler, scope) != NULL; is_first = false) {
        const struct zt_word *begin = zt_scope_peek(compiler, scope), *word;
        struct zt_rule rule;
        uint8_t bits;

        if (!read_prefixes(compiler, scope, &bits, &word))
            return false;
        if (word->kind == ZT_WORD_OPEN) {
            zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                      "`%.*s` cannot stand inside an action; is a ; missing before it?",
                      ZT_SHOWN(word->length), word->at);
            return false;
        }
        if (is_first && (bits & ZT_RULE_OR) != 0) {
            zt_format(zt_compiler_blame(compiler, begin), ZT_RULES_ERROR_TEXT,
                      "`or` before the first match would make it hold always");
            return false;
        }
        if (!read_match(compiler, scope, word, &rule))
            return false;
        rule.type |= bits;
        if (!add(compiler, list, &rule, word))
            return false;
    }
    return true;
}

/* -1 and 0 are the whole frame. */
static bool read_length(struct zt_compiler *compiler, struct zt_rules_scope *scope,
                        const struct zt_word *by, struct zt_rule *rule)
{
    static const char expected[] = "how many bytes to copy (-1: all, to 65535) and an address";
    const struct zt_word *word = zt_scope_take(compiler, scope, by, expected);
    char text[ZT_MAX_RULES_NAME + 1] = "";
    uint64_t length = 0;

    if (word == NULL)
        return false;
    if (word->length <= ZT_MAX_RULES_NAME)
        zt_name_fold(text, word->at, word->length);
    if (strcmp(text, "-1") != 0 && !zt_value_number(&length, text, UINT16_MAX)) {
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                  "`%.*s` does not fit %.*s: expected %s", ZT_SHOWN(word->length), word->at,
                  ZT_SHOWN(by->length), by->at, expected);
        return false;
    }
    rule->u.forward.length = (uint16_t)length;
    return true;
}

static bool read_target(struct zt_compiler *compiler, struct zt_rules_scope *scope,
                        const struct zt_word *by, struct zt_rule *rule)
{
    static const char expected[] = "an address of 10 hexadecimal digits";
    const struct zt_word *word = zt_scope_take(compiler, scope, by, expected);
    char text[ZT_MAX_RULES_NAME + 1] = "";

    if (word == NULL)
        return false;
    if (word->length <= ZT_MAX_RULES_NAME)
        zt_name_fold(text, word->at, word->length);
    if (zt_value_address(&rule->u.forward.address, text, false))
        return true;
    zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
              "`%.*s` does not fit %.*s: expected %s", ZT_SHOWN(word->length), word->at,
              ZT_SHOWN(by->length), by->at, expected);
    return false;
}

static const struct action *find_action(struct zt_compiler *compiler, const struct zt_word *word)
{
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (zt_word_is(word, actions[i].keyword))
            return &actions[i];
    zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
              zt_word_is(word, "priority")
                  ? "`%.*s` cannot be used: controllers don't take it"
                  : "`%.*s` cannot stand in another block; is a ; missing before it?",
              ZT_SHOWN(word->length), word->at);
    return NULL;
}

static void read_action(struct zt_compiler *compiler, const struct zt_rules_scope *outer,
                        struct zt_rule_list *list, size_t open)
{
    const struct zt_word *opener = &compiler->words.list[open];
    const struct action *action = find_action(compiler, opener);
    struct zt_rules_scope scope = *outer;
    struct zt_rule rule;

    if (action == NULL)
        return;
    scope.at = open + 1;
    scope.end = opener->end;
    memset(&rule, 0, sizeof rule);
    rule.type = action->type;
    if (action->takes_length && !read_length(compiler, &scope, opener, &rule))
        return;
    if (action->takes_address && !read_target(compiler, &scope, opener, &rule))
        return;
    if (read_matches(compiler, &scope, list))
        (void)add(compiler, list, &rule, opener);
}

void zt_rules_emit(struct zt_compiler *compiler, struct zt_rules_scope *scope,
                   struct zt_rule_list *list)
{
    const struct zt_word *word;

    while ((word = zt_scope_peek(compiler, scope)) != NULL && !list->is_full &&
           !zt_compiler_is_done(compiler)) {
        size_t at = scope->at++;

        if (word->kind == ZT_WORD_OPEN) {
            read_action(compiler, scope, list, at);
            scope->at = word->end + 1;
        } else if (zt_word_is(word, "include")) {
            zt_rules_include(compiler, scope, list, word);
        } else {
            zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                      "`%.*s`: expected an action (accept, drop, break, tee, watch, redirect) or "
                      "include",
                      ZT_SHOWN(word->length), word->at);
            return;
        }
    }
}
