/* SPDX-License-Identifier: Apache-2.0 */
/* What the unit tests of VL2's values share: identities, and the check that no cut message is taken. */
#ifndef ZT_TESTS_VL2_VALUES_H
#define ZT_TESTS_VL2_VALUES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "vl1/identity.h"

#include <string.h>

#define NWID UINT64_C(0x8056c2e21c000001)
#define CONTROLLER UINT64_C(0x8056c2e21c)
#define MEMBER UINT64_C(0x8850338390)
#define OTHER UINT64_C(0x1122334455)
#define NOW_MS INT64_C(1700000000000)

/* Keys made of one byte; the address is not proved by them, which nothing here asks for. */
static inline struct zt_identity identity_of(zt_address address, uint8_t seed)
{
    struct zt_identity identity = { .address = address, .has_secret = true };

    memset(identity.secret.bytes, seed, sizeof identity.secret.bytes);
    zt_public_key_of(&identity.key, &identity.secret);
    return identity;
}

/* Does this read fail on every proper prefix of the message? */
#define assert_no_prefix_reads(type, read, bytes, length)                                          \
    do {                                                                                           \
        for (size_t prefix_ = 0; prefix_ < (length); prefix_++) {                                  \
            struct zt_reader in_ = zt_reader_of((bytes), prefix_);                                 \
            type value_;                                                                           \
                                                                                                   \
            read(&value_, &in_);                                                                   \
            assert_true(in_.failed);                                                               \
        }                                                                                          \
    } while (0)

#endif
