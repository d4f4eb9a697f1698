/* SPDX-License-Identifier: Apache-2.0 */
/* Writing text piece by piece into a bounded buffer. Seen inside the layer only. */
#ifndef ZT_RULES_PHRASE_H
#define ZT_RULES_PHRASE_H

#include "base/text.h"
#include "rules/language.h"

#include <string.h>

static inline void zt_phrase(struct zt_writer *out, const char *text)
{
    zt_write_copy(out, text, strlen(text));
}

static inline void zt_phrase_number(struct zt_writer *out, uint64_t number)
{
    char text[21];

    (void)zt_format(text, sizeof text, "%llu", (unsigned long long)number);
    zt_phrase(out, text);
}

/* Name or id of the tag that a match asks for, and behind `between` name or number of the value. */
void zt_phrase_tag(struct zt_writer *out, const struct zt_rulebook *book,
                   const struct zt_rule *rule, const char *between);
/* The arguments of a match, as the language writes them, with a blank before each. */
void zt_phrase_arguments(struct zt_writer *out, const struct zt_rulebook *book,
                         const struct zt_rule *rule);

#endif
