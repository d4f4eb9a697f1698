/* SPDX-License-Identifier: Apache-2.0 */
/* The controller opened: networks with their members, addresses in use, and what waits to be sent. */
#ifndef ZT_CONTROLLER_STATE_H
#define ZT_CONTROLLER_STATE_H

#include "base/table.h"
#include "controller/controller.h"
#include "controller/issue.h"
#include "controller/model.h"

#define ZT_MAX_STRANGERS 1024 /* unauthorised askers per network, in memory only; the oldest goes */
#define ZT_MAX_ALL_STRANGERS 16384 /* on all networks; at the bound a newcomer is not remembered */
#define ZT_STRANGER_LIFE_MS INT64_C(604800000)
#define ZT_MAX_REQUEST_GATES 16384 /* buckets; a collision only lifts the limit for a moment */
#define ZT_REQUEST_INTERVAL_MS 1000
#define ZT_MAX_ANSWERS 256  /* decided and not taken yet; further requests are dropped */
#define ZT_REVOKE_FANOUT 64 /* recipients per revocation when a whole network goes */

/* What a member's last request said about itself. docs/wire.md 12.2 */
struct zt_member_traits {
    uint64_t rules_revision; /* 0: knows no rules engine */
    uint64_t max_rules, max_capabilities, max_capability_rules, max_tags;
    int64_t version[4];
};

struct zt_hosted_member {
    struct zt_member_record record;
    bool has_asked; /* since start: then the following three are set */
    struct zt_member_traits traits;
    struct zt_config_request_origin {
        struct zt_link link;
        bool direct;
    } origin;
    int64_t asked_wall_ms;
    bool is_stranger; /* known from its requests only, not stored */
    bool is_queued;   /* waits for a push */
    struct zt_hosted_network *network;
    struct zt_hosted_member *prev, *next;   /* in the list of pushes */
    struct zt_hosted_member *older, *newer; /* in the network's list of strangers */
    UT_hash_handle hh;
};

/* An address in use on a network; two members may have been given the same one by hand. */
struct zt_claim {
    struct zt_endpoint ip; /* port 0 */
    unsigned holders;
    UT_hash_handle hh;
};

struct zt_hosted_network {
    zt_nwid nwid;
    struct zt_network_record *record; /* owned */
    struct zt_hosted_member *members; /* owned */
    struct zt_claim *claims;          /* owned */
    struct zt_hosted_member *strangers;
    size_t stranger_count;
    size_t bridge_count;
    zt_address bridges[ZT_MAX_SPECIALISTS];
    UT_hash_handle hh;
};

#define ZT_MAX_HOSTED_NETWORKS 65536 /* the newcomer is refused */

/* Revocations being sent: each of the targets to each of the recipients. */
struct zt_revoking {
    zt_nwid nwid;
    int64_t threshold_ms;
    size_t target_count, recipient_count, target_at, recipient_at;
    bool is_signed; /* revocation is that of target_at */
    struct zt_revocation revocation;
    struct zt_revoking *prev, *next;
    zt_address addresses[]; /* targets, then recipients */
};

struct zt_request_gate {
    zt_nwid nwid;
    zt_address member;
    int64_t last_ms; /* mono */
};

struct zt_controller {
    struct zt_identity self;
    struct zt_store *store;   /* borrowed */
    const struct zt_log *log; /* borrowed */
    struct zt_rng rng;
    struct zt_hosted_network *networks;
    size_t stranger_count; /* on all of them */
    struct zt_issuer issuer;
    struct zt_request_gate *gates;
    struct zt_config_answer answers[ZT_MAX_ANSWERS]; /* a ring; bytes filled in when taken */
    size_t answer_head, answer_count;
    struct zt_revoking *revoking;    /* list, oldest first */
    struct zt_hosted_member *pushes; /* list, oldest first */
};

/* hosting.c: the tables. */
struct zt_hosted_network *zt_hosting_network(const struct zt_controller *controller, zt_nwid nwid);
struct zt_hosted_member *zt_hosting_member(const struct zt_hosted_network *network,
                                           zt_address address);
/* Puts a record in force: in the store, then in memory; makes the network if it is new. Takes record
   and frees it on failure. False with an error: nothing has changed. */
bool zt_hosting_save_network(struct zt_controller *controller, struct zt_network_record *record,
                             struct zt_api_error *error);
/* Puts next in force for the member of that address (made if new), revision raised if anything
   changed. store false: in memory only, for strangers. next stays the caller's. NULL: unchanged. */
struct zt_hosted_member *zt_hosting_save_member(struct zt_controller *controller,
                                                struct zt_hosted_network *network,
                                                const struct zt_member_record *next, bool store,
                                                struct zt_api_error *error);
bool zt_hosting_remove_member(struct zt_controller *controller, struct zt_hosted_member *member,
                              struct zt_api_error *error);
bool zt_hosting_remove_network(struct zt_controller *controller, struct zt_hosted_network *network,
                               struct zt_api_error *error);
bool zt_hosting_load(struct zt_controller *controller, char *error, size_t error_size);
void zt_hosting_clear(struct zt_controller *controller);
bool zt_hosting_ip_is_taken(const struct zt_hosted_network *network, const struct zt_endpoint *ip);

/* push.c: what waits to be sent. */
void zt_push_member(struct zt_controller *controller, struct zt_hosted_member *member);
void zt_push_forget(struct zt_controller *controller, struct zt_hosted_member *member);
void zt_push_network(struct zt_controller *controller, struct zt_hosted_network *network);
/* Lists who is revoked (target; 0: all members) and who is told. NULL: out of memory. Then nothing is
   sent, and certificates run out by age. */
struct zt_revoking *zt_push_list_revoked(struct zt_controller *controller,
                                         const struct zt_hosted_network *network, zt_address target,
                                         int64_t now_ms);
/* Takes the list; NULL is fine. */
void zt_push_revocation(struct zt_controller *controller, struct zt_revoking *revoking);
void zt_push_clear(struct zt_controller *controller);

/* controller.c: must this member sign in (again) before it gets a configuration? */
bool zt_decide_is_lapsed(const struct zt_network_record *network,
                         const struct zt_member_record *member, int64_t now_ms);
/* controller.c: what an authorised member is to have before a configuration is issued: addresses and
   default tags; and the default capabilities that come with its first authorisation. */
void zt_decide_grants(struct zt_controller *controller, struct zt_hosted_network *network,
                      struct zt_member_record *next);
void zt_decide_first_capabilities(const struct zt_network_record *network,
                                  struct zt_member_record *next);

#endif
