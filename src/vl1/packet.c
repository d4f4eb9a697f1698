/* SPDX-License-Identifier: Apache-2.0 */
/* Packets as bytes: what each cipher suite does to them, and compression. */
#include "vl1/packet.h"

#include "crypto/poly1305.h"
#include "crypto/salsa.h"
#include "crypto/wipe.h"

#include <assert.h>
#include <limits.h>
#include <lz4.h>
#include <string.h>

#define MAC_SIZE 8
#define ID_SIZE 8
#define AUTHENTICATED_FLAGS 0xf8 /* all but the hop count, which changes on the way */
#define AAD_SIZE 11

void zt_packet_header(uint8_t *packet, uint64_t id, zt_address destination, zt_address source,
                      uint8_t verb)
{
    memset(packet, 0, ZT_HEADER_SIZE);
    zt_store_u64(packet + ZT_AT_ID, id);
    zt_store_u40(packet + ZT_AT_DESTINATION, destination);
    zt_store_u40(packet + ZT_AT_SOURCE, source);
    packet[ZT_AT_VERB] = verb;
}

/* The Salsa20 stream of one packet, past its first block, which gives the authenticator's key. What
   is mixed into the key is authenticated with it. docs/wire.md 2.5. */
static void start_stream(struct zt_salsa *stream, uint8_t mac_key[64], const uint8_t *packet,
                         size_t length, const struct zt_session_key *key)
{
    uint8_t mixed[32];

    memcpy(mixed, key->bytes, sizeof mixed);
    for (size_t i = 0; i < ZT_AT_FLAGS; i++)
        mixed[i] ^= packet[i];
    mixed[18] ^= packet[ZT_AT_FLAGS] & AUTHENTICATED_FLAGS;
    mixed[19] ^= (uint8_t)length;
    mixed[20] ^= (uint8_t)(length >> 8);

    zt_salsa_init(stream, mixed, packet + ZT_AT_ID, 12);
    zt_salsa_xor(stream, mac_key, NULL, 64);
    zt_wipe(mixed, sizeof mixed);
}

static void arm_salsa(uint8_t *packet, size_t length, bool encrypt,
                      const struct zt_session_key *key)
{
    struct zt_salsa stream;
    uint8_t mac_key[64];
    uint8_t tag[16];
    uint8_t *body = packet + ZT_AT_VERB;
    size_t body_length = length - ZT_AT_VERB;

    start_stream(&stream, mac_key, packet, length, key);
    if (encrypt)
        zt_salsa_xor(&stream, body, body, body_length);
    zt_poly1305(tag, mac_key, body, body_length);
    memcpy(packet + ZT_AT_MAC, tag, MAC_SIZE);
    zt_salsa_wipe(&stream);
    zt_wipe(mac_key, sizeof mac_key);
}

static bool open_salsa(uint8_t *packet, size_t length, bool encrypted,
                       const struct zt_session_key *key)
{
    struct zt_salsa stream;
    uint8_t mac_key[64];
    uint8_t tag[16];
    uint8_t *body = packet + ZT_AT_VERB;
    size_t body_length = length - ZT_AT_VERB;

    start_stream(&stream, mac_key, packet, length, key);
    zt_poly1305(tag, mac_key, body, body_length);

    bool genuine = zt_equal_secret(tag, packet + ZT_AT_MAC, MAC_SIZE);

    if (genuine && encrypted)
        zt_salsa_xor(&stream, body, body, body_length);
    zt_salsa_wipe(&stream);
    zt_wipe(mac_key, sizeof mac_key);
    return genuine;
}

/* destination(5) source(5) flags without hops(1) */
static void write_aad(uint8_t aad[AAD_SIZE], const uint8_t *packet)
{
    memcpy(aad, packet + ZT_AT_DESTINATION, AAD_SIZE);
    aad[AAD_SIZE - 1] &= AUTHENTICATED_FLAGS;
}

static void arm_gmac_siv(uint8_t *packet, size_t length, struct zt_gmac_siv *siv)
{
    uint8_t aad[AAD_SIZE];
    uint8_t tag[ID_SIZE + MAC_SIZE];

    write_aad(aad, packet);
    zt_gmac_siv_seal(siv, packet + ZT_AT_ID, aad, packet + ZT_AT_VERB, length - ZT_AT_VERB, tag);
    memcpy(packet + ZT_AT_ID, tag, ID_SIZE);
    memcpy(packet + ZT_AT_MAC, tag + ID_SIZE, MAC_SIZE);
}

static bool open_gmac_siv(uint8_t *packet, size_t length, struct zt_gmac_siv *siv)
{
    uint8_t aad[AAD_SIZE];
    uint8_t tag[ID_SIZE + MAC_SIZE];

    write_aad(aad, packet);
    memcpy(tag, packet + ZT_AT_ID, ID_SIZE);
    memcpy(tag + ID_SIZE, packet + ZT_AT_MAC, MAC_SIZE);
    return zt_gmac_siv_open(siv, tag, aad, packet + ZT_AT_VERB, length - ZT_AT_VERB);
}

static void set_cipher(uint8_t *packet, enum zt_cipher cipher)
{
    unsigned flags = packet[ZT_AT_FLAGS] & (ZT_FLAG_FRAGMENTED | ZT_HOPS_MASK);

    flags |= (unsigned)cipher << ZT_CIPHER_SHIFT;
    if (cipher == ZT_CIPHER_SALSA)
        flags |= ZT_FLAG_LEGACY_ENCRYPTED;
    packet[ZT_AT_FLAGS] = (uint8_t)flags;
}

void zt_packet_arm(uint8_t *packet, size_t length, enum zt_cipher cipher,
                   const struct zt_session_key *key, struct zt_gmac_siv *siv)
{
    assert(length >= ZT_HEADER_SIZE);
    assert(cipher != ZT_CIPHER_TRUSTED);

    set_cipher(packet, cipher);
    if (cipher == ZT_CIPHER_GMAC_SIV)
        arm_gmac_siv(packet, length, siv);
    else
        arm_salsa(packet, length, cipher == ZT_CIPHER_SALSA, key);
}

bool zt_packet_open(uint8_t *packet, size_t length, const struct zt_session_key *key,
                    struct zt_gmac_siv *siv)
{
    if (length < ZT_HEADER_SIZE)
        return false;

    switch (zt_packet_cipher(packet)) {
    case ZT_CIPHER_MAC_ONLY:
        return open_salsa(packet, length, false, key);
    case ZT_CIPHER_SALSA:
        return open_salsa(packet, length, true, key);
    case ZT_CIPHER_GMAC_SIV:
        return siv != NULL && open_gmac_siv(packet, length, siv);
    default:
        return false;
    }
}

void zt_packet_arm_trusted(uint8_t *packet, uint64_t trusted_path_id)
{
    set_cipher(packet, ZT_CIPHER_TRUSTED);
    zt_store_u64(packet + ZT_AT_MAC, trusted_path_id);
}

/* Older senders counted in the low three bits of the id, so that they don't belong to the nonce. */
void zt_packet_mask_tail(uint8_t *packet, size_t length, size_t offset,
                         const struct zt_session_key *key)
{
    struct zt_salsa stream;
    uint8_t nonce[ID_SIZE];

    assert(offset >= ZT_HEADER_SIZE);
    assert(offset <= length);

    memcpy(nonce, packet + ZT_AT_ID, sizeof nonce);
    nonce[7] &= 0xf8;
    zt_salsa_init(&stream, key->bytes, nonce, 12);
    zt_salsa_xor(&stream, packet + offset, packet + offset, length - offset);
    zt_salsa_wipe(&stream);
}

size_t zt_packet_compress(uint8_t *packet, size_t length)
{
    char smaller[ZT_MAX_PACKET];
    char *payload = (char *)packet + ZT_AT_PAYLOAD;

    assert(length >= ZT_HEADER_SIZE && length <= ZT_MAX_PACKET);
    assert((packet[ZT_AT_VERB] & ZT_VERB_COMPRESSED) == 0);

    int payload_length = (int)(length - ZT_AT_PAYLOAD);

    if (payload_length <= ZT_COMPRESS_ABOVE)
        return length;

    /* One byte of room less than before: what doesn't shrink doesn't fit. */
    int compressed = LZ4_compress_default(payload, smaller, payload_length, payload_length - 1);

    if (compressed <= 0)
        return length;
    memcpy(payload, smaller, (size_t)compressed);
    packet[ZT_AT_VERB] |= ZT_VERB_COMPRESSED;
    return ZT_AT_PAYLOAD + (size_t)compressed;
}

size_t zt_packet_expand(uint8_t *out, const uint8_t *packet, size_t length)
{
    if (length < ZT_HEADER_SIZE || length > INT_MAX)
        return 0;
    if ((packet[ZT_AT_VERB] & ZT_VERB_COMPRESSED) == 0)
        return length;

    int expanded = 0;

    if (length > ZT_HEADER_SIZE) {
        expanded =
            LZ4_decompress_safe((const char *)packet + ZT_AT_PAYLOAD, (char *)out + ZT_AT_PAYLOAD,
                                (int)length - ZT_AT_PAYLOAD, ZT_MAX_PACKET - ZT_AT_PAYLOAD);
        if (expanded <= 0)
            return 0;
    }
    memcpy(out, packet, ZT_HEADER_SIZE);
    out[ZT_AT_VERB] &= (uint8_t)~ZT_VERB_COMPRESSED;
    return ZT_AT_PAYLOAD + (size_t)expanded;
}
