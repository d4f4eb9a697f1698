/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate of membership. docs/wire.md 13.2. */
#ifndef ZT_VL2_COM_H
#define ZT_VL2_COM_H

#include "base/limits.h"
#include "vl1/identity.h"

/* How a signed thing was judged. */
enum zt_verdict_of_signature { ZT_SIGNATURE_GOOD, ZT_SIGNATURE_BAD, ZT_SIGNATURE_UNKNOWN_SIGNER };

struct zt_qualifier {
    uint64_t id, value, max_delta;
};

struct zt_com {
    size_t count; /* 0: no certificate */
    struct zt_qualifier qualifiers[ZT_MAX_QUALIFIERS];
    zt_address signer; /* 0: unsigned */
    uint8_t signature[ZT_SIGNATURE_SIZE];
};

#define ZT_COM_SIZE (3 + 24 * ZT_MAX_QUALIFIERS + 5 + ZT_SIGNATURE_SIZE) /* largest written form */

void zt_com_make(struct zt_com *com, zt_nwid nwid, int64_t issued_ms, int64_t window_ms,
                 const struct zt_identity *member);
void zt_com_sign(struct zt_com *com, const struct zt_identity *controller);
void zt_com_read(struct zt_com *com, struct zt_reader *in); /* fails the reader if malformed */
void zt_com_write(const struct zt_com *com, struct zt_writer *out);
zt_nwid zt_com_nwid(const struct zt_com *com);      /* 0: none */
int64_t zt_com_issued_ms(const struct zt_com *com); /* 0: none */
zt_address zt_com_member(const struct zt_com *com); /* 0: none */
bool zt_com_equal(const struct zt_com *a, const struct zt_com *b);
/* controller: identity of zt_nwid_controller(zt_com_nwid(com)), NULL if unknown. */
enum zt_verdict_of_signature zt_com_verify(const struct zt_com *com,
                                           const struct zt_identity *controller);
/* Would the holder of mine accept theirs, shown by the node `them`? */
bool zt_com_agrees(const struct zt_com *mine, const struct zt_com *theirs,
                   const struct zt_identity *them);

#endif
