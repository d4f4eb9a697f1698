/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate of membership: bytes, signature, agreement. */
#include "vl2_signers.h"

#include "vl2/com.h"

#define WINDOW_MS 1800000

static struct zt_com com_for(const struct zt_identity *identity, int64_t issued_ms)
{
    struct zt_com com;

    zt_com_make(&com, NWID, issued_ms, WINDOW_MS, identity);
    zt_com_sign(&com, &controller);
    return com;
}

static size_t write_com(const struct zt_com *com, uint8_t bytes[ZT_COM_SIZE])
{
    struct zt_writer out = zt_writer_of(bytes, ZT_COM_SIZE);

    zt_com_write(com, &out);
    assert_false(out.failed);
    return zt_writer_length(&out);
}

static void a_certificate_says_who_where_and_when(void **unused)
{
    struct zt_com com = com_for(&member, NOW_MS);

    (void)unused;
    assert_int_equal(zt_com_nwid(&com), NWID);
    assert_int_equal(zt_com_member(&com), MEMBER);
    assert_int_equal(zt_com_issued_ms(&com), NOW_MS);
    assert_int_equal(com.count, 7);
    assert_int_equal(com.signer, CONTROLLER);
}

static void a_certificate_is_read_as_written(void **unused)
{
    struct zt_com com = com_for(&member, NOW_MS);
    uint8_t bytes[ZT_COM_SIZE];
    size_t length = write_com(&com, bytes);
    struct zt_reader in = zt_reader_of(bytes, length);
    struct zt_com back;

    (void)unused;
    assert_int_equal(length, 272);
    zt_com_read(&back, &in);
    assert_false(in.failed);
    assert_true(zt_com_equal(&com, &back));
    assert_no_prefix_reads(struct zt_com, zt_com_read, bytes, length);
}

static void a_malformed_certificate_is_refused(void **unused)
{
    static const struct {
        size_t at;
        uint8_t byte;
    } cases[] = {
        { 0, 0 },  /* version */
        { 0, 2 },  /* version */
        { 1, 1 },  /* count above 255 */
        { 2, 9 },  /* one more than allowed */
        { 10, 8 }, /* first id above the second */
    };
    struct zt_com com = com_for(&member, NOW_MS);

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[ZT_COM_SIZE];
        struct zt_reader in = zt_reader_of(bytes, write_com(&com, bytes));
        struct zt_com back;

        bytes[cases[i].at] = cases[i].byte;
        zt_com_read(&back, &in);
        assert_true(in.failed);
        assert_int_equal(back.count, 0);
    }
}

static void only_the_controller_is_believed(void **unused)
{
    struct zt_com com = com_for(&member, NOW_MS);
    struct zt_com foreign = com;

    (void)unused;
    assert_int_equal(zt_com_verify(&com, &controller), ZT_SIGNATURE_GOOD);
    assert_int_equal(zt_com_verify(&com, NULL), ZT_SIGNATURE_UNKNOWN_SIGNER);
    assert_int_equal(zt_com_verify(&com, &other), ZT_SIGNATURE_BAD);
    zt_com_sign(&foreign, &other);
    assert_int_equal(zt_com_verify(&foreign, &other), ZT_SIGNATURE_BAD);
    assert_int_equal(zt_com_verify(&foreign, NULL), ZT_SIGNATURE_BAD);
}

static void a_changed_certificate_is_forged(void **unused)
{
    struct zt_com com = com_for(&member, NOW_MS);

    (void)unused;
    for (size_t i = 0; i < com.count; i++) {
        struct zt_com changed = com;

        changed.qualifiers[i].value ^= i == 1 ? 0 : 1; /* the network's id names the signer */
        changed.qualifiers[i].max_delta ^= 1;
        assert_int_equal(zt_com_verify(&changed, &controller), ZT_SIGNATURE_BAD);
        assert_false(zt_com_equal(&com, &changed));
    }
    for (size_t i = 0; i < ZT_SIGNATURE_SIZE; i += 13) {
        struct zt_com changed = com;

        changed.signature[i] ^= 1;
        assert_int_equal(zt_com_verify(&changed, &controller), ZT_SIGNATURE_BAD);
    }
}

static void an_unsigned_certificate_is_bad(void **unused)
{
    struct zt_com com, empty = { 0 };

    (void)unused;
    zt_com_make(&com, NWID, NOW_MS, WINDOW_MS, &member);
    assert_int_equal(zt_com_verify(&com, &controller), ZT_SIGNATURE_BAD);
    assert_int_equal(zt_com_verify(&empty, &controller), ZT_SIGNATURE_BAD);
    assert_int_equal(zt_com_verify(&empty, NULL), ZT_SIGNATURE_BAD);
}

static void two_agree_within_the_window(void **unused)
{
    static const struct {
        int64_t apart_ms;
        bool agree;
    } cases[] = { { 0, true },
                  { WINDOW_MS, true },
                  { WINDOW_MS + 1, false },
                  { -WINDOW_MS, true },
                  { -WINDOW_MS - 1, false } };
    struct zt_com mine = com_for(&other, NOW_MS);

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zt_com theirs = com_for(&member, NOW_MS + cases[i].apart_ms);

        assert_int_equal(zt_com_agrees(&mine, &theirs, &member), cases[i].agree);
    }
}

static void a_certificate_serves_only_its_own_keys(void **unused)
{
    struct zt_com mine = com_for(&other, NOW_MS);
    struct zt_com theirs = com_for(&member, NOW_MS);
    struct zt_identity impostor = identity_of(MEMBER, 9);
    struct zt_com old = theirs;

    (void)unused;
    assert_true(zt_com_agrees(&mine, &theirs, &member));
    assert_false(zt_com_agrees(&mine, &theirs, &impostor));
    old.count = 3; /* as before keys were bound */
    assert_false(zt_com_agrees(&mine, &old, &member));
    assert_true(zt_com_agrees(&old, &theirs, &member));
}

static void networks_do_not_agree_with_each_other(void **unused)
{
    struct zt_com mine = com_for(&other, NOW_MS);
    struct zt_com theirs, empty = { 0 };

    (void)unused;
    zt_com_make(&theirs, NWID + 1, NOW_MS, WINDOW_MS, &member);
    assert_false(zt_com_agrees(&mine, &theirs, &member));
    assert_false(zt_com_agrees(&mine, &empty, &member));
    assert_false(zt_com_agrees(&empty, &mine, &other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_says_who_where_and_when),
        cmocka_unit_test(a_certificate_is_read_as_written),
        cmocka_unit_test(a_malformed_certificate_is_refused),
        cmocka_unit_test(only_the_controller_is_believed),
        cmocka_unit_test(a_changed_certificate_is_forged),
        cmocka_unit_test(an_unsigned_certificate_is_bad),
        cmocka_unit_test(two_agree_within_the_window),
        cmocka_unit_test(a_certificate_serves_only_its_own_keys),
        cmocka_unit_test(networks_do_not_agree_with_each_other),
    };

    return cmocka_run_group_tests(tests, make_identities, NULL);
}
