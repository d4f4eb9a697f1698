/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluating rules on a frame: pure functions from (rules, frame, credentials, direction) to a verdict.
   docs/wire.md 14. */
#ifndef ZT_VL2_RULES_H
#define ZT_VL2_RULES_H

#include "base/limits.h"
#include "crypto/rng.h"
#include "vl2/ether.h"

enum zt_rule_type {
    ZT_RULE_DROP = 0,
    ZT_RULE_ACCEPT = 1,
    ZT_RULE_TEE = 2,
    ZT_RULE_WATCH = 3,
    ZT_RULE_REDIRECT = 4,
    ZT_RULE_BREAK = 5,
    ZT_RULE_PRIORITY = 6,
    ZT_RULE_LAST_ACTION = 15,
    ZT_RULE_SOURCE_ADDRESS = 24,
    ZT_RULE_DEST_ADDRESS = 25,
    ZT_RULE_VLAN_ID = 26,
    ZT_RULE_VLAN_PCP = 27,
    ZT_RULE_VLAN_DEI = 28,
    ZT_RULE_MAC_SOURCE = 29,
    ZT_RULE_MAC_DEST = 30,
    ZT_RULE_IPV4_SOURCE = 31,
    ZT_RULE_IPV4_DEST = 32,
    ZT_RULE_IPV6_SOURCE = 33,
    ZT_RULE_IPV6_DEST = 34,
    ZT_RULE_IP_TOS = 35,
    ZT_RULE_IP_PROTOCOL = 36,
    ZT_RULE_ETHERTYPE = 37,
    ZT_RULE_ICMP = 38,
    ZT_RULE_SOURCE_PORT = 39,
    ZT_RULE_DEST_PORT = 40,
    ZT_RULE_CHARACTERISTICS = 41,
    ZT_RULE_FRAME_SIZE = 42,
    ZT_RULE_RANDOM = 43,
    ZT_RULE_TAGS_DIFFERENCE = 44,
    ZT_RULE_TAGS_AND = 45,
    ZT_RULE_TAGS_OR = 46,
    ZT_RULE_TAGS_XOR = 47,
    ZT_RULE_TAGS_EQUAL = 48,
    ZT_RULE_TAG_SENDER = 49,
    ZT_RULE_TAG_RECEIVER = 50,
    ZT_RULE_INTEGER_RANGE = 51
};

#define ZT_RULE_NOT 0x80
#define ZT_RULE_OR 0x40
#define ZT_RULE_TYPE_MASK 0x3f

struct zt_rule {
    uint8_t type; /* enum zt_rule_type with ZT_RULE_NOT and ZT_RULE_OR */
    union {
        struct {
            uint64_t address;
            uint32_t flags;
            uint16_t length;
        } forward; /* TEE WATCH REDIRECT */
        uint64_t address;
        uint16_t
            number; /* VLAN_ID, ETHERTYPE; VLAN_PCP, VLAN_DEI and IP_PROTOCOL use the low 8 bits */
        struct zt_mac mac;
        struct {
            uint8_t ip[16];
            uint8_t bits;
        } prefix; /* IPv4 in the first four bytes */
        struct {
            uint8_t mask, first, last;
        } tos;
        struct {
            uint8_t type, code, flags;
        } icmp;
        struct {
            uint16_t first, last;
        } range;              /* ports, frame size */
        uint64_t mask;        /* CHARACTERISTICS */
        uint32_t probability; /* RANDOM */
        struct {
            uint32_t id, value;
        } tag;
        struct {
            uint64_t first, last;
            uint16_t index;
            uint8_t format;
        } integer;
    } u;
};

struct zt_tag;
struct zt_ownership;
struct zt_capability;

/* The frame as rules see it. payload begins after the Ethernet header. */
struct zt_rules_frame {
    bool inbound;
    zt_address source;
    zt_address destination; /* 0: not known (multicast and bridging first pass) */
    struct zt_mac mac_source, mac_destination;
    uint16_t ethertype;
    uint16_t vlan; /* 0 in practice */
    const uint8_t *payload;
    size_t length;
};

/* What the evaluator knows. All arrays borrowed, sorted by id, holding only valid credentials. */
struct zt_rules_context {
    zt_address self;
    zt_nwid nwid;
    bool unknown_matches; /* network flag 0x08 */
    const struct zt_tag *own_tags;
    size_t own_tag_count;
    bool has_peer; /* is there a membership record of the other side? */
    const struct zt_tag *peer_tags;
    size_t peer_tag_count;
    /* Certificates of the frame's sender: own ones outbound, the peer's inbound. */
    const struct zt_ownership *sender_ownerships;
    size_t sender_ownership_count;
    bool emulates_6plane, emulates_rfc4193; /* NDP emulation on, and we hold such an address */
    struct zt_rng *rng;
};

enum zt_verdict {
    ZT_VERDICT_NO_MATCH,
    ZT_VERDICT_DROP,
    ZT_VERDICT_REDIRECT,
    ZT_VERDICT_ACCEPT,
    ZT_VERDICT_SUPER_ACCEPT
};

struct zt_rules_result {
    enum zt_verdict verdict;
    zt_address redirect; /* with ZT_VERDICT_REDIRECT */
    zt_address tee;      /* 0: none */
    bool watch;
    size_t tee_length;
};

/* One rule set. docs/wire.md 14.5. */
void zt_rules_evaluate(struct zt_rules_result *result, const struct zt_rule *rules, size_t count,
                       const struct zt_rules_frame *frame, const struct zt_rules_context *context);

/* A copy to send as EXT_FRAME. */
struct zt_frame_copy {
    zt_address to;
    uint8_t flags; /* EXT_FRAME flags: subtype and acknowledgement */
    size_t length; /* of the payload */
};

#define ZT_MAX_FRAME_COPIES 3

struct zt_filter_result {
    enum zt_drop_or_accept {
        ZT_FILTER_DROP = 0,
        ZT_FILTER_ACCEPT = 1,
        ZT_FILTER_SUPER_ACCEPT = 2
    } verdict;
    bool redirected; /* verdict is DROP because the frame went elsewhere */
    size_t copy_count;
    struct zt_frame_copy copies[ZT_MAX_FRAME_COPIES];
};

/* Base rules, then capabilities (our own outbound, the sender's valid ones inbound). no_tee: the
   per-recipient pass of multicast and bridging. docs/wire.md 14.8. */
void zt_filter(struct zt_filter_result *result, const struct zt_rule *rules, size_t count,
               const struct zt_capability *capabilities, size_t capability_count, bool no_tee,
               const struct zt_rules_frame *frame, const struct zt_rules_context *context);

#endif
