/* SPDX-License-Identifier: Apache-2.0 */
/* HELLO and its OK, both directions: who we are, where we see each other, which worlds we know.
   docs/wire.md 4.3. */
#include "crypto/wipe.h"
#include "vl1/packet.h"
#include "vl1/state.h"
#include "vl1/tally.h"

#include <assert.h>
#include <string.h>

#define WORLDS_GATE_MS 1000 /* an OK may be many times larger than its HELLO */

/* Sending */

/* count(2) { type(1) id(8) updated(8) }: moons we have, then moons we want. */
static void write_moons(const struct zt_roots *roots, struct zt_writer *out)
{
    zt_write_u16(out, (uint16_t)(roots->moon_count + roots->seed_count));
    for (size_t i = 0; i < roots->moon_count; i++) {
        zt_write_u8(out, ZT_WORLD_MOON);
        zt_write_u64(out, roots->moons[i]->id);
        zt_write_u64(out, (uint64_t)roots->moons[i]->updated_ms);
    }
    for (size_t i = 0; i < roots->seed_count; i++) {
        zt_write_u8(out, ZT_WORLD_MOON);
        zt_write_u64(out, roots->seeds[i].moon);
        zt_write_u64(out, 0);
    }
}

/* protocol(1) major(1) minor(1) revision(2) time(8) identity(71) endpoint planet(8) updated(8) then
   masked: moons */
void zt_hello_send(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_link *link)
{
    struct zt_writer *out =
        zt_draft_start(vl1, &vl1->drafts.question, peer->identity.address, ZT_VERB_HELLO);

    zt_write_u8(out, ZT_PROTOCOL_VERSION);
    zt_write_u8(out, ZT_VERSION_MAJOR);
    zt_write_u8(out, ZT_VERSION_MINOR);
    zt_write_u16(out, ZT_VERSION_REVISION);
    zt_write_u64(out, (uint64_t)vl1->now.wall_ms);
    zt_identity_write(&vl1->self, out);
    zt_endpoint_write(&link->remote, out);
    zt_write_u64(out, vl1->roots.planet.id);
    zt_write_u64(out, (uint64_t)vl1->roots.planet.updated_ms);
    size_t tail = ZT_HEADER_SIZE + zt_writer_length(out);
    write_moons(&vl1->roots, out);
    assert(!out->failed);

    zt_packet_mask_tail(vl1->drafts.question.packet, ZT_HEADER_SIZE + zt_writer_length(out), tail,
                        &peer->key);
    (void)zt_draft_send_over(vl1, &vl1->drafts.question, peer, link, ZT_CIPHER_MAC_ONLY,
                             ZT_SEND_EXPECT);
}

/* Receiving */

/* A HELLO before it is believed. What a sender leaves out stays zero. */
struct greeting {
    int protocol, major, minor, revision;
    uint64_t time;
    struct zt_identity identity;
    struct zt_endpoint endpoint; /* at which the sender sees us */
    uint64_t planet;
    int64_t planet_ms;
    size_t tail;       /* offset of the masked part */
    uint32_t outdated; /* bit i: wants our moon number i */
};

_Static_assert(ZT_MAX_MOONS <= 32, "a bit for each moon");

static enum zt_drop read_greeting(struct greeting *greeting, const uint8_t *packet, size_t length)
{
    struct zt_reader in = zt_reader_of(packet + ZT_HEADER_SIZE, length - ZT_HEADER_SIZE);

    *greeting = (struct greeting){ .protocol = zt_read_u8(&in), .tail = length };
    greeting->major = zt_read_u8(&in);
    greeting->minor = zt_read_u8(&in);
    greeting->revision = zt_read_u16(&in);
    greeting->time = zt_read_u64(&in);
    zt_identity_read(&greeting->identity, &in);
    if (in.failed)
        return ZT_DROP_TRUNCATED;
    if (greeting->protocol < ZT_PROTOCOL_MINIMUM)
        return ZT_DROP_OLD_PROTOCOL;
    if (greeting->identity.address != zt_packet_source(packet))
        return ZT_DROP_FOREIGN_IDENTITY;
    if (zt_reader_left(&in) > 0)
        zt_endpoint_read(&greeting->endpoint, &in);
    if (zt_reader_left(&in) > 0) {
        greeting->planet = zt_read_u64(&in);
        greeting->planet_ms = (int64_t)zt_read_u64(&in);
        greeting->tail = length - zt_reader_left(&in);
    }
    return in.failed ? ZT_DROP_TRUNCATED : ZT_DROP_NONE;
}

static uint32_t outdated_bit(const struct zt_roots *roots, uint64_t moon, int64_t updated_ms)
{
    for (size_t i = 0; i < roots->moon_count; i++) {
        if (roots->moons[i]->id == moon && roots->moons[i]->updated_ms > updated_ms)
            return UINT32_C(1) << i;
    }
    return 0;
}

static enum zt_drop read_tail(const struct zt_vl1 *vl1, struct greeting *greeting,
                              const uint8_t *tail, size_t length)
{
    struct zt_reader in = zt_reader_of(tail, length);

    if (length == 0)
        return ZT_DROP_NONE;
    for (size_t left = zt_read_u16(&in); left > 0 && !in.failed; left--) {
        unsigned type = zt_read_u8(&in);
        uint64_t moon = zt_read_u64(&in);
        int64_t updated_ms = (int64_t)zt_read_u64(&in);

        if (type == ZT_WORLD_MOON)
            greeting->outdated |= outdated_bit(&vl1->roots, moon, updated_ms);
    }
    return in.failed ? ZT_DROP_TRUNCATED : ZT_DROP_NONE;
}

/* A world that doesn't fit the packet is left out. */
static void write_world(const struct zt_world *world, struct zt_writer *out)
{
    struct zt_writer attempt = *out;

    zt_world_write(world, &attempt);
    if (!attempt.failed)
        *out = attempt;
}

static void write_worlds(const struct zt_vl1 *vl1, const struct greeting *greeting,
                         struct zt_writer *out)
{
    const struct zt_roots *roots = &vl1->roots;

    if (greeting->planet != 0 && greeting->planet == roots->planet.id &&
        greeting->planet_ms < roots->planet.updated_ms)
        write_world(&roots->planet, out);
    for (size_t i = 0; i < roots->moon_count; i++) {
        if (greeting->outdated & UINT32_C(1) << i)
            write_world(roots->moons[i], out);
    }
}

static bool lacks_worlds(const struct zt_vl1 *vl1, const struct greeting *greeting)
{
    const struct zt_world *planet = &vl1->roots.planet;

    return greeting->outdated != 0 || (greeting->planet != 0 && greeting->planet == planet->id &&
                                       greeting->planet_ms < planet->updated_ms);
}

/* time(8) protocol(1) major(1) minor(1) revision(2) endpoint worlds length(2) worlds */
static void answer(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_inbound *in,
                   const struct greeting *greeting)
{
    struct zt_writer *out = zt_draft_reply(vl1, &vl1->drafts.answer, in->source, &in->link,
                                           ZT_VERB_OK, ZT_VERB_HELLO, in->id);
    struct zt_endpoint seen = in->link.remote;

    if (greeting->protocol < ZT_PROTOCOL_ECHO)
        seen.port = 0;
    zt_write_u64(out, greeting->time);
    zt_write_u8(out, ZT_PROTOCOL_VERSION);
    zt_write_u8(out, ZT_VERSION_MAJOR);
    zt_write_u8(out, ZT_VERSION_MINOR);
    zt_write_u16(out, ZT_VERSION_REVISION);
    zt_endpoint_write(&seen, out);
    uint8_t *size = zt_write_reserve(out, 2);
    assert(size);
    size_t before = zt_writer_length(out);
    if (lacks_worlds(vl1, greeting) &&
        zt_interval_passed(&peer->worlds_ms, WORLDS_GATE_MS, vl1->now.mono_ms))
        write_worlds(vl1, greeting, out);
    zt_store_u16(size, (uint16_t)(zt_writer_length(out) - before));
    (void)zt_draft_send(vl1, &vl1->drafts.answer, 0);
}

static void note_version(struct zt_peer *peer, int protocol, int major, int minor, int revision)
{
    peer->protocol = protocol;
    peer->major = major;
    peer->minor = minor;
    peer->revision = revision;
}

/* The packet is authentic. The version is noted after the answer, which a stranger gets by the
   suite that every version knows. */
static enum zt_drop welcome(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_inbound *in,
                            struct greeting *greeting, const uint8_t *packet)
{
    uint8_t clear[ZT_MAX_PACKET];
    size_t length = ZT_HEADER_SIZE + in->length;

    memcpy(clear, packet, length);
    zt_packet_mask_tail(clear, length, greeting->tail, &peer->key);
    enum zt_drop reason = read_tail(vl1, greeting, clear + greeting->tail, length - greeting->tail);
    if (reason != ZT_DROP_NONE)
        return reason;

    if (in->hops == 0 && greeting->endpoint.family != ZT_FAMILY_NONE)
        zt_learn_surface(vl1, peer, &in->link, &greeting->endpoint);
    answer(vl1, peer, in, greeting);
    note_version(peer, greeting->protocol, greeting->major, greeting->minor, greeting->revision);
    return ZT_DROP_NONE;
}

/* A HELLO that came sealed, so its sender is known. */
enum zt_drop zt_hello_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in)
{
    const uint8_t *packet = in->payload - ZT_HEADER_SIZE;
    struct greeting greeting;
    enum zt_drop reason = read_greeting(&greeting, packet, ZT_HEADER_SIZE + in->length);

    if (reason != ZT_DROP_NONE)
        return reason;
    if (!zt_identity_equal(&greeting.identity, &peer->identity))
        return ZT_DROP_FOREIGN_IDENTITY;
    return welcome(vl1, peer, in, &greeting, packet);
}

static enum zt_drop welcome_and_learn(struct zt_vl1 *vl1, struct zt_peer *peer,
                                      const struct zt_link *link, struct greeting *greeting,
                                      const uint8_t *packet, size_t length)
{
    struct zt_inbound in = zt_inbound_of(peer, link, packet, length);
    enum zt_drop reason = welcome(vl1, peer, &in, greeting, packet);

    zt_tally_in(vl1, peer, &in, reason);
    if (reason == ZT_DROP_NONE)
        zt_learn(vl1, peer, &in);
    return reason;
}

/* Many nodes of one machine share a loopback address, and its owner is no stranger. */
static bool passes_gate(struct zt_vl1 *vl1, const struct zt_link *link)
{
    if (vl1->options.allow_loopback && zt_endpoint_scope(&link->remote) == ZT_SCOPE_LOOPBACK)
        return true;
    return zt_gate_pass(&vl1->gate, &link->remote, vl1->now.mono_ms);
}

/* The gate comes first, then the agreement, then the MAC: each is dearer than the one before
   saves. */
static enum zt_drop check_stranger(struct zt_vl1 *vl1, const struct zt_link *link,
                                   const struct zt_identity *identity, uint8_t *packet,
                                   size_t length, struct zt_session_key *key)
{
    if (!passes_gate(vl1, link))
        return ZT_DROP_RATE_LIMITED;
    if (!zt_identity_agree(key, &vl1->self, identity))
        return ZT_DROP_BAD_MAC;
    return zt_packet_open(packet, length, key, NULL) ? ZT_DROP_NONE : ZT_DROP_BAD_MAC;
}

/* Another key claims a known address: it is told so, under the key agreed with the claimant. */
static void refuse_collision(struct zt_vl1 *vl1, const struct zt_identity *claimant,
                             const struct zt_session_key *key, const struct zt_link *link,
                             uint64_t id)
{
    struct zt_peer *stranger = zt_peer_new(claimant, key, vl1->now.mono_ms);

    if (!stranger)
        return;
    struct zt_writer *out = zt_draft_reply(vl1, &vl1->drafts.answer, claimant->address, link,
                                           ZT_VERB_ERROR, ZT_VERB_HELLO, id);
    zt_write_u8(out, ZT_ERROR_IDENTITY_COLLISION);
    (void)zt_draft_send_over(vl1, &vl1->drafts.answer, stranger, link, ZT_CIPHER_SALSA, 0);
    zt_peer_free(stranger);
}

static enum zt_drop meet_stranger(struct zt_vl1 *vl1, const struct zt_link *link, bool collides,
                                  const struct greeting *greeting, uint8_t *packet, size_t length)
{
    struct zt_session_key key;
    enum zt_drop reason = check_stranger(vl1, link, &greeting->identity, packet, length, &key);

    if (reason == ZT_DROP_NONE && collides) {
        refuse_collision(vl1, &greeting->identity, &key, link, zt_packet_id(packet));
        reason = ZT_DROP_COLLISION;
    } else if (reason == ZT_DROP_NONE) {
        reason = zt_proofs_begin(vl1, &greeting->identity, &key, link, packet, length);
    }
    zt_wipe(&key, sizeof key);
    return reason;
}

enum zt_drop zt_hello_meet(struct zt_vl1 *vl1, const struct zt_link *link, uint8_t *packet,
                           size_t length)
{
    struct greeting greeting;
    enum zt_drop reason = read_greeting(&greeting, packet, length);

    if (reason != ZT_DROP_NONE)
        return reason;
    struct zt_peer *peer = zt_topology_find(vl1, greeting.identity.address);
    if (!peer)
        return meet_stranger(vl1, link, false, &greeting, packet, length);
    if (!zt_identity_equal(&peer->identity, &greeting.identity))
        return meet_stranger(vl1, link, true, &greeting, packet, length);
    if (!zt_packet_open(packet, length, &peer->key, NULL))
        return ZT_DROP_BAD_MAC;
    return welcome_and_learn(vl1, peer, link, &greeting, packet, length);
}

enum zt_drop zt_hello_admit(struct zt_vl1 *vl1, const struct zt_identity *identity,
                            const struct zt_session_key *key, const struct zt_link *link,
                            const uint8_t *packet, size_t length)
{
    struct greeting greeting;
    enum zt_drop reason = read_greeting(&greeting, packet, length);
    struct zt_peer *peer = zt_topology_find(vl1, identity->address);

    if (reason != ZT_DROP_NONE)
        return reason;
    /* While the proof ran a root may have told us the same identity, or another. */
    if (peer && !zt_identity_equal(&peer->identity, identity))
        return ZT_DROP_COLLISION;
    if (!peer)
        peer = zt_topology_add(vl1, identity, key);
    if (!peer)
        return ZT_DROP_NO_MEMORY;
    return welcome_and_learn(vl1, peer, link, &greeting, packet, length);
}

/* OK(HELLO) */

struct welcome_back {
    int64_t time;
    int protocol, major, minor, revision;
    struct zt_endpoint endpoint;
    struct zt_reader worlds;
};

static enum zt_drop read_answer(struct welcome_back *answered, struct zt_reader in)
{
    *answered = (struct welcome_back){ .time = (int64_t)zt_read_u64(&in) };
    answered->protocol = zt_read_u8(&in);
    answered->major = zt_read_u8(&in);
    answered->minor = zt_read_u8(&in);
    answered->revision = zt_read_u16(&in);
    if (zt_reader_left(&in) > 0)
        zt_endpoint_read(&answered->endpoint, &in);
    if (zt_reader_left(&in) > 0) {
        size_t length = zt_read_u16(&in);
        const uint8_t *worlds = zt_read_take(&in, length);

        if (worlds)
            answered->worlds = zt_reader_of(worlds, length);
    }
    if (in.failed)
        return ZT_DROP_TRUNCATED;
    return answered->protocol < ZT_PROTOCOL_MINIMUM ? ZT_DROP_OLD_PROTOCOL : ZT_DROP_NONE;
}

/* Each world is judged by itself; what follows a malformed one can't be found. */
static void offer_worlds(struct zt_vl1 *vl1, zt_address from, struct zt_reader in)
{
    struct zt_world world;

    while (zt_reader_left(&in) > 0 && zt_world_read(&world, &in))
        (void)zt_roots_offer(vl1, &world, from);
}

/* The round trip is measured by our own clock, which came back in the answer. */
static void measure(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_link *link,
                    int64_t sent_wall_ms)
{
    struct zt_path *path = zt_peer_path(peer, link);

    if (!path || sent_wall_ms < 0)
        return;
    zt_path_measured(path, vl1->now.wall_ms - sent_wall_ms);
    zt_tally_latency(peer, vl1->now.wall_ms - sent_wall_ms);
    zt_peer_paths_changed(peer);
}

enum zt_drop zt_hello_ok_receive(struct zt_vl1 *vl1, struct zt_peer *peer,
                                 const struct zt_reply *reply)
{
    const struct zt_inbound *in = reply->in;
    struct welcome_back answered;
    enum zt_drop reason = read_answer(&answered, reply->rest);

    if (reason != ZT_DROP_NONE)
        return reason;
    note_version(peer, answered.protocol, answered.major, answered.minor, answered.revision);
    /* First, so that there is a path to measure, and so that the peer is not the longest silent one
       when a world's roots need room in the table. */
    zt_learn(vl1, peer, in);
    if (in->hops == 0) {
        measure(vl1, peer, &in->link, answered.time);
        if (answered.endpoint.family != ZT_FAMILY_NONE)
            zt_learn_surface(vl1, peer, &in->link, &answered.endpoint);
    }
    if (peer->role != ZT_WORLD_NONE || zt_roots_is_seed(&vl1->roots, in->source))
        offer_worlds(vl1, in->source, answered.worlds);
    return ZT_DROP_NONE;
}
