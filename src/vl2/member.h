/* SPDX-License-Identifier: Apache-2.0 */
/* What we know of a remote member of a network, and whether it may take part. docs/wire.md 13. */
#ifndef ZT_VL2_MEMBER_H
#define ZT_VL2_MEMBER_H

#include "base/rate.h"
#include "base/table.h"
#include "vl2/config.h"
#include "vl2/wallet.h"

struct zt_member {
    zt_address address;
    int64_t active_ms;       /* last had to do with it */
    int64_t pushed_ms;       /* our credentials sent to it */
    struct zt_rate demands;  /* of our credentials: it started anew and has none */
    int64_t announced_ms;    /* our groups sent to it */
    int64_t refused_ms;      /* told that we need its certificate */
    unsigned pushed_install; /* which install's credentials it got; 0: none */
    struct zt_com *com;      /* owned; NULL: none shown */
    int64_t com_threshold_ms;
    struct zt_wallet *wallet; /* owned; NULL: empty */
    enum zt_agreement { ZT_AGREEMENT_UNKNOWN, ZT_AGREEMENT_NO, ZT_AGREEMENT_YES } agreement;
    struct zt_public_key agreed_key; /* for which agreement was found */
    struct zt_member *prev, *next;   /* in order of activity */
    UT_hash_handle hh;
};

/* In order of creation. Zeroed is empty. */
struct zt_members {
    struct zt_member *table;
    struct zt_member *silent; /* utlist: head is the longest silent one */
};

void zt_members_clear(struct zt_members *members);
struct zt_member *zt_members_find(const struct zt_members *members, zt_address address);
/* Found or made. NULL when out of memory, or full and a stranger (anyone who proved nothing) asks.
   */
struct zt_member *zt_members_get(struct zt_members *members, zt_address address, bool stranger,
                                 int64_t now_ms);
/* Our config changed: judge everyone anew. */
void zt_members_refresh(struct zt_members *members, const struct zt_config *config);
/* Forgets what is too old to matter, and members of whom nothing is left. */
void zt_members_clean(struct zt_members *members, const struct zt_config *config, int64_t now_ms);

/* May this member take part, shown by packets of this identity? docs/wire.md 13.2. */
bool zt_member_is_allowed(struct zt_member *member, const struct zt_config *config,
                          const struct zt_identity *identity);
/* Would this certificate be stored if its signature is good? member may be NULL. docs/wire.md 13.8.
   */
enum zt_drop zt_member_judge_com(const struct zt_member *member, const struct zt_com *com,
                                 bool *known);
enum zt_drop zt_member_store_com(struct zt_member *member, const struct zt_com *com);
/* Certificates up to threshold_ms are void. STALE: they were before. */
enum zt_drop zt_member_revoke_com(struct zt_member *member, int64_t threshold_ms);
/* The wallet, made if there is none; NULL when out of memory. */
struct zt_wallet *zt_member_wallet(struct zt_member *member);

static inline struct zt_window zt_window_of(const struct zt_config *config)
{
    return (struct zt_window){ config->issued_ms, config->window_ms };
}

#endif
