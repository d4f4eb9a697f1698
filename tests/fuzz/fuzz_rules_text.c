/* SPDX-License-Identifier: Apache-2.0 */
/* A text in the rule language: it compiles or says why not, and what it compiles to can be written,
   compiled again and explained. */
#include "fuzz.h"

#include "base/mem.h"
#include "rules/language.h"
#include "vl2/rules_codec.h"

#include <string.h>

static void explain_all(const struct zt_rulebook *book)
{
    static uint8_t bytes[4096]; /* too small for the longest, which is cut */

    for (size_t first = 0; first < book->rule_count;) {
        struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
        size_t end = zt_rules_end(book->rules, book->rule_count, first);

        FUZZ_CLAIM(end > first);
        zt_rules_explain(&out, book, book->rules, first, end);
        first = end;
    }
}

static void claim_same(const struct zt_rulebook *a, const struct zt_rulebook *b)
{
    FUZZ_CLAIM(a->rule_count == b->rule_count);
    FUZZ_CLAIM(zt_rules_equal(a->rules, b->rules, a->rule_count));
    FUZZ_CLAIM(a->capability_count == b->capability_count);
    for (size_t i = 0; i < a->capability_count; i++) {
        FUZZ_CLAIM(a->capabilities[i].id == b->capabilities[i].id);
        FUZZ_CLAIM(a->capabilities[i].rule_count == b->capabilities[i].rule_count);
        FUZZ_CLAIM(zt_rules_equal(a->capabilities[i].rules, b->capabilities[i].rules,
                                  a->capabilities[i].rule_count));
    }
    FUZZ_CLAIM(a->tag_count == b->tag_count);
    FUZZ_CLAIM(memcmp(a->tags, b->tags, sizeof a->tags[0] * a->tag_count) == 0);
    FUZZ_CLAIM(memcmp(a->values, b->values, sizeof a->values[0] * a->value_count) == 0);
}

/* Only size may keep a book from being written: macros make much of little. */
static void claim_way_back(const struct zt_rulebook *book)
{
    static char text[1 << 20];
    char error[ZT_RULES_ERROR_TEXT];
    struct zt_writer out = zt_writer_of(text, sizeof text);
    struct zt_rules_errors errors;
    struct zt_rulebook *again;

    FUZZ_CLAIM(zt_rulebook_write(book, &out, error));
    if (zt_writer_length(&out) > ZT_MAX_RULES_SOURCE)
        return;
    again = zt_rulebook_compile(text, zt_writer_length(&out), &errors);
    FUZZ_CLAIM(again != NULL);
    claim_same(book, again);
    zt_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zt_rules_errors errors;
    struct zt_rulebook *book = zt_rulebook_compile((const char *)data, size, &errors);

    FUZZ_CLAIM((book != NULL) == (errors.count == 0));
    for (size_t i = 0; i < errors.count; i++)
        FUZZ_CLAIM(strlen(errors.list[i].text) > 0);
    if (book == NULL)
        return 0;
    explain_all(book);
    claim_way_back(book);
    zt_free(book);
    return 0;
}
