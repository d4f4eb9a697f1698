/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of ownership: these IP and MAC addresses belong to this member. docs/wire.md
   13.4. */
#include "vl2/grants.h"

#include "vl2/signing.h"

#include <assert.h>
#include <string.h>

#define SIGNED_SIZE (8 + 40 + 17 * ZT_MAX_OWNED_THINGS + 2 + 8)

static void write_body(const struct zt_ownership *ownership, struct zt_writer *out)
{
    zt_write_u64(out, ownership->nwid);
    zt_write_u64(out, (uint64_t)ownership->issued_ms);
    zt_write_u64(out, ownership->flags);
    zt_write_u32(out, ownership->id);
    zt_write_u16(out, (uint16_t)ownership->thing_count);
    for (size_t i = 0; i < ownership->thing_count; i++) {
        zt_write_u8(out, ownership->things[i].type);
        zt_write_copy(out, ownership->things[i].value, sizeof ownership->things[i].value);
    }
    zt_write_u40(out, ownership->member);
    zt_write_u40(out, ownership->signer);
}

static void write_message(const struct zt_ownership *ownership, struct zt_writer *out)
{
    zt_signing_mark(out);
    write_body(ownership, out);
    zt_extension_write(out);
    zt_signing_mark(out);
}

/* nwid(8) issued(8) flags(8) id(4) count(2) count times type(1) value(16), member(5) signer(5)
   signature block, extension */
void zt_ownership_read(struct zt_ownership *ownership, struct zt_reader *in)
{
    size_t count;

    memset(ownership, 0, sizeof *ownership);
    ownership->nwid = zt_read_u64(in);
    ownership->issued_ms = (int64_t)zt_read_u64(in);
    ownership->flags = zt_read_u64(in);
    ownership->id = zt_read_u32(in);
    count = zt_read_u16(in);
    if (count > ZT_MAX_OWNED_THINGS) {
        in->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        ownership->things[i].type = zt_read_u8(in);
        zt_read_copy(in, ownership->things[i].value, sizeof ownership->things[i].value);
    }
    ownership->thing_count = count;
    ownership->member = zt_read_u40(in);
    ownership->signer = zt_read_u40(in);
    zt_signature_read(ownership->signature, in);
    zt_extension_read(in);
}

void zt_ownership_write(const struct zt_ownership *ownership, struct zt_writer *out)
{
    assert(ownership->thing_count <= ZT_MAX_OWNED_THINGS);

    write_body(ownership, out);
    zt_signature_write(ownership->signature, out);
    zt_extension_write(out);
}

void zt_ownership_sign(struct zt_ownership *ownership, const struct zt_identity *controller)
{
    uint8_t bytes[SIGNED_SIZE];
    struct zt_writer message = zt_writer_of(bytes, sizeof bytes);

    assert(controller->has_secret);

    ownership->signer = controller->address;
    write_message(ownership, &message);
    zt_identity_sign(ownership->signature, controller, bytes, zt_writer_length(&message));
}

enum zt_verdict_of_signature zt_ownership_verify(const struct zt_ownership *ownership,
                                                 const struct zt_identity *controller)
{
    uint8_t bytes[SIGNED_SIZE];
    struct zt_writer message = zt_writer_of(bytes, sizeof bytes);

    write_message(ownership, &message);
    return zt_signing_judge(ownership->nwid, ownership->signer, controller, &message,
                            ownership->signature);
}

static bool things_equal(const struct zt_thing *a, const struct zt_thing *b)
{
    return a->type == b->type && memcmp(a->value, b->value, sizeof a->value) == 0;
}

bool zt_ownership_equal(const struct zt_ownership *a, const struct zt_ownership *b)
{
    if (a->nwid != b->nwid || a->issued_ms != b->issued_ms || a->flags != b->flags ||
        a->id != b->id || a->thing_count != b->thing_count || a->member != b->member ||
        a->signer != b->signer)
        return false;
    for (size_t i = 0; i < a->thing_count; i++)
        if (!things_equal(&a->things[i], &b->things[i]))
            return false;
    return memcmp(a->signature, b->signature, sizeof a->signature) == 0;
}

static bool has_thing(const struct zt_ownership *ownership, enum zt_thing_type type,
                      const uint8_t *value, size_t length)
{
    for (size_t i = 0; i < ownership->thing_count; i++)
        if (ownership->things[i].type == type &&
            memcmp(ownership->things[i].value, value, length) == 0)
            return true;
    return false;
}

bool zt_ownership_has_ip(const struct zt_ownership *ownership, const uint8_t *ip, size_t ip_length)
{
    assert(ip_length == 4 || ip_length == 16);

    return has_thing(ownership, ip_length == 4 ? ZT_THING_IPV4 : ZT_THING_IPV6, ip, ip_length);
}

bool zt_ownership_has_mac(const struct zt_ownership *ownership, struct zt_mac mac)
{
    return has_thing(ownership, ZT_THING_MAC, mac.bytes, sizeof mac.bytes);
}
