/* SPDX-License-Identifier: Apache-2.0 */
/* Agreement, key derivation and signatures: published values, and forgeries refused. */
#include "crypto/agree.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/signer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#define A_PUBLIC                                                                                   \
    "892e1389aa3cf54d761388199e300348c766b0caf4e4b16fabd083a34b4d134d"                             \
    "ea270680cb7a4f1b1d2832e81d6e39acdb5c992508d1d225659799b37ffb3085"
#define A_SECRET                                                                                   \
    "193cd113ec686a53131bb53ee8cb7d78b31d438370a4adc554904ee6bfe573cf"                             \
    "3dcb11b0578a42bb400ad35f7e84072b13284030b04468438b82877f90572334"
#define B_PUBLIC                                                                                   \
    "1564bd57510a66c8a5e413c80bb2498e5a59df32e2b24e9a7d61c7dd0fcf5620"                             \
    "c84cc189df006eb69112e647497163d270b0590472c1cf210bc0c4ea5373f97c"
#define B_SECRET                                                                                   \
    "4963ada494ef888c4bd5fd112246464869701fb80d5747ed3db6a87276b84113"                             \
    "24b055043f5c0c8515570b9b1c97f161fb5d9d859863c82260918db2f27b37cf"

static void from_hex(uint8_t *out, const char *text)
{
    assert_true(zt_hex_read(out, text, strlen(text) / 2));
}

static void assert_hex(const uint8_t *bytes, const char *text)
{
    uint8_t expected[128];

    from_hex(expected, text);
    assert_memory_equal(bytes, expected, strlen(text) / 2);
}

static void the_public_key_follows_from_the_secret(void **unused)
{
    struct zt_secret_key secret;
    struct zt_public_key key;
    uint8_t half[32];

    (void)unused;
    from_hex(secret.bytes, A_SECRET);
    zt_public_key_of(&key, &secret);
    assert_hex(key.bytes, A_PUBLIC);
    zt_public_key_of_x25519(half, secret.bytes);
    assert_memory_equal(half, key.bytes, sizeof half);
}

/* docs/wire.md 2.2 */
static void both_sides_agree_on_the_published_session_key(void **unused)
{
    static const char session[] = "65b6ad78b479c52edc040107e8d5f2118e8776b392a9eca097c9e6df595e903a"
                                  "e3c18121cfc68a7e78b5c8856f8a69e8";
    struct zt_secret_key secret;
    struct zt_public_key key;
    struct zt_session_key agreed;
    uint8_t derived[48];

    (void)unused;
    from_hex(secret.bytes, A_SECRET);
    from_hex(key.bytes, B_PUBLIC);
    assert_true(zt_agree(&agreed, &secret, &key));
    assert_hex(agreed.bytes, session);
    from_hex(secret.bytes, B_SECRET);
    from_hex(key.bytes, A_PUBLIC);
    assert_true(zt_agree(&agreed, &secret, &key));
    assert_hex(agreed.bytes, session);
    zt_kdf(derived, agreed.bytes, '0', 0, 0);
    assert_hex(derived, "611dd95bbc638b85ba4a0004c96aa504279f56fdf3fbb023068d87bb63412db3"
                        "4a85633287ee79f067ae68ae3a8e6248");
    zt_kdf(derived, agreed.bytes, '1', 0, 0);
    assert_hex(derived, "ad46ace3c15cd898a76fa851f2e7ab6a7b182d02e55caf8955ca015c45f358b0"
                        "0f2f18ce4024f61deaeb3f154580530f");
}

static void a_key_of_small_order_is_refused(void **unused)
{
    struct zt_secret_key secret;
    struct zt_public_key key = { { 0 } };
    struct zt_session_key agreed = { { 7 } };

    (void)unused;
    from_hex(secret.bytes, A_SECRET);
    assert_false(zt_agree(&agreed, &secret, &key));
    key.bytes[0] = 1;
    assert_false(zt_agree(&agreed, &secret, &key));
    assert_int_equal(agreed.bytes[0], 7); /* untouched */
}

struct signing {
    struct zt_secret_key secret;
    struct zt_public_key key;
    uint8_t signature[ZT_SIGNATURE_SIZE];
};

static const char message[] = "VL1 test message";

static struct signing sign_message(void)
{
    struct signing s;

    from_hex(s.secret.bytes, A_SECRET);
    from_hex(s.key.bytes, A_PUBLIC);
    zt_sign(s.signature, &s.secret, &s.key, message, 16);
    return s;
}

/* docs/wire.md 2.3 */
static void the_signature_is_the_published_one(void **unused)
{
    struct signing s = sign_message();

    (void)unused;
    assert_hex(s.signature, "cd64fa5ff5bda2fd83286c2d51369d766511a5534a7d200fcb27bee2fbe9e3b5"
                            "9e44e14c961b47ff58be4fb025cbe23c370ccae693afe0faa6f7fa3e51b25e05"
                            "2b8faadf7318ac3b0b819b111253156a6b74650b7583a35f893cd4d072e04b90");
    assert_true(zt_verify(&s.key, message, 16, s.signature));
}

static void any_bit_changed_spoils_a_signature(void **unused)
{
    struct signing s = sign_message();
    char other[16];

    (void)unused;
    for (size_t bit = 0; bit < 8 * ZT_SIGNATURE_SIZE; bit++) {
        s.signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(zt_verify(&s.key, message, 16, s.signature));
        s.signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof other; bit++) {
        memcpy(other, message, sizeof other);
        other[bit / 8] = (char)(other[bit / 8] ^ (1 << bit % 8));
        assert_false(zt_verify(&s.key, other, sizeof other, s.signature));
    }
    assert_false(zt_verify(&s.key, message, 15, s.signature));
    assert_false(zt_verify(&s.key, message, 17, s.signature));
    assert_false(zt_verify(&s.key, NULL, 0, s.signature));
    s.key.bytes[63] ^= 1;
    assert_false(zt_verify(&s.key, message, 16, s.signature));
}

static void nothing_can_be_signed_too(void **unused)
{
    struct signing s = sign_message();

    (void)unused;
    zt_sign(s.signature, &s.secret, &s.key, NULL, 0);
    assert_true(zt_verify(&s.key, NULL, 0, s.signature));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_public_key_follows_from_the_secret),
        cmocka_unit_test(both_sides_agree_on_the_published_session_key),
        cmocka_unit_test(a_key_of_small_order_is_refused),
        cmocka_unit_test(the_signature_is_the_published_one),
        cmocka_unit_test(any_bit_changed_spoils_a_signature),
        cmocka_unit_test(nothing_can_be_signed_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
