/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of membership: whose certificate agrees with whose, and what becomes of the credentials that a member shows one after another. */
#include "vectors_membership.h"

#include "vl2/member.h"
#include "vl2/revocation.h"

#include <stdlib.h>
#include <string.h>

static bool read_com(const json_t *entry, const char *key, struct zt_com *com)
{
    struct vectors_bytes bytes = vectors_bytes(entry, key);
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);

    zt_com_read(com, &in);
    return !in.failed;
}

const char *vectors_com_agreement(const json_t *root, const json_t *entry)
{
    struct zt_identity b_identity;
    struct zt_com a, b;

    (void)root;
    if (!read_com(entry, "a_bytes", &a) || !read_com(entry, "b_bytes", &b) ||
        !vectors_identity(json_object_get(entry, "b_identity"), &b_identity))
        return "refused";
    return zt_com_agrees(&a, &b, &b_identity) == vectors_true(entry, "a_agrees_with_b")
               ? NULL
               : "verdict differs";
}

enum outcome { NEW, REDUNDANT, REJECTED, UNKNOWN };

static const char *const outcomes[] = { "new", "redundant", "rejected", "unknown kind" };

struct lab {
    zt_nwid nwid;
    struct zt_identity controller, b;
    struct zt_config *config; /* of the member that judges */
    struct zt_members members;
    struct zt_member *member; /* B */
};

static enum outcome outcome_of(enum zt_drop reason)
{
    if (reason == ZT_DROP_NONE)
        return NEW;
    return reason == ZT_DROP_STALE ? REDUNDANT : REJECTED;
}

static enum outcome offer_com(struct lab *lab, struct zt_reader *in)
{
    struct zt_com com;
    bool known;

    zt_com_read(&com, in);
    if (in->failed || zt_com_nwid(&com) != lab->nwid ||
        zt_member_judge_com(lab->member, &com, &known) != ZT_DROP_NONE)
        return REJECTED;
    if (known)
        return REDUNDANT;
    if (zt_com_verify(&com, &lab->controller) != ZT_SIGNATURE_GOOD)
        return REJECTED;
    return outcome_of(zt_member_store_com(lab->member, &com));
}

static enum outcome offer_grant(struct lab *lab, enum zt_credential_type type, const void *grant,
                                enum zt_verdict_of_signature verdict)
{
    struct zt_wallet *wallet = zt_member_wallet(lab->member);
    struct zt_window window = zt_window_of(lab->config);
    bool known;

    if (zt_wallet_judge(wallet, type, grant, &known) != ZT_DROP_NONE)
        return REJECTED;
    if (known)
        return REDUNDANT;
    if (verdict != ZT_SIGNATURE_GOOD)
        return REJECTED;
    return outcome_of(zt_wallet_store(wallet, type, grant, &window));
}

static enum outcome offer_tag(struct lab *lab, struct zt_reader *in)
{
    struct zt_tag tag;

    zt_tag_read(&tag, in);
    return offer_grant(lab, ZT_CREDENTIAL_TAG, &tag, zt_tag_verify(&tag, &lab->controller));
}

static enum outcome offer_ownership(struct lab *lab, struct zt_reader *in)
{
    struct zt_ownership ownership;

    zt_ownership_read(&ownership, in);
    return offer_grant(lab, ZT_CREDENTIAL_OWNERSHIP, &ownership,
                       zt_ownership_verify(&ownership, &lab->controller));
}

static enum outcome offer_capability(struct lab *lab, struct zt_reader *in)
{
    const struct zt_identity *chain[ZT_MAX_CUSTODY] = { &lab->controller };
    struct zt_capability capability;

    zt_capability_read(&capability, in);
    return offer_grant(lab, ZT_CREDENTIAL_CAPABILITY, &capability,
                       zt_capability_verify(&capability, chain));
}

static enum outcome offer_revocation(struct lab *lab, struct zt_reader *in)
{
    struct zt_window window = zt_window_of(lab->config);
    struct zt_revocation revocation;
    enum outcome outcome;

    zt_revocation_read(&revocation, in);
    if (zt_revocation_verify(&revocation, &lab->controller) != ZT_SIGNATURE_GOOD ||
        revocation.type == ZT_CREDENTIAL_NULL || revocation.type >= ZT_CREDENTIAL_REVOCATION)
        return REJECTED;
    if (revocation.type == ZT_CREDENTIAL_COM)
        return outcome_of(zt_member_revoke_com(lab->member, revocation.threshold_ms));
    outcome =
        outcome_of(zt_wallet_revoke(zt_member_wallet(lab->member), revocation.type,
                                    revocation.credential_id, revocation.threshold_ms, &window));
    if (outcome == NEW)
        (void)zt_member_revoke_com(lab->member, revocation.threshold_ms);
    return outcome;
}

static enum outcome offer(struct lab *lab, const json_t *step)
{
    const char *credential = vectors_text(step, "credential");
    struct vectors_bytes bytes = vectors_bytes(step, "bytes");
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);

    if (strcmp(credential, "com") == 0)
        return offer_com(lab, &in);
    if (strcmp(credential, "tag") == 0)
        return offer_tag(lab, &in);
    if (strcmp(credential, "coo") == 0)
        return offer_ownership(lab, &in);
    if (strcmp(credential, "capability") == 0)
        return offer_capability(lab, &in);
    return strcmp(credential, "revocation") == 0 ? offer_revocation(lab, &in) : UNKNOWN;
}

/* The member whose name is prefix, something and suffix; that something goes to middle. NULL: none. */
static const json_t *find_member(const json_t *step, const char *prefix, const char *suffix,
                                 char middle[64])
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)step, key, value)
    {
        size_t length = strlen(key);
        size_t around = strlen(prefix) + strlen(suffix);

        if (length <= around || length - around >= 64 ||
            strncmp(key, prefix, strlen(prefix)) != 0 ||
            strcmp(key + length - strlen(suffix), suffix) != 0)
            continue;
        memcpy(middle, key + strlen(prefix), length - around);
        middle[length - around] = 0;
        return value;
    }
    return NULL;
}

/* b_tag_ID_after: the value of that tag, or null. */
static bool tag_is(const struct zt_wallet *wallet, const json_t *step)
{
    char id[64];
    const json_t *expected = find_member(step, "b_tag_", "_after", id);

    if (expected == NULL)
        return false;
    for (size_t i = 0; wallet != NULL && i < wallet->tags.valid; i++) {
        const struct zt_tag *tag = (const struct zt_tag *)wallet->tags.items + i;

        if (tag->id == strtoul(id, NULL, 10))
            return json_is_integer(expected) && json_integer_value(expected) == tag->value;
    }
    return json_is_null(expected);
}

/* b_owns_IP_after: whether it does. */
static bool ownership_is(const struct zt_wallet *wallet, const json_t *step)
{
    char text[64];
    const json_t *expected = find_member(step, "b_owns_", "_after", text);
    struct zt_endpoint ip;
    bool owns = false;

    if (!json_is_boolean(expected) || !zt_endpoint_parse(&ip, text, 0))
        return false;
    for (size_t i = 0; wallet != NULL && i < wallet->ownerships.valid; i++)
        owns =
            owns || zt_ownership_has_ip((const struct zt_ownership *)wallet->ownerships.items + i,
                                        ip.ip, zt_endpoint_ip_length(&ip));
    return owns == json_is_true(expected);
}

static const char *judge_step(struct lab *lab, const json_t *step)
{
    enum outcome outcome = offer(lab, step);

    if (strcmp(outcomes[outcome], vectors_text(step, "result")) != 0)
        return "result differs";
    if (zt_member_is_allowed(lab->member, lab->config, &lab->b) !=
        vectors_true(step, "b_allowed_on_network_after"))
        return "membership differs";
    if (!tag_is(lab->member->wallet, step))
        return "tag differs";
    return vectors_expect(ownership_is(lab->member->wallet, step), "ownership differs");
}

static bool set_up(struct lab *lab, const json_t *root, const json_t *entry)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "my_com_bytes");
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);

    lab->nwid = vectors_number(root, "network_id", 16);
    lab->config = zt_config_new();
    if (lab->config == NULL ||
        !vectors_identity(json_object_get(root, "controller_secret_string"), &lab->controller) ||
        !vectors_identity(json_object_get(root, "member_b_public_string"), &lab->b))
        return false;
    lab->config->nwid = lab->nwid;
    lab->config->issued_ms = vectors_integer(entry, "my_config_timestamp");
    lab->config->window_ms = vectors_integer(entry, "credential_time_max_delta");
    zt_com_read(&lab->config->com, &in);
    lab->member = zt_members_get(&lab->members, lab->b.address, false, 0);
    return lab->member != NULL && !in.failed;
}

static const char *check_sequence(const json_t *root, const json_t *entry)
{
    struct lab lab = { 0 };
    const char *wrong = set_up(&lab, root, entry) ? NULL : "no lab";
    const json_t *step;
    size_t index;

    json_array_foreach(json_object_get(entry, "steps"), index, step)
    {
        if (wrong == NULL)
            wrong = judge_step(&lab, step);
    }
    zt_members_clear(&lab.members);
    zt_config_free(lab.config);
    return wrong;
}

void vectors_membership_sequences(struct vectors_run *run, const json_t *root)
{
    vectors_each(run, root, "membership_sequences", check_sequence);
}
