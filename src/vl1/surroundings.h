/* SPDX-License-Identifier: Apache-2.0 */
/* What the driver told about our surroundings, and which endpoints may be paths. docs/wire.md
   6.9, 8.4. */
#ifndef ZT_VL1_SURROUNDINGS_H
#define ZT_VL1_SURROUNDINGS_H

#include "vl1/vl1.h"

struct zt_peer;

struct zt_hint {
    zt_address peer;
    struct zt_endpoint endpoint;
};

/* The lists are owned and as long as they need be. Out of memory: the former list stays. */
struct zt_surroundings {
    size_t local_count;
    struct zt_endpoint *local;
    bool has_moved; /* the list above changed and active peers were not greeted since */
    size_t overlay_count;
    struct zt_endpoint *overlay;
    size_t physical_count;
    struct zt_physical *physical;
    size_t hint_count;
    size_t hint_next; /* hints of a peer are tried in turn */
    struct zt_hint *hints;
    size_t designated_count;
    zt_address *designated;
};

void zt_surroundings_clear(struct zt_surroundings *surroundings);

/* The entry for a remote endpoint, the longest prefix first; NULL: nothing special. */
const struct zt_physical *zt_surroundings_physical(const struct zt_surroundings *surroundings,
                                                   const struct zt_endpoint *endpoint);
/* UDP payload to use towards an endpoint. */
uint16_t zt_surroundings_mtu(const struct zt_surroundings *surroundings,
                             const struct zt_endpoint *endpoint);
uint64_t zt_surroundings_trusted_path(const struct zt_surroundings *surroundings,
                                      const struct zt_endpoint *endpoint);
/* Does some entry with this trusted path id contain the endpoint? */
bool zt_surroundings_trusts(const struct zt_surroundings *surroundings, uint64_t trusted_path_id,
                            const struct zt_endpoint *endpoint);
/* The next configured endpoint to try for a peer, or NULL. */
const struct zt_endpoint *zt_surroundings_next_hint(struct zt_surroundings *surroundings,
                                                    zt_address peer);
/* May this endpoint become a path to the peer? docs/wire.md 6.9. */
bool zt_path_allowed(const struct zt_vl1 *vl1, const struct zt_peer *peer,
                     const struct zt_endpoint *endpoint);

#endif
