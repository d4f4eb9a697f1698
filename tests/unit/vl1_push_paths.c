/* SPDX-License-Identifier: Apache-2.0 */
/* PUSH_DIRECT_PATHS: to whom we push, which records we follow, and how many. */
#include "vl1_lab.h"

static void write_record(struct zt_writer *out, uint8_t flags, const char *text)
{
    struct zt_endpoint endpoint;

    assert_true(zt_endpoint_parse(&endpoint, text, 0));
    size_t length = zt_endpoint_ip_length(&endpoint);
    zt_write_u8(out, flags);
    zt_write_u16(out, 2);
    zt_write_u16(out, 0xffff); /* an extension to be skipped */
    zt_write_u8(out, endpoint.family);
    zt_write_u8(out, (uint8_t)(length + 2));
    zt_write_copy(out, endpoint.ip, length);
    zt_write_u16(out, endpoint.port);
}

static struct zt_writer push_of(const char *const *texts, size_t count, uint8_t flags)
{
    struct zt_writer out = lab_payload();

    zt_write_u16(&out, (uint16_t)count);
    for (size_t i = 0; i < count; i++)
        write_record(&out, flags, texts[i]);
    return out;
}

/* How many probes one push makes node 0 send to node 1. */
static size_t probes(struct lab *lab, struct zt_writer out)
{
    struct zt_link link = lab_link(1);
    size_t before = lab->nodes[0].sends.count;

    lab_inject(lab, 1, 0, &link, ZT_VERB_PUSH_DIRECT_PATHS, 0, &out);
    return lab->nodes[0].sends.count - before;
}

static void a_pushed_endpoint_is_probed_if_it_may_be_a_path(void **unused)
{
    static const struct {
        const char *endpoint;
        uint8_t flags;
        size_t probes;
    } cases[] = {
        { "10.9.9.9/1", 0, 1 },
        { "2001:db8::1/1", 0, 1 },
        { "10.9.9.9/1", ZT_PUSH_FLAG_FORGET, 0 },
        { "10.9.9.9/0", 0, 0 },
        { "127.0.0.1/1", 0, 0 },
        { "169.254.1.1/1", 0, 0 },
        { "10.0.1.1/9993", 0, 0 }, /* a path already */
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lab *lab = lab_with_root(2);

        assert_int_equal(probes(lab, push_of(&cases[i].endpoint, 1, cases[i].flags)),
                         cases[i].probes);
        lab_free(lab);
    }
}

static void eight_endpoints_of_a_class_are_enough(void **unused)
{
    struct lab *lab = lab_with_root(2);
    const char *texts[] = { "10.9.9.1/1", "10.9.9.2/1", "10.9.9.3/1", "10.9.9.4/1", "10.9.9.5/1",
                            "10.9.9.6/1", "10.9.9.7/1", "10.9.9.8/1", "10.9.9.9/1", "8.8.8.8/1" };

    (void)unused;
    assert_int_equal(probes(lab, push_of(texts, 10, 0)), 9);
    lab_free(lab);
}

static void the_ninth_push_in_a_row_is_ignored_until_a_pause(void **unused)
{
    struct lab *lab = lab_with_root(2);
    const char *text = "10.9.9.9/1";

    (void)unused;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(probes(lab, push_of(&text, 1, 0)), i < ZT_PUSH_GATE_COUNT);
        lab_advance(lab, ZT_PUSH_GATE_MS);
    }
    lab_advance(lab, 1);
    assert_int_equal(probes(lab, push_of(&text, 1, 0)), 1);
    lab_free(lab);
}

static void every_prefix_of_a_push_is_refused(void **unused)
{
    struct lab *lab = lab_with_root(2);
    const char *texts[] = { "10.9.9.9/1", "2001:db8::1/1" };
    size_t whole = 2 + 13 + 25;

    (void)unused;
    for (size_t length = 0; length < whole; length++) {
        struct zt_writer out = push_of(texts, 2, 0);

        assert_int_equal(zt_writer_length(&out), whole);
        out.at = out.start + length;
        assert_int_equal(probes(lab, out), 0);
    }
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_TRUNCATED), whole);
    assert_int_equal(probes(lab, push_of(texts, 2, 0)), 2);
    lab_free(lab);
}

static void a_redirect_takes_the_place_of_other_paths_once_it_answers(void **unused)
{
    struct lab *lab = lab_with_root(2);
    const char *text = "10.9.9.9/1";
    struct zt_peer *peer = lab_peer(lab, 0, 1);

    (void)unused;
    assert_int_equal(probes(lab, push_of(&text, 1, ZT_PUSH_FLAG_REDIRECT)), 1);
    lab_carry_out(lab);
    assert_int_equal(peer->path_count, 1);
    assert_int_equal(peer->paths[0].priority, 1);
    assert_int_equal(peer->paths[0].link.remote.ip[3], 1);

    assert_true(zt_endpoint_parse(&lab->nodes[1].at, text, 0));
    assert_int_equal(probes(lab, push_of(&text, 1, ZT_PUSH_FLAG_REDIRECT)), 1);
    lab_run(lab, 100);
    assert_int_equal(lab_path(lab, 0, 1)->priority, 3);
    assert_int_equal(lab_path(lab, 0, 1)->link.remote.ip[3], 9);
    peer->active_ms = lab->now.mono_ms;
    lab_run(lab, ZT_PING_CHECK_MS);
    assert_int_equal(peer->path_count, 1);
    lab_free(lab);
}

static void redirects_count_as_tries(void **unused)
{
    struct lab *lab = lab_with_root(2);
    const char *texts[40];

    (void)unused;
    for (size_t i = 0; i < 40; i++)
        texts[i] = "10.9.9.9/1";
    assert_int_equal(probes(lab, push_of(texts, 40, ZT_PUSH_FLAG_REDIRECT)), ZT_PUSH_PER_CLASS);
    lab_free(lab);
}

static size_t pushes(struct lab *lab, int64_t after_ms, unsigned hops, bool is_trusted)
{
    struct zt_inbound in = { .source = lab_address(lab, 1),
                             .verb = ZT_VERB_NOP,
                             .hops = hops,
                             .link = lab_link(1),
                             .trusted = is_trusted };
    struct zt_vl1 *vl1 = lab->nodes[0].vl1;
    size_t before = lab->nodes[0].sends.count;

    lab_advance(lab, after_ms);
    zt_vl1_enter(vl1, lab->now);
    zt_learn(vl1, lab_peer(lab, 0, 1), &in);
    return lab->nodes[0].sends.count - before;
}

static void only_trusted_peers_are_told_our_endpoints_and_not_too_often(void **unused)
{
    struct lab *lab = lab_with_root(2);

    (void)unused;
    zt_vl1_set_local_endpoints(lab->nodes[0].vl1, &lab->nodes[0].at, 1);
    assert_int_equal(pushes(lab, 0, 0, false), 0);
    assert_int_equal(pushes(lab, 0, 0, true), 1);
    assert_int_equal(pushes(lab, 14999, 1, true), 0);
    assert_int_equal(pushes(lab, 1, 1, true), 1);
    assert_int_equal(pushes(lab, 119999, 0, true), 0);
    assert_int_equal(pushes(lab, 1, 0, true), 1);
    lab->nodes[0].vl1->options.low_bandwidth = true;
    assert_int_equal(pushes(lab, 16 * 120000 - 1, 0, true), 0);
    assert_int_equal(pushes(lab, 1, 0, true), 1);
    lab_free(lab);
}

static void many_endpoints_go_into_several_packets(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_endpoint endpoints[ZT_MAX_LOCAL_ENDPOINTS];
    struct zt_effect effect;

    (void)unused;
    for (size_t i = 0; i < ZT_MAX_LOCAL_ENDPOINTS; i++) {
        uint8_t ip[16] = { 0x20, 1, 0xd, 0xb8 };

        zt_rng_bytes(&lab->nodes[0].rng, ip + 8, 8);
        endpoints[i] = zt_endpoint_v6(ip, 1);
    }
    zt_vl1_set_local_endpoints(lab->nodes[0].vl1, endpoints, ZT_MAX_LOCAL_ENDPOINTS);
    assert_int_equal(pushes(lab, 0, 0, true), 2);
    while (zt_outbox_next(&lab->nodes[0].sends, &effect))
        assert_true(effect.length <= ZT_PUSH_LIMIT_BYTES);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pushed_endpoint_is_probed_if_it_may_be_a_path),
        cmocka_unit_test(eight_endpoints_of_a_class_are_enough),
        cmocka_unit_test(the_ninth_push_in_a_row_is_ignored_until_a_pause),
        cmocka_unit_test(every_prefix_of_a_push_is_refused),
        cmocka_unit_test(a_redirect_takes_the_place_of_other_paths_once_it_answers),
        cmocka_unit_test(redirects_count_as_tries),
        cmocka_unit_test(only_trusted_peers_are_told_our_endpoints_and_not_too_often),
        cmocka_unit_test(many_endpoints_go_into_several_packets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
