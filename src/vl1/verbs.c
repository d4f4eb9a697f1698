/* SPDX-License-Identifier: Apache-2.0 */
/* The gates, in their fixed order: cipher, sender, authenticity, compression, length, role; then
   the handler, and what the packet proves about its sender. */
#include "vl1/verbs.h"
#include "vl1/packet.h"
#include "vl1/state.h"
#include "vl1/tally.h"

#include <assert.h>
#include <string.h>

typedef enum zt_drop handler(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in);

/* NOP, obsolete verbs and those for people who watch: a sign of life and nothing else. */
static enum zt_drop take_note(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in)
{
    (void)vl1;
    (void)peer;
    (void)in;
    return ZT_DROP_NONE;
}

/* They serve bonding, and we have a bond with nobody. docs/wire.md 4.20, 4.23. */
static enum zt_drop refuse_bonding(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in)
{
    (void)vl1;
    (void)peer;
    (void)in;
    return ZT_DROP_FOREIGN;
}

static enum zt_drop hand_up(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in)
{
    (void)peer;
    if (!vl1->options.upper.packet)
        return ZT_DROP_NONE;
    return vl1->options.upper.packet(vl1->options.upper.context, in);
}

struct verb {
    const char *name; /* NULL: unknown */
    size_t shortest;  /* payload bytes */
    bool from_upstream;
    handler *receive;
};

static const struct verb verbs[ZT_VERB_COUNT] = {
    [ZT_VERB_NOP] = { "NOP", 0, false, take_note },
    [ZT_VERB_HELLO] = { "HELLO", 84, false, zt_hello_receive },
    [ZT_VERB_ERROR] = { "ERROR", 10, false, zt_error_receive },
    [ZT_VERB_OK] = { "OK", 9, false, zt_ok_receive },
    [ZT_VERB_WHOIS] = { "WHOIS", 5, false, zt_whois_receive },
    [ZT_VERB_RENDEZVOUS] = { "RENDEZVOUS", 13, true, zt_rendezvous_receive },
    [ZT_VERB_FRAME] = { "FRAME", 0, false, hand_up },
    [ZT_VERB_EXT_FRAME] = { "EXT_FRAME", 0, false, hand_up },
    [ZT_VERB_ECHO] = { "ECHO", 0, false, zt_echo_receive },
    [ZT_VERB_MULTICAST_LIKE] = { "MULTICAST_LIKE", 0, false, hand_up },
    [ZT_VERB_NETWORK_CREDENTIALS] = { "NETWORK_CREDENTIALS", 0, false, hand_up },
    [ZT_VERB_NETWORK_CONFIG_REQUEST] = { "NETWORK_CONFIG_REQUEST", 0, false, hand_up },
    [ZT_VERB_NETWORK_CONFIG] = { "NETWORK_CONFIG", 0, false, hand_up },
    [ZT_VERB_MULTICAST_GATHER] = { "MULTICAST_GATHER", 0, false, hand_up },
    [ZT_VERB_MULTICAST_FRAME] = { "MULTICAST_FRAME", 0, false, hand_up },
    [ZT_VERB_PUSH_DIRECT_PATHS] = { "PUSH_DIRECT_PATHS", 2, false, zt_push_paths_receive },
    [ZT_VERB_ACK] = { "ACK", 0, false, take_note },
    [ZT_VERB_QOS_MEASUREMENT] = { "QOS_MEASUREMENT", 0, false, refuse_bonding },
    [ZT_VERB_USER_MESSAGE] = { "USER_MESSAGE", 8, false, zt_message_receive },
    [ZT_VERB_REMOTE_TRACE] = { "REMOTE_TRACE", 0, false, take_note },
    [ZT_VERB_PATH_NEGOTIATION_REQUEST] = { "PATH_NEGOTIATION_REQUEST", 0, false, refuse_bonding },
};

struct zt_inbound zt_inbound_of(const struct zt_peer *peer, const struct zt_link *link,
                                const uint8_t *packet, size_t length)
{
    assert(length >= ZT_HEADER_SIZE);

    return (struct zt_inbound){ .source = peer->identity.address,
                                .identity = &peer->identity,
                                .id = zt_packet_id(packet),
                                .verb = (enum zt_verb)(packet[ZT_AT_VERB] & ZT_VERB_MASK),
                                .hops = zt_packet_hops(packet),
                                .payload = packet + ZT_AT_PAYLOAD,
                                .length = length - ZT_HEADER_SIZE,
                                .link = *link };
}

/* Authentic packets show that their sender lives also when they carry nothing for us. */
static bool is_sign_of_life(enum zt_drop reason)
{
    return reason == ZT_DROP_NONE || reason == ZT_DROP_UNKNOWN_VERB ||
           reason == ZT_DROP_NOT_JOINED || reason == ZT_DROP_FILTERED ||
           reason == ZT_DROP_REDIRECTED;
}

static enum zt_drop receive(struct zt_vl1 *vl1, struct zt_peer *peer, const struct verb *verb,
                            struct zt_inbound *in)
{
    if (!verb->name)
        return ZT_DROP_UNKNOWN_VERB;
    if (in->length < verb->shortest)
        return ZT_DROP_TRUNCATED;
    if (verb->from_upstream && peer->role == ZT_WORLD_NONE)
        return ZT_DROP_NOT_UPSTREAM;
    return verb->receive(vl1, peer, in);
}

/* From here on the packet is authentic and in clear. */
static enum zt_drop dispatch(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_link *link,
                             const uint8_t *packet, size_t length, bool is_retried)
{
    struct zt_inbound in = zt_inbound_of(peer, link, packet, length);
    const struct verb *verb = &verbs[in.verb];
    enum zt_drop reason;

    in.retried = is_retried;
    reason = receive(vl1, peer, verb, &in);
    zt_tally_in(vl1, peer, &in, reason);
    zt_log_trace(vl1->options.log, "vl1", "%s from %010llx: %s", verb->name ? verb->name : "?",
                 (unsigned long long)in.source, zt_drop_text(reason));
    if (is_sign_of_life(reason))
        zt_learn(vl1, peer, &in);
    return reason;
}

static enum zt_drop open_packet(struct zt_peer *peer, uint8_t *packet, size_t length)
{
    struct zt_gmac_siv *siv = NULL;

    if (zt_packet_cipher(packet) == ZT_CIPHER_TRUSTED)
        return ZT_DROP_NONE; /* its link was judged on arrival */
    if (zt_packet_cipher(packet) == ZT_CIPHER_GMAC_SIV) {
        siv = zt_peer_siv(peer);
        if (!siv)
            return ZT_DROP_NO_MEMORY;
    }
    return zt_packet_open(packet, length, &peer->key, siv) ? ZT_DROP_NONE : ZT_DROP_BAD_MAC;
}

/* waiting: the place the packet had among the deferred ones, NULL if it has just come. */
static enum zt_drop open_and_dispatch(struct zt_vl1 *vl1, struct zt_peer *peer,
                                      const struct zt_link *link, uint8_t *packet, size_t length,
                                      struct zt_waiting **waiting)
{
    uint8_t expanded[ZT_MAX_PACKET];
    const uint8_t *clear = packet;
    enum zt_drop reason = open_packet(peer, packet, length);

    if (reason != ZT_DROP_NONE)
        return reason;
    if (packet[ZT_AT_VERB] & ZT_VERB_COMPRESSED) {
        if ((packet[ZT_AT_VERB] & ZT_VERB_MASK) == ZT_VERB_HELLO)
            return ZT_DROP_MALFORMED;
        length = zt_packet_expand(expanded, packet, length);
        if (length == 0)
            return ZT_DROP_BAD_COMPRESSION;
        clear = expanded;
    }
    reason = dispatch(vl1, peer, link, clear, length, false);
    if (reason != ZT_DROP_DEFERRED)
        return reason;
    if (waiting)
        return zt_defer_open(waiting, clear, length);
    return zt_defer(vl1, link, clear, length, true);
}

static enum zt_drop judge_cipher(const struct zt_vl1 *vl1, const struct zt_link *link,
                                 const uint8_t *packet)
{
    unsigned cipher = zt_packet_cipher(packet);

    if (cipher > ZT_CIPHER_GMAC_SIV)
        return ZT_DROP_BAD_CIPHER;
    if (cipher == ZT_CIPHER_TRUSTED &&
        !zt_surroundings_trusts(&vl1->surroundings, zt_load_u64(packet + ZT_AT_MAC), &link->remote))
        return ZT_DROP_UNTRUSTED_PATH;
    return ZT_DROP_NONE;
}

enum zt_drop zt_verbs_receive(struct zt_vl1 *vl1, const struct zt_link *link, uint8_t *packet,
                              size_t length)
{
    zt_address source = zt_packet_source(packet);
    enum zt_drop reason = judge_cipher(vl1, link, packet);

    assert(length >= ZT_HEADER_SIZE);

    if (reason != ZT_DROP_NONE)
        return reason;
    if (zt_address_is_reserved(source))
        return ZT_DROP_MALFORMED;
    if (zt_packet_cipher(packet) == ZT_CIPHER_MAC_ONLY &&
        (packet[ZT_AT_VERB] & (ZT_VERB_MASK | ZT_VERB_COMPRESSED)) == ZT_VERB_HELLO)
        return zt_hello_meet(vl1, link, packet, length);

    struct zt_peer *peer = zt_topology_find(vl1, source);
    if (!peer) {
        zt_whois_ask_mentioned(vl1, source);
        return zt_defer(vl1, link, packet, length, false);
    }
    return open_and_dispatch(vl1, peer, link, packet, length, NULL);
}

enum zt_drop zt_verbs_retry(struct zt_vl1 *vl1, struct zt_waiting **place)
{
    struct zt_waiting *waiting = *place;
    zt_address source = zt_packet_source(waiting->bytes);
    struct zt_peer *peer = zt_topology_find(vl1, source);

    if (peer && waiting->is_open)
        return dispatch(vl1, peer, &waiting->link, waiting->bytes, waiting->length, true);
    if (peer)
        return open_and_dispatch(vl1, peer, &waiting->link, waiting->bytes, waiting->length, place);
    if (waiting->is_open)
        return ZT_DROP_UNKNOWN_SENDER; /* forgotten meanwhile */
    zt_whois_ask_mentioned(vl1, source);
    return ZT_DROP_DEFERRED;
}
