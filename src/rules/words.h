/* SPDX-License-Identifier: Apache-2.0 */
/* A text as words and blocks. Seen inside the layer only. docs/rules.md. */
#ifndef ZT_RULES_WORDS_H
#define ZT_RULES_WORDS_H

#include "rules/language.h"

#define ZT_MAX_RULES_NESTING 4 /* blocks in blocks; an action in a capability are two */

enum zt_word_kind {
    ZT_WORD_PLAIN,
    ZT_WORD_OPEN, /* begins a block: macro, tag, cap or an action */
    ZT_WORD_CLOSE /* ends one; each that is opened is */
};

struct zt_word {
    const char *at; /* in the text, borrowed */
    size_t length;
    unsigned line, column;
    enum zt_word_kind kind;
    size_t end; /* ZT_WORD_OPEN: index of its end */
};

struct zt_words {
    struct zt_word *list; /* the caller frees it with zt_free */
    size_t count;
};

/* False after an error was noted, or at the end of memory. */
ZT_MUST_USE bool zt_words_read(struct zt_words *words, const char *text, size_t length,
                               struct zt_rules_errors *errors);
/* Is the word this keyword, in any case? */
bool zt_word_is(const struct zt_word *word, const char *keyword);
/* `name(a,b)` divided: the length of the name, and where its arguments begin and how long they are.
   False if the parentheses are wrong. */
ZT_MUST_USE bool zt_word_call(const struct zt_word *word, size_t *name_length,
                              const char **arguments, size_t *arguments_length);

/* Room for the text of an error at this place. */
char *zt_rules_blame(struct zt_rules_errors *errors, unsigned line, unsigned column);

/* For printing a word with "%.*s"; long ones are cut. */
#define ZT_SHOWN(length) ((int)((length) < 60 ? (length) : 60))

#endif
