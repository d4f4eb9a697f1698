/* SPDX-License-Identifier: Apache-2.0 */
/* Packets: each cipher suite arms and opens, notices every change, and compression gives back. */
#include "vl1/packet.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#define SOURCE 0xd5c7701e66
#define DESTINATION 0xd100709176
#define ID 0x0102030405060708
#define TEXT "The quick brown fox jumps over the lazy dog"
#define LENGTH (ZT_HEADER_SIZE + sizeof TEXT - 1)

static const enum zt_cipher suites[] = { ZT_CIPHER_MAC_ONLY, ZT_CIPHER_SALSA, ZT_CIPHER_GMAC_SIV };
#define SUITE_COUNT (sizeof suites / sizeof suites[0])

static struct zt_session_key key;
static struct zt_gmac_siv *siv;

static int set_up(void **unused)
{
    (void)unused;
    if (!zt_hex_read(key.bytes,
                     "65b6ad78b479c52edc040107e8d5f2118e8776b392a9eca097c9e6df595e903a"
                     "e3c18121cfc68a7e78b5c8856f8a69e8",
                     sizeof key.bytes))
        return -1;
    siv = zt_gmac_siv_new(&key);
    return siv == NULL ? -1 : 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    zt_gmac_siv_free(siv);
    return 0;
}

static void make_plain(uint8_t packet[LENGTH])
{
    zt_packet_header(packet, ID, DESTINATION, SOURCE, ZT_VERB_ECHO);
    memcpy(packet + ZT_AT_PAYLOAD, TEXT, sizeof TEXT - 1);
}

static void make_armed(uint8_t packet[LENGTH], enum zt_cipher cipher)
{
    make_plain(packet);
    zt_packet_arm(packet, LENGTH, cipher, &key, siv);
}

static void a_header_has_its_fields_and_nothing_else(void **unused)
{
    static const uint8_t expected[ZT_HEADER_SIZE] = { 1,
                                                      2,
                                                      3,
                                                      4,
                                                      5,
                                                      6,
                                                      7,
                                                      8,
                                                      0xd1,
                                                      0x00,
                                                      0x70,
                                                      0x91,
                                                      0x76,
                                                      0xd5,
                                                      0xc7,
                                                      0x70,
                                                      0x1e,
                                                      0x66,
                                                      [27] = ZT_VERB_ECHO };
    uint8_t packet[LENGTH];

    (void)unused;
    memset(packet, 0xee, sizeof packet);
    make_plain(packet);
    assert_memory_equal(packet, expected, sizeof expected);
    assert_true(zt_packet_id(packet) == ID);
    assert_true(zt_packet_destination(packet) == DESTINATION);
    assert_true(zt_packet_source(packet) == SOURCE);
    assert_int_equal(zt_packet_hops(packet), 0);
    assert_int_equal(zt_packet_cipher(packet), 0);
    assert_false(zt_packet_is_fragmented(packet));
}

static void armed_packets_have_the_documented_bytes(void **unused)
{
    static const struct {
        enum zt_cipher cipher;
        uint8_t flags;
        const char *bytes;
    } cases[] = {
        { ZT_CIPHER_SALSA, 0,
          "0102030405060708d100709176d5c7701e6688483de3b8bfca95288e061945d5b68946444fcd6c260596240c"
          "0515bcc2571a2a57b68cea481a89f6715bb1a3bc035038add5f070" },
        { ZT_CIPHER_SALSA, ZT_FLAG_FRAGMENTED,
          "0102030405060708d100709176d5c7701e66c86d136a85405a5b6127d454a454feadc536cad1da8c08c51bf4"
          "4b2f75828ca79e862c57156d284db2c3afccd9ec95e0e6c3147ca4" },
        { ZT_CIPHER_MAC_ONLY, 0,
          "0102030405060708d100709176d5c7701e6600bca65448233011700854686520717569636b2062726f776e20"
          "666f78206a756d7073206f76657220746865206c617a7920646f67" },
        { ZT_CIPHER_GMAC_SIV, 0,
          "3bd14a92c3081b4bd100709176d5c7701e6618f4ff4904040975483ea51d0ab3ee253f2df9bc09ace4f66643"
          "f214e5b600a55df407e1b9b89de5b84d5f0c8cead80130d734b0f4" },
        { ZT_CIPHER_GMAC_SIV, ZT_FLAG_FRAGMENTED,
          "d740e9a26164d24ad100709176d5c7701e6658aa8a4678e39913ad788adf53ea9b5132117f99ec66937bc316"
          "3e01fb00a2d5a8f134b23a335f3194f9ab1402774aec4aad038189" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t packet[LENGTH], expected[LENGTH];

        assert_true(zt_hex_read(expected, cases[i].bytes, sizeof expected));
        make_plain(packet);
        packet[ZT_AT_FLAGS] = cases[i].flags;
        zt_packet_arm(packet, LENGTH, cases[i].cipher, &key, siv);
        assert_memory_equal(packet, expected, sizeof packet);
    }
}

static void every_suite_opens_what_it_armed(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < SUITE_COUNT; i++) {
        uint8_t plain[LENGTH], packet[LENGTH];

        make_plain(plain);
        make_armed(packet, suites[i]);
        assert_int_equal(zt_packet_cipher(packet), suites[i]);
        assert_true(zt_packet_open(packet, LENGTH, &key, siv));
        assert_memory_equal(packet + ZT_AT_VERB, plain + ZT_AT_VERB, LENGTH - ZT_AT_VERB);
    }
}

static void hops_may_change_on_the_way(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < SUITE_COUNT; i++) {
        for (uint8_t hops = 0; hops <= ZT_HOPS_MASK; hops++) {
            uint8_t packet[LENGTH];

            make_armed(packet, suites[i]);
            packet[ZT_AT_FLAGS] |= hops;
            assert_true(zt_packet_open(packet, LENGTH, &key, siv));
        }
    }
}

static void any_other_changed_bit_is_noticed(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < SUITE_COUNT; i++) {
        for (size_t bit = 0; bit < LENGTH * 8; bit++) {
            uint8_t packet[LENGTH];

            if (bit / 8 == ZT_AT_FLAGS && bit % 8 < 3)
                continue;
            make_armed(packet, suites[i]);
            packet[bit / 8] ^= (uint8_t)(1U << bit % 8);
            assert_false(zt_packet_open(packet, LENGTH, &key, siv));
        }
    }
}

static void another_length_is_noticed(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < SUITE_COUNT; i++) {
        for (size_t length = 0; length < LENGTH; length++) {
            uint8_t packet[LENGTH];

            make_armed(packet, suites[i]);
            assert_false(zt_packet_open(packet, length, &key, siv));
        }
        uint8_t longer[LENGTH + 1] = { 0 };

        make_armed(longer, suites[i]);
        assert_false(zt_packet_open(longer, sizeof longer, &key, siv));
    }
}

static void another_key_opens_nothing(void **unused)
{
    struct zt_session_key other = key;

    (void)unused;
    other.bytes[0] ^= 1;

    struct zt_gmac_siv *other_siv = zt_gmac_siv_new(&other);

    assert_non_null(other_siv);
    for (size_t i = 0; i < SUITE_COUNT; i++) {
        uint8_t packet[LENGTH];

        make_armed(packet, suites[i]);
        assert_false(zt_packet_open(packet, LENGTH, &other, other_siv));
    }
    zt_gmac_siv_free(other_siv);
}

static void a_refused_salsa_packet_stays_as_it_came(void **unused)
{
    uint8_t packet[LENGTH], came[LENGTH];

    (void)unused;
    make_armed(packet, ZT_CIPHER_SALSA);
    packet[LENGTH - 1] ^= 1;
    memcpy(came, packet, sizeof came);
    assert_false(zt_packet_open(packet, LENGTH, &key, siv));
    assert_memory_equal(packet, came, sizeof came);
}

static void without_scheduled_keys_the_third_suite_is_refused(void **unused)
{
    uint8_t packet[LENGTH];

    (void)unused;
    make_armed(packet, ZT_CIPHER_GMAC_SIV);
    assert_false(zt_packet_open(packet, LENGTH, &key, NULL));
}

static void trusted_and_unknown_suites_never_open(void **unused)
{
    (void)unused;
    for (unsigned cipher = 0; cipher < 8; cipher++) {
        uint8_t packet[LENGTH];

        make_armed(packet, ZT_CIPHER_MAC_ONLY);
        packet[ZT_AT_FLAGS] = (uint8_t)(cipher << ZT_CIPHER_SHIFT);
        assert_int_equal(zt_packet_open(packet, LENGTH, &key, siv), cipher == 0);
    }
}

static void a_trusted_packet_carries_the_path_id_in_clear(void **unused)
{
    uint8_t plain[LENGTH], packet[LENGTH];

    (void)unused;
    make_plain(plain);
    make_plain(packet);
    zt_packet_arm_trusted(packet, 0x1122334455667788);
    assert_int_equal(packet[ZT_AT_FLAGS], ZT_CIPHER_TRUSTED << ZT_CIPHER_SHIFT);
    assert_true(zt_load_u64(packet + ZT_AT_MAC) == 0x1122334455667788);
    assert_memory_equal(packet + ZT_AT_VERB, plain + ZT_AT_VERB, LENGTH - ZT_AT_VERB);
}

static void arming_again_forgets_the_suite_before(void **unused)
{
    uint8_t once[LENGTH], twice[LENGTH];

    (void)unused;
    make_armed(once, ZT_CIPHER_MAC_ONLY);
    make_plain(twice);
    zt_packet_arm_trusted(twice, 5);
    twice[ZT_AT_FLAGS] |= ZT_FLAG_LEGACY_ENCRYPTED;
    zt_packet_arm(twice, LENGTH, ZT_CIPHER_MAC_ONLY, &key, siv);
    assert_memory_equal(once, twice, LENGTH);
}

static void the_tail_of_a_hello_is_masked_with_a_nonce_of_61_bits(void **unused)
{
    static const uint8_t keystream[] = { 0x06, 0xf5, 0xdf, 0x69, 0xff, 0x71, 0x24, 0xfc };

    (void)unused;
    for (unsigned low = 0; low < 8; low++) {
        uint8_t packet[ZT_HEADER_SIZE + 12];

        memset(packet, 0, sizeof packet);
        zt_store_u64(packet, 0x1122334455667788 + low);
        zt_packet_mask_tail(packet, sizeof packet, ZT_HEADER_SIZE + 4, &key);
        assert_int_equal(zt_load_u32(packet + ZT_HEADER_SIZE), 0);
        assert_memory_equal(packet + ZT_HEADER_SIZE + 4, keystream, sizeof keystream);
        zt_packet_mask_tail(packet, sizeof packet, ZT_HEADER_SIZE + 4, &key);
        assert_int_equal(zt_load_u64(packet + ZT_HEADER_SIZE + 4), 0);
    }
}

static void an_empty_tail_is_no_trouble(void **unused)
{
    uint8_t packet[LENGTH], before[LENGTH];

    (void)unused;
    make_plain(packet);
    memcpy(before, packet, LENGTH);
    zt_packet_mask_tail(packet, LENGTH, LENGTH, &key);
    assert_memory_equal(packet, before, LENGTH);
}

static size_t make_repeating(uint8_t *packet, size_t payload_length)
{
    zt_packet_header(packet, ID, DESTINATION, SOURCE, ZT_VERB_MULTICAST_LIKE);
    for (size_t i = 0; i < payload_length; i++)
        packet[ZT_AT_PAYLOAD + i] = (uint8_t)(i % 16);
    return ZT_AT_PAYLOAD + payload_length;
}

static void compression_gives_back_what_it_took(void **unused)
{
    static const size_t payload_lengths[] = { 65, 66, 100, 1000, ZT_MAX_PACKET - ZT_AT_PAYLOAD };
    uint8_t packet[ZT_MAX_PACKET], plain[ZT_MAX_PACKET], out[ZT_MAX_PACKET];

    (void)unused;
    for (size_t i = 0; i < sizeof payload_lengths / sizeof payload_lengths[0]; i++) {
        size_t length = make_repeating(plain, payload_lengths[i]);

        memcpy(packet, plain, length);

        size_t shorter = zt_packet_compress(packet, length);

        assert_true(shorter < length);
        assert_int_equal(packet[ZT_AT_VERB], ZT_VERB_MULTICAST_LIKE | ZT_VERB_COMPRESSED);
        assert_int_equal(zt_packet_expand(out, packet, shorter), length);
        assert_memory_equal(out, plain, length);
    }
}

static void short_or_dense_payloads_stay_as_they_are(void **unused)
{
    uint8_t packet[2 * 256 + ZT_AT_PAYLOAD], before[sizeof packet];
    size_t length = make_repeating(packet, 64);
    uint32_t state = 1;

    (void)unused;
    memcpy(before, packet, length);
    assert_int_equal(zt_packet_compress(packet, length), length);
    assert_memory_equal(packet, before, length);

    for (size_t i = ZT_AT_PAYLOAD; i < sizeof packet; i++) {
        state = state * 1664525U + 1013904223U;
        packet[i] = (uint8_t)(state >> 24);
    }
    memcpy(before, packet, sizeof packet);
    assert_int_equal(zt_packet_compress(packet, sizeof packet), sizeof packet);
    assert_memory_equal(packet, before, sizeof packet);
}

static void an_uncompressed_packet_is_not_copied(void **unused)
{
    uint8_t packet[LENGTH], out[ZT_MAX_PACKET] = { 0 };
    static const uint8_t untouched[ZT_MAX_PACKET];

    (void)unused;
    make_plain(packet);
    assert_int_equal(zt_packet_expand(out, packet, LENGTH), LENGTH);
    assert_memory_equal(out, untouched, sizeof out);
}

static void a_flag_without_payload_is_just_cleared(void **unused)
{
    uint8_t packet[LENGTH], out[ZT_MAX_PACKET];

    (void)unused;
    make_plain(packet);
    packet[ZT_AT_VERB] |= ZT_VERB_COMPRESSED;
    assert_int_equal(zt_packet_expand(out, packet, ZT_HEADER_SIZE), ZT_HEADER_SIZE);
    assert_int_equal(out[ZT_AT_VERB], ZT_VERB_ECHO);
    assert_int_equal(zt_packet_expand(out, packet, ZT_HEADER_SIZE - 1), 0);
}

/* A cut block may still be a block (of less); it must never be the whole, nor overrun. */
static void no_prefix_of_a_block_expands_to_the_whole(void **unused)
{
    uint8_t packet[ZT_MAX_PACKET], out[ZT_MAX_PACKET];
    size_t length = make_repeating(packet, 5000);
    size_t shorter = zt_packet_compress(packet, length);

    (void)unused;
    for (size_t cut = ZT_HEADER_SIZE; cut < shorter; cut++)
        assert_true(zt_packet_expand(out, packet, cut) < length);
}

static void a_block_that_expands_past_the_largest_packet_is_refused(void **unused)
{
    uint8_t packet[256] = { 0 }, out[ZT_MAX_PACKET];
    size_t length = ZT_AT_PAYLOAD;

    (void)unused;
    packet[ZT_AT_VERB] = ZT_VERB_ECHO | ZT_VERB_COMPRESSED;
    packet[length++] = 0x1f; /* one literal, then a match of 15 + 4 and more */
    packet[length++] = 'a';
    packet[length++] = 1; /* offset */
    packet[length++] = 0;
    for (size_t i = 0; i < 100; i++)
        packet[length++] = 255;
    packet[length++] = 0;
    packet[length++] = 0x50; /* five literals end the block */
    length += 5;
    assert_int_equal(zt_packet_expand(out, packet, length), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_has_its_fields_and_nothing_else),
        cmocka_unit_test(armed_packets_have_the_documented_bytes),
        cmocka_unit_test(every_suite_opens_what_it_armed),
        cmocka_unit_test(hops_may_change_on_the_way),
        cmocka_unit_test(any_other_changed_bit_is_noticed),
        cmocka_unit_test(another_length_is_noticed),
        cmocka_unit_test(another_key_opens_nothing),
        cmocka_unit_test(a_refused_salsa_packet_stays_as_it_came),
        cmocka_unit_test(without_scheduled_keys_the_third_suite_is_refused),
        cmocka_unit_test(trusted_and_unknown_suites_never_open),
        cmocka_unit_test(a_trusted_packet_carries_the_path_id_in_clear),
        cmocka_unit_test(arming_again_forgets_the_suite_before),
        cmocka_unit_test(the_tail_of_a_hello_is_masked_with_a_nonce_of_61_bits),
        cmocka_unit_test(an_empty_tail_is_no_trouble),
        cmocka_unit_test(compression_gives_back_what_it_took),
        cmocka_unit_test(short_or_dense_payloads_stay_as_they_are),
        cmocka_unit_test(an_uncompressed_packet_is_not_copied),
        cmocka_unit_test(a_flag_without_payload_is_just_cleared),
        cmocka_unit_test(no_prefix_of_a_block_expands_to_the_whole),
        cmocka_unit_test(a_block_that_expands_past_the_largest_packet_is_refused),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
