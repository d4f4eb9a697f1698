/* SPDX-License-Identifier: Apache-2.0 */
/* A signer signs as zt_sign does, again and again, and not with keys that don't belong together. */
#include "crypto/signer.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static void make_keys(struct zt_secret_key *secret, struct zt_public_key *key, int fill)
{
    memset(secret->bytes, fill, sizeof secret->bytes);
    zt_public_key_of(key, secret);
}

static void each_signature_is_that_of_zt_sign(void **unused)
{
    uint8_t expected[ZT_SIGNATURE_SIZE], signature[ZT_SIGNATURE_SIZE], message[200] = { 0 };
    struct zt_secret_key secret;
    struct zt_public_key key;
    struct zt_signer *signer;

    (void)unused;
    make_keys(&secret, &key, 7);
    signer = zt_signer_new(&secret, &key);
    assert_non_null(signer);
    for (size_t length = 0; length <= sizeof message; length += 25) {
        memset(message, (int)length, length);
        zt_sign(expected, &secret, &key, message, length);
        zt_signer_sign(signer, signature, message, length);
        assert_memory_equal(signature, expected, sizeof expected);
        assert_true(zt_verify(&key, message, length, signature));
    }
    zt_signer_free(signer);
    zt_signer_free(NULL);
}

static void keys_that_do_not_belong_together_make_no_signer(void **unused)
{
    struct zt_secret_key secret, other_secret;
    struct zt_public_key key, other;

    (void)unused;
    make_keys(&secret, &key, 7);
    make_keys(&other_secret, &other, 8);
    assert_null(zt_signer_new(&secret, &other));
    key.bytes[63] ^= 1;
    assert_null(zt_signer_new(&secret, &key));
}

static void without_memory_there_is_no_signer(void **unused)
{
    struct zt_secret_key secret;
    struct zt_public_key key;

    (void)unused;
    make_keys(&secret, &key, 7);
    zt_mem_fail_nth(1);
    assert_null(zt_signer_new(&secret, &key));
    zt_mem_fail_nth(0);
    assert_int_equal(zt_mem_live(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_signature_is_that_of_zt_sign),
        cmocka_unit_test(keys_that_do_not_belong_together_make_no_signer),
        cmocka_unit_test(without_memory_there_is_no_signer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
