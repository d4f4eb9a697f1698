/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors of credentials: their bytes, what was signed, who is believed, who agrees with whom. */
#include "vectors_grants.h"
#include "vectors_membership.h"

#include "vl2/revocation.h"

#include <string.h>

#define MARK UINT64_C(0x7f7f7f7f7f7f7f7f)
#define CAPABILITY_RULES_AT 22
#define SIGNATURE_BLOCK (1 + 2 + ZT_SIGNATURE_SIZE)

static const char *const verdicts[] = {
    [ZT_SIGNATURE_GOOD] = "ok",
    [ZT_SIGNATURE_BAD] = "bad",
    [ZT_SIGNATURE_UNKNOWN_SIGNER] = "needs_whois",
};

/* The judge of these cases knows the controller and B, and nobody else. */
static bool find_identity(const json_t *root, zt_address address, struct zt_identity *identity)
{
    return (vectors_identity(json_object_get(root, "controller_secret_string"), identity) &&
            identity->address == address) ||
           (vectors_identity(json_object_get(root, "member_b_public_string"), identity) &&
            identity->address == address);
}

static const struct zt_identity *known(const json_t *root, zt_address address,
                                       struct zt_identity *storage)
{
    return find_identity(root, address, storage) ? storage : NULL;
}

/* Secrets of the controller and of the second signer are in the file. */
static bool find_signer(const json_t *root, const json_t *entry, struct zt_identity *signer)
{
    zt_address address = vectors_number(entry, "signed_by", 10);

    return (vectors_identity(json_object_get(root, "controller_secret_string"), signer) &&
            signer->address == address) ||
           (vectors_identity(json_object_get(root, "other_signer_secret_string"), signer) &&
            signer->address == address);
}

/* Is the recorded signature that of its signer over the recorded bytes? Signing is deterministic: then
   ours is the same. */
static bool is_honest(const json_t *entry, const struct zt_identity *signer,
                      const uint8_t signature[ZT_SIGNATURE_SIZE])
{
    struct vectors_bytes data = vectors_bytes(entry, "signed_data");

    return zt_verify(&signer->key, data.at, data.length, signature);
}

/* Is signed_data the bytes without those from cut on, between two marks? Two bytes follow what is cut. */
static bool is_framed(const json_t *entry, struct vectors_bytes bytes, size_t cut)
{
    uint8_t *expected = vectors_scratch(cut + 18);
    struct zt_writer out = zt_writer_of(expected, cut + 18);

    if (cut + 2 > bytes.length)
        return false;
    zt_write_u64(&out, MARK);
    zt_write_copy(&out, bytes.at, cut);
    zt_write_copy(&out, bytes.at + bytes.length - 2, 2);
    zt_write_u64(&out, MARK);
    return vectors_same(vectors_bytes(entry, "signed_data"), expected, cut + 18);
}

/* So far as most credentials go: type, length and signature stand before the last two bytes. */
static bool is_framed_without_signature(const json_t *entry, struct vectors_bytes bytes)
{
    return bytes.length >= SIGNATURE_BLOCK + 2 &&
           is_framed(entry, bytes, bytes.length - 2 - SIGNATURE_BLOCK);
}

static bool verdict_is(enum zt_verdict_of_signature verdict, const json_t *entry)
{
    return strcmp(verdicts[verdict], vectors_text(entry, "verify")) == 0;
}

static bool written_is(const struct zt_writer *out, const json_t *entry)
{
    return !out->failed &&
           vectors_same(vectors_bytes(entry, "bytes"), out->start, zt_writer_length(out));
}

static struct zt_writer scratch_for(struct vectors_bytes bytes)
{
    return zt_writer_of(vectors_scratch(bytes.length), bytes.length);
}

/* Left out where there is none. */
static bool has_signature(const json_t *entry, const struct zt_com *com)
{
    if (json_object_get(entry, "signature") == NULL)
        return true;
    return com->signer != 0 &&
           vectors_same(vectors_bytes(entry, "signature"), com->signature, sizeof com->signature);
}

/* Only the qualifiers are signed, without marks. */
static bool is_com_signed_over(const json_t *entry, struct vectors_bytes bytes, size_t count)
{
    return vectors_same(vectors_bytes(entry, "signed_data"), bytes.at + 3, 24 * count);
}

static const char *check_com(const json_t *root, const json_t *entry)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "bytes");
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);
    struct zt_writer out = scratch_for(bytes);
    struct zt_writer again = scratch_for(bytes);
    struct zt_identity storage, signer;
    struct zt_com com;

    zt_com_read(&com, &in);
    if (in.failed || zt_reader_left(&in) > 0)
        return "refused";
    if (!vectors_qualifiers_are(&com, json_object_get(entry, "qualifiers")) ||
        com.signer != vectors_number(entry, "signed_by", 10) || !has_signature(entry, &com))
        return "fields differ";
    if (!is_com_signed_over(entry, bytes, com.count))
        return "signed bytes differ";
    zt_com_write(&com, &out);
    if (!written_is(&out, entry))
        return "written differently";
    if (!verdict_is(
            zt_com_verify(&com, known(root, zt_nwid_controller(zt_com_nwid(&com)), &storage)),
            entry))
        return "verdict differs";
    if (!find_signer(root, entry, &signer) || !is_honest(entry, &signer, com.signature))
        return vectors_expect(strcmp(vectors_text(entry, "verify"), "ok") != 0, "not honest");
    zt_com_sign(&com, &signer);
    zt_com_write(&com, &again);
    return written_is(&again, entry) ? NULL : "signed differently";
}

static const char *check_com_parse(const json_t *root, const json_t *entry)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "bytes");
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);
    struct zt_com com;

    (void)root;
    zt_com_read(&com, &in);
    if (in.failed == vectors_true(entry, "ok"))
        return "verdict differs";
    if (in.failed || json_object_get(entry, "qualifiers") == NULL)
        return NULL;
    return vectors_expect(vectors_qualifiers_are(&com, json_object_get(entry, "qualifiers")),
                          "qualifiers differ");
}

static const char *check_tag(const json_t *root, const json_t *entry)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "bytes");
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);
    struct zt_writer out = scratch_for(bytes);
    struct zt_writer again = scratch_for(bytes);
    struct zt_identity storage, signer;
    struct zt_tag tag;

    zt_tag_read(&tag, &in);
    if (in.failed || zt_reader_left(&in) > 0)
        return "refused";
    if (tag.nwid != vectors_number(entry, "network_id", 16) ||
        tag.issued_ms != vectors_integer(entry, "timestamp") ||
        tag.id != vectors_integer(entry, "id") || tag.value != vectors_integer(entry, "value") ||
        tag.member != vectors_number(entry, "issued_to", 10) ||
        tag.signer != vectors_number(entry, "signed_by", 10))
        return "fields differ";
    if (!is_framed_without_signature(entry, bytes))
        return "signed bytes differ";
    zt_tag_write(&tag, &out);
    if (!written_is(&out, entry))
        return "written differently";
    if (!verdict_is(zt_tag_verify(&tag, known(root, zt_nwid_controller(tag.nwid), &storage)),
                    entry))
        return "verdict differs";
    if (!find_signer(root, entry, &signer) || !is_honest(entry, &signer, tag.signature))
        return vectors_expect(strcmp(vectors_text(entry, "verify"), "ok") != 0, "not honest");
    zt_tag_sign(&tag, &signer);
    zt_tag_write(&tag, &again);
    return written_is(&again, entry) ? NULL : "signed differently";
}

static bool owns_as_recorded(const struct zt_ownership *ownership, const json_t *list)
{
    const json_t *entry;
    size_t index;

    json_array_foreach(list, index, entry)
    {
        const char *mac_text = json_string_value(json_object_get(entry, "mac"));
        bool owns = vectors_true(entry, "owns");
        struct zt_endpoint ip;
        struct zt_mac mac;

        if (mac_text != NULL) {
            if (!zt_mac_parse(&mac, mac_text) || zt_ownership_has_mac(ownership, mac) != owns)
                return false;
        } else if (!zt_endpoint_parse(&ip, vectors_text(entry, "ip"), 0) ||
                   zt_ownership_has_ip(ownership, ip.ip, zt_endpoint_ip_length(&ip)) != owns) {
            return false;
        }
    }
    return true;
}

static const char *check_ownership(const json_t *root, const json_t *entry)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "bytes");
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);
    struct zt_writer out = scratch_for(bytes);
    struct zt_writer again = scratch_for(bytes);
    struct zt_identity storage, signer;
    struct zt_ownership ownership;

    zt_ownership_read(&ownership, &in);
    if (in.failed || zt_reader_left(&in) > 0)
        return "refused";
    if (ownership.nwid != vectors_number(entry, "network_id", 16) ||
        ownership.signer != vectors_number(entry, "signed_by", 10) ||
        ownership.issued_ms != vectors_integer(entry, "timestamp") ||
        ownership.flags != vectors_number(entry, "flags", 16) ||
        ownership.id != vectors_integer(entry, "id") ||
        ownership.member != vectors_number(entry, "issued_to", 10) ||
        !vectors_things_are(&ownership, json_object_get(entry, "things")))
        return "fields differ";
    if (!is_framed_without_signature(entry, bytes))
        return "signed bytes differ";
    if (!owns_as_recorded(&ownership, json_object_get(entry, "ownership")))
        return "ownership differs";
    zt_ownership_write(&ownership, &out);
    if (!written_is(&out, entry))
        return "written differently";
    if (!verdict_is(zt_ownership_verify(&ownership,
                                        known(root, zt_nwid_controller(ownership.nwid), &storage)),
                    entry))
        return "verdict differs";
    if (!find_signer(root, entry, &signer) || !is_honest(entry, &signer, ownership.signature))
        return vectors_expect(strcmp(vectors_text(entry, "verify"), "ok") != 0, "not honest");
    zt_ownership_sign(&ownership, &signer);
    zt_ownership_write(&ownership, &again);
    return written_is(&again, entry) ? NULL : "signed differently";
}

static bool custody_is(const struct zt_capability *capability, const json_t *list)
{
    if (json_array_size(list) != capability->custody_count)
        return false;
    for (size_t i = 0; i < capability->custody_count; i++) {
        const struct zt_custody *link = &capability->custody[i];
        const json_t *entry = json_array_get(list, i);

        if (link->to != vectors_number(entry, "to", 10) ||
            link->from != vectors_number(entry, "from", 10) ||
            !vectors_same(vectors_bytes(entry, "signature"), link->signature,
                          sizeof link->signature))
            return false;
    }
    return true;
}

static enum zt_verdict_of_signature verify_chain(const json_t *root,
                                                 const struct zt_capability *capability)
{
    struct zt_identity storage[ZT_MAX_CUSTODY];
    const struct zt_identity *identities[ZT_MAX_CUSTODY];

    for (size_t i = 0; i < capability->custody_count; i++)
        identities[i] = known(root, capability->custody[i].from, &storage[i]);
    return zt_capability_verify(capability, identities);
}

static const char *check_capability_rules(const json_t *entry,
                                          const struct zt_capability *capability,
                                          struct vectors_bytes bytes)
{
    struct vectors_bytes rules = vectors_bytes(entry, "rules_bytes");

    if (bytes.length < CAPABILITY_RULES_AT + rules.length ||
        memcmp(bytes.at + CAPABILITY_RULES_AT, rules.at, rules.length) != 0 ||
        !vectors_rules_are(json_object_get(entry, "rules_json"), capability->rules,
                           capability->rule_count))
        return "rules differ";
    return vectors_expect(is_framed(entry, bytes, CAPABILITY_RULES_AT + rules.length + 1),
                          "signed bytes differ");
}

static const char *check_capability(const json_t *root, const json_t *entry)
{
    const char *wrong;
    struct vectors_bytes bytes = vectors_bytes(entry, "bytes");
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);
    struct zt_writer out = scratch_for(bytes);
    struct zt_writer again = scratch_for(bytes);
    struct zt_identity controller;
    struct zt_capability capability;

    zt_capability_read(&capability, &in);
    if (in.failed || zt_reader_left(&in) > 0)
        return "refused";
    if (capability.nwid != vectors_number(entry, "network_id", 16) ||
        capability.issued_ms != vectors_integer(entry, "timestamp") ||
        capability.id != vectors_integer(entry, "id") ||
        capability.max_custody != vectors_integer(entry, "max_custody_chain_length") ||
        (int64_t)capability.rule_count != vectors_integer(entry, "rule_count") ||
        zt_capability_member(&capability) != vectors_number(entry, "issued_to", 10) ||
        !custody_is(&capability, json_object_get(entry, "custody")))
        return "fields differ";
    wrong = check_capability_rules(entry, &capability, bytes);
    if (wrong != NULL)
        return wrong;
    zt_capability_write(&capability, &out);
    if (!written_is(&out, entry))
        return "written differently";
    if (!verdict_is(verify_chain(root, &capability), entry))
        return "verdict differs";
    if (strcmp(vectors_text(entry, "verify"), "ok") != 0 || capability.max_custody != 1)
        return NULL;
    if (!find_identity(root, capability.custody[0].from, &controller))
        return "no controller";
    zt_capability_sign(&capability, &controller, zt_capability_member(&capability));
    zt_capability_write(&capability, &again);
    return written_is(&again, entry) ? NULL : "signed differently";
}

static const char *check_revocation(const json_t *root, const json_t *entry)
{
    struct vectors_bytes bytes = vectors_bytes(entry, "bytes");
    struct zt_reader in = zt_reader_of(bytes.at, bytes.length);
    struct zt_writer out = scratch_for(bytes);
    struct zt_writer again = scratch_for(bytes);
    struct zt_identity storage, signer;
    struct zt_revocation revocation;

    zt_revocation_read(&revocation, &in);
    if (in.failed || zt_reader_left(&in) > 0)
        return "refused";
    if (revocation.id != vectors_integer(entry, "id") ||
        revocation.nwid != vectors_number(entry, "network_id", 16) ||
        revocation.credential_id != vectors_integer(entry, "credential_id") ||
        revocation.threshold_ms != vectors_integer(entry, "threshold") ||
        revocation.flags != vectors_number(entry, "flags", 16) ||
        revocation.target != vectors_number(entry, "target", 10) ||
        revocation.type != vectors_integer(entry, "credential_type") ||
        revocation.signer != vectors_number(entry, "signed_by", 10) ||
        ((revocation.flags & ZT_REVOCATION_FAST) != 0) != vectors_true(entry, "fast_propagate"))
        return "fields differ";
    if (!is_framed_without_signature(entry, bytes))
        return "signed bytes differ";
    zt_revocation_write(&revocation, &out);
    if (!written_is(&out, entry))
        return "written differently";
    if (!verdict_is(zt_revocation_verify(
                        &revocation, known(root, zt_nwid_controller(revocation.nwid), &storage)),
                    entry))
        return "verdict differs";
    if (!find_signer(root, entry, &signer) || !is_honest(entry, &signer, revocation.signature))
        return vectors_expect(strcmp(vectors_text(entry, "verify"), "ok") != 0, "not honest");
    zt_revocation_sign(&revocation, &signer);
    zt_revocation_write(&revocation, &again);
    return written_is(&again, entry) ? NULL : "signed differently";
}

void vectors_credentials(struct vectors_run *run, const json_t *root)
{
    vectors_identity_strings(run, root);
    vectors_each(run, root, "com", check_com);
    vectors_each(run, root, "com_parse", check_com_parse);
    vectors_each(run, root, "com_agreement", vectors_com_agreement);
    vectors_each(run, root, "tag", check_tag);
    vectors_each(run, root, "coo", check_ownership);
    vectors_each(run, root, "capability", check_capability);
    vectors_each(run, root, "revocation", check_revocation);
    vectors_each(run, root, "network_credentials_payloads", vectors_credentials_payload);
    vectors_membership_sequences(run, root);
}
