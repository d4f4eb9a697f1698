/* SPDX-License-Identifier: Apache-2.0 */
/* Credential revocations. docs/wire.md 13.6. */
#ifndef ZT_VL2_REVOCATION_H
#define ZT_VL2_REVOCATION_H

#include "vl2/grants.h"

#define ZT_REVOCATION_FAST 0x01 /* flag: pass it on */
#define ZT_REVOCATION_SIZE 152

struct zt_revocation {
    uint32_t id;
    zt_nwid nwid;
    uint32_t credential_id;
    int64_t threshold_ms;
    uint64_t flags;
    zt_address target, signer;
    uint8_t type; /* enum zt_credential_type being revoked */
    uint8_t signature[ZT_SIGNATURE_SIZE];
};

void zt_revocation_read(struct zt_revocation *revocation, struct zt_reader *in);
void zt_revocation_write(const struct zt_revocation *revocation, struct zt_writer *out);
void zt_revocation_sign(struct zt_revocation *revocation, const struct zt_identity *controller);
enum zt_verdict_of_signature zt_revocation_verify(const struct zt_revocation *revocation,
                                                  const struct zt_identity *controller);

#endif
