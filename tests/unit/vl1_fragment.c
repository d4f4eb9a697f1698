/* SPDX-License-Identifier: Apache-2.0 */
/* Fragments: even pieces that fit, and reassembly in any order within its bounds. */
#include "vl1/fragment.h"

#include "base/mem.h"
#include "vl1/packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define MTU ZT_DEFAULT_UDP_PAYLOAD

static struct zt_reassembly reassembly;
static uint8_t packet[ZT_MAX_PACKET];

/* What the last datagram led to. */
static uint8_t *joined;
static size_t joined_length;
static struct zt_link joined_link;

static int set_up(void **unused)
{
    (void)unused;
    zt_reassembly_init(&reassembly);
    joined = NULL;
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    zt_reassembly_clear(&reassembly);
    return zt_mem_live() == 0 ? 0 : -1;
}

static void make_packet(uint64_t id, size_t length)
{
    for (size_t i = 0; i < length; i++)
        packet[i] = (uint8_t)(i * 31 + i / 256 + id);
    zt_packet_header(packet, id, 0xd100709176, 0xd5c7701e66, ZT_VERB_FRAME);
    packet[ZT_AT_FLAGS] |= ZT_FLAG_FRAGMENTED;
}

static enum zt_drop add_by(uint32_t socket, int64_t now_ms, const uint8_t *datagram, size_t length)
{
    struct zt_link link = { .socket = socket };

    return zt_reassembly_add(&reassembly, now_ms, &link, datagram, length, &joined, &joined_length,
                             &joined_link);
}

static enum zt_drop add(int64_t now_ms, const uint8_t *datagram, size_t length)
{
    return add_by(0, now_ms, datagram, length);
}

/* Cuts packet and adds its piece number i. */
static enum zt_drop add_piece(int64_t now_ms, size_t length, size_t i)
{
    struct zt_split split = zt_split_of(packet, length, MTU);
    uint8_t datagram[MTU];

    return add(now_ms, datagram, zt_split_piece(&split, i, datagram));
}

static bool is_whole(size_t length)
{
    return joined != NULL && joined_length == length && memcmp(joined, packet, length) == 0;
}

/* A fragment by hand: header and so many bytes of data. */
static size_t make_fragment(uint8_t *out, uint64_t id, unsigned total, unsigned number,
                            size_t data_length)
{
    memset(out, 0x77, ZT_FRAGMENT_HEADER_SIZE + data_length);
    zt_store_u64(out, id);
    out[ZT_FRAGMENT_AT_MARK] = ZT_FRAGMENT_MARK;
    out[ZT_FRAGMENT_AT_NUMBER] = (uint8_t)(total << 4 | number);
    out[ZT_FRAGMENT_AT_HOPS] = 0;
    return ZT_FRAGMENT_HEADER_SIZE + data_length;
}

static void pieces_are_as_few_as_possible_and_even(void **unused)
{
    static const struct {
        size_t length, mtu, count;
    } cases[] = {
        { 28, 1432, 1 },    { 1432, 1432, 1 }, { 1433, 1432, 2 }, { 2848, 1432, 2 },
        { 2849, 1432, 3 },  { 9928, 1432, 7 }, { 9929, 1432, 0 }, { 10024, 1432, 0 },
        { 10024, 1464, 7 }, { 1401, 1400, 2 }, { 2784, 1400, 2 }, { 2785, 1400, 3 },
        { 9001, 9000, 2 },  { 65, 64, 2 },     { 352, 64, 7 },    { 353, 64, 0 },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_split split = zt_split_of(packet, cases[i].length, cases[i].mtu);

        assert_int_equal(split.count, cases[i].count);
        assert_int_equal(zt_split_is_needed(cases[i].length, cases[i].mtu), cases[i].count != 1);
    }
}

static void all_datagrams_but_the_last_have_one_size_and_fit(void **unused)
{
    (void)unused;
    for (size_t length = MTU + 1; length <= ZT_MAX_DELIVERABLE; length += 7) {
        struct zt_split split = zt_split_of(packet, length, MTU);
        size_t data = 0;

        for (size_t i = 0; i < split.count; i++) {
            uint8_t datagram[MTU];
            size_t size = zt_split_piece(&split, i, datagram);

            assert_true(size <= split.head);
            assert_true(i == split.count - 1 || size == split.head);
            assert_true(size + split.count > split.head);
            data += i == 0 ? size : size - ZT_FRAGMENT_HEADER_SIZE;
        }
        assert_int_equal(data, length);
    }
}

static void a_fragment_header_says_what_the_head_says(void **unused)
{
    uint8_t datagram[MTU];

    (void)unused;
    make_packet(0x0102030405060708, 3000);

    struct zt_split split = zt_split_of(packet, 3000, MTU);

    zt_split_piece(&split, 0, datagram);
    assert_memory_equal(datagram, packet, split.head);
    zt_split_piece(&split, 2, datagram);
    assert_memory_equal(datagram, packet, 13);
    assert_int_equal(datagram[13], 0xff);
    assert_int_equal(datagram[14], 0x32);
    assert_int_equal(datagram[15], 0);
}

static void pieces_join_in_any_order(void **unused)
{
    static const size_t orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 0, 3, 2 },
                                        { 2, 3, 0, 1 }, { 3, 0, 1, 2 }, { 0, 2, 1, 3 } };
    size_t length = 5000;

    (void)unused;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        make_packet(i, length);
        for (size_t j = 0; j < 4; j++) {
            assert_null(joined);
            assert_int_equal(add_piece(0, length, orders[i][j]), ZT_DROP_NONE);
        }
        assert_true(is_whole(length));
        joined = NULL;
    }
    assert_true(reassembly.lost == 0);
}

static void two_and_seven_pieces_are_the_bounds(void **unused)
{
    static const size_t lengths[] = { MTU + 1, ZT_MAX_DELIVERABLE };
    static const size_t counts[] = { 2, ZT_MAX_FRAGMENTS };

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        make_packet(i, lengths[i]);
        for (size_t j = 0; j < counts[i]; j++)
            assert_int_equal(add_piece(0, lengths[i], j), ZT_DROP_NONE);
        assert_true(is_whole(lengths[i]));
    }
}

static void uneven_pieces_of_others_join_too(void **unused)
{
    uint8_t datagram[MTU];
    size_t length = make_fragment(datagram, 7, 3, 2, 1);

    (void)unused;
    make_packet(7, 60);
    memset(packet + 60, 0x77, 501);
    assert_int_equal(add(0, datagram, length), ZT_DROP_NONE);
    length = make_fragment(datagram, 7, 3, 1, 500);
    assert_int_equal(add(0, datagram, length), ZT_DROP_NONE);
    assert_int_equal(add(0, packet, 60), ZT_DROP_NONE);
    assert_true(is_whole(561));
}

static void interleaved_packets_stay_apart(void **unused)
{
    uint8_t first[3000];

    (void)unused;
    make_packet(1, sizeof first);
    memcpy(first, packet, sizeof first);
    add_piece(0, 3000, 0);
    make_packet(2, 3000);
    add_piece(0, 3000, 0);
    add_piece(0, 3000, 2);
    assert_null(joined);
    memcpy(packet, first, sizeof first);
    add_piece(0, 3000, 1);
    assert_null(joined);
    add_piece(0, 3000, 2);
    assert_true(is_whole(3000));
    make_packet(2, 3000);
    add_piece(0, 3000, 1);
    assert_true(is_whole(3000));
}

static void the_link_is_the_one_the_head_came_by(void **unused)
{
    uint8_t datagram[MTU];

    (void)unused;
    make_packet(3, 3000);
    for (size_t i = 3; i-- > 0;) {
        struct zt_split split = zt_split_of(packet, 3000, MTU);

        add_by((uint32_t)(10 + i), 0, datagram, zt_split_piece(&split, i, datagram));
    }
    assert_true(is_whole(3000));
    assert_int_equal(joined_link.socket, 10);
}

static void duplicates_are_dropped_and_change_nothing(void **unused)
{
    (void)unused;
    make_packet(4, 3000);
    assert_int_equal(add_piece(0, 3000, 0), ZT_DROP_NONE);
    assert_int_equal(add_piece(0, 3000, 0), ZT_DROP_DUPLICATE_FRAGMENT);
    assert_int_equal(add_piece(0, 3000, 1), ZT_DROP_NONE);
    assert_int_equal(add_piece(0, 3000, 1), ZT_DROP_DUPLICATE_FRAGMENT);
    assert_null(joined);
    assert_int_equal(add_piece(0, 3000, 2), ZT_DROP_NONE);
    assert_true(is_whole(3000));
}

static void fragment_numbers_out_of_range_are_dropped(void **unused)
{
    uint8_t datagram[MTU];

    (void)unused;
    for (unsigned total = 0; total < 16; total++) {
        for (unsigned number = 0; number < 16; number++) {
            size_t length = make_fragment(datagram, 100 + total * 16 + number, total, number, 9);
            bool good = total >= 2 && total <= 7 && number >= 1 && number < total;

            assert_int_equal(add(0, datagram, length), good ? ZT_DROP_NONE : ZT_DROP_BAD_FRAGMENT);
        }
    }
}

static void a_fragment_of_another_total_is_dropped(void **unused)
{
    uint8_t datagram[MTU];

    (void)unused;
    make_packet(5, 3000);
    add_piece(0, 3000, 1);

    size_t length = make_fragment(datagram, 5, 2, 1, 9);

    assert_int_equal(add(0, datagram, length), ZT_DROP_BAD_FRAGMENT);
    length = make_fragment(datagram, 5, 4, 3, 9);
    assert_int_equal(add(0, datagram, length), ZT_DROP_BAD_FRAGMENT);
    add_piece(0, 3000, 0);
    add_piece(0, 3000, 2);
    assert_true(is_whole(3000));
}

static void short_datagrams_are_dropped(void **unused)
{
    uint8_t datagram[64];

    (void)unused;
    make_packet(6, 64);
    for (size_t length = 0; length < ZT_HEADER_SIZE; length++)
        assert_int_equal(add(0, packet, length), ZT_DROP_SHORT_DATAGRAM);
    assert_int_equal(add(0, packet, ZT_HEADER_SIZE), ZT_DROP_NONE);
    make_fragment(datagram, 8, 2, 1, 1);
    for (size_t length = 0; length <= ZT_FRAGMENT_HEADER_SIZE; length++)
        assert_int_equal(add(0, datagram, length), ZT_DROP_SHORT_DATAGRAM);
    assert_int_equal(add(0, datagram, ZT_FRAGMENT_HEADER_SIZE + 1), ZT_DROP_NONE);
}

static void what_exceeds_the_largest_packet_is_dropped(void **unused)
{
    static uint8_t datagram[ZT_MAX_PACKET + 100];
    size_t length = make_fragment(datagram, 9, 3, 1, ZT_MAX_PACKET + 1);

    (void)unused;
    assert_int_equal(add(0, datagram, length), ZT_DROP_TOO_LARGE);
    length = make_fragment(datagram, 9, 3, 1, ZT_MAX_PACKET - 40);
    assert_int_equal(add(0, datagram, length), ZT_DROP_NONE);
    length = make_fragment(datagram, 9, 3, 2, 13);
    make_packet(9, 28);
    assert_int_equal(add(0, packet, 28), ZT_DROP_NONE);
    assert_int_equal(add(0, datagram, length), ZT_DROP_TOO_LARGE);
    assert_null(joined);
    length = make_fragment(datagram, 9, 3, 2, 12);
    assert_int_equal(add(0, datagram, length), ZT_DROP_NONE);
    assert_int_equal(joined_length, ZT_MAX_PACKET);
}

static void the_oldest_gives_way(void **unused)
{
    (void)unused;
    for (uint64_t id = 1; id <= ZT_MAX_REASSEMBLY + 1; id++) {
        make_packet(id, 2000);
        assert_int_equal(add_piece(0, 2000, 0), ZT_DROP_NONE);
    }
    assert_true(reassembly.lost == 1);
    make_packet(2, 2000);
    add_piece(0, 2000, 1);
    assert_true(is_whole(2000));
    make_packet(1, 2000);
    add_piece(0, 2000, 1);
    assert_null(joined);
}

/* Age decides, not the place: the first slot is taken anew and so the youngest. */
static void the_oldest_is_found_wherever_it_stands(void **unused)
{
    (void)unused;
    for (uint64_t id = 1; id <= ZT_MAX_REASSEMBLY; id++) {
        make_packet(id, 2000);
        add_piece(0, 2000, 0);
    }
    make_packet(1, 2000);
    add_piece(0, 2000, 1);
    assert_true(is_whole(2000));
    for (uint64_t id = 101; id <= 102; id++) {
        make_packet(id, 2000);
        add_piece(0, 2000, 0);
    }
    assert_true(reassembly.lost == 1);
    make_packet(101, 2000);
    add_piece(0, 2000, 1);
    assert_true(is_whole(2000));
    make_packet(2, 2000);
    add_piece(0, 2000, 1);
    assert_null(joined);
}

static void what_stays_incomplete_is_given_up(void **unused)
{
    (void)unused;
    make_packet(1, 2000);
    add_piece(1000, 2000, 0);
    zt_reassembly_tick(&reassembly, 1000 + ZT_REASSEMBLY_LIFE_MS - 1);
    assert_true(reassembly.lost == 0);
    zt_reassembly_tick(&reassembly, 1000 + ZT_REASSEMBLY_LIFE_MS);
    assert_true(reassembly.lost == 1);
    add_piece(7000, 2000, 1);
    assert_null(joined);
}

static void buffers_come_with_use_and_go_without(void **unused)
{
    (void)unused;
    assert_int_equal(zt_mem_live(), 0);
    for (uint64_t id = 0; id < 1000; id++) {
        make_packet(id, 2000);
        add_piece(50, 2000, 0);
        add_piece(50, 2000, 1);
        assert_true(is_whole(2000));
    }
    assert_int_equal(zt_mem_live(), 2); /* the slots and one buffer */
    make_packet(1, 2000);
    add_piece(60, 2000, 1);
    add_piece(60, 2000, 0);
    assert_true(is_whole(2000));
    assert_int_equal(zt_mem_live(), 3);
    zt_reassembly_tick(&reassembly, 30059);
    assert_int_equal(zt_mem_live(), 3);
    zt_reassembly_tick(&reassembly, 30060);
    assert_int_equal(zt_mem_live(), 0);
}

static void without_memory_a_packet_is_lost_and_the_next_is_not(void **unused)
{
    (void)unused;
    make_packet(1, 2000);
    zt_mem_fail_nth(1);
    assert_int_equal(add_piece(0, 2000, 1), ZT_DROP_NO_MEMORY);
    assert_int_equal(add_piece(0, 2000, 1), ZT_DROP_NONE);
    zt_mem_fail_nth(1);
    assert_int_equal(add_piece(0, 2000, 0), ZT_DROP_NO_MEMORY);
    assert_null(joined);
    assert_int_equal(add_piece(0, 2000, 1), ZT_DROP_NONE);
    assert_int_equal(add_piece(0, 2000, 0), ZT_DROP_NONE);
    assert_true(is_whole(2000));
    zt_mem_fail_nth(0);
}

#define reassembly_test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

static void a_flood_from_one_source_evicts_only_itself(void **unused)
{
    struct zt_link flood = { .remote = { .ip = { 203, 0, 113, 1 } } };
    uint8_t bogus[40] = { 0 };

    (void)unused;
    make_packet(1, 2000);
    add_piece(0, 2000, 0);
    for (uint64_t id = 100; id < 100 + 3 * ZT_MAX_REASSEMBLY; id++) {
        size_t length = make_fragment(bogus, id, 7, 3, 5);

        assert_int_equal(zt_reassembly_add(&reassembly, 0, &flood, bogus, length, &joined,
                                           &joined_length, &joined_link),
                         ZT_DROP_NONE);
    }
    assert_true(reassembly.lost > ZT_MAX_REASSEMBLY);
    make_packet(1, 2000);
    add_piece(0, 2000, 1);
    assert_true(is_whole(2000));
}

static void an_overdue_packet_gives_way_before_any_other(void **unused)
{
    (void)unused;
    for (uint64_t id = 1; id <= ZT_MAX_REASSEMBLY; id++) {
        make_packet(id, 2000);
        add_piece(id == 40 ? 0 : ZT_REASSEMBLY_LIFE_MS, 2000, 0);
    }
    make_packet(1000, 2000);
    add_piece(ZT_REASSEMBLY_LIFE_MS, 2000, 0);
    make_packet(1, 2000);
    add_piece(ZT_REASSEMBLY_LIFE_MS, 2000, 1);
    assert_true(is_whole(2000));
}

static void what_is_overdue_takes_no_more_pieces(void **unused)
{
    (void)unused;
    make_packet(1, 2000);
    assert_int_equal(add_piece(0, 2000, 0), ZT_DROP_NONE);
    assert_int_equal(add_piece(ZT_REASSEMBLY_LIFE_MS, 2000, 1), ZT_DROP_NONE);
    assert_null(joined);
    /* that piece began anew */
    assert_int_equal(add_piece(2 * ZT_REASSEMBLY_LIFE_MS - 1, 2000, 0), ZT_DROP_NONE);
    assert_true(is_whole(2000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_as_few_as_possible_and_even),
        cmocka_unit_test(all_datagrams_but_the_last_have_one_size_and_fit),
        cmocka_unit_test(a_fragment_header_says_what_the_head_says),
        reassembly_test(pieces_join_in_any_order),
        reassembly_test(two_and_seven_pieces_are_the_bounds),
        reassembly_test(uneven_pieces_of_others_join_too),
        reassembly_test(interleaved_packets_stay_apart),
        reassembly_test(the_link_is_the_one_the_head_came_by),
        reassembly_test(duplicates_are_dropped_and_change_nothing),
        reassembly_test(fragment_numbers_out_of_range_are_dropped),
        reassembly_test(a_fragment_of_another_total_is_dropped),
        reassembly_test(short_datagrams_are_dropped),
        reassembly_test(what_exceeds_the_largest_packet_is_dropped),
        reassembly_test(the_oldest_gives_way),
        reassembly_test(the_oldest_is_found_wherever_it_stands),
        reassembly_test(what_stays_incomplete_is_given_up),
        reassembly_test(buffers_come_with_use_and_go_without),
        reassembly_test(without_memory_a_packet_is_lost_and_the_next_is_not),
        cmocka_unit_test_setup_teardown(a_flood_from_one_source_evicts_only_itself, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_overdue_packet_gives_way_before_any_other, set_up,
                                        tear_down),
        reassembly_test(what_is_overdue_takes_no_more_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
