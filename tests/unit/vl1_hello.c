/* SPDX-License-Identifier: Apache-2.0 */
/* HELLO and its OK: strangers, proofs, collisions, worlds, and every way to be refused. */
#include "vl1_lab.h"

/* A HELLO of node `from` to node `to`, as it would have it; returns the length. */
static size_t make_hello(struct lab *lab, size_t from, size_t to, uint8_t protocol,
                         uint8_t packet[ZT_MAX_PACKET], size_t cut)
{
    struct zt_session_key key;
    struct zt_writer out = zt_writer_of(packet + ZT_HEADER_SIZE, 1000);

    zt_packet_header(packet, zt_rng_u64(&lab->nodes[from].rng), lab_address(lab, to),
                     lab_address(lab, from), ZT_VERB_HELLO);
    zt_write_u8(&out, protocol);
    zt_write_u8(&out, 1);
    zt_write_u8(&out, 14);
    zt_write_u16(&out, 1);
    zt_write_u64(&out, 42);
    zt_identity_write(&lab->nodes[from].self, &out);
    zt_endpoint_write(&lab->nodes[to].at, &out);
    zt_write_u64(&out, 4711);
    zt_write_u64(&out, 1000);
    size_t tail = ZT_HEADER_SIZE + zt_writer_length(&out);
    zt_write_u16(&out, 1);
    zt_write_u8(&out, ZT_WORLD_MOON);
    zt_write_u64(&out, 99);
    zt_write_u64(&out, 0);
    size_t length = ZT_HEADER_SIZE + zt_writer_length(&out) - cut;
    assert_true(zt_identity_agree(&key, &lab->nodes[from].self, &lab->nodes[to].self));
    if (tail < length)
        zt_packet_mask_tail(packet, length, tail, &key);
    zt_packet_arm(packet, length, ZT_CIPHER_MAC_ONLY, &key, NULL);
    return length;
}

static void give(struct lab *lab, size_t to, size_t from, uint8_t *packet, size_t length)
{
    struct zt_link link = lab_link(from);

    zt_vl1_datagram(lab->nodes[to].vl1, lab->now, &link, packet, length);
}

static void a_stranger_is_known_once_its_identity_is_proved(void **unused)
{
    struct lab *lab = lab_new(2);
    uint8_t packet[ZT_MAX_PACKET];

    (void)unused;
    lab->hold_proofs = true;
    give(lab, 0, 1, packet, make_hello(lab, 1, 0, 12, packet, 0));
    lab_carry_out(lab);
    assert_null(lab_peer(lab, 0, 1));
    zt_vl1_proved(lab->nodes[0].vl1, lab->now, 2, true); /* no such ticket */
    assert_null(lab_peer(lab, 0, 1));
    zt_vl1_proved(lab->nodes[0].vl1, lab->now, 1, true);
    assert_non_null(lab_peer(lab, 0, 1));
    lab_carry_out(lab);
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_NONE), 1);
    lab_free(lab);
}

static void a_false_identity_leaves_no_trace(void **unused)
{
    struct lab *lab = lab_new(2);
    uint8_t packet[ZT_MAX_PACKET];

    (void)unused;
    lab->refuse_proofs = true;
    give(lab, 0, 1, packet, make_hello(lab, 1, 0, 12, packet, 0));
    lab_carry_out(lab);
    assert_null(lab_peer(lab, 0, 1));
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_BAD_PROOF), 1);
    assert_int_equal(lab->queued, 0);
    lab_free(lab);
}

static void strangers_of_one_network_pass_the_gate_every_two_seconds(void **unused)
{
    struct lab *lab = lab_new(3);
    uint8_t packet[ZT_MAX_PACKET];

    (void)unused;
    give(lab, 0, 1, packet, make_hello(lab, 1, 0, 12, packet, 0));
    lab_advance(lab, ZT_IDENTITY_GATE_MS - 1);
    give(lab, 0, 1, packet, make_hello(lab, 2, 0, 12, packet, 0));
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_RATE_LIMITED), 1);
    lab_advance(lab, 1);
    give(lab, 0, 1, packet, make_hello(lab, 2, 0, 12, packet, 0));
    lab_carry_out(lab);
    assert_int_equal(lab->nodes[0].proofs, 2);
    lab_free(lab);
}

static void a_second_hello_does_not_ask_for_a_second_proof(void **unused)
{
    struct lab *lab = lab_new(2);
    uint8_t packet[ZT_MAX_PACKET];

    (void)unused;
    lab->hold_proofs = true;
    give(lab, 0, 1, packet, make_hello(lab, 1, 0, 12, packet, 0));
    lab_advance(lab, ZT_IDENTITY_GATE_MS);
    give(lab, 0, 1, packet, make_hello(lab, 1, 0, 12, packet, 0));
    lab_carry_out(lab);
    assert_int_equal(lab->nodes[0].proofs, 1);
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_PROOF_PENDING), 1);
    lab_free(lab);
}

static void a_proof_that_is_never_answered_is_given_up(void **unused)
{
    struct lab *lab = lab_new(2);
    uint8_t packet[ZT_MAX_PACKET];

    (void)unused;
    lab->hold_proofs = true;
    give(lab, 0, 1, packet, make_hello(lab, 1, 0, 12, packet, 0));
    lab_run(lab, 120000);
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_EXPIRED), 1);
    assert_int_equal(lab->nodes[0].vl1->proofs.count, 0);
    lab_free(lab);
}

/* The parts a HELLO may end after: identity, endpoint, planet, moons. */
static void a_hello_may_end_after_any_part_but_not_within_one(void **unused)
{
    struct lab *whole = lab_with_root(2);
    uint8_t packet[ZT_MAX_PACKET];
    size_t full = make_hello(whole, 1, 0, 12, packet, 0);

    (void)unused;
    for (size_t cut = 0; cut <= full - ZT_HEADER_SIZE; cut++) {
        uint64_t before = lab_drops(whole, 0, ZT_DROP_NONE);
        size_t length = make_hello(whole, 1, 0, 12, packet, cut);
        size_t end = length - ZT_HEADER_SIZE;
        bool is_whole = cut == 0 || end == 84 || end == 91 || end == 107;

        give(whole, 0, 1, packet, length);
        assert_int_equal(lab_drops(whole, 0, ZT_DROP_NONE) - before, is_whole);
    }
    assert_int_equal(lab_drops(whole, 0, ZT_DROP_TRUNCATED), full - ZT_HEADER_SIZE + 1 - 4);
    lab_free(whole);
}

static void an_old_protocol_is_refused(void **unused)
{
    struct lab *lab = lab_with_root(2);
    uint8_t packet[ZT_MAX_PACKET];

    (void)unused;
    give(lab, 0, 1, packet, make_hello(lab, 1, 0, 3, packet, 0));
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_OLD_PROTOCOL), 1);
    give(lab, 0, 1, packet, make_hello(lab, 1, 0, 4, packet, 0));
    assert_int_equal(lab_peer(lab, 0, 1)->protocol, 4);
    lab_free(lab);
}

static void a_forged_hello_of_a_known_peer_is_refused(void **unused)
{
    struct lab *lab = lab_with_root(2);
    uint8_t packet[ZT_MAX_PACKET];

    (void)unused;
    for (size_t i = 0; i < 140; i++) {
        uint64_t before = lab_drops(lab, 0, ZT_DROP_NONE);
        size_t length = make_hello(lab, 1, 0, 12, packet, 0);

        packet[i] ^= 0x10;
        give(lab, 0, 1, packet, length);
        assert_int_equal(lab_drops(lab, 0, ZT_DROP_NONE), before);
    }
    assert_true(lab_drops(lab, 0, ZT_DROP_BAD_MAC) > 50);
    lab_free(lab);
}

static void a_colliding_key_is_told_so_and_the_known_one_stays(void **unused)
{
    struct lab *lab = lab_with_root(3);
    struct zt_identity known = lab_peer(lab, 0, 1)->identity;
    uint8_t packet[ZT_MAX_PACKET];
    struct zt_link link = { LAB_SOCKET, lab_endpoint(4) };

    (void)unused;
    lab->nodes[2].self.address = known.address; /* the claim */
    size_t length = make_hello(lab, 2, 0, 12, packet, 0);
    zt_vl1_datagram(lab->nodes[0].vl1, lab->now, &link, packet, length);
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_COLLISION), 1);
    assert_true(zt_identity_equal(&lab_peer(lab, 0, 1)->identity, &known));
    lab_carry_out(lab);

    struct lab_datagram *answer = &lab->last[0];
    struct zt_session_key key;
    assert_true(zt_identity_agree(&key, &lab->nodes[2].self, &lab->nodes[0].self));
    assert_int_equal(zt_packet_cipher(answer->bytes), ZT_CIPHER_SALSA);
    assert_true(zt_packet_open(answer->bytes, answer->length, &key, NULL));
    assert_int_equal(answer->bytes[ZT_AT_VERB], ZT_VERB_ERROR);
    assert_int_equal(answer->bytes[ZT_AT_PAYLOAD + ZT_REPLY_HEADER], ZT_ERROR_IDENTITY_COLLISION);
    lab_free(lab);
}

static void only_a_root_answering_our_hello_can_say_we_collide(void **unused)
{
    struct lab *lab = lab_with_root(3);
    struct lab_node *leaf = &lab->nodes[1];

    (void)unused;
    lab_send(lab, 1, 2, ZT_VERB_FRAME, 10);
    lab_run(lab, 500);
    for (int is_expected = 0; is_expected < 2; is_expected++) {
        for (size_t from = 0; from < 3; from += 2) {
            struct zt_writer out = lab_payload();
            struct zt_link link = lab_link(from);

            if (is_expected)
                zt_expected_add(&leaf->vl1->expected, 12345678901234, &lab->nodes[0].at,
                                lab->now.mono_ms);
            zt_write_u8(&out, ZT_VERB_HELLO);
            zt_write_u64(&out, 12345678901234);
            zt_write_u8(&out, ZT_ERROR_IDENTITY_COLLISION);
            lab_inject(lab, from, 1, &link, ZT_VERB_ERROR, 0, &out);
        }
    }
    lab_carry_out(lab);
    assert_int_equal(leaf->events[ZT_EVENT_COLLISION], 1);
    assert_int_equal(lab_drops(lab, 1, ZT_DROP_NOT_UPSTREAM), 2);
    assert_int_equal(lab_drops(lab, 1, ZT_DROP_UNEXPECTED_REPLY), 1);
    lab_free(lab);
}

static void an_answer_nobody_asked_for_counts_for_nothing(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_writer out = lab_payload();
    struct zt_link link = lab_link(3);

    (void)unused;
    zt_write_u8(&out, ZT_VERB_ECHO);
    zt_write_u64(&out, 1);
    lab_inject(lab, 0, 1, &link, ZT_VERB_OK, 0, &out);
    assert_int_equal(lab_drops(lab, 1, ZT_DROP_UNEXPECTED_REPLY), 1);
    assert_null(zt_peer_path(lab_peer(lab, 1, 0), &link));
    lab_free(lab);
}

/* An answer to what was sent elsewhere may be a replay: its sender is greeted, and that answer counts. */
static void a_path_is_adopted_only_by_a_direct_answer_from_where_was_asked(void **unused)
{
    static const struct {
        enum zt_verb verb;
        unsigned hops;
        bool asked_there, adopted, greeted;
    } cases[] = {
        { ZT_VERB_NOP, 0, true, false, true },
        { ZT_VERB_OK, 1, true, false, false },
        { ZT_VERB_OK, 0, true, true, false },
        { ZT_VERB_OK, 0, false, false, true },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lab *lab = lab_with_root(2);
        struct zt_writer out = lab_payload();
        struct zt_link link = lab_link(3);
        const struct zt_endpoint *asked = cases[i].asked_there ? &link.remote : &lab->nodes[1].at;
        struct zt_peer *peer = lab_peer(lab, 0, 1);

        zt_expected_add(&lab->nodes[0].vl1->expected, 77, asked, lab->now.mono_ms);
        zt_write_u8(&out, ZT_VERB_ECHO);
        zt_write_u64(&out, 77);
        lab_inject(lab, 1, 0, &link, cases[i].verb, cases[i].hops, &out);
        assert_int_equal(zt_peer_path(peer, &link) != NULL, cases[i].adopted);
        assert_int_equal(zt_peer_tried_ms(peer, &link) != ZT_NEVER_MS, cases[i].greeted);
        lab_free(lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stranger_is_known_once_its_identity_is_proved),
        cmocka_unit_test(a_false_identity_leaves_no_trace),
        cmocka_unit_test(strangers_of_one_network_pass_the_gate_every_two_seconds),
        cmocka_unit_test(a_second_hello_does_not_ask_for_a_second_proof),
        cmocka_unit_test(a_proof_that_is_never_answered_is_given_up),
        cmocka_unit_test(a_hello_may_end_after_any_part_but_not_within_one),
        cmocka_unit_test(an_old_protocol_is_refused),
        cmocka_unit_test(a_forged_hello_of_a_known_peer_is_refused),
        cmocka_unit_test(a_colliding_key_is_told_so_and_the_known_one_stays),
        cmocka_unit_test(only_a_root_answering_our_hello_can_say_we_collide),
        cmocka_unit_test(an_answer_nobody_asked_for_counts_for_nothing),
        cmocka_unit_test(a_path_is_adopted_only_by_a_direct_answer_from_where_was_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
