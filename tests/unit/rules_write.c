/* SPDX-License-Identifier: Apache-2.0 */
/* The way back: what a rulebook is written as compiles to the same rulebook. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "rules/language.h"
#include "vl2/rules_codec.h"

#include <stdlib.h>
#include <string.h>

static struct zt_rng rng;
static char text[ZT_MAX_RULES_SOURCE];

static uint32_t below(uint32_t bound)
{
    return zt_rng_below(&rng, bound);
}

static void make_prefix(struct zt_rule *rule, size_t ip_length)
{
    zt_rng_bytes(&rng, rule->u.prefix.ip, ip_length);
    if (below(4) == 0)
        memset(rule->u.prefix.ip, 0, ip_length);
    rule->u.prefix.bits = (uint8_t)below((uint32_t)ip_length * 8 + 1);
}

static void make_range(struct zt_rule *rule)
{
    rule->u.range.first = (uint16_t)below(65536);
    rule->u.range.last = (uint16_t)(rule->u.range.first + below(65536U - rule->u.range.first));
}

static void make_tos(struct zt_rule *rule)
{
    rule->u.tos.mask = (uint8_t)below(256);
    rule->u.tos.first = (uint8_t)below(256);
    rule->u.tos.last = (uint8_t)(rule->u.tos.first + below(256U - rule->u.tos.first));
}

static void make_tag(struct zt_rule *rule, const struct zt_rulebook *book)
{
    rule->u.tag.id = zt_rng_u32(&rng);
    rule->u.tag.value = zt_rng_u32(&rng);
    if (book->tag_count > 0 && below(4) > 0)
        rule->u.tag.id = book->tags[below((uint32_t)book->tag_count)].id;
    if (book->value_count > 0 && below(2) > 0)
        rule->u.tag.value = book->values[below((uint32_t)book->value_count)].value;
}

static void make_match(struct zt_rule *rule, const struct zt_rulebook *book, bool is_first)
{
    uint8_t type = (uint8_t)(ZT_RULE_SOURCE_ADDRESS + below(27));

    memset(rule, 0, sizeof *rule);
    rule->type = type;
    if (type <= ZT_RULE_DEST_ADDRESS)
        rule->u.address = zt_rng_u64(&rng) & UINT64_C(0xffffffffff);
    else if (type == ZT_RULE_VLAN_ID || type == ZT_RULE_ETHERTYPE)
        rule->u.number = (uint16_t)(below(2) ? below(65536) : ZT_ETHER_IPV4);
    else if (type <= ZT_RULE_VLAN_DEI || type == ZT_RULE_IP_PROTOCOL)
        rule->u.number = (uint16_t)below(256);
    else if (type <= ZT_RULE_MAC_DEST)
        zt_rng_bytes(&rng, rule->u.mac.bytes, 6);
    else if (type <= ZT_RULE_IPV4_DEST)
        make_prefix(rule, 4);
    else if (type <= ZT_RULE_IPV6_DEST)
        make_prefix(rule, 16);
    else if (type == ZT_RULE_IP_TOS)
        make_tos(rule);
    else if (type == ZT_RULE_ICMP) {
        rule->u.icmp.type = (uint8_t)below(256);
        rule->u.icmp.flags = (uint8_t)below(2);
        rule->u.icmp.code = (uint8_t)(rule->u.icmp.flags ? below(256) : 0);
    } else if (type == ZT_RULE_CHARACTERISTICS)
        rule->u.mask = zt_rng_u64(&rng) | UINT64_C(1) << below(64);
    else if (type == ZT_RULE_RANDOM)
        rule->u.probability = below(3) ? zt_rng_u32(&rng) : below(3) - 1;
    else if (type >= ZT_RULE_TAGS_DIFFERENCE)
        make_tag(rule, book);
    else
        make_range(rule);
    rule->type |= (uint8_t)(below(2) * ZT_RULE_NOT);
    if (!is_first)
        rule->type |= (uint8_t)(below(2) * ZT_RULE_OR);
}

static void make_action(struct zt_rule *rule)
{
    memset(rule, 0, sizeof *rule);
    rule->type = (uint8_t)below(6);
    if (rule->type < ZT_RULE_TEE || rule->type > ZT_RULE_REDIRECT)
        return;
    rule->u.forward.address = zt_rng_u64(&rng) & UINT64_C(0xffffffffff);
    if (rule->type != ZT_RULE_REDIRECT)
        rule->u.forward.length = (uint16_t)below(65536);
}

static size_t make_rules(struct zt_rule *rules, size_t capacity, const struct zt_rulebook *book)
{
    size_t count = 0;

    while (count < capacity && below(12) > 0) {
        size_t matches = below(5);

        if (count + matches + 1 > capacity)
            break;
        for (size_t i = 0; i < matches; i++)
            make_match(&rules[count++], book, i == 0);
        make_action(&rules[count++]);
    }
    return count;
}

static void make_tags(struct zt_rulebook *book)
{
    book->tag_count = below(4);
    for (size_t i = 0; i < book->tag_count; i++) {
        struct zt_rulebook_tag *tag = &book->tags[i];

        (void)zt_format(tag->name, sizeof tag->name, "tag%zu", i);
        tag->id = zt_rng_u32(&rng) & ~3U;
        tag->id |= (uint32_t)i;
        tag->has_default = below(2);
        tag->otherwise = tag->has_default ? zt_rng_u32(&rng) : 0;
        tag->first_value = book->value_count;
        tag->value_count = below(5);
        for (size_t j = 0; j < tag->value_count; j++) {
            struct zt_rulebook_value *value = &book->values[book->value_count++];

            value->is_flag = below(2);
            (void)zt_format(value->name, sizeof value->name, "%c%u",
                            value->is_flag && below(2) ? 'f' : 'e', (unsigned)j);
            value->value = zt_rng_u32(&rng) | value->is_flag;
        }
    }
}

static void make_book(struct zt_rulebook *book)
{
    make_tags(book);
    book->capability_count = below(4);
    for (size_t i = 0; i < book->capability_count; i++) {
        struct zt_rulebook_capability *capability = &book->capabilities[i];

        (void)zt_format(capability->name, sizeof capability->name, "cap%zu", i);
        capability->id = (zt_rng_u32(&rng) & ~3U) | (uint32_t)i;
        capability->is_default = below(2);
        capability->rule_count = make_rules(capability->rules, ZT_MAX_CAPABILITY_RULES, book);
    }
    book->rule_count = make_rules(book->rules, 100, book);
}

static void assert_same(const struct zt_rulebook *a, const struct zt_rulebook *b)
{
    assert_int_equal(a->rule_count, b->rule_count);
    assert_true(zt_rules_equal(a->rules, b->rules, a->rule_count));
    assert_int_equal(a->capability_count, b->capability_count);
    for (size_t i = 0; i < a->capability_count; i++) {
        const struct zt_rulebook_capability *one = &a->capabilities[i];
        const struct zt_rulebook_capability *other = &b->capabilities[i];

        assert_string_equal(one->name, other->name);
        assert_int_equal(one->id, other->id);
        assert_int_equal(one->is_default, other->is_default);
        assert_int_equal(one->rule_count, other->rule_count);
        assert_true(zt_rules_equal(one->rules, other->rules, one->rule_count));
    }
    assert_int_equal(a->tag_count, b->tag_count);
    assert_int_equal(a->value_count, b->value_count);
    assert_memory_equal(a->tags, b->tags, sizeof a->tags);
    assert_memory_equal(a->values, b->values, sizeof a->values);
}

static struct zt_rulebook *write_and_compile(const struct zt_rulebook *book)
{
    struct zt_writer out = zt_writer_of(text, sizeof text);
    char error[ZT_RULES_ERROR_TEXT] = "";
    struct zt_rules_errors errors;
    struct zt_rulebook *again;

    if (!zt_rulebook_write(book, &out, error))
        print_error("%s\n", error);
    assert_string_equal(error, "");
    again = zt_rulebook_compile(text, zt_writer_length(&out), &errors);
    if (again == NULL)
        print_error("%.*s\n%u:%u: %s\n", (int)zt_writer_length(&out), text, errors.list[0].line,
                    errors.list[0].column, errors.list[0].text);
    assert_non_null(again);
    return again;
}

static void a_book_of_any_rules_comes_back_as_it_was(void **unused)
{
    const uint8_t seed[32] = { 4, 7, 11 };

    (void)unused;
    zt_rng_init(&rng, seed);
    for (unsigned round = 0; round < 1500; round++) {
        struct zt_rulebook *book = zt_alloc(sizeof *book);
        struct zt_rulebook *again;

        make_book(book);
        again = write_and_compile(book);
        assert_same(book, again);
        zt_free(again);
        zt_free(book);
    }
}

/* Each is one entry; the others of the set are good. */
static void what_the_language_cannot_say_is_refused_by_its_entry(void **unused)
{
    static const struct {
        struct zt_rule rule;
        bool is_last;
        const char *says;
    } cases[] = {
        { { .type = ZT_RULE_INTEGER_RANGE }, false, "rules, entry 2: the language has no word" },
        { { .type = 63 }, false, "entry 2: the language has no word for this match" },
        { { .type = ZT_RULE_PRIORITY }, true, "entry 2: the language has no word for this action" },
        { { .type = 15 }, true, "no word for this action" },
        { { .type = ZT_RULE_VLAN_ID | ZT_RULE_OR }, false, "`or` before the first match" },
        { { .type = ZT_RULE_VLAN_ID }, true, "entry 2: matches that no action follows" },
        { { .type = ZT_RULE_CHARACTERISTICS }, false, "characteristics without any bit" },
        { { .type = ZT_RULE_DEST_PORT, .u.range = { 2, 1 } }, false, "a range whose end" },
        { { .type = ZT_RULE_IP_TOS, .u.tos = { 255, 2, 1 } }, false, "a range whose end" },
        { { .type = ZT_RULE_TEE, .u.forward = { 1, 1, 1 } }, true, "flags" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_rulebook *book = zt_alloc(sizeof *book);
        struct zt_writer out = zt_writer_of(text, sizeof text);
        char error[ZT_RULES_ERROR_TEXT] = "";

        book->rules[0].type = ZT_RULE_ACCEPT;
        book->rules[1] = cases[i].rule;
        book->rules[2].type = ZT_RULE_DROP;
        book->rule_count = cases[i].is_last ? 2 : 3;
        assert_false(zt_rulebook_write(book, &out, error));
        if (strstr(error, cases[i].says) == NULL)
            print_error("%s\n", error);
        assert_non_null(strstr(error, cases[i].says));
        zt_free(book);
    }
}

static void a_text_that_finds_no_room_is_refused(void **unused)
{
    struct zt_rulebook *book = zt_alloc(sizeof *book);
    struct zt_writer out = zt_writer_of(text, 7);
    char error[ZT_RULES_ERROR_TEXT] = "";

    (void)unused;
    book->rules[0].type = ZT_RULE_ACCEPT;
    book->rule_count = 1;
    assert_false(zt_rulebook_write(book, &out, error));
    assert_non_null(strstr(error, "longer than"));
    out = zt_writer_of(text, 9);
    assert_true(zt_rulebook_write(book, &out, error));
    assert_memory_equal(text, "accept;\n", 8);
    zt_free(book);
}

/* A name that would open a block cannot be written, so it is none. */
static void names_are_those_that_can_be_written(void **unused)
{
    static const char *const good[] = { "a", "a1", "_", "größe", "tagged", "numb3r" };
    static const char *const bad[] = { "", "1a", "a-b", "tag", "dport", "or", "let", "A", "a b" };

    (void)unused;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(zt_rulebook_name_is_good(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(zt_rulebook_name_is_good(bad[i]));
    assert_true(zt_rulebook_value_name_is_good("a-b"));
    assert_true(zt_rulebook_value_name_is_good("or"));
    assert_false(zt_rulebook_value_name_is_good("drop"));
    assert_false(zt_rulebook_value_name_is_good("a,b"));
    assert_false(zt_rulebook_value_name_is_good("a;"));
    assert_false(zt_rulebook_value_name_is_good("1a"));
    assert_false(zt_rulebook_value_name_is_good("#a"));
    assert_false(zt_rulebook_value_name_is_good("$a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_book_of_any_rules_comes_back_as_it_was),
        cmocka_unit_test(what_the_language_cannot_say_is_refused_by_its_entry),
        cmocka_unit_test(a_text_that_finds_no_room_is_refused),
        cmocka_unit_test(names_are_those_that_can_be_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
