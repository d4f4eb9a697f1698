/* SPDX-License-Identifier: Apache-2.0 */
/* Splitting and reassembly with a bounded number of slots. docs/wire.md 3.3 to 3.6. */
#ifndef ZT_VL1_FRAGMENT_H
#define ZT_VL1_FRAGMENT_H

#include "base/endpoint.h"
#include "base/limits.h"
#include "vl1/drop.h"
#include "vl1/wire.h"

/* The pieces of one armed packet, cut evenly so that runs of full frames are runs of equal datagrams. */
struct zt_split {
    const uint8_t *packet;
    size_t length;
    size_t count;     /* pieces, head included; 0 if it can't be sent in ZT_MAX_FRAGMENTS pieces */
    size_t head;      /* bytes of the head */
    size_t per_piece; /* data bytes of each further piece, the last may have fewer */
};

/* Does a packet of that length need the fragmented bit at this UDP payload size? */
static inline bool zt_split_is_needed(size_t length, size_t mtu)
{
    return length > mtu;
}
struct zt_split zt_split_of(const uint8_t *packet, size_t length, size_t mtu);
/* How long piece number i (0 = head) is. */
size_t zt_split_length(const struct zt_split *split, size_t i);
/* Writes piece number i (0 = head) to out, capacity mtu at least; returns its length. */
size_t zt_split_piece(const struct zt_split *split, size_t i, uint8_t *out);

/* A packet being put together. Free when it has no pieces. */
struct zt_assembly {
    uint64_t id;
    uint64_t number; /* counts packets begun: the lowest in use is the oldest */
    int64_t started_ms;
    uint32_t source;     /* hash of the IP that its first piece came from */
    struct zt_link link; /* by which the head came */
    uint32_t have;       /* bitmap of pieces */
    unsigned total;      /* 0 until a fragment told it */
    size_t length[ZT_MAX_FRAGMENTS];
    uint8_t *piece[ZT_MAX_FRAGMENTS]; /* inside buffer, in order of arrival */
    uint8_t *buffer;                  /* ZT_MAX_PACKET bytes, kept for reuse; or NULL */
    size_t used;
};

/* At the bound the source that holds the most slots loses its oldest: a flood of pieces that never
   make a packet evicts itself, not the packets of others. */
struct zt_reassembly {
    struct zt_assembly *slots; /* ZT_MAX_REASSEMBLY of them; NULL while none was needed lately */
    size_t high;               /* slots from here on were never used */
    uint64_t begun;
    int64_t begun_ms;
    uint8_t *sorted; /* ZT_MAX_PACKET bytes for a packet whose pieces came out of order; or NULL */
    int64_t sorted_ms;
    uint64_t lost; /* incomplete packets that gave way or timed out */
};

void zt_reassembly_init(struct zt_reassembly *reassembly);
void zt_reassembly_clear(struct zt_reassembly *reassembly);

/* Takes one datagram that is a fragment, or a head with the fragmented bit. ZT_DROP_NONE and
   *packet NULL: more pieces needed. ZT_DROP_NONE and *packet set: complete; packet, *length and *link
   stay valid until the next call. */
enum zt_drop zt_reassembly_add(struct zt_reassembly *reassembly, int64_t now_ms,
                               const struct zt_link *link, const uint8_t *datagram,
                               size_t datagram_length, uint8_t **packet, size_t *length,
                               struct zt_link *head_link);
/* Gives up what is too old and frees buffers not used lately. */
void zt_reassembly_tick(struct zt_reassembly *reassembly, int64_t now_ms);

#endif
