/* SPDX-License-Identifier: Apache-2.0 */
/* Which upstream is the best, how often upstreams and others are greeted, and what keeps a peer active.
   docs/wire.md 5.5, 6.1, 6.6. */
#include "vl1_lab.h"

enum { LEAF = 2, OTHER = 3 };

/* Nodes 0 and 1 are the roots of one planet. */
static struct lab *lab_with_two_roots(void)
{
    struct lab *lab = lab_new(4);
    struct zt_world planet = lab_world(lab, ZT_WORLD_PLANET, 4711, 1000, 0, 2);

    for (size_t i = 0; i < 4; i++)
        assert_int_equal(lab_offer(lab, i, &planet), ZT_DROP_NONE);
    lab_run(lab, 1000);
    return lab;
}

/* What the leaf knows of a root. */
static void set_root(struct lab *lab, size_t root, int32_t latency_ms, int64_t silent_ms)
{
    struct zt_peer *peer = lab_peer(lab, LEAF, root);

    assert_int_equal(peer->path_count, 1);
    peer->paths[0].latency_ms = latency_ms;
    peer->heard_ms = lab->now.mono_ms - silent_ms;
}

static size_t best_root(struct lab *lab)
{
    struct zt_vl1 *vl1 = lab->nodes[LEAF].vl1;

    zt_vl1_enter(vl1, lab->now);
    vl1->roots.best_ms = ZT_NEVER_MS;
    return zt_roots_best(vl1)->identity.address == lab_address(lab, 0) ? 0 : 1;
}

static void the_best_root_is_near_and_was_heard_lately(void **unused)
{
    struct lab *lab = lab_with_two_roots();
    size_t higher = lab_address(lab, 0) > lab_address(lab, 1) ? 0 : 1;
    static const struct {
        int32_t latency_ms[2];
        int64_t silent_ms[2];
        int best; /* -1: that of the higher address */
    } cases[] = {
        { { 100, 150 }, { 0, 0 }, 0 },
        { { 150, 100 }, { 0, 0 }, 1 },
        { { 100, 150 }, { 60999, 0 }, 0 },
        { { 100, 150 }, { 61000, 0 }, 1 },
        { { 100, 201 }, { 61000, 0 }, 0 },
        { { 100, 201 }, { 122000, 0 }, 1 },
        { { 0, 60000 }, { 0, 0 }, 1 },
        { { ZT_LATENCY_UNKNOWN, 60000 }, { 0, 0 }, 1 },
        { { 100, 100 }, { 0, 0 }, -1 },
        { { 1, 60000 }, { 500000, 499999 }, 1 },
        { { 1, 60000 }, { 500000, 500000 }, -1 },
    };

    (void)unused;
    lab_advance(lab, 1000000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t root = 0; root < 2; root++) {
            set_root(lab, root, cases[i].latency_ms[root], cases[i].silent_ms[root]);
            zt_path_heard(&lab_peer(lab, LEAF, root)->paths[0], lab->now.mono_ms);
            zt_peer_paths_changed(lab_peer(lab, LEAF, root));
        }
        assert_int_equal(best_root(lab), cases[i].best < 0 ? higher : (size_t)cases[i].best);
    }
    lab_free(lab);
}

/* The next greeting of a peer after this one, by the 5 s in which it falls. */
static void assert_greeted_after(struct lab *lab, size_t peer, int64_t due_ms)
{
    struct zt_peer *found = lab_peer(lab, LEAF, peer);
    int64_t before_ms = found->greeted_ms;

    lab_run(lab, before_ms + due_ms - lab->now.mono_ms);
    assert_int_equal(lab_peer(lab, LEAF, peer)->greeted_ms, before_ms);
    lab_run(lab, ZT_PING_CHECK_MS + 1);
    assert_true(lab_peer(lab, LEAF, peer)->greeted_ms > before_ms);
}

static void a_root_that_is_heard_is_greeted_every_224_s(void **unused)
{
    struct lab *lab = lab_with_two_roots();

    (void)unused;
    lab_run(lab, 10000);
    assert_greeted_after(lab, 0, 224000);
    assert_greeted_after(lab, 0, 224000);
    lab_free(lab);
}

static void an_active_peer_is_greeted_every_60_s(void **unused)
{
    struct lab *lab = lab_with_two_roots();

    (void)unused;
    for (int i = 0; i < 2; i++) {
        lab_send(lab, LEAF, OTHER, ZT_VERB_FRAME, 20);
        lab_send(lab, OTHER, LEAF, ZT_VERB_FRAME, 20);
        lab_run(lab, 6000);
    }
    assert_non_null(lab_path(lab, LEAF, OTHER));
    assert_greeted_after(lab, OTHER, 59999);
    assert_greeted_after(lab, OTHER, 59999);
    lab_free(lab);
}

/* How long after one check the next is due. */
static int64_t check_interval(bool low_bandwidth)
{
    struct lab *lab = lab_with_two_roots();
    struct zt_vl1 *vl1 = lab->nodes[LEAF].vl1;

    vl1->options.low_bandwidth = low_bandwidth;
    lab_advance(lab, vl1->timers.ping_ms - lab->now.mono_ms);
    zt_vl1_tick(vl1, lab->now);
    int64_t interval_ms = vl1->timers.ping_ms - lab->now.mono_ms;
    lab_carry_out(lab);
    lab_free(lab);
    return interval_ms;
}

static void checks_are_five_times_rarer_with_low_bandwidth(void **unused)
{
    (void)unused;
    assert_int_equal(check_interval(false), 5000);
    assert_int_equal(check_interval(true), 25000);
}

static void frames_and_configurations_keep_a_peer_active(void **unused)
{
    struct lab *lab = lab_with_two_roots();
    struct zt_link link = lab_link(0);

    (void)unused;
    for (unsigned verb = 0; verb < ZT_VERB_COUNT; verb++) {
        bool keeps = verb == ZT_VERB_FRAME || verb == ZT_VERB_EXT_FRAME ||
                     verb == ZT_VERB_NETWORK_CONFIG_REQUEST || verb == ZT_VERB_NETWORK_CONFIG ||
                     verb == ZT_VERB_MULTICAST_FRAME;
        struct zt_writer out = lab_payload();

        lab_advance(lab, 1);
        memset(zt_write_reserve(&out, 100), 0, 100);
        lab_inject(lab, 0, LEAF, &link, (enum zt_verb)verb, 0, &out);
        assert_int_equal(lab_peer(lab, LEAF, 0)->active_ms == lab->now.mono_ms, keeps);
    }
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_root_is_near_and_was_heard_lately),
        cmocka_unit_test(a_root_that_is_heard_is_greeted_every_224_s),
        cmocka_unit_test(an_active_peer_is_greeted_every_60_s),
        cmocka_unit_test(checks_are_five_times_rarer_with_low_bandwidth),
        cmocka_unit_test(frames_and_configurations_keep_a_peer_active),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
