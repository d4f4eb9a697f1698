/* SPDX-License-Identifier: Apache-2.0 */
/* A rule in plain words. docs/rules.md. */
#include "rules/phrase.h"

#include "rules/matches.h"

size_t zt_rules_end(const struct zt_rule *rules, size_t count, size_t first)
{
    while (first < count && (rules[first].type & ZT_RULE_TYPE_MASK) > ZT_RULE_LAST_ACTION)
        first++;
    return first < count ? first + 1 : count;
}

/* What stands before the arguments, for the match and for its negation. */
static const struct {
    const char *is, *is_not;
} phrases[ZT_RULE_TYPE_MASK + 1] = {
    [ZT_RULE_SOURCE_ADDRESS] = { "the sender is", "the sender is not" },
    [ZT_RULE_DEST_ADDRESS] = { "the receiver is", "the receiver is not" },
    [ZT_RULE_VLAN_ID] = { "the VLAN is", "the VLAN is not" },
    [ZT_RULE_VLAN_PCP] = { "the VLAN priority is", "the VLAN priority is not" },
    [ZT_RULE_VLAN_DEI] = { "the VLAN drop bit is", "the VLAN drop bit is not" },
    [ZT_RULE_MAC_SOURCE] = { "the source MAC is", "the source MAC is not" },
    [ZT_RULE_MAC_DEST] = { "the destination MAC is", "the destination MAC is not" },
    [ZT_RULE_IPV4_SOURCE] = { "the source IP is in", "it is IPv4 from outside" },
    [ZT_RULE_IPV4_DEST] = { "the destination IP is in", "it is IPv4 to outside" },
    [ZT_RULE_IPV6_SOURCE] = { "the source IP is in", "it is IPv6 from outside" },
    [ZT_RULE_IPV6_DEST] = { "the destination IP is in", "it is IPv6 to outside" },
    [ZT_RULE_IP_TOS] = { "the TOS under mask and in range is",
                         "it is IP and its TOS under mask and in range is not" },
    [ZT_RULE_IP_PROTOCOL] = { "the protocol is", "it is IP but its protocol is not" },
    [ZT_RULE_ETHERTYPE] = { "the EtherType is", "the EtherType is not" },
    [ZT_RULE_ICMP] = { "it is ICMP of type and code", "it is ICMP of that type but not of code" },
    [ZT_RULE_SOURCE_PORT] = { "the source port is", "it is IP but its source port is not" },
    [ZT_RULE_DEST_PORT] = { "the destination port is", "it is IP but its destination port is not" },
    [ZT_RULE_CHARACTERISTICS] = { "it has any of the characteristics",
                                  "it has none of the characteristics" },
    [ZT_RULE_FRAME_SIZE] = { "the size is", "the size is not" },
    [ZT_RULE_RANDOM] = { "chance allows, with probability", "chance forbids, with probability" },
};

/* Who has the tag, and what stands between its name and the value, for the match and its negation. */
static const struct {
    const char *who, *is, *is_not;
} tag_phrases[ZT_RULE_TYPE_MASK + 1] = {
    [ZT_RULE_TAGS_DIFFERENCE] = { "both have tag ", ", differing by at most ",
                                  ", differing by more than " },
    [ZT_RULE_TAGS_AND] = { "both have tag ", ", the bits in common being ",
                           ", the bits in common not being " },
    [ZT_RULE_TAGS_OR] = { "both have tag ", ", all bits of both being ",
                          ", all bits of both not being " },
    [ZT_RULE_TAGS_XOR] = { "both have tag ", ", the bits of only one being ",
                           ", the bits of only one not being " },
    [ZT_RULE_TAGS_EQUAL] = { "both have tag ", " of value ", " not both of value " },
    [ZT_RULE_TAG_SENDER] = { "the sender has tag ", " of value ", " not of value " },
    [ZT_RULE_TAG_RECEIVER] = { "the receiver has tag ", " of value ", " not of value " },
};

/* A network with bits behind its prefix matches no IPv6 address at all. */
static bool never_matches(const struct zt_rule *rule)
{
    unsigned type = rule->type & ZT_RULE_TYPE_MASK;

    if (type != ZT_RULE_IPV6_SOURCE && type != ZT_RULE_IPV6_DEST)
        return false;
    for (unsigned bit = rule->u.prefix.bits; bit < 128; bit++)
        if ((rule->u.prefix.ip[bit / 8] >> (7 - bit % 8) & 1) != 0)
            return true;
    return false;
}

static void put_integer(struct zt_writer *out, const struct zt_rule *rule, bool is_not)
{
    char text[160];

    (void)zt_format(text, sizeof text, "the %u-bit %s-endian integer at byte %u is %sin %llu-%llu",
                    (rule->u.integer.format & 63U) + 1,
                    (rule->u.integer.format & 0x80) != 0 ? "little" : "big", rule->u.integer.index,
                    is_not ? "not " : "", (unsigned long long)rule->u.integer.first,
                    (unsigned long long)rule->u.integer.last);
    zt_phrase(out, text);
}

static void put_match(struct zt_writer *out, const struct zt_rulebook *book,
                      const struct zt_rule *rule)
{
    unsigned type = rule->type & ZT_RULE_TYPE_MASK;
    bool is_not = (rule->type & ZT_RULE_NOT) != 0;

    if (type == ZT_RULE_INTEGER_RANGE) {
        put_integer(out, rule, is_not);
        return;
    }
    if (tag_phrases[type].who != NULL) {
        zt_phrase(out, tag_phrases[type].who);
        zt_phrase_tag(out, book, rule, is_not ? tag_phrases[type].is_not : tag_phrases[type].is);
        return;
    }
    if (phrases[type].is == NULL) {
        zt_phrase(out, is_not ? "not match of unknown type " : "match of unknown type ");
        zt_phrase_number(out, type);
        return;
    }
    zt_phrase(out, is_not ? phrases[type].is_not : phrases[type].is);
    zt_phrase_arguments(out, book, rule);
    if (never_matches(rule))
        zt_phrase(out, " (bits behind the prefix: equal to no address)");
}

static void put_forward(struct zt_writer *out, const char *verb, const struct zt_rule *action)
{
    char text[96];
    char address[11];

    zt_hex_number_write(address, action->u.forward.address & UINT64_C(0xffffffffff), 10);
    if ((action->type & ZT_RULE_TYPE_MASK) == ZT_RULE_REDIRECT)
        (void)zt_format(text, sizeof text, "%s to %s", verb, address);
    else if (action->u.forward.length == 0)
        (void)zt_format(text, sizeof text, "%s to %s", verb, address);
    else
        (void)zt_format(text, sizeof text, "%s of the first %u bytes to %s", verb,
                        action->u.forward.length, address);
    zt_phrase(out, text);
}

static void put_action(struct zt_writer *out, const struct zt_rule *action)
{
    switch (action->type & ZT_RULE_TYPE_MASK) {
    case ZT_RULE_DROP:
        zt_phrase(out, "drop");
        break;
    case ZT_RULE_ACCEPT:
        zt_phrase(out, "accept");
        break;
    case ZT_RULE_TEE:
        put_forward(out, "send a copy", action);
        zt_phrase(out, " and go on");
        break;
    case ZT_RULE_WATCH:
        put_forward(out, "send a copy, to be acknowledged,", action);
        zt_phrase(out, " and go on");
        break;
    case ZT_RULE_REDIRECT:
        put_forward(out, "send instead", action);
        break;
    case ZT_RULE_BREAK:
        zt_phrase(out, "leave to the capabilities");
        break;
    case ZT_RULE_PRIORITY:
        zt_phrase(out, "accept (priority)");
        break;
    default:
        zt_phrase(out, "nothing (no action, or one of a later release)");
        break;
    }
}

/* Strictly from left to right: a change between "and" and "or" ends a parenthesis. */
static void put_conditions(struct zt_writer *out, const struct zt_rulebook *book,
                           const struct zt_rule *rules, size_t first, size_t end)
{
    for (size_t i = first + 2; i < end; i++)
        if (((rules[i].type ^ rules[i - 1].type) & ZT_RULE_OR) != 0)
            zt_phrase(out, "(");
    for (size_t i = first; i < end; i++) {
        bool is_or = (rules[i].type & ZT_RULE_OR) != 0;

        if (i > first + 1 && is_or != ((rules[i - 1].type & ZT_RULE_OR) != 0))
            zt_phrase(out, ")");
        if (i > first)
            zt_phrase(out, is_or ? " or " : " and ");
        else if (is_or)
            zt_phrase(out, "always, whether or not ");
        put_match(out, book, &rules[i]);
    }
}

void zt_rules_explain(struct zt_writer *out, const struct zt_rulebook *book,
                      const struct zt_rule *rules, size_t first, size_t end)
{
    bool has_action =
        first < end && (rules[end - 1].type & ZT_RULE_TYPE_MASK) <= ZT_RULE_LAST_ACTION;
    size_t matches_end = has_action ? end - 1 : end;

    if (has_action)
        put_action(out, &rules[end - 1]);
    else
        zt_phrase(out, "nothing (no action follows)");
    if (first == matches_end)
        return;
    zt_phrase(out, " if ");
    put_conditions(out, book, rules, first, matches_end);
}
