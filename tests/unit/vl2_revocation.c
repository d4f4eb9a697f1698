/* SPDX-License-Identifier: Apache-2.0 */
/* Revocations: bytes and signature. */
#include "vl2_signers.h"

#include "vl2/revocation.h"

static struct zt_revocation new_revocation(void)
{
    struct zt_revocation revocation = { .id = 0x01020304,
                                        .nwid = NWID,
                                        .credential_id = 5,
                                        .threshold_ms = NOW_MS,
                                        .flags = ZT_REVOCATION_FAST,
                                        .target = MEMBER,
                                        .type = ZT_CREDENTIAL_TAG };

    zt_revocation_sign(&revocation, &controller);
    return revocation;
}

static void a_revocation_is_read_as_written(void **unused)
{
    struct zt_revocation revocation = new_revocation(), back;
    uint8_t bytes[ZT_REVOCATION_SIZE], again[ZT_REVOCATION_SIZE];
    struct zt_writer out = zt_writer_of(bytes, sizeof bytes);
    struct zt_writer second = zt_writer_of(again, sizeof again);
    struct zt_reader in = zt_reader_of(bytes, sizeof bytes);

    (void)unused;
    zt_revocation_write(&revocation, &out);
    assert_int_equal(zt_writer_length(&out), ZT_REVOCATION_SIZE);
    zt_revocation_read(&back, &in);
    assert_false(in.failed);
    assert_int_equal(zt_reader_left(&in), 0);
    zt_revocation_write(&back, &second);
    assert_memory_equal(bytes, again, sizeof bytes);
    assert_int_equal(zt_revocation_verify(&back, &controller), ZT_SIGNATURE_GOOD);
    assert_no_prefix_reads(struct zt_revocation, zt_revocation_read, bytes, sizeof bytes);
}

static void a_revocation_is_good_only_as_signed(void **unused)
{
    struct zt_revocation revocation = new_revocation();
    struct zt_revocation changed[9];

    (void)unused;
    for (size_t i = 0; i < 9; i++)
        changed[i] = revocation;
    changed[0].id ^= 1;
    changed[1].nwid ^= 1;
    changed[2].credential_id ^= 1;
    changed[3].threshold_ms ^= 1;
    changed[4].flags ^= 1;
    changed[5].target ^= 1;
    changed[6].signer ^= 1;
    changed[7].type ^= 1;
    changed[8].signature[70] ^= 1;
    for (size_t i = 0; i < 9; i++)
        assert_int_equal(zt_revocation_verify(&changed[i], &controller), ZT_SIGNATURE_BAD);
}

static void only_the_controller_may_revoke(void **unused)
{
    struct zt_revocation revocation = new_revocation();

    (void)unused;
    assert_int_equal(zt_revocation_verify(&revocation, NULL), ZT_SIGNATURE_UNKNOWN_SIGNER);
    zt_revocation_sign(&revocation, &other);
    assert_int_equal(zt_revocation_verify(&revocation, &other), ZT_SIGNATURE_BAD);
    assert_int_equal(zt_revocation_verify(&revocation, &controller), ZT_SIGNATURE_BAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_revocation_is_read_as_written),
        cmocka_unit_test(a_revocation_is_good_only_as_signed),
        cmocka_unit_test(only_the_controller_may_revoke),
    };

    return cmocka_run_group_tests(tests, make_identities, NULL);
}
