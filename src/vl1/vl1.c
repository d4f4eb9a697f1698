/* SPDX-License-Identifier: Apache-2.0 */
/* Construction and the entry points: datagrams, time, and changes of our surroundings. */
#include "vl1/vl1.h"
#include "vl1/packet.h"
#include "vl1/state.h"

#include <assert.h>

struct zt_vl1 *zt_vl1_new(const struct zt_vl1_options *options, struct zt_instant now)
{
    assert(options->self->has_secret);
    assert(options->rng && options->sends && options->effects);

    struct zt_vl1 *vl1 = zt_alloc(sizeof *vl1);
    if (!vl1)
        return NULL;
    vl1->self = *options->self;
    vl1->options = *options;
    vl1->options.self = &vl1->self;
    vl1->now = now;
    vl1->timers = (struct zt_timers){ .ping_ms = now.mono_ms,
                                      .retry_ms = INT64_MAX,
                                      .housekeeping_ms = now.mono_ms + ZT_HOUSEKEEPING_MS };
    vl1->roots.best_ms = ZT_NEVER_MS;
    zt_whois_init(&vl1->whois, now.mono_ms);
    zt_reassembly_init(&vl1->reassembly);
    return vl1;
}

void zt_vl1_free(struct zt_vl1 *vl1)
{
    if (!vl1)
        return;
    zt_drafts_clear(&vl1->drafts);
    zt_reassembly_clear(&vl1->reassembly);
    zt_trusted_links_clear(&vl1->trusted_links);
    zt_introductions_clear(&vl1->introductions);
    zt_proofs_clear(&vl1->proofs);
    zt_gate_clear(&vl1->gate);
    zt_queue_clear(&vl1->queue);
    zt_whois_clear(&vl1->whois);
    zt_expected_clear(&vl1->expected);
    zt_surfaces_clear(&vl1->surfaces);
    zt_surroundings_clear(&vl1->surroundings);
    zt_roots_clear(&vl1->roots);
    zt_topology_clear(&vl1->topology);
    zt_identity_wipe(&vl1->self);
    zt_free(vl1);
}

void zt_vl1_enter(struct zt_vl1 *vl1, struct zt_instant now)
{
    assert(now.mono_ms >= vl1->now.mono_ms);
    vl1->now = now;
}

struct zt_instant zt_vl1_now(const struct zt_vl1 *vl1)
{
    return vl1->now;
}

void zt_settle(struct zt_vl1 *vl1)
{
    if (vl1->queue.is_due && !zt_queue_is_empty(&vl1->queue))
        zt_queue_retry(vl1);
    vl1->queue.is_due = false;
}

/* A head with the fragmented bit, or a fragment. Counts only what completes a packet or is
   refused. */
static void reassemble(struct zt_vl1 *vl1, const struct zt_link *from, const uint8_t *bytes,
                       size_t length)
{
    uint8_t *packet = NULL;
    struct zt_link link;
    enum zt_drop reason = zt_reassembly_add(&vl1->reassembly, vl1->now.mono_ms, from, bytes, length,
                                            &packet, &length, &link);

    vl1->counters.fragments_in++;
    if (reason == ZT_DROP_NONE && !packet)
        return;
    if (reason == ZT_DROP_NONE)
        reason = zt_verbs_receive(vl1, &link, packet, length);
    if (reason != ZT_DROP_DEFERRED)
        zt_vl1_count(vl1, reason);
}

static enum zt_drop judge_packet(struct zt_vl1 *vl1, const struct zt_link *from, uint8_t *bytes,
                                 size_t length)
{
    if (length < ZT_HEADER_SIZE)
        return ZT_DROP_SHORT_DATAGRAM;
    if (length > ZT_MAX_PACKET)
        return ZT_DROP_TOO_LARGE;
    if (zt_packet_source(bytes) == vl1->self.address)
        return ZT_DROP_OWN_SOURCE;
    if (zt_packet_destination(bytes) != vl1->self.address)
        return zt_relay_packet(vl1, from, bytes, length);
    return zt_verbs_receive(vl1, from, bytes, length);
}

static bool is_fragment(const uint8_t *bytes)
{
    return bytes[ZT_FRAGMENT_AT_MARK] == ZT_FRAGMENT_MARK;
}

/* Is it a piece of a packet for us, to be joined with others before it is judged? */
static bool is_piece(const struct zt_vl1 *vl1, const uint8_t *bytes, size_t length)
{
    if (zt_packet_destination(bytes) != vl1->self.address)
        return false;
    if (is_fragment(bytes))
        return true;
    return length >= ZT_HEADER_SIZE && zt_packet_is_fragmented(bytes) &&
           zt_packet_source(bytes) != vl1->self.address;
}

static void receive(struct zt_vl1 *vl1, const struct zt_link *from, uint8_t *bytes, size_t length)
{
    enum zt_drop reason = ZT_DROP_SHORT_DATAGRAM;

    if (length > ZT_FRAGMENT_HEADER_SIZE && is_piece(vl1, bytes, length)) {
        reassemble(vl1, from, bytes, length);
        return;
    }
    if (length > ZT_FRAGMENT_HEADER_SIZE)
        reason = is_fragment(bytes) ? zt_relay_fragment(vl1, from, bytes, length)
                                    : judge_packet(vl1, from, bytes, length);
    if (reason != ZT_DROP_DEFERRED)
        zt_vl1_count(vl1, reason);
}

void zt_vl1_datagram(struct zt_vl1 *vl1, struct zt_instant now, const struct zt_link *from,
                     uint8_t *bytes, size_t length)
{
    zt_vl1_enter(vl1, now);
    vl1->counters.datagrams_in++;
    vl1->counters.bytes_in += length;
    receive(vl1, from, bytes, length);
    zt_settle(vl1);
}

void zt_vl1_tick(struct zt_vl1 *vl1, struct zt_instant now)
{
    zt_vl1_enter(vl1, now);
    zt_timers_run(vl1);
    zt_settle(vl1);
}

int64_t zt_vl1_deadline_ms(const struct zt_vl1 *vl1)
{
    const struct zt_timers *timers = &vl1->timers;
    int64_t deadline_ms = timers->ping_ms;

    if (timers->retry_ms < deadline_ms)
        deadline_ms = timers->retry_ms;
    return timers->housekeeping_ms < deadline_ms ? timers->housekeeping_ms : deadline_ms;
}

void zt_vl1_socket_closed(struct zt_vl1 *vl1, struct zt_instant now, uint32_t socket)
{
    zt_vl1_enter(vl1, now);
    zt_surfaces_socket_closed(&vl1->surfaces, socket);
    for (struct zt_peer *peer = vl1->topology.peers; peer; peer = peer->hh.next) {
        for (size_t i = peer->path_count; i-- > 0;) {
            if (peer->paths[i].link.socket != socket)
                continue;
            zt_peer_remember(peer, &peer->paths[i].link.remote);
            zt_peer_remove_path(peer, i);
            zt_peer_lost_path(vl1, peer);
        }
    }
    vl1->roots.best_ms = ZT_NEVER_MS;
}
