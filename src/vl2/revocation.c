/* SPDX-License-Identifier: Apache-2.0 */
/* Revocations: what this member was certified up to that time is void. */
#include "vl2/revocation.h"

#include "vl2/signing.h"

#include <assert.h>
#include <string.h>

#define SIGNED_SIZE (8 + 51 + 2 + 8)

static void write_body(const struct zt_revocation *revocation, struct zt_writer *out)
{
    zt_write_u32(out, 0);
    zt_write_u32(out, revocation->id);
    zt_write_u64(out, revocation->nwid);
    zt_write_u32(out, 0);
    zt_write_u32(out, revocation->credential_id);
    zt_write_u64(out, (uint64_t)revocation->threshold_ms);
    zt_write_u64(out, revocation->flags);
    zt_write_u40(out, revocation->target);
    zt_write_u40(out, revocation->signer);
    zt_write_u8(out, revocation->type);
}

static void write_message(const struct zt_revocation *revocation, struct zt_writer *out)
{
    zt_signing_mark(out);
    write_body(revocation, out);
    zt_extension_write(out);
    zt_signing_mark(out);
}

/* 0(4) id(4) nwid(8) 0(4) credential_id(4) threshold(8) flags(8) target(5) signer(5) type(1)
   signature block, extension */
void zt_revocation_read(struct zt_revocation *revocation, struct zt_reader *in)
{
    memset(revocation, 0, sizeof *revocation);
    (void)zt_read_u32(in);
    revocation->id = zt_read_u32(in);
    revocation->nwid = zt_read_u64(in);
    (void)zt_read_u32(in);
    revocation->credential_id = zt_read_u32(in);
    revocation->threshold_ms = (int64_t)zt_read_u64(in);
    revocation->flags = zt_read_u64(in);
    revocation->target = zt_read_u40(in);
    revocation->signer = zt_read_u40(in);
    revocation->type = zt_read_u8(in);
    zt_signature_read(revocation->signature, in);
    zt_extension_read(in);
}

void zt_revocation_write(const struct zt_revocation *revocation, struct zt_writer *out)
{
    write_body(revocation, out);
    zt_signature_write(revocation->signature, out);
    zt_extension_write(out);
}

void zt_revocation_sign(struct zt_revocation *revocation, const struct zt_identity *controller)
{
    uint8_t bytes[SIGNED_SIZE];
    struct zt_writer message = zt_writer_of(bytes, sizeof bytes);

    assert(controller->has_secret);

    revocation->signer = controller->address;
    write_message(revocation, &message);
    zt_identity_sign(revocation->signature, controller, bytes, zt_writer_length(&message));
}

enum zt_verdict_of_signature zt_revocation_verify(const struct zt_revocation *revocation,
                                                  const struct zt_identity *controller)
{
    uint8_t bytes[SIGNED_SIZE];
    struct zt_writer message = zt_writer_of(bytes, sizeof bytes);

    write_message(revocation, &message);
    return zt_signing_judge(revocation->nwid, revocation->signer, controller, &message,
                            revocation->signature);
}
