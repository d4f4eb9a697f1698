/* SPDX-License-Identifier: Apache-2.0 */
/* Rules in plain words, frames from a line of text, and which entry decides about them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "rules/language.h"

#include <string.h>

static struct zt_rulebook *compile(const char *text)
{
    struct zt_rules_errors errors;
    struct zt_rulebook *book = zt_rulebook_compile(text, strlen(text), &errors);

    assert_int_equal(errors.count, 0);
    return book;
}

static const char *explain(const struct zt_rulebook *book)
{
    static char text[1024];
    struct zt_writer out = zt_writer_of(text, sizeof text - 1);

    zt_rules_explain(&out, book, book->rules, 0, zt_rules_end(book->rules, book->rule_count, 0));
    text[zt_writer_length(&out)] = 0;
    return text;
}

static void a_rule_is_told_as_it_is_evaluated(void **unused)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        { "accept;", "accept" },
        { "", "nothing (no action follows)" },
        { "drop not ethertype arp;", "drop if the EtherType is not arp" },
        { "drop vlan 1 and vlan 2 or vlan 3;",
          "drop if (the VLAN is 1 and the VLAN is 2) or the VLAN is 3" },
        { "drop vlan 1 or vlan 2 and vlan 3 or vlan 4;",
          "drop if ((the VLAN is 1 or the VLAN is 2) and the VLAN is 3) or the VLAN is 4" },
        { "break dport 80-90;", "leave to the capabilities if the destination port is 80-90" },
        { "tee 64 deadbeef11 random 0.5;",
          "send a copy of the first 64 bytes to deadbeef11 and go on if chance allows, with "
          "probability 0.5" },
        { "watch -1 deadbeef11;", "send a copy, to be acknowledged, to deadbeef11 and go on" },
        { "redirect deadbeef11 chr tcp_syn,tcp_ack;",
          "send instead to deadbeef11 if it has any of the characteristics tcp_ack,tcp_syn" },
        { "tag color id 1 enum 2 red; drop not teq color red or tdiff color 2;",
          "drop if both have tag color not both of value red or both have tag color, differing by "
          "at most 2" },
        { "drop tseq 5 6;", "drop if the sender has tag 5 of value 6" },
        { "drop ipdest fd00::1/8;", "drop if the destination IP is in fd00::1/8 (bits behind the "
                                    "prefix: equal to no address)" },
        { "drop ipdest fd00::/8;", "drop if the destination IP is in fd00::/8" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_rulebook *book = compile(cases[i].text);

        assert_string_equal(explain(book), cases[i].words);
        zt_free(book);
    }
}

static void entries_without_a_word_are_explained_too(void **unused)
{
    struct zt_rulebook *book = compile("drop vlan 1;");

    (void)unused;
    book->rules[0] = (struct zt_rule){ .type = ZT_RULE_INTEGER_RANGE | ZT_RULE_NOT,
                                       .u.integer = { 5, 15, 4, 0x9f } };
    assert_string_equal(explain(book),
                        "drop if the 32-bit little-endian integer at byte 4 is not in 5-15");
    book->rules[0] = (struct zt_rule){ .type = 60 | ZT_RULE_OR };
    assert_string_equal(explain(book), "drop if always, whether or not match of unknown type 60");
    book->rules[1].type = 14;
    assert_non_null(strstr(explain(book), "nothing (no action, or one of a later release)"));
    zt_free(book);
}

static void a_line_becomes_the_frame_it_describes(void **unused)
{
    static const struct {
        const char *text;
        uint16_t ethertype;
        size_t length;
        size_t at;
        uint8_t byte;
    } cases[] = {
        { "tcp 10.0.0.1:258 > 10.0.0.2:80", 0x800, 40, 21, 2 },
        { "tcp 10.0.0.1:1 > 10.0.0.2:80", 0x800, 40, 33, 0x02 },
        { "tcp 10.0.0.1:1 > 10.0.0.2:80 syn ack", 0x800, 40, 33, 0x12 },
        { "tcp 10.0.0.1:1 > 10.0.0.2:80 ns ack", 0x800, 40, 32, 0x51 },
        { "udp [fd00::1]:5 > [fd00::2]:53 size 200", 0x86dd, 200, 43, 53 },
        { "udp 10.0.0.1:5 > 10.0.0.2:53 tos 184", 0x800, 28, 1, 184 },
        { "udp [fd00::1]:5 > [fd00::2]:53 tos 0xb8", 0x86dd, 48, 1, 0x80 },
        { "icmp 10.0.0.1 > 10.0.0.2", 0x800, 28, 20, 8 },
        { "icmp 10.0.0.1 > 10.0.0.2 type 3 code 4", 0x800, 28, 21, 4 },
        { "icmp6 fd00::1 > ff02::1", 0x86dd, 48, 40, 128 },
        { "47 10.0.0.1 > 10.0.0.2", 0x800, 28, 9, 47 },
        { "arp 10.0.0.1 > 10.0.0.2", 0x806, 28, 27, 2 },
        { "ethertype 0x88b5", 0x88b5, 46, 0, 0 },
        { "ethertype wol size 0", 0x842, 0, 0, 0 },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_sample sample;
        char error[ZT_RULES_ERROR_TEXT] = "";

        if (!zt_sample_read(&sample, cases[i].text, error))
            print_error("%s: %s\n", cases[i].text, error);
        assert_string_equal(error, "");
        assert_int_equal(sample.ethertype, cases[i].ethertype);
        assert_int_equal(sample.length, cases[i].length);
        assert_int_equal(sample.payload[cases[i].at], cases[i].byte);
    }
}

static void a_line_that_describes_no_frame_is_refused(void **unused)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        { "", "expected arp, ethertype, or a protocol" },
        { "tpc 10.0.0.1:1 > 10.0.0.2:2", "`tpc`: expected arp" },
        { "256 10.0.0.1 > 10.0.0.2", "`256`" },
        { "tcp", "``: expected IP:PORT" },
        { "tcp 10.0.0.1 > 10.0.0.2", "`10.0.0.1`: expected IP:PORT" },
        { "tcp 10.0.0.1:65536 > 10.0.0.2:1", "`10.0.0.1:65536`" },
        { "tcp fd00::1:80 > fd00::2:80", "[IPV6]:PORT" },
        { "icmp 10.0.0.1:1 > 10.0.0.2:2", "expected an IP on both sides" },
        { "icmp 10.0.0.1/8 > 10.0.0.2", "`10.0.0.1/8`" },
        { "icmp 10.0.0.1 10.0.0.2", "`10.0.0.2`: expected >" },
        { "icmp 10.0.0.1 > fd00::1", "the same kind of IP" },
        { "tcp 10.0.0.1:1 > 10.0.0.2:2 inbound", "`inbound`: expected size, tos" },
        { "udp 10.0.0.1:1 > 10.0.0.2:2 syn", "`syn`" },
        { "udp 10.0.0.1:1 > 10.0.0.2:2 type 1", "`type`" },
        { "udp 10.0.0.1:1 > 10.0.0.2:2 size", "`size`: expected a number behind it" },
        { "udp 10.0.0.1:1 > 10.0.0.2:2 size 1501", "`size`" },
        { "udp 10.0.0.1:1 > 10.0.0.2:2 size 27", "at least as many bytes" },
        { "udp 10.0.0.1:1 > 10.0.0.2:2 tos 256", "`tos`" },
        { "arp fd00::1 > fd00::2", "`arp`: expected IPv4" },
        { "arp 10.0.0.1 > 10.0.0.2 size 5", "`size`: expected nothing" },
        { "ethertype", "expected an EtherType" },
        { "ethertype 65536", "`65536`" },
        { "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "fewer or shorter words" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_sample sample;
        char error[ZT_RULES_ERROR_TEXT] = "";

        assert_false(zt_sample_read(&sample, cases[i].text, error));
        if (strstr(error, cases[i].says) == NULL)
            print_error("%s: %s\n", cases[i].text, error);
        assert_non_null(strstr(error, cases[i].says));
    }
}

static void the_destination_tells_a_multicast(void **unused)
{
    struct zt_sample sample;
    char error[ZT_RULES_ERROR_TEXT];

    (void)unused;
    assert_true(zt_sample_read(&sample, "udp 1.2.3.4:5 > 224.0.0.251:5353", error));
    assert_true(sample.is_multicast && !sample.is_broadcast);
    assert_true(zt_sample_read(&sample, "udp 1.2.3.4:5 > 255.255.255.255:5", error));
    assert_true(sample.is_multicast && sample.is_broadcast);
    assert_true(zt_sample_read(&sample, "icmp6 fd00::1 > ff02::1", error));
    assert_true(sample.is_multicast);
    assert_true(zt_sample_read(&sample, "udp 1.2.3.4:5 > 10.0.0.1:5", error));
    assert_false(sample.is_multicast);
    assert_true(zt_sample_read(&sample, "arp 1.2.3.4 > 10.0.0.1", error));
    assert_true(sample.is_broadcast);
}

static void the_decider_is_the_entry_that_ends_the_evaluation(void **unused)
{
    static const struct {
        const char *text;
        size_t decider, count;
    } cases[] = {
        { "accept;", 0, 1 },
        { "", 0, 0 },
        { "drop ethertype ipv4; accept;", 1, 3 },
        { "drop ethertype ipv6; accept;", 2, 3 },
        { "break dport 80; accept;", 1, 3 },
        { "drop dport 81; drop dport 82;", 4, 4 },
        { "tee 64 deadbeef11 dport 80; break dport 81; drop;", 4, 5 },
        { "redirect deadbeef11; drop;", 0, 2 },
        { "redirect 2222222222; drop;", 1, 2 },
    };
    const uint8_t seed[32] = { 0 };
    struct zt_sample sample;
    char error[ZT_RULES_ERROR_TEXT];
    struct zt_rng rng;

    (void)unused;
    assert_true(zt_sample_read(&sample, "tcp 10.0.0.1:1 > 10.0.0.2:80", error));
    zt_rng_init(&rng, seed);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_rulebook *book = compile(cases[i].text);
        struct zt_rules_frame frame = { .source = UINT64_C(0x1111111111),
                                        .destination = UINT64_C(0x2222222222),
                                        .ethertype = sample.ethertype,
                                        .payload = sample.payload,
                                        .length = sample.length };
        struct zt_rules_context context = { .self = frame.source, .rng = &rng };

        assert_int_equal(book->rule_count, cases[i].count);
        assert_int_equal(zt_rules_decider(book->rules, book->rule_count, &frame, &context),
                         cases[i].decider);
        zt_free(book);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_is_told_as_it_is_evaluated),
        cmocka_unit_test(entries_without_a_word_are_explained_too),
        cmocka_unit_test(a_line_becomes_the_frame_it_describes),
        cmocka_unit_test(a_line_that_describes_no_frame_is_refused),
        cmocka_unit_test(the_destination_tells_a_multicast),
        cmocka_unit_test(the_decider_is_the_entry_that_ends_the_evaluation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
