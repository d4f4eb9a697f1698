/* SPDX-License-Identifier: Apache-2.0 */
/* Multicast: likes and how they age, address resolution, spreading, gathering. */
#include "vl2_lab.h"

#include "vl2/multicast.h"
#include "vl2/ndp.h"

#define NWID UINT64_C(0x8056c2e21c000001)

static const struct zt_group some_group = { { { 0x33, 0x33, 0, 0, 0, 1 } }, 7 };

static void a_like_is_kept_for_600_s(void **unused)
{
    struct zt_likes likes = { 0 };

    (void)unused;
    assert_true(zt_likes_add(&likes, NWID, &some_group, 0x1122334455, 1000));
    assert_false(zt_likes_add(&likes, NWID, &some_group, 0x1122334455, 2000));
    zt_likes_clean(&likes, 601999);
    assert_int_equal(zt_likes_audience(&likes, NWID, &some_group)->count, 1);
    zt_likes_clean(&likes, 602000);
    assert_null(zt_likes_audience(&likes, NWID, &some_group));
    assert_int_equal(zt_mem_live(), 0);
}

static void likes_of_other_networks_groups_and_adis_are_apart(void **unused)
{
    struct zt_group adi = some_group, mac = some_group;
    struct zt_likes likes = { 0 };

    (void)unused;
    adi.adi++;
    mac.mac.bytes[5]++;
    zt_likes_add(&likes, NWID, &some_group, 1, 0);
    assert_null(zt_likes_audience(&likes, NWID + 1, &some_group));
    assert_null(zt_likes_audience(&likes, NWID, &adi));
    assert_null(zt_likes_audience(&likes, NWID, &mac));
    zt_likes_remove(&likes, NWID, &adi, 1);
    assert_non_null(zt_likes_audience(&likes, NWID, &some_group));
    zt_likes_clear(&likes);
    assert_int_equal(zt_mem_live(), 0);
}

static void at_the_bound_the_longest_unheard_like_gives_way(void **unused)
{
    struct zt_likes likes = { 0 };
    const struct zt_audience *audience;

    (void)unused;
    for (zt_address i = 1; i <= ZT_MAX_GROUP_MEMBERS; i++)
        zt_likes_add(&likes, NWID, &some_group, i, 0);
    zt_likes_add(&likes, NWID, &some_group, 1, 1); /* heard again */
    zt_likes_add(&likes, NWID, &some_group, ZT_MAX_GROUP_MEMBERS + 1, 2);
    audience = zt_likes_audience(&likes, NWID, &some_group);
    assert_int_equal(audience->count, ZT_MAX_GROUP_MEMBERS);
    for (size_t i = 0; i < audience->count; i++)
        assert_int_not_equal(audience->likes[i]->address, 2);
    zt_likes_clear(&likes);
    assert_int_equal(zt_mem_live(), 0);
}

static void shuffling_draws_each_member_once(void **unused)
{
    struct zt_likes likes = { 0 };
    struct zt_audience *audience;
    struct zt_rng rng;
    uint8_t seed[32] = { 1 };
    unsigned first[11] = { 0 };

    (void)unused;
    zt_rng_init(&rng, seed);
    for (zt_address i = 1; i <= 10; i++)
        zt_likes_add(&likes, NWID, &some_group, i, 0);
    audience = zt_likes_audience(&likes, NWID, &some_group);
    for (int round = 0; round < 1000; round++) {
        unsigned seen = 0;

        zt_audience_shuffle(audience, &rng, 4);
        for (size_t i = 0; i < 10; i++) {
            assert_int_equal(audience->likes[i]->index, i);
            seen |= 1u << audience->likes[i]->address;
        }
        assert_int_equal(seen, 0x7fe);
        first[audience->likes[0]->address]++;
    }
    for (size_t i = 1; i <= 10; i++)
        assert_true(first[i] > 50 && first[i] < 150);
    zt_likes_clear(&likes);
}

static void a_like_that_finds_no_memory_leaves_no_trace(void **unused)
{
    (void)unused;
    for (unsigned long n = 1; n <= 8; n++) {
        struct zt_likes likes = { 0 };
        bool added;

        zt_mem_fail_nth(n);
        added = zt_likes_add(&likes, NWID, &some_group, 1, 0);
        zt_mem_fail_nth(0);
        assert_int_equal(added, zt_likes_audience(&likes, NWID, &some_group) != NULL);
        zt_likes_clear(&likes);
        assert_int_equal(zt_mem_live(), 0);
    }
}

static void subscriptions_end_at_their_bound(void **unused)
{
    struct zt_groups groups = { 0 };
    struct zt_group group = some_group;
    bool is_new;

    (void)unused;
    for (group.adi = 0; group.adi < ZT_MAX_GROUPS; group.adi++)
        assert_true(zt_groups_subscribe(&groups, &group, &is_new));
    assert_false(zt_groups_subscribe(&groups, &group, &is_new));
    group.adi = 5;
    assert_true(zt_groups_subscribe(&groups, &group, &is_new) && !is_new);
    assert_true(zt_groups_unsubscribe(&groups, &group));
    assert_false(zt_groups_unsubscribe(&groups, &group));
    assert_false(zt_groups_has(&groups, &group));
    zt_groups_clear(&groups);
    assert_int_equal(zt_mem_live(), 0);
}

static void bridged_groups_are_forgotten_after_1200_s(void **unused)
{
    struct zt_groups groups = { 0 };

    (void)unused;
    assert_true(zt_groups_bridged(&groups, &some_group, 0));
    assert_false(zt_groups_bridged(&groups, &some_group, 1000));
    zt_groups_clean(&groups, 1200999);
    assert_true(zt_groups_has(&groups, &some_group));
    zt_groups_clean(&groups, 1201000);
    assert_false(zt_groups_has(&groups, &some_group));
    assert_int_equal(zt_mem_live(), 0);
}

static void the_queue_keeps_the_newest_32(void **unused)
{
    struct zt_spread spread = { 0 };

    (void)unused;
    for (uint8_t i = 0; i <= ZT_MAX_MULTICAST_QUEUE; i++)
        assert_non_null(zt_spread_push(&spread, &i, 1));
    assert_int_equal(spread.count, ZT_MAX_MULTICAST_QUEUE);
    assert_int_equal(spread.queue[0]->payload[0], 1);
    zt_spread_clear(&spread);
    assert_int_equal(zt_mem_live(), 0);
}

/* Who has this IPv4 address? */
static enum zt_drop ask_for(struct lab *lab, size_t i, uint8_t last)
{
    uint8_t frame[ZT_ETHER_HEADER + 28] = { 0 };
    uint8_t *arp = frame + ZT_ETHER_HEADER;

    memset(frame, 0xff, 6);
    memcpy(frame + 6, lab_mac(lab, i).bytes, 6);
    zt_store_u16(frame + 12, ZT_ETHER_ARP);
    memcpy(arp, (const uint8_t[]){ 0, 1, 8, 0, 6, 4, 0, 1 }, 8);
    memcpy(arp + 8, lab_mac(lab, i).bytes, 6);
    memcpy(arp + 14, (const uint8_t[]){ 10, 1, 2, (uint8_t)i }, 4);
    memcpy(arp + 24, (const uint8_t[]){ 10, 1, 2, last }, 4);
    return zt_node_frame(lab->nodes[i].node, lab->now, lab->nwid, frame, sizeof frame);
}

static void an_arp_request_reaches_only_the_holder_of_the_address(void **unused)
{
    struct lab *lab = lab_with_members();

    (void)unused;
    assert_int_equal(ask_for(lab, ANN, BOB), ZT_DROP_NONE);
    lab_run(lab, 1500);
    assert_int_equal(lab->nodes[BOB].frames, 1);
    assert_int_equal(lab->nodes[BOB].frame_length, ZT_ETHER_HEADER + 28);
    assert_int_equal(lab->nodes[EVE].frames, 0);
    assert_int_equal(lab->nodes[ANN].frames, 0);
    lab_free(lab);
}

static void a_broadcast_reaches_every_member(void **unused)
{
    struct lab *lab = lab_with_members();

    (void)unused;
    assert_int_equal(lab_frame(lab, ANN, zt_mac_broadcast, lab_mac(lab, ANN), 64), ZT_DROP_NONE);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[BOB].frames, 1);
    assert_int_equal(lab->nodes[EVE].frames, 1);
    assert_int_equal(lab->nodes[ANN].frames, 0);
    lab_free(lab);
}

static void a_member_that_turns_up_within_5_s_still_gets_the_frame(void **unused)
{
    struct lab *lab = lab_new();

    (void)unused;
    lab_join(lab, ANN);
    lab_run(lab, 1000);
    (void)lab_frame(lab, ANN, zt_mac_broadcast, lab_mac(lab, ANN), 64);
    lab_run(lab, 200);
    lab_join(lab, BOB);
    lab_run(lab, 4000);
    assert_int_equal(lab->nodes[BOB].frames, 1);
    assert_int_equal(lab_network(lab, ANN)->spread.count, 1);
    lab_run(lab, 2000);
    assert_int_equal(lab_network(lab, ANN)->spread.count, 0);
    lab_free(lab);
}

static void gathers_for_an_empty_group_are_few(void **unused)
{
    struct lab *lab = lab_with_members();
    unsigned before;

    (void)unused;
    lab_run(lab, 200);
    (void)ask_for(lab, ANN, 99);
    before = lab->nodes[ANN].sends;
    lab_run(lab, 4500);
    /* To the root and the controller, at once and three times again; besides these only keepalives.
       */
    assert_in_range(lab->nodes[ANN].sends - before, 8, 14);
    lab_free(lab);
}

static void without_broadcast_only_arp_is_sent(void **unused)
{
    struct lab *lab = lab_new();

    (void)unused;
    lab->nodes[ANN].config->flags = 0;
    lab_join(lab, ANN);
    lab_run(lab, 1000);
    assert_int_equal(lab_frame(lab, ANN, zt_mac_broadcast, lab_mac(lab, ANN), 64),
                     ZT_DROP_NO_BROADCAST);
    assert_int_equal(ask_for(lab, ANN, BOB), ZT_DROP_NONE);
    lab_free(lab);
}

static void a_multicast_limit_of_0_stops_even_arp(void **unused)
{
    struct lab *lab = lab_new();

    (void)unused;
    lab->nodes[ANN].config->multicast_limit = 0;
    lab_join(lab, ANN);
    lab_run(lab, 1000);
    assert_int_equal(ask_for(lab, ANN, BOB), ZT_DROP_NO_MULTICAST);
    lab_free(lab);
}

static void a_new_subscription_is_announced_at_once(void **unused)
{
    struct lab *lab = lab_with_members();
    const struct zt_vl2 *root = zt_node_vl2(lab->nodes[ROOT].node);

    (void)unused;
    assert_true(zt_node_subscribe(lab->nodes[BOB].node, lab->now, lab->nwid, &some_group));
    lab_run(lab, 50);
    assert_int_equal(zt_likes_audience(&root->likes, lab->nwid, &some_group)->count, 1);
    assert_false(zt_node_subscribe(lab->nodes[BOB].node, lab->now, lab->nwid + 1, &some_group));
    assert_true(zt_node_unsubscribe(lab->nodes[BOB].node, lab->now, lab->nwid, &some_group));
    assert_false(zt_node_unsubscribe(lab->nodes[BOB].node, lab->now, lab->nwid, &some_group));
    lab_free(lab);
}

static void a_solicitation_for_an_automatic_address_is_answered_here(void **unused)
{
    struct lab *lab = lab_new();
    struct zt_endpoint own, target;
    uint8_t frame[ZT_ETHER_HEADER + 72] = { 0x33, 0x33, 0xff };
    uint8_t *packet = frame + ZT_ETHER_HEADER;
    uint32_t sum = 32 + 58;

    (void)unused;
    own = zt_ip_6plane(lab->nwid, lab_address(lab, ANN));
    target = zt_ip_6plane(lab->nwid, lab_address(lab, BOB));
    lab->nodes[ANN].config->flags = ZT_CONFIG_FLAG_NDP_EMULATION;
    lab->nodes[ANN].config->multicast_limit = 0;
    lab->nodes[ANN].config->assigned[0] = own;
    lab_join(lab, ANN);
    lab_run(lab, 1000);
    memcpy(frame + 6, lab_mac(lab, ANN).bytes, 6);
    zt_store_u16(frame + 12, ZT_ETHER_IPV6);
    packet[6] = 58;
    packet[40] = 0x87;
    memcpy(packet + 48, target.ip, 16);
    assert_int_equal(zt_node_frame(lab->nodes[ANN].node, lab->now, lab->nwid, frame, sizeof frame),
                     ZT_DROP_NONE);
    lab_run(lab, 1);
    assert_int_equal(lab->nodes[ANN].frames, 1);
    assert_int_equal(lab->nodes[ANN].frame_length, ZT_ETHER_HEADER + ZT_NDP_ADVERTISEMENT);
    packet = lab->nodes[ANN].frame + ZT_ETHER_HEADER;
    assert_memory_equal(lab->nodes[ANN].frame + 6, lab_mac(lab, BOB).bytes, 6);
    assert_int_equal(packet[6], 58);
    assert_int_equal(packet[7], 255);
    assert_memory_equal(packet + 8, target.ip, 16);
    assert_memory_equal(packet + 24, own.ip, 16);
    assert_memory_equal(packet + 66, lab_mac(lab, BOB).bytes, 6);
    for (size_t i = 8; i < ZT_NDP_ADVERTISEMENT; i += 2)
        sum += zt_load_u16(packet + i);
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    assert_int_equal(sum, 0xffff);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_like_is_kept_for_600_s),
        cmocka_unit_test(likes_of_other_networks_groups_and_adis_are_apart),
        cmocka_unit_test(at_the_bound_the_longest_unheard_like_gives_way),
        cmocka_unit_test(shuffling_draws_each_member_once),
        cmocka_unit_test(a_like_that_finds_no_memory_leaves_no_trace),
        cmocka_unit_test(subscriptions_end_at_their_bound),
        cmocka_unit_test(bridged_groups_are_forgotten_after_1200_s),
        cmocka_unit_test(the_queue_keeps_the_newest_32),
        cmocka_unit_test(an_arp_request_reaches_only_the_holder_of_the_address),
        cmocka_unit_test(a_broadcast_reaches_every_member),
        cmocka_unit_test(a_member_that_turns_up_within_5_s_still_gets_the_frame),
        cmocka_unit_test(gathers_for_an_empty_group_are_few),
        cmocka_unit_test(without_broadcast_only_arp_is_sent),
        cmocka_unit_test(a_multicast_limit_of_0_stops_even_arp),
        cmocka_unit_test(a_new_subscription_is_announced_at_once),
        cmocka_unit_test(a_solicitation_for_an_automatic_address_is_answered_here),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
