/* SPDX-License-Identifier: Apache-2.0 */
/* Splitting a text at blanks, and finding where blocks begin and end. docs/rules.md. */
#include "rules/words.h"

#include "base/mem.h"
#include "base/text.h"
#include "rules/names.h"

#include <assert.h>
#include <string.h>

struct splitter {
    struct zt_words *words;
    struct zt_rules_errors *errors;
    size_t open[ZT_MAX_RULES_NESTING]; /* indexes of the blocks that are open */
    size_t depth;
    unsigned early_line; /* where a `;` at a word's end ended a block of the top, 0: nowhere */
    bool early_is_last;  /* nothing came after it yet */
};

char *zt_rules_blame(struct zt_rules_errors *errors, unsigned line, unsigned column)
{
    struct zt_rules_error *error;

    /* The last place is written over: whoever has that many errors mends the first ones first. */
    if (errors->count < ZT_MAX_RULES_ERRORS)
        errors->count++;
    error = &errors->list[errors->count - 1];
    error->line = line;
    error->column = column;
    return error->text;
}

bool zt_word_is(const struct zt_word *word, const char *keyword)
{
    return zt_name_is(keyword, word->at, word->length);
}

bool zt_word_call(const struct zt_word *word, size_t *name_length, const char **arguments,
                  size_t *arguments_length)
{
    size_t before = 0;

    while (before < word->length && word->at[before] != '(')
        before++;
    *name_length = before;
    *arguments = word->at + before;
    *arguments_length = 0;
    if (before == word->length)
        return true;
    if (word->at[word->length - 1] != ')')
        return false;
    *arguments = word->at + before + 1;
    *arguments_length = word->length - before - 2;
    return true;
}

static void add(struct splitter *splitter, const struct zt_word *word, enum zt_word_kind kind)
{
    struct zt_word *added = &splitter->words->list[splitter->words->count++];

    *added = *word;
    added->kind = kind;
}

static void close_block(struct splitter *splitter, const struct zt_word *by)
{
    assert(splitter->depth > 0);

    splitter->depth--;
    splitter->words->list[splitter->open[splitter->depth]].end = splitter->words->count;
    add(splitter, by, ZT_WORD_CLOSE);
}

static bool open_block(struct splitter *splitter, const struct zt_word *word)
{
    if (splitter->depth == ZT_MAX_RULES_NESTING) {
        zt_format(zt_rules_blame(splitter->errors, word->line, word->column), ZT_RULES_ERROR_TEXT,
                  "`%.*s` stands in too many blocks; is a ; missing?", ZT_SHOWN(word->length),
                  word->at);
        return false;
    }
    splitter->open[splitter->depth++] = splitter->words->count;
    add(splitter, word, ZT_WORD_OPEN);
    return true;
}

/* A `;` of its own. It may follow a block that the `;` at a word's end has ended already; but with
   something in between, that block was meant to go on, and guessing would be dangerous. */
static bool close_alone(struct splitter *splitter, const struct zt_word *word)
{
    if (splitter->depth > 0) {
        close_block(splitter, word);
        return true;
    }
    if (splitter->early_line != 0 && !splitter->early_is_last) {
        zt_format(zt_rules_blame(splitter->errors, word->line, word->column), ZT_RULES_ERROR_TEXT,
                  "`;` ends nothing: the last block was already ended by the ; in line %u",
                  splitter->early_line);
        return false;
    }
    splitter->early_line = 0;
    return true;
}

/* `accept;` is complete by itself, and the last of the block it stands in, which it ends too. */
static bool take_opener(struct splitter *splitter, const struct zt_word *word, bool closes)
{
    if (splitter->depth == 0 && zt_name_declares(word->at, word->length))
        splitter->early_line = 0;
    if (!open_block(splitter, word))
        return false;
    if (!closes)
        return true;
    close_block(splitter, word);
    if (splitter->depth == 0)
        return true;
    close_block(splitter, word);
    splitter->early_line = splitter->depth == 0 ? word->line : 0;
    splitter->early_is_last = true;
    return true;
}

static bool ends_declaration(const struct splitter *splitter)
{
    const struct zt_word *open = &splitter->words->list[splitter->open[0]];

    return splitter->depth == 1 && zt_name_declares(open->at, open->length);
}

static bool take_word(struct splitter *splitter, struct zt_word *word)
{
    bool closes = word->at[word->length - 1] == ';';
    bool is_early;

    word->length -= closes;
    if (word->length == 0)
        return close_alone(splitter, word);
    splitter->early_is_last = false;
    if (zt_name_opens(word->at, word->length))
        return take_opener(splitter, word, closes);
    add(splitter, word, ZT_WORD_PLAIN);
    if (!closes || splitter->depth == 0)
        return true;
    is_early = ends_declaration(splitter);
    close_block(splitter, word);
    if (is_early) {
        splitter->early_line = word->line;
        splitter->early_is_last = true;
    }
    return true;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Bytes of the UTF-8 character there, 0: it is none, or a control character. */
static size_t character_length(const uint8_t *at, size_t left)
{
    size_t length = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    static const uint32_t least[] = { 0, 0x20, 0x80, 0x800, 0x10000 };
    uint32_t code = length == 1 ? at[0] : at[0] & (0xffu >> (length + 1));

    if (length == 1 && is_blank((char)at[0]))
        return 1;
    if (length > left || (at[0] >= 0x80 && at[0] < 0xc2) || at[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3f);
    }
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    return code >= 0x7f && code < 0xa0 ? 0 : length;
}

/* Errors and names are shown on terminals and stored as JSON. */
static bool judge_characters(const char *text, size_t length, struct zt_rules_errors *errors)
{
    unsigned line = 1;
    size_t line_start = 0;

    for (size_t at = 0; at < length;) {
        size_t taken = character_length((const uint8_t *)text + at, length - at);

        if (taken == 0) {
            zt_format(zt_rules_blame(errors, line, (unsigned)(at - line_start)),
                      ZT_RULES_ERROR_TEXT, "byte 0x%02x is no text in UTF-8", (uint8_t)text[at]);
            return false;
        }
        if (text[at] == '\n') {
            line++;
            line_start = at + 1;
        }
        at += taken;
    }
    return true;
}

/* Some editors mark a text in UTF-8 as such. */
static size_t mark_length(const char *text, size_t length)
{
    return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static bool split(struct splitter *splitter, const char *text, size_t length)
{
    unsigned line = 1;
    size_t at = mark_length(text, length);
    size_t line_start = at;

    while (at < length) {
        size_t start = at;

        if (is_blank(text[at])) {
            if (text[at++] == '\n') {
                line++;
                line_start = at;
            }
            continue;
        }
        if (text[at] == '#') {
            while (at < length && text[at] != '\n')
                at++;
            continue;
        }
        while (at < length && !is_blank(text[at]))
            at++;
        struct zt_word word = { .at = text + start,
                                .length = at - start,
                                .line = line,
                                .column = (unsigned)(start - line_start) };
        if (!take_word(splitter, &word))
            return false;
    }
    return true;
}

bool zt_words_read(struct zt_words *words, const char *text, size_t length,
                   struct zt_rules_errors *errors)
{
    struct splitter splitter = { .words = words, .errors = errors };
    struct zt_word end = { .at = text, .length = 0, .line = 0 };

    *words = (struct zt_words){ NULL, 0 };
    if (length > ZT_MAX_RULES_SOURCE) {
        zt_format(zt_rules_blame(errors, 0, 0), ZT_RULES_ERROR_TEXT,
                  "%zu bytes of text, at most %d are possible", length, ZT_MAX_RULES_SOURCE);
        return false;
    }
    if (!judge_characters(text, length, errors))
        return false;
    /* The shortest word that becomes three is `tag;` with a blank behind it. */
    words->list = zt_alloc((length + 1 + ZT_MAX_RULES_NESTING) * sizeof words->list[0]);
    if (words->list == NULL) {
        zt_format(zt_rules_blame(errors, 0, 0), ZT_RULES_ERROR_TEXT, "out of memory");
        return false;
    }
    if (!split(&splitter, text, length))
        return false;
    if (words->count > 0) {
        end = words->list[words->count - 1];
        end.column += (unsigned)end.length;
        end.length = 0;
    }
    while (splitter.depth > 0)
        close_block(&splitter, &end);
    return true;
}
