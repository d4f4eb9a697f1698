/* SPDX-License-Identifier: Apache-2.0 */
/* Identities by the thousand, for tests and measurements: keys that belong together, of a chosen address, which
   nobody proves there. */
#ifndef ZT_TESTS_MAKE_IDENTITY_H
#define ZT_TESTS_MAKE_IDENTITY_H

#include "crypto/rng.h"
#include "vl1/identity.h"

static inline struct zt_identity make_identity(zt_address address)
{
    struct zt_identity identity = { .address = address, .has_secret = true };
    uint8_t seed[32] = { 0 };
    struct zt_rng rng;

    zt_store_u64(seed, address);
    zt_rng_init(&rng, seed);
    zt_rng_bytes(&rng, identity.secret.bytes, sizeof identity.secret.bytes);
    zt_public_key_of(&identity.key, &identity.secret);
    return identity;
}

#endif
