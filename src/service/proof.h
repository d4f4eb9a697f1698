/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs of identity on memory of their own, which goes back to the system: malloc keeps two freed megabytes
   from the second time on, in each thread that proves. */
#ifndef ZT_SERVICE_PROOF_H
#define ZT_SERVICE_PROOF_H

#include "vl1/identity.h"

/* As zt_identity_prove: slow, and false without memory. */
ZT_MUST_USE bool zt_proof_holds(const struct zt_identity *identity);

#endif
