/* SPDX-License-Identifier: Apache-2.0 */
/* A peer's paths: where a new one is put, which is best, what gives way at the bound. */
#include "vl1_lab.h"

static struct zt_peer *new_peer(void)
{
    struct zt_identity identity = lab_identity(0);
    struct zt_session_key key = { { 1 } };
    struct zt_peer *peer = zt_peer_new(&identity, &key, 1000);

    assert_non_null(peer);
    return peer;
}

static struct zt_link link_to(uint8_t host, uint16_t port)
{
    uint8_t ip[4] = { 10, 1, 1, host };

    return (struct zt_link){ 1, zt_endpoint_v4(ip, port) };
}

static bool install(struct zt_peer *peer, struct zt_link link, int latency_ms, int64_t now_ms)
{
    struct zt_path path = zt_path_proven(&link, now_ms);
    bool has_replaced = false;

    path.latency_ms = latency_ms;
    assert_true(zt_peer_install(peer, &path, now_ms, &has_replaced));
    return has_replaced;
}

static void the_best_path_is_the_fastest_unexpired_one(void **unused)
{
    struct zt_peer *peer = new_peer();

    (void)unused;
    assert_null(zt_peer_best_path(peer, 1000));
    install(peer, link_to(1, 1), 50, 1000);
    install(peer, link_to(2, 1), 20, 1000);
    install(peer, link_to(3, 1), 30, 1000);
    assert_int_equal(zt_peer_best_path(peer, 1000)->latency_ms, 20);
    zt_path_heard(&peer->paths[2], 200000);
    assert_int_equal(zt_peer_best_path(peer, 1000 + ZT_PATH_EXPIRY_MS)->latency_ms, 30);
    assert_null(zt_peer_best_path(peer, 200000 + ZT_PATH_EXPIRY_MS));
    assert_non_null(zt_peer_any_path(peer, 200000 + ZT_PATH_EXPIRY_MS));
    zt_peer_free(peer);
}

static void on_a_tie_the_later_path_wins(void **unused)
{
    struct zt_peer *peer = new_peer();

    (void)unused;
    install(peer, link_to(1, 1), 20, 1000);
    install(peer, link_to(2, 1), 20, 1000);
    assert_int_equal(zt_peer_best_path(peer, 1000)->link.remote.ip[3], 2);
    zt_peer_free(peer);
}

static void a_moved_port_replaces_the_dead_path_to_its_ip(void **unused)
{
    struct zt_peer *peer = new_peer();
    struct zt_link moved = link_to(1, 2);

    (void)unused;
    install(peer, link_to(1, 1), 20, 1000);
    assert_true(zt_peer_has_sibling(peer, &moved, 1000 + ZT_PATH_ALIVE_MS - 1));
    assert_false(zt_peer_has_sibling(peer, &moved, 1000 + ZT_PATH_ALIVE_MS));
    assert_true(install(peer, moved, 20, 1000 + ZT_PATH_ALIVE_MS));
    assert_int_equal(peer->path_count, 1);
    assert_int_equal(peer->paths[0].link.remote.port, 2);
    zt_peer_free(peer);
}

/* It restarted on another secondary port: its HELLO comes from the primary one and from one unknown. */
static void ports_that_do_not_speak_with_the_others_stand_back(void **unused)
{
    struct zt_peer *peer = new_peer();
    struct zt_link by_other_socket = { 2, link_to(1, 20).remote }, fresh = link_to(1, 30);

    (void)unused;
    install(peer, link_to(1, 10), 50, 1000);
    install(peer, link_to(1, 20), 20, 1000);
    install(peer, by_other_socket, 20, 1000);
    install(peer, link_to(2, 20), 30, 1000);
    zt_path_heard(zt_peer_path(peer, &(struct zt_link){ 1, link_to(1, 10).remote }), 2000);
    zt_peer_doubt_siblings(peer, &fresh.remote, 2000, 2000);
    assert_false(zt_path_is_in_doubt(&peer->paths[0], 2000));
    assert_true(zt_path_is_in_doubt(&peer->paths[1], 2000));
    assert_true(zt_path_is_in_doubt(&peer->paths[2], 2000));
    assert_false(zt_path_is_in_doubt(&peer->paths[3], 2000)); /* another machine, or interface */
    assert_int_equal(zt_peer_best_path(peer, 2000)->link.remote.ip[3], 2);
    zt_path_heard(&peer->paths[1], 2010);
    zt_peer_paths_changed(peer);
    assert_int_equal(zt_peer_best_path(peer, 2010)->link.remote.port, 20);
    zt_peer_free(peer);
}

static void what_was_remembered_is_bounded_and_gone_with_a_path(void **unused)
{
    struct zt_peer *peer = new_peer();

    (void)unused;
    for (uint8_t i = 1; i <= ZT_MAX_REMEMBERED + 2; i++) {
        struct zt_link link = link_to(i, 1);

        zt_peer_remember(peer, &link.remote);
        zt_peer_remember(peer, &link.remote);
    }
    assert_int_equal(peer->cached_count, ZT_MAX_REMEMBERED);
    for (uint8_t i = 0; i < ZT_MAX_REMEMBERED; i++)
        assert_int_equal(peer->cached[i].ip[3], ZT_MAX_REMEMBERED + 2 - i);
    zt_peer_forget_cached(peer);
    assert_int_equal(peer->cached_count, 0);
    zt_peer_free(peer);
}

static void at_the_bound_the_longest_silent_path_gives_way(void **unused)
{
    struct zt_peer *peer = new_peer();

    (void)unused;
    for (size_t i = 0; i < ZT_MAX_PATHS_PER_PEER; i++)
        assert_false(install(peer, link_to((uint8_t)(i + 1), 1), 20, 1000 + (int64_t)i));
    zt_path_heard(&peer->paths[0], 2000);
    assert_true(install(peer, link_to(100, 1), 20, 2000));
    assert_int_equal(peer->path_count, ZT_MAX_PATHS_PER_PEER);
    assert_int_equal(peer->paths[0].link.remote.ip[3], 1);
    assert_int_equal(peer->paths[1].link.remote.ip[3], 100);
    zt_peer_free(peer);
}

static void removing_a_path_keeps_the_others_in_order(void **unused)
{
    struct zt_peer *peer = new_peer();

    (void)unused;
    for (uint8_t i = 1; i <= 3; i++)
        install(peer, link_to(i, 1), i, 1000);
    assert_int_equal(zt_peer_best_path(peer, 1000)->latency_ms, 1);
    zt_peer_remove_path(peer, 0);
    assert_int_equal(zt_peer_best_path(peer, 1000)->latency_ms, 2);
    assert_int_equal(peer->paths[1].latency_ms, 3);
    zt_peer_free(peer);
}

static void the_n_th_allocation_may_fail(void **unused)
{
    struct zt_peer *peer = new_peer();
    struct zt_link link = link_to(1, 1);
    struct zt_path path = zt_path_proven(&link, 1000);
    bool has_replaced;

    (void)unused;
    zt_mem_fail_nth(1);
    assert_false(zt_peer_install(peer, &path, 1000, &has_replaced));
    assert_int_equal(peer->path_count, 0);
    assert_true(zt_peer_install(peer, &path, 1000, &has_replaced));
    zt_peer_free(peer);
    assert_int_equal(zt_mem_live(), 0);
}

static void the_suite_follows_the_version(void **unused)
{
    static const struct {
        int protocol, major, minor, revision;
        enum zt_cipher cipher;
        bool knows_echo;
    } cases[] = {
        { -1, -1, -1, -1, ZT_CIPHER_SALSA, false }, { 4, 1, 0, 6, ZT_CIPHER_SALSA, false },
        { 5, 1, 1, 0, ZT_CIPHER_SALSA, false },     { 5, 1, 1, 1, ZT_CIPHER_SALSA, true },
        { 11, 1, 4, 7, ZT_CIPHER_SALSA, true },     { 12, 1, 14, 1, ZT_CIPHER_GMAC_SIV, true },
        { 13, 2, 0, 0, ZT_CIPHER_GMAC_SIV, true },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct zt_peer *peer = new_peer();

        peer->protocol = cases[i].protocol;
        peer->major = cases[i].major;
        peer->minor = cases[i].minor;
        peer->revision = cases[i].revision;
        assert_int_equal(zt_peer_cipher(peer), cases[i].cipher);
        assert_int_equal(zt_peer_knows_echo(peer), cases[i].knows_echo);
        zt_peer_free(peer);
    }
}

static void an_unknown_link_is_tried_once_a_second(void **unused)
{
    struct zt_peer *peer = new_peer();
    struct zt_link link = link_to(1, 1);

    (void)unused;
    assert_true(zt_peer_may_try(peer, &link, 1000));
    assert_false(zt_peer_may_try(peer, &link, 1999));
    assert_true(zt_peer_may_try(peer, &link, 2000));
    for (uint8_t i = 2; i <= ZT_PEER_TRIES; i++) {
        struct zt_link other = link_to(i, 1);

        assert_true(zt_peer_may_try(peer, &other, 2000));
    }
    struct zt_link flood = link_to(99, 1);
    assert_false(zt_peer_may_try(peer, &flood, 2001));
    assert_true(zt_peer_may_try(peer, &flood, 3000));
    zt_peer_free(peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_path_is_the_fastest_unexpired_one),
        cmocka_unit_test(on_a_tie_the_later_path_wins),
        cmocka_unit_test(a_moved_port_replaces_the_dead_path_to_its_ip),
        cmocka_unit_test(ports_that_do_not_speak_with_the_others_stand_back),
        cmocka_unit_test(what_was_remembered_is_bounded_and_gone_with_a_path),
        cmocka_unit_test(at_the_bound_the_longest_silent_path_gives_way),
        cmocka_unit_test(removing_a_path_keeps_the_others_in_order),
        cmocka_unit_test(the_n_th_allocation_may_fail),
        cmocka_unit_test(the_suite_follows_the_version),
        cmocka_unit_test(an_unknown_link_is_tried_once_a_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
