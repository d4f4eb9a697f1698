/* SPDX-License-Identifier: Apache-2.0 */
/* The gates: suites, trusted paths, verbs known and unknown, ECHO, messages, sizes. */
#include "vl1_lab.h"

static void inject(struct lab *lab, unsigned verb, size_t length)
{
    struct zt_writer out = lab_payload();
    struct zt_link link = lab_link(1);

    for (size_t i = 0; i < length; i++)
        zt_write_u8(&out, 0);
    lab_inject(lab, 1, 0, &link, (enum zt_verb)verb, 0, &out);
}

static void each_verb_goes_where_it_belongs(void **unused)
{
    static const struct {
        unsigned verb;
        size_t length;
        enum zt_drop reason;
        unsigned upper;
    } cases[] = {
        { ZT_VERB_NOP, 0, ZT_DROP_NONE, 0 },
        { ZT_VERB_FRAME, 0, ZT_DROP_NONE, 1 },
        { ZT_VERB_MULTICAST_FRAME, 9, ZT_DROP_NONE, 1 },
        { ZT_VERB_ERROR, 9, ZT_DROP_TRUNCATED, 0 },
        { ZT_VERB_ERROR, 10, ZT_DROP_NONE, 1 },
        { ZT_VERB_OK, 8, ZT_DROP_TRUNCATED, 0 },
        { ZT_VERB_OK, 9, ZT_DROP_UNEXPECTED_REPLY, 0 },
        { ZT_VERB_ACK, 4, ZT_DROP_NONE, 0 },
        { ZT_VERB_REMOTE_TRACE, 4, ZT_DROP_NONE, 0 },
        { ZT_VERB_QOS_MEASUREMENT, 10, ZT_DROP_FOREIGN, 0 },
        { ZT_VERB_PATH_NEGOTIATION_REQUEST, 2, ZT_DROP_FOREIGN, 0 },
        { 0x0f, 0, ZT_DROP_UNKNOWN_VERB, 0 },
        { 0x1f, 0, ZT_DROP_UNKNOWN_VERB, 0 },
        { ZT_VERB_USER_MESSAGE, 7, ZT_DROP_TRUNCATED, 0 },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lab *lab = lab_with_root(2);
        uint64_t before = lab_drops(lab, 0, cases[i].reason);

        inject(lab, cases[i].verb, cases[i].length);
        assert_int_equal(lab_drops(lab, 0, cases[i].reason), before + 1);
        assert_int_equal(lab->nodes[0].upper_packets, cases[i].upper);
        lab_free(lab);
    }
}

static void an_unknown_verb_is_a_sign_of_life_and_a_refused_packet_is_not(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_peer *peer = lab_peer(lab, 0, 1);

    (void)unused;
    lab_advance(lab, 100);
    lab->nodes[0].upper_answer = ZT_DROP_NOT_MEMBER;
    inject(lab, ZT_VERB_FRAME, 10);
    assert_true(peer->heard_ms < lab->now.mono_ms);
    inject(lab, 0x1f, 10);
    assert_int_equal(peer->heard_ms, lab->now.mono_ms);
    lab_free(lab);
}

static void a_message_is_delivered(void **unused)
{
    struct lab *lab = lab_with_root(2);

    (void)unused;
    inject(lab, ZT_VERB_USER_MESSAGE, 8);
    lab_carry_out(lab);
    assert_int_equal(lab->nodes[0].messages, 1);
    lab_free(lab);
}

static void an_echo_is_answered_six_times_a_second(void **unused)
{
    struct lab *lab = lab_with_root(2);

    (void)unused;
    inject(lab, ZT_VERB_ECHO, 5);
    inject(lab, ZT_VERB_ECHO, 5);
    lab_advance(lab, ZT_ECHO_GATE_MS - 1);
    inject(lab, ZT_VERB_ECHO, 5);
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_RATE_LIMITED), 2);
    lab_advance(lab, 1);
    inject(lab, ZT_VERB_ECHO, 5);
    assert_int_equal(lab->nodes[0].sends.count, 2);
    lab_carry_out(lab);
    assert_int_equal(lab->last[0].length, ZT_HEADER_SIZE + ZT_REPLY_HEADER + 5);
    lab_free(lab);
}

static void suites_beyond_the_known_ones_are_refused(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_link link = lab_link(1);

    (void)unused;
    for (unsigned cipher = 4; cipher < 8; cipher++) {
        uint8_t packet[40];

        zt_packet_header(packet, 1, lab_address(lab, 0), lab_address(lab, 1), ZT_VERB_NOP);
        packet[ZT_AT_FLAGS] = (uint8_t)(cipher << ZT_CIPHER_SHIFT);
        zt_vl1_datagram(lab->nodes[0].vl1, lab->now, &link, packet, sizeof packet);
    }
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_BAD_CIPHER), 4);
    lab_free(lab);
}

static struct zt_physical trusted_network(uint64_t id)
{
    struct zt_physical entry = { .trusted_path_id = id };

    assert_true(zt_endpoint_parse(&entry.network, "10.0.0.0/16", 0));
    return entry;
}

static void a_trusted_path_carries_packets_in_clear_if_both_ends_say_so(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_physical mine = trusted_network(5);
    struct zt_physical other = trusted_network(6);

    (void)unused;
    zt_vl1_set_physical(lab->nodes[1].vl1, &mine, 1);
    lab_send(lab, 1, 0, ZT_VERB_FRAME, 10);
    lab_run(lab, 50);
    assert_int_equal(zt_packet_cipher(lab->last[1].bytes), ZT_CIPHER_TRUSTED);
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_UNTRUSTED_PATH), 1);
    zt_vl1_set_physical(lab->nodes[0].vl1, &other, 1);
    lab_send(lab, 1, 0, ZT_VERB_FRAME, 10);
    lab_run(lab, 50);
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_UNTRUSTED_PATH), 2);
    zt_vl1_set_physical(lab->nodes[0].vl1, &mine, 1);
    lab_send(lab, 1, 0, ZT_VERB_FRAME, 10);
    lab_run(lab, 50);
    assert_int_equal(lab->nodes[0].upper_packets, 1);
    lab_free(lab);
}

static void a_relayed_packet_is_never_sent_in_clear(void **unused)
{
    struct lab *lab = lab_with_root(3);
    struct zt_physical mine = trusted_network(5);

    (void)unused;
    lab->cut[1][2] = lab->cut[2][1] = true;
    lab_send(lab, 1, 2, ZT_VERB_FRAME, 10);
    lab_run(lab, 1000);
    zt_vl1_set_physical(lab->nodes[1].vl1, &mine, 1);
    lab_send(lab, 1, 2, ZT_VERB_FRAME, 10);
    lab_carry_out(lab);
    assert_int_not_equal(zt_packet_cipher(lab->last[1].bytes), ZT_CIPHER_TRUSTED);
    lab_free(lab);
}

static void a_network_may_have_its_own_datagram_size(void **unused)
{
    static const struct {
        uint16_t mtu;
        size_t largest, datagrams;
    } cases[] = { { 0, 1432, 3 }, { 1400, 1400, 3 }, { 1, 1400, 3 }, { 8000, 3028, 1 } };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lab *lab = lab_with_root(2);
        struct zt_physical entry = trusted_network(0);
        struct zt_effect effect;

        entry.mtu = cases[i].mtu;
        zt_vl1_set_physical(lab->nodes[1].vl1, &entry, 1);
        lab_send(lab, 1, 0, ZT_VERB_FRAME, 3000);
        assert_int_equal(lab->nodes[1].sends.count, cases[i].datagrams);
        while (zt_outbox_next(&lab->nodes[1].sends, &effect))
            assert_true(effect.length <= cases[i].largest);
        lab_free(lab);
    }
}

static void a_full_ring_refuses_whole_packets(void **unused)
{
    struct lab *lab = lab_with_root(2);
    enum zt_drop result;

    (void)unused;
    lab->nodes[1].sends.limit = 8192;
    size_t sent = 0;
    while ((result = lab_send(lab, 1, 0, ZT_VERB_FRAME, 2800)) == ZT_DROP_NONE)
        sent++;
    assert_int_equal(result, ZT_DROP_NO_ROOM);
    assert_int_equal(lab->nodes[1].sends.count, 2 * sent);
    assert_int_equal(lab->nodes[1].sends.dropped, 0);
    lab_free(lab);
}

static void on_one_machine_loopback_paths_are_admitted_on_demand(void **unused)
{
    struct zt_endpoint endpoint;

    (void)unused;
    assert_true(zt_endpoint_parse(&endpoint, "127.0.0.1/9993", 0));
    for (int allow = 0; allow < 2; allow++) {
        struct lab *lab = lab_with_root(2);

        lab->nodes[0].vl1->options.allow_loopback = allow;
        assert_int_equal(zt_path_allowed(lab->nodes[0].vl1, lab_peer(lab, 0, 1), &endpoint), allow);
        lab_free(lab);
    }
}

static void a_hint_is_tried_for_a_peer_without_a_path(void **unused)
{
    struct lab *lab = lab_with_root(3);

    (void)unused;
    lab->cut[0][1] = lab->cut[1][0] = true;
    lab_send(lab, 1, 2, ZT_VERB_FRAME, 1); /* never known by the root's help */
    lab_run(lab, 10);
    assert_null(lab_peer(lab, 1, 2));
    assert_non_null(zt_topology_add(lab->nodes[1].vl1, &lab->nodes[2].self, NULL));
    for (size_t i = 0; i < ZT_MAX_HINTS; i++)
        assert_true(zt_vl1_add_hint(lab->nodes[1].vl1, lab_address(lab, 2), &lab->nodes[2].at));
    assert_false(zt_vl1_add_hint(lab->nodes[1].vl1, lab_address(lab, 2), &lab->nodes[2].at));
    lab_run(lab, 2000);
    assert_non_null(lab_path(lab, 1, 2));
    lab_free(lab);
}

static void a_packet_for_a_network_we_left_is_a_sign_of_life(void **unused)
{
    static const struct {
        enum zt_drop answer;
        bool counts;
    } cases[] = { { ZT_DROP_NOT_JOINED, true },
                  { ZT_DROP_FILTERED, true },
                  { ZT_DROP_NOT_MEMBER, false },
                  { ZT_DROP_MALFORMED, false } };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lab *lab = lab_with_root(2);
        struct zt_writer out = lab_payload();
        struct zt_link link = lab_link(1);

        lab_advance(lab, 100);
        lab->nodes[0].upper_answer = cases[i].answer;
        zt_write_u64(&out, 1);
        lab_inject(lab, 1, 0, &link, ZT_VERB_FRAME, 0, &out);
        assert_int_equal(lab_peer(lab, 0, 1)->heard_ms == lab->now.mono_ms, cases[i].counts);
        lab_free(lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_verb_goes_where_it_belongs),
        cmocka_unit_test(an_unknown_verb_is_a_sign_of_life_and_a_refused_packet_is_not),
        cmocka_unit_test(a_message_is_delivered),
        cmocka_unit_test(an_echo_is_answered_six_times_a_second),
        cmocka_unit_test(suites_beyond_the_known_ones_are_refused),
        cmocka_unit_test(a_trusted_path_carries_packets_in_clear_if_both_ends_say_so),
        cmocka_unit_test(a_relayed_packet_is_never_sent_in_clear),
        cmocka_unit_test(a_network_may_have_its_own_datagram_size),
        cmocka_unit_test(a_full_ring_refuses_whole_packets),
        cmocka_unit_test(on_one_machine_loopback_paths_are_admitted_on_demand),
        cmocka_unit_test(a_hint_is_tried_for_a_peer_without_a_path),
        cmocka_unit_test(a_packet_for_a_network_we_left_is_a_sign_of_life),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
