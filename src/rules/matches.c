/* SPDX-License-Identifier: Apache-2.0 */
/* The table of matches, and reading their arguments into an entry. docs/wire.md 14.4. */
#include "rules/matches.h"

#include "rules/names.h"
#include "rules/values.h"

#include <string.h>

#define ICMP_CODE_COUNTS 0x01
#define MAX_DISTANCE 2

static const char address_text[] = "an address of 10 hexadecimal digits";
static const char mac_text[] = "a MAC like 02:00:5e:10:00:01";
static const char prefix_text[] = "a network like 10.0.0.0/8 or fd00::/8";
static const char port_text[] = "a port or a range like 1024-65535";
static const char tag_text[] = "the name or id of a tag";
static const char value_text[] = "a value of that tag: a number or one of its names";

static const struct zt_match_form forms[] = {
    { "ztsrc", ZT_RULE_SOURCE_ADDRESS, ZT_TAKES_ADDRESS, 0, { address_text, NULL } },
    { "ztdest", ZT_RULE_DEST_ADDRESS, ZT_TAKES_ADDRESS, 0, { address_text, NULL } },
    { "vlan", ZT_RULE_VLAN_ID, ZT_TAKES_NUMBER, UINT16_MAX, { "a VLAN number", NULL } },
    { "vlanpcp", ZT_RULE_VLAN_PCP, ZT_TAKES_NUMBER, UINT8_MAX, { "a priority", NULL } },
    { "vlandei", ZT_RULE_VLAN_DEI, ZT_TAKES_NUMBER, UINT8_MAX, { "0 or 1", NULL } },
    { "ethertype",
      ZT_RULE_ETHERTYPE,
      ZT_TAKES_ETHERTYPE,
      0,
      { "an EtherType: a number to 0xffff or a name like ipv4", NULL } },
    { "ipprotocol",
      ZT_RULE_IP_PROTOCOL,
      ZT_TAKES_PROTOCOL,
      0,
      { "a protocol: a number to 255 or a name like tcp", NULL } },
    { "macsrc", ZT_RULE_MAC_SOURCE, ZT_TAKES_MAC, 0, { mac_text, NULL } },
    { "macdest", ZT_RULE_MAC_DEST, ZT_TAKES_MAC, 0, { mac_text, NULL } },
    { "ipsrc", ZT_RULE_IPV4_SOURCE, ZT_TAKES_PREFIX, 0, { prefix_text, NULL } },
    { "ipdest", ZT_RULE_IPV4_DEST, ZT_TAKES_PREFIX, 0, { prefix_text, NULL } },
    { "iptos",
      ZT_RULE_IP_TOS,
      ZT_TAKES_TOS,
      0,
      { "a mask from 0 to 255", "a value or a range like 0-63, to 255" } },
    { "icmp",
      ZT_RULE_ICMP,
      ZT_TAKES_ICMP,
      0,
      { "a type from 0 to 255", "a code from 0 to 255, or -1 for any" } },
    { "sport", ZT_RULE_SOURCE_PORT, ZT_TAKES_RANGE, 0, { port_text, NULL } },
    { "dport", ZT_RULE_DEST_PORT, ZT_TAKES_RANGE, 0, { port_text, NULL } },
    { "framesize",
      ZT_RULE_FRAME_SIZE,
      ZT_TAKES_RANGE,
      0,
      { "a size or a range like 0-1500", NULL } },
    { "chr",
      ZT_RULE_CHARACTERISTICS,
      ZT_TAKES_BITS,
      0,
      { "characteristics: names or bits 0 to 63, with commas between", NULL } },
    { "random", ZT_RULE_RANDOM, ZT_TAKES_FRACTION, 0, { "a part from 0.0 to 1.0", NULL } },
    { "tand", ZT_RULE_TAGS_AND, ZT_TAKES_TAG, 0, { tag_text, value_text } },
    { "tor", ZT_RULE_TAGS_OR, ZT_TAKES_TAG, 0, { tag_text, value_text } },
    { "txor", ZT_RULE_TAGS_XOR, ZT_TAKES_TAG, 0, { tag_text, value_text } },
    { "tdiff", ZT_RULE_TAGS_DIFFERENCE, ZT_TAKES_TAG, 0, { tag_text, value_text } },
    { "teq", ZT_RULE_TAGS_EQUAL, ZT_TAKES_TAG, 0, { tag_text, value_text } },
    { "tseq", ZT_RULE_TAG_SENDER, ZT_TAKES_TAG, 0, { tag_text, value_text } },
    { "treq", ZT_RULE_TAG_RECEIVER, ZT_TAKES_TAG, 0, { tag_text, value_text } },
};

const struct zt_match_form *zt_match_form(const char *at, size_t length)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (zt_name_is(forms[i].keyword, at, length))
            return &forms[i];
    return NULL;
}

const struct zt_match_form *zt_match_form_of(uint8_t type)
{
    uint8_t bare = type & ZT_RULE_TYPE_MASK;

    if (bare == ZT_RULE_IPV6_SOURCE || bare == ZT_RULE_IPV6_DEST)
        bare = (uint8_t)(bare - ZT_RULE_IPV6_SOURCE + ZT_RULE_IPV4_SOURCE);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i].type == bare)
            return &forms[i];
    return NULL;
}

/* How many letters must change to make one word of the other (Levenshtein). */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t row[16];

    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            size_t inserted = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

            diagonal = row[j];
            row[j] = replaced < inserted ? replaced : inserted;
        }
    }
    return row[b_length];
}

const char *zt_match_guess(const char *at, size_t length)
{
    const char *nearest = NULL;
    size_t least = MAX_DISTANCE + 1;

    if (length < 3 || length > 15)
        return NULL;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        size_t far = distance(at, length, forms[i].keyword, strlen(forms[i].keyword));

        if (far < least) {
            least = far;
            nearest = forms[i].keyword;
        }
    }
    return nearest;
}

static bool read_named(uint16_t *out, enum zt_vocabulary vocabulary, const char *text,
                       uint16_t most)
{
    int named = zt_name_number(vocabulary, text, strlen(text));
    uint64_t number;

    if (named >= 0) {
        *out = (uint16_t)named;
        return true;
    }
    if (!zt_value_number(&number, text, most))
        return false;
    *out = (uint16_t)number;
    return true;
}

/* Names and bit numbers with commas between. */
static bool read_bits(uint64_t *out, const char *text)
{
    uint64_t bits = 0;

    for (;;) {
        char item[ZT_MAX_RULES_NAME + 1];
        size_t length = 0;
        uint64_t bit;
        int named;

        while (text[length] != 0 && text[length] != ',')
            length++;
        if (length == 0 || length > ZT_MAX_RULES_NAME)
            return false;
        zt_name_fold(item, text, length);
        named = zt_name_number(ZT_WORDS_CHARACTERISTIC, item, length);
        if (named >= 0)
            bit = (uint64_t)named;
        else if (!zt_value_number(&bit, item, 63))
            return false;
        bits |= UINT64_C(1) << bit;
        if (text[length] == 0)
            break;
        text += length + 1;
    }
    *out = bits;
    return true;
}

static bool read_byte(uint8_t *out, const char *text)
{
    uint64_t number;

    if (!zt_value_number(&number, text, UINT8_MAX))
        return false;
    *out = (uint8_t)number;
    return true;
}

static bool read_prefix(struct zt_rule *rule, const char *text)
{
    uint8_t family;

    if (!zt_value_prefix(rule, &family, text))
        return false;
    if (family == ZT_FAMILY_IPV6)
        rule->type = (uint8_t)(rule->type - ZT_RULE_IPV4_SOURCE + ZT_RULE_IPV6_SOURCE);
    return true;
}

static bool read_single(struct zt_rule *rule, const struct zt_match_form *form, const char *text)
{
    uint64_t number;

    switch (form->takes) {
    case ZT_TAKES_ADDRESS:
        return zt_value_address(&rule->u.address, text, true);
    case ZT_TAKES_ETHERTYPE:
        return read_named(&rule->u.number, ZT_WORDS_ETHERTYPE, text, UINT16_MAX);
    case ZT_TAKES_PROTOCOL:
        return read_named(&rule->u.number, ZT_WORDS_PROTOCOL, text, UINT8_MAX);
    case ZT_TAKES_MAC:
        return zt_mac_parse(&rule->u.mac, text);
    case ZT_TAKES_PREFIX:
        return read_prefix(rule, text);
    case ZT_TAKES_RANGE:
        return zt_value_range(&rule->u.range.first, &rule->u.range.last, text, UINT16_MAX);
    case ZT_TAKES_BITS:
        return read_bits(&rule->u.mask, text);
    case ZT_TAKES_FRACTION:
        return zt_value_fraction(&rule->u.probability, text);
    default:
        if (!zt_value_number(&number, text, form->most))
            return false;
        rule->u.number = (uint16_t)number;
        return true;
    }
}

static int read_tos(struct zt_rule *rule, const struct zt_argument arguments[2])
{
    uint16_t first = 0, last = 0;

    if (!arguments[0].is_open && !read_byte(&rule->u.tos.mask, arguments[0].text))
        return 0;
    if (!arguments[1].is_open && !zt_value_range(&first, &last, arguments[1].text, UINT8_MAX))
        return 1;
    rule->u.tos.first = (uint8_t)first;
    rule->u.tos.last = (uint8_t)last;
    return -1;
}

static int read_icmp(struct zt_rule *rule, const struct zt_argument arguments[2])
{
    if (!arguments[0].is_open && !read_byte(&rule->u.icmp.type, arguments[0].text))
        return 0;
    if (arguments[1].is_open || strcmp(arguments[1].text, "-1") == 0)
        return -1;
    if (!read_byte(&rule->u.icmp.code, arguments[1].text))
        return 1;
    rule->u.icmp.flags = ICMP_CODE_COUNTS;
    return -1;
}

static int read_tag(struct zt_rule *rule, const struct zt_argument arguments[2],
                    const struct zt_rulebook *book)
{
    const struct zt_rulebook_tag *tag = NULL;
    uint64_t id = 0;

    if (!arguments[0].is_open) {
        tag = zt_rulebook_find_tag(book, arguments[0].text);
        if (tag != NULL)
            id = tag->id;
        else if (!zt_value_number(&id, arguments[0].text, UINT32_MAX))
            return 0;
    }
    rule->u.tag.id = (uint32_t)id;
    /* The value's names are those of a tag that is not known yet. */
    if (arguments[0].is_open || arguments[1].is_open)
        return -1;
    return zt_rulebook_find_value(&rule->u.tag.value, book, tag, arguments[1].text) ? -1 : 1;
}

int zt_match_read(struct zt_rule *rule, const struct zt_match_form *form,
                  const struct zt_argument arguments[2], const struct zt_rulebook *book)
{
    memset(rule, 0, sizeof *rule);
    rule->type = form->type;
    switch (form->takes) {
    case ZT_TAKES_TOS:
        return read_tos(rule, arguments);
    case ZT_TAKES_ICMP:
        return read_icmp(rule, arguments);
    case ZT_TAKES_TAG:
        return read_tag(rule, arguments, book);
    default:
        return arguments[0].is_open || read_single(rule, form, arguments[0].text) ? -1 : 0;
    }
}
