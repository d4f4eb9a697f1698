/* SPDX-License-Identifier: Apache-2.0 */
/* Forwarding: for whom, how far, and by which way. */
#include "vl1_lab.h"

static enum zt_drop relay_head(struct lab *lab, size_t via, const struct zt_link *from,
                               zt_address source, zt_address destination, unsigned hops)
{
    uint8_t packet[60];

    zt_packet_header(packet, 1, destination, source, ZT_VERB_FRAME);
    packet[ZT_AT_FLAGS] = (uint8_t)(0x18 | hops);
    return zt_relay_packet(lab->nodes[via].vl1, from, packet, sizeof packet);
}

static void a_root_forwards_up_to_the_hop_limit(void **unused)
{
    struct lab *lab = lab_with_root(3);
    struct zt_link link = lab_link(1);

    (void)unused;
    for (unsigned hops = 0; hops < 8; hops++) {
        enum zt_drop expected = hops < ZT_MAX_HOPS ? ZT_DROP_NONE : ZT_DROP_HOP_LIMIT;

        assert_int_equal(relay_head(lab, 0, &link, 0x1122334455, lab_address(lab, 2), hops),
                         expected);
    }
    lab_carry_out(lab);
    assert_int_equal(lab->last[0].bytes[ZT_AT_FLAGS], 0x18 | ZT_MAX_HOPS);
    assert_int_equal(relay_head(lab, 0, &link, 1, 0x1122334455, 0), ZT_DROP_NO_ROUTE);
    lab_free(lab);
}

static void a_fragment_is_forwarded_like_a_head(void **unused)
{
    struct lab *lab = lab_with_root(3);
    struct zt_link link = lab_link(1);

    (void)unused;
    for (unsigned hops = 0; hops < 256; hops += 1) {
        uint8_t fragment[40] = { 0 };
        uint64_t before = zt_vl1_counters(lab->nodes[0].vl1)->relayed;

        zt_store_u40(fragment + ZT_AT_DESTINATION, lab_address(lab, 2));
        fragment[ZT_FRAGMENT_AT_MARK] = ZT_FRAGMENT_MARK;
        fragment[ZT_FRAGMENT_AT_NUMBER] = 0x21;
        fragment[ZT_FRAGMENT_AT_HOPS] = (uint8_t)hops;
        zt_vl1_datagram(lab->nodes[0].vl1, lab->now, &link, fragment, sizeof fragment);
        assert_int_equal(zt_vl1_counters(lab->nodes[0].vl1)->relayed - before, hops < ZT_MAX_HOPS);
    }
    lab_free(lab);
}

static void a_leaf_forwards_only_for_those_it_trusts(void **unused)
{
    struct lab *lab = lab_with_root(3);
    struct zt_link link = lab_link(2);

    (void)unused;
    lab_send(lab, 2, 1, ZT_VERB_FRAME, 10);
    lab_run(lab, 1000);
    assert_int_equal(relay_head(lab, 1, &link, lab_address(lab, 2), lab_address(lab, 0), 0),
                     ZT_DROP_NOT_RELAYING);
    lab->nodes[1].upper_trusts = true;
    lab_send(lab, 2, 1, ZT_VERB_FRAME, 10);
    lab_run(lab, 100);
    zt_vl1_enter(lab->nodes[1].vl1, lab->now);
    assert_int_equal(relay_head(lab, 1, &link, lab_address(lab, 2), lab_address(lab, 0), 0),
                     ZT_DROP_NONE);
    lab_run(lab, ZT_TRUST_LIFE_MS + ZT_HOUSEKEEPING_MS);
    zt_vl1_enter(lab->nodes[1].vl1, lab->now);
    assert_int_equal(relay_head(lab, 1, &link, lab_address(lab, 2), lab_address(lab, 0), 0),
                     ZT_DROP_NOT_RELAYING);
    lab_free(lab);
}

static void the_table_of_trusted_links_is_bounded(void **unused)
{
    struct lab *lab = lab_with_root(2);
    struct zt_vl1 *vl1 = lab->nodes[1].vl1;
    struct zt_inbound in = { .source = lab_address(lab, 0),
                             .verb = ZT_VERB_NOP,
                             .hops = 1,
                             .link = lab_link(0),
                             .trusted = true };
    struct zt_link first = in.link;

    (void)unused;
    for (uint32_t i = 0; i < ZT_MAX_TRUSTED_LINKS + 1; i++) {
        in.link.socket = LAB_SOCKET + i;
        zt_learn(vl1, lab_peer(lab, 1, 0), &in);
    }
    assert_int_equal(HASH_COUNT(vl1->trusted_links.links), ZT_MAX_TRUSTED_LINKS);
    assert_false(zt_trusted_links_has(vl1, &first));
    assert_true(zt_trusted_links_has(vl1, &in.link));
    lab_free(lab);
}

static void our_own_packets_are_not_forwarded(void **unused)
{
    struct lab *lab = lab_with_root(2);
    uint8_t packet[60];
    struct zt_link link = lab_link(1);

    (void)unused;
    zt_packet_header(packet, 1, lab_address(lab, 1), lab_address(lab, 0), ZT_VERB_FRAME);
    zt_vl1_datagram(lab->nodes[0].vl1, lab->now, &link, packet, sizeof packet);
    assert_int_equal(lab_drops(lab, 0, ZT_DROP_OWN_SOURCE), 1);
    lab_free(lab);
}

static void what_came_from_a_root_is_not_sent_back_to_it(void **unused)
{
    struct lab *lab = lab_new(3);
    struct zt_world planet = lab_world(lab, ZT_WORLD_PLANET, 4711, 1000, 0, 2);
    struct zt_link root = lab_link(1);
    struct zt_link leaf = lab_link(2);

    (void)unused;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(lab_offer(lab, i, &planet), ZT_DROP_NONE);
    lab_run(lab, 1000);
    zt_vl1_enter(lab->nodes[0].vl1, lab->now);
    assert_int_equal(relay_head(lab, 0, &leaf, 1, 0x1122334455, 0), ZT_DROP_NONE);
    assert_int_equal(relay_head(lab, 0, &root, 1, 0x1122334455, 1), ZT_DROP_NO_ROUTE);
    /* By a way of its own we don't know yet. */
    assert_int_equal(relay_head(lab, 0, &leaf, lab_address(lab, 1), 0x1122334455, 0),
                     ZT_DROP_NO_ROUTE);
    lab_free(lab);
}

static void a_forged_source_introduces_nobody(void **unused)
{
    struct lab *lab = lab_with_root(3);
    struct zt_link forger = lab_link(4);
    struct zt_link link = lab_link(1);
    struct zt_vl1 *root = lab->nodes[0].vl1;

    (void)unused;
    relay_head(lab, 0, &forger, lab_address(lab, 1), lab_address(lab, 2), 0);
    assert_null(root->introductions.pairs);
    relay_head(lab, 0, &link, lab_address(lab, 1), lab_address(lab, 2), 0);
    assert_non_null(root->introductions.pairs);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_root_forwards_up_to_the_hop_limit),
        cmocka_unit_test(a_fragment_is_forwarded_like_a_head),
        cmocka_unit_test(a_leaf_forwards_only_for_those_it_trusts),
        cmocka_unit_test(the_table_of_trusted_links_is_bounded),
        cmocka_unit_test(our_own_packets_are_not_forwarded),
        cmocka_unit_test(what_came_from_a_root_is_not_sent_back_to_it),
        cmocka_unit_test(a_forged_source_introduces_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
