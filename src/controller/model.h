/* SPDX-License-Identifier: Apache-2.0 */
/* The records of a controller, networks and members: parsed, with their JSON form, defaults and
   validation. docs/wire.md 19. */
#ifndef ZT_CONTROLLER_MODEL_H
#define ZT_CONTROLLER_MODEL_H

#include "controller/controller.h"

/* Bounds of the controller; what does not fit is refused with an error that names the field. */
#define ZT_MAX_POOLS 256
#define ZT_MAX_BODY_TEXT 65536 /* bytes of any text of a record, rulesSource above all */
#define ZT_WINDOW_DEFAULT_MS 1800000
#define ZT_WINDOW_MIN_MS 300000
#define ZT_WINDOW_MAX_MS 7200000
#define ZT_DEFAULT_MULTICAST_LIMIT 32

struct zt_pool {
    struct zt_endpoint first, last; /* same family; port 0 */
};

struct zt_capability_record {
    uint32_t id;
    bool by_default;
    size_t rule_count;
    struct zt_rule rules[ZT_MAX_CAPABILITY_RULES];
};

struct zt_tag_record {
    uint32_t id, value; /* value: the default */
    bool has_default;
};

/* A network. json is the whole record, in the form in which it is stored and shown; the other fields
   are what deciding on a request needs of it. Heap object, never changed: a change makes a new one. */
struct zt_network_record {
    json_t *json; /* owned */
    zt_nwid nwid;
    uint64_t revision;
    bool is_private, has_broadcast, sso_enabled;
    char name[ZT_MAX_NETWORK_NAME + 1];
    unsigned mtu;
    uint64_t multicast_limit;
    int64_t window_ms;
    zt_address trace_target;
    uint64_t trace_level;
    bool v4_pools, v6_pools, v6_6plane, v6_rfc4193;
    struct zt_dns dns;
    size_t route_count, pool_count, rule_count, capability_count, tag_count;
    struct zt_route *routes;                   /* owned, as are the others; as long as needed */
    struct zt_pool *pools;                     /* owned */
    struct zt_tag_record *tags;                /* owned */
    struct zt_rule *rules;                     /* owned */
    struct zt_capability_record *capabilities; /* owned; sorted by id */
};

/* The JSON of a network as it is after body was applied to old (NULL: a new network). A new reference,
   or NULL with the error filled in: 400 for a bad field. Does not touch revision. */
json_t *zt_network_json_change(const json_t *old, zt_nwid nwid, int64_t now_ms, const json_t *body,
                               struct zt_api_error *error);
/* A stored record completed by defaults; members that are not known are kept. */
json_t *zt_network_json_load(zt_nwid nwid, const json_t *stored, struct zt_api_error *error);
/* Takes a reference of its own to json, which one of the above made. NULL: out of memory or bad. */
struct zt_network_record *zt_network_record_new(zt_nwid nwid, json_t *json,
                                                struct zt_api_error *error);
void zt_network_record_free(struct zt_network_record *record);
/* NULL: no capability of this id. */
const struct zt_capability_record *zt_network_capability(const struct zt_network_record *record,
                                                         uint32_t id);

enum zt_authorized_by { ZT_BY_NOBODY, ZT_BY_API, ZT_BY_PUBLIC, ZT_BY_TOKEN };

struct zt_tag_value {
    uint32_t id, value;
};

#define ZT_MAX_TOKEN 128 /* with its 0; longer ones admit nobody */

/* A member. Kept in memory for each one, so its lists are no longer than they have to be. A record is
   changed in a draft, where there is room for the most. */
struct zt_member_record {
    zt_address address;
    bool has_identity, authorized, active_bridge, no_auto_assign, sso_exempt;
    enum zt_authorized_by authorized_by;
    struct zt_identity identity; /* public */
    size_t ip_count, tag_count, capability_count;
    struct zt_endpoint *ips;   /* port 0 */
    struct zt_tag_value *tags; /* sorted by id */
    uint32_t *capabilities;    /* ids, sorted */
    char *token;               /* ZT_BY_TOKEN: which one; else empty */
    int64_t created_ms, authorized_ms, deauthorized_ms, sso_expiry_ms;
    uint64_t revision;
    int64_t version[4]; /* major, minor, revision, protocol; -1: unknown */
    zt_address trace_target;
    int64_t trace_level;
    json_t *
        extra; /* shared; a text that holds the JSON object of name and what is not known; or NULL */
    void *lists; /* owned: where the pointers above lead; NULL in a draft */
};

struct zt_member_draft {
    struct zt_member_record record; /* its lists are those below */
    struct zt_endpoint ips[ZT_MAX_ASSIGNED];
    struct zt_tag_value tags[ZT_MAX_TAGS];
    uint32_t capabilities[ZT_MAX_CAPABILITIES];
    char token[ZT_MAX_TOKEN];
};

/* A draft of a new member, or of one that there is; emptied with zt_member_draft_clear. */
void zt_member_draft_init(struct zt_member_draft *draft, zt_address address, int64_t now_ms);
void zt_member_draft_of(struct zt_member_draft *draft, const struct zt_member_record *record);
void zt_member_draft_clear(struct zt_member_draft *draft);
/* Makes `to`, whatever it held, a copy that fits. False: out of memory, and it is empty. */
ZT_MUST_USE bool zt_member_record_keep(struct zt_member_record *to,
                                       const struct zt_member_record *from);
void zt_member_record_clear(struct zt_member_record *record); /* of a kept one */
/* Everything but the revision the same? */
bool zt_member_record_equal(const struct zt_member_record *a, const struct zt_member_record *b);
/* Applies the fields of an API call. False: nothing is changed and the error says what is bad. */
bool zt_member_draft_change(struct zt_member_draft *draft, int64_t now_ms, const json_t *body,
                            struct zt_api_error *error);
/* A stored record. False: the draft is empty. */
bool zt_member_draft_load(struct zt_member_draft *draft, zt_address address, const json_t *stored,
                          struct zt_api_error *error);
json_t *zt_member_record_json(const struct zt_member_record *record, zt_nwid nwid);
/* "api", "public" or "token"; NULL: nobody has. */
const char *zt_member_authorized_by(const struct zt_member_record *record);
/* The name, and the members that are not known, as an object: a new reference, and putting it back, which takes
   it. */
json_t *zt_member_extra(const struct zt_member_record *record);
void zt_member_set_extra(struct zt_member_record *record, json_t *object);
/* Changing a draft's lists. Inserts or replaces; false if there is no room. */
bool zt_member_record_set_tag(struct zt_member_record *record, uint32_t id, uint32_t value);
bool zt_member_record_add_capability(struct zt_member_record *record, uint32_t id);
bool zt_member_record_has_tag(const struct zt_member_record *record, uint32_t id);

#endif
