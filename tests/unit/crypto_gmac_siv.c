/* SPDX-License-Identifier: Apache-2.0 */
/* AES-GMAC-SIV: the published packet, and every alteration refused. */
#include "crypto/gmac_siv.h"
#include "base/mem.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static const uint8_t id[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
static const uint8_t body_text[] = "\x08The quick brown fox jumps over the lazy dog";

enum { LENGTH = sizeof body_text - 1 };

static struct zt_gmac_siv *new_siv(void)
{
    struct zt_session_key key;

    assert_true(zt_hex_read(key.bytes,
                            "65b6ad78b479c52edc040107e8d5f2118e8776b392a9eca097c9e6df595e903a"
                            "e3c18121cfc68a7e78b5c8856f8a69e8",
                            sizeof key.bytes));
    return zt_gmac_siv_new(&key);
}

/* docs/wire.md 2.6; in the second case the masked bit of the tag is set. */
static void sealing_gives_the_published_packets_and_opening_the_text(void **unused)
{
    static const char *const cases[][3] = {
        { "d100709176d5c7701e6618", "3bd14a92c3081b4bf4ff490404097548",
          "3ea51d0ab3ee253f2df9bc09ace4f66643f214e5b600a55df407e1b9b89de5b8"
          "4d5f0c8cead80130d734b0f4" },
        { "d100709176d5c7701e6658", "d740e9a26164d24aaa8a4678e39913ad",
          "788adf53ea9b5132117f99ec66937bc3163e01fb00a2d5a8f134b23a335f3194"
          "f9ab1402774aec4aad038189" },
    };
    struct zt_gmac_siv *siv = new_siv();

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        uint8_t aad[11];
        uint8_t tag[16];
        uint8_t expected[LENGTH];
        uint8_t body[LENGTH];

        memcpy(body, body_text, LENGTH);
        assert_true(zt_hex_read(aad, cases[i][0], sizeof aad));
        zt_gmac_siv_seal(siv, id, aad, body, LENGTH, tag);
        assert_true(zt_hex_read(expected, cases[i][1], sizeof tag));
        assert_memory_equal(tag, expected, sizeof tag);
        assert_true(zt_hex_read(expected, cases[i][2], LENGTH));
        assert_memory_equal(body, expected, LENGTH);
        assert_true(zt_gmac_siv_open(siv, tag, aad, body, LENGTH));
        assert_memory_equal(body, body_text, LENGTH);
    }
    zt_gmac_siv_free(siv);
    assert_int_equal(zt_mem_live(), 0);
}

static void any_bit_changed_is_refused(void **unused)
{
    struct zt_gmac_siv *siv = new_siv();
    /* tag, aad and body in a row */
    uint8_t sealed[16 + 11 + LENGTH] = { 0 };
    uint8_t altered[sizeof sealed];

    (void)unused;
    memcpy(sealed + 27, body_text, LENGTH);
    zt_gmac_siv_seal(siv, id, sealed + 16, sealed + 27, LENGTH, sealed);
    for (size_t bit = 0; bit < 8 * sizeof sealed; bit++) {
        memcpy(altered, sealed, sizeof sealed);
        altered[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(zt_gmac_siv_open(siv, altered, altered + 16, altered + 27, LENGTH));
    }
    for (size_t length = 0; length < LENGTH; length++) {
        memcpy(altered, sealed, sizeof sealed);
        assert_false(zt_gmac_siv_open(siv, altered, altered + 16, altered + 27, length));
    }
    zt_gmac_siv_free(siv);
}

static void every_length_opens_to_what_was_sealed(void **unused)
{
    static uint8_t body[2900];
    static const uint8_t aad[11] = { 5 };
    struct zt_gmac_siv *siv = new_siv();
    uint8_t tag[16];

    (void)unused;
    for (size_t length = 0; length <= sizeof body; length += length < 300 ? 1 : 53) {
        memset(body, 0x5a, length);
        zt_gmac_siv_seal(siv, id, aad, body, length, tag);
        assert_true(zt_gmac_siv_open(siv, tag, aad, body, length));
        for (size_t i = 0; i < length; i++)
            assert_int_equal(body[i], 0x5a);
    }
    zt_gmac_siv_free(siv);
}

static void without_memory_there_is_no_object(void **unused)
{
    (void)unused;
    zt_mem_fail_nth(1);
    assert_null(new_siv());
    zt_gmac_siv_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealing_gives_the_published_packets_and_opening_the_text),
        cmocka_unit_test(any_bit_changed_is_refused),
        cmocka_unit_test(every_length_opens_to_what_was_sealed),
        cmocka_unit_test(without_memory_there_is_no_object),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
