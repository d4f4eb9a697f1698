/* SPDX-License-Identifier: Apache-2.0 */
/* Tags: this member has this number for that id. docs/wire.md 13.3. */
#include "vl2/grants.h"

#include "vl2/signing.h"

#include <assert.h>
#include <string.h>

#define SIGNED_SIZE (8 + 34 + 2 + 8)

static void write_body(const struct zt_tag *tag, struct zt_writer *out)
{
    zt_write_u64(out, tag->nwid);
    zt_write_u64(out, (uint64_t)tag->issued_ms);
    zt_write_u32(out, tag->id);
    zt_write_u32(out, tag->value);
    zt_write_u40(out, tag->member);
    zt_write_u40(out, tag->signer);
}

static void write_message(const struct zt_tag *tag, struct zt_writer *out)
{
    zt_signing_mark(out);
    write_body(tag, out);
    zt_extension_write(out);
    zt_signing_mark(out);
}

/* nwid(8) issued(8) id(4) value(4) member(5) signer(5) signature block, extension */
void zt_tag_read(struct zt_tag *tag, struct zt_reader *in)
{
    memset(tag, 0, sizeof *tag);
    tag->nwid = zt_read_u64(in);
    tag->issued_ms = (int64_t)zt_read_u64(in);
    tag->id = zt_read_u32(in);
    tag->value = zt_read_u32(in);
    tag->member = zt_read_u40(in);
    tag->signer = zt_read_u40(in);
    zt_signature_read(tag->signature, in);
    zt_extension_read(in);
}

void zt_tag_write(const struct zt_tag *tag, struct zt_writer *out)
{
    write_body(tag, out);
    zt_signature_write(tag->signature, out);
    zt_extension_write(out);
}

void zt_tag_sign(struct zt_tag *tag, const struct zt_identity *controller)
{
    uint8_t bytes[SIGNED_SIZE];
    struct zt_writer message = zt_writer_of(bytes, sizeof bytes);

    assert(controller->has_secret);

    tag->signer = controller->address;
    write_message(tag, &message);
    zt_identity_sign(tag->signature, controller, bytes, zt_writer_length(&message));
}

enum zt_verdict_of_signature zt_tag_verify(const struct zt_tag *tag,
                                           const struct zt_identity *controller)
{
    uint8_t bytes[SIGNED_SIZE];
    struct zt_writer message = zt_writer_of(bytes, sizeof bytes);

    write_message(tag, &message);
    return zt_signing_judge(tag->nwid, tag->signer, controller, &message, tag->signature);
}

bool zt_tag_equal(const struct zt_tag *a, const struct zt_tag *b)
{
    return a->nwid == b->nwid && a->issued_ms == b->issued_ms && a->id == b->id &&
           a->value == b->value && a->member == b->member && a->signer == b->signer &&
           memcmp(a->signature, b->signature, sizeof a->signature) == 0;
}
