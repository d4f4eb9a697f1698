/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes, the one-time authenticator and comparing: published values. */
#include "crypto/digest.h"
#include "crypto/poly1305.h"
#include "crypto/wipe.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void assert_hex(const uint8_t *bytes, const char *text)
{
    uint8_t expected[64];

    assert_true(zt_hex_read(expected, text, strlen(text) / 2));
    assert_memory_equal(bytes, expected, strlen(text) / 2);
}

/* FIPS 180-4's example, cut in two at every place */
static void two_parts_hash_like_one(void **unused)
{
    uint8_t out[64];

    (void)unused;
    for (size_t cut = 0; cut <= 3; cut++) {
        zt_sha512(out, "abc", cut, &"abc"[cut], 3 - cut);
        assert_hex(out, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
        zt_sha384(out, "abc", cut, &"abc"[cut], 3 - cut);
        assert_hex(out, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                        "8086072ba1e7cc2358baeca134c825a7");
    }
    zt_sha512(out, NULL, 0, NULL, 0);
    assert_hex(out, "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e");
}

/* RFC 8439 2.5.2, again after another key: the context of the thread forgets */
static void poly1305_is_that_of_the_rfc(void **unused)
{
    static const char text[] = "Cryptographic Forum Research Group";
    uint8_t key[32];
    uint8_t other[32] = { 1 };
    uint8_t tag[16];

    (void)unused;
    assert_true(zt_hex_read(key, "85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b",
                            sizeof key));
    for (unsigned i = 0; i < 2; i++) {
        zt_poly1305(tag, key, text, 34);
        assert_hex(tag, "a8061dc1305136c6c22b8baf0c0127a9");
        zt_poly1305(tag, other, text, 7);
    }
    zt_poly1305(tag, key, NULL, 0); /* only the second half of the key */
    assert_memory_equal(tag, key + 16, sizeof tag);
}

static void any_bit_makes_secrets_unequal(void **unused)
{
    uint8_t a[16] = { 1, 2, 3 };
    uint8_t b[16] = { 1, 2, 3 };

    (void)unused;
    assert_true(zt_equal_secret(a, b, sizeof a));
    for (unsigned bit = 0; bit < 128; bit++) {
        b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(zt_equal_secret(a, b, sizeof a));
        b[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    zt_wipe(a, sizeof a);
    assert_int_equal(a[0] | a[1] | a[2], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_parts_hash_like_one),
        cmocka_unit_test(poly1305_is_that_of_the_rfc),
        cmocka_unit_test(any_bit_makes_secrets_unequal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
