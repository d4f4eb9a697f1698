/* SPDX-License-Identifier: Apache-2.0 */
/* What members' packets are answered with, and which are not answered or believed at all. */
#include "vl2_lab.h"

#include "vl1/packet.h"
#include "vl2/credentials.h"
#include "vl2/multicast.h"
#include "vl2/ndp.h"

#define ACKNOWLEDGE 0x10

static const struct zt_group everyone = { { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } }, 0 };

static uint64_t sent(const struct lab *lab, size_t i, enum zt_verb verb)
{
    return zt_vl1_counters(zt_node_vl1(lab->nodes[i].node))->verbs_out[verb];
}

/* Ann knows Bob's certificate: frames of his may come in. */
static struct lab *lab_acquainted(void)
{
    struct lab *lab = lab_with_members();

    (void)lab_frame(lab, BOB, lab_mac(lab, ANN), lab_mac(lab, BOB), 46);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[ANN].frames, 1);
    return lab;
}

/* Bob sends Ann an EXT_FRAME and wants to hear of it; is it answered? */
static bool is_answered(struct lab *lab, struct zt_mac to, struct zt_mac from, size_t length,
                        enum zt_drop expected)
{
    static const uint8_t payload[46];
    uint64_t before = sent(lab, ANN, ZT_VERB_OK);
    uint8_t bytes[128];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    zt_write_u64(&out, lab->nwid);
    zt_write_u8(&out, ACKNOWLEDGE);
    zt_mac_write(to, &out);
    zt_mac_write(from, &out);
    zt_write_u16(&out, ZT_ETHER_IPV4);
    zt_write_copy(&out, payload, length);
    assert_int_equal(lab_hand(lab, ANN, BOB, ZT_VERB_EXT_FRAME, &out), expected);
    return sent(lab, ANN, ZT_VERB_OK) == before + 1;
}

/* docs/wire.md 15.3: also what the filter drops and what carries nothing, but no frame that lies. */
static void a_frame_is_acknowledged_unless_its_macs_are_wrong(void **unused)
{
    struct lab *lab = lab_acquainted();
    struct zt_mac ann = lab_mac(lab, ANN), bob = lab_mac(lab, BOB), eve = lab_mac(lab, EVE);
    struct zt_mac zero = { { 0 } };

    (void)unused;
    assert_true(is_answered(lab, ann, bob, 46, ZT_DROP_NONE));
    assert_true(is_answered(lab, ann, bob, 0, ZT_DROP_EMPTY_FRAME));
    assert_false(is_answered(lab, ann, zero, 46, ZT_DROP_OWN_FRAME));
    assert_false(is_answered(lab, ann, ann, 46, ZT_DROP_OWN_FRAME));
    assert_false(is_answered(lab, ann, eve, 46, ZT_DROP_NO_BRIDGE));
    assert_false(is_answered(lab, eve, bob, 46, ZT_DROP_NO_BRIDGE));
    lab_network(lab, ANN)->config->rules[0].type = ZT_RULE_DROP;
    assert_true(is_answered(lab, ann, bob, 46, ZT_DROP_FILTERED));
    lab_free(lab);
}

/* Neither to whoever brought it nor back to the controller. */
static void a_revocation_is_passed_on_to_the_others_only(void **unused)
{
    struct lab *lab = lab_acquainted();
    struct zt_revocation revocation = { .nwid = lab->nwid,
                                        .threshold_ms = lab->now.wall_ms,
                                        .target = lab_address(lab, EVE),
                                        .flags = 1,
                                        .type = ZT_CREDENTIAL_COM };
    uint64_t before = sent(lab, ANN, ZT_VERB_NETWORK_CREDENTIALS);
    struct zt_members *members = &lab_network(lab, ANN)->members;
    uint8_t bytes[256];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    (void)unused;
    for (size_t i = CONTROLLER; i <= EVE; i++)
        assert_non_null(zt_members_get(members, lab_address(lab, i), true, lab->now.mono_ms));
    zt_revocation_sign(&revocation, &lab->nodes[CONTROLLER].self);
    zt_write_u8(&out, 0);
    zt_write_u32(&out, 0);
    zt_write_u16(&out, 1);
    zt_revocation_write(&revocation, &out);
    zt_write_u16(&out, 0);
    assert_int_equal(lab_hand(lab, ANN, BOB, ZT_VERB_NETWORK_CREDENTIALS, &out), ZT_DROP_NONE);
    lab_run(lab, 1000);
    assert_int_equal(sent(lab, ANN, ZT_VERB_NETWORK_CREDENTIALS), before + 1); /* Eve */
    lab_free(lab);
}

static enum zt_drop refuse(struct lab *lab, size_t from, enum zt_verb verb, uint8_t code)
{
    uint8_t bytes[64];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    zt_write_u8(&out, (uint8_t)verb);
    zt_write_u64(&out, 1);
    zt_write_u8(&out, code);
    zt_write_u64(&out, lab->nwid);
    return lab_hand(lab, ANN, from, ZT_VERB_ERROR, &out);
}

/* docs/wire.md 5.8 */
static void only_the_controller_refuses_and_only_requests(void **unused)
{
    struct lab *lab = lab_with_members();

    (void)unused;
    (void)refuse(lab, CONTROLLER, ZT_VERB_MULTICAST_GATHER, ZT_ERROR_OBJ_NOT_FOUND);
    (void)refuse(lab, CONTROLLER, ZT_VERB_ECHO, ZT_ERROR_UNSUPPORTED_OPERATION);
    assert_int_equal(lab_state(lab, ANN), ZT_NETWORK_OK);
    assert_int_equal(
        refuse(lab, BOB, ZT_VERB_NETWORK_CONFIG_REQUEST, ZT_ERROR_NETWORK_ACCESS_DENIED),
        ZT_DROP_NOT_CONTROLLER);
    assert_int_equal(refuse(lab, BOB, ZT_VERB_NETWORK_CONFIG_REQUEST, ZT_ERROR_OBJ_NOT_FOUND),
                     ZT_DROP_NOT_CONTROLLER);
    assert_int_equal(lab_state(lab, ANN), ZT_NETWORK_OK);
    assert_int_equal(
        refuse(lab, CONTROLLER, ZT_VERB_NETWORK_CONFIG_REQUEST, ZT_ERROR_OBJ_NOT_FOUND),
        ZT_DROP_NONE);
    assert_int_equal(lab_state(lab, ANN), ZT_NETWORK_NOT_FOUND);
    lab_free(lab);
}

static void a_controller_serves_its_own_networks_only(void **unused)
{
    struct lab *lab = lab_with_members();
    unsigned before = lab->nodes[ANN].requests;
    uint8_t bytes[64];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    (void)unused;
    zt_write_u64(&out, lab_address(lab, BOB) << 24 | 0xc0de);
    zt_write_u16(&out, 0);
    assert_int_equal(lab_hand(lab, CONTROLLER, ANN, ZT_VERB_NETWORK_CONFIG_REQUEST, &out),
                     ZT_DROP_FOREIGN);
    lab_carry_out(lab);
    assert_int_equal(lab->nodes[ANN].requests, before);
    lab_free(lab);
}

/* The answer that was left for the asker, opened. */
static struct zt_reader answer_under_way(struct lab *lab, size_t from, size_t to)
{
    static struct lab_datagram datagram;
    struct zt_session_key key;

    lab_carry_out(lab);
    assert_true(lab->queued > 0);
    datagram = lab->queue[lab->queued - 1];
    assert_true(zt_packet_source(datagram.bytes) == lab_address(lab, from));
    assert_true(zt_packet_destination(datagram.bytes) == lab_address(lab, to));
    assert_true(zt_identity_agree(&key, &lab->nodes[from].self, &lab->nodes[to].self));
    struct zt_gmac_siv *siv = zt_gmac_siv_new(&key);
    assert_non_null(siv);
    assert_true(zt_packet_open(datagram.bytes, datagram.length, &key, siv));
    zt_gmac_siv_free(siv);
    assert_int_equal(datagram.bytes[ZT_AT_VERB], ZT_VERB_OK);
    return zt_reader_of(datagram.bytes + ZT_AT_PAYLOAD, datagram.length - (size_t)ZT_AT_PAYLOAD);
}

/* docs/wire.md 16.3: we count, and come first. */
static void a_gather_names_us_and_everybody_but_the_asker(void **unused)
{
    struct lab *lab = lab_acquainted();
    uint8_t bytes[64];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    struct zt_reader in;

    (void)unused;
    zt_likes_clear(&lab_vl2(lab, ANN)->likes);
    zt_multicast_heard(lab_vl2(lab, ANN), lab->nwid, &everyone, lab_address(lab, BOB));
    zt_multicast_heard(lab_vl2(lab, ANN), lab->nwid, &everyone, lab_address(lab, EVE));
    zt_write_u64(&out, lab->nwid);
    zt_write_u8(&out, 0);
    zt_mac_write(zt_mac_broadcast, &out);
    zt_write_u32(&out, 0);
    zt_write_u32(&out, 10);
    assert_int_equal(lab_hand(lab, ANN, BOB, ZT_VERB_MULTICAST_GATHER, &out), ZT_DROP_NONE);
    in = answer_under_way(lab, ANN, BOB);
    (void)zt_read_take(&in, 9 + 8 + 6 + 4);
    assert_int_equal(zt_read_u32(&in), 3);
    assert_int_equal(zt_read_u16(&in), 2);
    assert_true(zt_read_u40(&in) == lab_address(lab, ANN));
    assert_true(zt_read_u40(&in) == lab_address(lab, EVE));
    assert_int_equal(zt_reader_left(&in), 0);
    lab_free(lab);
}

/* docs/wire.md 16.1 */
static void only_an_arp_question_has_a_group_of_its_own(void **unused)
{
    uint8_t arp[28] = { 0, 1, 8, 0, 6, 4, 0, 1 };
    struct zt_frame frame = {
        .to = zt_mac_broadcast, .type = ZT_ETHER_ARP, .payload = arp, .length = sizeof arp
    };
    struct zt_group group;

    (void)unused;
    zt_store_u32(arp + 24, 0x0a010203);
    assert_true(zt_arp_group(&frame, &group));
    assert_true(zt_mac_is_broadcast(group.mac));
    assert_int_equal(group.adi, 0x0a010203);
    arp[7] = 2;
    assert_false(zt_arp_group(&frame, &group));
    arp[7] = 1;
    arp[5] = 16;
    assert_false(zt_arp_group(&frame, &group));
    arp[5] = 4;
    frame.length--;
    assert_false(zt_arp_group(&frame, &group));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_acknowledged_unless_its_macs_are_wrong),
        cmocka_unit_test(a_revocation_is_passed_on_to_the_others_only),
        cmocka_unit_test(only_the_controller_refuses_and_only_requests),
        cmocka_unit_test(a_controller_serves_its_own_networks_only),
        cmocka_unit_test(a_gather_names_us_and_everybody_but_the_asker),
        cmocka_unit_test(only_an_arp_question_has_a_group_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
