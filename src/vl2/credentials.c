/* SPDX-License-Identifier: Apache-2.0 */
/* Judging credentials that others show: for a joined network, not outdated or revoked, well signed.
   */
#include "vl2/credentials.h"

#include "vl2/access.h"

static enum zt_drop conclude(enum zt_verdict_of_signature verdict)
{
    if (verdict == ZT_SIGNATURE_GOOD)
        return ZT_DROP_NONE;
    return verdict == ZT_SIGNATURE_BAD ? ZT_DROP_FORGED : ZT_DROP_DEFERRED;
}

enum zt_drop zt_credentials_offer_inline(struct zt_vl2 *vl2, const struct zt_com *com,
                                         zt_address from)
{
    struct zt_network *network = zt_network_find(vl2, zt_com_nwid(com));
    bool known = false;

    if (network == NULL)
        return ZT_DROP_NOT_JOINED;
    if (zt_member_judge_com(zt_members_find(&network->members, zt_com_member(com)), com, &known) !=
            ZT_DROP_NONE ||
        known)
        return ZT_DROP_STALE;
    if (!zt_senders_may_claim(&vl2->senders, from, zt_vl2_now_ms(vl2)))
        return ZT_DROP_RATE_LIMITED;
    return zt_credentials_offer_com(vl2, com);
}

/* Until our config is there nothing is valid; it is all judged again when the config comes. */
static struct zt_window window_of(const struct zt_network *network)
{
    return network->config == NULL ? (struct zt_window){ 0, 0 } : zt_window_of(network->config);
}

enum zt_drop zt_credentials_offer_com(struct zt_vl2 *vl2, const struct zt_com *com)
{
    zt_nwid nwid = zt_com_nwid(com);
    struct zt_network *network = zt_network_find(vl2, nwid);
    struct zt_member *member;
    enum zt_drop reason;
    bool known;

    if (network == NULL)
        return ZT_DROP_NOT_JOINED;
    if (zt_address_is_reserved(zt_com_member(com)))
        return ZT_DROP_MALFORMED;
    member = zt_members_find(&network->members, zt_com_member(com));
    reason = zt_member_judge_com(member, com, &known);
    if (reason != ZT_DROP_NONE || known)
        return reason;
    reason = conclude(zt_com_verify(com, zt_vl2_controller(vl2, nwid)));
    if (reason != ZT_DROP_NONE)
        return reason;
    member = zt_members_get(&network->members, zt_com_member(com), false, zt_vl2_now_ms(vl2));
    return member == NULL ? ZT_DROP_NO_MEMORY : zt_member_store_com(member, com);
}

/* The first identity that is missing in a capability's chain is asked for, but only if the links
   before it are good: else a stranger could make us look up whatever addresses it likes. */
static enum zt_drop verify_capability(struct zt_vl2 *vl2, const struct zt_capability *capability)
{
    const struct zt_identity *identities[ZT_MAX_CUSTODY] = { NULL };
    enum zt_verdict_of_signature verdict;
    size_t known = 0;

    for (; known < capability->custody_count; known++) {
        zt_address from = capability->custody[known].from;

        identities[known] =
            from == vl2->self ? zt_vl1_self(vl2->vl1) : zt_vl1_identity_of(vl2->vl1, from);
        if (identities[known] == NULL)
            break;
    }
    verdict = zt_capability_verify(capability, identities);
    if (verdict == ZT_SIGNATURE_UNKNOWN_SIGNER)
        zt_vl1_whois(vl2->vl1, capability->custody[known].from);
    return conclude(verdict);
}

/* What a tag, capability or certificate of ownership is about. */
struct grant {
    enum zt_credential_type type;
    const void *credential;
    zt_nwid nwid;
    zt_address member;
};

static enum zt_drop verify(struct zt_vl2 *vl2, const struct grant *grant)
{
    if (grant->type == ZT_CREDENTIAL_CAPABILITY)
        return verify_capability(vl2, grant->credential);
    if (grant->type == ZT_CREDENTIAL_TAG)
        return conclude(zt_tag_verify(grant->credential, zt_vl2_controller(vl2, grant->nwid)));
    return conclude(zt_ownership_verify(grant->credential, zt_vl2_controller(vl2, grant->nwid)));
}

static enum zt_drop offer_grant(struct zt_vl2 *vl2, const struct grant *grant)
{
    struct zt_network *network = zt_network_find(vl2, grant->nwid);
    const struct zt_member *held;
    struct zt_member *member;
    struct zt_wallet *wallet;
    struct zt_window window;
    enum zt_drop reason;
    bool known;

    if (network == NULL)
        return ZT_DROP_NOT_JOINED;
    if (zt_address_is_reserved(grant->member))
        return ZT_DROP_MALFORMED;
    held = zt_members_find(&network->members, grant->member);
    reason =
        zt_wallet_judge(held == NULL ? NULL : held->wallet, grant->type, grant->credential, &known);
    if (reason != ZT_DROP_NONE || known)
        return reason;
    reason = verify(vl2, grant);
    if (reason != ZT_DROP_NONE)
        return reason;
    member = zt_members_get(&network->members, grant->member, false, zt_vl2_now_ms(vl2));
    wallet = member == NULL ? NULL : zt_member_wallet(member);
    if (wallet == NULL)
        return ZT_DROP_NO_MEMORY;
    window = window_of(network);
    return zt_wallet_store(wallet, grant->type, grant->credential, &window);
}

/* Is this revocation's threshold in force already? */
static bool is_known(const struct zt_member *member, const struct zt_revocation *revocation)
{
    if (member == NULL)
        return false;
    if (revocation->type == ZT_CREDENTIAL_COM)
        return member->com_threshold_ms >= revocation->threshold_ms;
    return zt_wallet_threshold(member->wallet, revocation->type, revocation->credential_id) >=
           revocation->threshold_ms;
}

static enum zt_drop revoke(const struct zt_network *network, struct zt_member *member,
                           const struct zt_revocation *revocation)
{
    struct zt_window window = window_of(network);
    struct zt_wallet *wallet;
    enum zt_drop reason;

    if (revocation->type == ZT_CREDENTIAL_COM)
        return zt_member_revoke_com(member, revocation->threshold_ms);
    wallet = zt_member_wallet(member);
    if (wallet == NULL)
        return ZT_DROP_NO_MEMORY;
    reason = zt_wallet_revoke(wallet, revocation->type, revocation->credential_id,
                              revocation->threshold_ms, &window);
    /* The member is shut out until it shows a newer certificate; an old one must not revive. */
    if (reason == ZT_DROP_NONE)
        (void)zt_member_revoke_com(member, revocation->threshold_ms);
    return reason;
}

static void flood(struct zt_vl2 *vl2, const struct zt_network *network,
                  const struct zt_revocation *revocation, zt_address from)
{
    struct zt_member *member, *next;

    HASH_ITER(hh, network->members.table, member, next)
    if (member->address != from && member->address != revocation->signer &&
        member->address != vl2->self)
        zt_credentials_send_revocation(vl2, member->address, revocation);
}

enum zt_drop zt_credentials_offer_revocation(struct zt_vl2 *vl2,
                                             const struct zt_revocation *revocation,
                                             zt_address from)
{
    struct zt_network *network = zt_network_find(vl2, revocation->nwid);
    struct zt_member *member;
    enum zt_drop reason;

    if (network == NULL)
        return ZT_DROP_NOT_JOINED;
    if (revocation->type < ZT_CREDENTIAL_COM || revocation->type > ZT_CREDENTIAL_OWNERSHIP ||
        zt_address_is_reserved(revocation->target))
        return ZT_DROP_MALFORMED;
    /* Not judged any further, so it proves nothing about who brought it. */
    if (is_known(zt_members_find(&network->members, revocation->target), revocation))
        return ZT_DROP_STALE;
    reason = conclude(zt_revocation_verify(revocation, zt_vl2_controller(vl2, revocation->nwid)));
    if (reason != ZT_DROP_NONE)
        return reason;
    member = zt_members_get(&network->members, revocation->target, false, zt_vl2_now_ms(vl2));
    if (member == NULL)
        return ZT_DROP_NO_MEMORY;
    reason = revoke(network, member, revocation);
    if (reason == ZT_DROP_NONE && (revocation->flags & ZT_REVOCATION_FAST) != 0)
        flood(vl2, network, revocation, from);
    return reason;
}

/* What one packet's credentials came to. With vl2 NULL they are only read. */
struct tally {
    struct zt_vl2 *vl2;
    zt_address from;
    bool deferred;
    size_t accepted, others, revocations;
    enum zt_drop refused; /* why the first one was refused */
};

static void count(struct tally *tally, enum zt_drop reason)
{
    if (reason == ZT_DROP_NONE)
        tally->accepted++;
    else if (reason == ZT_DROP_DEFERRED)
        tally->deferred = true;
    else if (tally->refused == ZT_DROP_NONE)
        tally->refused = reason;
}

static void take_com(struct tally *tally, struct zt_reader *in)
{
    struct zt_com com = { 0 };

    zt_com_read(&com, in);
    tally->others++;
    if (tally->vl2 != NULL && !in->failed)
        count(tally, zt_credentials_offer_com(tally->vl2, &com));
}

static void take_grant(struct tally *tally, const struct grant *grant, const struct zt_reader *in)
{
    tally->others++;
    if (tally->vl2 != NULL && !in->failed)
        count(tally, offer_grant(tally->vl2, grant));
}

static void take_capability(struct tally *tally, struct zt_reader *in)
{
    struct zt_capability capability = { 0 };
    struct grant grant = { .type = ZT_CREDENTIAL_CAPABILITY, .credential = &capability };

    zt_capability_read(&capability, in);
    grant.nwid = capability.nwid;
    grant.member = zt_capability_member(&capability);
    take_grant(tally, &grant, in);
}

static void take_tag(struct tally *tally, struct zt_reader *in)
{
    struct zt_tag tag = { 0 };
    struct grant grant = { .type = ZT_CREDENTIAL_TAG, .credential = &tag };

    zt_tag_read(&tag, in);
    grant.nwid = tag.nwid;
    grant.member = tag.member;
    take_grant(tally, &grant, in);
}

static void take_ownership(struct tally *tally, struct zt_reader *in)
{
    struct zt_ownership ownership = { 0 };
    struct grant grant = { .type = ZT_CREDENTIAL_OWNERSHIP, .credential = &ownership };

    zt_ownership_read(&ownership, in);
    grant.nwid = ownership.nwid;
    grant.member = ownership.member;
    take_grant(tally, &grant, in);
}

static void take_revocation(struct tally *tally, struct zt_reader *in)
{
    struct zt_revocation revocation = { 0 };

    zt_revocation_read(&revocation, in);
    tally->revocations++;
    if (tally->vl2 != NULL && !in->failed)
        count(tally, zt_credentials_offer_revocation(tally->vl2, &revocation, tally->from));
}

/* COMs, 0, then four counted lists; may end after any part. docs/wire.md 13.9. */
static void walk(struct tally *tally, struct zt_reader *in)
{
    static void (*const takers[])(struct tally *, struct zt_reader *) = { take_capability, take_tag,
                                                                          take_revocation,
                                                                          take_ownership };

    while (zt_reader_left(in) > 0 && *in->at != 0 && !in->failed)
        take_com(tally, in);
    if (zt_reader_left(in) > 0)
        (void)zt_read_u8(in);
    for (size_t i = 0; i < sizeof takers / sizeof takers[0] && zt_reader_left(in) > 0; i++)
        for (unsigned left = zt_read_u16(in); left > 0 && !in->failed; left--)
            takers[i](tally, in);
}

enum zt_drop zt_credentials_receive(struct zt_vl2 *vl2, struct zt_inbound *in)
{
    struct zt_reader reader = zt_reader_of(in->payload, in->length);
    struct tally dry = { .vl2 = NULL }, tally = { .vl2 = vl2, .from = in->source };

    walk(&dry, &reader);
    if (reader.failed)
        return ZT_DROP_TRUNCATED;
    /* A packet that waited for an identity passed its limit when it came. */
    if (!in->retried &&
        !zt_senders_allow(&vl2->senders, in->source, dry.others == 0, zt_vl2_now_ms(vl2)))
        return ZT_DROP_RATE_LIMITED;
    reader = zt_reader_of(in->payload, in->length);
    walk(&tally, &reader);
    if (tally.accepted > 0) {
        in->trusted = true;
        zt_vl1_retry_soon(vl2->vl1);
    }
    if (tally.deferred)
        return ZT_DROP_DEFERRED;
    return tally.accepted > 0 ? ZT_DROP_NONE : tally.refused;
}
