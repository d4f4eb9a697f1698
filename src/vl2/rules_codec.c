/* SPDX-License-Identifier: Apache-2.0 */
/* Which field each type of rule entry carries, and the layout of each such field. */
#include "vl2/rules_codec.h"

#include <assert.h>
#include <string.h>

/* What stands in the field of an entry. */
enum shape {
    NOTHING, /* no field, or one we don't know */
    FORWARD,
    ADDRESS,
    ONE_BYTE,
    TWO_BYTES,
    MAC,
    IPV4_PREFIX,
    IPV6_PREFIX,
    TOS,
    ICMP,
    RANGE,
    MASK,
    PROBABILITY,
    TAG,
    INTEGER,
    SHAPE_COUNT
};

static const uint8_t lengths[SHAPE_COUNT] = {
    [FORWARD] = 14,    [ADDRESS] = 5,      [ONE_BYTE] = 1, [TWO_BYTES] = 2, [MAC] = 6,
    [IPV4_PREFIX] = 5, [IPV6_PREFIX] = 17, [TOS] = 3,      [ICMP] = 3,      [RANGE] = 4,
    [MASK] = 8,        [PROBABILITY] = 4,  [TAG] = 8,      [INTEGER] = 19,
};

static const uint8_t shapes[ZT_RULE_TYPE_MASK + 1] = {
    [ZT_RULE_TEE] = FORWARD,
    [ZT_RULE_WATCH] = FORWARD,
    [ZT_RULE_REDIRECT] = FORWARD,
    [ZT_RULE_SOURCE_ADDRESS] = ADDRESS,
    [ZT_RULE_DEST_ADDRESS] = ADDRESS,
    [ZT_RULE_VLAN_ID] = TWO_BYTES,
    [ZT_RULE_VLAN_PCP] = ONE_BYTE,
    [ZT_RULE_VLAN_DEI] = ONE_BYTE,
    [ZT_RULE_MAC_SOURCE] = MAC,
    [ZT_RULE_MAC_DEST] = MAC,
    [ZT_RULE_IPV4_SOURCE] = IPV4_PREFIX,
    [ZT_RULE_IPV4_DEST] = IPV4_PREFIX,
    [ZT_RULE_IPV6_SOURCE] = IPV6_PREFIX,
    [ZT_RULE_IPV6_DEST] = IPV6_PREFIX,
    [ZT_RULE_IP_TOS] = TOS,
    [ZT_RULE_IP_PROTOCOL] = ONE_BYTE,
    [ZT_RULE_ETHERTYPE] = TWO_BYTES,
    [ZT_RULE_ICMP] = ICMP,
    [ZT_RULE_SOURCE_PORT] = RANGE,
    [ZT_RULE_DEST_PORT] = RANGE,
    [ZT_RULE_CHARACTERISTICS] = MASK,
    [ZT_RULE_FRAME_SIZE] = RANGE,
    [ZT_RULE_RANDOM] = PROBABILITY,
    [ZT_RULE_TAGS_DIFFERENCE] = TAG,
    [ZT_RULE_TAGS_AND] = TAG,
    [ZT_RULE_TAGS_OR] = TAG,
    [ZT_RULE_TAGS_XOR] = TAG,
    [ZT_RULE_TAGS_EQUAL] = TAG,
    [ZT_RULE_TAG_SENDER] = TAG,
    [ZT_RULE_TAG_RECEIVER] = TAG,
    [ZT_RULE_INTEGER_RANGE] = INTEGER,
};

_Static_assert(ZT_MAX_RULE_SIZE == 2 + 19, "an integer range is the longest entry");

static enum shape shape_of(uint8_t type)
{
    return (enum shape)shapes[type & ZT_RULE_TYPE_MASK];
}

static void read_forward(struct zt_rule *rule, struct zt_reader *in)
{
    rule->u.forward.address = zt_read_u64(in);
    rule->u.forward.flags = zt_read_u32(in);
    rule->u.forward.length = zt_read_u16(in);
}

static void read_prefix(struct zt_rule *rule, size_t ip_length, struct zt_reader *in)
{
    zt_read_copy(in, rule->u.prefix.ip, ip_length);
    rule->u.prefix.bits = zt_read_u8(in);
}

static void read_integer(struct zt_rule *rule, struct zt_reader *in)
{
    rule->u.integer.first = zt_read_u64(in);
    rule->u.integer.last = zt_read_u64(in);
    rule->u.integer.index = zt_read_u16(in);
    rule->u.integer.format = zt_read_u8(in);
}

static void read_field(struct zt_rule *rule, struct zt_reader *in)
{
    switch (shape_of(rule->type)) {
    case FORWARD:
        read_forward(rule, in);
        break;
    case ADDRESS:
        rule->u.address = zt_read_u40(in);
        break;
    case ONE_BYTE:
        rule->u.number = zt_read_u8(in);
        break;
    case TWO_BYTES:
        rule->u.number = zt_read_u16(in);
        break;
    case MAC:
        rule->u.mac = zt_mac_read(in);
        break;
    case IPV4_PREFIX:
        read_prefix(rule, 4, in);
        break;
    case IPV6_PREFIX:
        read_prefix(rule, 16, in);
        break;
    case TOS:
        rule->u.tos.mask = zt_read_u8(in);
        rule->u.tos.first = zt_read_u8(in);
        rule->u.tos.last = zt_read_u8(in);
        break;
    case ICMP:
        rule->u.icmp.type = zt_read_u8(in);
        rule->u.icmp.code = zt_read_u8(in);
        rule->u.icmp.flags = zt_read_u8(in);
        break;
    case RANGE:
        rule->u.range.first = zt_read_u16(in);
        rule->u.range.last = zt_read_u16(in);
        break;
    case MASK:
        rule->u.mask = zt_read_u64(in);
        break;
    case PROBABILITY:
        rule->u.probability = zt_read_u32(in);
        break;
    case TAG:
        rule->u.tag.id = zt_read_u32(in);
        rule->u.tag.value = zt_read_u32(in);
        break;
    case INTEGER:
        read_integer(rule, in);
        break;
    case NOTHING:
    case SHAPE_COUNT:
        break;
    }
}

/* type(1) length(1) field(length); what follows the fields we know is skipped. A field that is too
   short fails, so that no entry is ever completed with bytes of the next one. */
static void read_rule(struct zt_rule *rule, struct zt_reader *in)
{
    uint8_t type = zt_read_u8(in);
    size_t length = zt_read_u8(in);
    const uint8_t *field = zt_read_take(in, length);
    struct zt_reader inner;

    memset(rule, 0, sizeof *rule);
    rule->type = type;
    if (in->failed)
        return;
    if (length < lengths[shape_of(type)]) {
        in->failed = true;
        return;
    }
    inner = zt_reader_of(field, length);
    read_field(rule, &inner);
}

size_t zt_rules_read(struct zt_rule *rules, size_t capacity, size_t count, struct zt_reader *in)
{
    size_t stored = 0;

    for (size_t i = 0; i < count && !in->failed; i++) {
        struct zt_rule rule;

        if (count == SIZE_MAX && zt_reader_left(in) == 0)
            break;
        read_rule(&rule, in);
        if (!in->failed && stored < capacity)
            rules[stored++] = rule;
    }
    return stored;
}

static void write_forward(const struct zt_rule *rule, struct zt_writer *out)
{
    zt_write_u64(out, rule->u.forward.address);
    zt_write_u32(out, rule->u.forward.flags);
    zt_write_u16(out, rule->u.forward.length);
}

static void write_prefix(const struct zt_rule *rule, size_t ip_length, struct zt_writer *out)
{
    zt_write_copy(out, rule->u.prefix.ip, ip_length);
    zt_write_u8(out, rule->u.prefix.bits);
}

static void write_integer(const struct zt_rule *rule, struct zt_writer *out)
{
    zt_write_u64(out, rule->u.integer.first);
    zt_write_u64(out, rule->u.integer.last);
    zt_write_u16(out, rule->u.integer.index);
    zt_write_u8(out, rule->u.integer.format);
}

static void write_field(const struct zt_rule *rule, struct zt_writer *out)
{
    switch (shape_of(rule->type)) {
    case FORWARD:
        write_forward(rule, out);
        break;
    case ADDRESS:
        zt_write_u40(out, rule->u.address);
        break;
    case ONE_BYTE:
        zt_write_u8(out, (uint8_t)rule->u.number);
        break;
    case TWO_BYTES:
        zt_write_u16(out, rule->u.number);
        break;
    case MAC:
        zt_mac_write(rule->u.mac, out);
        break;
    case IPV4_PREFIX:
        write_prefix(rule, 4, out);
        break;
    case IPV6_PREFIX:
        write_prefix(rule, 16, out);
        break;
    case TOS:
        zt_write_u8(out, rule->u.tos.mask);
        zt_write_u8(out, rule->u.tos.first);
        zt_write_u8(out, rule->u.tos.last);
        break;
    case ICMP:
        zt_write_u8(out, rule->u.icmp.type);
        zt_write_u8(out, rule->u.icmp.code);
        zt_write_u8(out, rule->u.icmp.flags);
        break;
    case RANGE:
        zt_write_u16(out, rule->u.range.first);
        zt_write_u16(out, rule->u.range.last);
        break;
    case MASK:
        zt_write_u64(out, rule->u.mask);
        break;
    case PROBABILITY:
        zt_write_u32(out, rule->u.probability);
        break;
    case TAG:
        zt_write_u32(out, rule->u.tag.id);
        zt_write_u32(out, rule->u.tag.value);
        break;
    case INTEGER:
        write_integer(rule, out);
        break;
    case NOTHING:
    case SHAPE_COUNT:
        break;
    }
}

static void write_rule(const struct zt_rule *rule, struct zt_writer *out)
{
    zt_write_u8(out, rule->type);
    zt_write_u8(out, lengths[shape_of(rule->type)]);
    write_field(rule, out);
}

void zt_rules_write(const struct zt_rule *rules, size_t count, struct zt_writer *out)
{
    assert(rules != NULL || count == 0);

    for (size_t i = 0; i < count; i++)
        write_rule(&rules[i], out);
}

/* Compares what would be written: the union has unused bytes that say nothing. */
static bool rule_equal(const struct zt_rule *a, const struct zt_rule *b)
{
    uint8_t a_bytes[ZT_MAX_RULE_SIZE] = { 0 };
    uint8_t b_bytes[ZT_MAX_RULE_SIZE] = { 0 };
    struct zt_writer a_out = zt_writer_of(a_bytes, sizeof a_bytes);
    struct zt_writer b_out = zt_writer_of(b_bytes, sizeof b_bytes);

    write_rule(a, &a_out);
    write_rule(b, &b_out);
    return memcmp(a_bytes, b_bytes, sizeof a_bytes) == 0;
}

bool zt_rules_equal(const struct zt_rule *a, const struct zt_rule *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!rule_equal(&a[i], &b[i]))
            return false;
    return true;
}
