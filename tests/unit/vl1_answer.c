/* SPDX-License-Identifier: Apache-2.0 */
/* What the OK to a HELLO tells: where it was seen to come from, and which worlds its sender lacks; and what
   is learned from neither when they were relayed. docs/wire.md 4.3. */
#include "vl1_lab.h"

#define PLANET 4711
#define PLANET_MS 1000
#define MOON 99
#define MOON_MS 500

/* What a HELLO says of its sender; a moon id of 0: it lists none. */
struct greeting {
    uint8_t protocol;
    uint64_t planet, planet_ms;
    uint64_t moon, moon_ms;
};

struct told {
    struct zt_endpoint seen;
    size_t world_count;
    struct zt_world worlds[4];
};

static size_t make_hello(struct lab *lab, const struct greeting *greeting,
                         const struct zt_session_key *key, uint8_t packet[ZT_MAX_PACKET])
{
    struct zt_writer out = zt_writer_of(packet + ZT_HEADER_SIZE, 1000);

    zt_packet_header(packet, zt_rng_u64(&lab->nodes[1].rng), lab_address(lab, 0),
                     lab_address(lab, 1), ZT_VERB_HELLO);
    zt_write_u8(&out, greeting->protocol);
    zt_write_u8(&out, 1);
    zt_write_u8(&out, 14);
    zt_write_u16(&out, 1);
    zt_write_u64(&out, 42);
    zt_identity_write(&lab->nodes[1].self, &out);
    zt_endpoint_write(&lab->nodes[0].at, &out);
    zt_write_u64(&out, greeting->planet);
    zt_write_u64(&out, greeting->planet_ms);
    size_t tail = ZT_HEADER_SIZE + zt_writer_length(&out);
    zt_write_u16(&out, greeting->moon != 0);
    if (greeting->moon != 0) {
        zt_write_u8(&out, ZT_WORLD_MOON);
        zt_write_u64(&out, greeting->moon);
        zt_write_u64(&out, greeting->moon_ms);
    }
    size_t length = ZT_HEADER_SIZE + zt_writer_length(&out);
    zt_packet_mask_tail(packet, length, tail, key);
    zt_packet_arm(packet, length, ZT_CIPHER_MAC_ONLY, key, NULL);
    return length;
}

static struct told read_ok(struct lab_datagram *ok, const struct zt_session_key *key)
{
    struct told told = { .world_count = 0 };
    struct zt_gmac_siv *siv = zt_gmac_siv_new(key);

    assert_non_null(siv);
    assert_true(zt_packet_open(ok->bytes, ok->length, key, siv));
    zt_gmac_siv_free(siv);
    assert_int_equal(ok->bytes[ZT_AT_VERB], ZT_VERB_OK);
    struct zt_reader in =
        zt_reader_of(ok->bytes + ZT_AT_PAYLOAD, ok->length - (size_t)ZT_AT_PAYLOAD);
    assert_int_equal(zt_read_u8(&in), ZT_VERB_HELLO);
    (void)zt_read_u64(&in);
    assert_int_equal(zt_read_u64(&in), 42);
    (void)zt_read_take(&in, 5);
    zt_endpoint_read(&told.seen, &in);
    size_t length = zt_read_u16(&in);
    assert_int_equal(length, zt_reader_left(&in));
    while (zt_reader_left(&in) > 0) {
        assert_true(told.world_count < 4);
        assert_true(zt_world_read(&told.worlds[told.world_count++], &in));
    }
    return told;
}

/* Node 1 greets node 0, which then tells this. */
static struct told greet(struct lab *lab, struct greeting greeting)
{
    uint8_t packet[ZT_MAX_PACKET];
    struct zt_link link = lab_link(1);
    struct zt_session_key key;

    assert_true(zt_identity_agree(&key, &lab->nodes[1].self, &lab->nodes[0].self));
    size_t length = make_hello(lab, &greeting, &key, packet);
    zt_vl1_datagram(lab->nodes[0].vl1, lab->now, &link, packet, length);
    lab_carry_out(lab);
    return read_ok(&lab->last[0], &key);
}

/* Node 0 knows node 1, and holds a planet and a moon. */
static struct lab *lab_with_worlds(void)
{
    struct lab *lab = lab_with_root(2);
    struct zt_world moon = lab_world(lab, ZT_WORLD_MOON, MOON, MOON_MS, 0, 1);

    assert_int_equal(lab_offer(lab, 0, &moon), ZT_DROP_NONE);
    lab_run(lab, 2000);
    return lab;
}

static void the_port_is_kept_from_protocols_below_5(void **unused)
{
    struct lab *lab = lab_with_worlds();

    (void)unused;
    for (uint8_t protocol = 4; protocol <= 11; protocol++) {
        struct told told = greet(lab, (struct greeting){ protocol, PLANET, PLANET_MS, 0, 0 });

        assert_true(zt_endpoint_same_ip(&told.seen, &lab->nodes[1].at));
        assert_int_equal(told.seen.port, protocol < 5 ? 0 : LAB_PORT);
    }
    lab_free(lab);
}

static void worlds_are_told_to_who_says_it_has_older_ones(void **unused)
{
    static const struct {
        struct greeting greeting;
        uint64_t told; /* 0: none */
    } cases[] = {
        { { 11, PLANET, PLANET_MS, 0, 0 }, 0 },
        { { 11, PLANET, PLANET_MS + 1, 0, 0 }, 0 },
        { { 11, PLANET, PLANET_MS - 1, 0, 0 }, PLANET },
        { { 11, PLANET + 1, PLANET_MS - 1, 0, 0 }, 0 },
        { { 11, 0, 0, 0, 0 }, 0 },
        { { 11, PLANET, PLANET_MS, MOON, MOON_MS }, 0 },
        { { 11, PLANET, PLANET_MS, MOON, MOON_MS + 1 }, 0 },
        { { 11, PLANET, PLANET_MS, MOON, MOON_MS - 1 }, MOON },
        { { 11, PLANET, PLANET_MS, MOON, 0 }, MOON },
        { { 11, PLANET, PLANET_MS, MOON + 1, 0 }, 0 },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lab *lab = lab_with_worlds();
        struct told told = greet(lab, cases[i].greeting);

        assert_int_equal(told.world_count, cases[i].told != 0);
        if (cases[i].told != 0)
            assert_int_equal(told.worlds[0].id, cases[i].told);
        lab_free(lab);
    }
}

static void worlds_are_told_to_one_peer_once_a_second(void **unused)
{
    struct greeting lacking = { 11, PLANET, 0, MOON, 0 };
    struct lab *lab = lab_with_worlds();

    (void)unused;
    assert_int_equal(greet(lab, lacking).world_count, 2);
    lab_advance(lab, 999);
    assert_int_equal(greet(lab, lacking).world_count, 0);
    lab_advance(lab, 1);
    assert_int_equal(greet(lab, lacking).world_count, 2);
    lab_free(lab);
}

/* By way of a relay, whose endpoint stands in it. */
static void a_relayed_hello_reports_no_surface(void **unused)
{
    struct greeting greeting = { 11, PLANET, PLANET_MS, 0, 0 };
    struct zt_link link = lab_link(3);
    uint8_t packet[ZT_MAX_PACKET];
    struct zt_session_key key;

    (void)unused;
    for (uint8_t hops = 0; hops < 2; hops++) {
        struct lab *lab = lab_with_worlds();
        size_t before = lab->nodes[0].vl1->surfaces.count;

        assert_true(zt_identity_agree(&key, &lab->nodes[1].self, &lab->nodes[0].self));
        size_t length = make_hello(lab, &greeting, &key, packet);
        packet[ZT_AT_FLAGS] |= hops;
        zt_vl1_datagram(lab->nodes[0].vl1, lab->now, &link, packet, length);
        assert_int_equal(lab->nodes[0].vl1->surfaces.count - before, hops == 0);
        lab_free(lab);
    }
}

/* Node 1 asks node 0, whose answer comes after 500 ms with so many hops; the latency measured then. */
static int32_t measure(struct lab *lab, unsigned hops)
{
    struct zt_vl1 *vl1 = lab->nodes[1].vl1;
    struct zt_link link = lab_link(0);
    struct zt_writer out = lab_payload();

    lab->cut[1][0] = true;
    zt_vl1_enter(vl1, lab->now);
    zt_hello_send(vl1, lab_peer(lab, 1, 0), &link);
    lab_carry_out(lab);
    zt_write_u8(&out, ZT_VERB_HELLO);
    zt_write_u64(&out, zt_packet_id(lab->last[1].bytes));
    zt_write_u64(&out, (uint64_t)lab->now.wall_ms);
    zt_write_u8(&out, 12);
    zt_write_u32(&out, 0x010e0001);
    lab_advance(lab, 500);
    lab_inject(lab, 0, 1, &link, ZT_VERB_OK, hops, &out);
    return lab_path(lab, 1, 0)->latency_ms;
}

static void a_relayed_answer_measures_nothing(void **unused)
{
    (void)unused;
    for (unsigned hops = 0; hops < 2; hops++) {
        struct lab *lab = lab_with_worlds();
        int32_t before = lab_path(lab, 1, 0)->latency_ms;

        assert_true(before >= 0 && before < 100);
        assert_int_equal(measure(lab, hops), hops == 0 ? (before + 500) / 2 : before);
        lab_free(lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_port_is_kept_from_protocols_below_5),
        cmocka_unit_test(worlds_are_told_to_who_says_it_has_older_ones),
        cmocka_unit_test(worlds_are_told_to_one_peer_once_a_second),
        cmocka_unit_test(a_relayed_hello_reports_no_surface),
        cmocka_unit_test(a_relayed_answer_measures_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
