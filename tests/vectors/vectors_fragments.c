/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of fragments. Others fill each datagram and we cut evenly, so what is compared is the packet
   that the pieces make, never the pieces. */
#include "vectors.h"

#include "vl1/fragment.h"
#include "vl1/packet.h"

#include <string.h>

#define MAX_DATAGRAM 16384
#define SMALLEST_MTU 64

/* The reassembly is too large for the stack of every system. */
static struct zt_reassembly reassembly;

/* Gives one datagram to the reassembly: the packet if that completes it, else NULL. */
static uint8_t *feed(const uint8_t *datagram, size_t datagram_length, size_t *length)
{
    struct zt_link link = { 0 };
    struct zt_link head_link;
    uint8_t *packet = NULL;

    if (zt_reassembly_add(&reassembly, 0, &link, datagram, datagram_length, &packet, length,
                          &head_link) != ZT_DROP_NONE)
        return NULL;
    return packet;
}

/* The whole packet that the datagrams carry, fragment headers taken off. */
static struct vectors_bytes concatenate(const json_t *datagrams)
{
    struct vectors_bytes whole = { vectors_scratch(16 * MAX_DATAGRAM), 0 };

    for (size_t i = 0; i < json_array_size(datagrams) && i < 16; i++) {
        struct vectors_bytes one = vectors_bytes_of(json_array_get(datagrams, i));
        size_t skipped = i == 0 ? 0 : ZT_FRAGMENT_HEADER_SIZE;

        if (one.length < skipped || one.length > MAX_DATAGRAM)
            break;
        memcpy(whole.at + whole.length, one.at + skipped, one.length - skipped);
        whole.length += one.length - skipped;
    }
    return whole;
}

/* Others fill each datagram: the head, then fragments with the head's id and destination, the mark, total
   and number, no hops. docs/wire.md 3.3 and 3.4. */
static bool is_cut(const json_t *datagrams, struct vectors_bytes whole, size_t mtu)
{
    size_t count = json_array_size(datagrams);
    size_t at = whole.length < mtu ? whole.length : mtu;
    struct vectors_bytes head = vectors_bytes_of(json_array_get(datagrams, 0));

    if (count == 0 || count > 15 || !vectors_same(head, whole.at, at))
        return false;
    for (size_t i = 1; i < count; i++) {
        struct vectors_bytes one = vectors_bytes_of(json_array_get(datagrams, i));
        size_t room = mtu - ZT_FRAGMENT_HEADER_SIZE;
        size_t length = whole.length - at < room ? whole.length - at : room;
        uint8_t tail[3] = { 0xff, (uint8_t)(count << 4 | i), 0 };

        if (length == 0 || one.length != ZT_FRAGMENT_HEADER_SIZE + length ||
            memcmp(one.at, whole.at, 13) != 0 || memcmp(one.at + 13, tail, sizeof tail) != 0 ||
            memcmp(one.at + ZT_FRAGMENT_HEADER_SIZE, whole.at + at, length) != 0)
            return false;
        at += length;
    }
    return at == whole.length;
}

/* Do the recorded datagrams make the packet again? More than seven must not. */
static const char *check_recorded(const json_t *datagrams, struct vectors_bytes whole)
{
    size_t count = json_array_size(datagrams);
    const uint8_t *packet = NULL;
    size_t length = 0;

    for (size_t i = 0; i < count; i++) {
        struct vectors_bytes one = vectors_bytes_of(json_array_get(datagrams, i));

        if (packet != NULL)
            return "recorded datagrams complete too early";
        packet = feed(one.at, one.length, &length);
    }
    if (count > ZT_MAX_FRAGMENTS)
        return vectors_expect(packet == NULL, "too many datagrams must be refused");
    return vectors_expect(packet != NULL && vectors_same(whole, packet, length),
                          "recorded datagrams make another packet");
}

/* Do our own pieces, last first, make the packet again, and do they fit? */
static const char *check_own(struct vectors_bytes whole, size_t mtu)
{
    struct zt_split split = zt_split_of(whole.at, whole.length, mtu);
    uint8_t *datagram = vectors_scratch(mtu);
    const uint8_t *packet = NULL;
    size_t length = 0;

    for (size_t i = split.count; i-- > 0;) {
        size_t datagram_length = zt_split_piece(&split, i, datagram);

        if (datagram_length > mtu)
            return "own datagram does not fit";
        packet = feed(datagram, datagram_length, &length);
    }
    return vectors_expect(packet != NULL && vectors_same(whole, packet, length),
                          "own pieces make another packet");
}

static const char *check_pieces(const json_t *entry, struct vectors_bytes armed, size_t mtu)
{
    const json_t *datagrams = json_object_get(entry, "datagrams");
    struct vectors_bytes whole = concatenate(datagrams);
    const char *wrong;

    if (!vectors_same(whole, armed.at, armed.length))
        return "armed packet differs";
    if (!is_cut(datagrams, whole, mtu))
        return "datagrams differ";
    if (!zt_split_is_needed(armed.length, mtu))
        return vectors_expect(json_array_size(datagrams) == 1, "fragmented or not, differs");

    zt_reassembly_init(&reassembly);
    wrong = check_recorded(datagrams, whole);
    if (wrong == NULL && json_array_size(datagrams) <= ZT_MAX_FRAGMENTS)
        wrong = check_own(whole, mtu);
    zt_reassembly_clear(&reassembly);
    return wrong;
}

static bool agree(const json_t *root, struct zt_session_key *key)
{
    struct zt_identity source, destination;

    return vectors_identity(json_object_get(root, "source_secret_string"), &source) &&
           vectors_identity(json_object_get(root, "destination_secret_string"), &destination) &&
           source.has_secret && destination.has_secret &&
           zt_identity_agree(key, &source, &destination);
}

static const char *check_send(const json_t *root, const json_t *entry)
{
    struct vectors_bytes packet = vectors_bytes(entry, "plain_packet");
    size_t mtu = vectors_size(entry, "mtu", MAX_DATAGRAM);
    bool siv_known = vectors_integer(entry, "peer_protocol_version") >= ZT_PROTOCOL_GMAC_SIV;
    struct zt_session_key key, agreed;

    if (packet.length < ZT_HEADER_SIZE || mtu < SMALLEST_MTU || !vectors_key(entry, "key48", &key))
        return "packet, MTU or key of wrong length";
    if (!agree(root, &agreed) || memcmp(&agreed, &key, sizeof key) != 0)
        return "agreed key differs";

    struct zt_gmac_siv *siv = zt_gmac_siv_new(&key);

    if (zt_split_is_needed(packet.length, mtu))
        packet.at[ZT_AT_FLAGS] |= ZT_FLAG_FRAGMENTED;
    zt_packet_arm(packet.at, packet.length, siv_known ? ZT_CIPHER_GMAC_SIV : ZT_CIPHER_SALSA, &key,
                  siv);
    zt_gmac_siv_free(siv);
    return check_pieces(entry, packet, mtu);
}

/* Would a node answer this datagram: does it make a whole and genuine ECHO of that id? */
static bool is_answered(struct vectors_bytes datagram, const struct zt_session_key *key,
                        struct zt_gmac_siv *siv, uint64_t id)
{
    uint8_t *packet = datagram.at;
    size_t length = datagram.length;

    if (datagram.length <= ZT_FRAGMENT_HEADER_SIZE)
        return false;
    if (packet[ZT_FRAGMENT_AT_MARK] == ZT_FRAGMENT_MARK ||
        (length >= ZT_HEADER_SIZE && zt_packet_is_fragmented(packet)))
        packet = feed(datagram.at, datagram.length, &length);
    return packet != NULL && zt_packet_open(packet, length, key, siv) &&
           zt_packet_id(packet) == id && (packet[ZT_AT_VERB] & ZT_VERB_MASK) == ZT_VERB_ECHO;
}

static const char *check_receive(const json_t *root, const json_t *entry)
{
    const json_t *datagrams = json_object_get(entry, "datagrams");
    uint64_t id = vectors_number(entry, "echo_packet_id", 16);
    int64_t answers = 0;
    struct zt_session_key key;

    if (!agree(root, &key))
        return "identities do not agree";

    struct zt_gmac_siv *siv = zt_gmac_siv_new(&key);

    zt_reassembly_init(&reassembly);
    for (size_t i = 0; i < json_array_size(datagrams); i++)
        answers += is_answered(vectors_bytes_of(json_array_get(datagrams, i)), &key, siv, id);
    zt_reassembly_clear(&reassembly);
    zt_gmac_siv_free(siv);
    if ((answers > 0) != vectors_true(entry, "answered"))
        return "answered or not, differs";
    return vectors_expect(answers == vectors_integer(entry, "answers"),
                          "number of answers differs");
}

void vectors_fragments(struct vectors_run *run, const json_t *root)
{
    vectors_identity_strings(run, root);
    vectors_each(run, root, "send", check_send);
    vectors_each(run, root, "receive", check_receive);
}
