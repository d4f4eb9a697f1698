/* SPDX-License-Identifier: Apache-2.0 */
/* What the steps of compiling share: words, macros, the book that is being written. Seen inside the
   layer only. */
#ifndef ZT_RULES_COMPILER_H
#define ZT_RULES_COMPILER_H

#include "rules/matches.h"
#include "rules/words.h"

#define ZT_MAX_RULES_MACROS 128
#define ZT_MAX_RULES_PARAMETERS 8
#define ZT_MAX_RULES_DEPTH 8         /* includes within includes */
#define ZT_MAX_RULES_EXPANSIONS 4096 /* includes of a whole text, those within included */

struct zt_rules_macro {
    char name[ZT_MAX_RULES_NAME + 1];
    size_t parameter_count;
    char parameters[ZT_MAX_RULES_PARAMETERS][ZT_MAX_RULES_NAME + 1];
    size_t begin, end; /* of the words of its body */
    bool is_bad;       /* its errors have been told */
};

struct zt_compiler {
    struct zt_words words;
    struct zt_rulebook *book;
    struct zt_rules_errors *errors;
    size_t macro_count;
    struct zt_rules_macro macros[ZT_MAX_RULES_MACROS];
    size_t capability_at[ZT_MAX_CAPABILITIES]; /* indexes of the words that open them */
    size_t expansion_count;
};

/* Words that are being read, and what parameters stand for there. */
struct zt_rules_scope {
    size_t at, end;
    const struct zt_rules_macro *macro;  /* NULL: outside of macros */
    const struct zt_argument *arguments; /* NULL: the macro is being checked, not included */
    unsigned depth;
};

/* Where entries go. rules is NULL if they are only checked. */
struct zt_rule_list {
    struct zt_rule *rules;
    size_t *count;
    size_t capacity;
    bool is_full; /* told already */
};

/* The next word of the scope, NULL at its end. */
const struct zt_word *zt_scope_peek(const struct zt_compiler *compiler,
                                    const struct zt_rules_scope *scope);
/* The next one if it is plain, passing it; NULL if there is none, after telling that `by` needs it. */
const struct zt_word *zt_scope_take(struct zt_compiler *compiler, struct zt_rules_scope *scope,
                                    const struct zt_word *by, const char *expected);
/* Room for the text of an error at this word. */
char *zt_compiler_blame(struct zt_compiler *compiler, const struct zt_word *word);
/* True when no further error could be told. */
bool zt_compiler_is_done(const struct zt_compiler *compiler);
/* The macro of this name, NULL: there is none. */
struct zt_rules_macro *zt_compiler_macro(struct zt_compiler *compiler, const char *at,
                                         size_t length);

#endif
