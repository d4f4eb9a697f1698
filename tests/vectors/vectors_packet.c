/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of packets: arming and opening with each cipher suite. */
#include "vectors.h"

#include "vl1/packet.h"

#include <string.h>

static bool opens(struct vectors_bytes packet, const struct zt_session_key *key, bool with_siv)
{
    struct zt_gmac_siv *siv = with_siv ? zt_gmac_siv_new(key) : NULL;
    bool genuine = zt_packet_open(packet.at, packet.length, key, siv);

    zt_gmac_siv_free(siv);
    return genuine;
}

/* Arms a copy of the packet and compares. */
static bool arms_to(struct vectors_bytes plain, int64_t suite, const struct zt_session_key *key,
                    struct vectors_bytes expected)
{
    uint8_t *packet = vectors_scratch(plain.length);
    struct zt_gmac_siv *siv;

    if (plain.length < ZT_HEADER_SIZE ||
        (suite != ZT_CIPHER_MAC_ONLY && suite != ZT_CIPHER_SALSA && suite != ZT_CIPHER_GMAC_SIV))
        return false;
    siv = zt_gmac_siv_new(key);
    if (siv == NULL)
        return false;
    memcpy(packet, plain.at, plain.length);
    zt_packet_arm(packet, plain.length, (enum zt_cipher)suite, key, siv);
    zt_gmac_siv_free(siv);
    return vectors_same(expected, packet, plain.length);
}

/* Is key48 what source and destination agree on, from either side? */
static bool read_agreed_key(const json_t *entry, struct zt_session_key *key)
{
    struct zt_identity source, destination;
    struct zt_session_key agreed, back;

    return vectors_key(entry, "key48", key) &&
           vectors_identity(json_object_get(entry, "source_secret_string"), &source) &&
           vectors_identity(json_object_get(entry, "destination_secret_string"), &destination) &&
           zt_identity_agree(&agreed, &source, &destination) &&
           zt_identity_agree(&back, &destination, &source) &&
           memcmp(&agreed, key, sizeof agreed) == 0 && memcmp(&back, key, sizeof back) == 0;
}

static const char *check_case(const json_t *root, const json_t *entry)
{
    struct vectors_bytes plain = vectors_bytes(entry, "plain_packet");
    struct vectors_bytes armored = vectors_bytes(entry, "armored_packet");
    struct zt_session_key key;
    const char *wrong;

    (void)root;
    if (!read_agreed_key(entry, &key))
        return "agreed key differs";
    if (json_object_get(entry, "size") != NULL &&
        vectors_size(entry, "size", ZT_MAX_PACKET) != plain.length)
        return "length differs";
    if (!arms_to(plain, vectors_integer(entry, "suite"), &key, armored))
        return "armed packet differs";
    wrong = vectors_armor_steps(entry, &key, armored, plain);
    if (wrong != NULL)
        return wrong;
    if (zt_packet_id(armored.at) != vectors_number(entry, "packet_id_on_wire", 16))
        return "packet id differs";
    if (opens(armored, &key, true) != vectors_true(entry, "dearmor_ok"))
        return "verdict differs";
    if (json_object_get(entry, "packet_after_dearmor") != NULL &&
        !vectors_same(vectors_bytes(entry, "packet_after_dearmor"), armored.at, armored.length))
        return "opened packet differs";
    plain.at += ZT_AT_VERB;
    plain.length -= ZT_AT_VERB;
    return vectors_expect(vectors_same(plain, armored.at + ZT_AT_VERB, armored.length - ZT_AT_VERB),
                          "opened body differs");
}

static const char *check_hops(const json_t *root, const json_t *entry)
{
    const json_t *base = vectors_entry(root, "cases", vectors_integer(entry, "base_index"));
    struct vectors_bytes packet = vectors_bytes(entry, "armored_packet");
    struct zt_session_key key;

    if (!vectors_key(base, "key48", &key))
        return "key of wrong length";
    if (packet.length < ZT_HEADER_SIZE)
        return "packet is too short";
    if (zt_packet_hops(packet.at) != vectors_integer(entry, "hops"))
        return "hop count differs";
    if (opens(packet, &key, true) != vectors_true(entry, "dearmor_ok"))
        return "verdict differs";
    return vectors_expect(vectors_same(vectors_bytes(entry, "payload_after_dearmor"),
                                       packet.at + ZT_AT_PAYLOAD, packet.length - ZT_AT_PAYLOAD),
                          "payload differs");
}

/* Is it the packet of the case as it was? Then its receiver was given no AES keys. */
static bool is_unaltered(const json_t *entry, const json_t *base)
{
    return json_equal(json_object_get(entry, "armored_packet"),
                      json_object_get(base, "armored_packet")) &&
           json_equal(json_object_get(entry, "key48"), json_object_get(base, "key48"));
}

static const char *check_altered(const json_t *root, const json_t *entry)
{
    const json_t *base = vectors_entry(root, "cases", vectors_integer(entry, "base_index"));
    struct zt_session_key key;

    if (!vectors_key(entry, "key48", &key))
        return "key of wrong length";
    if (vectors_integer(entry, "suite") != vectors_integer(base, "suite"))
        return "not the suite of the packet that was altered";
    return vectors_expect(opens(vectors_bytes(entry, "armored_packet"), &key,
                                !is_unaltered(entry, base)) == vectors_true(entry, "dearmor_ok"),
                          "verdict differs");
}

static const char *check_trusted(const json_t *root, const json_t *entry)
{
    struct vectors_bytes packet = vectors_bytes(entry, "plain_packet");

    (void)root;
    if (packet.length < ZT_HEADER_SIZE)
        return "packet is too short";
    zt_packet_arm_trusted(packet.at, vectors_number(entry, "trusted_path_id", 16));
    return vectors_expect(vectors_same(vectors_bytes(entry, "packet"), packet.at, packet.length),
                          "differs");
}

static const char *check_hello(const json_t *root, const json_t *entry)
{
    struct vectors_bytes clear = vectors_bytes(entry, "packet_clear");
    struct vectors_bytes armored = vectors_bytes(entry, "armored_packet");
    size_t tail = vectors_size(entry, "crypt_field_start", clear.length);
    const json_t *ok = json_object_get(entry, "ok");
    struct vectors_bytes ok_plain = vectors_bytes(ok, "plain_packet");
    const char *wrong = vectors_hello_fields(entry, clear);
    struct zt_session_key key;

    (void)root;
    if (wrong != NULL)
        return wrong;
    if (!read_agreed_key(entry, &key))
        return "agreed key differs";
    zt_packet_mask_tail(clear.at, clear.length, tail, &key);
    if (!vectors_same(vectors_bytes(entry, "packet_after_field_encryption"), clear.at,
                      clear.length))
        return "masked tail differs";
    if (!arms_to(clear, ZT_CIPHER_MAC_ONLY, &key, armored) || !opens(armored, &key, false))
        return "armed packet differs";
    if (!arms_to(ok_plain, ZT_CIPHER_SALSA, &key, vectors_bytes(ok, "armored_suite_1")) ||
        !arms_to(ok_plain, ZT_CIPHER_GMAC_SIV, &key, vectors_bytes(ok, "armored_suite_3")))
        return "armed OK differs";
    return NULL;
}

/* So far nobody has the extended suite; a file says so with null. */
static void check_extended(struct vectors_run *run, const json_t *root)
{
    const json_t *extended = json_object_get(root, "extended_armor");

    vectors_check(run, extended == NULL || json_is_null(extended),
                  "extended_armor: cases of a suite that we don't have");
}

void vectors_armor(struct vectors_run *run, const json_t *root)
{
    vectors_each(run, root, "cases", check_case);
    vectors_each(run, root, "hops_changed", check_hops);
    vectors_each(run, root, "altered", check_altered);
    vectors_each(run, root, "trusted_path", check_trusted);
    vectors_each(run, root, "hello", check_hello);
    check_extended(run, root);
}
