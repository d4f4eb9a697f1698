/* SPDX-License-Identifier: Apache-2.0 */
/* A network's life: joined, configured, refused, left; statuses and events. */
#include "vl2_lab.h"

static void joining_brings_a_config_an_event_and_something_to_save(void **unused)
{
    struct lab *lab = lab_new();
    struct zt_network_status status;

    (void)unused;
    lab_join(lab, ANN);
    assert_int_equal(lab_state(lab, ANN), ZT_NETWORK_REQUESTING);
    lab_run(lab, 500);
    assert_true(zt_vl2_network_status(zt_node_vl2(lab->nodes[ANN].node), lab->nwid, &status));
    assert_int_equal(status.state, ZT_NETWORK_OK);
    assert_string_equal(status.config->name, "lab");
    assert_true(zt_mac_equal(status.mac, lab_mac(lab, ANN)));
    assert_int_equal(status.group_count, 2); /* broadcast, and ARP for its address */
    assert_int_equal(lab->nodes[ANN].config_events, 1);
    assert_int_equal(lab->nodes[ANN].saves, 1);
    lab_free(lab);
}

static void joining_twice_is_fine_and_id_0_is_refused(void **unused)
{
    struct lab *lab = lab_new();
    struct zt_node *ann = lab->nodes[ANN].node;

    (void)unused;
    lab_join(lab, ANN);
    lab_join(lab, ANN);
    assert_int_equal(zt_vl2_network_count(zt_node_vl2(ann)), 1);
    assert_false(zt_node_join(ann, lab->now, 0, NULL, 0));
    lab_free(lab);
}

static void leaving_forgets_everything(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_node *ann = lab->nodes[ANN].node;

    (void)unused;
    assert_true(zt_node_leave(ann, lab->now, lab->nwid));
    assert_false(zt_node_leave(ann, lab->now, lab->nwid));
    lab_run(lab, 10);
    assert_int_equal(lab->nodes[ANN].gone_events, 1);
    assert_int_equal(lab->nodes[ANN].forgets, 1);
    assert_int_equal(zt_vl2_network_count(zt_node_vl2(ann)), 0);
    lab_free(lab);
}

static void a_saved_config_counts_at_once_but_is_asked_for_anew(void **unused)
{
    struct lab *lab = lab_new();
    static uint8_t bytes[65536];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    (void)unused;
    lab->silent_controller = true;
    zt_config_write(lab->nodes[ANN].config, &out);
    assert_true(
        zt_node_join(lab->nodes[ANN].node, lab->now, lab->nwid, bytes, zt_writer_length(&out)));
    assert_int_equal(lab_state(lab, ANN), ZT_NETWORK_OK);
    lab_run(lab, 11000);
    assert_int_equal(lab->nodes[ANN].requests,
                     4); /* twice soon, then every 5 s until it is confirmed */
    assert_int_equal(lab->nodes[ANN].saves, 0);
    lab_free(lab);
}

static void each_refusal_has_its_status_and_one_event(void **unused)
{
    static const struct {
        uint8_t error;
        enum zt_network_state state;
    } cases[] = { { ZT_ERROR_OBJ_NOT_FOUND, ZT_NETWORK_NOT_FOUND },
                  { ZT_ERROR_UNSUPPORTED_OPERATION, ZT_NETWORK_NOT_FOUND },
                  { ZT_ERROR_NETWORK_ACCESS_DENIED, ZT_NETWORK_ACCESS_DENIED },
                  { ZT_ERROR_NETWORK_AUTHENTICATION_REQUIRED,
                    ZT_NETWORK_AUTHENTICATION_REQUIRED } };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lab *lab = lab_new();

        lab->nodes[ANN].refusal = cases[i].error;
        lab_join(lab, ANN);
        lab_run(lab, 12000);
        assert_int_equal(lab->nodes[ANN].requests, 3);
        assert_int_equal(lab_state(lab, ANN), cases[i].state);
        assert_int_equal(lab->nodes[ANN].config_events, 1);
        lab->nodes[ANN].refusal = 0;
        lab_run(lab, 5000);
        assert_int_equal(lab_state(lab, ANN), ZT_NETWORK_OK);
        assert_int_equal(lab->nodes[ANN].config_events, 2);
        lab_free(lab);
    }
}

/* Its own answer comes without the framing of a packet. */
static void a_controller_learns_of_itself_where_to_authenticate(void **unused)
{
    static const char info[] = "aV=0\naU=https://idp.example/\n";
    struct lab *lab = lab_new();
    struct zt_config_answer answer = { .nwid = lab->nwid,
                                       .member = lab_address(lab, CONTROLLER),
                                       .error = ZT_ERROR_NETWORK_AUTHENTICATION_REQUIRED,
                                       .bytes = (const uint8_t *)info,
                                       .length = sizeof info - 1 };
    struct zt_node *node = lab->nodes[CONTROLLER].node;
    struct zt_network_status status;

    (void)unused;
    lab->silent_controller = true;
    lab_join(lab, CONTROLLER);
    lab_run(lab, 100);
    zt_node_answer(node, lab->now, &answer);
    assert_true(zt_vl2_network_status(zt_node_vl2(node), lab->nwid, &status));
    assert_int_equal(status.state, ZT_NETWORK_AUTHENTICATION_REQUIRED);
    assert_string_equal(status.authentication_url, "https://idp.example/");
    lab_free(lab);
}

static void a_refused_member_keeps_the_config_it_has(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_network_status status;

    (void)unused;
    lab->nodes[ANN].refusal = ZT_ERROR_NETWORK_ACCESS_DENIED;
    lab_run(lab, 61000);
    assert_true(zt_vl2_network_status(zt_node_vl2(lab->nodes[ANN].node), lab->nwid, &status));
    assert_int_equal(status.state, ZT_NETWORK_ACCESS_DENIED);
    assert_non_null(status.config);
    lab_free(lab);
}

static void an_adhoc_network_needs_no_controller(void **unused)
{
    struct lab *lab = lab_new();
    struct zt_node *ann = lab->nodes[ANN].node;
    struct zt_network_status status;

    (void)unused;
    assert_true(zt_node_join(ann, lab->now, UINT64_C(0xff00160050000000), NULL, 0));
    assert_true(zt_vl2_network_at(zt_node_vl2(ann), 0, &status));
    assert_int_equal(status.state, ZT_NETWORK_OK);
    assert_int_equal(status.config->assigned_count, 1);
    assert_true(zt_node_join(ann, lab->now, UINT64_C(0xff00500016000000), NULL, 0));
    assert_true(zt_vl2_network_at(zt_node_vl2(ann), 1, &status));
    assert_int_equal(status.state, ZT_NETWORK_NOT_FOUND);
    assert_false(zt_vl2_network_at(zt_node_vl2(ann), 2, &status));
    lab_run(lab, 100);
    assert_int_equal(lab->nodes[ANN].saves, 0);
    lab_free(lab);
}

static void a_controller_may_join_its_own_network(void **unused)
{
    struct lab *lab = lab_new();

    (void)unused;
    lab_join(lab, CONTROLLER);
    lab_run(lab, 100);
    assert_int_equal(lab_state(lab, CONTROLLER), ZT_NETWORK_OK);
    lab_join(lab, ANN);
    lab_run(lab, 1000);
    (void)lab_frame(lab, ANN, lab_mac(lab, CONTROLLER), lab_mac(lab, ANN), 50);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[CONTROLLER].frames, 1);
    lab_free(lab);
}

static void networks_end_at_their_bound(void **unused)
{
    struct lab *lab = lab_new();
    struct zt_node *ann = lab->nodes[ANN].node;

    (void)unused;
    for (zt_nwid i = 1; i <= ZT_MAX_NETWORKS; i++)
        assert_true(zt_node_join(ann, lab->now, UINT64_C(0xff00160050000002) + i, NULL, 0));
    assert_false(zt_node_join(ann, lab->now, lab->nwid, NULL, 0));
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joining_brings_a_config_an_event_and_something_to_save),
        cmocka_unit_test(joining_twice_is_fine_and_id_0_is_refused),
        cmocka_unit_test(leaving_forgets_everything),
        cmocka_unit_test(a_saved_config_counts_at_once_but_is_asked_for_anew),
        cmocka_unit_test(each_refusal_has_its_status_and_one_event),
        cmocka_unit_test(a_controller_learns_of_itself_where_to_authenticate),
        cmocka_unit_test(a_refused_member_keeps_the_config_it_has),
        cmocka_unit_test(an_adhoc_network_needs_no_controller),
        cmocka_unit_test(a_controller_may_join_its_own_network),
        cmocka_unit_test(networks_end_at_their_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
