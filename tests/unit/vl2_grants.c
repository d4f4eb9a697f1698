/* SPDX-License-Identifier: Apache-2.0 */
/* Tags, certificates of ownership and capabilities: bytes, bounds, signatures, chains. */
#include "vl2_signers.h"

#include "vl2/grants.h"
#include "vl2/rules_codec.h"

static struct zt_tag tag_for(zt_address address)
{
    struct zt_tag tag = {
        .nwid = NWID, .issued_ms = NOW_MS, .id = 100, .value = 7, .member = address
    };

    zt_tag_sign(&tag, &controller);
    return tag;
}

static struct zt_ownership ownership_for(zt_address address, size_t things)
{
    struct zt_ownership ownership = {
        .nwid = NWID, .issued_ms = NOW_MS, .id = 1, .thing_count = things, .member = address
    };

    for (size_t i = 0; i < things; i++) {
        ownership.things[i].type = ZT_THING_IPV4;
        memcpy(ownership.things[i].value, (uint8_t[4]){ 10, 0, 0, (uint8_t)i }, 4);
    }
    zt_ownership_sign(&ownership, &controller);
    return ownership;
}

static struct zt_capability capability_for(zt_address address, size_t rules)
{
    struct zt_capability capability = {
        .nwid = NWID, .issued_ms = NOW_MS, .id = 1000, .rule_count = rules
    };

    for (size_t i = 0; i < rules; i++) {
        capability.rules[i].type = ZT_RULE_INTEGER_RANGE;
        capability.rules[i].u.integer.last = i;
    }
    zt_capability_sign(&capability, &controller, address);
    return capability;
}

static void a_tag_is_read_as_written(void **unused)
{
    struct zt_tag tag = tag_for(MEMBER), back;
    uint8_t bytes[256];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    struct zt_reader in;

    (void)unused;
    zt_tag_write(&tag, &out);
    assert_int_equal(zt_writer_length(&out), 135);
    in = zt_reader_of(bytes, 135);
    zt_tag_read(&back, &in);
    assert_false(in.failed);
    assert_true(zt_tag_equal(&tag, &back));
    assert_int_equal(zt_tag_verify(&back, &controller), ZT_SIGNATURE_GOOD);
    assert_no_prefix_reads(struct zt_tag, zt_tag_read, bytes, 135);
}

static void a_tag_is_good_only_as_signed(void **unused)
{
    struct zt_tag tag = tag_for(MEMBER);
    struct zt_tag changed[7];

    (void)unused;
    for (size_t i = 0; i < 7; i++)
        changed[i] = tag;
    changed[0].nwid ^= 1;
    changed[1].issued_ms ^= 1;
    changed[2].id ^= 1;
    changed[3].value ^= 1;
    changed[4].member ^= 1;
    changed[5].signer ^= 1;
    changed[6].signature[0] ^= 1;
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(zt_tag_verify(&changed[i], &controller), ZT_SIGNATURE_BAD);
        assert_false(zt_tag_equal(&tag, &changed[i]));
    }
    assert_int_equal(zt_tag_verify(&tag, NULL), ZT_SIGNATURE_UNKNOWN_SIGNER);
    zt_tag_sign(&tag, &other);
    assert_int_equal(zt_tag_verify(&tag, &other), ZT_SIGNATURE_BAD);
}

static void fields_of_the_future_are_skipped(void **unused)
{
    struct zt_tag tag = tag_for(MEMBER), back;
    uint8_t bytes[256] = { 0 };
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    struct zt_reader in = zt_reader_of(bytes, 135 + 3);
    struct zt_reader cut = zt_reader_of(bytes, 135 + 2);

    (void)unused;
    zt_tag_write(&tag, &out);
    bytes[134] = 3;
    zt_tag_read(&back, &in);
    assert_false(in.failed);
    assert_int_equal(zt_reader_left(&in), 0);
    zt_tag_read(&back, &cut);
    assert_true(cut.failed);
}

static void a_signature_of_unknown_type_is_skipped_and_not_believed(void **unused)
{
    static const uint8_t short_block[] = { 2, 0, 5, 1, 2, 3, 4, 5, 0, 0 };
    struct zt_tag tag = tag_for(MEMBER), back;
    uint8_t bytes[256];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    struct zt_reader in = zt_reader_of(bytes, 34 + sizeof short_block);

    (void)unused;
    zt_tag_write(&tag, &out);
    memcpy(bytes + 34, short_block, sizeof short_block);
    zt_tag_read(&back, &in);
    assert_false(in.failed);
    assert_int_equal(zt_tag_verify(&back, &controller), ZT_SIGNATURE_BAD);
}

static void a_signature_of_wrong_length_is_refused(void **unused)
{
    struct zt_tag tag = tag_for(MEMBER), back;
    uint8_t bytes[256] = { 0 };
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);

    (void)unused;
    zt_tag_write(&tag, &out);
    for (unsigned length = 95; length <= 97; length++) {
        struct zt_reader in = zt_reader_of(bytes, sizeof bytes);

        bytes[36] = (uint8_t)length;
        zt_tag_read(&back, &in);
        assert_int_equal(in.failed, length != 96);
    }
}

static void an_ownership_is_read_as_written(void **unused)
{
    (void)unused;
    for (size_t things = 0; things <= ZT_MAX_OWNED_THINGS; things += 8) {
        struct zt_ownership ownership = ownership_for(MEMBER, things), back;
        uint8_t bytes[512];
        struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
        struct zt_reader in;

        zt_ownership_write(&ownership, &out);
        assert_int_equal(zt_writer_length(&out), 141 + 17 * things);
        in = zt_reader_of(bytes, zt_writer_length(&out));
        zt_ownership_read(&back, &in);
        assert_false(in.failed);
        assert_true(zt_ownership_equal(&ownership, &back));
        assert_int_equal(zt_ownership_verify(&back, &controller), ZT_SIGNATURE_GOOD);
        assert_no_prefix_reads(struct zt_ownership, zt_ownership_read, bytes,
                               zt_writer_length(&out));
    }
}

static void one_thing_too_many_is_refused(void **unused)
{
    struct zt_ownership ownership = ownership_for(MEMBER, ZT_MAX_OWNED_THINGS), back;
    uint8_t bytes[1024] = { 0 };
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    struct zt_reader in = zt_reader_of(bytes, sizeof bytes);

    (void)unused;
    zt_ownership_write(&ownership, &out);
    bytes[29] = ZT_MAX_OWNED_THINGS + 1;
    zt_ownership_read(&back, &in);
    assert_true(in.failed);
    assert_int_equal(back.thing_count, 0);
}

static void only_listed_things_are_owned(void **unused)
{
    struct zt_ownership ownership = ownership_for(MEMBER, 2);
    struct zt_mac mac = { { 10, 0, 0, 1, 0, 0 } };
    const uint8_t ip[16] = { 10, 0, 0, 1 };
    const uint8_t next[4] = { 10, 0, 0, 2 };

    (void)unused;
    assert_true(zt_ownership_has_ip(&ownership, ip, 4));
    assert_false(zt_ownership_has_ip(&ownership, next, 4));
    assert_false(zt_ownership_has_ip(&ownership, ip, 16)); /* the same bytes as another type */
    assert_false(zt_ownership_has_mac(&ownership, mac));
    ownership.things[1].type = ZT_THING_MAC;
    assert_true(zt_ownership_has_mac(&ownership, mac));
    assert_int_equal(zt_ownership_verify(&ownership, &controller), ZT_SIGNATURE_BAD);
}

static void a_capability_is_read_as_written(void **unused)
{
    static const size_t counts[] = { 0, 3, ZT_MAX_CAPABILITY_RULES };

    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        struct zt_capability capability = capability_for(MEMBER, counts[i]), back;
        uint8_t bytes[2048];
        struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
        const struct zt_identity *chain[] = { &controller };
        struct zt_reader in;

        zt_capability_write(&capability, &out);
        in = zt_reader_of(bytes, zt_writer_length(&out));
        zt_capability_read(&back, &in);
        assert_false(in.failed);
        assert_true(zt_capability_equal(&capability, &back));
        assert_int_equal(zt_capability_member(&back), MEMBER);
        assert_int_equal(zt_capability_verify(&back, chain), ZT_SIGNATURE_GOOD);
        if (counts[i] < ZT_MAX_CAPABILITY_RULES)
            assert_no_prefix_reads(struct zt_capability, zt_capability_read, bytes,
                                   zt_writer_length(&out));
    }
}

static void a_capability_beyond_its_bounds_is_refused(void **unused)
{
    static const struct {
        size_t at;
        uint8_t byte;
        bool refused;
    } cases[] = {
        { 21, ZT_MAX_CAPABILITY_RULES + 1, true }, /* rules */
        { 20, 1, true },
        { 22, 0, true }, /* length of the chain, which has one link */
        { 22, 7, false },
        { 22, 8, true },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_capability capability = capability_for(MEMBER, 0), back;
        uint8_t bytes[4096] = { 0 };
        struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
        struct zt_reader in = zt_reader_of(bytes, sizeof bytes);

        zt_capability_write(&capability, &out);
        bytes[cases[i].at] = cases[i].byte;
        zt_capability_read(&back, &in);
        assert_int_equal(in.failed, cases[i].refused);
    }
}

static void more_links_than_allowed_are_refused(void **unused)
{
    (void)unused;
    for (uint8_t allowed = 1; allowed <= ZT_MAX_CUSTODY; allowed++) {
        struct zt_capability capability = capability_for(MEMBER, 0), back;
        uint8_t bytes[2048];
        struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
        struct zt_reader in;

        capability.max_custody = ZT_MAX_CUSTODY;
        capability.custody_count = allowed;
        for (size_t i = 1; i < allowed; i++)
            capability.custody[i] = capability.custody[0];
        zt_capability_write(&capability, &out);
        in = zt_reader_of(bytes, zt_writer_length(&out));
        zt_capability_read(&back, &in);
        assert_false(in.failed);
        if (allowed == 1)
            continue;
        bytes[22] = (uint8_t)(allowed - 1);
        in = zt_reader_of(bytes, zt_writer_length(&out));
        zt_capability_read(&back, &in);
        assert_true(in.failed);
    }
}

static void a_broken_chain_is_bad(void **unused)
{
    struct zt_capability capability = capability_for(MEMBER, 1);
    const struct zt_identity *chain[] = { &controller, &member };
    const struct zt_identity *unknown[] = { NULL, NULL };
    struct zt_capability broken;

    (void)unused;
    assert_int_equal(zt_capability_verify(&capability, chain), ZT_SIGNATURE_GOOD);
    assert_int_equal(zt_capability_verify(&capability, unknown), ZT_SIGNATURE_UNKNOWN_SIGNER);
    broken = capability;
    broken.custody_count = 0;
    assert_int_equal(zt_capability_verify(&broken, chain), ZT_SIGNATURE_BAD);
    broken = capability;
    broken.custody[0].from = OTHER;
    assert_int_equal(zt_capability_verify(&broken, unknown), ZT_SIGNATURE_BAD);
    broken = capability;
    broken.max_custody = 2; /* among the signed bytes */
    assert_int_equal(zt_capability_verify(&broken, chain), ZT_SIGNATURE_BAD);
    broken.custody_count = 2;
    broken.custody[1] = (struct zt_custody){ .from = OTHER, .to = MEMBER };
    assert_int_equal(zt_capability_verify(&broken, unknown), ZT_SIGNATURE_BAD);
    broken = capability;
    broken.rules[0].u.integer.last ^= 1;
    assert_int_equal(zt_capability_verify(&broken, chain), ZT_SIGNATURE_BAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tag_is_read_as_written),
        cmocka_unit_test(a_tag_is_good_only_as_signed),
        cmocka_unit_test(fields_of_the_future_are_skipped),
        cmocka_unit_test(a_signature_of_unknown_type_is_skipped_and_not_believed),
        cmocka_unit_test(a_signature_of_wrong_length_is_refused),
        cmocka_unit_test(an_ownership_is_read_as_written),
        cmocka_unit_test(one_thing_too_many_is_refused),
        cmocka_unit_test(only_listed_things_are_owned),
        cmocka_unit_test(a_capability_is_read_as_written),
        cmocka_unit_test(a_capability_beyond_its_bounds_is_refused),
        cmocka_unit_test(more_links_than_allowed_are_refused),
        cmocka_unit_test(a_broken_chain_is_bad),
    };

    return cmocka_run_group_tests(tests, make_identities, NULL);
}
