/* SPDX-License-Identifier: Apache-2.0 */
/* Rules to and from JSON: one table of names and shapes, read in both directions. */
#include "controller/rules_json.h"

#include "base/text.h"
#include "controller/coerce.h"

#include <inttypes.h>
#include <string.h>

enum shape {
    SHAPE_NOTHING,
    SHAPE_FORWARD, /* address, flags, length */
    SHAPE_ADDRESS,
    SHAPE_NUMBER, /* one number, key and bound in the form */
    SHAPE_MAC,
    SHAPE_PREFIX,
    SHAPE_TOS,
    SHAPE_ICMP,
    SHAPE_RANGE,
    SHAPE_MASK,
    SHAPE_PROBABILITY,
    SHAPE_TAG,
    SHAPE_INTEGER
};

struct form {
    const char *name;
    uint8_t type;
    enum shape shape;
    const char *key; /* SHAPE_NUMBER */
    uint16_t most;   /* SHAPE_NUMBER: largest value; SHAPE_PREFIX: bits of the address */
};

/* docs/wire.md 14.4 */
static const struct form forms[] = {
    { "ACTION_DROP", ZT_RULE_DROP, SHAPE_NOTHING, NULL, 0 },
    { "ACTION_ACCEPT", ZT_RULE_ACCEPT, SHAPE_NOTHING, NULL, 0 },
    { "ACTION_TEE", ZT_RULE_TEE, SHAPE_FORWARD, NULL, 0 },
    { "ACTION_WATCH", ZT_RULE_WATCH, SHAPE_FORWARD, NULL, 0 },
    { "ACTION_REDIRECT", ZT_RULE_REDIRECT, SHAPE_FORWARD, NULL, 0 },
    { "ACTION_BREAK", ZT_RULE_BREAK, SHAPE_NOTHING, NULL, 0 },
    { "MATCH_SOURCE_ZEROTIER_ADDRESS", ZT_RULE_SOURCE_ADDRESS, SHAPE_ADDRESS, NULL, 0 },
    { "MATCH_DEST_ZEROTIER_ADDRESS", ZT_RULE_DEST_ADDRESS, SHAPE_ADDRESS, NULL, 0 },
    { "MATCH_VLAN_ID", ZT_RULE_VLAN_ID, SHAPE_NUMBER, "vlanId", UINT16_MAX },
    { "MATCH_VLAN_PCP", ZT_RULE_VLAN_PCP, SHAPE_NUMBER, "vlanPcp", UINT8_MAX },
    { "MATCH_VLAN_DEI", ZT_RULE_VLAN_DEI, SHAPE_NUMBER, "vlanDei", UINT8_MAX },
    { "MATCH_MAC_SOURCE", ZT_RULE_MAC_SOURCE, SHAPE_MAC, NULL, 0 },
    { "MATCH_MAC_DEST", ZT_RULE_MAC_DEST, SHAPE_MAC, NULL, 0 },
    { "MATCH_IPV4_SOURCE", ZT_RULE_IPV4_SOURCE, SHAPE_PREFIX, NULL, 32 },
    { "MATCH_IPV4_DEST", ZT_RULE_IPV4_DEST, SHAPE_PREFIX, NULL, 32 },
    { "MATCH_IPV6_SOURCE", ZT_RULE_IPV6_SOURCE, SHAPE_PREFIX, NULL, 128 },
    { "MATCH_IPV6_DEST", ZT_RULE_IPV6_DEST, SHAPE_PREFIX, NULL, 128 },
    { "MATCH_IP_TOS", ZT_RULE_IP_TOS, SHAPE_TOS, NULL, 0 },
    { "MATCH_IP_PROTOCOL", ZT_RULE_IP_PROTOCOL, SHAPE_NUMBER, "ipProtocol", UINT8_MAX },
    { "MATCH_ETHERTYPE", ZT_RULE_ETHERTYPE, SHAPE_NUMBER, "etherType", UINT16_MAX },
    { "MATCH_ICMP", ZT_RULE_ICMP, SHAPE_ICMP, NULL, 0 },
    { "MATCH_IP_SOURCE_PORT_RANGE", ZT_RULE_SOURCE_PORT, SHAPE_RANGE, NULL, 0 },
    { "MATCH_IP_DEST_PORT_RANGE", ZT_RULE_DEST_PORT, SHAPE_RANGE, NULL, 0 },
    { "MATCH_CHARACTERISTICS", ZT_RULE_CHARACTERISTICS, SHAPE_MASK, NULL, 0 },
    { "MATCH_FRAME_SIZE_RANGE", ZT_RULE_FRAME_SIZE, SHAPE_RANGE, NULL, 0 },
    { "MATCH_RANDOM", ZT_RULE_RANDOM, SHAPE_PROBABILITY, NULL, 0 },
    { "MATCH_TAGS_DIFFERENCE", ZT_RULE_TAGS_DIFFERENCE, SHAPE_TAG, NULL, 0 },
    { "MATCH_TAGS_BITWISE_AND", ZT_RULE_TAGS_AND, SHAPE_TAG, NULL, 0 },
    { "MATCH_TAGS_BITWISE_OR", ZT_RULE_TAGS_OR, SHAPE_TAG, NULL, 0 },
    { "MATCH_TAGS_BITWISE_XOR", ZT_RULE_TAGS_XOR, SHAPE_TAG, NULL, 0 },
    { "MATCH_TAGS_EQUAL", ZT_RULE_TAGS_EQUAL, SHAPE_TAG, NULL, 0 },
    { "MATCH_TAG_SENDER", ZT_RULE_TAG_SENDER, SHAPE_TAG, NULL, 0 },
    { "MATCH_TAG_RECEIVER", ZT_RULE_TAG_RECEIVER, SHAPE_TAG, NULL, 0 },
    { "INTEGER_RANGE", ZT_RULE_INTEGER_RANGE, SHAPE_INTEGER, NULL, 0 },
};

#define INTEGER_LITTLE 0x80
#define INTEGER_BITS_MASK 0x3f
#define ICMP_CODE_COUNTS 0x01

/* One entry being read. The first bad member is remembered; reads after it yield zeros. */
struct entry {
    const json_t *object;
    const char *bad; /* name of the bad member, NULL: none */
};

static int64_t read_number(struct entry *in, const char *key, int64_t otherwise, int64_t most)
{
    const json_t *value = json_object_get(in->object, key);
    int64_t number = 0;

    if (!value)
        return otherwise;
    if (zt_coerce_integer(&number, value) && number >= 0 && number <= most)
        return number;
    in->bad = in->bad ? in->bad : key;
    return 0;
}

/* Up to 16 hexadecimal digits, or a number. */
static uint64_t read_u64(struct entry *in, const char *key, uint64_t otherwise)
{
    const json_t *value = json_object_get(in->object, key);
    uint64_t number = 0;
    size_t digits;

    if (!value)
        return otherwise;
    if (!json_is_string(value))
        return (uint64_t)read_number(in, key, 0, INT64_MAX);
    digits = json_string_length(value);
    if (digits >= 1 && digits <= 16 &&
        zt_hex_number(&number, json_string_value(value), (unsigned)digits))
        return number;
    in->bad = in->bad ? in->bad : key;
    return 0;
}

static zt_address read_address(struct entry *in, const char *key)
{
    const json_t *value = json_object_get(in->object, key);
    uint64_t address = 0;

    if (!value)
        return 0;
    if (json_is_string(value) && zt_hex_number(&address, json_string_value(value), 10))
        return address;
    in->bad = in->bad ? in->bad : key;
    return 0;
}

static void read_mac(struct entry *in, struct zt_rule *rule)
{
    const char *text = zt_json_text(in->object, "mac", "");

    if (!zt_mac_parse(&rule->u.mac, text))
        in->bad = "mac";
}

static void read_prefix(struct entry *in, struct zt_rule *rule, uint16_t most)
{
    const char *text = zt_json_text(in->object, "ip", "");
    enum zt_family family = most == 32 ? ZT_FAMILY_IPV4 : ZT_FAMILY_IPV6;
    struct zt_endpoint network;

    if (!zt_endpoint_parse(&network, text, most) || network.family != family) {
        in->bad = "ip";
        return;
    }
    memcpy(rule->u.prefix.ip, network.ip, sizeof network.ip);
    rule->u.prefix.bits = (uint8_t)(network.port > most ? most : network.port);
}

static void read_icmp(struct entry *in, struct zt_rule *rule)
{
    const json_t *code = json_object_get(in->object, "icmpCode");

    rule->u.icmp.type = (uint8_t)read_number(in, "icmpType", 0, UINT8_MAX);
    if (!code || json_is_null(code))
        return;
    rule->u.icmp.code = (uint8_t)read_number(in, "icmpCode", 0, UINT8_MAX);
    rule->u.icmp.flags = ICMP_CODE_COUNTS;
}

static void read_forward(struct entry *in, struct zt_rule *rule)
{
    rule->u.forward.address = read_address(in, "address");
    rule->u.forward.flags = (uint32_t)read_number(in, "flags", 0, UINT32_MAX);
    if (rule->type != ZT_RULE_REDIRECT)
        rule->u.forward.length = (uint16_t)read_number(in, "length", 0, UINT16_MAX);
}

static void read_integer(struct entry *in, struct zt_rule *rule)
{
    int64_t bits = read_number(in, "bits", 1, 64);

    rule->u.integer.first = read_u64(in, "start", 0);
    rule->u.integer.last = read_u64(in, "end", rule->u.integer.first);
    rule->u.integer.index = (uint16_t)read_number(in, "idx", 0, UINT16_MAX);
    if (bits < 1) {
        in->bad = in->bad ? in->bad : "bits";
        return;
    }
    rule->u.integer.format = (uint8_t)(bits - 1);
    if (zt_json_bool(in->object, "little", false))
        rule->u.integer.format |= INTEGER_LITTLE;
}

static void read_fields(struct entry *in, struct zt_rule *rule, const struct form *form)
{
    switch (form->shape) {
    case SHAPE_NOTHING:
        break;
    case SHAPE_FORWARD:
        read_forward(in, rule);
        break;
    case SHAPE_ADDRESS:
        rule->u.address = read_address(in, "zt");
        break;
    case SHAPE_NUMBER:
        rule->u.number = (uint16_t)read_number(in, form->key, 0, form->most);
        break;
    case SHAPE_MAC:
        read_mac(in, rule);
        break;
    case SHAPE_PREFIX:
        read_prefix(in, rule, form->most);
        break;
    case SHAPE_TOS:
        rule->u.tos.mask = (uint8_t)read_number(in, "mask", 0, UINT8_MAX);
        rule->u.tos.first = (uint8_t)read_number(in, "start", 0, UINT8_MAX);
        rule->u.tos.last = (uint8_t)read_number(in, "end", 0, UINT8_MAX);
        break;
    case SHAPE_ICMP:
        read_icmp(in, rule);
        break;
    case SHAPE_RANGE:
        rule->u.range.first = (uint16_t)read_number(in, "start", 0, UINT16_MAX);
        rule->u.range.last = (uint16_t)read_number(in, "end", rule->u.range.first, UINT16_MAX);
        break;
    case SHAPE_MASK:
        rule->u.mask = read_u64(in, "mask", 0);
        break;
    case SHAPE_PROBABILITY:
        rule->u.probability = (uint32_t)read_number(in, "probability", 0, UINT32_MAX);
        break;
    case SHAPE_TAG:
        rule->u.tag.id = (uint32_t)read_number(in, "id", 0, UINT32_MAX);
        rule->u.tag.value = (uint32_t)read_number(in, "value", 0, UINT32_MAX);
        break;
    case SHAPE_INTEGER:
        read_integer(in, rule);
        break;
    }
}

static const struct form *form_named(const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    /* The one match that is written without the prefix is taken with it too. */
    return strcmp(name, "MATCH_INTEGER_RANGE") == 0 ? form_named("INTEGER_RANGE") : NULL;
}

static const struct form *form_of_type(uint8_t type)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i].type == (type & ZT_RULE_TYPE_MASK))
            return &forms[i];
    return NULL;
}

/* NULL if the entry was read, else the name of what is bad in it. */
static const char *read_rule(struct zt_rule *rule, const json_t *object)
{
    struct entry in = { object, NULL };
    const struct form *form = form_named(zt_json_text(object, "type", ""));

    if (!form)
        return "type";
    memset(rule, 0, sizeof *rule);
    rule->type = form->type;
    read_fields(&in, rule, form);
    if (rule->type <= ZT_RULE_LAST_ACTION)
        return in.bad;
    if (zt_json_bool(object, "not", false))
        rule->type |= ZT_RULE_NOT;
    if (zt_json_bool(object, "or", false))
        rule->type |= ZT_RULE_OR;
    return in.bad;
}

bool zt_rules_from_json(struct zt_rule *rules, size_t capacity, size_t *count, const json_t *array,
                        char *error, size_t error_size)
{
    size_t size = json_array_size(array);

    if (!json_is_array(array)) {
        zt_format(error, error_size, "not an array");
        return false;
    }
    if (size > capacity) {
        zt_format(error, error_size, "%zu entries, at most %zu are possible", size, capacity);
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        const char *bad = read_rule(&rules[i], json_array_get(array, i));
        if (bad) {
            zt_format(error, error_size, "entry %zu: %s is missing or wrong", i, bad);
            return false;
        }
    }
    *count = size;
    return true;
}

static void put(json_t *object, const char *key, json_t *value)
{
    /* Takes the reference; a failure shows in the missing member. */
    (void)json_object_set_new(object, key, value);
}

static void put_number(json_t *object, const char *key, uint64_t value)
{
    put(object, key, json_integer((json_int_t)value));
}

static void put_hex(json_t *object, const char *key, uint64_t value, unsigned digits)
{
    char text[17];

    zt_hex_number_write(text, value, digits);
    put(object, key, json_string(text));
}

static void put_prefix(json_t *object, const struct zt_rule *rule, uint16_t most)
{
    char text[ZT_ENDPOINT_TEXT];
    struct zt_endpoint network = most == 32
                                     ? zt_endpoint_v4(rule->u.prefix.ip, rule->u.prefix.bits)
                                     : zt_endpoint_v6(rule->u.prefix.ip, rule->u.prefix.bits);

    zt_endpoint_text(&network, true, text);
    put(object, "ip", json_string(text));
}

static void put_forward(json_t *object, const struct zt_rule *rule)
{
    put_hex(object, "address", rule->u.forward.address, 10);
    put_number(object, "flags", rule->u.forward.flags);
    if ((rule->type & ZT_RULE_TYPE_MASK) != ZT_RULE_REDIRECT)
        put_number(object, "length", rule->u.forward.length);
}

static void put_icmp(json_t *object, const struct zt_rule *rule)
{
    bool has_code = rule->u.icmp.flags & ICMP_CODE_COUNTS;

    put_number(object, "icmpType", rule->u.icmp.type);
    put(object, "icmpCode", has_code ? json_integer(rule->u.icmp.code) : json_null());
}

static void put_integer(json_t *object, const struct zt_rule *rule)
{
    put_hex(object, "start", rule->u.integer.first, 16);
    put_hex(object, "end", rule->u.integer.last, 16);
    put_number(object, "idx", rule->u.integer.index);
    put_number(object, "bits", (rule->u.integer.format & INTEGER_BITS_MASK) + 1U);
    put(object, "little", json_boolean(rule->u.integer.format & INTEGER_LITTLE));
}

static void put_fields(json_t *object, const struct zt_rule *rule, const struct form *form)
{
    char text[ZT_MAC_TEXT];

    switch (form->shape) {
    case SHAPE_NOTHING:
        break;
    case SHAPE_FORWARD:
        put_forward(object, rule);
        break;
    case SHAPE_ADDRESS:
        put_hex(object, "zt", rule->u.address, 10);
        break;
    case SHAPE_NUMBER:
        put_number(object, form->key, rule->u.number);
        break;
    case SHAPE_MAC:
        zt_mac_text(rule->u.mac, text);
        put(object, "mac", json_string(text));
        break;
    case SHAPE_PREFIX:
        put_prefix(object, rule, form->most);
        break;
    case SHAPE_TOS:
        put_number(object, "mask", rule->u.tos.mask);
        put_number(object, "start", rule->u.tos.first);
        put_number(object, "end", rule->u.tos.last);
        break;
    case SHAPE_ICMP:
        put_icmp(object, rule);
        break;
    case SHAPE_RANGE:
        put_number(object, "start", rule->u.range.first);
        put_number(object, "end", rule->u.range.last);
        break;
    case SHAPE_MASK:
        put_hex(object, "mask", rule->u.mask, 16);
        break;
    case SHAPE_PROBABILITY:
        put_number(object, "probability", rule->u.probability);
        break;
    case SHAPE_TAG:
        put_number(object, "id", rule->u.tag.id);
        put_number(object, "value", rule->u.tag.value);
        break;
    case SHAPE_INTEGER:
        put_integer(object, rule);
        break;
    }
}

json_t *zt_rules_to_json(const struct zt_rule *rules, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; array && i < count; i++) {
        const struct form *form = form_of_type(rules[i].type);
        json_t *object = form ? json_object() : NULL;

        if (!object)
            continue;
        put(object, "type", json_string(form->name));
        put_fields(object, &rules[i], form);
        if (form->type > ZT_RULE_LAST_ACTION) {
            put(object, "not", json_boolean(rules[i].type & ZT_RULE_NOT));
            put(object, "or", json_boolean(rules[i].type & ZT_RULE_OR));
        }
        (void)json_array_append_new(array, object);
    }
    return array;
}
