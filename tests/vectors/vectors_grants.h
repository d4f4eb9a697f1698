/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of credentials, as the files record them. */
#ifndef ZT_TESTS_VECTORS_GRANTS_H
#define ZT_TESTS_VECTORS_GRANTS_H

#include "vectors.h"

#include "vl2/com.h"
#include "vl2/grants.h"

/* Is the recorded list what the credential holds? */
bool vectors_qualifiers_are(const struct zt_com *com, const json_t *list);
bool vectors_things_are(const struct zt_ownership *ownership, const json_t *list);

#endif
