/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of packets: arming and opening with each cipher suite, and compression. */
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
    struct zt_gmac_siv *siv = zt_gmac_siv_new(key);
    uint8_t *packet = vectors_scratch(plain.length);

    if (siv == NULL || plain.length < ZT_HEADER_SIZE)
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

    (void)root;
    if (!read_agreed_key(entry, &key))
        return "agreed key differs";
    if (!arms_to(plain, vectors_integer(entry, "suite"), &key, armored))
        return "armed packet differs";
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
    const json_t *base = json_array_get(json_object_get(root, "cases"),
                                        (size_t)vectors_integer(entry, "base_index"));
    struct vectors_bytes packet = vectors_bytes(entry, "armored_packet");
    struct zt_session_key key;

    if (!vectors_key(base, "key48", &key))
        return "key of wrong length";
    if (zt_packet_hops(packet.at) != vectors_integer(entry, "hops"))
        return "hop count differs";
    if (opens(packet, &key, true) != vectors_true(entry, "dearmor_ok"))
        return "verdict differs";
    return vectors_expect(vectors_same(vectors_bytes(entry, "payload_after_dearmor"),
                                       packet.at + ZT_AT_PAYLOAD, packet.length - ZT_AT_PAYLOAD),
                          "payload differs");
}

static const char *check_altered(const json_t *root, const json_t *entry)
{
    bool with_siv = strstr(vectors_text(entry, "why"), "no AES keys") == NULL;
    struct zt_session_key key;

    (void)root;
    if (!vectors_key(entry, "key48", &key))
        return "key of wrong length";
    return vectors_expect(opens(vectors_bytes(entry, "armored_packet"), &key, with_siv) ==
                              vectors_true(entry, "dearmor_ok"),
                          "verdict differs");
}

static const char *check_trusted(const json_t *root, const json_t *entry)
{
    struct vectors_bytes packet = vectors_bytes(entry, "plain_packet");

    (void)root;
    zt_packet_arm_trusted(packet.at, vectors_number(entry, "trusted_path_id", 16));
    return vectors_expect(vectors_same(vectors_bytes(entry, "packet"), packet.at, packet.length),
                          "differs");
}

static const char *check_hello(const json_t *root, const json_t *entry)
{
    struct vectors_bytes clear = vectors_bytes(entry, "packet_clear");
    struct vectors_bytes armored = vectors_bytes(entry, "armored_packet");
    size_t tail = (size_t)vectors_integer(entry, "crypt_field_start");
    const json_t *ok = json_object_get(entry, "ok");
    struct vectors_bytes ok_plain = vectors_bytes(ok, "plain_packet");
    struct zt_session_key key;

    (void)root;
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

void vectors_armor(struct vectors_run *run, const json_t *root)
{
    vectors_each(run, root, "cases", check_case);
    vectors_each(run, root, "hops_changed", check_hops);
    vectors_each(run, root, "altered", check_altered);
    vectors_each(run, root, "trusted_path", check_trusted);
    vectors_each(run, root, "hello", check_hello);
}

static bool expands_to(struct vectors_bytes packet, struct vectors_bytes expected)
{
    uint8_t *out = vectors_scratch(ZT_MAX_PACKET);
    size_t length = zt_packet_expand(out, packet.at, packet.length);
    bool expanded = (packet.at[ZT_AT_VERB] & ZT_VERB_COMPRESSED) != 0;

    return length != 0 && vectors_same(expected, expanded ? out : packet.at, length);
}

/* Compressors may differ in their output: what counts is that it expands to what went in. */
static const char *check_compress(const json_t *root, const json_t *entry)
{
    struct vectors_bytes packet = vectors_bytes(entry, "packet");
    struct vectors_bytes ours = vectors_bytes(entry, "packet");
    bool compressed = vectors_true(entry, "compressed");

    (void)root;
    if (!expands_to(vectors_bytes(entry, "packet_after_compress"), packet))
        return "expanded packet differs";
    ours.length = zt_packet_compress(ours.at, ours.length);
    if (((ours.at[ZT_AT_VERB] & ZT_VERB_COMPRESSED) != 0) != compressed)
        return "compressed or not, differs";
    if (compressed && ours.length >= packet.length)
        return "did not shrink";
    return vectors_expect(expands_to(ours, packet), "own compressed packet does not expand");
}

/* Broken input where expanders may differ is only run, for the memory checkers to watch. */
static const char *check_uncompress(const json_t *root, const json_t *entry)
{
    struct vectors_bytes packet = vectors_bytes(entry, "packet");
    uint8_t *out = vectors_scratch(ZT_MAX_PACKET);

    (void)root;
    if (strcmp(vectors_text(entry, "kind"), "must") != 0)
        return vectors_expect(zt_packet_expand(out, packet.at, packet.length) <= ZT_MAX_PACKET,
                              "too long");
    if (!vectors_true(entry, "ok"))
        return vectors_expect(zt_packet_expand(out, packet.at, packet.length) == 0,
                              "must be refused");
    return vectors_expect(expands_to(packet, vectors_bytes(entry, "packet_after_uncompress")),
                          "expanded packet differs");
}

void vectors_lz4(struct vectors_run *run, const json_t *root)
{
    vectors_each(run, root, "compress", check_compress);
    vectors_each(run, root, "uncompress", check_uncompress);
}
