/* SPDX-License-Identifier: Apache-2.0 */
/* MAC addresses, groups and automatic IPv6 addresses. */
#include "vl2_values.h"

#include "vl2/ether.h"

static void a_member_has_one_mac_per_network(void **unused)
{
    static const struct {
        zt_nwid nwid;
        const char *mac;
    } cases[] = {
        { UINT64_C(0x8056c2e21c000001), "02:88:50:2f:61:52" },
        { UINT64_C(0x8056c2e21c000052), "32:88:50:2f:61:52" }, /* 52 belongs to others */
        { UINT64_C(0x8056c2e21c000053), "32:88:50:2f:61:52" },
        { UINT64_C(0x8056c2e21c0000ff), "fe:88:50:2f:61:52" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[ZT_MAC_TEXT];

        zt_mac_text(zt_mac_of(cases[i].nwid, MEMBER), text);
        assert_string_equal(text, cases[i].mac);
    }
}

static void a_mac_gives_its_address_back(void **unused)
{
    (void)unused;
    for (uint64_t i = 0; i < 200; i++) {
        zt_nwid nwid = NWID + i * UINT64_C(0x0102030405060709);
        zt_address address = (MEMBER + i * UINT64_C(0x987654321)) & UINT64_C(0xffffffffff);

        assert_int_equal(zt_mac_address(nwid, zt_mac_of(nwid, address)), address);
        assert_int_equal(zt_mac_of(nwid, address).bytes[0], zt_mac_first_octet(nwid));
        assert_false(zt_mac_is_multicast(zt_mac_of(nwid, address)));
    }
}

static void a_mac_is_parsed_only_in_its_whole_form(void **unused)
{
    static const char *const bad[] = { "",
                                       "02:88:50:2f:61:5",
                                       "02:88:50:2f:61:522",
                                       "02:88:50:2f:61",
                                       "02-88-50-2f-61-52",
                                       "02:88:50:2f:61:5g",
                                       "02:88:50:2f:61::2",
                                       "0288:50:2f:61:52:" };
    struct zt_mac mac = { { 9 } };

    (void)unused;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(zt_mac_parse(&mac, bad[i]));
        assert_int_equal(mac.bytes[0], 9);
    }
    assert_true(zt_mac_parse(&mac, "02:88:50:2F:61:52"));
    assert_int_equal(zt_mac_number(mac), INT64_C(0x0288502f6152));
}

static void broadcast_is_a_multicast_too(void **unused)
{
    struct zt_mac group = { { 0x33, 0x33 } };
    struct zt_mac none = { { 0 } };

    (void)unused;
    assert_true(zt_mac_is_multicast(zt_mac_broadcast) && zt_mac_is_broadcast(zt_mac_broadcast));
    assert_true(zt_mac_is_multicast(group) && !zt_mac_is_broadcast(group));
    assert_true(zt_mac_is_zero(none) && !zt_mac_is_multicast(none));
}

static void an_ip_is_found_by_its_group(void **unused)
{
    const uint8_t v4[4] = { 10, 147, 20, 5 };
    const uint8_t v6[16] = { 0xfd, [13] = 0x12, 0x34, 0x56 };
    struct zt_endpoint ipv4 = zt_endpoint_v4(v4, 24);
    struct zt_endpoint ipv6 = zt_endpoint_v6(v6, 64);
    struct zt_group arp = { zt_mac_broadcast, 0x0a931405 };
    struct zt_group ndp = { { { 0x33, 0x33, 0xff, 0x12, 0x34, 0x56 } }, 0 };
    struct zt_group group = zt_group_for_ip(&ipv4);

    (void)unused;
    assert_true(zt_group_equal(&group, &arp));
    group = zt_group_for_ip(&ipv6);
    assert_true(zt_group_equal(&group, &ndp));
    assert_false(zt_group_equal(&arp, &ndp));
}

static void automatic_addresses_carry_their_member(void **unused)
{
    struct zt_endpoint sixplane = zt_ip_6plane(NWID, MEMBER);
    struct zt_endpoint rfc4193 = zt_ip_rfc4193(NWID, MEMBER);
    char text[ZT_ENDPOINT_TEXT];

    (void)unused;
    zt_endpoint_text(&sixplane, true, text);
    assert_string_equal(text, "fc9c:56c2:e388:5033:8390::1/40");
    zt_endpoint_text(&rfc4193, true, text);
    assert_string_equal(text, "fd80:56c2:e21c:0:199:9388:5033:8390/88");
    assert_int_equal(zt_ip_6plane_member(NWID, sixplane.ip), MEMBER);
    assert_int_equal(zt_ip_rfc4193_member(NWID, rfc4193.ip), MEMBER);
}

static void any_other_address_has_no_member(void **unused)
{
    struct zt_endpoint sixplane = zt_ip_6plane(NWID, MEMBER);
    struct zt_endpoint rfc4193 = zt_ip_rfc4193(NWID, MEMBER);

    (void)unused;
    for (size_t i = 0; i < 5; i++) {
        sixplane.ip[i] ^= 1;
        assert_int_equal(zt_ip_6plane_member(NWID, sixplane.ip), 0);
        sixplane.ip[i] ^= 1;
    }
    for (size_t i = 0; i < 11; i++) {
        rfc4193.ip[i] ^= 1;
        assert_int_equal(zt_ip_rfc4193_member(NWID, rfc4193.ip), 0);
        rfc4193.ip[i] ^= 1;
    }
    assert_int_equal(zt_ip_6plane_member(NWID, rfc4193.ip), 0);
}

static void a_mac_is_read_as_written(void **unused)
{
    struct zt_mac mac = zt_mac_of(NWID, MEMBER);
    uint8_t bytes[6];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    struct zt_reader in = zt_reader_of(bytes, sizeof bytes);
    struct zt_reader cut = zt_reader_of(bytes, 5);

    (void)unused;
    zt_mac_write(mac, &out);
    assert_true(zt_mac_equal(zt_mac_read(&in), mac));
    assert_true(zt_mac_is_zero(zt_mac_read(&cut)) && cut.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_has_one_mac_per_network),
        cmocka_unit_test(a_mac_gives_its_address_back),
        cmocka_unit_test(a_mac_is_parsed_only_in_its_whole_form),
        cmocka_unit_test(broadcast_is_a_multicast_too),
        cmocka_unit_test(an_ip_is_found_by_its_group),
        cmocka_unit_test(automatic_addresses_carry_their_member),
        cmocka_unit_test(any_other_address_has_no_member),
        cmocka_unit_test(a_mac_is_read_as_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
