/* SPDX-License-Identifier: Apache-2.0 */
/* Who signs credentials in the unit tests, and for whom. */
#ifndef ZT_TESTS_VL2_SIGNERS_H
#define ZT_TESTS_VL2_SIGNERS_H

#include "vl2_values.h"

static struct zt_identity controller, member, other;

/* Set-up of a group of tests. */
static inline int make_identities(void **unused)
{
    (void)unused;
    controller = identity_of(CONTROLLER, 1);
    member = identity_of(MEMBER, 2);
    other = identity_of(OTHER, 3);
    return 0;
}

#endif
