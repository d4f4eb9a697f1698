/* SPDX-License-Identifier: Apache-2.0 */
/* Tag, capability and certificate of ownership. docs/wire.md 13.3 to 13.5. */
#ifndef ZT_VL2_GRANTS_H
#define ZT_VL2_GRANTS_H

#include "vl2/com.h"
#include "vl2/rules.h"

enum zt_credential_type {
    ZT_CREDENTIAL_NULL = 0,
    ZT_CREDENTIAL_COM = 1,
    ZT_CREDENTIAL_CAPABILITY = 2,
    ZT_CREDENTIAL_TAG = 3,
    ZT_CREDENTIAL_OWNERSHIP = 4,
    ZT_CREDENTIAL_REVOCATION = 5
};

struct zt_tag {
    zt_nwid nwid;
    int64_t issued_ms;
    uint32_t id, value;
    zt_address member, signer;
    uint8_t signature[ZT_SIGNATURE_SIZE];
};

enum zt_thing_type { ZT_THING_NULL = 0, ZT_THING_MAC = 1, ZT_THING_IPV4 = 2, ZT_THING_IPV6 = 3 };

struct zt_thing {
    uint8_t type;
    uint8_t value[16];
};

struct zt_ownership {
    zt_nwid nwid;
    int64_t issued_ms;
    uint64_t flags;
    uint32_t id;
    size_t thing_count;
    struct zt_thing things[ZT_MAX_OWNED_THINGS];
    zt_address member, signer;
    uint8_t signature[ZT_SIGNATURE_SIZE];
};

struct zt_custody {
    zt_address to, from;
    uint8_t signature[ZT_SIGNATURE_SIZE];
};

struct zt_capability {
    zt_nwid nwid;
    int64_t issued_ms;
    uint32_t id;
    size_t rule_count;
    struct zt_rule rules[ZT_MAX_CAPABILITY_RULES];
    uint8_t max_custody; /* 1..7 */
    size_t custody_count;
    struct zt_custody custody[ZT_MAX_CUSTODY];
};

/* Reading fails the reader if malformed; a signature of another type than 1 is skipped and left zero. */
void zt_tag_read(struct zt_tag *tag, struct zt_reader *in);
void zt_tag_write(const struct zt_tag *tag, struct zt_writer *out);
void zt_tag_sign(struct zt_tag *tag, const struct zt_identity *controller); /* sets signer */
enum zt_verdict_of_signature zt_tag_verify(const struct zt_tag *tag,
                                           const struct zt_identity *controller);
bool zt_tag_equal(const struct zt_tag *a, const struct zt_tag *b);

void zt_ownership_read(struct zt_ownership *ownership, struct zt_reader *in);
void zt_ownership_write(const struct zt_ownership *ownership, struct zt_writer *out);
void zt_ownership_sign(struct zt_ownership *ownership, const struct zt_identity *controller);
enum zt_verdict_of_signature zt_ownership_verify(const struct zt_ownership *ownership,
                                                 const struct zt_identity *controller);
bool zt_ownership_equal(const struct zt_ownership *a, const struct zt_ownership *b);
bool zt_ownership_has_ip(const struct zt_ownership *ownership, const uint8_t *ip, size_t ip_length);
bool zt_ownership_has_mac(const struct zt_ownership *ownership, struct zt_mac mac);

void zt_capability_read(struct zt_capability *capability, struct zt_reader *in);
void zt_capability_write(const struct zt_capability *capability, struct zt_writer *out);
/* One link: controller to member. */
void zt_capability_sign(struct zt_capability *capability, const struct zt_identity *controller,
                        zt_address member);
zt_address zt_capability_member(const struct zt_capability *capability); /* 0: no link */
bool zt_capability_equal(const struct zt_capability *a, const struct zt_capability *b);
/* identities[i] is that of custody[i].from, NULL if unknown; as many as custody_count. */
enum zt_verdict_of_signature zt_capability_verify(const struct zt_capability *capability,
                                                  const struct zt_identity *const *identities);

#endif
