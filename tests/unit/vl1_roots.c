/* SPDX-License-Identifier: Apache-2.0 */
/* Planets and moons: what is accepted from whom, and how updates spread. */
#include "vl1_lab.h"

enum { MOON = 0xabc };

static void a_newer_planet_spreads_from_the_root(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_world next = lab_world(lab, ZT_WORLD_PLANET, 4711, 2000, 0, 1);

    (void)unused;
    assert_int_equal(lab_offer(lab, 0, &next), ZT_DROP_NONE);
    lab_run(lab, 240000);
    assert_int_equal(zt_vl1_planet(lab->nodes[1].vl1)->updated_ms, 2000);
    assert_int_equal(lab->nodes[1].saves[ZT_OBJECT_PLANET], 2);
    lab_free(lab);
}

static void a_planet_is_replaced_only_by_a_newer_one_signed_by_its_key(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_world forged = lab_world(lab, ZT_WORLD_PLANET, 4711, 2000, 0, 1);
    struct zt_world foreign = lab_world(lab, ZT_WORLD_PLANET, 4712, 2000, 0, 1);
    struct zt_world stale = lab_world(lab, ZT_WORLD_PLANET, 4711, 1000, 0, 1);
    struct zt_world empty = { .type = ZT_WORLD_NONE };

    (void)unused;
    zt_world_sign(&forged, &lab->nodes[1].self.secret, &lab->nodes[1].self.key);
    assert_int_equal(lab_offer(lab, 1, &forged), ZT_DROP_FORGED);
    assert_int_equal(lab_offer(lab, 1, &foreign), ZT_DROP_FOREIGN);
    assert_int_equal(lab_offer(lab, 1, &stale), ZT_DROP_STALE);
    assert_int_equal(zt_roots_offer(lab->nodes[1].vl1, &empty, 0), ZT_DROP_MALFORMED);
    assert_int_equal(zt_vl1_planet(lab->nodes[1].vl1)->updated_ms, 1000);
    lab_free(lab);
}

static void the_first_planet_never_comes_from_the_network(void **unused)
{
    struct lab *lab = lab_new(2);
    struct zt_world planet = lab_world(lab, ZT_WORLD_PLANET, 4711, 1000, 0, 1);

    (void)unused;
    assert_int_equal(zt_roots_offer(lab->nodes[1].vl1, &planet, lab_address(lab, 0)),
                     ZT_DROP_FOREIGN);
    assert_int_equal(zt_vl1_planet(lab->nodes[1].vl1)->type, ZT_WORLD_NONE);
    lab_free(lab);
}

static void a_truncated_world_is_refused_at_every_length(void **unused)
{
    struct lab *lab = lab_new(1);
    struct zt_world planet = lab_world(lab, ZT_WORLD_PLANET, 4711, 1000, 0, 1);
    uint8_t bytes[ZT_MAX_WORLD];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    (void)unused;
    zt_world_write(&planet, &out);
    for (size_t i = 0; i < zt_writer_length(&out); i++)
        assert_int_equal(zt_vl1_offer_world(lab->nodes[0].vl1, lab->now, bytes, i),
                         ZT_DROP_MALFORMED);
    lab_free(lab);
}

static void keep_line(void *context, enum zt_log_level level, const char *module, const char *line)
{
    (void)level;
    (void)module;
    strncpy(context, line, 199);
}

static void a_moon_is_found_by_its_seed(void **unused)
{
    struct lab *lab = lab_with_root(3);
    struct zt_world moon = lab_world(lab, ZT_WORLD_MOON, MOON, 500, 2, 1);

    (void)unused;
    assert_int_equal(lab_offer(lab, 2, &moon), ZT_DROP_NONE);
    assert_true(zt_vl1_am_upstream(lab->nodes[2].vl1));
    assert_true(zt_vl1_orbit(lab->nodes[1].vl1, lab->now, MOON, lab_address(lab, 2)));
    lab_run(lab, 12000);
    assert_non_null(zt_roots_moon(&lab->nodes[1].vl1->roots, MOON));
    assert_int_equal(lab->nodes[1].vl1->roots.seed_count, 0);
    assert_true(zt_vl1_is_upstream(lab->nodes[1].vl1, lab_address(lab, 2)));
    assert_int_equal(lab->nodes[1].saves[ZT_OBJECT_MOON], 1);
    lab_run(lab, 12000);
    assert_non_null(lab_path(lab, 1, 2));

    assert_true(zt_vl1_deorbit(lab->nodes[1].vl1, lab->now, MOON));
    assert_false(zt_vl1_deorbit(lab->nodes[1].vl1, lab->now, MOON));
    lab_carry_out(lab);
    assert_int_equal(lab->nodes[1].saved_length, 0);
    assert_false(zt_vl1_is_upstream(lab->nodes[1].vl1, lab_address(lab, 2)));
    lab_free(lab);
}

static void a_root_that_we_are_in_touch_with_is_asked_for_its_moon_at_once(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_world moon = lab_world(lab, ZT_WORLD_MOON, MOON, 500, 0, 1);

    (void)unused;
    assert_int_equal(lab_offer(lab, 0, &moon), ZT_DROP_NONE);
    lab_run(lab, 70000);
    assert_true(zt_vl1_orbit(lab->nodes[1].vl1, lab->now, MOON, lab_address(lab, 0)));
    lab_run(lab, 1000);
    assert_non_null(zt_roots_moon(&lab->nodes[1].vl1->roots, MOON));
    lab_free(lab);
}

static void a_moon_nobody_wants_is_not_taken_from_the_network(void **unused)
{
    struct lab *lab = lab_with_root(3);
    struct zt_world moon = lab_world(lab, ZT_WORLD_MOON, MOON, 500, 2, 1);
    struct zt_vl1 *vl1 = lab->nodes[1].vl1;

    (void)unused;
    assert_int_equal(zt_roots_offer(vl1, &moon, lab_address(lab, 0)), ZT_DROP_FOREIGN);
    assert_true(zt_vl1_orbit(vl1, lab->now, MOON, lab_address(lab, 0))); /* not one of its roots */
    assert_int_equal(zt_roots_offer(vl1, &moon, lab_address(lab, 0)), ZT_DROP_FOREIGN);
    assert_int_equal(zt_roots_offer(vl1, &moon, 0), ZT_DROP_NONE);
    lab_free(lab);
}

static void a_new_moon_is_taken_from_its_seed_only_and_logged(void **unused)
{
    struct lab *lab = lab_with_root(4);
    struct zt_vl1 *vl1 = lab->nodes[1].vl1;
    struct zt_world moon = lab_world(lab, ZT_WORLD_MOON, MOON, 1, 2, 1);
    char logged[200] = "";
    struct zt_log log = { .level = ZT_LOG_INFO, .sink = keep_line, .context = logged };

    (void)unused;
    vl1->options.log = &log;
    assert_true(zt_vl1_orbit(vl1, lab->now, MOON, lab_address(lab, 2)));
    assert_int_equal(zt_roots_offer(vl1, &moon, lab_address(lab, 0)), ZT_DROP_FOREIGN);
    assert_int_equal(vl1->roots.seed_count, 1);
    assert_string_equal(logged, "");
    assert_int_equal(zt_roots_offer(vl1, &moon, lab_address(lab, 2)), ZT_DROP_NONE);
    assert_int_equal(vl1->roots.seed_count, 0);
    assert_non_null(strstr(logged, "moon "));
    vl1->options.log = NULL;
    lab_free(lab);
}

static void orbiting_has_its_bound(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_vl1 *vl1 = lab->nodes[1].vl1;

    (void)unused;
    assert_false(zt_vl1_orbit(vl1, lab->now, 1, 0));
    assert_false(zt_vl1_orbit(vl1, lab->now, 1, lab_address(lab, 1)));
    for (uint64_t i = 0; i < ZT_MAX_MOONS; i++)
        assert_true(zt_vl1_orbit(vl1, lab->now, i, 0x1234567890));
    assert_false(zt_vl1_orbit(vl1, lab->now, ZT_MAX_MOONS, 0x1234567890));
    assert_true(zt_vl1_orbit(vl1, lab->now, 0, 0x1234567891)); /* another seed for the same */

    for (uint64_t i = 0; i < ZT_MAX_MOONS; i++) {
        struct zt_world moon = lab_world(lab, ZT_WORLD_MOON, 1000 + i, 500, 0, 1);

        assert_int_equal(lab_offer(lab, 1, &moon), ZT_DROP_NONE);
    }
    struct zt_world moon = lab_world(lab, ZT_WORLD_MOON, 2000, 500, 0, 1);
    assert_int_equal(lab_offer(lab, 1, &moon), ZT_DROP_NO_ROOM);
    lab_run(lab, 20000);
    assert_true(zt_vl1_is_online(vl1)); /* the HELLO that lists them all is understood */
    lab_free(lab);
}

static void a_root_may_only_be_at_its_listed_ip(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_endpoint listed = lab_endpoint(0);
    struct zt_endpoint other = lab_endpoint(3);

    (void)unused;
    listed.port = 1; /* the port is free */
    assert_true(zt_path_allowed(lab->nodes[1].vl1, lab_peer(lab, 1, 0), &listed));
    assert_false(zt_path_allowed(lab->nodes[1].vl1, lab_peer(lab, 1, 0), &other));
    assert_true(zt_path_allowed(lab->nodes[0].vl1, lab_peer(lab, 0, 1), &other));
    lab_free(lab);
}

static void no_path_leads_into_the_overlay_or_a_blacklist(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_vl1 *vl1 = lab->nodes[0].vl1;
    struct zt_endpoint endpoint = lab_endpoint(3);
    struct zt_endpoint loopback;
    struct zt_physical entry = { .blacklist = true };

    (void)unused;
    assert_true(zt_endpoint_parse(&entry.network, "10.0.3.0/24", 0));
    assert_true(zt_endpoint_parse(&loopback, "127.0.0.1/9993", 0));
    assert_true(zt_path_allowed(vl1, lab_peer(lab, 0, 1), &endpoint));
    zt_vl1_set_overlay(vl1, &entry.network, 1);
    assert_false(zt_path_allowed(vl1, lab_peer(lab, 0, 1), &endpoint));
    zt_vl1_set_overlay(vl1, NULL, 0);
    zt_vl1_set_physical(vl1, &entry, 1);
    assert_false(zt_path_allowed(vl1, lab_peer(lab, 0, 1), &endpoint));
    zt_vl1_set_physical(vl1, NULL, 0);
    endpoint.port = 0;
    assert_false(zt_path_allowed(vl1, lab_peer(lab, 0, 1), &endpoint));
    assert_false(zt_path_allowed(vl1, lab_peer(lab, 0, 1), &loopback));
    lab_free(lab);
}

static void two_roots_serve_as_one(void **unused)
{
    struct lab *lab = lab_new(4);
    struct zt_world planet = lab_world(lab, ZT_WORLD_PLANET, 4711, 1000, 0, 2);

    (void)unused;
    lab->cut[2][1] = lab->cut[1][2] = true; /* one leaf at each root */
    lab->cut[3][0] = lab->cut[0][3] = true;
    lab->cut[2][3] = lab->cut[3][2] = true;
    for (size_t i = 0; i < 4; i++)
        lab_offer(lab, i, &planet);
    lab_run(lab, 7000);
    lab_send(lab, 2, 3, ZT_VERB_FRAME, 50);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[3].upper_packets, 1);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_newer_planet_spreads_from_the_root),
        cmocka_unit_test(a_planet_is_replaced_only_by_a_newer_one_signed_by_its_key),
        cmocka_unit_test(the_first_planet_never_comes_from_the_network),
        cmocka_unit_test(a_truncated_world_is_refused_at_every_length),
        cmocka_unit_test(a_moon_is_found_by_its_seed),
        cmocka_unit_test(a_root_that_we_are_in_touch_with_is_asked_for_its_moon_at_once),
        cmocka_unit_test(a_moon_nobody_wants_is_not_taken_from_the_network),
        cmocka_unit_test(a_new_moon_is_taken_from_its_seed_only_and_logged),
        cmocka_unit_test(orbiting_has_its_bound),
        cmocka_unit_test(a_root_may_only_be_at_its_listed_ip),
        cmocka_unit_test(no_path_leads_into_the_overlay_or_a_blacklist),
        cmocka_unit_test(two_roots_serve_as_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
