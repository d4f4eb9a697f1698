/* SPDX-License-Identifier: Apache-2.0 */
/* Frames that end before the first header of what they carry: dropped and counted. Under the address sanitizer
   any look past their end is found. */
#include "stack/stack.h"

#include "os/corelock.h"

#include "lwip/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { NETWORK = 1, ETHERNET = 14 };

static bool ignore_frame(void *unused, uint64_t nwid, const uint8_t *frame, size_t length)
{
    (void)unused, (void)nwid, (void)frame, (void)length;
    return true;
}

static int begin(void **unused)
{
    const struct zt_stack_host host = { .frame = ignore_frame };
    struct zt_endpoint assigned[2];
    struct zt_stack_network network = {
        .nwid = NETWORK, .mtu = 2800, .addresses = assigned, .address_count = 2
    };
    int started = zt_stack_start(&host);

    (void)unused;
    assert_true(zt_endpoint_parse(&assigned[0], "10.1.0.1/24", 0));
    assert_true(zt_endpoint_parse(&assigned[1], "fd01::1/64", 0));
    memcpy(network.mac, "\x02\x0a\0\0\0\x10", 6);
    zt_core_lock();
    assert_true(zt_stack_set_network(&network));
    zt_core_unlock();
    return started;
}

static int end(void **unused)
{
    (void)unused;
    zt_stack_stop();
    return 0;
}

/* How many of the frames with 0 to most - 1 bytes of payload, all of this value, are refused for their length. */
static unsigned refused(uint16_t type, uint8_t value, size_t most)
{
    uint8_t frame[ETHERNET + 64] = { 0x02, 0x0a, 0, 0, 0, 0x10, 0x02, 0x0a, 0, 0, 0, 0x11 };
    unsigned before = lwip_stats.link.lenerr;

    frame[12] = (uint8_t)(type >> 8);
    frame[13] = (uint8_t)type;
    memset(frame + ETHERNET, value, sizeof frame - ETHERNET);
    zt_core_lock();
    for (size_t length = 0; length < most; length++)
        zt_stack_input(NETWORK, frame, ETHERNET + length);
    zt_stack_input_done();
    zt_core_unlock();
    return lwip_stats.link.lenerr - before;
}

static void a_packet_without_its_whole_first_header_is_refused(void **unused)
{
    (void)unused;
    for (unsigned value = 0; value < 256; value++) {
        assert_int_equal(refused(0x0806, (uint8_t)value, 64), 28);
        assert_int_equal(refused(0x0800, (uint8_t)value, 64), 20);
        assert_int_equal(refused(0x86dd, (uint8_t)value, 64), 40);
    }
}

static void a_frame_without_its_whole_header_is_refused(void **unused)
{
    const uint8_t frame[ETHERNET] = { 0 };
    unsigned before = lwip_stats.link.lenerr;

    (void)unused;
    zt_core_lock();
    for (size_t length = 0; length < ETHERNET; length++)
        zt_stack_input(NETWORK, frame, length);
    zt_stack_input_done();
    zt_core_unlock();
    assert_int_equal(lwip_stats.link.lenerr - before, ETHERNET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_without_its_whole_first_header_is_refused),
        cmocka_unit_test(a_frame_without_its_whole_header_is_refused),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
