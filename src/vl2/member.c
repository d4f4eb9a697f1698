/* SPDX-License-Identifier: Apache-2.0 */
/* Members: their certificate of membership, the verdict that follows from it, and their table. */
#include "vl2/member.h"

#include <assert.h>
#include <utlist.h>

#define MEMBER_LIFE_MS 600000 /* without traffic and credentials */
#define DEMANDS_PER_SECOND 1
#define DEMANDS_AT_ONCE 10 /* of our credentials, by a member that starts anew each time */
#define MAX_LOOKS 64       /* for a member to give way */

static void free_member(struct zt_member *member)
{
    zt_free(member->com);
    zt_wallet_free(member->wallet);
    zt_free(member);
}

static void remove_member(struct zt_members *members, struct zt_member *member)
{
    DL_DELETE(members->silent, member);
    HASH_DEL(members->table, member);
    free_member(member);
}

void zt_members_clear(struct zt_members *members)
{
    struct zt_member *member, *next;

    HASH_ITER(hh, members->table, member, next)
    remove_member(members, member);
}

struct zt_member *zt_members_find(const struct zt_members *members, zt_address address)
{
    struct zt_member *member;

    HASH_FIND(hh, members->table, &address, sizeof address, member);
    return member;
}

/* The longest silent of whom nothing was shown or revoked, if there is one among the first: a scan of
   made-up addresses by the host must not bring a revoked certificate back to life, nor cost a look at
   everyone. */
static void evict_one(struct zt_members *members)
{
    struct zt_member *victim = members->silent, *member = members->silent;

    for (size_t i = 0; i < MAX_LOOKS && member != NULL; i++, member = member->next) {
        if (member->com != NULL || member->wallet != NULL || member->com_threshold_ms != 0)
            continue;
        victim = member;
        break;
    }
    remove_member(members, victim);
}

struct zt_member *zt_members_get(struct zt_members *members, zt_address address, bool stranger,
                                 int64_t now_ms)
{
    struct zt_member *member = zt_members_find(members, address);

    if (member != NULL) {
        member->active_ms = now_ms;
        DL_DELETE(members->silent, member);
        DL_APPEND(members->silent, member);
        return member;
    }
    /* A stranger must not push out a member, nor make us look through all of them. */
    if (HASH_COUNT(members->table) >= ZT_MAX_MEMBERS && stranger)
        return NULL;
    member = zt_alloc(sizeof *member);
    if (member == NULL)
        return NULL;
    if (HASH_COUNT(members->table) >= ZT_MAX_MEMBERS)
        evict_one(members);
    member->address = address;
    member->active_ms = now_ms;
    member->pushed_ms = ZT_NEVER_MS;
    member->announced_ms = ZT_NEVER_MS;
    member->refused_ms = ZT_NEVER_MS;
    zt_rate_init(&member->demands, DEMANDS_PER_SECOND, DEMANDS_AT_ONCE, now_ms);
    HASH_ADD(hh, members->table, address, sizeof member->address, member);
    if (member->hh.tbl == NULL) {
        free_member(member);
        return NULL;
    }
    DL_APPEND(members->silent, member);
    return member;
}

void zt_members_refresh(struct zt_members *members, const struct zt_config *config)
{
    struct zt_window window = zt_window_of(config);
    struct zt_member *member, *next;

    HASH_ITER(hh, members->table, member, next)
    {
        member->agreement = ZT_AGREEMENT_UNKNOWN;
        if (member->wallet != NULL)
            zt_wallet_refresh(member->wallet, &window);
    }
}

/* Neither a certificate nor a threshold that old can matter again: both only get older. */
static bool is_past(int64_t issued_ms, const struct zt_config *config)
{
    return issued_ms < config->issued_ms &&
           (uint64_t)config->issued_ms - (uint64_t)issued_ms > (uint64_t)config->window_ms;
}

static void clean_member(struct zt_member *member, const struct zt_config *config)
{
    struct zt_window window = zt_window_of(config);

    if (member->wallet != NULL && zt_wallet_clean(member->wallet, &window)) {
        zt_wallet_free(member->wallet);
        member->wallet = NULL;
    }
    if (member->com != NULL && is_past(zt_com_issued_ms(member->com), config)) {
        zt_free(member->com);
        member->com = NULL;
        member->agreement = ZT_AGREEMENT_UNKNOWN;
    }
    if (is_past(member->com_threshold_ms, config))
        member->com_threshold_ms = 0;
}

void zt_members_clean(struct zt_members *members, const struct zt_config *config, int64_t now_ms)
{
    struct zt_member *member, *next;

    HASH_ITER(hh, members->table, member, next)
    {
        clean_member(member, config);
        if (member->com == NULL && member->wallet == NULL && member->com_threshold_ms == 0 &&
            now_ms - member->active_ms >= MEMBER_LIFE_MS)
            remove_member(members, member);
    }
}

static bool agrees(struct zt_member *member, const struct zt_config *config,
                   const struct zt_identity *identity)
{
    if (member->com == NULL || zt_com_issued_ms(member->com) <= member->com_threshold_ms)
        return false;
    return zt_com_agrees(&config->com, member->com, identity);
}

bool zt_member_is_allowed(struct zt_member *member, const struct zt_config *config,
                          const struct zt_identity *identity)
{
    assert(identity->address == member->address);
    if (config->is_public)
        return true;
    /* Agreement hashes the identity: found once, then remembered with the key it was found for. */
    if (member->agreement == ZT_AGREEMENT_UNKNOWN ||
        memcmp(&member->agreed_key, &identity->key, sizeof identity->key) != 0) {
        member->agreement = agrees(member, config, identity) ? ZT_AGREEMENT_YES : ZT_AGREEMENT_NO;
        member->agreed_key = identity->key;
    }
    return member->agreement == ZT_AGREEMENT_YES;
}

enum zt_drop zt_member_judge_com(const struct zt_member *member, const struct zt_com *com,
                                 bool *known)
{
    int64_t issued_ms = zt_com_issued_ms(com);

    *known = false;
    if (issued_ms <= (member == NULL ? 0 : member->com_threshold_ms))
        return ZT_DROP_REVOKED;
    if (member == NULL || member->com == NULL)
        return ZT_DROP_NONE;
    if (issued_ms < zt_com_issued_ms(member->com))
        return ZT_DROP_STALE;
    *known = zt_com_equal(com, member->com);
    return ZT_DROP_NONE;
}

enum zt_drop zt_member_store_com(struct zt_member *member, const struct zt_com *com)
{
    assert(zt_com_member(com) == member->address);
    if (member->com == NULL)
        member->com = zt_alloc(sizeof *member->com);
    if (member->com == NULL)
        return ZT_DROP_NO_MEMORY;
    *member->com = *com;
    member->agreement = ZT_AGREEMENT_UNKNOWN;
    return ZT_DROP_NONE;
}

enum zt_drop zt_member_revoke_com(struct zt_member *member, int64_t threshold_ms)
{
    if (threshold_ms <= member->com_threshold_ms)
        return ZT_DROP_STALE;
    member->com_threshold_ms = threshold_ms;
    member->agreement = ZT_AGREEMENT_UNKNOWN;
    return ZT_DROP_NONE;
}

struct zt_wallet *zt_member_wallet(struct zt_member *member)
{
    if (member->wallet == NULL)
        member->wallet = zt_wallet_new();
    return member->wallet;
}
