/* SPDX-License-Identifier: Apache-2.0 */
/* Capabilities: extra rules for one member, with their chain of custody. docs/wire.md 13.5. */
#include "vl2/grants.h"

#include "vl2/rules_codec.h"
#include "vl2/signing.h"

#include <assert.h>
#include <string.h>

#define SIGNED_SIZE (8 + 22 + ZT_MAX_RULE_SIZE * ZT_MAX_CAPABILITY_RULES + 1 + 2 + 8)

static void write_body(const struct zt_capability *capability, struct zt_writer *out)
{
    zt_write_u64(out, capability->nwid);
    zt_write_u64(out, (uint64_t)capability->issued_ms);
    zt_write_u32(out, capability->id);
    zt_write_u16(out, (uint16_t)capability->rule_count);
    zt_rules_write(capability->rules, capability->rule_count, out);
    zt_write_u8(out, capability->max_custody);
}

/* Every link of the chain signs these same bytes; the chain itself is not among them. */
static void write_message(const struct zt_capability *capability, struct zt_writer *out)
{
    zt_signing_mark(out);
    write_body(capability, out);
    zt_extension_write(out);
    zt_signing_mark(out);
}

static void read_custody(struct zt_capability *capability, struct zt_reader *in)
{
    for (;;) {
        zt_address to = zt_read_u40(in);
        struct zt_custody *link;

        if (to == 0)
            return;
        if (capability->custody_count == capability->max_custody) {
            in->failed = true;
            return;
        }
        link = &capability->custody[capability->custody_count++];
        link->to = to;
        link->from = zt_read_u40(in);
        zt_signature_read(link->signature, in);
    }
}

/* nwid(8) issued(8) id(4) count(2) rules, max_custody(1), links of to(5) from(5) signature block,
   zero address(5), extension */
void zt_capability_read(struct zt_capability *capability, struct zt_reader *in)
{
    size_t count;

    memset(capability, 0, sizeof *capability);
    capability->nwid = zt_read_u64(in);
    capability->issued_ms = (int64_t)zt_read_u64(in);
    capability->id = zt_read_u32(in);
    count = zt_read_u16(in);
    if (count > ZT_MAX_CAPABILITY_RULES) {
        in->failed = true;
        return;
    }
    capability->rule_count = zt_rules_read(capability->rules, ZT_MAX_CAPABILITY_RULES, count, in);
    capability->max_custody = zt_read_u8(in);
    if (capability->max_custody == 0 || capability->max_custody > ZT_MAX_CUSTODY) {
        in->failed = true;
        return;
    }
    read_custody(capability, in);
    zt_extension_read(in);
}

void zt_capability_write(const struct zt_capability *capability, struct zt_writer *out)
{
    assert(capability->rule_count <= ZT_MAX_CAPABILITY_RULES);
    assert(capability->custody_count <= ZT_MAX_CUSTODY);

    write_body(capability, out);
    for (size_t i = 0; i < capability->custody_count; i++) {
        zt_write_u40(out, capability->custody[i].to);
        zt_write_u40(out, capability->custody[i].from);
        zt_signature_write(capability->custody[i].signature, out);
    }
    zt_write_u40(out, 0);
    zt_extension_write(out);
}

void zt_capability_sign(struct zt_capability *capability, const struct zt_identity *controller,
                        zt_address member)
{
    uint8_t bytes[SIGNED_SIZE];
    struct zt_writer message = zt_writer_of(bytes, sizeof bytes);

    assert(controller->has_secret && member != 0);

    capability->max_custody = 1;
    capability->custody_count = 1;
    capability->custody[0].to = member;
    capability->custody[0].from = controller->address;
    write_message(capability, &message);
    zt_identity_sign(capability->custody[0].signature, controller, bytes,
                     zt_writer_length(&message));
}

zt_address zt_capability_member(const struct zt_capability *capability)
{
    if (capability->custody_count == 0)
        return 0;
    return capability->custody[capability->custody_count - 1].to;
}

static bool links_equal(const struct zt_custody *a, const struct zt_custody *b)
{
    return a->to == b->to && a->from == b->from &&
           memcmp(a->signature, b->signature, sizeof a->signature) == 0;
}

bool zt_capability_equal(const struct zt_capability *a, const struct zt_capability *b)
{
    if (a->nwid != b->nwid || a->issued_ms != b->issued_ms || a->id != b->id ||
        a->rule_count != b->rule_count || a->max_custody != b->max_custody ||
        a->custody_count != b->custody_count)
        return false;
    for (size_t i = 0; i < a->custody_count; i++)
        if (!links_equal(&a->custody[i], &b->custody[i]))
            return false;
    return zt_rules_equal(a->rules, b->rules, a->rule_count);
}

/* From the controller, hand to hand, no longer than allowed. */
static bool is_unbroken(const struct zt_capability *capability)
{
    zt_address holder = zt_nwid_controller(capability->nwid);

    if (capability->custody_count == 0 || capability->custody_count > capability->max_custody)
        return false;
    for (size_t i = 0; i < capability->custody_count; i++) {
        if (capability->custody[i].from != holder)
            return false;
        holder = capability->custody[i].to;
    }
    return true;
}

enum zt_verdict_of_signature zt_capability_verify(const struct zt_capability *capability,
                                                  const struct zt_identity *const *identities)
{
    uint8_t bytes[SIGNED_SIZE];
    struct zt_writer message = zt_writer_of(bytes, sizeof bytes);

    if (!is_unbroken(capability))
        return ZT_SIGNATURE_BAD;
    write_message(capability, &message);
    assert(!message.failed);
    for (size_t i = 0; i < capability->custody_count; i++) {
        const struct zt_custody *link = &capability->custody[i];

        if (identities[i] == NULL)
            return ZT_SIGNATURE_UNKNOWN_SIGNER;
        if (identities[i]->address != link->from ||
            !zt_identity_verify(identities[i], bytes, zt_writer_length(&message), link->signature))
            return ZT_SIGNATURE_BAD;
    }
    return ZT_SIGNATURE_GOOD;
}
