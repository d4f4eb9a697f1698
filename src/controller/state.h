/* SPDX-License-Identifier: Apache-2.0 */
/* The controller opened: networks with their members, addresses in use, and what waits to be sent. */
#ifndef ZT_CONTROLLER_STATE_H
#define ZT_CONTROLLER_STATE_H

#include "base/rate.h"
#include "base/table.h"
#include "controller/controller.h"
#include "controller/issue.h"
#include "controller/model.h"

#define ZT_MAX_STRANGERS 1024 /* unauthorised askers per network, in memory only; the oldest goes */
#define ZT_MAX_ALL_STRANGERS 16384 /* on all networks; at the bound a newcomer is not remembered */
#define ZT_STRANGER_LIFE_MS INT64_C(604800000)
#define ZT_MAX_REQUEST_GATES 16384 /* buckets; a collision only lifts the limit for a moment */
#define ZT_REQUESTS_PER_SECOND 1   /* of a member for a network */
#define ZT_REQUESTS_AT_ONCE 4      /* one that starts anew doesn't know when it asked last */
#define ZT_MAX_ANSWERS 256         /* decided and not taken yet; further requests are dropped */
#define ZT_MAX_DECISIONS 64        /* stored in one transaction; more are the next one's */
#define ZT_REVOKE_FANOUT 64        /* recipients per revocation when a whole network goes */
#define ZT_TEND_INTERVAL_MS 1000
#define ZT_SEEN_INTERVAL_MS 60000    /* times of requests are stored this often */
#define ZT_SEEN_AT_ONCE 1000         /* in one second, so that requests don't wait for it */
#define ZT_FAILURE_INTERVAL_MS 10000 /* one line of the log stands for all failures of the store */
#define ZT_ONLINE_MS 120000          /* docs/wire.md 18.1 */

/* What a member's last request said about itself. docs/wire.md 12.2 */
struct zt_member_traits {
    uint64_t rules_revision; /* 0: knows no rules engine */
    uint64_t max_rules, max_capabilities, max_capability_rules, max_tags;
    int64_t version[4];
};

struct zt_hosted_member {
    struct zt_member_record record;
    uint64_t stored_revision; /* what the store holds, or ZT_NO_RECORD */
    bool has_asked;           /* then the following three are set */
    struct zt_member_traits traits;
    struct zt_config_request_origin {
        struct zt_link link;
        bool direct;
    } origin;
    int64_t asked_wall_ms;
    bool is_stranger; /* known from its requests only, not stored */
    bool is_queued;   /* waits for a push */
    bool is_renewed;  /* since then, as far as that could be stored */
    bool is_unsaved;  /* its last request is not in the store yet */
    bool is_news;     /* nor is what that request told first */
    bool is_richer;   /* the record holds more than the stored one, which is to be renewed */
    bool is_found;    /* while the store is read again */
    bool is_decided;  /* a change of its record waits to be stored */
    bool is_admitted; /* by a sign-on that has not lapsed yet */
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
    uint64_t stored_revision;         /* what the store holds, or ZT_NO_RECORD */
    bool is_found;                    /* while the store is read again */
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
    struct zt_rate requests;
};

/* A member's record on its way into the store and into force. */
struct zt_keeping {
    struct zt_hosted_member *member;
    struct zt_member_record kept; /* owned until it is in force */
};

/* A decision that waits for its record to be stored. */
struct zt_decision {
    struct zt_keeping keeping;
    /* Only of one that answers a request. */
    const struct zt_config_request *request; /* borrowed */
    struct zt_member_traits traits;
    uint8_t error; /* to answer with; 0: a configuration */
};

struct zt_controller {
    struct zt_identity self;
    struct zt_signer *signer; /* owned; of self */
    struct zt_store *store;   /* borrowed */
    bool is_store_away;       /* as was last told in the log */
    int64_t failed_mono_ms;   /* when a failure of the store was last told */
    uint64_t failure_count;   /* not told since */
    bool must_reload;         /* reading the store again has failed, or is needed */
    bool has_unread_network;  /* whose record was no good when it was read */
    int64_t wall_ms;          /* when it was last called */
    bool has_news;            /* of some member */
    bool has_tended;
    int64_t saved_mono_ms, tended_mono_ms;
    const struct zt_log *log; /* borrowed */
    struct zt_rng rng;
    struct zt_hosted_network *networks;
    size_t stranger_count; /* on all of them */
    struct zt_controller_counters counters;
    struct zt_issuer issuer;
    struct zt_request_gate *gates;
    struct zt_config_answer answers[ZT_MAX_ANSWERS]; /* a ring; bytes filled in when taken */
    size_t answer_head, answer_count;
    /* Empty but while records are stored together. */
    struct zt_decision decisions[ZT_MAX_DECISIONS];
    size_t decision_count;
    struct zt_revoking *revoking;    /* list, oldest first */
    struct zt_hosted_member *pushes; /* list, oldest first */
};

/* hosting.c: the tables. */
struct zt_hosted_network *zt_hosting_network(const struct zt_controller *controller, zt_nwid nwid);
struct zt_hosted_member *zt_hosting_member(const struct zt_hosted_network *network,
                                           zt_address address);
/* Is the network ours to decide on? Others are known from a shared store. */
bool zt_hosting_is_ours(const struct zt_controller *controller, zt_nwid nwid);
/* What a change needs of memory comes first, so that after the store said yes nothing can fail: prepare
   (a new entry if there is none; NULL: no room), then commit or abandon. */
struct zt_hosted_network *zt_hosting_prepare_network(struct zt_controller *controller, zt_nwid nwid,
                                                     struct zt_api_error *error);
void zt_hosting_commit_network(struct zt_hosted_network *network,
                               struct zt_network_record *record); /* takes record */
void zt_hosting_abandon_network(struct zt_controller *controller,
                                struct zt_hosted_network *network);
/* kept: becomes a copy of next, which commit takes and abandon clears. */
struct zt_hosted_member *zt_hosting_prepare_member(struct zt_controller *controller,
                                                   struct zt_hosted_network *network,
                                                   const struct zt_member_record *next,
                                                   struct zt_member_record *kept,
                                                   struct zt_api_error *error);
void zt_hosting_commit_member(struct zt_controller *controller, struct zt_hosted_member *member,
                              const struct zt_member_record *kept, bool is_stranger);
void zt_hosting_abandon_member(struct zt_controller *controller, struct zt_hosted_member *member,
                               struct zt_member_record *kept);
void zt_hosting_drop_member(struct zt_controller *controller, struct zt_hosted_member *member);
void zt_hosting_drop_network(struct zt_controller *controller, struct zt_hosted_network *network);
void zt_hosting_clear(struct zt_controller *controller);
/* The list of pushes: the member joins it, which it is not in; and leaves it, if it is. */
void zt_hosting_queue(struct zt_controller *controller, struct zt_hosted_member *member);
void zt_hosting_unqueue(struct zt_controller *controller, struct zt_hosted_member *member);
bool zt_hosting_ip_is_taken(const struct zt_hosted_network *network, const struct zt_endpoint *ip);

/* keep.c: what is put in force is stored first. */
/* Takes record, also on failure. False with an error: nothing has changed. */
bool zt_keep_network(struct zt_controller *controller, struct zt_network_record *record,
                     struct zt_api_error *error);
/* Puts next in force for the member of that address (made if new), revision raised if anything
   changed. store false: in memory only, for strangers. next stays the caller's. NULL: unchanged. */
struct zt_hosted_member *zt_keep_member(struct zt_controller *controller,
                                        struct zt_hosted_network *network,
                                        const struct zt_member_record *next, bool store,
                                        struct zt_api_error *error);
/* The same in steps, so that several changes can be stored as one. Nothing else may happen to the member
   between the first and the last of them. */
/* Is next what is in force already? */
bool zt_keep_is_kept(const struct zt_hosted_member *member, const struct zt_member_record *next,
                     bool store);
/* Followed by zt_keep_commit or zt_keep_abandon. False: no room, and nothing has changed. */
bool zt_keep_prepare(struct zt_controller *controller, struct zt_hosted_network *network,
                     const struct zt_member_record *next, struct zt_keeping *keeping,
                     struct zt_api_error *error);
bool zt_keep_store(struct zt_controller *controller, const struct zt_keeping *keeping,
                   struct zt_api_error *error);
/* In one transaction. False: none is stored; whose fault that was, shows when each is tried alone. */
bool zt_keep_store_all(struct zt_controller *controller, const struct zt_decision *decisions,
                       size_t count);
void zt_keep_commit(struct zt_controller *controller, struct zt_keeping *keeping, bool store);
void zt_keep_abandon(struct zt_controller *controller, struct zt_keeping *keeping);
bool zt_keep_no_member(struct zt_controller *controller, struct zt_hosted_member *member,
                       struct zt_api_error *error);
bool zt_keep_no_network(struct zt_controller *controller, struct zt_hosted_network *network,
                        struct zt_api_error *error);

/* follow.c: what the store holds, at the start and after others have changed it. */
bool zt_follow_load(struct zt_controller *controller, char *error, size_t error_size);
/* Takes over what others have changed. */
void zt_follow_changes(struct zt_controller *controller, struct zt_instant now);

/* outage.c: what the log is told. */
/* One line stands for all failures of some time. */
void zt_outage_tell(struct zt_controller *controller, const char *text);
/* What the store said when it was asked: once it was away, it is back when zt_follow_changes has read all that
   happened meanwhile. Each is told once. */
void zt_outage_note(struct zt_controller *controller, int result);

/* seen.c: what members' requests tell about them, over restarts. */
void zt_seen_load(struct zt_hosted_member *member, const json_t *stored);
/* Its last request is to be stored: soon if it is news, else some time. */
void zt_seen_note(struct zt_controller *controller, struct zt_hosted_member *member, bool is_news);
/* Writes what is to be stored, or of that only the news, in one transaction of at most so many. False: there
   is more. */
bool zt_seen_save(struct zt_controller *controller, bool only_news, size_t most);

/* admin.c: the record, and what is known besides. docs/wire.md 18.9 */
json_t *zt_known_member_json(const struct zt_controller *controller,
                             const struct zt_hosted_member *member);

/* push.c: who has to be told what. */
void zt_push_member(struct zt_controller *controller, struct zt_hosted_member *member);
/* May the member have a configuration that it did not ask for? */
bool zt_push_is_due(const struct zt_hosted_member *member, int64_t now_ms);
void zt_push_network(struct zt_controller *controller, struct zt_hosted_network *network);
/* Lists who is revoked (target; 0: all members) and who is told. NULL: out of memory. Then nothing is
   sent, and certificates run out by age. */
struct zt_revoking *zt_push_list_revoked(struct zt_controller *controller,
                                         const struct zt_hosted_network *network, zt_address target,
                                         int64_t now_ms);
/* Takes the list; NULL is fine. */
void zt_push_revocation(struct zt_controller *controller, struct zt_revoking *revoking);
void zt_push_clear(struct zt_controller *controller);

/* What others and the member itself have to be told after its record changed. */
void zt_push_member_change(struct zt_controller *controller, struct zt_hosted_member *member,
                           bool was_authorized, bool was_bridge, int64_t now_ms);

/* Cuts off who was let in by a sign-on that has lapsed since. docs/wire.md 18.8 */
void zt_push_lapsed(struct zt_controller *controller, struct zt_hosted_network *network,
                    int64_t now_ms);

/* Tells again of those whose certificates may still be good: before a restart there may have been no time
   to tell. */
void zt_push_lately_revoked(struct zt_controller *controller, struct zt_hosted_network *network,
                            int64_t now_ms);

/* renew.c: brings the records of the first that wait for a push up to what their networks grant by now. */
void zt_renew_first(struct zt_controller *controller, int64_t now_ms);

/* decide.c: the error to answer a request with, 0 if the member is to have its configuration. Changes only
   next. */
uint8_t zt_decide_request(struct zt_controller *controller, struct zt_hosted_network *network,
                          struct zt_member_record *next, const struct zt_config_request *request,
                          const struct zt_dict *metadata, int64_t now_ms);
/* Must this member sign in (again) before it gets a configuration? */
bool zt_decide_is_lapsed(const struct zt_network_record *network,
                         const struct zt_member_record *member, int64_t now_ms);
/* What an authorised member is to have before a configuration is issued: addresses and
   default tags; and the default capabilities that come with its first authorisation. */
void zt_decide_grants(struct zt_controller *controller, struct zt_hosted_network *network,
                      struct zt_member_record *next);
void zt_decide_first_capabilities(const struct zt_network_record *network,
                                  struct zt_member_record *next);

#endif
