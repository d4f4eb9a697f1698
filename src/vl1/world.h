/* SPDX-License-Identifier: Apache-2.0 */
/* Planet and moons: a signed list of roots; read, verify, write, sign. docs/wire.md 5.1 to 5.3. */
#ifndef ZT_VL1_WORLD_H
#define ZT_VL1_WORLD_H

#include "base/limits.h"
#include "base/endpoint.h"
#include "vl1/identity.h"

enum zt_world_type { ZT_WORLD_NONE = 0, ZT_WORLD_PLANET = 1, ZT_WORLD_MOON = 127 };

struct zt_root {
    struct zt_identity identity;
    size_t endpoint_count;
    struct zt_endpoint endpoints[ZT_MAX_ROOT_ENDPOINTS];
};

struct zt_world {
    enum zt_world_type type;
    uint64_t id;
    int64_t updated_ms;
    struct zt_public_key next_key; /* must sign the next revision */
    uint8_t signature[ZT_SIGNATURE_SIZE];
    size_t root_count;
    struct zt_root roots[ZT_MAX_ROOTS];
};

/* Leaves the reader behind the world, so that several may follow each other. False: malformed. */
ZT_MUST_USE bool zt_world_read(struct zt_world *world, struct zt_reader *in);
void zt_world_write(const struct zt_world *world, struct zt_writer *out);
/* Is the signature good under this key? */
ZT_MUST_USE bool zt_world_verify(const struct zt_world *world, const struct zt_public_key *key);
/* Signs with the key pair that the previous revision named (or next_key's own for the first). */
void zt_world_sign(struct zt_world *world, const struct zt_secret_key *secret,
                   const struct zt_public_key *key);
/* May next take the place of current? docs/wire.md 5.3. */
ZT_MUST_USE bool zt_world_may_replace(const struct zt_world *current, const struct zt_world *next);
const struct zt_root *zt_world_root(const struct zt_world *world, zt_address address); /* or NULL */

#endif
