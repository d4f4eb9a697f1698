/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling: words, then declarations, then macros checked, then rules. Errors of all steps are told
   at once, as far as one does not follow from another. */
#include "rules/steps.h"

#include "base/mem.h"
#include "base/text.h"
#include "rules/names.h"

#include <assert.h>

static void check_macros(struct zt_compiler *compiler)
{
    for (size_t i = 0; i < compiler->macro_count; i++) {
        struct zt_rules_macro *macro = &compiler->macros[i];
        struct zt_rules_scope scope = { .at = macro->begin, .end = macro->end, .macro = macro };
        struct zt_rule_list nowhere = { .rules = NULL };
        size_t before = compiler->errors->count;

        if (zt_compiler_is_done(compiler))
            return;
        zt_rules_emit(compiler, &scope, &nowhere);
        macro->is_bad = compiler->errors->count > before;
    }
}

/* Where the rules of the cap that is opened there go: nowhere if its head was wrong. */
static struct zt_rule_list list_of_capability(struct zt_compiler *compiler, size_t open)
{
    struct zt_rulebook *book = compiler->book;

    for (size_t i = 0; i < book->capability_count; i++)
        if (compiler->capability_at[i] == open)
            return (struct zt_rule_list){ .rules = book->capabilities[i].rules,
                                          .count = &book->capabilities[i].rule_count,
                                          .capacity = ZT_MAX_CAPABILITY_RULES };
    return (struct zt_rule_list){ .rules = NULL };
}

static bool is_plain(const struct zt_compiler *compiler, size_t at)
{
    return at < compiler->words.count && compiler->words.list[at].kind == ZT_WORD_PLAIN;
}

/* Where the block or the include there ends. */
static size_t statement_end(const struct zt_compiler *compiler, size_t at)
{
    const struct zt_word *word = &compiler->words.list[at];

    if (word->kind == ZT_WORD_OPEN)
        return word->end + 1;
    return at + (is_plain(compiler, at + 1) ? 2 : 1);
}

/* Between its settings a cap holds actions and includes. */
static void emit_capability(struct zt_compiler *compiler, size_t open)
{
    struct zt_rule_list list = list_of_capability(compiler, open);
    size_t end = compiler->words.list[open].end;
    struct zt_rules_scope scope = { .at = end, .end = end };
    size_t at = is_plain(compiler, open + 1) ? open + 2 : end;

    while (at < end && !zt_compiler_is_done(compiler)) {
        const struct zt_word *word = &compiler->words.list[at];

        if (word->kind == ZT_WORD_PLAIN && zt_word_is(word, "default")) {
            at++;
        } else if (word->kind == ZT_WORD_PLAIN && zt_word_is(word, "id")) {
            at = statement_end(compiler, at);
        } else if (word->kind == ZT_WORD_PLAIN && !zt_word_is(word, "include")) {
            zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
                      "`%.*s`: expected id, default, include or an action in a cap",
                      ZT_SHOWN(word->length), word->at);
            return;
        } else {
            scope.at = at;
            scope.end = statement_end(compiler, at);
            at = scope.end;
            zt_rules_emit(compiler, &scope, &list);
        }
    }
}

/* A word that belongs nowhere. What follows up to the next block or include was meant with it. */
static size_t refuse_at_top(struct zt_compiler *compiler, size_t at)
{
    const struct zt_word *word = &compiler->words.list[at];

    zt_format(zt_compiler_blame(compiler, word), ZT_RULES_ERROR_TEXT,
              "`%.*s`: expected macro, tag, cap, include or an action (accept, drop, break, tee, "
              "watch, redirect)",
              ZT_SHOWN(word->length), word->at);
    while (is_plain(compiler, at) && !zt_word_is(&compiler->words.list[at], "include"))
        at++;
    return at;
}

static void emit_all(struct zt_compiler *compiler)
{
    struct zt_rulebook *book = compiler->book;
    struct zt_rule_list base = { .rules = book->rules,
                                 .count = &book->rule_count,
                                 .capacity = ZT_MAX_RULES };
    size_t at = 0;

    while (at < compiler->words.count && !zt_compiler_is_done(compiler)) {
        const struct zt_word *word = &compiler->words.list[at];
        struct zt_rules_scope scope = { .at = at };

        if (word->kind == ZT_WORD_PLAIN && !zt_word_is(word, "include")) {
            at = refuse_at_top(compiler, at);
            continue;
        }
        scope.end = statement_end(compiler, at);
        at = scope.end;
        if (word->kind == ZT_WORD_OPEN && zt_word_is(word, "cap"))
            emit_capability(compiler, scope.at);
        else if (word->kind == ZT_WORD_PLAIN || !zt_name_declares(word->at, word->length))
            zt_rules_emit(compiler, &scope, &base);
    }
}

static void compile(struct zt_compiler *compiler)
{
    zt_rules_declare(compiler);
    check_macros(compiler);
    emit_all(compiler);
}

/* The steps find them out of order. */
static void sort_errors(struct zt_rules_errors *errors)
{
    for (size_t i = 1; i < errors->count; i++)
        for (size_t j = i; j > 0; j--) {
            struct zt_rules_error *a = &errors->list[j - 1], *b = &errors->list[j];
            struct zt_rules_error moved = *a;

            if (a->line < b->line || (a->line == b->line && a->column <= b->column))
                break;
            *a = *b;
            *b = moved;
        }
}

struct zt_rulebook *zt_rulebook_compile(const char *text, size_t length,
                                        struct zt_rules_errors *errors)
{
    struct zt_compiler *compiler = zt_alloc(sizeof *compiler);
    struct zt_rulebook *book = zt_alloc(sizeof *book);

    assert(text != NULL || length == 0);

    errors->count = 0;
    if (compiler == NULL || book == NULL) {
        zt_format(zt_rules_blame(errors, 0, 0), ZT_RULES_ERROR_TEXT, "out of memory");
        goto out;
    }
    compiler->book = book;
    compiler->errors = errors;
    if (zt_words_read(&compiler->words, text, length, errors))
        compile(compiler);
out:
    if (compiler != NULL)
        zt_free(compiler->words.list);
    zt_free(compiler);
    sort_errors(errors);
    if (errors->count == 0)
        return book;
    zt_free(book);
    return NULL;
}
