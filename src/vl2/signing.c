/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes around every signed credential, and who may sign. */
#include "vl2/signing.h"

#include <assert.h>
#include <string.h>

#define SIGNATURE_ED25519 1
#define MARK UINT64_C(0x7f7f7f7f7f7f7f7f)

void zt_signature_read(uint8_t signature[ZT_SIGNATURE_SIZE], struct zt_reader *in)
{
    uint8_t type = zt_read_u8(in);
    size_t length = zt_read_u16(in);

    memset(signature, 0, ZT_SIGNATURE_SIZE);
    if (type != SIGNATURE_ED25519) {
        (void)zt_read_take(in, length);
        return;
    }
    if (length != ZT_SIGNATURE_SIZE)
        in->failed = true;
    zt_read_copy(in, signature, ZT_SIGNATURE_SIZE);
}

void zt_signature_write(const uint8_t signature[ZT_SIGNATURE_SIZE], struct zt_writer *out)
{
    zt_write_u8(out, SIGNATURE_ED25519);
    zt_write_u16(out, ZT_SIGNATURE_SIZE);
    zt_write_copy(out, signature, ZT_SIGNATURE_SIZE);
}

void zt_extension_read(struct zt_reader *in)
{
    (void)zt_read_take(in, zt_read_u16(in));
}

void zt_extension_write(struct zt_writer *out)
{
    zt_write_u16(out, 0);
}

void zt_signing_mark(struct zt_writer *out)
{
    zt_write_u64(out, MARK);
}

enum zt_verdict_of_signature zt_signing_judge(zt_nwid nwid, zt_address signer,
                                              const struct zt_identity *controller,
                                              const struct zt_writer *message,
                                              const uint8_t signature[ZT_SIGNATURE_SIZE])
{
    assert(!message->failed);

    if (signer == 0 || signer != zt_nwid_controller(nwid))
        return ZT_SIGNATURE_BAD;
    if (controller == NULL)
        return ZT_SIGNATURE_UNKNOWN_SIGNER;
    if (controller->address != signer)
        return ZT_SIGNATURE_BAD;
    if (!zt_identity_verify(controller, message->start, zt_writer_length(message), signature))
        return ZT_SIGNATURE_BAD;
    return ZT_SIGNATURE_GOOD;
}
