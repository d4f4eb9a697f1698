/* SPDX-License-Identifier: Apache-2.0 */
/* Introductions: made once per pair and interval, followed only when a root makes them. */
#include "vl1_lab.h"

static struct zt_writer introduction(zt_address about, uint16_t port, uint8_t length,
                                     const struct zt_endpoint *endpoint)
{
    struct zt_writer out = lab_payload();

    zt_write_u8(&out, 0);
    zt_write_u40(&out, about);
    zt_write_u16(&out, port);
    zt_write_u8(&out, length);
    zt_write_copy(&out, endpoint->ip, length > 16 ? 16 : length);
    return out;
}

static struct lab *lab_of_acquaintances(void)
{
    struct lab *lab = lab_with_root(3);

    lab->cut[1][2] = lab->cut[2][1] = true;
    lab_send(lab, 1, 2, ZT_VERB_FRAME, 1);
    lab_run(lab, 1000);
    assert_non_null(lab_peer(lab, 1, 2));
    return lab;
}

static void an_introduction_is_followed_from_the_socket_it_came_by(void **unused)
{
    struct lab *lab = lab_of_acquaintances();
    struct zt_endpoint endpoint = lab_endpoint(3);
    struct zt_writer out = introduction(lab_address(lab, 2), 9, 4, &endpoint);
    struct zt_link link = { 7, lab_endpoint(0) };
    struct zt_effect effect;

    (void)unused;
    lab_inject(lab, 0, 1, &link, ZT_VERB_RENDEZVOUS, 0, &out);
    assert_true(zt_outbox_next(&lab->nodes[1].sends, &effect));
    assert_int_equal(effect.length, 4);
    assert_int_equal(effect.code, 2);
    assert_int_equal(effect.link.socket, 7);
    assert_int_equal(effect.link.remote.port, 9);
    assert_true(zt_outbox_next(&lab->nodes[1].sends, &effect));
    assert_int_equal(effect.bytes[ZT_AT_VERB] & ZT_VERB_MASK, ZT_VERB_HELLO);
    lab_free(lab);
}

static void bad_introductions_are_refused(void **unused)
{
    static const struct {
        size_t from;
        uint16_t port;
        uint8_t length;
        const char *endpoint;
        enum zt_drop reason;
    } cases[] = {
        { 2, 9, 4, "10.0.3.1", ZT_DROP_NOT_UPSTREAM },
        { 0, 0, 4, "10.0.3.1", ZT_DROP_PATH_FORBIDDEN },
        { 0, 9, 4, "127.0.0.1", ZT_DROP_PATH_FORBIDDEN },
        { 0, 9, 4, "224.0.0.1", ZT_DROP_PATH_FORBIDDEN },
        { 0, 9, 16, "2001:470::1", ZT_DROP_PATH_FORBIDDEN },
        { 0, 9, 5, "10.0.3.1", ZT_DROP_MALFORMED },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lab *lab = lab_of_acquaintances();
        struct zt_endpoint endpoint;
        struct zt_link link = lab_link(cases[i].from);

        assert_true(zt_endpoint_parse(&endpoint, cases[i].endpoint, 0));
        struct zt_writer out =
            introduction(lab_address(lab, 2), cases[i].port, cases[i].length, &endpoint);
        uint64_t before = lab_drops(lab, 1, cases[i].reason);
        lab_inject(lab, cases[i].from, 1, &link, ZT_VERB_RENDEZVOUS, 0, &out);
        assert_int_equal(lab_drops(lab, 1, cases[i].reason), before + 1);
        assert_int_equal(lab->nodes[1].sends.count, 0);
        lab_free(lab);
    }
}

static void every_prefix_of_an_introduction_is_refused(void **unused)
{
    struct lab *lab = lab_of_acquaintances();
    struct zt_endpoint endpoint = lab_endpoint(3);
    struct zt_link link = lab_link(0);

    (void)unused;
    for (size_t length = 0; length < 13; length++) {
        struct zt_writer out = introduction(lab_address(lab, 2), 9, 4, &endpoint);

        out.at = out.start + length;
        lab_inject(lab, 0, 1, &link, ZT_VERB_RENDEZVOUS, 0, &out);
    }
    struct zt_writer out = introduction(lab_address(lab, 2), 9, 16, &endpoint);
    out.at -= 1;
    lab_inject(lab, 0, 1, &link, ZT_VERB_RENDEZVOUS, 0, &out);
    assert_int_equal(lab_drops(lab, 1, ZT_DROP_TRUNCATED), 14);
    lab_free(lab);
}

static void an_introduction_to_a_stranger_does_nothing(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_endpoint endpoint = lab_endpoint(3);
    struct zt_writer out = introduction(0x1122334455, 9, 4, &endpoint);
    struct zt_link link = lab_link(0);

    (void)unused;
    lab_inject(lab, 0, 1, &link, ZT_VERB_RENDEZVOUS, 0, &out);
    assert_int_equal(lab->nodes[1].sends.count, 0);
    lab_free(lab);
}

static void a_pair_is_introduced_once_in_30_seconds(void **unused)
{
    struct lab *lab = lab_with_root(3);
    struct zt_vl1 *root = lab->nodes[0].vl1;

    (void)unused;
    zt_introduce(root, lab_peer(lab, 0, 1), lab_peer(lab, 0, 2));
    assert_int_equal(lab->nodes[0].sends.count, 2);
    zt_introduce(root, lab_peer(lab, 0, 2), lab_peer(lab, 0, 1));
    assert_int_equal(lab->nodes[0].sends.count, 2);
    lab_run(lab, ZT_RENDEZVOUS_INTERVAL_MS);
    zt_vl1_enter(root, lab->now);
    zt_introduce(root, lab_peer(lab, 0, 2), lab_peer(lab, 0, 1));
    assert_int_equal(lab->nodes[0].sends.count, 2);
    lab_run(lab, ZT_RENDEZVOUS_FORGET_MS + ZT_HOUSEKEEPING_MS);
    assert_null(root->introductions.pairs);
    lab_free(lab);
}

static void add_path(struct lab *lab, size_t peer, const char *endpoint)
{
    struct zt_link link = { LAB_SOCKET, { 0 } };
    bool has_replaced;

    if (endpoint == NULL)
        return;
    assert_true(zt_endpoint_parse(&link.remote, endpoint, 0));
    struct zt_path path = zt_path_proven(&link, lab->now.mono_ms);
    assert_true(zt_peer_install(lab_peer(lab, 0, peer), &path, lab->now.mono_ms, &has_replaced));
}

/* Where the root sends its two introductions. */
static void introduce(struct lab *lab, struct zt_endpoint chosen[2])
{
    struct zt_vl1 *vl1 = lab->nodes[0].vl1;
    struct zt_effect effect;

    zt_vl1_enter(vl1, lab->now);
    zt_introduce(vl1, lab_peer(lab, 0, 1), lab_peer(lab, 0, 2));
    for (size_t i = 0; i < 2; i++) {
        assert_true(zt_outbox_next(&lab->nodes[0].sends, &effect));
        chosen[i] = effect.link.remote;
    }
    assert_false(zt_outbox_next(&lab->nodes[0].sends, &effect));
}

/* Both have a private IPv4 path. */
static void the_nearest_class_that_both_have_is_told_ipv6_first(void **unused)
{
    static const struct {
        const char *first, *second; /* further paths of the two */
        enum zt_family family;
        enum zt_scope scope;
    } cases[] = {
        { NULL, NULL, ZT_FAMILY_IPV4, ZT_SCOPE_PRIVATE },
        { "fd00::1/5", NULL, ZT_FAMILY_IPV4, ZT_SCOPE_PRIVATE },
        { "fd00::1/5", "fd00::2/5", ZT_FAMILY_IPV6, ZT_SCOPE_PRIVATE },
        { "2001:db8::1/5", "2001:db8::2/5", ZT_FAMILY_IPV4, ZT_SCOPE_PRIVATE },
        { "fd00::1/5", "2001:db8::2/5", ZT_FAMILY_IPV4, ZT_SCOPE_PRIVATE },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lab *lab = lab_with_root(3);
        struct zt_endpoint chosen[2];

        add_path(lab, 1, cases[i].first);
        add_path(lab, 2, cases[i].second);
        introduce(lab, chosen);
        for (size_t j = 0; j < 2; j++) {
            assert_int_equal(chosen[j].family, cases[i].family);
            assert_int_equal(zt_endpoint_scope(&chosen[j]), cases[i].scope);
        }
        lab_free(lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_introduction_is_followed_from_the_socket_it_came_by),
        cmocka_unit_test(bad_introductions_are_refused),
        cmocka_unit_test(every_prefix_of_an_introduction_is_refused),
        cmocka_unit_test(an_introduction_to_a_stranger_does_nothing),
        cmocka_unit_test(a_pair_is_introduced_once_in_30_seconds),
        cmocka_unit_test(the_nearest_class_that_both_have_is_told_ipv6_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
