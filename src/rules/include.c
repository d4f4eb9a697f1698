/* SPDX-License-Identifier: Apache-2.0 */
/* Including a macro: its body is read again, with words in the place of its parameters. Bounded in
   depth and in number, so that a text that includes itself ends. */
#include "rules/steps.h"

#include "base/text.h"

#include <string.h>

/* The words between commas. False after telling why not. */
static bool divide_arguments(struct zt_compiler *compiler, const struct zt_word *word,
                             const char *at, size_t length,
                             struct zt_argument arguments[ZT_MAX_RULES_PARAMETERS], size_t *count)
{
    *count = 0;
    while (length > 0) {
        struct zt_argument *argument = &arguments[*count];
        size_t one = 0;

        while (one < length && at[one] != ',')
            one++;
        if (*count == ZT_MAX_RULES_PARAMETERS || one == 0 || one > ZT_MAX_ARGUMENT ||
            at[0] == '$') {
            zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                      at[0] == '$' ? "`%.*s`: a parameter cannot be handed on to another macro"
                                   : "`%.*s`: an argument is empty, too long, or one too many",
                      ZT_SHOWN(word->length), word->at);
            return false;
        }
        memset(argument, 0, sizeof *argument);
        memcpy(argument->text, at, one);
        argument->line = word->line;
        argument->column = word->column + (unsigned)(at - word->at);
        (*count)++;
        one += one < length;
        at += one;
        length -= one;
    }
    return true;
}

/* The macro that the word calls, with as many arguments as it has parameters. */
static const struct zt_rules_macro *read_call(struct zt_compiler *compiler,
                                              const struct zt_word *word,
                                              struct zt_argument arguments[ZT_MAX_RULES_PARAMETERS])
{
    const struct zt_rules_macro *macro;
    size_t name_length, length, count;
    const char *at;

    if (!zt_word_call(word, &name_length, &at, &length)) {
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                  "`%.*s`: expected name(a,b) as one word, without blanks", ZT_SHOWN(word->length),
                  word->at);
        return NULL;
    }
    macro = zt_compiler_macro(compiler, word->at, name_length);
    if (macro == NULL) {
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                  "`%.*s`: expected the name of a macro", ZT_SHOWN(name_length), word->at);
        return NULL;
    }
    if (!divide_arguments(compiler, word, at, length, arguments, &count))
        return NULL;
    if (count == macro->parameter_count)
        return macro;
    zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
              "`%.*s`: macro `%s` takes %zu arguments, not %zu", ZT_SHOWN(word->length), word->at,
              macro->name, macro->parameter_count, count);
    return NULL;
}

void zt_rules_include(struct zt_compiler *compiler, struct zt_rules_scope *scope,
                      struct zt_rule_list *list, const struct zt_word *by)
{
    struct zt_argument arguments[ZT_MAX_RULES_PARAMETERS];
    const struct zt_word *word = zt_scope_take(compiler, scope, by, "the name of a macro");
    const struct zt_rules_macro *macro = word != NULL ? read_call(compiler, word, arguments) : NULL;

    /* What is only checked needs no expansion: the macro is checked by itself. */
    if (macro == NULL || list->rules == NULL || macro->is_bad)
        return;
    if (scope->depth == ZT_MAX_RULES_DEPTH ||
        compiler->expansion_count == ZT_MAX_RULES_EXPANSIONS) {
        zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                  "`%.*s` is included too deeply or too often; does a macro include itself?",
                  ZT_SHOWN(word->length), word->at);
        return;
    }
    compiler->expansion_count++;
    struct zt_rules_scope inner = { .at = macro->begin,
                                    .end = macro->end,
                                    .macro = macro,
                                    .arguments = arguments,
                                    .depth = scope->depth + 1 };
    zt_rules_emit(compiler, &inner, list);
}
