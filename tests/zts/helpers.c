/* SPDX-License-Identifier: Apache-2.0 */
/* The pure helpers: identities, computed addresses, text forms. */
#include "ZeroTierSockets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void an_adhoc_id_names_its_ports(void **unused)
{
    (void)unused;
    assert_true(zts_net_compute_adhoc_id(2000, 3000) == UINT64_C(0xff07d00bb8000000));
    assert_true(zts_net_compute_adhoc_id(0, 0xffff) == UINT64_C(0xff0000ffff000000));
}

static void automatic_addresses_follow_from_the_ids(void **unused)
{
    const uint64_t network = UINT64_C(0xff07d00bb8000000), node = UINT64_C(0x75f3543094);
    struct zts_sockaddr_storage addr;
    char text[ZTS_IP_MAX_STR_LEN];

    (void)unused;
    assert_int_equal(zts_addr_compute_6plane_str(network, node, text, sizeof text), 0);
    assert_string_equal(text, "FC47:7D0:B75:F354:3094::1");
    assert_int_equal(zts_addr_compute_rfc4193_str(network, node, text, sizeof text), 0);
    assert_string_equal(text, "FDFF:7D0:BB8:0:99:9375:F354:3094");
    assert_int_equal(zts_addr_compute_6plane(network, node, &addr), 0);
    assert_int_equal(((uint8_t *)&addr)[8], 0xfc);
    assert_int_equal(addr.ss_family, ZTS_AF_INET6);

    assert_int_equal(zts_addr_compute_6plane(0, node, &addr), ZTS_ERR_ARG);
    assert_int_equal(zts_addr_compute_rfc4193(network, 0, &addr), ZTS_ERR_ARG);
    assert_int_equal(zts_addr_compute_rfc4193(network, node, NULL), ZTS_ERR_ARG);
    assert_int_equal(zts_addr_compute_6plane_str(network, node, text, 45), ZTS_ERR_ARG);
    assert_int_equal(zts_addr_compute_rfc4193_str(network, node, NULL, 46), ZTS_ERR_ARG);
}

static void addresses_are_read_as_people_write_them(void **unused)
{
    static const struct {
        const char *text;
        int family;
    } cases[] = {
        { "10.0.0.1", ZTS_AF_INET },
        { "1.2", ZTS_AF_INET },
        { "0x7f.1", ZTS_AF_INET },
        { "::", ZTS_AF_INET6 },
        { "::1", ZTS_AF_INET6 },
        { "fc00:0:ff49::1", ZTS_AF_INET6 },
        { "", -1 },
        { "junk", -1 },
        { "1.2.3.4.5", -1 },
        { "256.1.1.1", -1 },
        { "4294967295", ZTS_AF_INET },
        { "4294967296", -1 }, /* numbers don't wrap */
        { "1.2.3.4294967297", -1 },
        { "1.16777216", -1 },
        { "1.2.65536", -1 },
        { "0377.0", ZTS_AF_INET },
        { "08.1", -1 },
        { "0x", -1 },
        { "0x.1", -1 },
        { "1..2", -1 },
        { "1.2.", -1 },
        { "1.2.3.4 ", -1 },
        { "10.0.0.1/24", -1 },
        { "::1/64", -1 },
        { "1::2::3", -1 },
        { "fc00:0:ff49::1 ", -1 },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t ip[16];
        int family = cases[i].family;
        assert_int_equal(zts_util_get_ip_family(cases[i].text), family);
        if (family > 0)
            assert_int_equal(zts_inet_pton(family, cases[i].text, ip), 1);
        else
            assert_int_equal(zts_inet_pton(ZTS_AF_INET, cases[i].text, ip), 0);
    }
    assert_int_equal(zts_util_get_ip_family(NULL), ZTS_ERR_ARG);
    assert_int_equal(zts_inet_pton(7, "10.0.0.1", (char[16]){ 0 }), -1);
}

static void text_and_socket_address_are_inverse(void **unused)
{
    static const char *const texts[] = { "10.1.2.3", "::1", "FC00:0:FF49:A9AD:7998::1" };
    static const zts_socklen_t lengths[] = { 16, 28, 28 };

    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        struct zts_sockaddr_storage addr;
        zts_socklen_t length = 0;
        unsigned short port = 0;
        char text[ZTS_IP_MAX_STR_LEN];
        struct zts_sockaddr *at = (struct zts_sockaddr *)&addr;
        assert_int_equal(zts_util_ipstr_to_saddr(texts[i], 4321, at, &length), 0);
        assert_int_equal(length, lengths[i]);
        assert_int_equal(zts_util_ntop(at, length, text, sizeof text, &port), 0);
        assert_string_equal(text, texts[i]);
        assert_int_equal(port, 4321);
        assert_int_equal(zts_util_ntop(at, 15, text, sizeof text, &port), ZTS_ERR_ARG);
        assert_int_equal(zts_util_ntop(at, 29, text, sizeof text, &port), ZTS_ERR_ARG);
        assert_int_equal(zts_util_ntop(at, length, text, 45, &port), ZTS_ERR_ARG);
    }
}

static void a_text_buffer_too_small_is_refused(void **unused)
{
    const uint8_t ip[4] = { 10, 0, 0, 1 };
    char text[16];

    (void)unused;
    assert_null(zts_inet_ntop(ZTS_AF_INET, ip, text, 8));
    assert_ptr_equal(zts_inet_ntop(ZTS_AF_INET, ip, text, 9), text);
    assert_string_equal(text, "10.0.0.1");
    assert_null(zts_inet_ntop(3, ip, text, 16));
}

static void an_ip_address_fits_its_public_layout(void **unused)
{
    struct {
        zts_ip_addr addr;
        uint8_t guard[8];
    } place = { .guard = { 1, 2, 3, 4, 5, 6, 7, 8 } };

    (void)unused;
    assert_int_equal(zts_ipaddr_aton("fd00::1", &place.addr), 1);
    assert_int_equal(place.addr.type, ZTS_IPADDR_TYPE_V6);
    assert_string_equal(zts_ipaddr_ntoa(&place.addr), "FD00::1");
    assert_int_equal(zts_ipaddr_aton("10.0.0.1", &place.addr), 1);
    assert_string_equal(zts_ipaddr_ntoa(&place.addr), "10.0.0.1");
    assert_int_equal(zts_ipaddr_aton("junk", &place.addr), 0);
    for (uint8_t i = 0; i < 8; i++)
        assert_int_equal(place.guard[i], i + 1);
}

static void a_new_identity_is_valid_and_an_altered_one_is_not(void **unused)
{
    static const unsigned wrong[] = { 0, 1, 270, 383, 385, 1024, (unsigned)-1, (unsigned)-1024 };
    char key[ZTS_ID_STR_BUF_LEN];
    unsigned length = sizeof key;

    (void)unused;
    assert_int_equal(zts_id_new(key, &length), 0);
    assert_int_equal(length, 270);
    assert_int_equal(key[270], 0);
    assert_int_equal(zts_id_pair_is_valid(key, sizeof key), 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(zts_id_pair_is_valid(key, wrong[i]), 0);
    assert_int_equal(zts_id_pair_is_valid(NULL, sizeof key), 0);
    assert_int_equal(zts_init_from_memory(key, 384), 0);
    assert_int_equal(zts_init_from_memory(key, 270), 0);

    static const unsigned places[] = { 3, 10, 12, 20, 140, 141, 150, 260 };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char kept = key[places[i]];
        key[places[i]] = kept == '1' ? '2' : '1';
        assert_int_equal(zts_id_pair_is_valid(key, sizeof key), 0);
        key[places[i]] = kept;
    }
    key[269] = 0;
    assert_int_equal(zts_id_pair_is_valid(key, sizeof key), 0);

    length = 383;
    assert_int_equal(zts_id_new(key, &length), ZTS_ERR_ARG);
    assert_int_equal(zts_id_new(NULL, &length), ZTS_ERR_ARG);
    assert_int_equal(zts_id_new(key, NULL), ZTS_ERR_ARG);
}

static void a_root_set_needs_sound_roots(void **unused)
{
    static zts_root_set_t spec;
    static char roots[ZTS_STORE_DATA_LEN], previous[128], current[128], key[ZTS_ID_STR_BUF_LEN];
    unsigned roots_length = 0, previous_length = 0, current_length = 0, length = sizeof key;

    (void)unused;
    assert_int_equal(zts_id_new(key, &length), 0);
    key[141] = 0;
    assert_int_equal(zts_util_sign_root_set(roots, &roots_length, previous, &previous_length,
                                            current, &current_length, 1, 1, &spec),
                     ZTS_ERR_ARG);
    spec.public_id_str[0] = key;
    spec.endpoint_ip_str[0][0] = (char[]){ "10.0.0.1/9993" };
    spec.endpoint_ip_str[0][1] = (char[]){ "fd00::1/9993" };
    assert_int_equal(zts_util_sign_root_set(roots, &roots_length, previous, &previous_length,
                                            current, &current_length, 149604618, 1567191349589,
                                            &spec),
                     0);
    assert_int_equal(previous_length, 128);
    assert_int_equal(current_length, 128);
    assert_in_range(roots_length, 200, 400);
    assert_memory_equal(previous, current, 128);
    assert_int_equal(zts_util_sign_root_set(roots, &roots_length, NULL, &previous_length, current,
                                            &current_length, 1, 1, &spec),
                     ZTS_ERR_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_adhoc_id_names_its_ports),
        cmocka_unit_test(automatic_addresses_follow_from_the_ids),
        cmocka_unit_test(addresses_are_read_as_people_write_them),
        cmocka_unit_test(text_and_socket_address_are_inverse),
        cmocka_unit_test(a_text_buffer_too_small_is_refused),
        cmocka_unit_test(an_ip_address_fits_its_public_layout),
        cmocka_unit_test(a_new_identity_is_valid_and_an_altered_one_is_not),
        cmocka_unit_test(a_root_set_needs_sound_roots),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
