/* SPDX-License-Identifier: Apache-2.0 */
/* One path: its predicates at their bounds, its latency and its quality. */
#include "vl1_lab.h"

static struct zt_path new_path(const char *text)
{
    struct zt_link link = { 1, { 0 } };

    assert_true(zt_endpoint_parse(&link.remote, text, 0));
    return zt_path_proven(&link, 1000);
}

static void a_path_is_alive_for_19_seconds(void **unused)
{
    struct zt_path path = new_path("10.0.0.1/1");

    (void)unused;
    assert_true(zt_path_is_alive(&path, 1000 + 18999));
    assert_false(zt_path_is_alive(&path, 1000 + 19000));
    zt_path_heard(&path, 20000);
    assert_true(zt_path_is_alive(&path, 20000));
}

static void a_path_expires_after_243_seconds(void **unused)
{
    struct zt_path path = new_path("10.0.0.1/1");

    (void)unused;
    assert_false(zt_path_is_expired(&path, 1000 + 242999));
    assert_true(zt_path_is_expired(&path, 1000 + 243000));
}

static void a_path_needs_a_heartbeat_after_14_seconds(void **unused)
{
    struct zt_path path = new_path("10.0.0.1/1");

    (void)unused;
    assert_true(zt_path_needs_heartbeat(&path, 1000));
    path.sent_ms = 1000;
    assert_false(zt_path_needs_heartbeat(&path, 1000 + 13999));
    assert_true(zt_path_needs_heartbeat(&path, 1000 + 14000));
}

static void a_reset_path_is_unusable_until_it_speaks(void **unused)
{
    struct zt_path path = new_path("10.0.0.1/1");

    (void)unused;
    zt_path_reset(&path);
    assert_true(zt_path_is_expired(&path, 1001));
    zt_path_heard(&path, 1002);
    assert_false(zt_path_is_expired(&path, 1002));
}

static void latency_is_averaged_and_nonsense_ignored(void **unused)
{
    struct zt_path path = new_path("10.0.0.1/1");

    (void)unused;
    zt_path_measured(&path, -1);
    zt_path_measured(&path, ZT_LATENCY_WORST);
    assert_int_equal(path.latency_ms, ZT_LATENCY_UNKNOWN);
    zt_path_measured(&path, 100);
    assert_int_equal(path.latency_ms, 100);
    zt_path_measured(&path, 200);
    assert_int_equal(path.latency_ms, 150);
}

static void quality_prefers_fast_near_and_living_paths(void **unused)
{
    static const struct {
        const char *remote;
        int latency_ms;
        int64_t quality, silent_quality;
    } cases[] = {
        { "10.0.0.1/1", 10, 10, 10 + 65535 + 20000 },
        { "8.8.8.8/1", 10, 40, (10 + 65535 + 20000) * 4 },
        { "6.1.1.1/1", 10, 50, (10 + 65535 + 20000) * 5 },
        { "127.0.0.1/1", 10, 10, 10 + 65535 + 20000 },
        { "10.0.0.1/1", ZT_LATENCY_UNKNOWN, 65535, 2 * 65535 + 20000 },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct zt_path path = new_path(cases[i].remote);

        path.latency_ms = cases[i].latency_ms;
        assert_int_equal(zt_path_quality(&path, 1000), cases[i].quality);
        assert_int_equal(zt_path_quality(&path, 21000), cases[i].silent_quality);
    }
}

static void silence_counts_up_to_140_seconds(void **unused)
{
    struct zt_path path = new_path("10.0.0.1/1");
    int64_t heard_ms = path.heard_ms;

    (void)unused;
    path.latency_ms = 10;
    assert_int_equal(zt_path_quality(&path, heard_ms + 139999), 10 + 65535 + 139999);
    assert_int_equal(zt_path_quality(&path, heard_ms + 140000), 10 + 65535 + 140000);
    assert_int_equal(zt_path_quality(&path, heard_ms + 200000), 10 + 65535 + 140000);
}

static void a_raised_priority_improves_quality(void **unused)
{
    struct zt_path path = new_path("10.0.0.1/1");

    (void)unused;
    path.latency_ms = 30;
    path.priority = 3;
    assert_int_equal(zt_path_quality(&path, 1000), 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_alive_for_19_seconds),
        cmocka_unit_test(a_path_expires_after_243_seconds),
        cmocka_unit_test(a_path_needs_a_heartbeat_after_14_seconds),
        cmocka_unit_test(a_reset_path_is_unusable_until_it_speaks),
        cmocka_unit_test(latency_is_averaged_and_nonsense_ignored),
        cmocka_unit_test(quality_prefers_fast_near_and_living_paths),
        cmocka_unit_test(silence_counts_up_to_140_seconds),
        cmocka_unit_test(a_raised_priority_improves_quality),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
