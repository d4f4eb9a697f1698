/* SPDX-License-Identifier: Apache-2.0 */
/* PUSH_DIRECT_PATHS, both directions: all our endpoints, for those who trust us. docs/wire.md
   4.18, 6.7, 6.15. */
#include "vl1/state.h"

#include <assert.h>

#define LOW_BANDWIDTH_FACTOR 16
#define REDIRECT_PRIORITY 2 /* how far a redirect ranks above the path it came by */
#define MAX_PUSHED (ZT_MAX_LOCAL_ENDPOINTS + ZT_MAX_SURFACES)

static int64_t push_interval(const struct zt_vl1 *vl1, const struct zt_inbound *in)
{
    if (in->hops > 0)
        return ZT_PUSH_RELAYED_MS;
    return vl1->options.low_bandwidth ? ZT_PUSH_DIRECT_MS * LOW_BANDWIDTH_FACTOR
                                      : ZT_PUSH_DIRECT_MS;
}

static bool is_local(const struct zt_surroundings *surroundings, const struct zt_endpoint *endpoint)
{
    for (size_t i = 0; i < surroundings->local_count; i++) {
        if (zt_endpoint_equal(&surroundings->local[i], endpoint))
            return true;
    }
    return false;
}

/* Where we may be reached: our own interfaces, then how others see us, each once. */
static size_t list_endpoints(const struct zt_vl1 *vl1, struct zt_endpoint *out)
{
    struct zt_endpoint surfaces[ZT_MAX_SURFACES];
    size_t surface_count = zt_surfaces_list(&vl1->surfaces, surfaces, ZT_MAX_SURFACES);
    size_t count = 0;

    for (size_t i = 0; i < vl1->surroundings.local_count; i++)
        out[count++] = vl1->surroundings.local[i];
    for (size_t i = 0; i < surface_count; i++) {
        if (!is_local(&vl1->surroundings, &surfaces[i]))
            out[count++] = surfaces[i];
    }
    return count;
}

/* flags(1) extension length(2) type(1) length(1) IP port(2) */
static void write_record(struct zt_writer *out, const struct zt_endpoint *endpoint)
{
    size_t length = zt_endpoint_ip_length(endpoint);

    zt_write_u8(out, 0);
    zt_write_u16(out, 0);
    zt_write_u8(out, endpoint->family);
    zt_write_u8(out, (uint8_t)(length + 2));
    zt_write_copy(out, endpoint->ip, length);
    zt_write_u16(out, endpoint->port);
}

/* count(2) records: as many as fit one datagram; returns how many. */
static size_t send_some(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_link *link,
                        const struct zt_endpoint *endpoints, size_t count)
{
    struct zt_writer *out = zt_draft_start(vl1, &vl1->drafts.question, peer->identity.address,
                                           ZT_VERB_PUSH_DIRECT_PATHS);
    uint8_t *counter = zt_write_reserve(out, 2);
    size_t written = 0;

    assert(counter);

    while (written < count && ZT_HEADER_SIZE + zt_writer_length(out) + 23 <= ZT_PUSH_LIMIT_BYTES)
        write_record(out, &endpoints[written++]);
    zt_store_u16(counter, (uint16_t)written);
    (void)zt_draft_send_over(vl1, &vl1->drafts.question, peer, link, zt_peer_cipher(peer),
                             ZT_SEND_COMPRESS);
    return written;
}

void zt_push_paths_send(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_inbound *in)
{
    struct zt_endpoint endpoints[MAX_PUSHED];

    if (vl1->now.mono_ms - peer->pushed_ms < push_interval(vl1, in))
        return;
    peer->pushed_ms = vl1->now.mono_ms;
    size_t count = list_endpoints(vl1, endpoints);
    for (size_t sent = 0; sent < count;)
        sent += send_some(vl1, peer, &in->link, endpoints + sent, count - sent);
}

/* One pushed record; family NONE: of a kind we skip. */
struct record {
    unsigned flags;
    struct zt_endpoint endpoint;
};

static struct record read_record(struct zt_reader *reader)
{
    struct record record = { .flags = zt_read_u8(reader) };

    (void)zt_read_take(reader, zt_read_u16(reader));
    unsigned type = zt_read_u8(reader);
    size_t length = zt_read_u8(reader);
    const uint8_t *bytes = zt_read_take(reader, length);
    if (!bytes ||
        ((type != ZT_FAMILY_IPV4 || length != 6) && (type != ZT_FAMILY_IPV6 || length != 18)))
        return record;
    struct zt_reader body = zt_reader_of(bytes, length);
    record.endpoint.family = (uint8_t)type;
    zt_read_copy(&body, record.endpoint.ip, length - 2);
    record.endpoint.port = zt_read_u16(&body);
    return record;
}

/* Counts pushes that follow each other closely; too many in a row are ignored. */
static bool passes_gate(struct zt_peer *peer, int64_t now_ms)
{
    if (now_ms - peer->push_heard_ms <= ZT_PUSH_GATE_MS)
        peer->push_count++;
    else
        peer->push_count = 0;
    peer->push_heard_ms = now_ms;
    return peer->push_count < ZT_PUSH_GATE_COUNT;
}

/* A cluster asks us to prefer another of its endpoints. Like every path it is adopted when it answers,
   then above the others; else a peer could aim what we send it at anybody. docs/wire.md 6.15. */
static void follow_redirect(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_inbound *in,
                            const struct zt_endpoint *endpoint)
{
    struct zt_link link = { .socket = in->link.socket, .remote = *endpoint };
    const struct zt_path *via = zt_peer_path(peer, &in->link);
    unsigned priority = (via ? via->priority : 1u) + REDIRECT_PRIORITY;

    if (priority > UINT16_MAX)
        return; /* nobody redirects that often in good faith */
    peer->redirect = link;
    peer->redirect_priority = (uint16_t)priority;
    zt_hello_send(vl1, peer, &link);
}

/* How often each class of endpoints was tried for one packet: it must not make us flood. */
struct tries {
    unsigned count[8][2]; /* by scope and family */
};

static void follow(struct zt_vl1 *vl1, struct zt_peer *peer, const struct zt_inbound *in,
                   const struct record *record, struct tries *tries)
{
    const struct zt_endpoint *endpoint = &record->endpoint;

    if (endpoint->family == ZT_FAMILY_NONE || record->flags & ZT_PUSH_FLAG_FORGET ||
        !zt_path_allowed(vl1, peer, endpoint))
        return;
    bool is_redirect = (record->flags & ZT_PUSH_FLAG_REDIRECT) != 0;
    if (!is_redirect && zt_peer_has_endpoint(peer, endpoint, vl1->now.mono_ms))
        return;
    unsigned *count =
        &tries->count[zt_endpoint_scope(endpoint)][endpoint->family == ZT_FAMILY_IPV6];
    if (*count >= ZT_PUSH_PER_CLASS)
        return;
    (*count)++;
    if (is_redirect) {
        follow_redirect(vl1, peer, in, endpoint);
        return;
    }
    struct zt_link link = zt_link_from_all(vl1, in->link.socket, endpoint);
    zt_probe(vl1, peer, &link);
}

/* count(2) records */
enum zt_drop zt_push_paths_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in)
{
    struct zt_reader reader = zt_reader_of(in->payload, in->length);
    size_t count = zt_read_u16(&reader);
    struct zt_reader check = reader;
    struct tries tries = { 0 };

    for (size_t i = 0; i < count && !check.failed; i++)
        (void)read_record(&check);
    if (check.failed)
        return ZT_DROP_TRUNCATED;
    if (!passes_gate(peer, vl1->now.mono_ms))
        return ZT_DROP_NONE; /* still a sign of life */

    for (size_t i = 0; i < count; i++) {
        struct record record = read_record(&reader);

        follow(vl1, peer, in, &record, &tries);
    }
    return ZT_DROP_NONE;
}
