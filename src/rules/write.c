/* SPDX-License-Identifier: Apache-2.0 */
/* A rulebook as a text that compiles to the same. docs/rules.md. */
#include "rules/phrase.h"

#include "rules/matches.h"
#include "rules/names.h"

struct writing {
    const struct zt_rulebook *book;
    struct zt_writer *out;
    char *error;
    const char *set; /* for errors: "rules", or the name of a capability */
};

static bool refuse(const struct writing *to, size_t entry, const char *why)
{
    zt_format(to->error, ZT_RULES_ERROR_TEXT, "%s, entry %zu: %s", to->set, entry + 1, why);
    return false;
}

static const char *action_keyword(uint8_t type)
{
    switch (type & ZT_RULE_TYPE_MASK) {
    case ZT_RULE_DROP:
        return "drop";
    case ZT_RULE_ACCEPT:
        return "accept";
    case ZT_RULE_TEE:
        return "tee";
    case ZT_RULE_WATCH:
        return "watch";
    case ZT_RULE_REDIRECT:
        return "redirect";
    case ZT_RULE_BREAK:
        return "break";
    default:
        return NULL;
    }
}

static bool is_range_upside_down(const struct zt_rule *rule, enum zt_arguments takes)
{
    return (takes == ZT_TAKES_RANGE && rule->u.range.first > rule->u.range.last) ||
           (takes == ZT_TAKES_TOS && rule->u.tos.first > rule->u.tos.last);
}

static bool judge_match(const struct writing *to, const struct zt_rule *rules, size_t at,
                        bool is_first)
{
    const struct zt_match_form *form = zt_match_form_of(rules[at].type);

    if (form == NULL)
        return refuse(to, at, "the language has no word for this match");
    if (is_first && (rules[at].type & ZT_RULE_OR) != 0)
        return refuse(to, at, "`or` before the first match, which the language refuses");
    if (form->takes == ZT_TAKES_BITS && rules[at].u.mask == 0)
        return refuse(to, at, "characteristics without any bit");
    if (is_range_upside_down(&rules[at], form->takes))
        return refuse(to, at, "a range whose end is before its start");
    return true;
}

/* The rule from first to its action at `end - 1`. */
static bool judge_rule(const struct writing *to, const struct zt_rule *rules, size_t first,
                       size_t end)
{
    const struct zt_rule *action = &rules[end - 1];
    unsigned type = action->type & ZT_RULE_TYPE_MASK;

    if (type > ZT_RULE_LAST_ACTION)
        return refuse(to, end - 1, "matches that no action follows");
    if (action_keyword(action->type) == NULL)
        return refuse(to, end - 1, "the language has no word for this action");
    if ((type == ZT_RULE_TEE || type == ZT_RULE_WATCH || type == ZT_RULE_REDIRECT) &&
        action->u.forward.flags != 0)
        return refuse(to, end - 1, "flags, which the language cannot say");
    for (size_t i = first; i + 1 < end; i++)
        if (!judge_match(to, rules, i, i == first))
            return false;
    return true;
}

static void put_action(const struct writing *to, const struct zt_rule *action)
{
    unsigned type = action->type & ZT_RULE_TYPE_MASK;
    char address[11];

    zt_phrase(to->out, action_keyword(action->type));
    if (type == ZT_RULE_TEE || type == ZT_RULE_WATCH) {
        zt_phrase(to->out, " ");
        zt_phrase_number(to->out, action->u.forward.length);
    }
    if (type != ZT_RULE_TEE && type != ZT_RULE_WATCH && type != ZT_RULE_REDIRECT)
        return;
    zt_hex_number_write(address, action->u.forward.address & UINT64_C(0xffffffffff), 10);
    zt_phrase(to->out, " ");
    zt_phrase(to->out, address);
}

static void put_match(const struct writing *to, const struct zt_rule *rule, bool is_first,
                      const char *indent)
{
    zt_phrase(to->out, "\n");
    zt_phrase(to->out, indent);
    zt_phrase(to->out, "    ");
    if ((rule->type & ZT_RULE_OR) != 0)
        zt_phrase(to->out, "or ");
    else if (!is_first)
        zt_phrase(to->out, "and ");
    if ((rule->type & ZT_RULE_NOT) != 0)
        zt_phrase(to->out, "not ");
    zt_phrase(to->out, zt_match_form_of(rule->type)->keyword);
    zt_phrase_arguments(to->out, to->book, rule);
}

/* An action without matches is written `accept;`. Within a capability that would end the capability
   as well, so that there the `;` stands alone. */
static bool put_rules(const struct writing *to, const struct zt_rule *rules, size_t count,
                      const char *indent)
{
    for (size_t first = 0; first < count;) {
        size_t end = zt_rules_end(rules, count, first);

        if (!judge_rule(to, rules, first, end))
            return false;
        zt_phrase(to->out, indent);
        put_action(to, &rules[end - 1]);
        for (size_t i = first; i + 1 < end; i++)
            put_match(to, &rules[i], i == first, indent);
        if (end - first > 1) {
            zt_phrase(to->out, "\n");
            zt_phrase(to->out, indent);
        } else if (*indent != 0) {
            zt_phrase(to->out, " ");
        }
        zt_phrase(to->out, ";\n");
        first = end;
    }
    return true;
}

static void put_flag_bits(struct zt_writer *out, uint32_t mask)
{
    bool is_first = true;

    for (unsigned bit = 0; bit < 32; bit++) {
        if ((mask >> bit & 1) == 0)
            continue;
        if (!is_first)
            zt_phrase(out, ",");
        zt_phrase_number(out, bit);
        is_first = false;
    }
}

static bool put_value(const struct writing *to, const struct zt_rulebook_value *value)
{
    if (value->is_flag && value->value == 0) {
        zt_format(to->error, ZT_RULES_ERROR_TEXT, "tag %s: flag %s has no bit", to->set,
                  value->name);
        return false;
    }
    zt_phrase(to->out, value->is_flag ? "    flag " : "    enum ");
    if (value->is_flag)
        put_flag_bits(to->out, value->value);
    else
        zt_phrase_number(to->out, value->value);
    zt_phrase(to->out, " ");
    zt_phrase(to->out, value->name);
    zt_phrase(to->out, "\n");
    return true;
}

static bool put_tag(struct writing *to, const struct zt_rulebook_tag *tag)
{
    to->set = tag->name;
    zt_phrase(to->out, "tag ");
    zt_phrase(to->out, tag->name);
    zt_phrase(to->out, "\n    id ");
    zt_phrase_number(to->out, tag->id);
    zt_phrase(to->out, "\n");
    for (size_t i = 0; i < tag->value_count; i++)
        if (!put_value(to, &to->book->values[tag->first_value + i]))
            return false;
    if (tag->has_default) {
        zt_phrase(to->out, "    default ");
        zt_phrase_number(to->out, tag->otherwise);
        zt_phrase(to->out, "\n");
    }
    zt_phrase(to->out, ";\n\n");
    return true;
}

static bool put_capability(struct writing *to, const struct zt_rulebook_capability *capability)
{
    to->set = capability->name;
    zt_phrase(to->out, "cap ");
    zt_phrase(to->out, capability->name);
    zt_phrase(to->out, "\n    id ");
    zt_phrase_number(to->out, capability->id);
    zt_phrase(to->out, capability->is_default ? "\n    default\n" : "\n");
    if (!put_rules(to, capability->rules, capability->rule_count, "    "))
        return false;
    zt_phrase(to->out, ";\n\n");
    return true;
}

bool zt_rulebook_write(const struct zt_rulebook *book, struct zt_writer *out,
                       char error[ZT_RULES_ERROR_TEXT])
{
    struct writing to = { .book = book, .out = out, .error = error };

    for (size_t i = 0; i < book->tag_count; i++)
        if (!put_tag(&to, &book->tags[i]))
            return false;
    for (size_t i = 0; i < book->capability_count; i++)
        if (!put_capability(&to, &book->capabilities[i]))
            return false;
    to.set = "rules";
    if (!put_rules(&to, book->rules, book->rule_count, ""))
        return false;
    if (out->failed)
        zt_format(error, ZT_RULES_ERROR_TEXT, "the text is longer than %d bytes",
                  ZT_MAX_RULES_SOURCE);
    return !out->failed;
}
