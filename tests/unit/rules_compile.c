/* SPDX-License-Identifier: Apache-2.0 */
/* The rule language compiled: what each word of it becomes, in the bytes of docs/wire.md 14.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "rules/language.h"
#include "vl2/rules_codec.h"

#include <string.h>

static struct zt_rulebook *compile(const char *text)
{
    struct zt_rules_errors errors;
    struct zt_rulebook *book = zt_rulebook_compile(text, strlen(text), &errors);

    for (size_t i = 0; i < errors.count; i++)
        print_error("%s\n%u:%u: %s\n", text, errors.list[i].line, errors.list[i].column,
                    errors.list[i].text);
    assert_non_null(book);
    return book;
}

static const char *bytes_of(const struct zt_rule *rules, size_t count)
{
    static uint8_t bytes[ZT_MAX_RULES * ZT_MAX_RULE_SIZE];
    static char text[2 * sizeof bytes + 1];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    zt_rules_write(rules, count, &out);
    assert_false(out.failed);
    zt_hex_write(text, bytes, zt_writer_length(&out));
    return text;
}

static void assert_rules(const char *text, const char *hex)
{
    struct zt_rulebook *book = compile(text);

    if (strcmp(bytes_of(book->rules, book->rule_count), hex) != 0)
        print_error("%s\n", text);
    assert_string_equal(bytes_of(book->rules, book->rule_count), hex);
    zt_free(book);
}

static void each_word_becomes_its_entry(void **unused)
{
    static const struct {
        const char *text, *hex;
    } cases[] = {
        { "", "" },
        { "# nothing but a comment", "" },
        { "accept;", "0100" },
        { "accept", "0100" }, /* the missing ; is supplied */
        { "accept ;", "0100" },
        { "accept\n;\n", "0100" },
        { "drop;", "0000" },
        { "break;", "0500" },
        { "tee 128 deadbeef11;", "020e000000deadbeef11000000000080" },
        { "tee -1 DEADBEEF11;", "020e000000deadbeef11000000000000" },
        { "watch 0x10 deadbeef11;", "030e000000deadbeef11000000000010" },
        { "redirect deadbeef11;", "040e000000deadbeef11000000000000" },
        { "drop ztsrc 1122334455;", "180511223344550000" },
        { "drop ztsrc 11-22-33-44-55;", "180511223344550000" },
        { "drop ztdest 1122334455;", "190511223344550000" },
        { "drop vlan 5;", "1a0200050000" },
        { "drop vlanpcp 3;", "1b01030000" },
        { "drop vlandei 1;", "1c01010000" },
        { "drop macsrc 02:00:5e:10:00:Ff;", "1d0602005e1000ff0000" },
        { "drop macdest ff:ff:ff:ff:ff:ff;", "1e06ffffffffffff0000" },
        { "drop ipsrc 10.0.0.0/8;", "1f050a000000080000" },
        { "drop ipdest 10.1.2.3/32;", "20050a010203200000" },
        { "drop ipsrc fd00::/8;", "2111fd000000000000000000000000000000080000" },
        { "drop ipdest ::/0;", "221100000000000000000000000000000000000000" },
        { "drop iptos 0xff 4-8;", "2303ff04080000" },
        { "drop iptos 252 184;", "2303fcb8b80000" },
        { "drop ipprotocol udp;", "2401110000" },
        { "drop ipprotocol ICMPv6;", "24013a0000" },
        { "drop ipprotocol 0x2f;", "24012f0000" },
        { "drop ethertype arp;", "250208060000" },
        { "drop ethertype 0x88b5;", "250288b50000" },
        { "drop icmp 8 0;", "26030800010000" },
        { "drop icmp 8 -1;", "26030800000000" },
        { "drop sport 1-1023;", "2704000103ff0000" },
        { "drop dport 22;", "2804001600160000" },
        { "drop dport 0-0xffff;", "28040000ffff0000" },
        { "drop chr inbound;", "290880000000000000000000" },
        { "drop chr inbound,multicast;", "2908c0000000000000000000" },
        { "drop chr TCP_SYN,4,63;", "290880000000000000120000" },
        { "drop framesize 0-1500;", "2a04000005dc0000" },
        { "drop random 0.5;", "2b047fffffff0000" },
        { "drop random 0;", "2b04000000000000" },
        { "drop random 1.0;", "2b04ffffffff0000" },
        { "drop random 1;", "2b04ffffffff0000" },
        { "drop random 0.00000000023283064371;", "2b04000000010000" },
        { "drop tdiff 100 0;", "2c0800000064000000000000" },
        { "drop tand 100 1;", "2d0800000064000000010000" },
        { "drop tor 100 1;", "2e0800000064000000010000" },
        { "drop txor 100 1;", "2f0800000064000000010000" },
        { "drop teq 100 4294967295;", "300800000064ffffffff0000" },
        { "drop tseq 100 1;", "310800000064000000010000" },
        { "drop treq 0xffffffff 1;", "3208ffffffff000000010000" },
        { "drop not ipprotocol udp;", "a401110000" },
        { "drop vlan 1 or ethertype arp;", "1a020001650208060000" },
        { "drop vlan 1 AND Not vlan 2 OR NOT VLAN 3;", "1a0200019a020002da0200030000" },
        { "drop vlan 1 not or vlan 3;", "1a020001da0200030000" },
        { "drop vlan 1 vlan 2;", "1a0200011a0200020000" },
        { "drop and vlan 1;", "1a0200010000" },
        { "drop # why\n vlan 1 # because\n; # end", "1a0200010000" },
        { "drop vlan\t1\r\n;", "1a0200010000" },
        { "\xef\xbb\xbf"
          "accept;",
          "0100" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_rules(cases[i].text, cases[i].hex);
}

static void the_customary_rules_let_only_arp_and_ip_pass(void **unused)
{
    (void)unused;
    assert_rules("drop\n"
                 "    not ethertype ipv4\n"
                 "    and not ethertype arp\n"
                 "    and not ethertype ipv6\n"
                 ";\n"
                 "accept;\n",
                 "a5020800a5020806a50286dd00000100");
}

static const char worked_example[] = "tag department\n"
                                     "    id 1000\n"
                                     "    enum 100 sales\n"
                                     "    enum 200 engineering\n"
                                     "    default sales\n"
                                     ";\n"
                                     "macro web($port)\n"
                                     "    accept ipprotocol tcp and dport $port ;\n"
                                     ";\n"
                                     "cap superuser\n"
                                     "    id 2000\n"
                                     "    accept;\n"
                                     ";\n"
                                     "include web(80)\n"
                                     "include web(443)\n"
                                     "break chr tcp_syn and not chr tcp_ack and not tdiff "
                                     "department 0;\n"
                                     "accept;\n";

static void the_worked_example_gives_rules_a_tag_and_a_capability(void **unused)
{
    struct zt_rulebook *book = compile(worked_example);
    const struct zt_rulebook_tag *tag = zt_rulebook_find_tag(book, "department");
    const struct zt_rulebook_capability *capability = zt_rulebook_find_capability(book, "2000");
    uint32_t value;

    (void)unused;
    assert_string_equal(bytes_of(book->rules, book->rule_count),
                        "240106280400500050010024010628"
                        "0401bb01bb0100"
                        "29080000000000000002a9080000000000000010ac08000003e8000000000500"
                        "0100");
    assert_int_equal(book->tag_count, 1);
    assert_int_equal(tag->id, 1000);
    assert_true(tag->has_default);
    assert_int_equal(tag->otherwise, 100);
    assert_true(zt_rulebook_find_value(&value, book, tag, "engineering"));
    assert_int_equal(value, 200);
    assert_false(zt_rulebook_find_value(&value, book, tag, "marketing"));
    assert_int_equal(book->capability_count, 1);
    assert_string_equal(capability->name, "superuser");
    assert_false(capability->is_default);
    assert_string_equal(bytes_of(capability->rules, capability->rule_count), "0100");
    zt_free(book);
}

static void a_tag_names_numbers_and_bits(void **unused)
{
    struct zt_rulebook *book = compile("tag t flag 0 read flag 1,5 write flag read,write,31 all\n"
                                       "enum 7 seven enum 9 READ default 0x80000000 id 3;\n"
                                       "tag u id 4;\n"
                                       "accept tand T All or teq t read or tseq 3 seven;");
    const struct zt_rulebook_tag *tag = zt_rulebook_find_tag(book, "t");

    (void)unused;
    assert_int_equal(tag->value_count, 5);
    assert_int_equal(tag->otherwise, 0x80000000U);
    /* An enum comes before a flag of the same name. */
    assert_string_equal(bytes_of(book->rules, book->rule_count),
                        "2d080000000380000023"
                        "700800000003000000097108000000030000"
                        "00070100");
    assert_false(zt_rulebook_find_tag(book, "u")->has_default);
    assert_null(zt_rulebook_find_tag(book, "v"));
    zt_free(book);
}

static void a_capability_holds_rules_and_may_be_everyones(void **unused)
{
    struct zt_rulebook *book = compile("macro m drop vlan 1; ;\n"
                                       "cap one default accept vlan 2; include m id 7 drop; ;\n"
                                       "cap two id 0xffffffff;\n"
                                       "accept;");

    (void)unused;
    assert_int_equal(book->capability_count, 2);
    assert_true(book->capabilities[0].is_default);
    assert_int_equal(book->capabilities[0].id, 7);
    assert_string_equal(bytes_of(book->capabilities[0].rules, book->capabilities[0].rule_count),
                        "1a02000201001a02000100000000");
    assert_int_equal(book->capabilities[1].id, 0xffffffffU);
    assert_int_equal(book->capabilities[1].rule_count, 0);
    assert_int_equal(book->rule_count, 1);
    zt_free(book);
}

/* docs/rules.md: what a ; ends. */
static void accept_alone_ends_the_capability_around_it(void **unused)
{
    static const char *const cases[] = {
        "cap a id 1 accept; ; drop;",
        "cap a id 1 accept; drop;",
        "cap a id 1 accept ; ; drop;",
        "cap a id 1 accept;\n;\ncap b id 2 accept;\n;\ndrop;",
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_rulebook *book = compile(cases[i]);

        assert_int_equal(book->capabilities[0].rule_count, 1);
        assert_int_equal(book->capabilities[0].rules[0].type, ZT_RULE_ACCEPT);
        assert_int_equal(book->rule_count, 1);
        assert_int_equal(book->rules[0].type, ZT_RULE_DROP);
        zt_free(book);
    }
}

static void a_macro_stands_for_its_rules_wherever_it_is_defined(void **unused)
{
    (void)unused;
    assert_rules("include a(1,2) macro b drop vlan 9; ; "
                 "macro A($x,$y) accept vlan $x or not vlan $y; include b ;",
                 "1a020001da02000201001a0200090000");
    assert_rules("include b; macro b drop; ; accept;", "00000100");
    assert_rules("macro b() drop; ; include b()", "0000");
    assert_rules("macro t($tag,$value) drop teq $tag $value; ; tag x id 5 enum 6 six;\n"
                 "include t(x,six) include t(7,8)",
                 "3008000000050000000600003008000000070000000800"
                 "00");
}

static void names_may_be_of_any_script(void **unused)
{
    struct zt_rulebook *book = compile("tag größe id 1 enum 2 zwölf; accept teq größe zwölf;");

    (void)unused;
    assert_string_equal(book->tags[0].name, "größe");
    assert_int_equal(book->rules[0].u.tag.value, 2);
    zt_free(book);
}

static void every_allocation_may_fail(void **unused)
{
    long before = zt_mem_live();

    (void)unused;
    for (unsigned long nth = 1; nth <= 3; nth++) {
        struct zt_rules_errors errors;

        zt_mem_fail_nth(nth);
        assert_null(zt_rulebook_compile("accept;", 7, &errors));
        zt_mem_fail_nth(0);
        assert_int_equal(errors.count, 1);
        assert_string_equal(errors.list[0].text, "out of memory");
        assert_int_equal(zt_mem_live(), before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_word_becomes_its_entry),
        cmocka_unit_test(the_customary_rules_let_only_arp_and_ip_pass),
        cmocka_unit_test(the_worked_example_gives_rules_a_tag_and_a_capability),
        cmocka_unit_test(a_tag_names_numbers_and_bits),
        cmocka_unit_test(a_capability_holds_rules_and_may_be_everyones),
        cmocka_unit_test(accept_alone_ends_the_capability_around_it),
        cmocka_unit_test(a_macro_stands_for_its_rules_wherever_it_is_defined),
        cmocka_unit_test(names_may_be_of_any_script),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
