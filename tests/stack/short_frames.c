/* SPDX-License-Identifier: Apache-2.0 */
/* Frames that end before the headers of what they carry do: dropped and counted. Under the address sanitizer
   any look past their end is found. */
#include "alone.h"

#include "lwip/stats.h"

enum { ETHERNET = 14 };

static int begin(void **unused)
{
    static const char *const own[] = { "10.1.0.1/24", "fd01::1/64" };
    int started = begin_alone(unused);

    zt_core_lock();
    hold(own, 2);
    zt_core_unlock();
    return started;
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

/* An IPv6 packet to us with these extension headers, the first of this type. */
static void receive_headers(uint8_t type, const void *headers, size_t length)
{
    uint8_t frame[ETHERNET + 40 + 64] = { 0x02, 0x0a, 0, 0,    0,    0x10, 0x02, 0x0a,
                                          0,    0,    0, 0x11, 0x86, 0xdd, 0x60 };

    frame[ETHERNET + 5] = (uint8_t)length;
    frame[ETHERNET + 6] = type;
    frame[ETHERNET + 7] = 64;
    memcpy(frame + ETHERNET + 8, "\xfd\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
    memcpy(frame + ETHERNET + 24, "\xfd\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
    memcpy(frame + ETHERNET + 40, headers, length);
    zt_core_lock();
    zt_stack_input(NETWORK, frame, ETHERNET + 40 + length);
    zt_stack_input_done();
    zt_core_unlock();
}

static bool is_refused(uint8_t type, const void *headers, size_t length)
{
    unsigned before = lwip_stats.ip6.lenerr;

    receive_headers(type, headers, length);
    return lwip_stats.ip6.lenerr == before + 1;
}

static void extension_headers_lie_inside_their_packet(void **unused)
{
    enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, NONE = 59, DESTINATION = 60 };
    static const uint8_t types[] = { HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION };
    uint8_t headers[16] = { NONE, 0, 1, 4 };

    (void)unused;
    for (size_t i = 0; i < sizeof types; i++) {
        headers[0] = NONE;
        for (size_t length = 1; length < 8; length++)
            assert_true(is_refused(types[i], headers, length));
        headers[0] = types[i];      /* another one, of which nothing is there */
        if (types[i] != HOP_BY_HOP) /* which comes first, or is no good anyway */
            assert_true(is_refused(DESTINATION, headers, 8));
        headers[1] = 1; /* longer than the packet */
        assert_true(types[i] == FRAGMENT || is_refused(types[i], headers, 8));
        headers[1] = 0;
    }
    headers[0] = NONE;
    assert_false(is_refused(HOP_BY_HOP, headers, 8));
    assert_false(is_refused(DESTINATION, headers, 8));
}

static void options_lie_inside_their_header(void **unused)
{
    uint8_t headers[8] = { 59, 0, 1, 3, 0, 0, 0, 1 };

    (void)unused;
    assert_true(is_refused(0, headers, sizeof headers)); /* ends behind the option's type */
    assert_true(is_refused(60, headers, sizeof headers));
    headers[3] = 5; /* data one byte too long */
    assert_true(is_refused(0, headers, sizeof headers));
    headers[3] = 3;
    headers[7] = 0; /* one byte of padding */
    assert_false(is_refused(0, headers, sizeof headers));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_without_its_whole_first_header_is_refused),
        cmocka_unit_test(a_frame_without_its_whole_header_is_refused),
        cmocka_unit_test(extension_headers_lie_inside_their_packet),
        cmocka_unit_test(options_lie_inside_their_header),
    };

    return cmocka_run_group_tests(tests, begin, end_alone);
}
