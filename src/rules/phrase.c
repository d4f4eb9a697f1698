/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of a match as the language writes them: by name where there is one. */
#include "rules/phrase.h"

#include "rules/matches.h"
#include "rules/names.h"
#include "rules/values.h"

#define ICMP_CODE_COUNTS 0x01

static void put_named(struct zt_writer *out, enum zt_vocabulary vocabulary, unsigned number)
{
    const char *name = zt_name_of(vocabulary, number);

    if (name != NULL)
        zt_phrase(out, name);
    else
        zt_phrase_number(out, number);
}

static void put_range(struct zt_writer *out, unsigned first, unsigned last)
{
    zt_phrase_number(out, first);
    if (first == last)
        return;
    zt_phrase(out, "-");
    zt_phrase_number(out, last);
}

static void put_bits(struct zt_writer *out, uint64_t mask)
{
    bool is_first = true;

    for (unsigned bit = 64; bit-- > 0;) {
        if ((mask >> bit & 1) == 0)
            continue;
        if (!is_first)
            zt_phrase(out, ",");
        put_named(out, ZT_WORDS_CHARACTERISTIC, bit);
        is_first = false;
    }
}

static void put_prefix(struct zt_writer *out, const struct zt_rule *rule)
{
    unsigned type = rule->type & ZT_RULE_TYPE_MASK;
    bool is_v4 = type == ZT_RULE_IPV4_SOURCE || type == ZT_RULE_IPV4_DEST;
    struct zt_endpoint network = is_v4 ? zt_endpoint_v4(rule->u.prefix.ip, rule->u.prefix.bits)
                                       : zt_endpoint_v6(rule->u.prefix.ip, rule->u.prefix.bits);
    char text[ZT_ENDPOINT_TEXT];

    zt_endpoint_text(&network, true, text);
    zt_phrase(out, text);
}

/* The name of this value, NULL: it has none. A difference is no value. */
static const char *value_name(const struct zt_rulebook *book, const struct zt_rulebook_tag *tag,
                              const struct zt_rule *rule)
{
    if (tag == NULL || (rule->type & ZT_RULE_TYPE_MASK) == ZT_RULE_TAGS_DIFFERENCE)
        return NULL;
    for (size_t i = 0; i < tag->value_count; i++) {
        const struct zt_rulebook_value *value = &book->values[tag->first_value + i];
        uint32_t found;

        /* An enum hides a flag of the same name. */
        if (value->value == rule->u.tag.value &&
            zt_rulebook_find_value(&found, book, tag, value->name) && found == value->value)
            return value->name;
    }
    return NULL;
}

void zt_phrase_tag(struct zt_writer *out, const struct zt_rulebook *book,
                   const struct zt_rule *rule, const char *between)
{
    const struct zt_rulebook_tag *tag = zt_rulebook_tag_by_id(book, rule->u.tag.id);
    const char *value = value_name(book, tag, rule);

    if (tag != NULL)
        zt_phrase(out, tag->name);
    else
        zt_phrase_number(out, rule->u.tag.id);
    zt_phrase(out, between);
    if (value != NULL)
        zt_phrase(out, value);
    else
        zt_phrase_number(out, rule->u.tag.value);
}

static void put_icmp(struct zt_writer *out, const struct zt_rule *rule)
{
    zt_phrase_number(out, rule->u.icmp.type);
    zt_phrase(out, " ");
    if ((rule->u.icmp.flags & ICMP_CODE_COUNTS) != 0)
        zt_phrase_number(out, rule->u.icmp.code);
    else
        zt_phrase(out, "-1");
}

static void put_tos(struct zt_writer *out, const struct zt_rule *rule)
{
    zt_phrase_number(out, rule->u.tos.mask);
    zt_phrase(out, " ");
    put_range(out, rule->u.tos.first, rule->u.tos.last);
}

static void put_text(struct zt_writer *out, const struct zt_rule *rule, enum zt_arguments takes)
{
    char text[ZT_MAC_TEXT];

    if (takes == ZT_TAKES_MAC)
        zt_mac_text(rule->u.mac, text);
    else if (takes == ZT_TAKES_ADDRESS)
        zt_hex_number_write(text, rule->u.address & UINT64_C(0xffffffffff), 10);
    else
        zt_value_fraction_text(text, rule->u.probability);
    zt_phrase(out, text);
}

void zt_phrase_arguments(struct zt_writer *out, const struct zt_rulebook *book,
                         const struct zt_rule *rule)
{
    const struct zt_match_form *form = zt_match_form_of(rule->type);

    zt_phrase(out, " ");
    switch (form->takes) {
    case ZT_TAKES_NUMBER:
        zt_phrase_number(out, rule->u.number);
        break;
    case ZT_TAKES_ETHERTYPE:
        put_named(out, ZT_WORDS_ETHERTYPE, rule->u.number);
        break;
    case ZT_TAKES_PROTOCOL:
        put_named(out, ZT_WORDS_PROTOCOL, rule->u.number & 0xff);
        break;
    case ZT_TAKES_PREFIX:
        put_prefix(out, rule);
        break;
    case ZT_TAKES_TOS:
        put_tos(out, rule);
        break;
    case ZT_TAKES_ICMP:
        put_icmp(out, rule);
        break;
    case ZT_TAKES_RANGE:
        put_range(out, rule->u.range.first, rule->u.range.last);
        break;
    case ZT_TAKES_BITS:
        put_bits(out, rule->u.mask);
        break;
    case ZT_TAKES_TAG:
        zt_phrase_tag(out, book, rule, " ");
        break;
    case ZT_TAKES_MAC:
    case ZT_TAKES_ADDRESS:
    case ZT_TAKES_FRACTION:
        put_text(out, rule, form->takes);
        break;
    }
}
