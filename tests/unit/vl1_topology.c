/* SPDX-License-Identifier: Apache-2.0 */
/* The table of peers: its bound, its order, what idle peers give back. */
#include "vl1_lab.h"

static struct zt_peer *add_fake(struct lab *lab, size_t node, zt_address address)
{
    static struct zt_identity identity; /* read once: a full table takes many */
    struct zt_session_key key = { { 7 } };

    if (identity.address == 0)
        identity = lab_identity(4);
    identity.address = address;
    return zt_topology_add(lab->nodes[node].vl1, &identity, &key);
}

static void at_the_bound_the_longest_silent_peer_that_is_no_root_gives_way(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_vl1 *vl1 = lab->nodes[1].vl1;

    (void)unused;
    lab_advance(lab, 2000);
    zt_vl1_enter(vl1, lab->now);
    for (zt_address i = 1; i < ZT_MAX_PEERS; i++)
        assert_non_null(add_fake(lab, 1, i));
    assert_int_equal(zt_vl1_peer_count(vl1), ZT_MAX_PEERS);
    lab_advance(lab, 2000);
    zt_vl1_enter(vl1, lab->now);
    zt_topology_heard(vl1, zt_topology_find(vl1, 1));
    assert_non_null(add_fake(lab, 1, ZT_MAX_PEERS));
    assert_int_equal(zt_vl1_peer_count(vl1), ZT_MAX_PEERS);
    assert_non_null(lab_peer(lab, 1, 0));
    assert_non_null(zt_topology_find(vl1, 1));
    assert_null(zt_topology_find(vl1, 2));
    assert_non_null(zt_topology_find(vl1, 3));
    lab_free(lab);
    assert_int_equal(zt_mem_live(), 0);
}

static void peers_are_listed_in_order_of_creation(void **unused)
{
    struct lab *lab = lab_with_root(1);
    struct zt_peer_status status;

    (void)unused;
    for (zt_address i = 9; i > 0; i--)
        assert_non_null(add_fake(lab, 0, i));
    for (size_t i = 0; i < 9; i++) {
        assert_true(zt_vl1_peer_at(lab->nodes[0].vl1, i, &status));
        assert_int_equal(status.address, 9 - i);
        assert_int_equal(status.path_count, 0);
        assert_int_equal(status.latency_ms, -1);
    }
    assert_false(zt_vl1_peer_at(lab->nodes[0].vl1, 9, &status));
    assert_false(zt_vl1_peer_status(lab->nodes[0].vl1, 10, &status));
    lab_free(lab);
}

static void an_idle_peer_gives_back_its_scheduled_keys(void **unused)
{
    struct lab *lab = lab_with_root(2);

    (void)unused;
    lab_send(lab, 1, 0, ZT_VERB_FRAME, 10);
    lab_run(lab, 100);
    assert_non_null(lab_peer(lab, 0, 1)->siv);
    lab->cut[1][0] = true;
    lab_run(lab, 60000 + ZT_HOUSEKEEPING_MS);
    assert_null(lab_peer(lab, 0, 1)->siv);
    lab_free(lab);
}

static void every_allocation_of_a_new_peer_may_fail(void **unused)
{
    (void)unused;
    for (unsigned long n = 1; n < 4; n++) {
        struct lab *lab = lab_new(1);

        zt_mem_fail_nth(n);
        (void)add_fake(lab, 0, 1);
        zt_mem_fail_nth(0);
        if (!zt_topology_find(lab->nodes[0].vl1, 1))
            assert_non_null(add_fake(lab, 0, 1));
        assert_int_equal(zt_vl1_peer_count(lab->nodes[0].vl1), 1);
        lab_free(lab);
        assert_int_equal(zt_mem_live(), 0);
    }
}

static void status_tells_the_preferred_path(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_peer_status status;

    (void)unused;
    assert_true(zt_vl1_peer_status(lab->nodes[1].vl1, lab_address(lab, 0), &status));
    assert_int_equal(status.role, ZT_WORLD_PLANET);
    assert_int_equal(status.cipher, ZT_CIPHER_GMAC_SIV);
    assert_int_equal(status.path_count, 1);
    assert_true(status.paths[0].preferred && status.paths[0].alive && !status.paths[0].expired);
    assert_int_equal(status.latency_ms, 2 * LAB_DELAY_MS);
    assert_int_equal(zt_vl1_latency(lab->nodes[1].vl1, lab_address(lab, 0)), 2 * LAB_DELAY_MS);
    assert_int_equal(zt_vl1_best_upstream(lab->nodes[1].vl1), lab_address(lab, 0));
    lab_free(lab);
}

static void a_flood_of_strangers_pushes_out_strangers_first(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_vl1 *vl1 = lab->nodes[0].vl1;
    struct zt_peer *used = lab_peer(lab, 0, 1);

    (void)unused;
    assert_true(used->is_direct);
    lab_advance(lab, 2000);
    zt_vl1_enter(vl1, lab->now);
    for (zt_address i = 1; i < ZT_MAX_PEERS + 100; i++)
        assert_non_null(add_fake(lab, 0, i));
    assert_ptr_equal(lab_peer(lab, 0, 1), used);
    assert_null(zt_topology_find(vl1, 1));
    lab_free(lab);
}

static void a_forgotten_peer_leaves_its_last_endpoint_in_the_cache(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_endpoint endpoint = lab_endpoint(1);

    (void)unused;
    lab->cut[1][0] = true;
    lab_run(lab, ZT_PEER_ACTIVITY_MS + 2 * ZT_HOUSEKEEPING_MS);
    assert_null(lab_peer(lab, 0, 1));
    assert_int_equal(lab->nodes[0].saves[ZT_OBJECT_PEER], 1);
    assert_int_equal(zt_vl1_load_peer(lab->nodes[0].vl1, lab->now, lab->nodes[0].saved,
                                      lab->nodes[0].saved_length),
                     ZT_DROP_NONE);
    assert_int_equal(lab_peer(lab, 0, 1)->cached_count, 1);
    assert_true(zt_endpoint_equal(&lab_peer(lab, 0, 1)->cached[0], &endpoint));
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_the_bound_the_longest_silent_peer_that_is_no_root_gives_way),
        cmocka_unit_test(peers_are_listed_in_order_of_creation),
        cmocka_unit_test(an_idle_peer_gives_back_its_scheduled_keys),
        cmocka_unit_test(every_allocation_of_a_new_peer_may_fail),
        cmocka_unit_test(status_tells_the_preferred_path),
        cmocka_unit_test(a_forgotten_peer_leaves_its_last_endpoint_in_the_cache),
        cmocka_unit_test(a_flood_of_strangers_pushes_out_strangers_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
