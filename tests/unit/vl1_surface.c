/* SPDX-License-Identifier: Apache-2.0 */
/* Reports about our own endpoints: which count, when they reset paths, how they age. */
#include "vl1_lab.h"

static struct zt_report report(zt_address reporter, const char *remote, const char *mine,
                               int64_t at_ms)
{
    struct zt_report made = { .reporter = reporter, .link = { 1, { 0 } }, .at_ms = at_ms };

    assert_true(zt_endpoint_parse(&made.link.remote, remote, 0));
    assert_true(zt_endpoint_parse(&made.mine, mine, 0));
    return made;
}

static bool tell(struct zt_surfaces *surfaces, const struct zt_report *made, bool is_trusted)
{
    struct zt_report report = *made;

    report.is_trusted = is_trusted;
    return zt_surfaces_report(surfaces, &report);
}

static void only_reports_of_the_same_scope_count(void **unused)
{
    static const struct {
        const char *remote, *mine;
        size_t count;
    } cases[] = {
        { "8.8.8.8/1", "9.9.9.9/2", 1 },     { "10.0.0.1/1", "192.168.1.1/2", 1 },
        { "8.8.8.8/1", "10.0.0.1/2", 0 },    { "10.0.0.1/1", "9.9.9.9/2", 0 },
        { "127.0.0.1/1", "127.0.0.1/2", 0 },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct zt_surfaces surfaces = { 0 };
        struct zt_report made = report(1, cases[i].remote, cases[i].mine, 0);

        assert_false(tell(&surfaces, &made, true));
        assert_int_equal(surfaces.count, cases[i].count);
        zt_surfaces_clear(&surfaces);
    }
}

static void only_a_trusted_change_of_ip_resets(void **unused)
{
    struct zt_surfaces surfaces = { 0 };
    struct zt_report first = report(1, "8.8.8.8/1", "9.9.9.9/2", 0);
    struct zt_report port = report(1, "8.8.8.8/1", "9.9.9.9/3", 1);
    struct zt_report moved = report(1, "8.8.8.8/1", "9.9.9.10/3", 2);
    struct zt_report again = report(1, "8.8.8.8/1", "9.9.9.11/3", 3);
    struct zt_report late = report(1, "8.8.8.8/1", "9.9.9.12/3", 3 + ZT_SURFACE_LIFE_MS);

    (void)unused;
    assert_false(tell(&surfaces, &first, true));
    assert_false(tell(&surfaces, &port, true));
    assert_false(tell(&surfaces, &moved, false));
    assert_true(tell(&surfaces, &again, true));
    assert_false(tell(&surfaces, &late, true));
    zt_surfaces_clear(&surfaces);
}

static void a_reset_forgets_what_others_said(void **unused)
{
    struct zt_surfaces surfaces = { 0 };
    struct zt_report mine = report(1, "8.8.8.8/1", "9.9.9.9/2", 0);
    struct zt_report other = report(2, "8.8.4.4/1", "9.9.9.9/2", 0);
    struct zt_report private = report(3, "10.0.0.9/1", "10.0.0.1/2", 0);
    struct zt_report moved = report(1, "8.8.8.8/1", "9.9.9.10/2", 1);
    struct zt_endpoint list[4];

    (void)unused;
    tell(&surfaces, &mine, true);
    tell(&surfaces, &other, true);
    tell(&surfaces, &private, true);
    assert_int_equal(zt_surfaces_list(&surfaces, list, 4), 2); /* distinct ones only */
    assert_true(tell(&surfaces, &moved, true));
    assert_int_equal(surfaces.count, 2);
    zt_surfaces_clear(&surfaces);
}

static void reports_expire_and_go_with_their_socket(void **unused)
{
    struct zt_surfaces surfaces = { 0 };
    struct zt_report first = report(1, "8.8.8.8/1", "9.9.9.9/2", 0);
    struct zt_report second = report(2, "8.8.8.8/1", "9.9.9.9/2", 5);

    (void)unused;
    tell(&surfaces, &first, false);
    tell(&surfaces, &second, false);
    zt_surfaces_expire(&surfaces, ZT_SURFACE_LIFE_MS);
    assert_int_equal(surfaces.count, 1);
    zt_surfaces_socket_closed(&surfaces, 2);
    assert_int_equal(surfaces.count, 1);
    zt_surfaces_socket_closed(&surfaces, 1);
    assert_int_equal(surfaces.count, 0);
    zt_surfaces_clear(&surfaces);
}

static void at_the_bound_the_oldest_report_gives_way(void **unused)
{
    struct zt_surfaces surfaces = { 0 };

    (void)unused;
    for (int64_t i = 0; i < ZT_MAX_SURFACES + 1; i++) {
        struct zt_report made = report((zt_address)i + 1, "8.8.8.8/1", "9.9.9.9/2", i);

        tell(&surfaces, &made, false);
    }
    assert_int_equal(surfaces.count, ZT_MAX_SURFACES);
    assert_int_equal(surfaces.reports[0].reporter, 2);
    zt_surfaces_clear(&surfaces);
    assert_int_equal(zt_mem_live(), 0);
}

static void a_changed_address_makes_paths_unusable_until_they_answer(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_link link = lab_link(0);
    uint8_t ip[4] = { 10, 0, 77, 7 };
    struct zt_endpoint moved = zt_endpoint_v4(ip, 9993);

    (void)unused;
    zt_learn_surface(lab->nodes[1].vl1, lab_peer(lab, 1, 0), &link, &moved);
    assert_null(lab_path(lab, 1, 0));
    lab_run(lab, 100);
    assert_non_null(lab_path(lab, 1, 0));
    lab_free(lab);
}

static void a_reporter_with_many_reports_displaces_its_own_and_no_root(void **unused)
{
    struct zt_surfaces surfaces = { 0 };
    struct zt_report root = report(1, "8.8.8.8/1", "9.9.9.9/2", 0);

    (void)unused;
    tell(&surfaces, &root, true);
    for (uint16_t i = 1; i <= 2 * ZT_MAX_SURFACES; i++) {
        struct zt_report made = report(2, "8.8.8.8/1", "9.9.9.9/2", i);

        made.link.remote.port = i;
        tell(&surfaces, &made, false);
    }
    assert_true(surfaces.count < ZT_MAX_SURFACES / 4);
    for (zt_address i = 3; i < 3 + ZT_MAX_SURFACES; i++) {
        struct zt_report made = report(i, "8.8.8.8/1", "9.9.9.9/2", 1000);

        tell(&surfaces, &made, false);
    }
    assert_int_equal(surfaces.count, ZT_MAX_SURFACES);
    assert_int_equal(surfaces.reports[0].reporter, 1);
    zt_surfaces_clear(&surfaces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_reports_of_the_same_scope_count),
        cmocka_unit_test(only_a_trusted_change_of_ip_resets),
        cmocka_unit_test(a_reset_forgets_what_others_said),
        cmocka_unit_test(reports_expire_and_go_with_their_socket),
        cmocka_unit_test(at_the_bound_the_oldest_report_gives_way),
        cmocka_unit_test(a_changed_address_makes_paths_unusable_until_they_answer),
        cmocka_unit_test(a_reporter_with_many_reports_displaces_its_own_and_no_root),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
