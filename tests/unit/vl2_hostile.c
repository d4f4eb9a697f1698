/* SPDX-License-Identifier: Apache-2.0 */
/* What members, strangers and recorded packets must not bring about. */
#include "vl2_lab.h"

#include "vl2/clients.h"
#include "vl2/credentials.h"
#include "vl2/multicast.h"

static const struct zt_group some_group = { { { 0x33, 0x33, 0, 0, 0, 1 } }, 7 };

static void write_revocation(struct zt_writer *out, const struct zt_revocation *revocation)
{
    zt_write_u8(out, 0);
    zt_write_u32(out, 0);
    zt_write_u16(out, 1);
    zt_revocation_write(revocation, out);
}

static void a_revocation_that_changes_nothing_proves_nothing(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_revocation revocation = { .nwid = lab->nwid,
                                        .target = lab_address(lab, EVE),
                                        .type = ZT_CREDENTIAL_COM,
                                        .signer = lab_address(lab, CONTROLLER) };
    uint8_t bytes[256];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    struct zt_inbound in;

    (void)unused;
    assert_non_null(zt_members_get(&lab_network(lab, ANN)->members, lab_address(lab, EVE), true,
                                   lab->now.mono_ms));
    write_revocation(&out, &revocation); /* nobody signed it */
    in = lab_inbound(lab, EVE, ZT_VERB_NETWORK_CREDENTIALS, out.start, zt_writer_length(&out));
    assert_int_equal(zt_vl2_packet(lab_vl2(lab, ANN), &in), ZT_DROP_STALE);
    assert_false(in.trusted);
    lab_free(lab);
}

static void a_broken_chain_of_custody_makes_us_look_up_nobody(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_capability capability = {
        .nwid = lab->nwid, .issued_ms = lab->now.wall_ms, .max_custody = 3, .custody_count = 3
    };
    uint8_t bytes[1024];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    unsigned sends;

    (void)unused;
    capability.custody[0].from = lab_address(lab, CONTROLLER);
    capability.custody[0].to = capability.custody[1].from = 0x1111111111;
    capability.custody[1].to = capability.custody[2].from = 0x2222222222;
    capability.custody[2].to = lab_address(lab, EVE);
    zt_write_u8(&out, 0);
    zt_write_u16(&out, 1);
    zt_capability_write(&capability, &out);
    lab_run(lab, 1);
    sends = lab->nodes[ANN].sends;
    assert_int_equal(lab_hand(lab, ANN, EVE, ZT_VERB_NETWORK_CREDENTIALS, &out), ZT_DROP_FORGED);
    lab_run(lab, 1);
    assert_int_equal(lab->nodes[ANN].sends, sends);
    lab_free(lab);
}

/* The configuration of a node as one signed chunk. */
static void write_chunk(struct lab *lab, size_t i, struct zt_writer *out)
{
    static uint8_t text[4096];
    struct zt_writer dict = zt_writer_of(text, sizeof text);
    uint32_t length;

    zt_config_write(lab->nodes[i].config, &dict);
    length = (uint32_t)zt_writer_length(&dict);
    zt_chunk_write(out, lab->nwid, text, length, 4711 + (uint64_t)lab->now.wall_ms, length, 0,
                   &lab->nodes[CONTROLLER].self);
    assert_false(out->failed);
}

static void a_recorded_push_does_not_bring_back_the_past(void **unused)
{
    struct lab *lab = lab_with_members();
    uint8_t bytes[4096];
    struct zt_writer old = zt_writer_of(bytes, sizeof bytes);
    int64_t issued_ms;

    (void)unused;
    write_chunk(lab, ANN, &old);
    lab_run(lab, 10000);
    lab_push(lab, ANN);
    lab_run(lab, 100);
    issued_ms = lab_network(lab, ANN)->config->issued_ms;
    assert_int_equal(lab_hand(lab, ANN, CONTROLLER, ZT_VERB_NETWORK_CONFIG, &old), ZT_DROP_STALE);
    assert_int_equal(lab_network(lab, ANN)->config->issued_ms, issued_ms);
    /* The answer to a request may be older: the controller's clock was put back. */
    lab->now.wall_ms -= 3600000;
    lab_run(lab, 61000);
    assert_true(lab_network(lab, ANN)->config->issued_ms < issued_ms);
    lab_free(lab);
}

static void forged_chunks_from_a_stranger_are_soon_not_even_checked(void **unused)
{
    struct lab *lab = lab_with_members();
    uint8_t bytes[4096];
    struct zt_writer chunk = zt_writer_of(bytes, sizeof bytes);

    (void)unused;
    write_chunk(lab, ANN, &chunk);
    chunk.at[-1] ^= 1;
    for (int i = 0; i < 64; i++)
        assert_int_equal(lab_hand(lab, ANN, EVE, ZT_VERB_NETWORK_CONFIG, &chunk), ZT_DROP_FORGED);
    assert_int_equal(lab_hand(lab, ANN, EVE, ZT_VERB_NETWORK_CONFIG, &chunk), ZT_DROP_RATE_LIMITED);
    assert_int_equal(lab_hand(lab, ANN, CONTROLLER, ZT_VERB_NETWORK_CONFIG, &chunk),
                     ZT_DROP_FORGED);
    lab_free(lab);
}

static void a_chunk_to_be_passed_on_reaches_a_member_through_another(void **unused)
{
    struct lab *lab = lab_with_members();
    uint8_t bytes[4096];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    size_t flags_at;
    unsigned events;

    (void)unused;
    (void)lab_frame(lab, BOB, lab_mac(lab, ANN), lab_mac(lab, BOB), 64);
    lab_run(lab, 3000);
    lab_renew(lab, ANN);
    lab->nodes[ANN].config->revision++;
    write_chunk(lab, ANN, &out);
    flags_at = 10u + zt_load_u16(bytes + 8);
    bytes[flags_at] = ZT_CHUNK_PROPAGATE;
    zt_identity_sign(bytes + flags_at + 20, &lab->nodes[CONTROLLER].self, bytes, flags_at + 17);
    events = lab->nodes[ANN].config_events;
    /* It is not for Bob, who passes it on all the same. */
    assert_int_equal(lab_hand(lab, BOB, CONTROLLER, ZT_VERB_NETWORK_CONFIG, &out), ZT_DROP_FOREIGN);
    lab_run(lab, 100);
    assert_int_equal(lab->nodes[ANN].config_events, events + 1);
    assert_int_equal(lab_network(lab, ANN)->config->revision, lab->nodes[ANN].config->revision);
    lab_free(lab);
}

/* A certificate that stands inside an EXT_FRAME, a MULTICAST_FRAME or a GATHER. */
static void write_with_com(const struct lab *lab, enum zt_verb verb, const struct zt_com *com,
                           size_t from, struct zt_writer *out)
{
    zt_write_u64(out, lab->nwid);
    zt_write_u8(out, 0x01);
    if (verb == ZT_VERB_MULTICAST_GATHER) {
        zt_mac_write(some_group.mac, out);
        zt_write_u32(out, some_group.adi);
        zt_write_u32(out, 5);
        zt_com_write(com, out);
        return;
    }
    zt_com_write(com, out);
    if (verb == ZT_VERB_EXT_FRAME) {
        zt_mac_write(lab_mac(lab, ANN), out);
        zt_mac_write(lab_mac(lab, from), out);
    } else {
        zt_mac_write(some_group.mac, out);
        zt_write_u32(out, some_group.adi);
    }
    zt_write_u16(out, ZT_ETHER_IPV4);
    zt_write_u64(out, 0);
}

static void an_inline_certificate_opens_the_gate_if_it_is_genuine(void **unused)
{
    static const enum zt_verb verbs[] = { ZT_VERB_EXT_FRAME, ZT_VERB_MULTICAST_FRAME,
                                          ZT_VERB_MULTICAST_GATHER };

    (void)unused;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        struct lab *lab = lab_with_members();
        bool is_gather = verbs[i] == ZT_VERB_MULTICAST_GATHER;
        enum zt_drop closed = is_gather ? ZT_DROP_NOT_MEMBER : ZT_DROP_DEFERRED;
        struct zt_com com = lab->nodes[EVE].config->com;
        uint8_t bytes[512];
        struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

        com.qualifiers[0].value++;
        write_with_com(lab, verbs[i], &com, EVE, &out);
        assert_int_equal(lab_hand(lab, ANN, EVE, verbs[i], &out), closed);
        out = zt_writer_of(bytes, sizeof bytes);
        write_with_com(lab, verbs[i], &lab->nodes[BOB].config->com, EVE, &out);
        assert_int_equal(lab_hand(lab, ANN, EVE, verbs[i], &out), closed);
        out = zt_writer_of(bytes, sizeof bytes);
        write_with_com(lab, verbs[i], &lab->nodes[EVE].config->com, EVE, &out);
        assert_int_equal(lab_hand(lab, ANN, EVE, verbs[i], &out), ZT_DROP_NONE);
        for (size_t cut = 23; cut < zt_writer_length(&out) - 8; cut++) {
            struct zt_writer part = { .start = bytes, .at = bytes + cut };

            assert_int_equal(lab_hand(lab, ANN, EVE, verbs[i], &part),
                             is_gather ? ZT_DROP_NONE : ZT_DROP_TRUNCATED);
        }
        lab_run(lab, 1);
        assert_int_equal(lab->nodes[ANN].frames, is_gather ? 0 : 1);
        lab_free(lab);
    }
}

static void inline_certificates_that_are_forged_are_soon_not_even_checked(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_com com = lab->nodes[EVE].config->com;
    zt_address eve = lab_address(lab, EVE);

    (void)unused;
    com.signature[0] ^= 1;
    for (int i = 0; i < 64; i++)
        assert_int_equal(zt_credentials_offer_inline(lab_vl2(lab, ANN), &com, eve), ZT_DROP_FORGED);
    assert_int_equal(zt_credentials_offer_inline(lab_vl2(lab, ANN), &com, eve),
                     ZT_DROP_RATE_LIMITED);
    assert_int_equal(zt_credentials_offer_inline(lab_vl2(lab, ANN), &lab->nodes[BOB].config->com,
                                                 lab_address(lab, BOB)),
                     ZT_DROP_NONE);
    lab_free(lab);
}

static void one_node_cannot_push_out_the_likes_of_others(void **unused)
{
    struct zt_likes likes = { 0 };
    struct zt_group group = some_group;

    (void)unused;
    assert_true(zt_likes_add(&likes, 1, &some_group, 0x1111111111, 0));
    for (group.adi = 0; group.adi < ZT_MAX_LIKES_PER_NODE; group.adi++)
        assert_true(zt_likes_add(&likes, 2, &group, 0x2222222222, 1));
    for (; group.adi < ZT_MAX_GROUP_MEMBERS + 10; group.adi++)
        assert_false(zt_likes_add(&likes, 2, &group, 0x2222222222, 1));
    assert_non_null(zt_likes_audience(&likes, 1, &some_group));
    group.adi = 0;
    zt_likes_remove(&likes, 2, &group, 0x2222222222);
    assert_true(zt_likes_add(&likes, 2, &group, 0x2222222222, 1));
    zt_likes_clear(&likes);
    assert_int_equal(zt_mem_live(), 0);
}

static void requests_of_strangers_do_not_push_out_grants(void **unused)
{
    struct zt_clients clients = { 0 };

    (void)unused;
    zt_clients_granted(&clients, 1, 0x1111111111, 0);
    for (zt_address other = 2; other <= ZT_MAX_MEMBERS + 10; other++)
        assert_true(zt_clients_asked(&clients, 1, other, 1));
    assert_true(zt_clients_is_granted(&clients, 1, 0x1111111111, 2));
    zt_clients_clear(&clients);
    assert_int_equal(zt_mem_live(), 0);
}

static void a_scan_by_the_host_does_not_revive_a_revoked_member(void **unused)
{
    struct zt_members members = { 0 };
    struct zt_member *revoked = zt_members_get(&members, 0x1111111111, false, 0);

    (void)unused;
    assert_int_equal(zt_member_revoke_com(revoked, 1700000000000), ZT_DROP_NONE);
    for (zt_address i = 1; i <= ZT_MAX_MEMBERS + 100; i++)
        assert_non_null(zt_members_get(&members, i, false, 1));
    assert_int_equal(HASH_COUNT(members.table), ZT_MAX_MEMBERS);
    assert_ptr_equal(zt_members_find(&members, 0x1111111111), revoked);
    zt_members_clear(&members);
    assert_int_equal(zt_mem_live(), 0);
}

static void members_of_a_group_nobody_asked_about_are_not_taken(void **unused)
{
    struct lab *lab = lab_with_members();
    uint8_t bytes[64];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    (void)unused;
    zt_write_u8(&out, ZT_VERB_MULTICAST_FRAME);
    zt_write_u64(&out, 1);
    zt_write_u64(&out, lab->nwid);
    zt_mac_write(some_group.mac, &out);
    zt_write_u32(&out, some_group.adi);
    zt_write_u8(&out, ZT_MULTICAST_GATHER);
    zt_write_u32(&out, 1);
    zt_write_u16(&out, 1);
    zt_write_u40(&out, 0x1122334455);
    assert_int_equal(lab_hand(lab, ANN, EVE, ZT_VERB_OK, &out), ZT_DROP_UNEXPECTED_REPLY);
    assert_null(zt_likes_audience(&lab_vl2(lab, ANN)->likes, lab->nwid, &some_group));
    zt_spread_gathered(&lab_network(lab, ANN)->spread, &some_group, lab->now.mono_ms);
    assert_int_equal(lab_hand(lab, ANN, EVE, ZT_VERB_OK, &out), ZT_DROP_NONE);
    assert_non_null(zt_likes_audience(&lab_vl2(lab, ANN)->likes, lab->nwid, &some_group));
    lab_free(lab);
}

static void an_answer_that_no_member_would_take_is_not_sent(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_config_answer answer = { .nwid = lab->nwid, .member = lab_address(lab, ANN) };
    uint8_t *bytes = calloc(1, ZT_MAX_CONFIG);
    unsigned sends;

    (void)unused;
    answer.bytes = bytes;
    answer.length = ZT_MAX_CONFIG;
    lab_run(lab, 1);
    sends = lab->nodes[CONTROLLER].sends;
    zt_node_answer(lab->nodes[CONTROLLER].node, lab->now, &answer);
    lab_run(lab, 1);
    assert_int_equal(lab->nodes[CONTROLLER].sends, sends);
    answer.length--;
    zt_node_answer(lab->nodes[CONTROLLER].node, lab->now, &answer);
    lab_run(lab, 1);
    assert_true(lab->nodes[CONTROLLER].sends > sends + 50);
    free(bytes);
    lab_free(lab);
}

static void an_accepted_credential_lets_waiting_frames_in_at_once(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_member *bob;

    (void)unused;
    lab_run(lab, 2000);
    /* Ann believes that Bob has her certificate; it was lost. */
    bob = zt_members_get(&lab_network(lab, ANN)->members, lab_address(lab, BOB), false,
                         lab->now.mono_ms);
    bob->pushed_install = lab_network(lab, ANN)->installs;
    bob->pushed_ms = lab->now.mono_ms - 1000;
    (void)lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 64);
    lab_run(lab, 200);
    assert_int_equal(lab->nodes[BOB].frames, 1);
    lab_free(lab);
}

static void the_first_frame_after_joining_arrives_soon(void **unused)
{
    struct lab *lab = lab_new();

    (void)unused;
    lab_join(lab, BOB);
    lab_run(lab, 1000);
    lab_join(lab, ANN);
    for (int i = 0; i < 10 && lab_state(lab, ANN) != ZT_NETWORK_OK; i++)
        lab_run(lab, 20);
    (void)lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 64);
    lab_run(lab, 200);
    assert_int_equal(lab->nodes[BOB].frames, 1);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_revocation_that_changes_nothing_proves_nothing),
        cmocka_unit_test(a_broken_chain_of_custody_makes_us_look_up_nobody),
        cmocka_unit_test(a_recorded_push_does_not_bring_back_the_past),
        cmocka_unit_test(forged_chunks_from_a_stranger_are_soon_not_even_checked),
        cmocka_unit_test(a_chunk_to_be_passed_on_reaches_a_member_through_another),
        cmocka_unit_test(an_inline_certificate_opens_the_gate_if_it_is_genuine),
        cmocka_unit_test(inline_certificates_that_are_forged_are_soon_not_even_checked),
        cmocka_unit_test(one_node_cannot_push_out_the_likes_of_others),
        cmocka_unit_test(requests_of_strangers_do_not_push_out_grants),
        cmocka_unit_test(a_scan_by_the_host_does_not_revive_a_revoked_member),
        cmocka_unit_test(members_of_a_group_nobody_asked_about_are_not_taken),
        cmocka_unit_test(an_answer_that_no_member_would_take_is_not_sent),
        cmocka_unit_test(an_accepted_credential_lets_waiting_frames_in_at_once),
        cmocka_unit_test(the_first_frame_after_joining_arrives_soon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
