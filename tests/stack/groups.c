/* SPDX-License-Identifier: Apache-2.0 */
/* Memberships outlive what networks there are: a network that comes, or an address that comes back, is told of
   those who wait for it; one that goes is forgotten. */
#include "stack/groups.h"
#include "stack/stack.h"
#include "stack/tcpsock.h"

#include "lwip/errno.h"
#include "lwip/netif.h"
#include "os/corelock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NET_A UINT64_C(0xaaaaaaaaaa000001)
#define NET_B UINT64_C(0xbbbbbbbbbb000001)
enum { ONE = 1, OTHER = 2 }; /* descriptors */

/* 239.1.2.3 and ff05::1234, and how often a network was told to listen to them */
static const uint8_t mac4[6] = { 0x01, 0x00, 0x5e, 0x01, 0x02, 0x03 };
static const uint8_t mac6[6] = { 0x33, 0x33, 0x00, 0x00, 0x12, 0x34 };
static int heard[2][2];

static bool take_frame(void *context, uint64_t nwid, const uint8_t *frame, size_t length)
{
    (void)context;
    (void)nwid;
    (void)frame;
    (void)length;
    return true;
}

static void note(void *context, uint64_t nwid, const uint8_t mac[6], bool on)
{
    (void)context;
    if (memcmp(mac, mac4, 6) == 0)
        heard[nwid == NET_B][0] += on ? 1 : -1;
    if (memcmp(mac, mac6, 6) == 0)
        heard[nwid == NET_B][1] += on ? 1 : -1;
}

static void expect(int a4, int a6, int b4, int b6)
{
    assert_int_equal(heard[0][0], a4);
    assert_int_equal(heard[0][1], a6);
    assert_int_equal(heard[1][0], b4);
    assert_int_equal(heard[1][1], b6);
}

static void set_network(uint64_t nwid, const char *const *addresses)
{
    struct zt_endpoint assigned[4];
    struct zt_stack_network network = { .nwid = nwid, .mtu = 2800, .addresses = assigned };

    for (; addresses[network.address_count] != NULL; network.address_count++)
        assert_true(zt_endpoint_parse(&assigned[network.address_count],
                                      addresses[network.address_count], 0));
    memcpy(network.mac, nwid == NET_A ? "\x02\x0a\0\0\0\x10" : "\x02\x0a\0\0\0\x11", 6);
    assert_true(zt_stack_set_network(&network));
}

static const char *const none[] = { NULL };
static const char *const one[] = { "10.1.0.1/24", NULL };
static const char *const two[] = { "10.1.0.1/24", "10.1.1.1/24", "fd00:1::1/64", NULL };

static void remove_network(uint64_t nwid)
{
    zt_stack_remove_network(nwid);
    memset(heard[nwid == NET_B], 0, sizeof heard[0]);
}

static struct zt_membership member4(int fd, uint32_t network)
{
    struct zt_membership wanted = { .fd = fd, .network = network };

    ip_addr_set_ip4_u32(&wanted.group, PP_HTONL(LWIP_MAKEU32(239, 1, 2, 3)));
    return wanted;
}

static struct zt_membership member6(int fd, uint32_t network)
{
    struct zt_membership wanted = { .fd = fd, .network = network };

    IP_ADDR6(&wanted.group, PP_HTONL(0xff050000), 0, 0, PP_HTONL(0x1234));
    return wanted;
}

static int join(struct zt_membership wanted)
{
    return zt_groups_join(&wanted);
}

static int leave(struct zt_membership wanted)
{
    return zt_groups_leave(&wanted);
}

static uint32_t address(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return lwip_htonl(LWIP_MAKEU32(a, b, c, d));
}

static void who_names_no_network_is_in_all_that_come(void **unused)
{
    (void)unused;
    assert_int_equal(join(member4(ONE, 0)), 0);
    assert_int_equal(join(member6(ONE, 0)), 0);
    set_network(NET_A, none);
    expect(1, 1, 0, 0);
    set_network(NET_A, two); /* a second interface of the same network */
    expect(1, 1, 0, 0);
    set_network(NET_B, one);
    expect(1, 1, 1, 1);
    assert_int_equal(join(member4(OTHER, 0)), 0);
    assert_int_equal(leave(member4(ONE, 0)), 0);
    assert_int_equal(leave(member6(ONE, 0)), 0);
    expect(1, 0, 1, 0);
    zt_groups_closed(OTHER);
    expect(0, 0, 0, 0);
}

static void a_network_that_comes_back_is_told_again(void **unused)
{
    (void)unused;
    set_network(NET_A, two);
    assert_int_equal(join(member4(ONE, 0)), 0);
    assert_int_equal(join(member6(ONE, 0)), 0);
    for (int i = 0; i < 3; i++) {
        expect(1, 1, 0, 0);
        remove_network(NET_A);
        set_network(NET_A, two);
    }
    zt_groups_closed(ONE);
    expect(0, 0, 0, 0);
    zt_groups_closed(ONE);
}

static void a_named_address_must_be_there_and_may_come_back(void **unused)
{
    (void)unused;
    assert_int_equal(join(member4(ONE, address(10, 1, 1, 1))), ENODEV);
    set_network(NET_A, one);
    set_network(NET_B, none);
    assert_int_equal(join(member4(ONE, address(10, 1, 1, 1))), ENODEV);
    set_network(NET_A, two);
    expect(0, 0, 0, 0);
    assert_int_equal(join(member4(ONE, address(10, 1, 1, 1))), 0);
    expect(1, 0, 0, 0);
    for (int i = 0; i < 3; i++) {
        set_network(NET_A, one);
        expect(0, 0, 0, 0);
        set_network(NET_A, two);
        expect(1, 0, 0, 0);
    }
    assert_int_equal(leave(member4(ONE, address(10, 1, 1, 1))), 0);
    expect(0, 0, 0, 0);
}

static void a_number_is_of_one_network_only(void **unused)
{
    (void)unused;
    assert_int_equal(join(member6(ONE, 300)), EADDRNOTAVAIL);
    set_network(NET_A, two);
    uint32_t number = zt_stack_default_interface();
    assert_int_equal(join(member6(ONE, number)), 0);
    expect(0, 1, 0, 0);
    remove_network(NET_A);
    /* the numbers turn round, until another network takes it */
    for (int i = 0; zt_stack_default_interface() != number; i++) {
        assert_true(i < 256);
        remove_network(NET_B);
        set_network(NET_B, none);
    }
    expect(0, 0, 0, 0);
    assert_int_equal(leave(member6(ONE, number)), 0);
    assert_int_equal(leave(member6(ONE, number)), EADDRNOTAVAIL);
}

static void who_never_joined_can_not_leave(void **unused)
{
    struct zt_membership everybody = { .fd = ONE }, nobody = { .fd = ONE };

    (void)unused;
    set_network(NET_A, two);
    ip_addr_set_ip4_u32(&everybody.group, address(224, 0, 0, 1));
    ip_addr_set_ip4_u32(&nobody.group, address(10, 1, 0, 1));
    assert_int_equal(join(member4(ONE, 0)), 0);
    assert_int_equal(join(member4(ONE, address(10, 1, 0, 1))), EADDRINUSE);
    assert_int_equal(leave(member4(OTHER, 0)), EADDRNOTAVAIL);
    assert_int_equal(join(nobody), EINVAL);
    assert_int_equal(join(everybody), 0);
    assert_int_equal(join(everybody), EADDRINUSE);
    assert_int_equal(leave(everybody), 0);
    expect(1, 0, 0, 0);
    zt_groups_closed(OTHER);
    expect(1, 0, 0, 0);
    zt_groups_closed(ONE);
    expect(0, 0, 0, 0);
}

static int begin(void **unused)
{
    const struct zt_stack_host host = { .frame = take_frame, .subscribe = note };

    (void)unused;
    return zt_stack_start(&host);
}

static int end(void **unused)
{
    (void)unused;
    zt_stack_stop();
    return 0;
}

static int begin_test(void **unused)
{
    (void)unused;
    zt_core_lock();
    return 0;
}

static int end_test(void **unused)
{
    (void)unused;
    zt_groups_closed(ONE);
    zt_groups_closed(OTHER);
    remove_network(NET_A);
    remove_network(NET_B);
    zt_core_unlock();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_names_no_network_is_in_all_that_come, begin_test,
                                        end_test),
        cmocka_unit_test_setup_teardown(a_network_that_comes_back_is_told_again, begin_test,
                                        end_test),
        cmocka_unit_test_setup_teardown(a_named_address_must_be_there_and_may_come_back, begin_test,
                                        end_test),
        cmocka_unit_test_setup_teardown(a_number_is_of_one_network_only, begin_test, end_test),
        cmocka_unit_test_setup_teardown(who_never_joined_can_not_leave, begin_test, end_test),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
