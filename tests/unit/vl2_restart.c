/* SPDX-License-Identifier: Apache-2.0 */
/* A member that starts anew: its configuration is cached, but it knows nobody's certificate. */
#include "vl2_lab.h"

#include "base/rate.h"
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

/* A controller that answers one request a second, four at once, and drops the others in silence, as ours does. */
static void run_rationed(struct lab *lab, struct zt_rate *ration, int64_t ms)
{
    int64_t end_ms = lab->now.mono_ms + ms;

    while (lab->now.mono_ms < end_ms) {
        struct zt_rate left = *ration;
        unsigned requests = lab->nodes[BOB].requests;
        lab->silent_controller = !zt_rate_take(&left, lab->now.mono_ms);
        lab_run(lab, 1);
        if (lab->nodes[BOB].requests > requests)
            (void)zt_rate_take(ration, lab->now.mono_ms);
    }
    lab->silent_controller = false;
}

/* Nothing was saved, so it must ask before it can do anything. */
static void a_member_that_starts_anew_too_often_is_configured_soon(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_rate ration;

    (void)unused;
    zt_rate_init(&ration, 1, 4, lab->now.mono_ms);
    for (int i = 0; i < RESTARTS; i++) {
        run_rationed(lab, &ration, 100);
        zt_node_free(lab->nodes[BOB].node);
        lab_start_node(lab, BOB);
        run_rationed(lab, &ration, 100); /* it is online, so nothing else makes it ask again */
        lab_join(lab, BOB);
    }
    assert_int_equal(lab_state(lab, BOB), ZT_NETWORK_REQUESTING);
    run_rationed(lab, &ration, 1500);
    assert_int_equal(lab_state(lab, BOB), ZT_NETWORK_OK);
    lab_free(lab);
}

/* Not for ever: a controller that is away for an hour is asked as often as ever, but for two times. */
static void haste_has_an_end(void **unused)
{
    enum { HOUR_MS = 3600000 };
    struct lab *lab = lab_new();

    (void)unused;
    lab->silent_controller = true;
    lab_join(lab, BOB);
    lab_run(lab, HOUR_MS);
    assert_int_equal(lab->nodes[BOB].requests, 1 + 2 + HOUR_MS / 5000 - 1);
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
    struct zt_vl2 *ann = lab_vl2(lab, ANN);
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
        cmocka_unit_test(a_member_that_starts_anew_too_often_is_configured_soon),
        cmocka_unit_test(haste_has_an_end),
        cmocka_unit_test(it_is_shown_the_certificate_once_each_time),
        cmocka_unit_test(whoever_demands_without_end_gets_ten_answers_and_one_more_each_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
