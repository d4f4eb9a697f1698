/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong in a text is told by line and column, with the word and what was expected; and no text
   makes the compiler work without bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "rules/language.h"

#include <string.h>

struct wrong {
    const char *text;
    unsigned line, column;
    const char *says;
};

static void assert_wrong(const struct wrong *wrong)
{
    struct zt_rules_errors errors;
    struct zt_rulebook *book = zt_rulebook_compile(wrong->text, strlen(wrong->text), &errors);

    if (book != NULL || errors.list[0].line != wrong->line ||
        errors.list[0].column != wrong->column || strstr(errors.list[0].text, wrong->says) == NULL)
        print_error("%s\n-> %u:%u %s\n", wrong->text, errors.list[0].line, errors.list[0].column,
                    errors.count > 0 ? errors.list[0].text : "nothing wrong");
    assert_null(book);
    assert_true(errors.count >= 1 && errors.count <= ZT_MAX_RULES_ERRORS);
    assert_int_equal(errors.list[0].line, wrong->line);
    assert_int_equal(errors.list[0].column, wrong->column);
    assert_non_null(strstr(errors.list[0].text, wrong->says));
}

static void the_first_error_is_where_it_is(void **unused)
{
    static const struct wrong cases[] = {
        { "acept;", 1, 0, "`acept`: expected macro, tag, cap, include or an action" },
        { "accept;\n  dorp vlan 1;", 2, 2, "`dorp`" },
        { "Accept;", 1, 0, "`Accept`" },
        { "accept ethertpe arp;", 1, 7, "`ethertpe` is no match: expected ethertype?" },
        { "accept somethingelse;", 1, 7, "expected one like ipprotocol" },
        { "accept dport;", 1, 7, "`dport` stands alone: expected a port" },
        { "accept dport 65536;", 1, 13, "`65536` does not fit dport" },
        { "accept dport 80-79;", 1, 13, "`80-79` does not fit dport" },
        { "accept dport 80-;", 1, 13, "`80-`" },
        { "accept dport -80;", 1, 13, "`-80`" },
        { "accept dport 0x;", 1, 13, "`0x`" },
        { "accept dport 8 0;", 1, 15, "`0` is no match" },
        { "accept ipsrc 10.0.0.1;", 1, 13, "a network like 10.0.0.0/8" },
        { "accept ipsrc 10.0.0.1/33;", 1, 13, "`10.0.0.1/33`" },
        { "accept ipdest fd00::/129;", 1, 14, "`fd00::/129`" },
        { "accept ipdest fd00::1::/64;", 1, 14, "ipdest" },
        { "accept macsrc 1:2:3:4:5:6;", 1, 14, "a MAC like" },
        { "accept ztsrc 112233445;", 1, 13, "10 hexadecimal digits" },
        { "accept ztsrc 11223344556;", 1, 13, "10 hexadecimal digits" },
        { "accept ethertype 65536;", 1, 17, "an EtherType" },
        { "accept ethertype ipv5;", 1, 17, "`ipv5` does not fit ethertype" },
        { "accept ipprotocol 256;", 1, 18, "a protocol" },
        { "accept iptos 256 1;", 1, 13, "a mask" },
        { "accept iptos 1 256;", 1, 15, "a value or a range" },
        { "accept iptos 1;", 1, 7, "`iptos` stands alone" },
        { "accept icmp 8;", 1, 7, "expected a code" },
        { "accept icmp 256 0;", 1, 12, "a type" },
        { "accept icmp 8 -2;", 1, 14, "a code" },
        { "accept chr tcp_synn;", 1, 11, "characteristics" },
        { "accept chr 64;", 1, 11, "characteristics" },
        { "accept chr tcp_syn,;", 1, 11, "characteristics" },
        { "accept chr tcp_syn, tcp_ack;", 1, 11, "with commas between" },
        { "accept random 1.1;", 1, 14, "a part from 0.0 to 1.0" },
        { "accept random 0.;", 1, 14, "random" },
        { "accept random 0.5x;", 1, 14, "random" },
        { "accept random 1.01;", 1, 14, "random" },
        { "accept random half;", 1, 14, "random" },
        { "accept teq color 1;", 1, 11, "the name or id of a tag" },
        { "tag color id 1 enum 2 red; accept teq color green;", 1, 44, "`green` does not fit teq" },
        { "accept teq 4294967296 1;", 1, 11, "`4294967296`" },
        { "accept vlan 70000;", 1, 12, "a VLAN number" },
        { "accept or vlan 1;", 1, 7, "`or` before the first match" },
        { "accept not or vlan 1;", 1, 7, "`or` before the first match" },
        { "accept vlan 1 not not vlan 2;", 1, 18, "`not` stands twice" },
        { "accept vlan 1 and;", 1, 14, "`and` stands alone: expected a match" },
        { "accept vlan 1\ndrop vlan 2;", 2, 0, "`drop` cannot stand inside an action" },
        { "accept not drop vlan 2;", 1, 7, "`not` stands alone" },
        { "tee deadbeef11;", 1, 4, "how many bytes" },
        { "tee 5;", 1, 0, "`tee` stands alone" },
        { "tee -2 deadbeef11;", 1, 4, "`-2` does not fit tee" },
        { "tee 65536 deadbeef11;", 1, 4, "`65536`" },
        { "watch 1 deadbeef1;", 1, 8, "`deadbeef1` does not fit watch" },
        { "redirect de-ad-be-ef-11;", 1, 9, "does not fit redirect" },
        { "redirect;", 1, 0, "`redirect` stands alone" },
        { "priority 3;", 1, 0, "`priority` cannot be used" },
        { "accept dport $p;", 1, 13, "known in macros only" },
        { "include nothing", 1, 8, "`nothing`: expected the name of a macro" },
        { "include", 1, 0, "`include` stands alone" },
        { "include accept;", 1, 0, "`include` stands alone" },
        { "macro m($a) drop dport $a; ; include m", 1, 37, "takes 1 arguments, not 0" },
        { "macro m($a) drop dport $a; ; include m(1,2)", 1, 37, "takes 1 arguments, not 2" },
        { "macro m($a) drop dport $a; ; include m(x)", 1, 39, "`x` does not fit dport" },
        { "macro m($a,$b) drop sport $a dport $b; ;\ninclude m(1,yy)", 2, 12, "`yy`" },
        { "macro m($a) drop dport $a; ; include m( 1 )", 1, 37, "as one word" },
        { "macro m($a) drop dport $a; ; include m(,)", 1, 37, "an argument is empty" },
        { "macro m($a) drop dport $b; ;", 1, 23, "has no parameter `$b`" },
        { "macro m($Aa) drop dport $Aa; ;", 1, 24, "in lower case" },
        { "macro m(a) drop; ;", 1, 6, "expected parameters like" },
        { "macro m($a,$a) drop; ;", 1, 6, "`$a` is a parameter twice" },
        { "macro m($a,$b,$c,$d,$e,$f,$g,$h,$i) drop; ;", 1, 6, "more than 8 parameters" },
        { "macro m drop; ; macro M drop; ;", 1, 22, "a second macro is named `m`" },
        { "macro accept; ;", 1, 0, "`macro` stands alone" },
        { "macro dport drop; ;", 1, 6, "`dport` is a word of the language" },
        { "macro 4x drop; ;", 1, 6, "cannot name a macro" },
        { "macro m tag t id 1; ;", 1, 8, "`tag` cannot stand in another block" },
        { "macro m id 1 ;", 1, 8, "`id`: expected an action" },
        { "macro m include n ; macro n($a) drop dport $a; ;", 1, 16, "takes 1" },
        { "macro m($a) include n($a) ; macro n($a) drop dport $a; ;", 1, 20, "handed on" },
        { "macro m tee $l deadbeef11; ;", 1, 12, "`$l` does not fit tee" },
        { "tag;", 1, 0, "`tag` stands alone" },
        { "tag t;", 1, 4, "tag `t` has no id" },
        { "tag t id;", 1, 6, "`id` stands alone" },
        { "tag t id x;", 1, 9, "`x`: expected a number" },
        { "tag t id 4294967296;", 1, 9, "a number to 4294967295" },
        { "tag t id 1 id 2;", 1, 11, "one id only" },
        { "tag t id 1; tag u id 1;", 1, 18, "1 is already the id of tag `t`" },
        { "tag t id 1; tag T id 2;", 1, 16, "a second tag is named `t`" },
        { "tag or id 1;", 1, 4, "`or`: expected a name" },
        { "tag t id 1 enum x y;", 1, 16, "`x`: expected a number" },
        { "tag t id 1 enum 1;", 1, 11, "`enum` stands alone: expected a name" },
        { "tag t id 1 enum 1 2;", 1, 18, "a name that is no number" },
        { "tag t id 1 enum 1 a enum 2 A;", 1, 27, "tag `t` has a second enum `a`" },
        { "tag t id 1 flag 1 a flag 2 a;", 1, 27, "tag `t` has a second flag `a`" },
        { "tag t id 1 flag 32 a;", 1, 16, "bits 0 to 31" },
        { "tag t id 1 flag b a;", 1, 16, "bits 0 to 31" },
        { "tag t id 1 flag 1, a;", 1, 16, "bits 0 to 31" },
        { "tag t id 1 default x;", 1, 19, "`x`: expected a number or the name" },
        { "tag t id 1 default 1 default 2;", 1, 21, "one default only" },
        { "tag t id 1 color red;", 1, 11, "`color`: expected id, enum, flag or default" },
        { "tag t id 1 drop vlan 1; ;", 1, 11, "`drop`: expected id" },
        { "cap c;", 1, 4, "cap `c` has no id" },
        { "cap c accept; ;", 1, 4, "cap `c` has no id" },
        { "cap c id 1 id 2 accept; ;", 1, 11, "cap `c` has a second id" },
        { "cap c id -1 accept; ;", 1, 9, "`-1` is no id" },
        { "cap c id 1 accept; ; cap d id 1 accept; ;", 1, 30, "already the id of cap `c`" },
        { "cap c id 1 accept; ; cap C id 2 accept; ;", 1, 25, "a second cap is named `c`" },
        { "cap c id 1 dport 80 ;", 1, 11, "`dport`: expected id, default, include" },
        { "cap c id 1 cap d id 2 accept; ;", 1, 11, "`cap` cannot stand in another block" },
        { "cap c id 1 accept; drop; ;", 1, 25, "already ended by the ; in line 1" },
        { "macro w drop vlan 1; ; cap c id 1 include w; accept; ;", 1, 53, "ends nothing" },
        { "accept vlan 1 drop accept tee drop vlan 1;", 1, 30, "too many blocks" },
        { "accept \x01;", 1, 7, "byte 0x01 is no text" },
        { "# \xff", 1, 2, "byte 0xff is no text" },
        { "\n\n \xc3(", 3, 1, "byte 0xc3 is no text" },
        { "# \xed\xa0\x80", 1, 2, "byte 0xed" },
        { "# \xe0\x80\x80", 1, 2, "byte 0xe0" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_wrong(&cases[i]);
}

static void several_errors_are_told_in_the_order_of_the_text(void **unused)
{
    static const char text[] = "drop dport 80x;\n"
                               "tag t enum 1 a;\n"
                               "macro m drop vlam 1; ;\n"
                               "include m include m\n"
                               "cap c id 1 foo ;\n";
    static const unsigned lines[] = { 1, 2, 3, 5 };
    struct zt_rules_errors errors;

    (void)unused;
    assert_null(zt_rulebook_compile(text, sizeof text - 1, &errors));
    assert_int_equal(errors.count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(errors.list[i].line, lines[i]);
}

/* Text made of a part that is repeated. */
static const char *repeat(const char *part, size_t times, size_t *length)
{
    static char text[ZT_MAX_RULES_SOURCE + 64];

    *length = 0;
    for (size_t i = 0; i < times; i++)
        *length += zt_format(text + *length, sizeof text - *length, "%s", part);
    return text;
}

static void assert_repeated(const char *part, size_t times, const char *says)
{
    struct zt_rules_errors errors;
    size_t length;
    const char *text = repeat(part, times, &length);
    struct zt_rulebook *book = zt_rulebook_compile(text, length, &errors);

    if (says == NULL) {
        assert_non_null(book);
        zt_free(book);
        return;
    }
    assert_null(book);
    if (strstr(errors.list[0].text, says) == NULL)
        print_error("%s\n", errors.list[0].text);
    assert_non_null(strstr(errors.list[0].text, says));
}

static void what_a_bound_allows_is_taken_and_one_more_is_not(void **unused)
{
    (void)unused;
    assert_repeated("accept;\n", ZT_MAX_RULES, NULL);
    assert_repeated("accept;\n", ZT_MAX_RULES + 1, "longer than 1024 entries");
    assert_repeated(" ", ZT_MAX_RULES_SOURCE, NULL);
    assert_repeated(" ", ZT_MAX_RULES_SOURCE + 1, "at most 65536");
    assert_repeated("drop ", 5000, "too many blocks");
    assert_repeated("nonsense; ", 5000, "`nonsense`");
    assert_repeated("drop x; ", 5000, "`x` is no match");
}

static void a_capability_is_bounded_on_its_own(void **unused)
{
    char text[2048];
    size_t length = zt_format(text, sizeof text, "cap c id 1 ");
    struct zt_rules_errors errors;

    (void)unused;
    for (size_t i = 0; i < ZT_MAX_CAPABILITY_RULES / 2; i++)
        length += zt_format(text + length, sizeof text - length, "drop vlan 1; ");
    zt_free(zt_rulebook_compile(text, length, &errors));
    assert_int_equal(errors.count, 0);
    length += zt_format(text + length, sizeof text - length, "drop vlan 1; ");
    assert_null(zt_rulebook_compile(text, length, &errors));
    assert_int_equal(errors.count, 1);
    assert_non_null(strstr(errors.list[0].text, "longer than 64 entries"));
}

static void a_macro_that_includes_itself_ends(void **unused)
{
    static const struct wrong cases[] = {
        { "macro m include m ;\ninclude m", 1, 16, "does a macro include itself?" },
        { "macro a include b include b ;\nmacro b include a include a ;\ninclude a", 1, 16,
          "too deeply or too often" },
        { "macro a ; macro b include a include a include a include a include a include a ;\n"
          "macro c include b include b include b include b include b include b ;\n"
          "macro d include c include c include c include c include c include c ;\n"
          "macro e include d include d include d include d include d include d ;\n"
          "include e include e include e",
          1, 44, "too often" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_rules_errors errors;

        assert_null(zt_rulebook_compile(cases[i].text, strlen(cases[i].text), &errors));
        assert_non_null(strstr(errors.list[0].text, cases[i].says));
    }
}

/* Includes of includes of a long macro: work ends with the room for entries. */
static void a_long_macro_included_often_is_read_until_the_set_is_full(void **unused)
{
    static char text[ZT_MAX_RULES_SOURCE];
    struct zt_rules_errors errors;
    size_t length = zt_format(text, sizeof text, "macro m ");

    (void)unused;
    for (size_t i = 0; i < 3500; i++)
        length += zt_format(text + length, sizeof text - length, "drop vlan 1; ");
    length += zt_format(text + length, sizeof text - length, "; ");
    for (size_t i = 0; i < 1000; i++)
        length += zt_format(text + length, sizeof text - length, "include m ");
    assert_null(zt_rulebook_compile(text, length, &errors));
    assert_int_equal(errors.count, 1);
    assert_non_null(strstr(errors.list[0].text, "longer than 1024 entries"));
}

static void every_beginning_of_a_text_is_judged(void **unused)
{
    static const char text[] = "tag t id 1 flag 0 a flag a,2 b enum 5 c default b ;\n"
                               "macro m($x) accept dport $x; include n ; macro n drop; ;\n"
                               "cap c id 2 default tee -1 deadbeef11 teq t a; accept; ;\n"
                               "include m(80); break not chr tcp_syn or random 0.5 ;\n";
    struct zt_rules_errors errors;

    (void)unused;
    for (size_t length = 0; length < sizeof text; length++) {
        struct zt_rulebook *book = zt_rulebook_compile(text, length, &errors);

        assert_true((book == NULL) == (errors.count > 0));
        zt_free(book);
    }
    assert_int_equal(errors.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_error_is_where_it_is),
        cmocka_unit_test(several_errors_are_told_in_the_order_of_the_text),
        cmocka_unit_test(what_a_bound_allows_is_taken_and_one_more_is_not),
        cmocka_unit_test(a_capability_is_bounded_on_its_own),
        cmocka_unit_test(a_macro_that_includes_itself_ends),
        cmocka_unit_test(a_long_macro_included_often_is_read_until_the_set_is_full),
        cmocka_unit_test(every_beginning_of_a_text_is_judged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
