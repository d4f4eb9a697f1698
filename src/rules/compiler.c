/* SPDX-License-Identifier: Apache-2.0 */
/* Reading words of a scope, finding macros, noting errors: what each step of compiling does. */
#include "rules/compiler.h"

#include "base/text.h"
#include "rules/names.h"

#include <assert.h>

char *zt_compiler_blame(struct zt_compiler *compiler, const struct zt_word *word)
{
    return zt_rules_blame(compiler->errors, word->line, word->column);
}

bool zt_compiler_is_done(const struct zt_compiler *compiler)
{
    return compiler->errors->count == ZT_MAX_RULES_ERRORS;
}

const struct zt_word *zt_scope_peek(const struct zt_compiler *compiler,
                                    const struct zt_rules_scope *scope)
{
    assert(scope->end <= compiler->words.count);

    return scope->at < scope->end ? &compiler->words.list[scope->at] : NULL;
}

const struct zt_word *zt_scope_take(struct zt_compiler *compiler, struct zt_rules_scope *scope,
                                    const struct zt_word *by, const char *expected)
{
    const struct zt_word *word = zt_scope_peek(compiler, scope);

    if (word != NULL && word->kind == ZT_WORD_PLAIN) {
        scope->at++;
        return word;
    }
    zt_format(zt_compiler_blame(compiler, by), ZT_RULES_ERROR_TEXT,
              "`%.*s` stands alone: expected %s", ZT_SHOWN(by->length), by->at, expected);
    return NULL;
}

struct zt_rules_macro *zt_compiler_macro(struct zt_compiler *compiler, const char *at,
                                         size_t length)
{
    for (size_t i = 0; i < compiler->macro_count; i++)
        if (zt_name_is(compiler->macros[i].name, at, length))
            return &compiler->macros[i];
    return NULL;
}
