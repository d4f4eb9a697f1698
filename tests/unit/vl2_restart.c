/* SPDX-License-Identifier: Apache-2.0 */
/* A member that starts anew: its configuration is cached, but it knows nobody's certificate. */
#include "vl2_lab.h"

#include "vl2/credentials.h"

enum { ROUND_TRIP_MS = 2 * LAB_DELAY_MS, RESTARTS = 8 };

/* As the service does with what it saved: identity, planet, configuration. */
static void restart(struct lab *lab, size_t i)
{
    static uint8_t bytes[65536];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    zt_config_write(lab_network(lab, i)->config, &out);
    assert_false(out.failed);
    zt_node_free(lab->nodes[i].node);
    lab_start_node(lab, i);
    assert_true(
        zt_node_join(lab->nodes[i].node, lab->now, lab->nwid, bytes, zt_writer_length(&out)));
}

static void run_until(struct lab *lab, const unsigned *frames, unsigned count, int64_t end_ms)
{
    while (*frames < count && lab->now.mono_ms < end_ms)
        lab_run(lab, 1);
    assert_int_equal(*frames, count);
}

/* Asks by broadcast, as ARP does, and gets an answer to itself alone; within so many round trips. */
static void ask_and_answer(struct lab *lab, size_t who, size_t whom, int round_trips)
{
    int64_t end_ms = lab->now.mono_ms + (int64_t)round_trips * ROUND_TRIP_MS;

    (void)lab_frame(lab, who, zt_mac_broadcast, lab_mac(lab, who), 46);
    run_until(lab, &lab->nodes[whom].frames, lab->nodes[whom].frames + 1, end_ms);
    (void)lab_frame(lab, whom, lab_mac(lab, who), lab_mac(lab, whom), 46);
    run_until(lab, &lab->nodes[who].frames, lab->nodes[who].frames + 1, end_ms);
}

static void a_member_that_starts_anew_is_answered_within_some_round_trips(void **unused)
{
    struct lab *lab = lab_with_members();

    (void)unused;
    for (int i = 0; i < RESTARTS; i++) {
        lab_run(lab, 100);
        restart(lab, BOB);
        ask_and_answer(lab, BOB, ANN, 7);
    }
    lab_free(lab);
}

static void it_is_shown_the_certificate_once_each_time(void **unused)
{
    struct lab *lab = lab_with_members();
    unsigned sends;

    (void)unused;
    ask_and_answer(lab, BOB, ANN, 7);
    for (int i = 0; i < RESTARTS; i++) {
        restart(lab, BOB);
        sends = lab->nodes[ANN].sends;
        ask_and_answer(lab, BOB, ANN, 7);
        assert_in_range(lab->nodes[ANN].sends - sends, 1, 12);
    }
    lab_free(lab);
}

static void whoever_demands_without_end_gets_ten_answers_and_one_more_each_second(void **unused)
{
    struct lab *lab = lab_with_members();
    uint8_t bytes[8];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    struct zt_vl2 *ann = (struct zt_vl2 *)zt_node_vl2(lab->nodes[ANN].node);
    struct zt_inbound in = { .source = lab_address(lab, BOB), .identity = &lab->nodes[BOB].self };
    unsigned answered = 0;

    (void)unused;
    zt_write_u64(&out, lab->nwid);
    for (int i = 0; i < 100; i++) {
        struct zt_reader body = zt_reader_of(bytes, sizeof bytes);

        answered += zt_credentials_demanded(ann, &in, &body) == ZT_DROP_NONE;
        lab_run(lab, 20);
    }
    assert_in_range(answered, 11, 13);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_that_starts_anew_is_answered_within_some_round_trips),
        cmocka_unit_test(it_is_shown_the_certificate_once_each_time),
        cmocka_unit_test(whoever_demands_without_end_gets_ten_answers_and_one_more_each_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
