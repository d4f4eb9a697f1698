/* SPDX-License-Identifier: Apache-2.0 */
/* A member's configuration with freshly signed credentials, as dictionary bytes. docs/wire.md 18.3 to
   18.6. */
#ifndef ZT_CONTROLLER_ISSUE_H
#define ZT_CONTROLLER_ISSUE_H

#include "controller/model.h"

struct zt_hosted_network;
struct zt_hosted_member;

/* The scratch space of issuing: a configuration and its written form, made once and used again. */
struct zt_issuer {
    const struct zt_identity *self; /* borrowed, with secret */
    struct zt_config *config;       /* owned; has room for all tags and capabilities */
    uint8_t *bytes;                 /* owned; ZT_MAX_CONFIG */
    int64_t issued_ms;              /* time of the last certificate; never goes back */
};

ZT_MUST_USE bool zt_issuer_init(struct zt_issuer *issuer, const struct zt_identity *self);
void zt_issuer_clear(struct zt_issuer *issuer);

/* The bytes are the issuer's and valid until the next call. 0: it does not fit. */
size_t zt_issue_config(struct zt_issuer *issuer, const struct zt_hosted_network *network,
                       const struct zt_hosted_member *member, int64_t now_ms);
/* The dictionary that goes with "authentication required". docs/wire.md 12.8 */
size_t zt_issue_authentication(struct zt_issuer *issuer, const struct zt_network_record *network);

#endif
