/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints: text both ways, wire form, scope classes and the networks they belong to. */
#include "base/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static struct zt_endpoint parsed(const char *text)
{
    struct zt_endpoint endpoint;

    if (!zt_endpoint_parse(&endpoint, text, 9993))
        fail_msg("%s was refused", text);
    return endpoint;
}

static void text_is_read_and_written_in_its_canonical_form(void **unused)
{
    static const char *const cases[][2] = {
        { "10.0.0.1/9993", "10.0.0.1/9993" },
        { "255.255.255.255/65535", "255.255.255.255/65535" },
        { "0.0.0.0/0", "0.0.0.0/0" },
        { "1.2.3.4", "1.2.3.4/9993" },
        { "::", "::/9993" },
        { "::1/1", "::1/1" },
        { "1::/1", "1::/1" },
        { "2001:DB8:0:0:0:0:0:1", "2001:db8::1/9993" },
        { "2001:db8:0:1:1:1:1:1/5", "2001:db8:0:1:1:1:1:1/5" },
        { "1:0:0:2:0:0:0:3/5", "1:0:0:2::3/5" },
        { "1:0:0:2:3:0:0:4/5", "1::2:3:0:0:4/5" },
        { "0:1:2:3:4:5:6:0/5", "0:1:2:3:4:5:6:0/5" },
        { "1:2:3:4:5:6:7::/5", "1:2:3:4:5:6:7:0/5" },
        { "::ffff:1.2.3.4/5", "::ffff:1.2.3.4/5" },
        { "1:2:3:4:5:6:1.2.3.4/5", "1:2:3:4:5:6:102:304/5" },
        { "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/65535",
          "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/65535" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_endpoint endpoint = parsed(cases[i][0]);
        char text[ZT_ENDPOINT_TEXT];

        zt_endpoint_text(&endpoint, true, text);
        assert_string_equal(text, cases[i][1]);

        struct zt_endpoint again = parsed(text);
        assert_true(zt_endpoint_equal(&again, &endpoint));
    }
}

static void other_text_is_refused_and_changes_nothing(void **unused)
{
    static const char *const cases[] = {
        "",
        "/",
        "1",
        "1.2.3",
        "1.2.3.",
        "1.2.3.4.",
        "1.2.3.4.5",
        "256.1.1.1",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.-4",
        "+1.2.3.4",
        "1.2.3.4/",
        "1.2.3.4/65536",
        "1.2.3.4/99999999999999",
        "1.2.3.4/01",
        "1.2.3.4/1 ",
        " 1.2.3.4",
        "1.2.3.4/1/1",
        "1.2.3.4/0x1",
        "a.b.c.d",
        ":",
        ":::",
        "1:",
        ":1",
        "1::2::3",
        "12345::",
        "g::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::1.2.3",
        "::1.2.3.4:5",
        "::1%eth0",
        "[::1]/1",
        "::1/",
        "::1/x",
        "1:2:3:4:5:6:7:8:",
    };
    struct zt_endpoint before = parsed("9.8.7.6/5");
    struct zt_endpoint endpoint = before;

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (zt_endpoint_parse(&endpoint, cases[i], 1))
            fail_msg("%s was accepted", cases[i]);
        assert_true(zt_endpoint_equal(&endpoint, &before));
    }
}

static void no_family_has_an_empty_text(void **unused)
{
    struct zt_endpoint none = { 0 };
    char text[ZT_ENDPOINT_TEXT] = "x";

    (void)unused;
    zt_endpoint_text(&none, true, text);
    assert_string_equal(text, "");
}

static void scope_classes_are_those_of_the_table(void **unused)
{
    static const struct {
        const char *text;
        enum zt_scope scope;
    } cases[] = {
        { "0.1.2.3", 0 },
        { "255.0.0.1", 0 },
        { "::", 0 },
        { "223.255.255.255", 4 },
        { "224.0.0.1", 1 },
        { "239.255.255.255", 1 },
        { "ff02::1", 1 },
        { "127.0.0.1", 2 },
        { "127.255.255.255", 2 },
        { "::1", 2 },
        { "fe80::1", 2 },
        { "::ffff:127.0.0.1", 2 },
        { "::ffff:128.0.0.1", 4 },
        { "6.1.1.1", 3 },
        { "11.0.0.1", 3 },
        { "21.0.0.1", 3 },
        { "22.0.0.1", 3 },
        { "25.0.0.1", 3 },
        { "26.0.0.1", 3 },
        { "28.0.0.1", 3 },
        { "29.0.0.1", 3 },
        { "30.0.0.1", 3 },
        { "51.0.0.1", 3 },
        { "55.0.0.1", 3 },
        { "56.0.0.1", 3 },
        { "240.0.0.1", 3 },
        { "254.255.255.255", 3 },
        { "7.0.0.1", 4 },
        { "27.0.0.1", 4 },
        { "169.254.0.1", 5 },
        { "169.253.0.1", 4 },
        { "169.255.0.1", 4 },
        { "fe80::2", 5 },
        { "febf::1", 5 },
        { "fec0::1", 4 },
        { "fe80:0:0:1::1", 5 },
        { "10.0.0.1", 7 },
        { "9.255.255.255", 4 },
        { "172.15.0.1", 4 },
        { "172.16.0.1", 7 },
        { "172.31.255.255", 7 },
        { "172.32.0.1", 4 },
        { "192.168.0.1", 7 },
        { "192.167.0.1", 4 },
        { "100.63.0.1", 4 },
        { "100.64.0.1", 7 },
        { "100.127.255.255", 7 },
        { "100.128.0.1", 4 },
        { "198.17.0.1", 4 },
        { "198.18.0.1", 7 },
        { "198.19.255.255", 7 },
        { "198.20.0.1", 4 },
        { "192.0.2.1", 7 },
        { "192.0.3.1", 4 },
        { "198.51.100.1", 7 },
        { "198.51.101.1", 4 },
        { "203.0.113.1", 7 },
        { "203.0.112.1", 4 },
        { "fc00::1", 7 },
        { "fdff::1", 7 },
        { "fbff::1", 4 },
        { "2001:db8::1", 4 },
        { "8.8.8.8", 4 },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_endpoint endpoint = parsed(cases[i].text);

        if (zt_endpoint_scope(&endpoint) != cases[i].scope)
            fail_msg("%s is not of scope %d", cases[i].text, (int)cases[i].scope);
    }
}

static void a_path_may_lead_only_to_usable_endpoints(void **unused)
{
    static const struct {
        const char *text;
        bool usable;
        bool usable_with_loopback;
    } cases[] = {
        { "8.8.8.8", true, true },     { "10.0.0.1", true, true },
        { "11.0.0.1", true, true },    { "127.0.0.1", false, true },
        { "::1", false, true },        { "0.0.0.0", false, false },
        { "224.0.0.1", false, false }, { "169.254.1.1", false, false },
        { "fe80::2", false, false },   { "2001:470::1", false, false },
        { "2001:471::1", true, true }, { "2001:46f:ffff::1", true, true },
    };
    struct zt_endpoint none = { 0 };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_endpoint endpoint = parsed(cases[i].text);

        assert_int_equal(zt_endpoint_usable(&endpoint, false), cases[i].usable);
        assert_int_equal(zt_endpoint_usable(&endpoint, true), cases[i].usable_with_loopback);
    }
    assert_false(zt_endpoint_usable(&none, true));
}

static void an_endpoint_is_inside_the_networks_that_share_its_prefix(void **unused)
{
    static const struct {
        const char *network;
        const char *ip;
        bool inside;
    } cases[] = {
        { "10.0.0.0/8", "10.255.255.255", true },
        { "10.0.0.0/8", "11.0.0.0", false },
        { "10.1.2.0/23", "10.1.3.255", true },
        { "10.1.2.0/23", "10.1.4.0", false },
        { "10.1.2.3/32", "10.1.2.3", true },
        { "10.1.2.3/32", "10.1.2.2", false },
        { "10.1.2.3/33", "10.1.2.3", false },
        { "0.0.0.0/0", "1.2.3.4", true },
        { "::/0", "1::", true },
        { "::/0", "1.2.3.4", false },
        { "fd00::/8", "fdff::1", true },
        { "fd00::/8", "fe00::1", false },
        { "1::2/128", "1::2", true },
        { "1::2/127", "1::3", true },
        { "1::2/128", "1::3", false },
        { "1::2/129", "1::2", false },
    };
    struct zt_endpoint none = { 0 };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_endpoint network = parsed(cases[i].network);
        struct zt_endpoint ip = parsed(cases[i].ip);

        if (zt_endpoint_in(&network, &ip) != cases[i].inside)
            fail_msg("%s in %s", cases[i].ip, cases[i].network);
    }
    assert_false(zt_endpoint_in(&none, &none));
}

static void every_kind_of_the_wire_form_is_read_or_refused(void **unused)
{
    static const struct {
        uint8_t bytes[20];
        size_t length;
        const char *text; /* NULL: refused */
    } cases[] = {
        { { 0 }, 1, "" },
        { { 4, 192, 0, 2, 7, 0x27, 0x09 }, 7, "192.0.2.7/9993" },
        { { 6, 0x20, 1, 0x0d, 0xb8, [16] = 1, 1, 0xbb }, 19, "2001:db8::1/443" },
        { { 1, 1, 2, 3, 4, 5, 6 }, 7, "" },
        { { 2, 1, 2, 3, 4, 5, 6 }, 7, "" },
        { { 3, 0, 2, 9, 9 }, 5, "" },
        { { 3, 0, 0 }, 3, "" },
        { { 5, 1, 2, 3, 4, 5, 6 }, 7, NULL },
        { { 7, 1, 2, 3, 4, 5, 6 }, 7, NULL },
        { { 255, 1, 2, 3, 4, 5, 6 }, 7, NULL },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t length = 0; length <= cases[i].length; length++) {
            struct zt_reader in = zt_reader_of(cases[i].bytes, length);
            struct zt_endpoint endpoint;
            char text[ZT_ENDPOINT_TEXT];
            bool whole = length == cases[i].length && cases[i].text != NULL;

            zt_endpoint_read(&endpoint, &in);
            assert_int_equal(in.failed, !whole);
            assert_int_equal(zt_reader_left(&in), 0);
            zt_endpoint_text(&endpoint, true, text);
            assert_string_equal(text, whole ? cases[i].text : "");
        }
    }
}

static void what_was_written_is_read_back(void **unused)
{
    static const char *const cases[] = { "1.2.3.4/5", "1:2::3/65535" };
    static const size_t lengths[] = { 7, 19 };

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        struct zt_endpoint endpoint = parsed(cases[i]);
        struct zt_endpoint again;
        uint8_t bytes[19];
        struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

        zt_endpoint_write(&endpoint, &out);
        assert_int_equal(zt_writer_length(&out), lengths[i]);

        struct zt_reader in = zt_reader_of(bytes, lengths[i]);

        zt_endpoint_read(&again, &in);
        assert_true(zt_endpoint_equal(&endpoint, &again));
    }
}

static void ports_and_sockets_tell_endpoints_and_links_apart(void **unused)
{
    struct zt_endpoint a = parsed("1.2.3.4/5");
    struct zt_endpoint b = parsed("1.2.3.4/6");
    struct zt_link x = { .socket = 1, .remote = a };
    struct zt_link y = { .socket = 2, .remote = a };
    struct zt_link z = { .socket = 1, .remote = b };

    (void)unused;
    assert_false(zt_endpoint_equal(&a, &b));
    assert_true(zt_endpoint_same_ip(&a, &b));
    assert_true(zt_link_equal(&x, &x));
    assert_false(zt_link_equal(&x, &y));
    assert_false(zt_link_equal(&x, &z));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_read_and_written_in_its_canonical_form),
        cmocka_unit_test(other_text_is_refused_and_changes_nothing),
        cmocka_unit_test(no_family_has_an_empty_text),
        cmocka_unit_test(scope_classes_are_those_of_the_table),
        cmocka_unit_test(a_path_may_lead_only_to_usable_endpoints),
        cmocka_unit_test(an_endpoint_is_inside_the_networks_that_share_its_prefix),
        cmocka_unit_test(every_kind_of_the_wire_form_is_read_or_refused),
        cmocka_unit_test(what_was_written_is_read_back),
        cmocka_unit_test(ports_and_sockets_tell_endpoints_and_links_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
