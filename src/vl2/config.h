/* SPDX-License-Identifier: Apache-2.0 */
/* A network configuration: to and from its dictionary; its chunks; and the request for one.
   docs/wire.md 12. */
#ifndef ZT_VL2_CONFIG_H
#define ZT_VL2_CONFIG_H

#include "vl2/dict.h"
#include "vl2/grants.h"

#define ZT_CONFIG_VERSION 7
#define ZT_CONFIG_FLAG_BROADCAST 0x02
#define ZT_CONFIG_FLAG_NDP_EMULATION 0x04
#define ZT_CONFIG_FLAG_UNKNOWN_MATCHES 0x08
#define ZT_CONFIG_FLAG_NO_COMPRESSION 0x10

#define ZT_SPECIALIST_BRIDGE (UINT64_C(1) << 41)
#define ZT_SPECIALIST_ANCHOR (UINT64_C(1) << 42)
#define ZT_SPECIALIST_REPLICATOR (UINT64_C(1) << 43)
#define ZT_SPECIALIST_ADDRESS UINT64_C(0xffffffffff)

struct zt_route {
    struct zt_endpoint target; /* port = prefix length */
    struct zt_endpoint via;    /* family none: on link */
    uint16_t flags, metric;
};

struct zt_dns {
    char domain[ZT_MAX_DNS_DOMAIN]; /* 0-terminated; empty: none */
    struct zt_endpoint servers[ZT_MAX_DNS_SERVERS];
    size_t server_count;
};

/* Single sign-on strings, passed through. */
struct zt_sso {
    bool enabled;
    uint64_t version;
    char url[2048], issuer[2048], endpoint[2048], nonce[128], state[256], client[256], provider[64];
    int64_t expiry_ms;
};

struct zt_config {
    zt_nwid nwid;
    int64_t issued_ms; /* ts */
    int64_t window_ms; /* ctmd */
    uint64_t revision;
    zt_address member; /* for whom */
    zt_address trace_target;
    uint64_t trace_level;
    uint64_t flags;
    uint64_t multicast_limit;
    bool is_public;
    char name[ZT_MAX_NETWORK_NAME + 1];
    unsigned mtu;
    struct zt_com com; /* count 0: none */
    size_t specialist_count, route_count, assigned_count, ownership_count;
    uint64_t specialists[ZT_MAX_SPECIALISTS];
    struct zt_route routes[ZT_MAX_ROUTES];
    struct zt_endpoint assigned[ZT_MAX_ASSIGNED]; /* port = prefix length */
    struct zt_ownership ownerships[ZT_MAX_OWNERSHIPS];
    struct zt_dns dns;
    struct zt_sso *sso; /* owned; NULL: version 0, not enabled */
    /* owned arrays, sorted by id where there is one */
    struct zt_rule *rules;
    size_t rule_count;
    struct zt_tag *tags;
    size_t tag_count;
    struct zt_capability *capabilities;
    size_t capability_count;
};

/* NULL when out of memory; zeroed. */
struct zt_config *zt_config_new(void);
void zt_config_free(struct zt_config *config);
/* A new object, or NULL if the dictionary must be refused (docs/wire.md 12.5) or memory is out. */
struct zt_config *zt_config_read(const struct zt_dict *dict);
/* Keys in the reference's order, so that the same config gives the same bytes. */
void zt_config_write(const struct zt_config *config, struct zt_writer *out);
/* Every field the same? */
bool zt_config_equal(const struct zt_config *a, const struct zt_config *b);
bool zt_config_has_specialist(const struct zt_config *config, zt_address address, uint64_t role);
/* The synthetic configuration of an ad-hoc network (docs/wire.md 11.7); NULL: no such network, *not_found
   tells whether the id is of the port-range form with its range reversed. */
struct zt_config *zt_config_adhoc(zt_nwid nwid, zt_address self, int64_t now_ms, bool *not_found);

/* Chunks, docs/wire.md 12.3. Views into the message; nothing is copied. */
struct zt_chunk {
    zt_nwid nwid;
    const uint8_t *data;
    size_t length;
    bool is_signed; /* false: the old single form, only good from the controller itself */
    uint8_t flags;  /* 0x01: pass on */
    uint64_t update_id;
    uint32_t total, offset;
    const uint8_t *signed_bytes;
    size_t signed_length;
    const uint8_t *signature;
};

#define ZT_CHUNK_PROPAGATE 0x01

ZT_MUST_USE bool zt_chunk_read(struct zt_chunk *chunk, const uint8_t *body, size_t length);
/* Writes and signs one chunk body. */
void zt_chunk_write(struct zt_writer *out, zt_nwid nwid, const uint8_t *data, size_t length,
                    uint64_t update_id, uint32_t total, uint32_t offset,
                    const struct zt_identity *controller);

/* What a member asks its controller, as it travels from the node to the controller in an effect. */
struct zt_config_request {
    zt_nwid nwid;
    uint64_t packet_id;        /* UINT64_MAX: the node asks its own controller */
    struct zt_identity member; /* public */
    struct zt_link link;       /* by which it came; needed to answer */
    bool direct;               /* link.remote is the member's own endpoint, not a relay's */
    size_t metadata_length;
    uint8_t metadata[ZT_MAX_REQUEST_METADATA];
};

void zt_config_request_write(const struct zt_config_request *request, struct zt_writer *out);
void zt_config_request_read(struct zt_config_request *request, struct zt_reader *in);

/* What the controller says to a member; borrowed bytes. */
struct zt_config_answer {
    zt_nwid nwid;
    zt_address member;
    uint64_t packet_id;  /* of the request; 0: a push */
    struct zt_link link; /* of the request */
    uint8_t error;       /* enum zt_error_code; 0: bytes are a config dictionary. With code 9 an
                            authentication dictionary */
    const uint8_t *bytes;
    size_t length;
};

#endif
