/* SPDX-License-Identifier: Apache-2.0 */
/* Records of the peer cache: identity, versions and endpoints of peers we once knew.
   docs/wire.md 8.2. */
#include "vl1/state.h"

#include <string.h>

#define RECORD_FORMAT 2
#define RECORD_MAX (82 + ZT_MAX_PATHS_PER_PEER * 19)
#define VERSION_UNKNOWN 0xffff

static void write_version(struct zt_writer *out, int version)
{
    zt_write_u16(out, version < 0 ? VERSION_UNKNOWN : (uint16_t)version);
}

static int read_version(struct zt_reader *in)
{
    uint16_t version = zt_read_u16(in);

    return version == VERSION_UNKNOWN ? -1 : version;
}

void zt_cache_save(struct zt_vl1 *vl1, const struct zt_peer *peer)
{
    uint8_t record[RECORD_MAX];
    struct zt_writer out = zt_writer_of(record, sizeof record);

    zt_write_u8(&out, RECORD_FORMAT);
    zt_identity_write(&peer->identity, &out);
    write_version(&out, peer->protocol);
    write_version(&out, peer->major);
    write_version(&out, peer->minor);
    write_version(&out, peer->revision);
    zt_write_u16(&out, (uint16_t)(peer->path_count > 0 ? peer->path_count : peer->cached_count));
    for (size_t i = 0; i < peer->path_count; i++)
        zt_endpoint_write(&peer->paths[i].link.remote, &out);
    for (size_t i = 0; i < peer->cached_count && peer->path_count == 0; i++)
        zt_endpoint_write(&peer->cached[i], &out);
    if (!out.failed)
        zt_save(vl1, ZT_OBJECT_PEER, peer->identity.address, record, zt_writer_length(&out));
}

/* A record before it is believed. */
struct record {
    struct zt_identity identity;
    int protocol, major, minor, revision;
    size_t count;
    struct zt_endpoint endpoints[ZT_MAX_PATHS_PER_PEER];
};

static enum zt_drop read_record(struct record *record, struct zt_reader *in)
{
    if (zt_read_u8(in) != RECORD_FORMAT)
        return in->failed ? ZT_DROP_TRUNCATED : ZT_DROP_MALFORMED;
    zt_identity_read(&record->identity, in);
    record->protocol = read_version(in);
    record->major = read_version(in);
    record->minor = read_version(in);
    record->revision = read_version(in);
    record->count = 0;
    for (size_t left = zt_read_u16(in); left > 0 && !in->failed; left--) {
        struct zt_endpoint endpoint;

        zt_endpoint_read(&endpoint, in);
        if (record->count < ZT_MAX_PATHS_PER_PEER && endpoint.family != ZT_FAMILY_NONE)
            record->endpoints[record->count++] = endpoint;
    }
    return in->failed ? ZT_DROP_TRUNCATED : ZT_DROP_NONE;
}

/* The endpoints are not paths: they are greeted when the peer is wanted. */
static void keep_endpoints(struct zt_peer *peer, const struct record *record)
{
    if (record->count == 0)
        return;
    peer->cached = zt_alloc(record->count * sizeof *peer->cached);
    if (!peer->cached)
        return;
    memcpy(peer->cached, record->endpoints, record->count * sizeof *peer->cached);
    peer->cached_count = record->count;
}

enum zt_drop zt_vl1_load_peer(struct zt_vl1 *vl1, struct zt_instant now, const uint8_t *bytes,
                              size_t length)
{
    struct zt_reader in = zt_reader_of(bytes, length);
    struct record record;

    zt_vl1_enter(vl1, now);
    enum zt_drop judgement = read_record(&record, &in);
    if (judgement != ZT_DROP_NONE)
        return judgement;
    if (record.identity.address == vl1->self.address)
        return ZT_DROP_FOREIGN;
    if (zt_topology_find(vl1, record.identity.address))
        return ZT_DROP_STALE;

    struct zt_peer *peer = zt_topology_add(vl1, &record.identity, NULL);
    if (!peer)
        return ZT_DROP_NO_MEMORY;
    peer->protocol = record.protocol;
    peer->major = record.major;
    peer->minor = record.minor;
    peer->revision = record.revision;
    keep_endpoints(peer, &record);
    return ZT_DROP_NONE;
}

void zt_vl1_save_peers(struct zt_vl1 *vl1)
{
    for (struct zt_peer *peer = vl1->topology.peers; peer; peer = peer->hh.next)
        zt_cache_save(vl1, peer);
}
