/* SPDX-License-Identifier: Apache-2.0 */
/* The one way out: choose a way, arm, register the expected answer, split, emit. */
#include "vl1/send.h"
#include "vl1/fragment.h"
#include "vl1/state.h"
#include "vl1/tally.h"

#include <assert.h>

#define LARGE_IDLE_MS 30000 /* a buffer not used for so long is freed */
#define EFFECT_OVERHEAD 64  /* what the ring needs beside each datagram's bytes, at most */

/* How one packet leaves: computed once per path, looked up for other links. */
struct way {
    struct zt_link link;
    size_t mtu;
    enum zt_cipher cipher;
    uint64_t trusted_path_id; /* for ZT_CIPHER_TRUSTED */
};

struct zt_link zt_link_from_all(const struct zt_vl1 *vl1, uint32_t socket,
                                const struct zt_endpoint *remote)
{
    bool is_low = vl1->options.low_bandwidth && socket != ZT_LINK_ALL_SOCKETS;

    return (struct zt_link){ .socket = is_low ? socket : ZT_LINK_ALL_SOCKETS, .remote = *remote };
}

static void emit_pieces(struct zt_vl1 *vl1, const struct zt_link *link,
                        const struct zt_split *split)
{
    for (size_t i = 0; i < split->count; i++) {
        struct zt_effect effect = { .kind = ZT_EFFECT_SEND,
                                    .link = *link,
                                    .length = zt_split_length(split, i) };
        uint8_t *out = zt_outbox_reserve(vl1->options.sends, &effect);

        if (!out)
            return; /* out of memory is packet loss */
        (void)zt_split_piece(split, i, out);
        vl1->counters.datagrams_out++;
        vl1->counters.bytes_out += effect.length;
    }
}

static bool arm(struct zt_peer *peer, const struct way *way, uint8_t *packet, size_t length)
{
    struct zt_gmac_siv *siv = NULL;

    if (way->cipher == ZT_CIPHER_TRUSTED) {
        zt_packet_arm_trusted(packet, way->trusted_path_id);
        return true;
    }
    if (way->cipher == ZT_CIPHER_GMAC_SIV) {
        siv = zt_peer_siv(peer);
        if (!siv)
            return false;
    }
    zt_packet_arm(packet, length, way->cipher, &peer->key, siv);
    return true;
}

/* The fragmented bit is authenticated, so the size of pieces must be known before arming. */
static enum zt_drop send_by(struct zt_vl1 *vl1, struct zt_peer *peer, const struct way *way,
                            uint8_t *packet, size_t length, unsigned flags)
{
    struct zt_split split = zt_split_of(packet, length, way->mtu);

    if (split.count == 0)
        return ZT_DROP_TOO_LARGE;
    if (!zt_outbox_has_room(vl1->options.sends,
                            length + split.count * (ZT_FRAGMENT_HEADER_SIZE + EFFECT_OVERHEAD)))
        return ZT_DROP_NO_ROOM;
    if (split.count > 1)
        packet[ZT_AT_FLAGS] |= ZT_FLAG_FRAGMENTED;
    zt_tally_out(vl1, peer, packet, length);
    if (!arm(peer, way, packet, length))
        return ZT_DROP_NO_MEMORY;

    /* Cipher 3 changes the id, and answers quote it as it was on the wire. */
    if (flags & ZT_SEND_EXPECT)
        zt_expected_add(&vl1->expected, zt_packet_id(packet), &way->link.remote, vl1->now.mono_ms);
    emit_pieces(vl1, &way->link, &split);
    return ZT_DROP_NONE;
}

static struct way way_by_path(struct zt_path *path, enum zt_cipher cipher)
{
    bool is_trusted = path->trusted_path_id != 0;

    return (struct way){ .link = path->link,
                         .mtu = path->mtu,
                         .cipher = is_trusted ? ZT_CIPHER_TRUSTED : cipher,
                         .trusted_path_id = path->trusted_path_id };
}

static void greet_cached(struct zt_vl1 *vl1, struct zt_peer *peer)
{
    for (size_t i = 0; i < peer->cached_count; i++) {
        struct zt_link link = zt_link_from_all(vl1, ZT_LINK_ALL_SOCKETS, &peer->cached[i]);

        zt_hello_send(vl1, peer, &link);
    }
}

void zt_send_seek(struct zt_vl1 *vl1, zt_address address)
{
    struct zt_peer *peer = zt_topology_find(vl1, address);

    if (!peer || zt_peer_best_path(peer, vl1->now.mono_ms))
        return;
    if (peer->cached_count > 0 &&
        zt_interval_passed(&peer->sought_ms, ZT_SEEK_INTERVAL_MS, vl1->now.mono_ms))
        greet_cached(vl1, peer);
    if (vl1->surroundings.hint_count == 0 ||
        !zt_interval_passed(&peer->hinted_ms, ZT_HINT_INTERVAL_MS, vl1->now.mono_ms))
        return;
    const struct zt_endpoint *hint = zt_surroundings_next_hint(&vl1->surroundings, address);
    if (!hint)
        return;
    struct zt_link link = zt_link_from_all(vl1, ZT_LINK_ALL_SOCKETS, hint);
    zt_hello_send(vl1, peer, &link);
}

/* The way by the best upstream; NULL when there is none, or it is the peer itself. */
static struct zt_path *path_by_upstream(struct zt_vl1 *vl1, const struct zt_peer *peer)
{
    struct zt_peer *upstream = zt_roots_best(vl1);

    return upstream && upstream != peer ? zt_peer_best_path(upstream, vl1->now.mono_ms) : NULL;
}

/* Leaves don't greet a root often, and in low-bandwidth mode nobody does: there silence means
   nothing. */
static bool doubts(const struct zt_vl1 *vl1, const struct zt_path *path)
{
    return !vl1->roots.am_upstream && !vl1->options.low_bandwidth &&
           zt_path_is_mute(path, vl1->now.mono_ms);
}

/* Direct, else by the best upstream, else by a direct path that is mute or has expired. */
static struct zt_path *choose_path(struct zt_vl1 *vl1, struct zt_peer *peer, bool *is_relayed)
{
    int64_t now_ms = vl1->now.mono_ms;
    struct zt_path *direct = zt_peer_best_path(peer, now_ms);

    *is_relayed = false;
    if (direct && !doubts(vl1, direct))
        return direct;
    struct zt_path *relayed = path_by_upstream(vl1, peer);
    /* A mute path may only be quiet on the way back: it is left for nothing worse. */
    if (relayed && direct && zt_path_is_mute(relayed, now_ms))
        return direct;
    *is_relayed = relayed != NULL;
    return relayed ? relayed : zt_peer_any_path(peer, now_ms);
}

bool zt_send_try(struct zt_vl1 *vl1, uint8_t *packet, size_t length, unsigned flags,
                 enum zt_drop *result)
{
    struct zt_peer *peer = zt_topology_find(vl1, zt_packet_destination(packet));

    if (!peer)
        return false;
    bool is_relayed;
    struct zt_path *path = choose_path(vl1, peer, &is_relayed);
    if (!path)
        return false;

    struct way way = way_by_path(path, zt_peer_cipher(peer));
    /* A trusted path ends at the relay; beyond it the packet would travel in clear. */
    if (is_relayed)
        way.cipher = zt_peer_cipher(peer);
    *result = send_by(vl1, peer, &way, packet, length, flags);
    if (*result == ZT_DROP_NONE)
        zt_path_sent(path, vl1->now.mono_ms);
    vl1->topology.last = peer;
    return true;
}

void zt_drafts_clear(struct zt_drafts *drafts)
{
    zt_free(drafts->answer.large);
    drafts->answer.large = NULL;
}

void zt_drafts_expire(struct zt_drafts *drafts, int64_t now_ms)
{
    if (now_ms - drafts->answer.used_ms >= LARGE_IDLE_MS)
        zt_drafts_clear(drafts);
}

struct zt_writer *zt_draft_start(struct zt_vl1 *vl1, struct zt_draft *draft, zt_address destination,
                                 enum zt_verb verb)
{
    bool may_be_large = draft == &vl1->drafts.answer;
    size_t capacity = sizeof draft->small;

    if (may_be_large && !draft->large)
        draft->large = zt_alloc(ZT_MAX_PACKET);
    if (draft->large)
        capacity = ZT_MAX_DELIVERABLE;
    draft->used_ms = vl1->now.mono_ms;
    draft->packet = draft->large ? draft->large : draft->small;
    zt_packet_header(draft->packet, zt_rng_u64(vl1->options.rng), destination, vl1->self.address,
                     (uint8_t)verb);
    draft->out = zt_writer_of(draft->packet + ZT_HEADER_SIZE, capacity - ZT_HEADER_SIZE);
    draft->is_reply = false;
    return &draft->out;
}

struct zt_writer *zt_draft_reply(struct zt_vl1 *vl1, struct zt_draft *draft, zt_address destination,
                                 const struct zt_link *link, enum zt_verb reply,
                                 enum zt_verb asked_verb, uint64_t asked_id)
{
    assert(reply == ZT_VERB_OK || reply == ZT_VERB_ERROR);

    struct zt_writer *out = zt_draft_start(vl1, draft, destination, reply);
    draft->is_reply = true;
    draft->link = *link;
    zt_write_u8(out, (uint8_t)asked_verb);
    zt_write_u64(out, asked_id);
    return out;
}

enum zt_drop zt_draft_send_over(struct zt_vl1 *vl1, struct zt_draft *draft, struct zt_peer *peer,
                                const struct zt_link *link, enum zt_cipher cipher, unsigned flags)
{
    struct way way = { .link = *link,
                       .mtu = zt_surroundings_mtu(&vl1->surroundings, &link->remote),
                       .cipher = cipher };
    size_t length = ZT_HEADER_SIZE + zt_writer_length(&draft->out);

    if (draft->out.failed)
        return ZT_DROP_TOO_LARGE;
    if (flags & ZT_SEND_COMPRESS)
        length = zt_packet_compress(draft->packet, length);
    enum zt_drop result = send_by(vl1, peer, &way, draft->packet, length, flags);
    if (result != ZT_DROP_NONE)
        return result;

    struct zt_path *path = zt_peer_path(peer, link);
    if (path)
        zt_path_sent(path, vl1->now.mono_ms);
    return ZT_DROP_NONE;
}

static enum zt_drop send_or_park(struct zt_vl1 *vl1, struct zt_draft *draft, unsigned flags)
{
    size_t length = ZT_HEADER_SIZE + zt_writer_length(&draft->out);
    zt_address destination = zt_packet_destination(draft->packet);
    enum zt_drop result = ZT_DROP_NO_ROUTE;

    if (draft->out.failed)
        return ZT_DROP_TOO_LARGE;
    if (destination == vl1->self.address)
        return ZT_DROP_NO_ROUTE;
    if (flags & ZT_SEND_COMPRESS)
        length = zt_packet_compress(draft->packet, length);
    if (!zt_send_try(vl1, draft->packet, length, flags, &result) && !(flags & ZT_SEND_UNPARKED))
        result = zt_park(vl1, draft->packet, length, flags);
    /* Last, as it composes packets of its own. */
    zt_send_seek(vl1, destination);
    return result;
}

enum zt_drop zt_draft_send(struct zt_vl1 *vl1, struct zt_draft *draft, unsigned flags)
{
    if (!draft->is_reply)
        return send_or_park(vl1, draft, flags);

    struct zt_peer *peer = zt_topology_find(vl1, zt_packet_destination(draft->packet));
    if (!peer)
        return ZT_DROP_UNKNOWN_SENDER;
    return zt_draft_send_over(vl1, draft, peer, &draft->link, zt_peer_cipher(peer), flags);
}

void zt_probe(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_link *link)
{
    if (zt_peer_knows_echo(peer))
        zt_echo_send(vl1, peer, link);
    else
        zt_hello_send(vl1, peer, link);
}

struct zt_writer *zt_vl1_compose(struct zt_vl1 *vl1, zt_address destination, enum zt_verb verb)
{
    return zt_draft_start(vl1, &vl1->drafts.answer, destination, verb);
}

struct zt_writer *zt_vl1_compose_ok(struct zt_vl1 *vl1, const struct zt_inbound *in)
{
    return zt_draft_reply(vl1, &vl1->drafts.answer, in->source, &in->link, ZT_VERB_OK, in->verb,
                          in->id);
}

struct zt_writer *zt_vl1_compose_error(struct zt_vl1 *vl1, const struct zt_inbound *in,
                                       uint8_t code)
{
    struct zt_writer *out = zt_draft_reply(vl1, &vl1->drafts.answer, in->source, &in->link,
                                           ZT_VERB_ERROR, in->verb, in->id);

    zt_write_u8(out, code);
    return out;
}

struct zt_writer *zt_vl1_compose_late(struct zt_vl1 *vl1, zt_address destination,
                                      const struct zt_link *link, enum zt_verb ok_or_error,
                                      enum zt_verb asked_verb, uint64_t asked_id)
{
    return zt_draft_reply(vl1, &vl1->drafts.answer, destination, link, ok_or_error, asked_verb,
                          asked_id);
}

enum zt_drop zt_vl1_send(struct zt_vl1 *vl1, unsigned flags)
{
    return zt_draft_send(vl1, &vl1->drafts.answer, flags & (ZT_SEND_COMPRESS | ZT_SEND_EXPECT));
}
