/* SPDX-License-Identifier: Apache-2.0 */
/* NETWORK_CREDENTIALS: what is accepted from whom, how often, and how revocations spread. */
#include "vl2_lab.h"

#include "vl2/credentials.h"
#include "vl2/senders.h"

/* Hands bytes to a node's VL2 as if they came from a peer it knows. */
static enum zt_drop hand(struct lab *lab, size_t to, size_t from, const uint8_t *bytes,
                         size_t length, bool retried)
{
    struct zt_inbound in = lab_inbound(lab, from, ZT_VERB_NETWORK_CREDENTIALS, bytes, length);

    in.retried = retried;
    return zt_vl2_packet(lab_vl2(lab, to), &in);
}

static struct zt_tag tag_for(const struct lab *lab, size_t i, uint32_t id, int64_t issued_ms)
{
    struct zt_tag tag = { .nwid = lab->nwid,
                          .issued_ms = issued_ms,
                          .id = id,
                          .value = 7,
                          .member = lab_address(lab, i) };

    zt_tag_sign(&tag, &lab->nodes[CONTROLLER].self);
    return tag;
}

static size_t write_tag(uint8_t *bytes, size_t capacity, const struct zt_tag *tag)
{
    struct zt_writer out = zt_writer_of(bytes, capacity);

    zt_write_u8(&out, 0);
    zt_write_u16(&out, 0);
    zt_write_u16(&out, 1);
    zt_tag_write(tag, &out);
    assert_false(out.failed);
    return zt_writer_length(&out);
}

static struct zt_revocation revocation_of(const struct lab *lab, size_t i, uint8_t type,
                                          uint32_t id, int64_t threshold_ms)
{
    struct zt_revocation revocation = { .id = 99,
                                        .nwid = lab->nwid,
                                        .credential_id = id,
                                        .threshold_ms = threshold_ms,
                                        .flags = ZT_REVOCATION_FAST,
                                        .target = lab_address(lab, i),
                                        .type = type };

    zt_revocation_sign(&revocation, &lab->nodes[CONTROLLER].self);
    return revocation;
}

static void a_tag_is_filed_under_the_member_it_was_issued_to(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_tag tag = tag_for(lab, BOB, 100, lab->now.wall_ms);
    uint8_t bytes[256];
    size_t length = write_tag(bytes, sizeof bytes, &tag);
    const struct zt_member *bob;

    (void)unused;
    assert_int_equal(hand(lab, ANN, EVE, bytes, length, false), ZT_DROP_NONE);
    bob = zt_members_find(&lab_network(lab, ANN)->members, lab_address(lab, BOB));
    assert_non_null(bob);
    assert_int_equal(bob->wallet->tags.valid, 1);
    assert_null(zt_members_find(&lab_network(lab, ANN)->members, lab_address(lab, EVE)));
    lab_free(lab);
}

static void a_forged_or_cut_credential_leaves_no_trace(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_tag tag = tag_for(lab, BOB, 100, lab->now.wall_ms);
    uint8_t bytes[256];
    size_t length;

    (void)unused;
    tag.value++;
    length = write_tag(bytes, sizeof bytes, &tag);
    assert_int_equal(hand(lab, ANN, EVE, bytes, length, true), ZT_DROP_FORGED);
    for (size_t cut = 6; cut < length; cut++)
        assert_int_equal(hand(lab, ANN, EVE, bytes, cut, true), ZT_DROP_TRUNCATED);
    assert_null(zt_members_find(&lab_network(lab, ANN)->members, lab_address(lab, BOB)));
    lab_free(lab);
}

/* Very old senders end after their certificates, others after the zero byte or any list. */
static void a_packet_may_end_after_any_part(void **unused)
{
    (void)unused;
    for (size_t zeros = 0; zeros <= 9; zeros++) {
        struct lab *lab = lab_with_members();
        struct zt_com com;
        uint8_t bytes[ZT_COM_SIZE + 9];
        struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
        bool inside_a_count = zeros > 0 && zeros % 2 == 0;
        const struct zt_member *eve;

        zt_com_make(&com, lab->nwid, lab->now.wall_ms + 1, 1000, &lab->nodes[EVE].self);
        zt_com_sign(&com, &lab->nodes[CONTROLLER].self);
        zt_com_write(&com, &out);
        for (size_t i = 0; i < zeros; i++)
            zt_write_u8(&out, 0);
        assert_false(out.failed);
        assert_int_equal(hand(lab, ANN, EVE, bytes, zt_writer_length(&out), false),
                         inside_a_count ? ZT_DROP_TRUNCATED : ZT_DROP_NONE);
        eve = zt_members_find(&lab_network(lab, ANN)->members, lab_address(lab, EVE));
        assert_int_equal(eve != NULL && eve->com != NULL && zt_com_equal(eve->com, &com),
                         !inside_a_count);
        lab_free(lab);
    }
}

static void credentials_are_taken_once_a_second_from_a_peer(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_tag tag = tag_for(lab, BOB, 100, lab->now.wall_ms);
    uint8_t bytes[256];
    size_t length = write_tag(bytes, sizeof bytes, &tag);

    (void)unused;
    assert_int_equal(hand(lab, ANN, EVE, bytes, length, false), ZT_DROP_NONE);
    assert_int_equal(hand(lab, ANN, EVE, bytes, length, false), ZT_DROP_RATE_LIMITED);
    assert_int_equal(hand(lab, ANN, BOB, bytes, length, false), ZT_DROP_NONE);
    /* what waited for an identity is not counted twice */
    assert_int_equal(hand(lab, ANN, EVE, bytes, length, true), ZT_DROP_NONE);
    lab_free(lab);
}

static void revocations_have_a_limit_of_their_own(void **unused)
{
    struct zt_senders senders = { 0 };
    unsigned taken = 0;

    (void)unused;
    assert_true(zt_senders_allow(&senders, 1, false, 5000));
    assert_false(zt_senders_allow(&senders, 1, false, 5999));
    for (int i = 0; i < 20; i++)
        taken += zt_senders_allow(&senders, 1, true, 5999);
    assert_int_equal(taken, 10);
    assert_true(zt_senders_allow(&senders, 1, false, 6000));
    zt_senders_clean(&senders, 6500);
    assert_int_equal(HASH_COUNT(senders.table), 1);
    zt_senders_clean(&senders, 7000);
    assert_int_equal(HASH_COUNT(senders.table), 0);
    assert_int_equal(zt_mem_live(), 0);
}

static void an_unknown_network_is_refused(void **unused)
{
    struct lab *lab = lab_new();
    struct zt_tag tag = tag_for(lab, BOB, 100, lab->now.wall_ms);
    uint8_t bytes[256];
    size_t length = write_tag(bytes, sizeof bytes, &tag);

    (void)unused;
    assert_int_equal(hand(lab, ANN, BOB, bytes, length, false), ZT_DROP_NOT_JOINED);
    lab_free(lab);
}

static void a_revocation_spreads_and_shuts_the_member_out(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_revocation revocation;

    (void)unused;
    (void)lab_frame(lab, EVE, lab_mac(lab, ANN), lab_mac(lab, EVE), 50);
    (void)lab_frame(lab, EVE, lab_mac(lab, BOB), lab_mac(lab, EVE), 50);
    (void)lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 50);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[BOB].frames, 2);
    /* The controller tells Ann alone; Bob has it from her. */
    revocation = revocation_of(lab, EVE, ZT_CREDENTIAL_COM, 0, lab->now.wall_ms);
    zt_node_send_revocation(lab->nodes[CONTROLLER].node, lab->now, lab_address(lab, ANN),
                            &revocation);
    lab_run(lab, 200);
    (void)lab_frame(lab, EVE, lab_mac(lab, BOB), lab_mac(lab, EVE), 50);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[BOB].frames, 2);
    /* A newer certificate opens again. */
    lab_push(lab, EVE);
    lab_run(lab, 1000);
    (void)lab_frame(lab, EVE, lab_mac(lab, BOB), lab_mac(lab, EVE), 50);
    lab_run(lab, 3000);
    assert_true(lab->nodes[BOB].frames >= 3);
    lab_free(lab);
}

static void revocations_that_are_wrong_do_nothing(void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_vl2 *ann = lab_vl2(lab, ANN);
    struct zt_revocation revocation;

    (void)unused;
    for (uint8_t type = 0; type <= 6; type += 5) {
        revocation = revocation_of(lab, EVE, type, 0, lab->now.wall_ms);
        assert_int_equal(zt_credentials_offer_revocation(ann, &revocation, 0), ZT_DROP_MALFORMED);
    }
    revocation = revocation_of(lab, EVE, ZT_CREDENTIAL_COM, 0, lab->now.wall_ms);
    revocation.threshold_ms++;
    assert_int_equal(zt_credentials_offer_revocation(ann, &revocation, 0), ZT_DROP_FORGED);
    revocation = revocation_of(lab, EVE, ZT_CREDENTIAL_COM, 0, lab->now.wall_ms);
    revocation.nwid++;
    assert_int_equal(zt_credentials_offer_revocation(ann, &revocation, 0), ZT_DROP_NOT_JOINED);
    assert_null(zt_members_find(&lab_network(lab, ANN)->members, lab_address(lab, EVE)));
    lab_free(lab);
}

static void a_revoked_tag_takes_the_certificate_with_it_but_never_lowers_its_threshold(
    void **unused)
{
    struct lab *lab = lab_with_members();
    struct zt_vl2 *ann = lab_vl2(lab, ANN);
    int64_t now_ms = lab->now.wall_ms;
    struct zt_revocation high = revocation_of(lab, EVE, ZT_CREDENTIAL_COM, 0, now_ms);
    struct zt_revocation low = revocation_of(lab, EVE, ZT_CREDENTIAL_TAG, 5, now_ms - 50);
    struct zt_revocation higher = revocation_of(lab, EVE, ZT_CREDENTIAL_TAG, 5, now_ms + 50);
    const struct zt_member *eve;

    (void)unused;
    assert_int_equal(zt_credentials_offer_revocation(ann, &high, 0), ZT_DROP_NONE);
    assert_int_equal(zt_credentials_offer_revocation(ann, &low, 0), ZT_DROP_NONE);
    eve = zt_members_find(&lab_network(lab, ANN)->members, lab_address(lab, EVE));
    assert_int_equal(eve->com_threshold_ms, now_ms);
    assert_int_equal(zt_credentials_offer_revocation(ann, &higher, 0), ZT_DROP_NONE);
    assert_int_equal(eve->com_threshold_ms, now_ms + 50);
    lab_free(lab);
}

static void a_big_push_is_split_and_its_first_packet_counts(void **unused)
{
    struct lab *lab = lab_new();
    struct zt_config *config = lab->nodes[ANN].config;
    const struct zt_member *ann;

    (void)unused;
    config->tags = zt_alloc(ZT_MAX_TAGS * sizeof *config->tags);
    config->tag_count = ZT_MAX_TAGS;
    for (uint32_t i = 0; i < ZT_MAX_TAGS; i++)
        config->tags[i] = tag_for(lab, ANN, i, lab->now.wall_ms);
    lab_join(lab, ANN);
    lab_join(lab, BOB);
    lab_run(lab, 1000);
    (void)lab_frame(lab, ANN, lab_mac(lab, BOB), lab_mac(lab, ANN), 50);
    lab_run(lab, 3000);
    assert_int_equal(lab->nodes[BOB].frames, 1);
    ann = zt_members_find(&lab_network(lab, BOB)->members, lab_address(lab, ANN));
    assert_in_range(ann->wallet->tags.valid, 60, ZT_MAX_TAGS - 1);
    lab_free(lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tag_is_filed_under_the_member_it_was_issued_to),
        cmocka_unit_test(a_forged_or_cut_credential_leaves_no_trace),
        cmocka_unit_test(a_packet_may_end_after_any_part),
        cmocka_unit_test(credentials_are_taken_once_a_second_from_a_peer),
        cmocka_unit_test(revocations_have_a_limit_of_their_own),
        cmocka_unit_test(an_unknown_network_is_refused),
        cmocka_unit_test(a_revocation_spreads_and_shuts_the_member_out),
        cmocka_unit_test(revocations_that_are_wrong_do_nothing),
        cmocka_unit_test(
            a_revoked_tag_takes_the_certificate_with_it_but_never_lowers_its_threshold),
        cmocka_unit_test(a_big_push_is_split_and_its_first_packet_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
