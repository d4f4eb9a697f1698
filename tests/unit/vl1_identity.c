/* SPDX-License-Identifier: Apache-2.0 */
/* Identities: proof of work, generation, agreement, signatures, text and binary forms. */
#include "vl1/identity.h"

#include "base/mem.h"
#include "vl1_identities.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static struct zt_identity identity_of(const char *text)
{
    struct zt_identity identity;

    assert_true(zt_identity_parse(&identity, text, strlen(text)));
    return identity;
}

static void an_address_follows_from_its_key(void **unused)
{
    struct zt_identity a = identity_of(PUBLIC_A);
    struct zt_identity b = identity_of(SECRET_B);

    (void)unused;
    assert_true(zt_identity_prove(&a));
    assert_true(zt_identity_prove(&b));
}

static void another_address_or_key_is_no_identity(void **unused)
{
    struct zt_identity next = identity_of(PUBLIC_A);
    struct zt_identity other_key = identity_of(PUBLIC_A);

    (void)unused;
    next.address++;
    assert_false(zt_identity_prove(&next));
    other_key.key.bytes[63] ^= 1;
    assert_false(zt_identity_prove(&other_key));
}

/* The digest of most keys fails the hashcash, whatever address is claimed. */
static void a_key_that_costs_no_work_proves_nothing(void **unused)
{
    static uint8_t memory[ZT_PROOF_MEMORY];
    struct zt_identity identity = { .key = { { 1 } } };
    uint8_t digest[64];

    (void)unused;
    zt_identity_digest(digest, &identity.key, memory);
    assert_true(digest[0] >= 17);
    identity.address = zt_load_u40(digest + 59);
    assert_false(zt_identity_prove(&identity));
}

/* A digest may begin with 16 at most. */
static void the_cost_of_a_key_is_exact(void **unused)
{
    struct zt_identity enough = { .address = 0xb216f70155, .key = { { 167, 6 } } };
    struct zt_identity short_by_one = { .address = 0xf2da07d849, .key = { { 222, 0 } } };
    static uint8_t memory[ZT_PROOF_MEMORY];
    uint8_t digest[64];

    (void)unused;
    assert_true(zt_identity_prove(&enough));
    zt_identity_digest(digest, &short_by_one.key, memory);
    assert_int_equal(digest[0], 17);
    assert_true(zt_load_u40(digest + 59) == short_by_one.address);
    assert_false(zt_identity_prove(&short_by_one));
}

static void reserved_addresses_prove_nothing(void **unused)
{
    struct zt_identity identity = identity_of(PUBLIC_A);

    (void)unused;
    identity.address = 0;
    assert_false(zt_identity_prove(&identity));
    identity.address = 0xff00000001;
    assert_false(zt_identity_prove(&identity));
}

static void without_memory_nothing_is_proved_or_made(void **unused)
{
    struct zt_identity a = identity_of(PUBLIC_A);
    struct zt_identity made = { 0 };
    uint8_t seed[32] = { 7 };
    struct zt_rng rng;
    long live = zt_mem_live();

    (void)unused;
    zt_rng_init(&rng, seed);
    zt_mem_fail_nth(1);
    assert_false(zt_identity_prove(&a));
    zt_mem_fail_nth(1);
    assert_false(zt_identity_generate(&made, &rng));
    assert_false(made.has_secret);
    assert_true(zt_identity_prove(&a));
    assert_int_equal(zt_mem_live(), live);
}

static void a_generated_identity_proves_agrees_and_signs(void **unused)
{
    struct zt_identity b = identity_of(SECRET_B);
    struct zt_identity made, again;
    struct zt_session_key one, two;
    uint8_t signature[ZT_SIGNATURE_SIZE];
    uint8_t seed[32] = { 7 };
    char text[ZT_IDENTITY_TEXT];
    struct zt_rng rng;

    (void)unused;
    zt_rng_init(&rng, seed);
    assert_true(zt_identity_generate(&made, &rng));
    assert_true(made.has_secret);
    assert_true(zt_identity_prove(&made));
    assert_true(zt_identity_agree(&one, &made, &b));
    assert_true(zt_identity_agree(&two, &b, &made));
    assert_memory_equal(&one, &two, sizeof one);
    zt_identity_sign(signature, &made, "abc", 3);
    assert_true(zt_identity_verify(&made, "abc", 3, signature));
    zt_identity_text(&made, true, text);
    again = identity_of(text);
    assert_memory_equal(&again.secret, &made.secret, sizeof made.secret);
}

static void the_same_seed_makes_the_same_identity(void **unused)
{
    struct zt_identity one, two;
    uint8_t seed[32] = { 9 };
    struct zt_rng rng;

    (void)unused;
    zt_rng_init(&rng, seed);
    assert_true(zt_identity_generate(&one, &rng));
    zt_rng_init(&rng, seed);
    assert_true(zt_identity_generate(&two, &rng));
    assert_true(zt_identity_equal(&one, &two));
}

static void both_sides_agree_on_one_key(void **unused)
{
    static const uint8_t expected[8] = { 0x65, 0xb6, 0xad, 0x78, 0xb4, 0x79, 0xc5, 0x2e };
    struct zt_identity a = identity_of(SECRET_A);
    struct zt_identity b = identity_of(SECRET_B);
    struct zt_session_key one, two;

    (void)unused;
    assert_true(zt_identity_agree(&one, &a, &b));
    assert_true(zt_identity_agree(&two, &b, &a));
    assert_memory_equal(&one, &two, sizeof one);
    assert_memory_equal(one.bytes, expected, sizeof expected);
}

static void a_signature_binds_signer_and_message(void **unused)
{
    static const uint8_t expected[4] = { 0xcd, 0x64, 0xfa, 0x5f };
    static const char message[] = "VL1 test message";
    struct zt_identity a = identity_of(SECRET_A);
    struct zt_identity b = identity_of(SECRET_B);
    uint8_t signature[ZT_SIGNATURE_SIZE];

    (void)unused;
    zt_identity_sign(signature, &a, message, 16);
    assert_memory_equal(signature, expected, sizeof expected);
    assert_true(zt_identity_verify(&a, message, 16, signature));
    assert_false(zt_identity_verify(&b, message, 16, signature));
    assert_false(zt_identity_verify(&a, message, 15, signature));
    for (size_t i = 0; i < sizeof signature; i++) {
        signature[i] ^= 1;
        assert_false(zt_identity_verify(&a, message, 16, signature));
        signature[i] ^= 1;
    }
}

static void the_hash_is_over_address_and_key(void **unused)
{
    static const uint8_t expected[4] = { 0xa6, 0xc6, 0x0f, 0x88 };
    struct zt_identity a = identity_of(SECRET_A);
    uint8_t hash[48];

    (void)unused;
    zt_identity_hash(hash, &a);
    assert_memory_equal(hash, expected, sizeof expected);
}

static void the_public_half_knows_no_secret(void **unused)
{
    static const struct zt_secret_key none;
    struct zt_identity a = identity_of(SECRET_A);
    struct zt_identity half = zt_identity_public(&a);

    (void)unused;
    assert_true(zt_identity_equal(&a, &half));
    assert_false(half.has_secret);
    assert_memory_equal(&half.secret, &none, sizeof none);
}

static void a_wiped_identity_is_zero(void **unused)
{
    static const struct zt_identity zero;
    struct zt_identity a = identity_of(SECRET_A);

    (void)unused;
    zt_identity_wipe(&a);
    assert_memory_equal(&a, &zero, sizeof a);
}

static void both_text_forms_survive(void **unused)
{
    struct zt_identity a = identity_of(SECRET_A);
    char text[ZT_IDENTITY_TEXT];

    (void)unused;
    zt_identity_text(&a, true, text);
    assert_string_equal(text, SECRET_A);
    zt_identity_text(&a, false, text);
    assert_string_equal(text, PUBLIC_A);
    assert_false(identity_of(text).has_secret);
    assert_true(identity_of(PUBLIC_A " \r\n\t\n").address == a.address);
}

static void refuse_text(const char *text, size_t length)
{
    struct zt_identity identity;

    memset(&identity, 0x5a, sizeof identity);
    assert_false(zt_identity_parse(&identity, text, length));
    for (size_t i = 0; i < sizeof identity.key.bytes; i++)
        assert_int_equal(identity.key.bytes[i], 0x5a);
}

static void no_prefix_but_the_public_form_is_an_identity(void **unused)
{
    (void)unused;
    for (size_t length = 0; length < ZT_IDENTITY_SECRET_LENGTH; length++)
        if (length != ZT_IDENTITY_PUBLIC_LENGTH)
            refuse_text(SECRET_A, length);
}

static void no_character_may_be_another(void **unused)
{
    char text[] = SECRET_A;

    (void)unused;
    for (size_t i = 0; i < ZT_IDENTITY_SECRET_LENGTH; i++) {
        char kept = text[i];

        text[i] = 'g';
        refuse_text(text, ZT_IDENTITY_SECRET_LENGTH);
        text[i] = '\0';
        refuse_text(text, ZT_IDENTITY_SECRET_LENGTH);
        text[i] = kept;
    }
}

static void wrong_texts_are_refused(void **unused)
{
    static const struct {
        size_t at;
        char put;
    } cases[] = {
        { 11, '1' }, /* type */
        { 13, '0' }, /* public key that is not the secret's */
        { 269, '5' } /* secret that is not the public key's */
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[] = SECRET_A;

        text[cases[i].at] = cases[i].put;
        refuse_text(text, strlen(text));
    }
    refuse_text(SECRET_A "0", ZT_IDENTITY_SECRET_LENGTH + 1);
    refuse_text(SECRET_A "\n:", ZT_IDENTITY_SECRET_LENGTH + 2);
    refuse_text(" " PUBLIC_A, ZT_IDENTITY_PUBLIC_LENGTH + 1);
}

static void reserved_addresses_are_no_text(void **unused)
{
    char text[] = PUBLIC_A;

    (void)unused;
    memcpy(text, "0000000000", 10);
    refuse_text(text, strlen(text));
    memcpy(text, "ff00000001", 10);
    refuse_text(text, strlen(text));
}

static size_t write_binary(uint8_t *bytes, size_t capacity)
{
    struct zt_identity a = identity_of(SECRET_A);
    struct zt_writer out = zt_writer_of(bytes, capacity);

    zt_identity_write(&a, &out);
    assert_false(out.failed);
    return zt_writer_length(&out);
}

static bool reads(const uint8_t *bytes, size_t length, size_t *left)
{
    struct zt_reader in = zt_reader_of(bytes, length);
    struct zt_identity identity;

    zt_identity_read(&identity, &in);
    *left = zt_reader_left(&in);
    return !in.failed && identity.address == 0xd5c7701e66 && !identity.has_secret;
}

static void the_binary_form_is_71_bytes_and_public(void **unused)
{
    uint8_t bytes[200] = { 0 };
    size_t left;

    (void)unused;
    assert_int_equal(write_binary(bytes, sizeof bytes), ZT_IDENTITY_SIZE);
    assert_true(reads(bytes, ZT_IDENTITY_SIZE, &left));
    assert_int_equal(left, 0);
    assert_true(reads(bytes, ZT_IDENTITY_SIZE + 5, &left));
    assert_int_equal(left, 5);
}

static void a_binary_secret_is_skipped(void **unused)
{
    uint8_t bytes[200] = { 0 };
    size_t left;

    (void)unused;
    write_binary(bytes, sizeof bytes);
    bytes[70] = 64;
    assert_true(reads(bytes, ZT_IDENTITY_SIZE + 64 + 3, &left));
    assert_int_equal(left, 3);
    assert_false(reads(bytes, ZT_IDENTITY_SIZE + 63, &left));
}

static void wrong_binary_forms_fail_the_reader(void **unused)
{
    static const struct {
        size_t at;
        uint8_t put;
    } cases[] = {
        { 5, 1 }, { 5, 255 }, { 70, 1 }, { 70, 63 }, { 70, 65 }, { 70, 128 }, { 0, 255 }
    };
    uint8_t bytes[300] = { 0 };
    size_t left;

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_binary(bytes, sizeof bytes);
        bytes[cases[i].at] = cases[i].put;
        assert_false(reads(bytes, sizeof bytes, &left));
    }
    for (size_t length = 0; length < ZT_IDENTITY_SIZE; length++) {
        write_binary(bytes, sizeof bytes);
        assert_false(reads(bytes, length, &left));
    }
    write_binary(bytes, sizeof bytes);
    memset(bytes, 0, 5);
    assert_false(reads(bytes, sizeof bytes, &left));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_follows_from_its_key),
        cmocka_unit_test(another_address_or_key_is_no_identity),
        cmocka_unit_test(a_key_that_costs_no_work_proves_nothing),
        cmocka_unit_test(the_cost_of_a_key_is_exact),
        cmocka_unit_test(reserved_addresses_prove_nothing),
        cmocka_unit_test(without_memory_nothing_is_proved_or_made),
        cmocka_unit_test(a_generated_identity_proves_agrees_and_signs),
        cmocka_unit_test(the_same_seed_makes_the_same_identity),
        cmocka_unit_test(both_sides_agree_on_one_key),
        cmocka_unit_test(a_signature_binds_signer_and_message),
        cmocka_unit_test(the_hash_is_over_address_and_key),
        cmocka_unit_test(the_public_half_knows_no_secret),
        cmocka_unit_test(a_wiped_identity_is_zero),
        cmocka_unit_test(both_text_forms_survive),
        cmocka_unit_test(no_prefix_but_the_public_form_is_an_identity),
        cmocka_unit_test(no_character_may_be_another),
        cmocka_unit_test(wrong_texts_are_refused),
        cmocka_unit_test(reserved_addresses_are_no_text),
        cmocka_unit_test(the_binary_form_is_71_bytes_and_public),
        cmocka_unit_test(a_binary_secret_is_skipped),
        cmocka_unit_test(wrong_binary_forms_fail_the_reader),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
