/* SPDX-License-Identifier: Apache-2.0 */
#include "service/proof.h"

#include "os/host.h"

bool zt_proof_holds(const struct zt_identity *identity)
{
    uint8_t *memory = zt_host_pages(ZT_PROOF_MEMORY);
    bool holds;

    if (!memory)
        return false;
    holds = zt_identity_prove_in(identity, memory);
    zt_host_pages_free(memory, ZT_PROOF_MEMORY);
    return holds;
}
