/* SPDX-License-Identifier: Apache-2.0 */
/* RENDEZVOUS: introduce two peers; act on an introduction. docs/wire.md 4.8, 5.7. */
#include "vl1/rendezvous.h"
#include "vl1/state.h"

#include <assert.h>

#define JUNK_SIZE 4
#define JUNK_TTL 2 /* opens our own NAT, dies before the other's */

static struct zt_introduction *find_pair(struct zt_vl1 *vl1, const zt_address pair[2])
{
    struct zt_introduction *found = NULL;

    HASH_FIND(hh, vl1->introductions.pairs, pair, 2 * sizeof pair[0], found);
    return found;
}

static void remove_pair(struct zt_vl1 *vl1, struct zt_introduction *entry)
{
    HASH_DEL(vl1->introductions.pairs, entry);
    zt_free(entry);
}

/* Removing and adding again keeps the table in the order of time. */
static bool may_introduce(struct zt_vl1 *vl1, zt_address a, zt_address b)
{
    struct zt_introductions *introductions = &vl1->introductions;
    zt_address pair[2] = { a < b ? a : b, a < b ? b : a };
    struct zt_introduction *entry = find_pair(vl1, pair);

    if (entry && vl1->now.mono_ms - entry->at_ms < ZT_RENDEZVOUS_INTERVAL_MS)
        return false;
    if (entry)
        remove_pair(vl1, entry);
    else if (HASH_COUNT(introductions->pairs) >= ZT_MAX_RENDEZVOUS)
        remove_pair(vl1, introductions->pairs);
    entry = zt_alloc(sizeof *entry);
    if (!entry)
        return false;
    entry->pair[0] = pair[0];
    entry->pair[1] = pair[1];
    entry->at_ms = vl1->now.mono_ms;
    HASH_ADD(hh, introductions->pairs, pair, sizeof entry->pair, entry);
    if (entry->hh.tbl)
        return true;
    zt_free(entry);
    return false;
}

void zt_introductions_expire(struct zt_vl1 *vl1)
{
    struct zt_introductions *introductions = &vl1->introductions;

    while (introductions->pairs &&
           vl1->now.mono_ms - introductions->pairs->at_ms >= ZT_RENDEZVOUS_FORGET_MS)
        remove_pair(vl1, introductions->pairs);
}

void zt_introductions_clear(struct zt_introductions *introductions)
{
    struct zt_introduction *entry;
    struct zt_introduction *next;

    HASH_ITER(hh, introductions->pairs, entry, next)
    {
        HASH_DEL(introductions->pairs, entry);
        zt_free(entry);
    }
}

/* The best class of endpoints that both have: scope from private down, IPv6 before IPv4. */
static bool choose_paths(struct zt_vl1 *vl1, struct zt_peer *a, struct zt_peer *b,
                         struct zt_path *chosen[2])
{
    static const enum zt_family families[2] = { ZT_FAMILY_IPV6, ZT_FAMILY_IPV4 };
    int64_t now_ms = vl1->now.mono_ms;

    for (int scope = ZT_SCOPE_PRIVATE; scope > ZT_SCOPE_NONE; scope--) {
        for (size_t i = 0; i < 2; i++) {
            chosen[0] = zt_peer_path_in(a, (enum zt_scope)scope, families[i], now_ms);
            chosen[1] = zt_peer_path_in(b, (enum zt_scope)scope, families[i], now_ms);
            if (chosen[0] && chosen[1])
                return true;
        }
    }
    return false;
}

/* flags(1) address(5) port(2) IP length(1) IP */
static void send_rendezvous(struct zt_vl1 *vl1, struct zt_peer *to, const struct zt_link *link,
                            zt_address about, const struct zt_endpoint *endpoint)
{
    struct zt_writer *out =
        zt_draft_start(vl1, &vl1->drafts.question, to->identity.address, ZT_VERB_RENDEZVOUS);
    size_t length = zt_endpoint_ip_length(endpoint);

    zt_write_u8(out, 0);
    zt_write_u40(out, about);
    zt_write_u16(out, endpoint->port);
    zt_write_u8(out, (uint8_t)length);
    zt_write_copy(out, endpoint->ip, length);
    (void)zt_draft_send_over(vl1, &vl1->drafts.question, to, link, zt_peer_cipher(to), 0);
}

void zt_introduce(struct zt_vl1 *vl1, struct zt_peer *a, struct zt_peer *b)
{
    struct zt_peer *peers[2] = { a, b };
    struct zt_path *paths[2];

    if (a == b || !may_introduce(vl1, a->identity.address, b->identity.address))
        return;
    if (!choose_paths(vl1, a, b, paths))
        return;
    size_t first = zt_rng_below(vl1->options.rng, 2);
    for (size_t i = 0; i < 2; i++) {
        size_t to = (first + i) % 2;

        send_rendezvous(vl1, peers[to], &paths[to]->link, peers[1 - to]->identity.address,
                        &paths[1 - to]->link.remote);
    }
}

static void open_nat(struct zt_vl1 *vl1, const struct zt_link *link)
{
    uint8_t junk[JUNK_SIZE];

    zt_rng_bytes(vl1->options.rng, junk, sizeof junk);
    (void)zt_emit(vl1, link, junk, sizeof junk, JUNK_TTL);
}

/* The same layout, from a root. We answer from the socket it came by: that one the root has
   seen. */
enum zt_drop zt_rendezvous_receive(struct zt_vl1 *vl1, struct zt_peer *peer, struct zt_inbound *in)
{
    struct zt_reader reader = zt_reader_of(in->payload, in->length);
    struct zt_link link = { .socket = in->link.socket };

    (void)peer;
    (void)zt_read_u8(&reader);
    zt_address about = zt_read_u40(&reader);
    link.remote.port = zt_read_u16(&reader);
    size_t length = zt_read_u8(&reader);
    if (length != 4 && length != 16)
        return ZT_DROP_MALFORMED;
    link.remote.family = length == 4 ? ZT_FAMILY_IPV4 : ZT_FAMILY_IPV6;
    zt_read_copy(&reader, link.remote.ip, length);
    if (reader.failed)
        return ZT_DROP_TRUNCATED;

    struct zt_peer *other = zt_topology_find(vl1, about);
    if (!other)
        return ZT_DROP_NONE; /* too early: the next one will find it known */
    if (!zt_path_allowed(vl1, other, &link.remote))
        return ZT_DROP_PATH_FORBIDDEN;

    if (link.remote.family == ZT_FAMILY_IPV4)
        open_nat(vl1, &link);
    zt_probe(vl1, other, &link);
    return ZT_DROP_NONE;
}
