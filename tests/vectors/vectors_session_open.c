/* SPDX-License-Identifier: Apache-2.0 */
/* One packet of a session: opened, read, written, and armed to the very same bytes. */
#include "vectors_session.h"

#include "crypto/digest.h"

#include <openssl/evp.h>
#include <string.h>

const struct session_node *session_node(const struct session *session, zt_address address)
{
    for (size_t i = 0; i < session->node_count; i++) {
        if (session->nodes[i].identity.address == address)
            return &session->nodes[i];
    }
    return NULL;
}

bool session_is_short(const struct session_datagram *datagram)
{
    return datagram->length <= ZT_FRAGMENT_HEADER_SIZE ||
           (datagram->length < ZT_HEADER_SIZE && !session_is_fragment(datagram));
}

bool session_is_fragment(const struct session_datagram *datagram)
{
    return datagram->length > ZT_FRAGMENT_HEADER_SIZE &&
           datagram->at[ZT_FRAGMENT_AT_MARK] == ZT_FRAGMENT_MARK;
}

size_t session_find_packet(const struct session *session, uint64_t id)
{
    for (size_t i = 0; i < session->count; i++) {
        const struct session_datagram *datagram = &session->datagrams[i];

        if (!session_is_short(datagram) && !session_is_fragment(datagram) &&
            zt_packet_id(datagram->at) == id)
            return i + 1;
    }
    return 0;
}

void session_count(struct session *session, const char *kind)
{
    json_int_t count = json_integer_value(json_object_get(session->statistics, kind));

    json_object_set_new(session->statistics, kind, json_integer(count + 1));
}

/* The random number that the sender of a GMAC-SIV packet chose: the first half of the tag,
   decrypted. docs/wire.md 2.6. */
static bool recover_id(uint8_t id[8], const uint8_t *wire, const struct zt_session_key *key)
{
    uint8_t tag[16], derived[48], plain[16];
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int length = 0;
    bool good;

    memcpy(tag, wire + ZT_AT_ID, 8);
    memcpy(tag + 8, wire + ZT_AT_MAC, 8);
    zt_kdf(derived, key->bytes, '1', 0, 0);
    good = context != NULL &&
           EVP_DecryptInit_ex2(context, EVP_aes_256_ecb(), derived, NULL, NULL) == 1 &&
           EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
           EVP_DecryptUpdate(context, plain, &length, tag, sizeof tag) == 1 &&
           length == sizeof plain;
    EVP_CIPHER_CTX_free(context);
    if (good)
        memcpy(id, plain, 8);
    return good;
}

/* Does the opened packet, under a header of our making, become what was on the wire? */
static bool arms_to(const uint8_t *opened, const uint8_t *wire, size_t length,
                    const struct zt_session_key *key, struct zt_gmac_siv *siv)
{
    enum zt_cipher cipher = (enum zt_cipher)zt_packet_cipher(wire);
    uint8_t *packet = vectors_scratch(length);

    zt_packet_header(packet, zt_packet_id(wire), zt_packet_destination(wire),
                     zt_packet_source(wire), opened[ZT_AT_VERB]);
    packet[ZT_AT_FLAGS] = wire[ZT_AT_FLAGS] & (ZT_FLAG_FRAGMENTED | ZT_HOPS_MASK);
    memcpy(packet + ZT_AT_PAYLOAD, opened + ZT_AT_PAYLOAD, length - ZT_AT_PAYLOAD);
    if (cipher == ZT_CIPHER_TRUSTED) {
        zt_packet_arm_trusted(packet, zt_load_u64(wire + ZT_AT_MAC));
        return memcmp(packet, wire, length) == 0;
    }
    if (cipher == ZT_CIPHER_GMAC_SIV && !recover_id(packet + ZT_AT_ID, wire, key))
        return false;
    zt_packet_arm(packet, length, cipher, key, siv);
    return memcmp(packet, wire, length) == 0;
}

/* Reads the payload and writes it again. */
static const char *decode(struct session_message *message)
{
    size_t length = message->length - ZT_HEADER_SIZE;
    const char *wrong;

    message->in = zt_reader_of(message->packet + ZT_HEADER_SIZE, length);
    message->again = vectors_scratch(ZT_MAX_PACKET);
    message->out =
        zt_writer_of(message->again + ZT_HEADER_SIZE, (size_t)ZT_MAX_PACKET - ZT_HEADER_SIZE);
    memcpy(message->again, message->packet, ZT_HEADER_SIZE);

    wrong = session_decode_message(message);
    if (wrong != NULL)
        return wrong;
    if (message->in.failed || zt_reader_left(&message->in) > 0)
        return "message is not as long as its content";
    return vectors_expect(
        !message->out.failed && zt_writer_length(&message->out) == length &&
            memcmp(message->out.start, message->packet + ZT_HEADER_SIZE, length) == 0,
        "message written differently");
}

static json_t *describe(const struct session_message *message, bool compressed)
{
    unsigned verb = message->packet[ZT_AT_VERB] & ZT_VERB_MASK;
    json_t *decoded = json_object();

    json_object_set_new(decoded, "ok", json_true());
    json_object_set_new(decoded, "compressed", json_boolean(compressed));
    session_put_integer(decoded, "verb", verb);
    json_object_set_new(decoded, "verb_name", json_string(session_verb_name(verb)));
    session_put_integer(decoded, "payload_length", message->length - ZT_HEADER_SIZE);
    json_object_set_new(decoded, "fields", message->fields);
    session_put_bytes(decoded, "payload", message->packet + ZT_HEADER_SIZE,
                      message->length - ZT_HEADER_SIZE);
    return decoded;
}

json_t *session_open(struct session *session, const uint8_t *wire, size_t length,
                     const char **wrong)
{
    uint8_t *opened = vectors_scratch(length);
    uint8_t *expanded = vectors_scratch(ZT_MAX_PACKET);
    struct session_message message = { .session = session, .packet = opened };

    memcpy(opened, wire, length);
    message.source = session_node(session, zt_packet_source(wire));
    message.destination = session_node(session, zt_packet_destination(wire));
    *wrong = "unknown node";
    if (message.source == NULL || message.destination == NULL)
        return NULL;

    size_t other = (size_t)(message.source - session->nodes);
    struct zt_gmac_siv *siv = message.destination->sivs[other];

    message.key = &message.destination->keys[other];
    *wrong = "can't be opened";
    if (zt_packet_cipher(wire) != ZT_CIPHER_TRUSTED &&
        !zt_packet_open(opened, length, message.key, siv))
        return NULL;
    *wrong = "armed differently";
    if (!arms_to(opened, wire, length, message.key, siv))
        return NULL;

    bool compressed = (opened[ZT_AT_VERB] & ZT_VERB_COMPRESSED) != 0;

    *wrong = "can't be expanded";
    message.length = zt_packet_expand(expanded, opened, length);
    if (message.length == 0)
        return NULL;
    if (compressed) {
        message.packet = expanded;
        session_count(session, "compressed");
    }
    session_count(session, session_verb_name(message.packet[ZT_AT_VERB] & ZT_VERB_MASK));

    message.fields = json_object();
    *wrong = decode(&message);
    if (*wrong == NULL)
        return describe(&message, compressed);
    json_decref(message.fields);
    return NULL;
}
