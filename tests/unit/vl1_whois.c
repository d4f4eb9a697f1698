/* SPDX-License-Identifier: Apache-2.0 */
/* WHOIS: who is asked, whose answers are believed, and what waits for them. */
#include "../make_identity.h"
#include "vl1_lab.h"

static void answer_whois(struct lab *lab, size_t from, size_t to, size_t about, bool is_expected)
{
    struct zt_writer out = lab_payload();
    struct zt_link link = lab_link(from);

    if (is_expected)
        zt_expected_add(&lab->nodes[to].vl1->expected, 77, &lab->nodes[0].at, lab->now.mono_ms);
    zt_write_u8(&out, ZT_VERB_WHOIS);
    zt_write_u64(&out, 77);
    zt_identity_write(&lab->nodes[about].self, &out);
    lab_inject(lab, from, to, &link, ZT_VERB_OK, 0, &out);
}

static void an_identity_is_taken_only_if_asked_for_from_a_root(void **unused)
{
    static const struct {
        size_t from;
        bool asked, is_expected, is_known;
    } cases[] = {
        { 0, true, true, true },   /* as it should be */
        { 0, false, true, false }, /* not asked for */
        { 0, true, false, false }, /* not expected */
        { 2, true, true, false },  /* from a leaf */
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lab *lab = lab_with_root(4);
        struct zt_vl1 *vl1 = lab->nodes[1].vl1;

        lab_send(lab, 1, 2, ZT_VERB_FRAME, 1);
        lab_run(lab, 500);
        if (cases[i].asked)
            zt_vl1_whois(vl1, lab_address(lab, 3));
        answer_whois(lab, cases[i].from, 1, 3, cases[i].is_expected);
        assert_int_equal(lab_peer(lab, 1, 3) != NULL, cases[i].is_known);
        lab_free(lab);
    }
}

static void a_question_is_asked_every_500_ms_at_most(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_vl1 *vl1 = lab->nodes[1].vl1;

    (void)unused;
    zt_vl1_enter(vl1, lab->now);
    zt_vl1_whois(vl1, 0x1122334455);
    zt_vl1_whois(vl1, 0x1122334455);
    assert_int_equal(lab->nodes[1].sends.count, 1);
    lab_advance(lab, ZT_WHOIS_RETRY_MS - 1);
    zt_vl1_enter(vl1, lab->now);
    zt_vl1_whois(vl1, 0x1122334455);
    assert_int_equal(lab->nodes[1].sends.count, 1);
    lab_advance(lab, 1);
    zt_vl1_enter(vl1, lab->now);
    zt_vl1_whois(vl1, 0x1122334455);
    assert_int_equal(lab->nodes[1].sends.count, 2);
    zt_vl1_whois(vl1, 0);
    zt_vl1_whois(vl1, 0xff00000001);
    zt_vl1_whois(vl1, lab_address(lab, 0));
    zt_vl1_whois(vl1, lab_address(lab, 1));
    assert_int_equal(lab->nodes[1].sends.count, 2);
    lab_free(lab);
}

static void the_table_of_questions_is_bounded(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_vl1 *vl1 = lab->nodes[1].vl1;

    (void)unused;
    zt_vl1_enter(vl1, lab->now);
    for (zt_address i = 1; i <= 2 * ZT_MAX_WHOIS; i++)
        zt_vl1_whois(vl1, i);
    assert_int_equal(vl1->whois.count, ZT_MAX_WHOIS);
    lab_free(lab);
}

static void a_root_answers_several_addresses_and_asks_for_none_of_a_leaf(void **unused)
{
    struct lab *lab = lab_with_root(3);
    struct zt_writer out = lab_payload();
    struct zt_link link = lab_link(1);

    (void)unused;
    zt_write_u40(&out, lab_address(lab, 2));
    zt_write_u40(&out, 0x1122334455);
    zt_write_u40(&out, lab_address(lab, 0));
    lab_inject(lab, 1, 0, &link, ZT_VERB_WHOIS, 0, &out);
    lab_carry_out(lab);
    assert_int_equal(lab->last[0].length, ZT_HEADER_SIZE + ZT_REPLY_HEADER + 2 * ZT_IDENTITY_SIZE);
    lab_free(lab);
}

static void a_leaf_answers_ten_times_a_second_a_root_always(void **unused)
{
    (void)unused;
    for (size_t to = 0; to < 2; to++) {
        struct lab *lab = lab_with_root(2);

        for (int i = 0; i < 2; i++) {
            struct zt_writer out = lab_payload();
            struct zt_link link = lab_link(1 - to);

            zt_write_u40(&out, lab_address(lab, to));
            lab_inject(lab, 1 - to, to, &link, ZT_VERB_WHOIS, 0, &out);
        }
        assert_int_equal(lab_drops(lab, to, ZT_DROP_RATE_LIMITED), to);
        lab_free(lab);
    }
}

static void truncated_questions_and_answers_are_refused(void **unused)
{
    struct lab *lab = lab_with_root(2);

    (void)unused;
    for (size_t length = 0; length < 5; length++) {
        struct zt_writer out = lab_payload();
        struct zt_link link = lab_link(1);

        for (size_t i = 0; i < length; i++)
            zt_write_u8(&out, 0);
        lab_inject(lab, 1, 0, &link, ZT_VERB_WHOIS, 0, &out);
    }
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_TRUNCATED), 5);
    for (size_t length = 0; length < ZT_REPLY_HEADER + ZT_IDENTITY_SIZE; length++) {
        struct zt_writer out = lab_payload();
        struct zt_link link = lab_link(0);

        zt_expected_add(&lab->nodes[1].vl1->expected, 77, &lab->nodes[0].at, lab->now.mono_ms);
        zt_write_u8(&out, ZT_VERB_WHOIS);
        zt_write_u64(&out, 77);
        zt_identity_write(&lab->nodes[0].self, &out);
        out.at = out.start + length;
        lab_inject(lab, 0, 1, &link, ZT_VERB_OK, 0, &out);
    }
    /* an answer with no identity at all is a strange, but a whole one */
    assert_int_equal(lab_drops(lab, 1, ZT_DROP_TRUNCATED), ZT_REPLY_HEADER + ZT_IDENTITY_SIZE - 1);
    lab_free(lab);
}

static void parked_packets_are_bounded_and_age(void **unused)
{
    struct lab *lab = lab_with_root(2);

    (void)unused;
    for (size_t i = 0; i < ZT_MAX_PARKED + 1; i++)
        assert_int_equal(lab_send(lab, 1, 2, ZT_VERB_FRAME, 100), ZT_DROP_NONE);
    assert_int_equal(lab->nodes[1].vl1->queue.parked_count, ZT_MAX_PARKED);
    assert_true(zt_vl1_deadline_ms(lab->nodes[1].vl1) <= lab->now.mono_ms + ZT_RETRY_MS);
    lab_run(lab, ZT_QUEUE_LIFE_MS + ZT_RETRY_MS + 1);
    assert_int_equal(lab->nodes[1].vl1->queue.parked_count, 0);
    assert_int_equal(lab->nodes[1].vl1->timers.retry_ms, INT64_MAX);
    lab_free(lab);
}

static void packets_of_strangers_wait_for_an_identity_but_not_forever(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct lab *other = lab_new(4); /* node 3 exists only here */
    struct zt_link link = lab_link(3);

    (void)unused;
    for (size_t i = 0; i < ZT_MAX_DEFERRED + 2; i++) {
        struct zt_writer out = lab_payload();
        uint8_t packet[100];
        struct zt_session_key key;

        (void)out;
        assert_true(zt_identity_agree(&key, &other->nodes[3].self, &lab->nodes[1].self));
        zt_packet_header(packet, i, lab_address(lab, 1), lab_address(other, 3), ZT_VERB_NOP);
        zt_packet_arm(packet, sizeof packet, ZT_CIPHER_SALSA, &key, NULL);
        zt_vl1_datagram(lab->nodes[1].vl1, lab->now, &link, packet, sizeof packet);
    }
    assert_int_equal(lab->nodes[1].vl1->queue.deferred_count, ZT_MAX_DEFERRED);
    assert_int_equal(lab_drops(lab, 1, ZT_DROP_NO_ROOM), 2);
    lab_run(lab, ZT_QUEUE_LIFE_MS + ZT_RETRY_MS + 1);
    assert_int_equal(lab->nodes[1].vl1->queue.deferred_count, 0);
    assert_int_equal(lab_drops(lab, 1, ZT_DROP_UNKNOWN_SENDER), ZT_MAX_DEFERRED);
    lab_free(other);
    lab_free(lab);
}

static void a_packet_the_layer_above_defers_is_shown_again_and_decrypted_once(void **unused)
{
    struct lab *lab = lab_with_root(2);

    (void)unused;
    lab->nodes[0].upper_answer = ZT_DROP_DEFERRED;
    lab_send(lab, 1, 0, ZT_VERB_FRAME, 100);
    lab_run(lab, 100);
    assert_int_equal(lab->nodes[0].upper_packets, 1);
    lab_run(lab, 1000);
    assert_int_equal(lab->nodes[0].upper_packets, 3);
    lab->nodes[0].upper_answer = ZT_DROP_NONE;
    lab_run(lab, 1000);
    assert_int_equal(lab->nodes[0].upper_packets, 4);
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_BAD_MAC), 0);

    lab->nodes[0].upper_answer = ZT_DROP_DEFERRED;
    lab_send(lab, 1, 0, ZT_VERB_FRAME, 100);
    lab_run(lab, ZT_QUEUE_LIFE_MS + 2 * ZT_RETRY_MS);
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_EXPIRED), 1);
    lab_free(lab);
}

static void a_strangers_packet_that_is_then_deferred_above_is_decrypted_once(void **unused)
{
    struct lab *lab = lab_with_root(3);

    (void)unused;
    lab->nodes[2].upper_answer = ZT_DROP_DEFERRED;
    lab_send(lab, 1, 2, ZT_VERB_FRAME, 100);
    lab_run(lab, 1200);
    assert_true(lab->nodes[2].upper_packets >= 2);
    lab->nodes[2].upper_answer = ZT_DROP_NONE;
    lab_run(lab, 600);
    assert_int_equal(lab_drops(lab, 2, ZT_DROP_BAD_MAC), 0);
    assert_int_equal(lab->nodes[2].vl1->queue.deferred_count, 0);
    lab_free(lab);
}

static void stranger_says(struct lab *lab, zt_address source, const struct zt_link *link)
{
    uint8_t packet[ZT_HEADER_SIZE];

    zt_packet_header(packet, source, lab_address(lab, 1), source, ZT_VERB_FRAME);
    packet[ZT_AT_FLAGS] = ZT_CIPHER_SALSA << ZT_CIPHER_SHIFT;
    zt_vl1_datagram(lab->nodes[1].vl1, lab->now, link, packet, sizeof packet);
}

static void a_flood_of_made_up_senders_neither_hides_our_questions_nor_is_passed_on(void **unused)
{
    struct lab *lab = lab_with_root(4);
    struct zt_vl1 *vl1 = lab->nodes[1].vl1;
    struct zt_link link = lab_link(3);

    (void)unused;
    zt_vl1_enter(vl1, lab->now);
    zt_vl1_whois(vl1, lab_address(lab, 2));
    size_t before = lab->nodes[1].sends.count;
    for (zt_address i = 1; i <= 10 * ZT_MAX_WHOIS; i++)
        stranger_says(lab, i, &link);
    assert_true(lab->nodes[1].sends.count - before <= 128);
    lab_run(lab, 100);
    assert_non_null(lab_peer(lab, 1, 2));
    lab_free(lab);
}

static size_t count_known(struct zt_vl1 *vl1, zt_address first, size_t count)
{
    size_t known = 0;

    for (size_t i = 0; i < count; i++)
        known += zt_topology_find(vl1, first + i) != NULL;
    return known;
}

/* As after a restart, when all that knew us come back. */
static void senders_that_a_root_knows_are_learned_faster_than_made_up_ones(void **unused)
{
    enum { REAL = 500, FIRST = 0x100000, AT_ONCE = 100 };
    struct lab *lab = lab_with_root(2);
    struct zt_link link = lab_link(3);

    (void)unused;
    for (zt_address i = 0; i < REAL; i++) {
        struct zt_identity identity = make_identity(FIRST + i);

        assert_non_null(zt_topology_add(lab->nodes[0].vl1, &identity, NULL));
    }
    for (zt_address i = 0; i < REAL; i++) {
        stranger_says(lab, FIRST + i, &link);
        if (i % AT_ONCE == AT_ONCE - 1)
            lab_run(lab, 2 * LAB_DELAY_MS + 1);
    }
    assert_int_equal(count_known(lab->nodes[1].vl1, FIRST, REAL), REAL);
    /* What nobody knows does not profit from it. */
    size_t before = lab->nodes[1].sends.count;
    for (zt_address i = 1; i <= 10 * ZT_MAX_WHOIS; i++)
        stranger_says(lab, i, &link);
    assert_true(lab->nodes[1].sends.count - before <= 128);
    lab_free(lab);
}

/* So a flood of known ones costs no more than so many agreements a second. */
static void what_is_learned_by_mention_has_a_rate_too(void **unused)
{
    enum { REAL = 2000, FIRST = 0x100000, AT_ONCE = 100 };
    struct lab *lab = lab_with_root(2);
    struct zt_link link = lab_link(3);
    size_t known;

    (void)unused;
    for (zt_address i = 0; i < REAL; i++) {
        struct zt_identity identity = make_identity(FIRST + i);

        assert_non_null(zt_topology_add(lab->nodes[0].vl1, &identity, NULL));
    }
    for (zt_address i = 0; i < REAL; i++) {
        stranger_says(lab, FIRST + i, &link);
        if (i % AT_ONCE == AT_ONCE - 1)
            lab_run(lab, 2 * LAB_DELAY_MS + 1);
    }
    known = count_known(lab->nodes[1].vl1, FIRST, REAL);
    assert_in_range(known, 1300, 1700);
    lab_free(lab);
}

static void a_question_of_ours_gives_way_to_none_of_others(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_vl1 *vl1 = lab->nodes[1].vl1;
    struct zt_link link = lab_link(3);

    (void)unused;
    zt_vl1_enter(vl1, lab->now);
    for (zt_address i = 1; i <= ZT_MAX_WHOIS; i++)
        zt_vl1_whois(vl1, i);
    lab_carry_out(lab);
    stranger_says(lab, 0x1122334455, &link);
    assert_int_equal(vl1->whois.count, ZT_MAX_WHOIS);
    for (size_t i = 0; i < vl1->whois.count; i++)
        assert_int_not_equal(vl1->whois.questions[i].address, 0x1122334455);
    lab_run(lab, ZT_EXPECTED_LIFE_MS + ZT_HOUSEKEEPING_MS);
    assert_null(vl1->whois.questions);
    lab_free(lab);
}

static void one_stranger_can_not_push_out_what_others_deferred(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_vl1 *vl1 = lab->nodes[1].vl1;
    struct zt_link first = lab_link(3);
    struct zt_link flood = lab_link(4);

    (void)unused;
    stranger_says(lab, 0x1122334455, &first);
    for (zt_address i = 1; i <= 3 * ZT_MAX_DEFERRED; i++)
        stranger_says(lab, i, &flood);
    assert_int_equal(vl1->queue.deferred_count, ZT_MAX_DEFERRED);
    assert_true(zt_link_equal(&vl1->queue.deferred[0]->link, &first));
    lab_free(lab);
}

static void a_link_that_never_answered_gets_one_identity_at_a_time(void **unused)
{
    struct lab *lab = lab_with_root(3);
    struct zt_writer out = lab_payload();
    struct zt_link elsewhere = lab_link(4);

    (void)unused;
    for (size_t i = 0; i < 100; i++)
        zt_write_u40(&out, lab_address(lab, 2));
    lab_inject(lab, 1, 0, &elsewhere, ZT_VERB_WHOIS, 1, &out);
    lab_carry_out(lab);
    assert_int_equal(lab->last[0].length, ZT_HEADER_SIZE + ZT_REPLY_HEADER + ZT_IDENTITY_SIZE);
    lab_free(lab);
}

static void a_question_survives_the_search_for_a_way(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_vl1 *vl1 = lab->nodes[1].vl1;
    struct zt_peer *root = lab_peer(lab, 1, 0);
    struct zt_endpoint hint = lab_endpoint(0);
    struct zt_effect effect;

    (void)unused;
    zt_vl1_enter(vl1, lab->now);
    zt_path_reset(&root->paths[0]);
    zt_peer_paths_changed(root);
    assert_true(zt_vl1_add_hint(vl1, lab_address(lab, 0), &hint));
    zt_vl1_whois(vl1, 0x1122334455);
    assert_true(zt_outbox_next(&lab->nodes[1].sends, &effect));
    assert_int_equal(effect.length, ZT_HEADER_SIZE + 5);
    assert_true(zt_outbox_next(&lab->nodes[1].sends, &effect)); /* the hint is greeted too */
    assert_true(effect.length > ZT_HEADER_SIZE + 84);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_identity_is_taken_only_if_asked_for_from_a_root),
        cmocka_unit_test(a_question_is_asked_every_500_ms_at_most),
        cmocka_unit_test(the_table_of_questions_is_bounded),
        cmocka_unit_test(a_root_answers_several_addresses_and_asks_for_none_of_a_leaf),
        cmocka_unit_test(a_leaf_answers_ten_times_a_second_a_root_always),
        cmocka_unit_test(truncated_questions_and_answers_are_refused),
        cmocka_unit_test(parked_packets_are_bounded_and_age),
        cmocka_unit_test(packets_of_strangers_wait_for_an_identity_but_not_forever),
        cmocka_unit_test(a_packet_the_layer_above_defers_is_shown_again_and_decrypted_once),
        cmocka_unit_test(a_strangers_packet_that_is_then_deferred_above_is_decrypted_once),
        cmocka_unit_test(a_flood_of_made_up_senders_neither_hides_our_questions_nor_is_passed_on),
        cmocka_unit_test(senders_that_a_root_knows_are_learned_faster_than_made_up_ones),
        cmocka_unit_test(what_is_learned_by_mention_has_a_rate_too),
        cmocka_unit_test(a_question_of_ours_gives_way_to_none_of_others),
        cmocka_unit_test(one_stranger_can_not_push_out_what_others_deferred),
        cmocka_unit_test(a_link_that_never_answered_gets_one_identity_at_a_time),
        cmocka_unit_test(a_question_survives_the_search_for_a_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
